"""Local stand-ins for the vendors: they speak the vendors' own wire protocols, and the product never imports them."""
