"""Cards that wait for a decision, and how they look."""
