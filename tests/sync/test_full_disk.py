"""A laptop whose disk is full: what came whole is kept, nothing is half, and the next sync goes on."""

import random
from collections.abc import Generator
from contextlib import closing
from typing import Any

import pytest

from mentor_desktop.errors import StoreError
from mentor_desktop.services.devices import device_named, end_access, read_team
from mentor_desktop.services.imports.run import ImportRequest, run_import
from mentor_desktop.store.staging import ROWS_A_PART, AtHand, has_unfinished
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.status import State, SyncStatus
from tests import factories
from tests.sync.laptops import TwoLaptops
from tests.sync.pair import Pair, count, seal
from tests.sync.simulation.devices import Laptop
from tests.workspaces import files_limited_to

IMPORTED = 4 * ROWS_A_PART
# Actions on the other laptop, in batches of their own, and people in each.
ACTIONS, PEOPLE = 6, 150
CODE = "WS-1"
ROOMS = (40_000, 150_000, 400_000)


def sync_with_room(pair: Pair, laptop: Laptop, room: int) -> SyncStatus:
    """Sync while the laptop's disk, and not the server's, has room for so many bytes of its log."""
    laptop.look.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def steps() -> Generator[Any, Any, SyncStatus]:
        going, reply = laptop.engine.sync(), None
        while True:
            try:
                with files_limited_to(room):
                    step = going.send(reply)
            except StopIteration as end:
                status: SyncStatus = end.value
                return status
            reply = yield step

    status: SyncStatus = pair.network.drive(steps(), on_wait=pair.time.pass_by)
    return status


def fold_log(workspace: Workspace) -> None:
    """Empty the log of a workspace, so that what it may take is what comes from now on."""
    with closing(workspace.plain_connection()) as look:
        look.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def leave_import(workspace: Workspace, code: str, name: str = "G") -> None:
    """Import people into a workshop on a disk that is full once the import is promised."""

    class Store:
        unit_of_work = workspace.unit_of_work
        reader = workspace.reader

        def finish_staged(self, at_hand: AtHand) -> None:
            fold_log(workspace)
            with files_limited_to(ROOMS[0]):
                workspace.finish_staged(at_hand)

    lines = [f"{name}{number},F,{name}{number}@example.org" for number in range(IMPORTED)]
    content = "given_name,family_name,email\n" + "\n".join(lines)
    request = ImportRequest("participants", "people.csv", content.encode(), workshop=code)
    with pytest.raises(StoreError, match="The import is kept"):
        run_import(Store(), request)


@pytest.mark.parametrize(
    ("room", "has_window"), [*((room, True) for room in ROOMS), (ROOMS[-1], False)]
)
def test_a_sync_on_a_full_disk_says_so_and_the_next_one_goes_on(
    pair: Pair, room: int, has_window: bool
) -> None:
    pair.exchange()
    for _action in range(ACTIONS):
        pair.first.act(lambda uow: [factories.person(uow.session) for _number in range(PEOPLE)])
        seal(pair.first)
    pair.exchange(pair.first)
    pair.open_window(pair.second, has_window)
    with pytest.raises(StoreError, match="The disk with"):
        sync_with_room(pair, pair.second, room)
    assert count(pair.second, "person") % PEOPLE == 0
    assert count(pair.second, "person") < ACTIONS * PEOPLE
    pair.second.reopen()
    assert pair.exchange(pair.second).state is State.IDLE
    assert pair.second.rows() == pair.first.rows()


def test_what_a_full_disk_left_of_an_import_goes_with_the_next_sync(pair: Pair) -> None:
    pair.first.act(lambda uow: factories.workshop(uow.session, code=CODE))
    pair.exchange()

    leave_import(pair.first.workspace, CODE)
    assert has_unfinished(pair.first.look)
    with pytest.raises(StoreError, match="The import is kept"):
        sync_with_room(pair, pair.first, ROOMS[0])
    assert pair.exchange(pair.first).state is State.IDLE
    assert count(pair.first, "person") == IMPORTED
    pair.exchange(pair.second)
    assert pair.second.rows() == pair.first.rows()


def test_a_file_for_which_the_disk_has_no_room_is_told_until_it_came(pair: Pair) -> None:
    picture = random.Random(1).randbytes(ROOMS[-1])
    address = pair.first.workspace.blobs().add(picture)
    pair.first.act(lambda uow: factories.project(uow.session, logos=[address]))
    pair.exchange(pair.first)
    status = sync_with_room(pair, pair.second, ROOMS[-1])
    assert (status.state, status.waiting_files) == (State.IDLE, 1)
    assert "full" in status.reason
    assert pair.second.sync().reason == status.reason
    pair.time.pass_by(7 * 3600)
    assert pair.second.sync().reason == ""
    assert pair.second.workspace.blobs().read(address) == picture


def test_a_laptop_on_a_full_disk_begins_to_share_when_there_is_room(laptops: TwoLaptops) -> None:
    fold_log(laptops.a)
    with pytest.raises(StoreError, match="The disk with"), files_limited_to(ROOMS[0]):
        laptops.hand_over()
    laptops.mark(laptops.second(), "P001", "present")


def test_an_access_that_a_full_disk_lets_nobody_end_is_ended_when_there_is_room(pair: Pair) -> None:
    pair.exchange()
    workspace = pair.first.workspace
    with workspace.reader() as uow:
        row = device_named(read_team(uow), state.identity(pair.second.look).device)
    fold_log(workspace)
    with files_limited_to(0), pytest.raises(StoreError):
        end_access(workspace, row)
    end_access(workspace, row)
    pair.exchange(pair.first)
    assert pair.second.sync().state is State.ACCESS_ENDED


@pytest.mark.parametrize("room", ROOMS[:2])
def test_a_file_taken_in_on_a_full_disk_says_so_and_goes_on(laptops: TwoLaptops, room: int) -> None:
    b = laptops.second(workshop_id="")
    laptops.bring(b, laptops.a)
    with laptops.a.unit_of_work() as uow:
        made = [factories.person(uow.session).id for _number in range(2 * PEOPLE)]
        uow.commit()
    fold_log(b)
    with pytest.raises(StoreError, match="The disk with"), files_limited_to(room):
        laptops.bring(laptops.a, b)
    laptops.bring(laptops.a, b)
    with b.reader() as uow:
        known = {row[0] for row in uow.raw.execute("SELECT id FROM person").fetchall()}
    assert known.issuperset(made)


def test_what_a_full_disk_left_of_an_import_goes_with_the_next_file(laptops: TwoLaptops) -> None:
    a, code = laptops.a, "WS-2026-01"
    leave_import(a, code)
    b = laptops.second(workshop_id="")  # one that is not shared yet, too
    leave_import(a, code, "H")
    laptops.bring(b, a)
    laptops.bring(a, b)
    with b.reader() as uow:
        found = uow.raw.execute("SELECT given_name FROM person WHERE family_name = 'F'").fetchall()
    assert len(found) == 2 * IMPORTED
