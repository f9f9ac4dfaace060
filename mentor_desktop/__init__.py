"""Mentor Desktop: workshops, mentoring and the paper that proves them, offline."""

__version__ = "0.1.0"
