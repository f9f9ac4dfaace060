"""What the page of organisations is made of."""
