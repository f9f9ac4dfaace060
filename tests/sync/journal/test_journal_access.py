"""Whoever is taken out of a journal has no access to the server either: one step does both."""

from contextlib import closing
from datetime import datetime

import pytest

from mentor_desktop.errors import StoreError
from mentor_desktop.sync import team
from mentor_desktop.sync.keys.key_records import Statement, from_values
from mentor_desktop.sync.protocol.batches import open_batch
from mentor_desktop.sync.protocol.operations import KEY, expand
from mentor_desktop.sync.protocol.streams import MEMBERS
from mentor_desktop.sync.replica.special import Author
from mentor_desktop.sync.replica.transactions import writing
from mentor_desktop.sync.status import State
from tests.sync.journal.mentors import Computer, World, batches_in


def fingerprint_of(reader: Computer, device: Computer) -> str:
    found = (one for one in reader.open.devices().trusted if one.code == device.code)
    return next(found).fingerprint


def with_access(reader: Computer) -> dict[str, bool]:
    """Return which devices have access to the server as a computer knows it, by their code."""
    return {one.code: one.has_access for one in reader.open.devices().trusted}


def revoked(computer: Computer) -> set[str]:
    with closing(computer.laptop.workspace.exchange_connection()) as raw:
        told = team.read_team(raw)
    assert told is not None
    return {one.device for one in told.devices if one.is_revoked}


def end_access(computer: Computer, lost: Computer) -> None:
    with closing(computer.laptop.workspace.exchange_connection()) as raw, writing(raw):
        assert team.end_access(raw, lost.device, Author("Rasa", computer.laptop.clock.now_ms()))


class BreakingClock:
    """A clock that breaks when it was asked so many times."""

    def __init__(self, computer: Computer, times: int) -> None:
        self._clock, self._left = computer.laptop.clock, times

    def __call__(self) -> datetime:
        if not self._left:
            raise OSError("The clock broke.")
        self._left -= 1
        return self._clock()


def statements(computer: Computer, world: World) -> list[list[str]]:
    """Return what a computer said about keys, as kinds of statements, batch by batch."""
    said = []
    for batch in batches_in(computer, world.stream):
        if batch.header.device == computer.device:
            ops = [op for op in expand(open_batch(batch)) if op.kind == KEY]
            found = [from_values(op.values) for op in ops]
            said.append([one.kind for one in found if isinstance(one, Statement)])
    return said


def records(computer: Computer) -> int:
    """Return how many signed records of members a computer holds."""
    with closing(computer.laptop.workspace.exchange_connection()) as raw:
        sql = "SELECT count(*) FROM sync_shelf WHERE entity = 'member_record'"
        return int(raw.execute(sql).fetchone()[0])


def test_one_step_ends_both_and_the_server_hears_of_it_with_the_next_sync(world: World) -> None:
    world.first.begin()
    stolen, home = world.paired("stolen"), world.paired("home")
    world.first.open.revoke(fingerprint_of(world.first, stolen))
    assert revoked(world.first) == {stolen.device}
    world.sync(stolen, home)  # nobody has heard of it: the server was not needed
    assert revoked(home) == set()
    world.sync(world.first, home)
    assert stolen.laptop.sync().state is State.ACCESS_ENDED
    assert revoked(home) == {stolen.device}
    assert stolen.code not in with_access(home)


def test_a_device_that_has_no_access_any_more_is_taken_out_without_another_record(
    world: World,
) -> None:
    world.first.begin()
    stolen = world.paired("stolen")
    lost = fingerprint_of(world.first, stolen)
    end_access(world.first, stolen)
    world.sync(world.first)
    assert with_access(world.first)[stolen.code] is False
    before = records(world.first)
    world.first.open.revoke(lost)
    assert records(world.first) == before
    assert stolen.code not in with_access(world.first)


def test_a_sheet_that_is_taken_out_costs_nobody_the_access(world: World) -> None:
    world.first.begin()
    world.paired("home")
    world.first.open.print_sheet()
    (sheet,) = world.first.open.devices().sheets
    world.first.open.revoke(sheet)
    assert world.first.open.devices().sheets == ()
    assert revoked(world.first) == set()
    world.sync()


def test_a_computer_that_takes_itself_out_still_syncs(world: World) -> None:
    world.first.begin()
    world.sync(world.first)
    world.first.open.revoke(fingerprint_of(world.first, world.first))
    assert world.first.open.devices().is_taken_out
    world.sync(world.first)
    assert revoked(world.first) == set()


def test_who_may_not_end_the_access_takes_out_of_the_journal_all_the_same(world: World) -> None:
    world.first.begin()
    home = world.paired("home")
    # Each of the two takes the other for lost; the one who was heard first keeps the access.
    end_access(world.first, home)
    world.leak(home, MEMBERS)
    home.open.revoke(fingerprint_of(home, world.first))
    assert revoked(home) == {home.device}
    assert world.first.code not in with_access(home)


def test_the_next_key_comes_with_the_word_that_somebody_is_out(world: World) -> None:
    world.first.begin()
    stolen = world.paired("stolen")
    world.first.open.write(b"Before")
    before = statements(world.first, world)
    world.first.open.revoke(fingerprint_of(world.first, stolen))
    # In one batch: nobody hears of the one and waits for the other.
    assert statements(world.first, world) == [*before, ["revoke", "epoch"]]


def test_interrupted_at_any_time_it_leaves_both_as_they_were(world: World) -> None:
    world.first.begin()
    stolen = world.paired("stolen")
    lost = fingerprint_of(world.first, stolen)
    workspace = world.first.laptop.workspace

    def is_interrupted(times: int) -> bool:
        workspace.clock = BreakingClock(world.first, times)
        try:
            world.first.open.revoke(lost)
        except OSError:
            return True
        return False

    times = 0
    while is_interrupted(times):
        times += 1
        assert revoked(world.first) == set()
        assert with_access(world.first)[stolen.code] is True
    assert times > 1
    assert revoked(world.first) == {stolen.device}
    assert stolen.code not in with_access(world.first)


def test_a_copy_that_has_no_name_of_its_own_yet_ends_neither(world: World) -> None:
    world.first.begin()
    stolen = world.paired("stolen")
    lost = fingerprint_of(world.first, stolen)
    copy = world.copied(world.first, "copy")
    copy.unlock()
    with pytest.raises(StoreError, match="Sync it with the server once"):
        copy.open.revoke(lost)
    assert revoked(copy) == set()
    assert with_access(copy)[stolen.code] is True
