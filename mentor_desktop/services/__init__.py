"""What a person can do: one function per intention, grouped by subject."""
