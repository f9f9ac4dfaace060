"""Whatever people, networks, clocks, disks and servers do: nothing is lost and all end equal.

Thousands of random steps over real encrypted workspaces and the real server: half of them
chosen by Hypothesis, half by walks from seeds. `make soak` walks for MENTOR_SIMULATION_S seconds;
MENTOR_SIMULATION_SEED begins there. A failure prints its seed and its story;
`python -m tests.sync.simulation.replay SEED` tells it again.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as from_seed
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.sync.simulation.base import MEMBERS, ROLES_OF_BEN, Base
from tests.sync.simulation.helper import walk_with_helper
from tests.sync.simulation.walking import Walk, walk

# Five thousand steps and some more in each run of the tests.
STEPS = 50
# In parts, so that every worker of the tests has something to do to the end.
PARTS, EXAMPLES_A_PART, WALKS_A_PART = 4, 12, 13
HELPERS = 6
SEEDS = st.integers(0, 2**32)
NAMES = st.sampled_from(sorted(MEMBERS))


class Exchange(RuleBasedStateMachine):
    """Rules over one world; Hypothesis finds short ways to break it."""

    base: ClassVar[Base]
    root: ClassVar[Path]
    count: ClassVar[int] = 0
    steps: ClassVar[int] = 0

    @initialize(seed=SEEDS)
    def begin(self, seed: int) -> None:
        type(self).count += 1
        self.walk = Walk(self.base, self.root / str(self.count), seed)

    @rule(name=NAMES, seed=SEEDS)
    def act(self, name: str, seed: int) -> None:
        self.walk.act(name, seed)

    @rule(name=NAMES, seed=SEEDS)
    def act_more(self, name: str, seed: int) -> None:
        self.walk.act(name, seed)

    @rule(name=NAMES, seed=SEEDS)
    def act_as_newer(self, name: str, seed: int) -> None:
        self.walk.act_as_newer(name, seed)

    @rule(role=st.sampled_from(ROLES_OF_BEN))
    def change_role(self, role: str) -> None:
        self.walk.world.change_role(role)

    @rule(name=NAMES)
    def end_access(self, name: str) -> None:
        self.walk.world.end_access(name)

    @rule(name=NAMES)
    def invite_again(self, name: str) -> None:
        self.walk.world.invite_again(name)

    # One is enough: each is one more laptop in every rest.
    @precondition(lambda self: not any(one.startswith("new-") for one in self.walk.world.laptops))
    @rule()
    def enter(self) -> None:
        self.walk.enter()

    @rule(name=NAMES, seed=SEEDS)
    def sync(self, name: str, seed: int) -> None:
        self.walk.sync(name, seed)

    @rule(name=NAMES, seed=SEEDS, badness=st.sampled_from((0.1, 0.3, 0.9)))
    def sync_in_bad_weather(self, name: str, seed: int, badness: float) -> None:
        self.walk.sync(name, seed, badness)

    @rule(name=NAMES, seed=SEEDS)
    def power_cut(self, name: str, seed: int) -> None:
        self.walk.sync(name, seed, 0.1, 0.15)

    @rule(name=NAMES, seed=SEEDS)
    def jump(self, name: str, seed: int) -> None:
        self.walk.jump(name, seed)

    @rule()
    def restart_server(self) -> None:
        self.walk.world.restart_server()

    @rule(name=NAMES, other=NAMES)
    def carry(self, name: str, other: str) -> None:
        self.walk.carry(name, other)

    @rule()
    def back_up_server(self) -> None:
        self.walk.world.back_up_server()

    @precondition(lambda self: self.walk.world.server_backup)
    @rule()
    def restore_server(self) -> None:
        self.walk.world.restore_server()

    @rule()
    def fold(self) -> None:
        self.walk.world.server.fold()

    @rule()
    def deliver_late(self) -> None:
        self.walk.world.network.deliver_late()

    @rule(name=NAMES)
    def back_up(self, name: str) -> None:
        self.walk.back_up(name)

    @precondition(lambda self: self.walk.world.backups)
    @rule(name=NAMES, is_noticed=st.booleans())
    def put_back(self, name: str, *, is_noticed: bool) -> None:
        self.walk.put_back(name, is_noticed=is_noticed)

    @rule(name=NAMES, is_noticed=st.booleans())
    def clone(self, name: str, *, is_noticed: bool) -> None:
        self.walk.clone(name, is_noticed=is_noticed)

    @rule()
    def settle(self) -> None:
        self.walk.settle()

    def teardown(self) -> None:
        if hasattr(self, "walk"):
            try:
                self.walk.settle()
                type(self).steps += self.walk.steps
            except BaseException:
                sys.stderr.write("\n  ".join(("story:", *self.walk.world.story, "")))
                raise
            finally:
                self.walk.world.close()


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_and_everybody_ends_equal(base: Base, tmp_path: Path, part: int) -> None:
    Exchange.base, Exchange.root, Exchange.count, Exchange.steps = base, tmp_path, 0, 0
    run_state_machine_as_test(
        from_seed(part)(Exchange),
        settings=settings(
            max_examples=EXAMPLES_A_PART,
            phases=(Phase.generate,),  # a story of fifty lines is read sooner than shrunk
            stateful_step_count=STEPS,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_seed_tells_the_same_story_on_every_computer(base: Base, tmp_path: Path) -> None:
    """Another process has other keys, another order of its sets, and the same story."""
    seed, steps = 4, 15
    here = walk(base, tmp_path / "here", seed, steps)
    there = subprocess.run(
        [sys.executable, "-m", "tests.sync.simulation.replay", str(seed), str(steps)],
        env={**os.environ, "PYTHONHASHSEED": "4"},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert there.stdout.splitlines() == [*here.world.story, here.fingerprint]


@pytest.mark.soak
@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_walks_from_seeds_end_equal(
    base: Base, tmp_path: Path, record_testsuite_property: Callable[[str, object], None], part: int
) -> None:
    seed = first = int(os.environ.get("MENTOR_SIMULATION_SEED", "1")) + part
    end = time.monotonic() + float(os.environ.get("MENTOR_SIMULATION_S", "0")) / PARTS
    steps = 0
    while seed < first + PARTS * WALKS_A_PART or time.monotonic() < end:
        steps += walk(base, tmp_path / str(seed), seed, STEPS).steps
        seed += PARTS
    story = f"{steps} steps from every {PARTS}th seed from {first} to {seed - PARTS}"
    record_testsuite_property("simulation", story)


@pytest.mark.soak
@pytest.mark.slow
def test_a_laptop_with_one_workshop_shows_what_all_show(base: Base, tmp_path: Path) -> None:
    seed = first = int(os.environ.get("MENTOR_SIMULATION_SEED", "1"))
    end = time.monotonic() + float(os.environ.get("MENTOR_SIMULATION_S", "0")) / PARTS
    while seed < first + HELPERS or time.monotonic() < end:
        walk_with_helper(base, tmp_path / str(seed), seed, STEPS)
        seed += 1
