"""A laptop that never says what it saw fills a row: what is too much for the server counts nowhere."""

from pathlib import Path

import pytest

from mentor_desktop.server import crowding
from mentor_desktop.sync.handing_over import hand_round
from mentor_desktop.sync.protocol.operations import SET
from mentor_desktop.sync.protocol.streams import PEOPLE
from mentor_desktop.sync.taking_in import take_in
from tests.cheap import CHEAP
from tests.sync.simulation.devices import join
from tests.sync.simulation.invariants import check_quiet
from tests.sync.simulation.unusual import Draft, seal_draft
from tests.sync.simulation.world import World

FEW, MANY = 10, 25


@pytest.fixture(autouse=True)
def low_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bring the bound of one device in one row down to some ten heads."""
    monkeypatch.setattr(crowding, "MOST_OWN", (FEW + 1) * 1024)


def _fill(world: World, name: str) -> str:
    """Let a laptop write over a name many times, as if it never saw one; return whose."""
    laptop = world.laptops[name]
    person = laptop.look.execute("SELECT id FROM person ORDER BY id").fetchone()[0]
    for at in range(MANY):
        values = {"given_name": f"Name {at}", "family_name": f"Name {at}"}
        seal_draft(laptop, PEOPLE, Draft("person", person, SET, values, "name"))
    return str(person)


def _require_alike(world: World, person: str) -> None:
    world.settle()
    check_quiet(world)
    for laptop in world.laptops.values():
        wanted = "SELECT given_name FROM person WHERE id = ?"
        shown = laptop.look.execute(wanted, (person,)).fetchone()[0]
        assert shown == f"Name {FEW - 1}"


def test_all_leave_out_what_the_server_does(world: World) -> None:
    person = _fill(world, "ben")
    world.sync("ben")
    world.server.fold()
    _require_alike(world, person)


def test_who_merged_it_before_leaves_it_out_too(world: World, tmp_path: Path) -> None:
    """One had it by a file, the other from the server before that merged it."""
    person = _fill(world, "ben")
    handed = hand_round(world.laptops["ben"].workspace, tmp_path / "all", cost=CHEAP)
    take_in(world.laptops["ana"].workspace, handed.path, handed.words)
    world.sync("ben")
    world.sync("cia")
    world.server.fold()
    _require_alike(world, person)


def test_who_begins_with_a_snapshot_leaves_it_out_too(world: World) -> None:
    person = _fill(world, "ben")
    world.sync("ben")
    world.server.take_snapshots(world.base.ws)
    invitation = world.server.invite("organiser", world.base.ws)
    world.laptops["Eva"] = join("Eva", world.root / "Eva", invitation, world.network, world.time)
    _require_alike(world, person)


def test_restored_server_leaves_it_out_again(world: World) -> None:
    world.back_up_server()
    person = _fill(world, "ben")
    world.sync("ben")
    world.server.fold()
    world.sync("cia")
    world.restore_server()
    _require_alike(world, person)
