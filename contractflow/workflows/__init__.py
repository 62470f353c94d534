"""The state machines: aligned tables (one module per noun) and `machine`, the only reader of them."""
