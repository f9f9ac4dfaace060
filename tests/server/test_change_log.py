"""Pushing and pulling: equal resends, gaps, forks, pages, and what stays unchanged."""

import msgspec
import pytest
from sqlalchemy import Connection

from mentor_desktop.ids import new_id
from mentor_desktop.server.change_log import Tail, move_tail, take_numbers
from mentor_desktop.server.database import OvertakenError
from mentor_desktop.sync.protocol.batches import read_frames
from mentor_desktop.sync.protocol.messages import PushReply, Refusal
from mentor_desktop.sync.protocol.streams import workshop_stream
from tests.server.world import Chain, Device, World

PERSON = {"entity": "person", "kind": "create", "values": {"given_name": "Ana"}}


def _refusal(answer: object) -> Refusal:
    return msgspec.json.decode(answer.content, type=Refusal)  # type: ignore[attr-defined]


@pytest.fixture
def ana(world: World) -> Device:
    return world.founder()


def test_what_one_device_pushes_another_pulls_unchanged(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "organiser")
    sent = ana.batch("people", ana.ops("people", PERSON, PERSON))
    assert ana.send("people", sent).status_code == 200
    assert ben.pull_all("people") == [sent]


def test_resend_is_a_no_op_with_the_same_answer(ana: Device) -> None:
    batches = [ana.batch("people", ana.ops("people", PERSON)) for _one in range(3)]
    first = ana.send("people", *batches)
    again = ana.send("people", *batches[:2])
    assert first.status_code == again.status_code == 200
    assert msgspec.json.decode(again.content, type=PushReply).acked_to == 3
    assert ana.pull_all("people") == batches


def test_own_batches_one_holds_are_left_out_and_passed(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "organiser")
    kinds = [PERSON] * 2
    first = ana.batch("people", ana.ops("people", *kinds))
    second = ana.batch("people", ana.ops("people", *kinds))
    ana.send("people", first, second)
    his = ben.batch("people", ben.ops("people", PERSON))
    ben.send("people", his)
    reply = ana.pull("people", held=first.header.to_seq)
    assert read_frames(reply.frames) == [second, his]
    reply = ana.pull("people", held=second.header.to_seq)
    assert read_frames(reply.frames) == [his]
    assert reply.next == reply.head
    reply = ben.pull("people", held=second.header.to_seq)
    assert read_frames(reply.frames) == [first, second]
    reply = ana.pull("people", since=reply.next, held=second.header.to_seq)
    assert (read_frames(reply.frames), reply.more) == ([], False)


def test_resend_with_more_behind_it_appends_only_what_is_new(ana: Device) -> None:
    first = ana.batch("people", ana.ops("people", PERSON))
    ana.send("people", first)
    second = ana.batch("people", ana.ops("people", PERSON))
    reply = ana.send("people", first, second)
    assert msgspec.json.decode(reply.content, type=PushReply).acked_to == 2
    assert ana.pull_all("people") == [first, second]


def test_gap_is_refused_with_what_the_server_holds(ana: Device) -> None:
    first = ana.batch("people", ana.ops("people", PERSON))
    ana.send("people", first)
    ana.batch("people", ana.ops("people", PERSON))
    third = ana.batch("people", ana.ops("people", PERSON))
    answer = ana.send("people", third)
    assert answer.status_code == 409
    refusal = _refusal(answer)
    assert (refusal.code, refusal.last_seq, refusal.last_hash) == ("gap", 1, first.header.hash)


def test_fork_is_refused_at_the_end_and_in_the_middle(ana: Device) -> None:
    first = ana.batch("people", ana.ops("people", PERSON))
    second = ana.batch("people", ana.ops("people", PERSON))
    ana.send("people", first, second)
    ana.chains["people"] = Chain()
    other_first = ana.batch("people", ana.ops("people", PERSON))
    other_second = ana.batch("people", ana.ops("people", PERSON))
    other_third = ana.batch("people", ana.ops("people", PERSON))
    for batch in (other_first, other_second, other_third):
        answer = ana.send("people", batch)
        assert answer.status_code == 409
        refusal = _refusal(answer)
        assert (refusal.code, refusal.last_seq) == ("fork", 2)
        assert refusal.last_hash == second.header.hash
    assert ana.pull_all("people") == [first, second]


def test_numbers_of_a_workspace_have_no_gap_over_its_streams(world: World, ana: Device) -> None:
    workshop = workshop_stream(new_id())
    for stream in ("people", workshop, "programme", workshop, "people"):
        ana.write(stream, {"entity": "project", "kind": "create", "values": {"title": "T"}})
    at = [one for name in ("members", "people", workshop, "programme") for one in ana.pull(name).at]
    assert sorted(at) == list(range(1, len(at) + 1))
    assert len(at) == 6  # the server's own entry of the first device, and five


def test_pages_keep_to_the_bytes_asked_for_and_lose_nothing(ana: Device) -> None:
    batches = [ana.batch("people", ana.ops("people", PERSON)) for _one in range(7)]
    ana.send("people", *batches)
    size = len(batches[0].body)
    found, since, pages = [], 0, 0
    while True:
        reply = ana.pull("people", since, most=2 * size + 10)
        assert len(reply.at) <= 2
        found += read_frames(reply.frames)
        assert reply.next > since
        since, pages = reply.next, pages + 1
        if not reply.more:
            break
    assert found == batches
    assert pages >= 4


def test_cursor_beyond_the_head_means_nothing_yet(ana: Device) -> None:
    ana.write("people", PERSON)
    reply = ana.pull("people", since=10_000)
    assert (reply.next, reply.more, read_frames(reply.frames)) == (10_000, False, [])


def test_pull_with_the_epoch_before_a_restore_is_refused(ana: Device) -> None:
    answer = ana.get("/v1/pull", stream="people", epoch="before", since=0)
    assert answer.status_code == 409
    assert _refusal(answer).code == "epoch"
    assert _refusal(answer).epoch == ana.hello().epoch


def test_hello_tells_where_the_server_stands(ana: Device) -> None:
    sent = ana.batch("people", ana.ops("people", PERSON, PERSON))
    ana.send("people", sent)
    head = ana.hello(streams=["people"]).streams["people"]
    assert (head.head, head.last_seq, head.last_hash) == (2, 2, sent.header.hash)
    assert head.archived_seq == 0


@pytest.mark.parametrize("old", [Tail(), Tail(exists=True), Tail(2, b"x" * 32, exists=True)])
def test_end_of_a_chain_that_moved_meanwhile_is_not_moved_again(
    world: World, ana: Device, old: Tail
) -> None:
    ana.write("people", PERSON, PERSON)
    database, tries = world.service.database, []

    def work(connection: Connection) -> None:
        tries.append(1)
        if len(tries) == 1:
            with pytest.raises(OvertakenError):
                move_tail(database.dialect, connection, ana.ws, "people", ana.device, old, Tail(9))

    database.write(ana.ws, work)
    assert ana.hello(streams=["people"]).streams["people"].last_seq == 2


def test_numbers_are_not_taken_under_rights_that_changed_meanwhile(
    world: World, ana: Device
) -> None:
    def work(connection: Connection) -> None:
        with pytest.raises(OvertakenError):
            take_numbers(connection, ana.ws, 1, 10_000, changes_access=False)

    world.service.database.write(ana.ws, work)
    ana.write("people", PERSON)
    assert ana.pull("people").at == [2]


def test_batches_of_a_colleague_may_be_carried(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "organiser")
    of_ben = ben.batch("people", ben.ops("people", PERSON))
    assert ana.send("people", of_ben).status_code == 200
    assert ben.hello(streams=["people"]).streams["people"].last_seq == 1
