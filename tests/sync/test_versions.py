"""Laptops that lag behind a newer program carry what it writes; once updated, they know it all."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.sync.simulation.base import MEMBERS, Base
from tests.sync.simulation.devices import Laptop
from tests.sync.simulation.evidence import known_batches, operations
from tests.sync.simulation.invariants import check_quiet
from tests.sync.simulation.oracle import Truth, truth_of
from tests.sync.simulation.unusual import BADGE, LOOK, NICKNAME
from tests.sync.simulation.world import World

ROOT = Path(__file__).resolve().parents[2]
NEVER_SAID = "none yet"


def _updated(laptop: Laptop, folder: Path) -> dict[str, Any]:
    """Return what a newer program makes of a copy of a laptop's folder."""
    shutil.copytree(laptop.root, folder)
    order = {
        "database": str(folder / laptop.workspace.folder.database.name),
        "key": laptop.workspace.key.hex(),
        "pages": {},
    }
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests/sync/replica/newer_program.py")],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _said(truth: Truth, entity: str, group: str, column: str) -> dict[str, Any]:
    """Return what all operations together say of a column, by row, of the rows that are alive."""
    found: dict[str, Any] = {}
    for (name, row), merged in truth.states.items():
        if name == entity and merged.is_alive:
            winner = merged.winner(group)
            assert winner is not None
            found[row] = truth.operations[winner].values.get(column, NEVER_SAID)
    return found


def test_an_update_finds_what_years_of_older_programs_carried(base: Base, tmp_path: Path) -> None:
    world, source = World(base, tmp_path / "world", 19), random.Random(19)
    try:
        for _step in range(24):
            name = source.choice(sorted(MEMBERS))
            deed = source.choice((world.act, world.act_as_newer, world.act_as_newer))
            deed(name, source.randrange(2**32))
            if source.random() < 0.4:
                world.sync(name)
        world.enter()
        world.settle()
        check_quiet(world)
        streams: dict[str, list[Any]] = {}
        for stream, op in operations(known_batches(world.server, base.ws, world.laptops.values())):
            streams.setdefault(stream, []).append(op)
        truth = truth_of(streams, world.server.admins(base.ws))["people"]
        newcomer = next(one for name, one in world.laptops.items() if name not in MEMBERS)
        updated = [_updated(one, tmp_path / one.name) for one in (world.laptops["ben"], newcomer)]
    finally:
        world.close()
    first, second = updated
    assert first == second
    assert first["is_right"]
    nicknames = _said(truth, "person", NICKNAME, NICKNAME)
    assert dict(first["nicknames"]) == nicknames
    assert len(set(nicknames.values())) > 2
    colours = _said(truth, BADGE, LOOK, "colour")
    people = truth.tables["person"]
    shown = {row: colour for row, _person, colour, _size in first["badges"]}
    assert shown.items() <= colours.items()
    assert shown
    # A badge waits where its person is gone.
    assert all(person in people for _row, person, _colour, _size in first["badges"])
