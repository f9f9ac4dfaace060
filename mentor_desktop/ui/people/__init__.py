"""What the page of people is made of: the card of one person, and adding one."""
