"""The door view: one box, a few letters, Enter."""
