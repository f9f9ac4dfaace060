"""A laptop with one workshop beside a simulated organisation: a stick goes to and fro."""

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from mentor_desktop.models.base import to_milliseconds
from mentor_desktop.store.device import Newcomer
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.handing_over import Handed, hand_over, hand_round, hand_to, known_laptops
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.beginning import LogIncompleteError
from mentor_desktop.sync.taking_in import begin_from_file, take_in
from tests.cheap import CHEAP
from tests.sync.simulation.actions import (
    ACTIONS,
    attach_logo,
    set_setting,
    write_programme,
)
from tests.sync.simulation.base import Base
from tests.sync.simulation.devices import PASSPHRASE, Laptop, LaptopClock
from tests.sync.simulation.invariants import tables_of
from tests.sync.simulation.walking import Walk

# What a trainer with one workshop may not write is rejected: that is told in other stories.
_ITS_ACTIONS = [one for one in ACTIONS if one not in {attach_logo, set_setting, write_programme}]
_OF_A_WORKSHOP = ("slot", "registration", "attendance_mark")


class Helper:
    """The laptop, and what is done with it."""

    def __init__(self, walk: Walk, root: Path) -> None:
        self._walk, self._world, self._root, self._files = walk, walk.world, root, 0
        first = self._world.laptops["ana"]
        self._workshop = str(first.look.execute("SELECT id FROM workshop").fetchone()[0])
        handed = hand_over(first.workspace, self._path(), workshop_id=self._workshop, cost=CHEAP)
        clock = LaptopClock(self._world.time)

        def make(new: Newcomer) -> Workspace:
            return Workspace.create(
                root / "helper", PASSPHRASE, clock=clock, actor="helper", new=new, cost=CHEAP
            )[0]

        workspace = begin_from_file(
            handed.path,
            handed.words,
            name="helper",
            now_ms=to_milliseconds(clock()),
            make_workspace=make,
        )
        self.laptop = Laptop("helper", workspace, clock, self._world.network, self._world.time)

    def act(self, seed: int) -> None:
        """Do something that a trainer does."""
        source = random.Random(seed)
        action = source.choice(_ITS_ACTIONS)
        self._world.story.append(f"helper: {action.__name__}")
        with suppress(IntegrityError):
            self._world.written += self.laptop.act(
                lambda uow: action(uow, source, self._world.desk, "helper")
            )

    def bring(self, name: str, *, is_closed: bool) -> None:
        """Carry a file to a laptop, closed for it where both know each other."""
        self._world.story.append(f"helper: brought to {name}")
        self._carry(self.laptop, self._world.laptops[name], is_closed=is_closed)

    def fetch(self, name: str, *, is_closed: bool) -> None:
        """Carry a file back from a laptop."""
        self._world.story.append(f"helper: fetched from {name}")
        with suppress(LogIncompleteError):  # one that began with a snapshot a moment ago
            self._carry(self._world.laptops[name], self.laptop, is_closed=is_closed)

    def settle(self) -> None:
        """Let everything come to rest; what the helper shows is what all show, and all it should."""
        self.bring("ana", is_closed=True)
        self._walk.settle()
        self.fetch("ana", is_closed=True)
        mine, all_of_it = tables_of(self.laptop), tables_of(self._world.laptops["ana"])
        for table, rows in mine.items():
            for key, row in rows.items():
                assert all_of_it[table].get(key) == row, f"{table} {key}"
        for table in _OF_A_WORKSHOP:
            for key, row in all_of_it[table].items():
                assert row["workshop_id"] != self._workshop or key in mine[table], f"{table} {key}"
        for row in mine["registration"].values():
            assert row["person_id"] in mine["person"], "somebody on the list is nobody"

    def _carry(self, source: Laptop, target: Laptop, *, is_closed: bool) -> None:
        device = state.identity(target.look).device
        if is_closed and device in {one.device for one in known_laptops(source.look)}:
            handed = hand_to(source.workspace, self._path(), device=device)
        else:
            handed = self._for_anybody(source)
        take_in(target.workspace, handed.path, handed.words)

    def _for_anybody(self, source: Laptop) -> Handed:
        return hand_round(source.workspace, self._path(), workshop_id=self._workshop, cost=CHEAP)

    def _path(self) -> Path:
        self._files += 1
        return self._root / f"stick of the helper {self._files}"


def walk_with_helper(base: Base, root: Path, seed: int, steps: int) -> None:
    """Take random steps from a seed, with a helper among the laptops, and let them settle."""
    source = random.Random(seed)
    walk = Walk(base, root, seed)
    world = walk.world
    helper = Helper(walk, root)
    try:
        for _step in range(steps):
            _take_step(walk, helper, source)
        helper.settle()
    except BaseException as error:
        error.add_note("\n  ".join((f"seed {seed}:", *world.story)))
        raise
    finally:
        helper.laptop.close()
        world.close()


def _take_step(walk: Walk, helper: Helper, source: random.Random) -> None:
    world = walk.world
    name, drawn = source.choice(sorted(world.laptops)), source.randrange(2**32)
    is_closed = bool(drawn & 1)
    steps: dict[Callable[[], None], int] = {
        lambda: helper.act(drawn): 25,
        lambda: helper.bring(name, is_closed=is_closed): 5,
        lambda: helper.fetch(name, is_closed=is_closed): 5,
        helper.settle: 2,
        lambda: walk.act(name, drawn): 25,
        lambda: walk.act_as_newer(name, drawn): 3,
        lambda: walk.sync(name, drawn): 14,
        lambda: walk.sync(name, drawn, (0.1, 0.3, 0.9)[drawn % 3]): 6,
        lambda: walk.sync(name, drawn, 0.1, 0.15): 4,
        lambda: walk.carry(name, source.choice(sorted(world.laptops))): 3,
        lambda: walk.jump(name, drawn): 2,
        world.server.fold: 3,
        walk.enter: 1,
    }
    source.choices(list(steps), list(steps.values()))[0]()
