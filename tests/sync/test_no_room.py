"""A server without room for more, or that takes a batch not: told, and everything else comes."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import msgspec
import pytest

from mentor_desktop.changes import Changes
from mentor_desktop.server.room import take
from mentor_desktop.sync.engine import Engine
from mentor_desktop.sync.status import State
from mentor_desktop.sync.steps import JSON, Response
from tests import factories
from tests.sync.pair import Pair, count, seal
from tests.sync.simulation.devices import Laptop
from tests.sync.simulation.network import Stopped

SENTENCE = "There is no more room on the server. Ask an administrator."
MEGABYTE = 1_000_000


@contextmanager
def full(pair: Pair) -> Iterator[None]:
    """Let the workspace keep no more than it does while the block lasts."""
    services = pair.server.services
    before = services[0].settings
    services[0].database.write(pair.ws, lambda one: take(services[0], one, pair.ws, MEGABYTE))
    for one in services:
        one.settings = msgspec.structs.replace(before, workspace_megabytes=1)
    try:
        yield
    finally:
        for one in services:
            one.settings = before


def _add_person(laptop: Laptop) -> None:
    laptop.act(lambda uow: factories.person(uow.session))


def test_changes_wait_and_the_person_is_told_while_those_of_others_come(pair: Pair) -> None:
    _add_person(pair.second)
    pair.exchange(pair.second)
    people = count(pair.second, "person")
    _add_person(pair.first)
    with full(pair):
        status = pair.first.sync()
        assert (status.state, status.reason) == (State.IDLE, SENTENCE)
        assert status.waiting_changes > 0
        assert count(pair.first, "person") == people + 1
    status = pair.first.sync()
    assert (status.reason, status.waiting_changes) == ("", 0)


def test_file_waits_and_the_person_is_told(pair: Pair) -> None:
    laptop = pair.first
    address = laptop.workspace.blobs().add(b"\x89PNG of a logo" * 100)
    laptop.act(lambda uow: factories.project(uow.session, logos=[address]))
    laptop.workspace.blobs().remove(address)
    pair.exchange(laptop)  # the record goes before its file
    laptop.workspace.blobs().add(b"\x89PNG of a logo" * 100)
    pair.time.pass_by(7 * 3600)
    with full(pair):
        for _time in range(2):  # it is not tried again so soon
            status = laptop.sync()
            assert (status.state, status.reason, status.waiting_files) == (State.IDLE, SENTENCE, 1)
            assert status.last_success_at is not None
            pair.time.pass_by(60)
    pair.time.pass_by(7 * 3600)
    status = laptop.sync()
    assert (status.reason, status.waiting_files) == ("", 0)


def test_what_found_no_room_still_waits_where_a_copy_took_its_place(pair: Pair) -> None:
    """The power goes when the other one's batch was pulled, and nothing was made anew yet."""
    laptop, twin = pair.first, pair.twin(pair.first)
    pair.exchange(laptop)
    _add_person(pair.second)
    pair.exchange(pair.second)
    _add_person(laptop)
    _add_person(twin)

    def stop(_changes: Changes) -> None:
        raise Stopped

    laptop.engine = Engine(
        laptop.workspace, pair.network.source, now_ms=laptop.clock.now_ms, on_changes=stop
    )
    with ExitStack() as room:
        room.enter_context(full(pair))

        def make_room_for_the_other() -> None:
            room.close()
            twin.sync()

        pair.network.before = [("pull", make_room_for_the_other)]
        with pytest.raises(Stopped):
            laptop.sync()
    assert laptop.engine.status().waiting_changes == 1
    pair.open_window(laptop)
    pair.exchange(laptop, twin, pair.second)
    assert count(pair.second, "person") == 3
    assert pair.second.rows() == laptop.rows() == twin.rows()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Response(413, b"<html>", {"content-type": "text/html"}), "takes no piece of this size"),
        (Response(400, b'{"code":"bad_batch"}', {"content-type": JSON}), "did not accept"),
    ],
)
def test_a_batch_that_is_refused_holds_up_nothing_of_others(
    pair: Pair, answer: Response, told: str
) -> None:
    pair.exchange()
    _add_person(pair.second)
    pair.second.act(lambda uow: factories.workshop(uow.session))
    pair.exchange(pair.second)
    _add_person(pair.first)
    pair.network.orders = [("push", answer)] * 3
    status = pair.first.sync()
    assert (status.state, status.waiting_changes) == (State.IDLE, 1)
    assert told in status.reason
    assert (count(pair.first, "person"), count(pair.first, "workshop")) == (2, 1)
    pair.network.orders = []
    assert pair.exchange(pair.first).reason == ""
    pair.exchange(pair.second)
    assert pair.first.rows() == pair.second.rows()


def test_no_room_for_what_a_copy_had_sealed_is_told(pair: Pair) -> None:
    pair.exchange()
    _add_person(pair.first)
    seal(pair.first)
    twin = pair.twin(pair.first, is_noticed=True)
    with full(pair):
        for _time in range(2):
            assert twin.sync().reason == SENTENCE
    assert twin.sync().reason == ""
