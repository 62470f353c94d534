"""The product: one module per noun, one function per verb. Every function takes the unit of work first."""
