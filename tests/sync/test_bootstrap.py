"""A new device begins with the server's snapshot: what it shows, knows and keeps is what replay gives."""

import zlib
from collections.abc import Callable
from contextlib import closing
from typing import Any

import msgspec
import pytest

from mentor_desktop.changes import Changes
from mentor_desktop.ids import new_id
from mentor_desktop.sync import course
from mentor_desktop.sync.protocol.messages import PATHS, SnapshotReply, to_json
from mentor_desktop.sync.protocol.operations import CREATE, SET
from mentor_desktop.sync.replica import bootstrap, state
from mentor_desktop.sync.replica.beginning import beginning_of
from mentor_desktop.sync.replica.entities import entities
from mentor_desktop.sync.replica.recompute import check_stream
from mentor_desktop.sync.replica.transactions import connect_to
from tests import factories
from tests.sync.crowd import PEOPLE, Crowd, replayed_and_begun, spoil_answers
from tests.sync.replica.devices import same
from tests.sync.simulation.network import Stopped, Weather
from tests.sync.simulation.unusual import Draft, seal_draft


@pytest.mark.parametrize("crowd", range(3), indirect=True)
def test_begun_device_is_as_one_that_replayed(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    replayed, begun = replayed_and_begun(crowd, monkeypatch)
    assert begun.log_size() < replayed.log_size()
    same(replayed, begun)
    crowd.work(77, 40)
    crowd.meet()
    same(*crowd.workers)
    assert begun.begun() == []  # the older log came meanwhile
    assert begun.log_size() == replayed.log_size()
    assert begun.refused() == replayed.refused()
    with closing(connect_to(begun.workspace)) as raw:
        for stream in state.streams(raw):
            assert check_stream(raw, stream).was_right


def test_what_no_column_holds_comes_with_a_snapshot_too(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = crowd.workers[:2]
    person = first.act(lambda uow: factories.person(uow.session).id)
    created = new_id()
    said = {**entities()["person"].defaults, "note": None, "created_at": "at noon"}
    del said["id"]
    seal_draft(first.laptop, PEOPLE, Draft("person", created, CREATE, said))
    seal_draft(first.laptop, PEOPLE, Draft("person", person, SET, {"roles": "x"}, "roles"))
    crowd.meet()
    other.set("person", person, phone="1")
    crowd.meet()
    replayed, begun = replayed_and_begun(crowd, monkeypatch)
    same(replayed, begun)
    assert (begun.value("person", person, "roles"), begun.value("person", person, "phone")) == (
        "[]",
        "1",
    )
    assert {created, person} <= {row for _entity, row, *_kept in begun.shelf()}


def test_later_operations_merge_with_the_rows_of_the_snapshot(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = crowd.workers[:2]
    people = [first.act(lambda uow: factories.person(uow.session).id) for _one in range(3)]
    crowd.meet()
    # Made before the snapshot and sent after it: bases and what is seen lie before it.
    away = crowd.join("Away")
    away.sync()
    crowd.workers.remove(away)
    other.set("person", people[0], email="other@example.org")
    crowd.meet()
    away.set("person", people[0], email="away@example.org")
    away.set("person", people[1], note="seen before")
    away.delete("person", people[2])
    replayed, begun = replayed_and_begun(crowd, monkeypatch)
    assert begun.has("person", people[2])
    with monkeypatch.context() as patched:
        patched.setattr(course, "FILL_PAGES", 0)
        away.sync()
        replayed.sync()
        begun.sync()
    assert PEOPLE in begun.begun()
    same(replayed, begun)
    assert begun.value("person", people[1], "note") == "seen before"
    assert not begun.has("person", people[2])
    conflicts = begun.raw.execute("SELECT row FROM sync_row WHERE conflicts > 0").fetchall()
    assert (people[0],) in conflicts
    crowd.workers.append(away)


def test_stopped_again_and_again_it_goes_on_where_it_was(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    replayed, _begun = replayed_and_begun(crowd, monkeypatch)
    new = crowd.join("Stopped")
    for one in crowd.workers[:-1]:
        one.sync()
    asked = spoil_answers(monkeypatch, crowd, PATHS["snapshot_part"], lambda content: content)
    stops = 0
    while True:
        try:
            new.sync(Weather(stop=0.12))
            break
        except Stopped:
            stops += 1
            new.reopen()
        begun = beginning_of(new.raw, PEOPLE)
        if begun is not None and not begun.is_loaded:
            assert state.cursor(new.raw, PEOPLE).since == 0
            assert new.raw.execute(
                "SELECT count(*) FROM sync_applied WHERE stream = "
                "(SELECT no FROM sync_stream WHERE stream = 'people')"
            ).fetchone() == (0,)
    assert stops > 3
    same(replayed, new)
    addresses = [request.query["hash"] for request in asked]
    assert len(addresses) < len(set(addresses)) + stops + 1  # no part twice, but for a stop


def test_part_taken_in_twice_changes_nothing(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    load = bootstrap.load

    def twice(*given: Any) -> Changes:
        changes = load(*given)
        assert load(*given) == Changes()
        return changes

    monkeypatch.setattr(bootstrap, "load", twice)
    same(*replayed_and_begun(crowd, monkeypatch))


def test_own_work_between_two_parts_is_merged(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    replayed, _begun = replayed_and_begun(crowd, monkeypatch)
    new = crowd.join("Busy")
    for one in crowd.workers[:-1]:
        one.sync()
    edits: list[str] = []

    def meanwhile(content: bytes) -> bytes:
        for (row,) in new.raw.execute("SELECT id FROM person LIMIT 2").fetchall():
            new.set("person", row, note=f"edit {len(edits)}")
            edits.append(row)
        new.act(lambda uow: factories.organisation(uow.session))
        return content

    with monkeypatch.context() as patched:
        spoil_answers(patched, crowd, PATHS["snapshot_part"], meanwhile)
        new.sync()
    assert edits
    crowd.meet()
    same(replayed, new)


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[:-5],
    "another": lambda content: zlib.compress(b"{}"),
    "empty": lambda content: b"",
}


@pytest.mark.parametrize("how", sorted(SPOILT))
@pytest.mark.expects_log("a snapshot is of no use")
def test_damaged_part_leads_to_a_pull_from_the_beginning(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    replayed, _begun = replayed_and_begun(crowd, monkeypatch)
    new = crowd.join("Damaged")
    for one in crowd.workers[:-1]:
        one.sync()
    count = 0

    def later(content: bytes) -> bytes:
        nonlocal count
        count += 1
        return content if count < 4 else SPOILT[how](content)

    assert spoil_answers(monkeypatch, crowd, PATHS["snapshot_part"], later) == []
    new.sync()
    assert new.begun() == []
    same(replayed, new)


@pytest.mark.expects_log("a snapshot is of no use")
def test_snapshot_that_is_not_what_its_digest_says_is_taken_out_again(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    replayed, _begun = replayed_and_begun(crowd, monkeypatch)
    new = crowd.join("Lied to")
    for one in crowd.workers[:-1]:
        one.sync()

    def one_short(content: bytes) -> bytes:
        reply = msgspec.json.decode(content, type=SnapshotReply)
        del reply.parts[1:2]
        return to_json(reply)

    asked = spoil_answers(monkeypatch, crowd, PATHS["snapshot"], one_short)
    new.sync()
    assert asked
    assert new.begun() == []
    same(replayed, new)
