"""Short stories of what long walks of the simulation found, told without chance."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from mentor_desktop.models import Person
from tests.sync.simulation.actions import (
    Action,
    Desk,
    Written,
    add_person,
    attach_logo,
    write_programme,
)
from tests.sync.simulation.base import Base
from tests.sync.simulation.devices import Laptop
from tests.sync.simulation.invariants import check_quiet
from tests.sync.simulation.unusual import create_as_newer
from tests.sync.simulation.world import World


@pytest.fixture
def world(base: Base, tmp_path: Path) -> Iterator[World]:
    made = World(base, tmp_path / "world", 0)
    yield made
    made.close()


def _do(world: World, name: str, action: Action) -> None:
    laptop = world.laptops[name]
    world.written += laptop.act(lambda uow: action(uow, Random(0), world.desk, name))


def _settle(world: World) -> None:
    world.settle()
    check_quiet(world)


def test_what_the_server_wrote_in_a_life_nobody_else_saw_counts(world: World) -> None:
    world.back_up_server()
    world.restore_server()
    world.clone("cia", is_noticed=True)
    twin = next(name for name in world.laptops if name.startswith("cia-"))
    world.sync(twin)  # alone with the server, which writes down the new device
    world.restore_server()
    _settle(world)


def test_a_file_is_sent_again_by_a_copy_that_finds_server_and_numbers_changed(
    world: World,
) -> None:
    world.back_up_server()
    _do(world, "ben", attach_logo)
    world.sync("ben")
    world.clone("ben", is_noticed=False)
    twin = next(name for name in world.laptops if name.startswith("ben-"))
    world.restore_server()
    blobs = world.laptops["ben"].workspace.blobs()
    for address in blobs.addresses():
        blobs.remove(address)
    for name in ("ben", twin):
        _do(world, name, add_person)
        world.sync(name)
    _settle(world)


def test_a_file_that_comes_after_its_record_is_asked_for_again(world: World) -> None:
    _do(world, "ben", attach_logo)
    blobs = world.laptops["ben"].workspace.blobs()
    (address,) = blobs.addresses()
    content = blobs.read(address)
    blobs.remove(address)
    world.sync("ben")
    status = world.sync("ana")
    assert status is not None
    assert status.waiting_files == 1
    blobs.add(content)
    _settle(world)


def test_a_file_that_went_with_its_laptop_is_told_and_holds_up_nothing(world: World) -> None:
    world.back_up("ben")
    _do(world, "ben", attach_logo)
    blobs = world.laptops["ben"].workspace.blobs()
    (address,) = blobs.addresses()
    content = blobs.read(address)
    blobs.remove(address)
    world.sync("ben")
    blobs.add(content)
    world.put_back("ben", is_noticed=True)
    _settle(world)
    assert world.files_nowhere() == {address}
    assert [one.engine.status().waiting_files for one in world.laptops.values()] == [1] * 3


def test_a_file_is_asked_for_when_a_clock_that_was_ahead_is_right_again(world: World) -> None:
    _do(world, "ben", attach_logo)
    blobs = world.laptops["ben"].workspace.blobs()
    (address,) = blobs.addresses()
    content = blobs.read(address)
    blobs.remove(address)
    world.sync("ben")
    world.laptops["ana"].clock.error_ms = 365 * 24 * 3_600_000
    world.sync("ana")
    world.laptops["ana"].clock.error_ms = 0
    blobs.add(content)
    _settle(world)


def test_what_comes_back_by_a_file_does_not_count_as_held_by_the_server(world: World) -> None:
    world.back_up("ben")
    _do(world, "ben", add_person)
    world.sync("ben")
    world.put_back("ben", is_noticed=False)
    _do(world, "ben", add_person)  # under the number the server has for another one
    assert world.laptops["ben"].engine.status().waiting_changes == 1
    world.carry("ben", "ben")
    assert world.laptops["ben"].engine.status().waiting_changes == 1
    _settle(world)


def test_a_copy_that_carries_a_file_first_has_a_name_of_its_own(world: World) -> None:
    _do(world, "cia", add_person)
    world.carry("cia", "cia")  # sealed, and not sent
    world.clone("cia", is_noticed=True)
    twin = next(name for name in world.laptops if name.startswith("cia-"))
    for name in ("cia", twin):
        _do(world, name, add_person)
    world.carry(twin, "ben")
    world.carry("cia", "ben")
    here = world.laptops["ben"].look.execute("SELECT given_name FROM person").fetchall()
    assert {name for (name,) in here} >= {one.token for one in world.written}
    _settle(world)


def test_a_copy_makes_nothing_again_that_the_server_holds(world: World) -> None:
    """Whoever had seen it and wrote over it would compete with it."""
    _do(world, "cia", _note_the_first)
    world.carry("cia", "cia")  # sealed, and not sent
    world.clone("cia", is_noticed=False)
    twin = next(name for name in world.laptops if name.startswith("cia-"))
    for name in ("cia", twin):
        _do(world, name, add_person)
    world.carry("cia", "cia")  # so that both are offered under the old name
    world.sync(twin)
    world.sync("ben")
    _do(world, "ben", _note_the_first)
    world.sync("ben")
    _settle(world)
    assert [one.engine.status().conflicts for one in world.laptops.values()] == [0] * 4


def test_a_new_laptop_takes_nothing_unsaid_for_empty(world: World) -> None:
    """Some people have a column of a newer program; of the others it says nothing, not null."""
    world.written += create_as_newer(world.laptops["ana"], world.desk)
    _settle(world)
    world.enter()
    _settle(world)


def test_a_new_laptop_begins_beside_a_stream_without_rows(world: World) -> None:
    _do(world, "cia", write_programme)  # which she has no right to: it counts as never made
    _settle(world)
    world.enter()
    _settle(world)
    assert "began with" in "".join(world.story)


def test_what_is_done_under_a_role_that_was_taken_away_counts_for_nobody(world: World) -> None:
    _do(world, "ben", write_programme)
    world.change_role("trainer")
    _settle(world)
    assert [one.look.execute("SELECT * FROM programme").fetchall() for one in _all(world)] == [
        []
    ] * 3
    assert world.laptops["ben"].refused_tokens() > {one.token for one in world.written}
    world.change_role("organiser")
    _settle(world)
    _do(world, "ben", write_programme)
    _settle(world)
    assert all(one.look.execute("SELECT * FROM programme").fetchall() for one in _all(world))


def test_who_is_let_in_again_says_nothing_twice(world: World) -> None:
    """What it gave away before it heard that its access had ended is with somebody by now."""
    world.end_access("cia")
    _do(world, "cia", add_person)
    world.carry("cia", "ana")
    added = world.written[-1]

    def rename(uow: Any, _source: Random, desk: Desk, laptop: str) -> list[Written]:
        person = uow.session.get_one(Person, added.row)
        person.given_name = person.family_name = token = desk.token()
        return [Written(token, laptop, "person", added.row, "name", added.token)]

    _do(world, "ana", rename)
    world.sync("cia")
    world.invite_again("cia")
    _settle(world)
    assert all(one.engine.status().conflicts == 0 for one in world.laptops.values())


def _all(world: World) -> list[Laptop]:
    return list(world.laptops.values())


def _note_the_first(uow: Any, _source: Random, desk: Desk, laptop: str) -> list[Written]:
    person = uow.session.scalars(select(Person).where(Person.family_name == "start0")).one()
    before, person.note = person.note, desk.token()
    return [Written(person.note, laptop, "person", person.id, "note", before)]
