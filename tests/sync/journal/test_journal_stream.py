"""The journal between a mentor's own computers, over the real engine and the real server."""

from contextlib import closing

import pytest

from mentor_desktop.errors import NotFoundError, ValidationError
from mentor_desktop.sync.line import decoded
from mentor_desktop.sync.protocol.messages import PATHS, HelloReply, HelloRequest, to_json
from mentor_desktop.sync.replica.batching import SCHEMA
from mentor_desktop.sync.replica.digests import Digests
from mentor_desktop.sync.replica.state import Numbers
from mentor_desktop.sync.steps import Request
from tests.sync.journal.mentors import World


def test_an_entry_is_read_on_another_computer_once_both_were_compared(world: World) -> None:
    world.first.begin()
    entry = world.first.open.write(b"What went well today")
    other = world.further("home")
    other.begin("another passphrase")
    world.sync()
    assert other.texts() == {entry: {"key"}}
    world.pair(world.first, other)
    assert other.texts() == {entry: {"What went well today"}}
    answer = other.open.write(b"What I would do again")
    world.sync()
    assert world.first.texts() == other.texts()
    assert world.first.texts()[answer] == {"What I would do again"}


def test_a_comparison_on_one_side_alone_lets_nobody_read(world: World) -> None:
    world.first.begin()
    entry = world.first.open.write(b"Only for me")
    other = world.further("home")
    other.begin()
    world.sync()
    other.open.add_device(world.first.code)
    world.sync()
    assert other.texts() == {entry: {"key"}}


def test_a_new_version_takes_the_place_of_the_one_its_author_saw(world: World) -> None:
    world.first.begin()
    other = world.paired("home")
    entry = world.first.open.write(b"First thought")
    world.sync()
    other.open.write(b"Second thought", entry=entry)
    world.sync()
    assert world.first.texts() == {entry: {"Second thought"}}


def test_what_two_computers_wrote_without_each_other_is_kept_and_can_be_decided(
    world: World,
) -> None:
    world.first.begin()
    other = world.paired("home")
    entry = world.first.open.write(b"Begun")
    world.sync()
    world.first.open.write(b"On the train", entry=entry)
    other.open.write(b"At home", entry=entry)
    world.sync()
    assert world.first.texts() == other.texts() == {entry: {"On the train", "At home"}}
    world.first.open.write(b"Both", entry=entry)
    world.sync()
    assert other.texts() == {entry: {"Both"}}


def test_the_same_text_from_two_computers_is_one_version(world: World) -> None:
    world.first.begin()
    other = world.paired("home")
    entry = world.first.open.write(b"Begun")
    world.sync()
    for one in (world.first, other):
        one.open.write(b"The same", entry=entry)
    world.sync()
    (found,) = world.first.open.entries()
    assert (found.shown.content, found.others) == (b"The same", ())


def test_an_entry_is_deleted_and_erased_everywhere(world: World) -> None:
    world.first.begin()
    other = world.paired("home")
    gone, erased, kept = (world.first.open.write(text) for text in (b"a", b"b", b"c"))
    world.sync()
    other.open.delete(gone)
    other.open.delete(erased, for_ever=True)
    world.sync()
    assert world.first.texts() == other.texts() == {kept: {"c"}}
    world.first.lock()
    world.first.unlock()
    assert world.first.texts() == {kept: {"c"}}
    assert world.first.open.findings() == []
    with pytest.raises(NotFoundError):
        other.open.delete(erased)


def test_a_locked_journal_is_sent_and_received_all_the_same(world: World) -> None:
    world.first.begin()
    other = world.paired("home")
    entry = world.first.open.write(b"Written before locking")
    world.first.lock()
    other.lock()
    world.sync()
    other.unlock()
    assert other.texts() == {entry: {"Written before locking"}}


def test_a_wrong_passphrase_opens_nothing(world: World) -> None:
    world.first.begin()
    with pytest.raises(ValidationError, match="does not open the journal"):
        world.first.unlock("that of the workspace")
    with pytest.raises(NotFoundError):
        world.colleague("Jonas").unlock()


def test_the_journal_opens_after_a_killed_program(world: World) -> None:
    world.first.begin()
    entry = world.first.open.write(b"Kept")
    world.first.reopen()
    world.first.unlock()
    assert world.first.texts() == {entry: {"Kept"}}
    world.first.open.write(b"And changed", entry=entry)
    assert world.first.texts() == {entry: {"And changed"}}


def test_a_device_that_was_taken_out_opens_nothing_that_is_written_from_then_on(
    world: World,
) -> None:
    world.first.begin()
    old = world.first.open.write(b"Before")
    stolen = world.paired("stolen")
    home = world.paired("home")
    world.sync(stolen)
    lost = next(one for one in world.first.open.devices().trusted if one.code == stolen.code)
    world.first.open.revoke(lost.fingerprint)
    world.sync(world.first, home, world.first)
    new = world.first.open.write(b"After")
    also = home.open.write(b"Also after")
    world.sync(world.first, home, world.first)
    world.leak(stolen)
    assert stolen.texts() == {old: {"Before"}, new: {"key"}, also: {"key"}}
    assert home.texts() == world.first.texts()
    assert home.texts() == {old: {"Before"}, new: {"After"}, also: {"Also after"}}
    assert stolen.open.devices().is_taken_out
    with pytest.raises(NotFoundError, match="taken out"):
        stolen.open.write(b"Still here")


def test_a_sheet_opens_everything_on_a_fresh_computer(world: World) -> None:
    world.first.begin()
    entry = world.first.open.write(b"Before the sheet")
    code = world.first.open.print_sheet()
    assert not world.first.open.devices().has_confirmed_sheet
    world.first.open.confirm_sheet(code)
    later = world.first.open.write(b"After the sheet")
    world.sync()
    fresh = world.further("fresh")
    fresh.begin()
    world.sync(fresh)
    assert fresh.open.devices().trusted[0].is_own
    assert fresh.texts() == {entry: {"key"}, later: {"key"}}
    fresh.open.recover(code)
    assert fresh.texts() == {entry: {"Before the sheet"}, later: {"After the sheet"}}
    assert fresh.open.devices().has_confirmed_sheet
    written = fresh.open.write(b"From the fresh one")
    world.sync()
    assert world.first.texts()[written] == {"From the fresh one"}


def test_a_forgotten_passphrase_is_made_good_by_the_sheet(world: World) -> None:
    world.first.begin()
    entry = world.first.open.write(b"Long ago")
    code = world.first.open.print_sheet()
    world.first.lock()
    world.first.begin("a passphrase I remember")
    assert world.first.texts() == {entry: {"key"}}
    world.first.open.recover(code)
    assert world.first.texts() == {entry: {"Long ago"}}


def test_both_sides_come_to_the_same_digest_of_what_they_cannot_both_read(world: World) -> None:
    world.first.begin()
    other = world.paired("home")
    entry, deleted, erased = (world.first.open.write(text) for text in (b"a", b"b", b"c"))
    world.sync()
    world.first.open.write(b"on the train", entry=entry)
    other.open.write(b"at home", entry=entry)
    other.open.delete(deleted)
    other.open.delete(erased, for_ever=True)
    world.sync()
    world.server.fold()
    asked = to_json(HelloRequest(ws=world.ws, schema=SCHEMA, streams=[world.stream]))
    for one in (world.first, other):
        request = Request("POST", PATHS["hello"], content=asked, token=one.laptop.token())
        hello = decoded(world.network.answer(request).content, HelloReply)
        with closing(one.laptop.workspace.exchange_connection()) as raw:
            sums = Digests(raw).of(Numbers(raw).stream(world.stream))
        assert hello.streams[world.stream].root == sums.root
