"""Fixtures of this folder."""

import pytest

from tests.sync.crowd import crowd
from tests.sync.laptops import laptops
from tests.sync.pair import pair
from tests.sync.simulation.base import Base, make_base

__all__ = ["crowd", "laptops", "pair"]


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """Make what every simulation begins with."""
    return make_base(tmp_path_factory.mktemp("base"))
