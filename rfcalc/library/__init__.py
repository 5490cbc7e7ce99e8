"""What does Python ask that no single room answers? Thin functions, as the commands call them."""
