"""Copied and restored computers, a restored server, and several that began without each other."""

from itertools import pairwise

import pytest

from mentor_desktop.errors import StoreError
from tests.sync.journal.mentors import Computer, World


def test_what_several_computers_began_offline_is_read_by_all_of_them(world: World) -> None:
    computers = [world.first, world.further("home"), world.further("train")]
    written = {}
    for number, one in enumerate(computers):
        one.begin(f"passphrase {number}")
        for text in ("begun", "gone on"):
            written[one.open.write(f"{text} {number}".encode())] = {f"{text} {number}"}
    world.sync()
    for one, other in pairwise(computers):
        world.pair(one, other)
    world.sync()
    for one in computers:
        assert one.texts() == written
        assert one.open.findings() == []
        assert one.open.devices().gaps == 0


def test_a_sheet_printed_by_one_of_several_that_began_offline_opens_all(world: World) -> None:
    world.first.begin()
    other = world.further("home")
    other.begin()
    written = {
        world.first.open.write(b"here"): {"here"},
        other.open.write(b"there"): {"there"},
    }
    world.pair(world.first, other)
    code = world.first.open.print_sheet()
    world.sync()
    fresh = world.further("fresh")
    fresh.begin()
    world.sync(fresh)
    fresh.open.recover(code)
    assert fresh.texts() == written


def test_a_computer_added_meanwhile_gets_the_key_of_the_next_epoch_by_a_sync(world: World) -> None:
    world.first.begin()
    home, lost = world.paired("home"), world.paired("lost")
    added = world.further("added")
    added.begin()
    world.sync(added, home, added)
    home.open.add_device(added.code)
    added.open.add_device(home.code)
    # The first one does not know of it, takes another one out and writes with a next epoch.
    gone = next(one for one in world.first.open.devices().trusted if one.code == lost.code)
    world.first.open.revoke(gone.fingerprint)
    entry = world.first.open.write(b"Written meanwhile")
    world.sync(world.first, home, added)
    assert added.texts() == {entry: {"Written meanwhile"}}


def test_what_a_copy_wrote_and_nobody_has_is_sealed_anew_under_its_own_name(world: World) -> None:
    world.first.begin()
    old = world.first.open.write(b"Sent long ago")
    world.sync()
    waiting = world.first.open.write(b"Waits")
    world.first.open.write(b"Waits, changed", entry=waiting)
    copy = world.copied(world.first, "copy")
    world.first.unlock()
    ours = world.first.open.write(b"Written on the first")
    world.sync(world.first)
    copy.unlock()
    with pytest.raises(StoreError, match="Sync it with the server once"):
        copy.open.write(b"Too early")
    copy.lock()
    world.sync(copy)
    assert copy.device != world.first.device
    copy.unlock()
    theirs = copy.open.write(b"Written on the copy")
    world.sync()
    expected = {
        old: {"Sent long ago"},
        waiting: {"Waits, changed"},
        ours: {"Written on the first"},
        theirs: {"Written on the copy"},
    }
    assert copy.texts() == world.first.texts() == expected
    assert copy.open.findings() == world.first.open.findings() == []


def test_who_takes_a_copy_out_takes_out_what_it_was_before(world: World) -> None:
    world.first.begin()
    home = world.paired("home")
    world.sync()
    stolen = world.copied(home, "stolen")
    stolen.unlock()
    home.unlock()
    world.sync()
    world.sync()
    trusted = world.first.open.devices().trusted
    assert {one.code for one in trusted} == {one.code for one in world.computers}
    world.first.open.revoke(next(one.fingerprint for one in trusted if one.code == stolen.code))
    world.sync(world.first, home)
    entry = world.first.open.write(b"After")
    world.sync(world.first, home)
    world.leak(stolen)
    # The copy has the keys of the one it was copied from: both are out, and one comes back as new.
    assert stolen.texts()[entry] == home.texts()[entry] == {"key"}
    assert world.first.texts()[entry] == {"After"}


@pytest.mark.parametrize("is_locked", [True, False])
def test_a_clone_that_wrote_under_the_name_of_another_loses_nothing(
    world: World, *, is_locked: bool
) -> None:
    world.first.begin()
    shared = world.first.open.write(b"Shared")
    deleted = world.first.open.write(b"To be deleted")
    world.sync()
    clone = world.copied(world.first, "clone", is_noticed=False)
    world.act_on_each(Computer.unlock)
    theirs = clone.open.write(b"By the clone")
    clone.open.write(b"By the clone, changed", entry=theirs)
    clone.open.delete(deleted)
    clone.open.write(b"Shared, changed by the clone", entry=shared)
    ours = world.first.open.write(b"By the first")
    if is_locked:
        clone.lock()
    world.sync(world.first, clone, world.first)
    assert clone.device != world.first.device
    if is_locked:
        clone.unlock()
        assert theirs not in clone.texts()
    world.sync(clone, world.first, clone, world.first)
    expected = {
        shared: {"Shared, changed by the clone"},
        theirs: {"By the clone, changed"},
        ours: {"By the first"},
    }
    assert clone.texts() == world.first.texts() == expected
    assert clone.open.findings() == world.first.open.findings() == []


def test_a_server_restored_from_a_backup_gets_the_journal_back(world: World) -> None:
    world.first.begin()
    other = world.paired("home")
    before = world.first.open.write(b"In the backup")
    world.sync()
    backup = world.server.back_up(world.folder / "backups")
    after = other.open.write(b"After the backup")
    world.sync()
    world.server.restore(backup, world.ws)
    late = world.first.open.write(b"After the restore")
    world.sync()
    world.sync()
    fresh = world.paired("fresh")
    expected = {
        before: {"In the backup"},
        after: {"After the backup"},
        late: {"After the restore"},
    }
    assert world.first.texts() == other.texts() == fresh.texts() == expected
