"""Twenty laptops that saw no network for six weeks, then all at once."""

import random
from pathlib import Path

import pytest

from tests.sync.simulation.base import Base, make_base
from tests.sync.simulation.invariants import check_quiet
from tests.sync.simulation.world import World

LAPTOPS, WEEKS, ACTIONS_A_WEEK = 20, 6, 3
WEEK_S = 7 * 24 * 3_600


@pytest.fixture
def base(tmp_path: Path) -> Base:
    """Make what the simulation begins with."""
    return make_base(tmp_path / "base")


@pytest.mark.slow
def test_twenty_laptops_meet_after_six_weeks_offline(base: Base, tmp_path: Path) -> None:
    source = random.Random(2026)
    world = World(base, tmp_path / "world", 2026)
    try:
        while len(world.laptops) < LAPTOPS:
            world.clone("ben", is_noticed=True, most=LAPTOPS)
        for _week in range(WEEKS):
            world.time.pass_by(WEEK_S)
            for name in sorted(world.laptops):
                world.jump(name, source)
                for _action in range(ACTIONS_A_WEEK):
                    world.act(name, source.randrange(2**32))
        assert len(world.written) > LAPTOPS * WEEKS
        world.settle()
        check_quiet(world)
    finally:
        world.close()
