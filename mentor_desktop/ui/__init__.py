"""The window: the only Qt code besides `app`."""
