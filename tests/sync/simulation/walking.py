"""A walk: random steps over one world, all of them drawn from one seed.

The same seed tells the same story each time, on every computer: clocks, ids, incarnations, tags, the
server's nodes and every misfortune come from it. The keys of devices are real and drawn from the
system. They change no course: nothing is ordered by them, nothing is drawn from a length
that depends on them, and the one place they name something is the id of a record in `members`.
"""

import random
import sys
from collections.abc import Callable
from pathlib import Path

from tests.sync.simulation.base import ROLES_OF_BEN, Base
from tests.sync.simulation.evidence import fingerprint
from tests.sync.simulation.invariants import Watch, check_quiet
from tests.sync.simulation.network import Weather
from tests.sync.simulation.world import World


class Walk:
    """What may happen next: the same for the machine of Hypothesis and for a walk by a seed."""

    def __init__(self, base: Base, root: Path, seed: int) -> None:
        self.world = World(base, root, seed)
        self.watch = Watch()
        self.steps = 0
        self.fingerprint = ""  # of what all hold at the end of `walk`

    def act(self, name: str, seed: int) -> None:
        self.world.act(name, seed)
        self._done(name, has_exchanged=False)

    def sync(self, name: str, seed: int, badness: float = 0.0, stop: float = 0.0) -> None:
        self.world.network.source.seed(seed)
        self.world.sync(name, Weather(badness, stop))
        self._done(name)

    def jump(self, name: str, seed: int) -> None:
        self.world.jump(name, random.Random(seed))
        self._done(name)

    def back_up(self, name: str) -> None:
        self.world.back_up(name)
        self._done(name)

    def put_back(self, name: str, *, is_noticed: bool) -> None:
        self.watch.forget(name)
        self.world.put_back(name, is_noticed=is_noticed)
        self._done(name)

    def clone(self, name: str, *, is_noticed: bool) -> None:
        self.world.clone(name, is_noticed=is_noticed)
        self._done(name)

    def carry(self, name: str, other: str) -> None:
        self.world.carry(name, other)
        self._done(other)

    def act_as_newer(self, name: str, seed: int) -> None:
        self.world.act_as_newer(name, seed)
        self._done(name, has_exchanged=False)

    def enter(self) -> None:
        self.world.enter()
        self.steps += 1

    def settle(self) -> None:
        self.world.settle()
        check_quiet(self.world)
        self.steps += 1

    def _done(self, name: str, *, has_exchanged: bool = True) -> None:
        self.steps += 1
        self.watch.check(self.world, name, has_exchanged=has_exchanged)


def walk(base: Base, root: Path, seed: int, steps: int) -> Walk:
    """Take random steps from a seed, then let everything settle; return the walk, closed."""
    source = random.Random(seed)
    walked = Walk(base, root, seed)
    try:
        for _step in range(steps):
            _take_step(walked, source)
        walked.settle()
        walked.fingerprint = fingerprint(
            walked.world.server, base.ws, walked.world.laptops.values()
        )
    except BaseException:
        sys.stderr.write("\n  ".join((f"seed {seed}:", *walked.world.story, "")))
        raise
    finally:
        walked.world.close()
    return walked


def _take_step(walked: Walk, source: random.Random) -> None:
    world = walked.world
    name, drawn = source.choice(sorted(world.laptops)), source.randrange(2**32)
    is_noticed = bool(drawn & 1)
    steps: dict[Callable[[], None], int] = {
        lambda: walked.act(name, drawn): 40,
        lambda: walked.sync(name, drawn): 20,
        lambda: walked.sync(name, drawn, (0.1, 0.3, 0.9)[drawn % 3]): 10,
        lambda: walked.sync(name, drawn, 0.1, 0.15): 6,
        lambda: walked.jump(name, drawn): 3,
        world.restart_server: 1,
        world.server.fold: 4,
        world.network.deliver_late: 2,
        lambda: walked.back_up(name): 2,
        lambda: walked.put_back(name, is_noticed=is_noticed): 2,
        lambda: walked.clone(name, is_noticed=is_noticed): 1,
        lambda: walked.carry(name, source.choice(sorted(world.laptops))): 3,
        lambda: walked.act_as_newer(name, drawn): 4,
        lambda: world.change_role(source.choice(ROLES_OF_BEN)): 2,
        walked.enter: 1,
        lambda: world.end_access(name): 2,
        lambda: world.invite_again(name): 2,
        world.back_up_server: 1,
        world.restore_server: 1,
        walked.settle: 2,
    }
    source.choices(list(steps), list(steps.values()))[0]()
