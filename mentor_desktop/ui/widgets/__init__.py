"""Pieces pages are made of; every one has an accessible name from its constructor."""
