"""What somebody did offline while their rights ended: refused or set aside, told, never lost."""

from contextlib import closing

from mentor_desktop.services.not_shared import (
    dismiss,
    list_again,
    not_shared_cards,
    not_shared_json,
    not_shared_table,
)
from mentor_desktop.sync.membership import USER_ENTITY
from mentor_desktop.sync.protocol.streams import MEMBERS
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.special import Author, add_record
from mentor_desktop.sync.replica.transactions import writing
from mentor_desktop.sync.status import State
from tests import factories
from tests.sync.pair import Pair, add_people, count, seal, value
from tests.sync.simulation.devices import Laptop


def change_role(pair: Pair, laptop: Laptop, role: str) -> None:
    """Let the administrator give somebody another role."""
    with closing(laptop.workspace.exchange_connection()) as raw:
        user = state.identity(raw).user
    with closing(pair.first.workspace.exchange_connection()) as raw, writing(raw):
        author = Author("Rasa", pair.time.now_ms)
        add_record(raw, MEMBERS, (USER_ENTITY, user), {"role": role}, "Changed", author)


def test_what_a_role_no_longer_allows_is_not_shared_and_the_rest_is(pair: Pair) -> None:
    pair.exchange()
    change_role(pair, pair.second, "trainer")
    pair.exchange(pair.first)
    # Made offline, before anybody heard of it: a trainer may add people and no projects.
    project = pair.second.act(lambda uow: factories.project(uow.session).id)
    (person,) = add_people(pair.second)
    status = pair.exchange(pair.second)
    assert (status.state, status.waiting_changes, status.not_shared) == (State.IDLE, 0, 1)
    pair.exchange(pair.first)
    assert (count(pair.first, "person"), count(pair.first, "project")) == (1, 0)
    assert pair.second.rows() == pair.first.rows()
    with pair.second.workspace.reader() as uow:
        (card,) = not_shared_cards(uow)
        assert project in not_shared_json(uow, card)
        assert person not in not_shared_json(uow, card)


def test_a_stream_that_may_not_even_be_read_holds_up_no_other(pair: Pair) -> None:
    pair.exchange()
    change_role(pair, pair.second, "reader")
    pair.exchange(pair.first)
    (own,) = add_people(pair.second)
    pair.first.act(lambda uow: factories.programme(uow.session))
    pair.exchange(pair.first)
    status = pair.exchange(pair.second)
    assert (status.state, status.waiting_changes, status.not_shared) == (State.IDLE, 0, 1)
    assert count(pair.second, "programme") == 1
    # It is kept here, and nobody else hears of it.
    assert value(pair.second, "SELECT id FROM person") == own
    pair.exchange(pair.first)
    assert count(pair.first, "person") == 0


def test_what_is_set_aside_is_told_and_goes_when_the_right_is_back(pair: Pair) -> None:
    pair.exchange()
    change_role(pair, pair.second, "reader")
    pair.exchange(pair.first)
    names = {"given_name": "Ona", "email": "old@example.org"}
    person = pair.second.act(lambda uow: factories.person(uow.session, **names).id)
    pair.second.act(
        lambda uow: uow.raw.execute("UPDATE person SET email = 'o@example.org'"), "Changed"
    )
    pair.exchange(pair.second)
    # Told by the store alone: another engine, as after a restart.
    pair.open_window(pair.second)
    status = pair.second.engine.status()
    assert (status.waiting_changes, status.not_shared) == (0, 2)
    with pair.second.workspace.reader() as uow:
        (card,) = not_shared_cards(uow)
        rows = not_shared_table(uow, card).rows
    assert (card.reason, card.is_waiting, card.count) == ("no_stream", True, 2)
    made, changed = card.changes
    assert (made.kind, made.deed, "Ona" in made.name) == ("a person", "added", True)
    (field,) = changed.fields
    assert (field.label, field.old, field.new) == (
        "E-mail",
        "old@example.org",
        "o@example.org",
    )
    assert rows[-1][3:] == ("changed", "E-mail", "old@example.org", "o@example.org")
    change_role(pair, pair.second, "organiser")
    pair.exchange(pair.first)
    status = pair.exchange(pair.second)
    assert (status.waiting_changes, status.not_shared) == (0, 0)
    pair.exchange(pair.first)
    assert value(pair.first, "SELECT email FROM person WHERE id = ?", person) == "o@example.org"
    add_people(pair.second)
    seal(pair.second)
    status = pair.second.engine.status()
    assert (status.waiting_changes, status.not_shared) == (1, 0)


def test_what_is_dismissed_comes_back_by_undo_and_later_changes_are_told(pair: Pair) -> None:
    pair.exchange()
    change_role(pair, pair.second, "reader")
    pair.exchange(pair.first)
    add_people(pair.second)
    pair.exchange(pair.second)
    with pair.second.workspace.unit_of_work() as uow:
        (card,) = not_shared_cards(uow)
        at_ms = dismiss(uow, card)
    assert pair.exchange(pair.second).not_shared == 0
    with pair.second.workspace.unit_of_work() as uow:
        assert not_shared_cards(uow) == []
        list_again(uow, card, at_ms)
        assert not_shared_cards(uow) == [card]
        dismiss(uow, card)
    add_people(pair.second)
    assert pair.exchange(pair.second).not_shared == 1
    with pair.second.workspace.reader() as uow:
        (later,) = not_shared_cards(uow)
    assert later.key != card.key
