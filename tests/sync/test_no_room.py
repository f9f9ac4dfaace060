"""A server without room for more: told in the status, while everything else is exchanged."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from mentor_desktop.server.room import take
from mentor_desktop.sync.status import State
from tests import factories
from tests.sync.pair import Pair, count
from tests.sync.simulation.devices import Laptop

SENTENCE = "There is no more room on the server. Ask an administrator."
MEGABYTE = 1_000_000


@contextmanager
def _full(pair: Pair) -> Iterator[None]:
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
    with _full(pair):
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
    with _full(pair):
        status = laptop.sync()
        assert (status.state, status.reason, status.waiting_files) == (State.IDLE, SENTENCE, 1)
    pair.time.pass_by(7 * 3600)
    status = laptop.sync()
    assert (status.reason, status.waiting_files) == ("", 0)
