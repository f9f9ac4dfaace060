"""Working on two laptops with a stick between them."""
