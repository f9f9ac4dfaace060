"""What a server, a colleague or a file can do to a journal: nothing that is not told."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import Connection, select

from mentor_desktop.server import own_batches
from mentor_desktop.server.change_log import Rejection, take_numbers
from mentor_desktop.server.rejecting import reject
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import workspace
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.bundle import write_bundle
from mentor_desktop.sync.journal.entries import CONTENT, ENTRY
from mentor_desktop.sync.journal.issuing import Issue
from mentor_desktop.sync.keys.words import new_words
from mentor_desktop.sync.protocol.batches import Batch, frames, make_batch, open_batch, purged
from mentor_desktop.sync.protocol.messages import PATHS, DigestRequest, to_json
from mentor_desktop.sync.protocol.operations import (
    DELETE,
    PURGE,
    SET,
    Action,
    Content,
    Op,
    OpId,
    expand,
    runs_of,
)
from mentor_desktop.sync.replica import log, state
from mentor_desktop.sync.replica.sealing import seal_rest
from mentor_desktop.sync.replica.transactions import writing
from mentor_desktop.sync.sealed_file import lid_for_words
from mentor_desktop.sync.steps import BYTES, MSGPACK, Request
from mentor_desktop.sync.taking_in import take_in
from tests.cheap import CHEAP
from tests.sync.journal.mentors import Computer, World, batches_in

GARBAGE = {"sealed": "bm90aGluZw==", "epoch": "0" * 32, "prev": ""}


@contextmanager
def connected(computer: Computer) -> Iterator[StoreConnection]:
    with closing(computer.laptop.workspace.exchange_connection()) as raw:
        yield raw


def spoil(world: World, change: Callable[[Batch], Batch]) -> None:
    """Let the server hold other bodies than it was sent."""
    path = world.server.settings.database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as raw, raw:
        sql = "SELECT seq, header, body FROM log WHERE ws = ? AND stream = ?"
        for seq, header, body in raw.execute(sql, (world.ws, world.stream)).fetchall():
            changed = change(log.stored_batch((header, body)))
            raw.execute(
                "UPDATE log SET body = ? WHERE ws = ? AND seq = ?", (changed.body, world.ws, seq)
            )


def write_as_server(world: World, stream: str, write: Callable[..., None], count: int) -> None:
    """Let the server append something under its own key."""
    service = world.server.services[0]

    def work(connection: Connection) -> None:
        version = connection.execute(
            select(workspace.c.access).where(workspace.c.ws == world.ws)
        ).scalar_one()
        taken = take_numbers(connection, world.ws, count, version, changes_access=False)
        write(service, connection, world.ws, stream, taken.before + 1)

    service.database.write(world.ws, work)


def make_in_stream(computer: Computer, stream: str, add: Callable[[Issue], object]) -> None:
    """Let a program that is not ours write into the stream with a computer's keys."""
    with connected(computer) as raw, writing(raw):
        seal_rest(raw)
        issue = Issue(raw, stream, computer.laptop.clock.now_ms())
        add(issue)
        issue.finish()


def only_head(world: World, entry: str) -> OpId:
    for one in world.first.open.entries():
        if one.id == entry:
            return one.shown.op
    raise AssertionError(entry)


def test_a_text_that_the_server_holds_back_is_told_and_not_shown_as_empty(world: World) -> None:
    world.first.begin()
    entry = world.first.open.write(b"Held back")
    kept = world.first.open.write(b"Given out")
    world.sync()

    def without_text(batch: Batch) -> Batch:
        return purged(batch, [op.seq for op in expand(open_batch(batch)) if op.row == entry])

    spoil(world, without_text)
    other = world.paired("home")
    assert other.texts() == {entry: {"withheld"}, kept: {"Given out"}}
    assert world.first.texts() == {entry: {"Held back"}, kept: {"Given out"}}


def test_a_damaged_batch_is_not_taken_and_what_waits_behind_it_is_told(world: World) -> None:
    world.first.begin()
    damaged = world.first.open.write(b"Damaged on the way")
    later = world.first.open.write(b"Behind it")
    world.sync()
    whole: list[Batch] = []

    def flipped(batch: Batch) -> Batch:
        if not any(op.row == damaged for op in expand(open_batch(batch))):
            return batch
        whole.append(batch)
        return Batch(batch.header, batch.body[:-1] + bytes([batch.body[-1] ^ 1]))

    spoil(world, flipped)
    other = world.further("home")
    other.begin()
    other.laptop.sync()
    assert other.texts() == {}
    assert [(one.device, one.seq, one.flaw) for one in other.open.findings()] == [
        (world.first.device, whole[0].header.from_seq, "gap")
    ]
    spoil(world, lambda batch: whole[0] if batch.header == whole[0].header else batch)
    world.sync()
    world.pair(world.first, other)
    assert other.texts() == {damaged: {"Damaged on the way"}, later: {"Behind it"}}
    assert other.open.findings() == []


def test_an_end_that_the_server_hides_is_told_by_who_wrote_over_it(world: World) -> None:
    world.first.begin()
    other = world.paired("home")
    entry = world.first.open.write(b"First")
    world.sync()
    hidden = world.first.open.write(b"Second", entry=entry)
    world.sync()
    last = only_head(world, hidden)
    other.open.write(b"Third", entry=entry)
    world.sync()
    path = world.server.settings.database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as raw, raw:
        where = "stream = ? AND device = ? AND from_seq = ?"
        raw.execute(f"DELETE FROM log WHERE {where}", (world.stream, last.device, last.seq))
    fresh = world.further("fresh")
    fresh.begin()
    world.pair(other, fresh)
    found = [(one.device, one.seq, one.flaw) for one in fresh.open.findings()]
    assert (last.device, last.seq, "truncated") in found


def test_the_server_can_neither_reject_nor_write_over_an_entry(world: World) -> None:
    world.first.begin()
    other = world.paired("home")
    entry = world.first.open.write(b"Mine")
    world.sync()
    device = world.first.device

    def rejecting(service: Service, connection: Connection, ws: str, stream: str, at: int) -> None:
        reject(service, connection, ws, stream, device, [Rejection(1, 1_000, "no")], at)

    def writing_over(
        service: Service, connection: Connection, ws: str, stream: str, at: int
    ) -> None:
        drafts = [
            own_batches.Draft(ENTRY, SET, dict(GARBAGE), entry, CONTENT),
            own_batches.Draft(ENTRY, PURGE, {}, entry),
        ]
        own_batches.append(service, connection, ws, stream, drafts, "", at)

    write_as_server(world, world.stream, rejecting, 1)
    write_as_server(world, world.stream, writing_over, 1)
    for one in (world.first, other):
        one.laptop.sync()
        one.lock()
        one.unlock()
        assert one.texts() == {entry: {"Mine"}}
        assert one.laptop.engine.status().not_shared == 0


def test_a_device_that_only_the_server_calls_the_authors_harms_no_entry(world: World) -> None:
    world.first.begin()
    other = world.paired("home")
    entry, left = (world.first.open.write(text) for text in (b"Mine", b"Left alone"))
    world.sync()
    head, other_head = (only_head(world, one) for one in (entry, left))
    false = world.further("false")
    world.sync(false)

    def harm(issue: Issue) -> None:
        issue.add(SET, ENTRY, entry, dict(GARBAGE), group=CONTENT, base=(head,))
        issue.add(PURGE, ENTRY, entry)
        issue.add(DELETE, ENTRY, left, seen={other_head.device: other_head.seq})

    make_in_stream(false, world.stream, harm)
    world.sync(false, world.first, other)
    for one in (world.first, other):
        one.lock()
        one.unlock()
        by_id = {each.id: each for each in one.open.entries()}
        found, untouched = by_id[entry], by_id[left]
        assert found.shown.content == b"Mine"
        # Beside it stands what is not to be read; the server took that purge at its word.
        assert [version.trouble for version in found.others] == ["withheld"]
        assert (untouched.shown.content, untouched.others) == (b"Left alone", ())
    other.open.write(b"Still mine", entry=entry)
    world.sync()
    assert world.first.texts() == {entry: {"Still mine"}, left: {"Left alone"}}


def test_nobody_else_reads_or_writes_there(world: World) -> None:
    world.first.begin()
    world.first.open.write(b"Mine")
    world.sync()
    colleague = world.colleague("Jonas")
    world.sync(colleague)
    token = colleague.laptop.token()
    place: dict[str, str | int] = {"ws": world.ws, "stream": world.stream}
    pull = {**place, "epoch": world.server.epoch(world.ws), "since": 0, "most": 9_999, "held": 0}
    digest = DigestRequest(ws=world.ws, stream=world.stream, at_seq=1, sums=bytes(8_192))
    asked = [
        Request("GET", PATHS["pull"], pull, token=token, expects=MSGPACK),
        Request("GET", PATHS["snapshot"], place, token=token),
        Request("POST", PATHS["digest"], content=to_json(digest), token=token),
    ]
    for request in asked:
        assert world.network.answer(request).status == 403, request.path
    own = colleague.identity()
    op = Op(own.device, 1, 1 << 60, ENTRY, "0" * 32, SET, CONTENT, dict(GARBAGE))
    content = Content(runs_of([op]), (Action(1, 1, "", ""),))
    batch = make_batch(world.ws, world.stream, own.device, 1, bytes(32), content, 2, own.signer())
    push = Request("POST", PATHS["push"], place, frames([batch]), token=token, media_type=BYTES)
    answer = world.network.answer(push)
    assert (answer.status, b'"quarantined"' in answer.content) == (403, True)
    before = batches_in(world.first, world.stream)
    world.sync()
    assert len(batches_in(world.first, world.stream)) == len(before)
    assert batches_in(colleague, world.stream) == []


def test_a_file_brings_nobody_elses_journal(world: World) -> None:
    world.first.begin()
    world.first.open.write(b"Mine")
    world.sync()
    colleague = world.colleague("Jonas")
    world.sync(colleague)
    path, words = world.folder / "file", new_words()
    write_bundle(
        path, lid_for_words(words, CHEAP), ws=world.ws, made_by=world.first.device,
        made_at=1, batches=batches_in(world.first, world.stream),
    )  # fmt: skip
    take_in(colleague.laptop.workspace, path, words)
    with connected(colleague) as raw:
        assert world.stream not in state.streams(raw)


@pytest.mark.parametrize("what", ["history", "conflicts"])
def test_nothing_outside_the_journal_tells_that_there_is_one(world: World, what: str) -> None:
    world.first.begin()
    other = world.paired("home")
    entry = world.first.open.write(b"Begun")
    world.sync()
    if what == "conflicts":
        world.first.open.write(b"Here", entry=entry)
        other.open.write(b"There", entry=entry)
        world.sync()
        assert len(world.first.texts()[entry]) == 2
        assert world.first.laptop.engine.status().conflicts == 0
    else:
        for one in (world.first, other):
            told = one.laptop.look.execute(
                "SELECT count(*) FROM change WHERE entity LIKE 'journal%'"
            ).fetchone()
            silent = one.laptop.look.execute(
                "SELECT count(*) FROM txn WHERE action = '' AND id NOT IN (SELECT txn FROM change)"
            ).fetchone()
            assert (told, silent) == ((0,), (0,))
