"""Ways for a client to pay: by bank transfer, or on Paddle's checkout page."""
