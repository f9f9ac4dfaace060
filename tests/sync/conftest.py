"""Fixtures of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.crowd import crowd
from tests.sync.laptops import laptops
from tests.sync.pair import pair
from tests.sync.simulation.base import Base, make_base
from tests.sync.simulation.world import World

__all__ = ["crowd", "laptops", "pair"]


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """Make what every simulation begins with."""
    return make_base(tmp_path_factory.mktemp("base"))


@pytest.fixture
def world(base: Base, tmp_path: Path) -> Iterator[World]:
    """Return a workshop that three laptops and a server have; they are in step."""
    made = World(base, tmp_path / "world", 2026)
    for name in made.laptops:
        made.sync(name)
    yield made
    made.close()
