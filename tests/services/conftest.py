"""Fixtures of this folder."""

from tests.sync.laptops import laptops

__all__ = ["laptops"]
