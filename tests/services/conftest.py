"""Fixtures of this folder."""

from tests.sync.laptops import laptops
from tests.sync.pair import pair

__all__ = ["laptops", "pair"]
