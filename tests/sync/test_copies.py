"""Copies of a laptop that go on beside it, or in its place: nothing lost, nothing made up."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from mentor_desktop.models import Person
from mentor_desktop.services.second_laptop import Received, receive
from mentor_desktop.services.second_laptop_words import more, summary
from mentor_desktop.store.unit_of_work import UnitOfWork
from mentor_desktop.sync.handing_over import hand_round, hand_to
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.status import State
from tests import factories
from tests.cheap import CHEAP
from tests.sync.pair import Pair, add_people, count, seal, value
from tests.sync.simulation.devices import Laptop
from tests.sync.simulation.network import Fault
from tests.sync.test_no_room import full


def note(laptop: Laptop, person: str, text: str) -> None:
    """Write a note about a person."""

    def write(uow: UnitOfWork) -> None:
        uow.session.get_one(Person, person).note = text

    laptop.act(write)


def carry(source: Laptop, target: Laptop, stick: Path) -> Received:
    """Bring everything from one laptop to another without a server."""
    path = stick / f"file {len(list(stick.iterdir()))}"
    handed = hand_round(source.workspace, path, cost=CHEAP)
    return receive(target.workspace, handed.path, handed.words)


def carry_closed(source: Laptop, target: Laptop, stick: Path) -> Received:
    """Bring one laptop what it did not tell another to hold."""
    path = stick / f"file {len(list(stick.iterdir()))}"
    device = state.identity(target.look).device
    return receive(target.workspace, hand_to(source.workspace, path, device=device).path)


def written_over(pair: Pair, stick: Path) -> tuple[Laptop, str]:
    """Return a noticed copy with a note no server has, of somebody whose note was written over.

    It came to the first laptop by a stick of the original.
    """
    person = str(pair.first.act(lambda uow: factories.person(uow.session).id))
    pair.exchange()
    note(pair.second, person, "sealed")
    carry(pair.second, pair.first, stick)
    twin = pair.twin(pair.second, is_noticed=True)
    note(pair.first, person, "over it")
    return twin, person


def noted(laptop: Laptop, person: str) -> str:
    return str(value(laptop, "SELECT note FROM person WHERE id = ?", person))


@pytest.mark.parametrize("path", ["session", "push"])
def test_what_a_proxy_finds_too_large_is_no_word_of_the_server(pair: Pair, path: str) -> None:
    person = pair.second.act(lambda uow: factories.person(uow.session, note="theirs").id)
    seal(pair.second)
    twin = pair.twin(pair.second, is_noticed=True)
    pair.exchange()

    note(pair.first, person, "over it")
    pair.exchange(pair.first)
    # The server has what the copy sealed: as something new it would compete with what came after it.
    pair.network.orders = [(path, Fault.TOO_LARGE)]
    twin.sync()
    statuses = [pair.exchange(one) for one in (twin, pair.first, pair.second)]
    assert [one.conflicts for one in statuses] == [0, 0, 0]
    assert twin.rows() == pair.first.rows() == pair.second.rows()


@pytest.mark.parametrize(
    ("is_noticed", "lost"),
    [(False, ""), (False, "push"), (False, "succeed"), (True, ""), (True, "push")],
)
def test_what_two_lives_wrote_under_one_number_are_two_versions(
    pair: Pair, tmp_path: Path, is_noticed: bool, lost: str
) -> None:
    person = pair.first.act(lambda uow: factories.person(uow.session).id)
    pair.exchange()
    twin = pair.twin(pair.second)
    note(pair.second, person, "one life")
    pair.exchange(pair.second)
    note(twin, person, "other life")
    if is_noticed:  # by now: it is copied once more
        seal(twin)
        twin = pair.twin(twin, is_noticed=True)
    if lost:  # before it gets a new name the network goes, and then a stick
        pair.network.orders = [(lost, Fault.LOST_REQUEST)] * 20
        assert twin.sync().state is State.OFFLINE
        pair.network.orders = []
        carry(twin, pair.first, tmp_path)
    statuses = [pair.exchange(one) for one in (twin, pair.first, pair.second, twin)]
    assert [one.conflicts for one in statuses] == [1] * 4
    assert twin.rows() == pair.first.rows() == pair.second.rows()


@pytest.mark.parametrize("before", range(3))
def test_behind_a_fork_nothing_is_made_anew_on_the_word_of_a_proxy(pair: Pair, before: int) -> None:
    person = pair.second.act(lambda uow: factories.person(uow.session, note="theirs").id)
    pair.exchange()
    twin = pair.twin(pair.second)
    note(pair.second, person, "one life")
    pair.exchange(pair.second)
    note(twin, person, "other life")

    def block() -> None:
        pair.network.orders = [("push", Fault.TOO_LARGE)] * 9

    shared = _first_batches(twin, "B")
    pair.network.before = [*[("push", lambda: None)] * before, ("push", block)]
    twin.sync()
    assert shared <= _first_batches(twin, "B")  # the server has it under this name
    pair.network.before, pair.network.orders = [], []
    statuses = [pair.exchange(one) for one in (twin, pair.first, pair.second, twin)]
    assert [one.conflicts for one in statuses] == [1] * 4
    assert twin.rows() == pair.first.rows() == pair.second.rows()


@pytest.mark.parametrize("batches", [1, 2, 4])
def test_what_a_file_brought_of_one_life_leaves_no_gap_in_the_other(
    pair: Pair, tmp_path: Path, batches: int
) -> None:
    person = pair.first.act(lambda uow: factories.person(uow.session).id)
    pair.exchange()
    twin = pair.twin(pair.second)
    for number in range(batches):
        note(twin, person, f"other life {number}")
        seal(twin)
    pair.exchange(twin)
    note(pair.second, person, "one life")
    carry(pair.second, pair.first, tmp_path)
    pair.exchange(pair.first)  # the other life comes at once: what the file brought stands aside
    assert noted(pair.first, person) == f"other life {batches - 1}"
    statuses = [pair.exchange(one) for one in (pair.second, pair.first, twin, pair.second)]
    assert [one.conflicts for one in statuses] == [1] * 4
    assert twin.rows() == pair.first.rows() == pair.second.rows()


@pytest.mark.parametrize("is_first_by_file", [True, False])
def test_two_lives_of_a_copy_are_one_device_until_one_is_noticed(
    pair: Pair, tmp_path: Path, is_first_by_file: bool
) -> None:
    person = pair.first.act(lambda uow: factories.person(uow.session).id)
    pair.exchange()
    copy = pair.twin(pair.second, is_noticed=True)
    twin = pair.twin(copy)  # neither has exchanged anything under the new name
    note(copy, person, "one life")
    note(twin, person, "other life")
    ways = [lambda: carry(twin, pair.first, tmp_path), lambda: pair.exchange(copy)]
    for way in ways if is_first_by_file else ways[::-1]:
        way()
    statuses = [pair.exchange(one) for one in (twin, pair.first, copy, pair.second, twin)]
    assert [one.state for one in statuses] == [State.IDLE] * 5
    assert [one.conflicts for one in statuses[1:]] == [1] * 4
    assert twin.rows() == copy.rows() == pair.first.rows() == pair.second.rows()


def test_what_the_other_life_wrote_outlives_a_deletion_that_never_saw_it(pair: Pair) -> None:
    person = pair.first.act(lambda uow: factories.person(uow.session).id)
    pair.exchange()
    twin = pair.twin(pair.second)
    note(pair.second, person, "one life")
    pair.exchange(pair.second)
    note(twin, person, "other life")
    twin.act(lambda uow: uow.session.delete(uow.session.get_one(Person, person)))
    statuses = [pair.exchange(one) for one in (twin, pair.first, pair.second, twin)]
    # Both notes are there for somebody to decide.
    assert count(pair.first, "person") == 1
    assert [one.conflicts for one in statuses] == [1] * 4
    assert twin.rows() == pair.first.rows() == pair.second.rows()


@pytest.mark.parametrize("has_server", [True, False])
def test_what_others_wrote_over_stays_so_when_a_copy_goes_on_without_a_server(
    pair: Pair, tmp_path: Path, has_server: bool
) -> None:
    twin, person = written_over(pair, tmp_path)
    if has_server:
        pair.exchange(pair.first)
    carry(twin, pair.first, tmp_path)
    carry(pair.first, twin, tmp_path)
    assert noted(twin, person) == noted(pair.first, person) == "over it"
    statuses = [pair.exchange(one) for one in (twin, pair.second, pair.first, twin)]
    assert [(one.conflicts, one.waiting_changes) for one in statuses] == [(0, 0)] * 4
    assert twin.rows() == pair.first.rows() == pair.second.rows()


@pytest.mark.parametrize("way", ["server", "stick"])
def test_what_was_not_sealed_yet_stays_where_a_copy_gets_its_name(
    pair: Pair, tmp_path: Path, way: str
) -> None:
    person, other = (pair.first.act(lambda uow: factories.person(uow.session).id) for _ in range(2))
    pair.exchange()
    twin = pair.twin(pair.second)
    pair.second.act(lambda uow: factories.person(uow.session))
    pair.exchange(pair.second)
    note(twin, person, "sealed")
    note(twin, other, "sealed")
    pair.network.orders = [("succeed", Fault.LOST_REQUEST)] * 20
    assert twin.sync().state is State.OFFLINE  # behind a fork, and not yet another device
    pair.network.orders = []
    note(twin, person, "not sealed")
    twin.act(lambda uow: uow.session.delete(uow.session.get_one(Person, other)))
    before = twin.rows()
    if way == "stick":
        carry(twin, pair.first, tmp_path)
        assert twin.rows() == before
    statuses = [pair.exchange(one) for one in (twin, pair.first, pair.second)]
    assert [one.conflicts for one in statuses] == [0] * 3
    assert (noted(pair.first, person), count(pair.first, "person")) == ("not sealed", 2)
    assert twin.rows() == pair.first.rows() == pair.second.rows()


@pytest.mark.parametrize("way", ["server", "stick"])
def test_what_was_not_sealed_yet_has_seen_nothing_of_the_other_copy(
    pair: Pair, tmp_path: Path, way: str
) -> None:
    person = pair.second.act(lambda uow: factories.person(uow.session).id)
    pair.exchange()
    twin = pair.twin(pair.second, is_noticed=True)
    note(twin, person, "twin")
    note(pair.second, person, "original")  # under the number that the copy would have used
    pair.exchange(pair.second)
    if way == "stick":
        carry(twin, pair.first, tmp_path)
    statuses = [pair.exchange(one) for one in (twin, pair.first, pair.second)]
    assert [one.conflicts for one in statuses] == [1] * 3
    assert twin.rows() == pair.first.rows() == pair.second.rows()


def test_what_a_full_server_did_not_take_keeps_its_old_name_until_it_does(
    pair: Pair, tmp_path: Path
) -> None:
    twin, person = written_over(pair, tmp_path)
    with full(pair):
        status = twin.sync()
        assert status.waiting_changes > 0
    statuses = [pair.exchange(one) for one in (twin, pair.first, pair.second, twin)]
    assert [(one.conflicts, one.waiting_changes) for one in statuses] == [(0, 0)] * 4
    assert noted(twin, person) == "over it"
    assert twin.rows() == pair.first.rows() == pair.second.rows()


def test_what_a_full_server_did_not_take_is_made_anew_where_it_took_another_life(
    pair: Pair,
) -> None:
    person = pair.first.act(lambda uow: factories.person(uow.session).id)
    pair.exchange()
    twin = pair.twin(pair.second)
    note(twin, person, "other life")
    seal(twin)
    twin = pair.twin(twin, is_noticed=True)
    note(pair.second, person, "one life")
    pair.first.act(lambda uow: factories.person(uow.session))
    pair.exchange(pair.first)
    with ExitStack() as room:
        room.enter_context(full(pair))

        def make_room_for_the_original() -> None:
            room.close()
            pair.second.sync()

        pair.network.before = [("pull", make_room_for_the_original)]
        twin.sync()
    assert not pair.network.before
    statuses = [pair.exchange(one) for one in (twin, pair.first, pair.second, twin)]
    assert [one.conflicts for one in statuses] == [1] * 4
    assert twin.rows() == pair.first.rows() == pair.second.rows()


@pytest.mark.parametrize("way", [carry, carry_closed])
def test_a_laptop_put_back_unnoticed_has_all_and_gives_all_by_files_alone(
    pair: Pair, tmp_path: Path, way: Callable[[Laptop, Laptop, Path], Received]
) -> None:
    add_people(pair.first)
    carry(pair.first, pair.second, tmp_path)
    (person,) = add_people(pair.second)
    carry(pair.second, pair.first, tmp_path)
    old = pair.twin(pair.first)
    add_people(pair.first, 2)
    note(pair.first, person, "one life")
    carry(pair.first, pair.second, tmp_path)
    note(old, person, "other life")
    add_people(old, 2)
    kept = _first_batches(old)

    received = way(old, pair.second, tmp_path)
    assert summary(received) == "Not all of this could be taken in."
    assert "Rasa · A was put back to an earlier state." in more(received)
    assert not way(pair.second, old, tmp_path).put_back
    assert not way(old, pair.second, tmp_path).put_back
    assert count(pair.second, "person") == count(old, "person") == 6
    assert pair.second.rows() == old.rows()
    assert old.engine.status().conflicts == pair.second.engine.status().conflicts == 1
    # What both lives have is not told once more.
    assert kept <= _first_batches(old)


def _first_batches(laptop: Laptop, tag: str = "A") -> set[bytes]:
    """Return how the log of a device begins in each stream."""
    rows = laptop.look.execute(
        "SELECT b.header FROM sync_batch b JOIN sync_peer p ON p.no = b.device "
        "WHERE p.tag = ? AND b.from_seq = 1",
        (tag,),
    )
    return {row[0] for row in rows.fetchall()}


def test_a_laptop_put_back_unnoticed_that_did_nothing_gets_what_it_did(
    pair: Pair, tmp_path: Path
) -> None:
    old = pair.twin(pair.first)
    add_people(pair.first, 2)
    carry(pair.first, pair.second, tmp_path)
    carry(pair.second, old, tmp_path)
    add_people(old)
    carry(old, pair.second, tmp_path)
    assert count(pair.second, "person") == count(old, "person") == 3
    assert pair.second.rows() == old.rows()


def test_another_life_that_comes_to_light_after_a_copy_got_its_name_takes_nothing(
    pair: Pair, tmp_path: Path
) -> None:
    (person,) = add_people(pair.first)
    pair.exchange()
    old = pair.twin(pair.first)
    note(pair.first, person, "one life")
    carry(pair.first, pair.second, tmp_path)
    note(old, person, "other life")
    seal(old)
    old = pair.twin(old, is_noticed=True)  # its former name has another life, unknown to it
    carry(old, pair.second, tmp_path)
    carry(pair.second, old, tmp_path)
    carry(old, pair.second, tmp_path)
    assert pair.second.engine.status().conflicts == 1
    assert pair.second.rows() == old.rows()
    # What both have is offered to a server, which then knows all of it.
    statuses = [pair.exchange(one) for one in (old, pair.second, old, pair.first)]
    assert [(one.conflicts, one.waiting_changes) for one in statuses] == [(1, 0)] * 4
    assert pair.first.rows() == pair.second.rows() == old.rows()


def test_a_laptop_put_back_unnoticed_is_told_how_to_get_what_it_lost(
    pair: Pair, tmp_path: Path
) -> None:
    pair.exchange()
    old = pair.twin(pair.second)
    add_people(pair.first, 2)
    carry_closed(pair.first, pair.second, tmp_path)
    carry_closed(pair.second, pair.first, tmp_path)  # tells that it holds both
    add_people(pair.first)
    received = carry_closed(pair.first, old, tmp_path)
    assert summary(received) == "Not all of this could be taken in."
    assert "Bring a file from this laptop to Rasa · A first." in more(received)
    carry_closed(old, pair.first, tmp_path)
    assert not carry_closed(pair.first, old, tmp_path).has_gap
    assert count(old, "person") == 3
