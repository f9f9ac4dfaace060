"""A conflict is decided by an action that names everything that was seen."""

import pytest

from mentor_desktop.errors import ConflictError, ValidationError
from mentor_desktop.services import conflicts as cards
from mentor_desktop.services import history
from mentor_desktop.services.conflicts import ConflictCard
from mentor_desktop.sync.protocol.batches import NO_HASH, make_batch, open_batch
from mentor_desktop.sync.protocol.operations import (
    SET,
    Action,
    Content,
    Op,
    expand,
    runs_of,
    tick,
)
from mentor_desktop.sync.protocol.streams import MOST_BASES
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.batching import SCHEMA
from tests import factories
from tests.sync.replica.devices import SHARED, Device, Devices, same


def _in_conflict(a: Device, b: Device) -> str:
    """Let both change the e-mail of a person; b's is shown."""
    person = str(
        a.act(lambda uow: factories.person(uow.session, given_name="Ona", family_name="Ona").id)
    )
    b.receive_all(a)
    with a.acting("Changed {name}", name="Ona") as uow:
        uow.raw.execute("UPDATE person SET email = 'a@example.org'")
    b.clock.advance(minutes=1)
    b.set("person", person, email="b@example.org")
    a.receive_all(b)
    b.receive_all(a)
    return person


def _card(device: Device) -> ConflictCard:
    with device.workspace.reader() as uow:
        (card,) = cards.conflict_cards(uow)
    return card


def test_a_card_tells_both_values_and_who_gave_them(devices: Devices) -> None:
    a, b = devices(2)
    _in_conflict(a, b)
    card = _card(a)
    assert (card.title, card.group) == ("Ona Ona", "email")
    assert [choice.lines[0][1] for choice in card.choices] == ["b@example.org", "a@example.org"]
    assert [choice.is_shown for choice in card.choices] == [True, False]
    assert [choice.device for choice in card.choices] == ["B", "A"]
    assert {choice.who for choice in card.choices} == {"Rasa"}
    assert card.choices[0].at > card.choices[1].at


@pytest.mark.parametrize("chosen", [0, 1])
def test_a_choice_settles_it_everywhere(devices: Devices, chosen: int) -> None:
    a, b = devices(2)
    person = _in_conflict(a, b)
    card = _card(a)
    with a.workspace.unit_of_work() as uow:
        changes = cards.choose_value(uow, card, card.choices[chosen])
    assert changes.entities == {"person": {person}}
    with a.workspace.reader() as uow:
        assert cards.conflict_cards(uow) == []
    a.seal()
    last = list(expand(open_batch(a.batches("people")[-1])))[-1]
    assert len(last.base) == 2
    b.receive_all(a)
    with b.workspace.reader() as uow:
        assert cards.conflict_cards(uow) == []
    assert b.value("person", person, "email") == card.choices[chosen].lines[0][1]
    assert b.shelf() == []
    same(a, b)


def test_a_choice_can_be_undone(devices: Devices) -> None:
    a, b = devices(2)
    person = _in_conflict(a, b)
    card = _card(a)
    with a.workspace.unit_of_work() as uow:
        changes = cards.choose_value(uow, card, card.choices[1])
    assert changes.txn is not None
    with a.workspace.unit_of_work() as uow:
        history.undo(uow, changes.txn)
    assert a.value("person", person, "email") == "b@example.org"
    b.receive_all(a)
    same(a, b)


def test_a_card_that_is_old_by_now_decides_nothing(devices: Devices) -> None:
    a, b = devices(2)
    _in_conflict(a, b)
    card = _card(a)
    with a.workspace.unit_of_work() as uow:
        cards.choose_value(uow, card, card.choices[1])
    with a.workspace.unit_of_work() as uow, pytest.raises(ConflictError):
        cards.choose_value(uow, card, card.choices[0])


def test_an_ordinary_edit_names_what_was_shown_only(devices: Devices) -> None:
    a, b = devices(2)
    person = _in_conflict(a, b)
    a.set("person", person, email="third@example.org")
    b.receive_all(a)
    assert [choice.lines[0][1] for choice in _card(b).choices] == [
        "third@example.org",
        "a@example.org",
    ]
    same(a, b)


def test_two_who_say_the_same_need_no_decision(devices: Devices) -> None:
    a, b = devices(2)
    person = a.act(lambda uow: factories.person(uow.session).id)
    b.receive_all(a)
    for one in (a, b):
        one.set("person", person, email="same@example.org")
    a.receive_all(b)
    b.receive_all(a)
    with a.workspace.reader() as uow:
        assert cards.conflict_cards(uow) == []
    # Whoever edits it later saw both, so it stays settled.
    a.set("person", person, email="new@example.org")
    b.receive_all(a)
    with b.workspace.reader() as uow:
        assert cards.conflict_cards(uow) == []
    same(a, b)


def test_two_who_register_one_person_make_one_registration(devices: Devices) -> None:
    from mentor_desktop.ids import derived_id

    a, b = devices(2)
    with a.acting() as uow:
        workshop = factories.workshop(uow.session).id
        person = factories.person(uow.session).id
    b.receive_all(a)
    place = derived_id("registration", workshop, person)
    for one in (a, b):
        with one.acting() as uow:
            factories.registration(uow.session, id=place, workshop_id=workshop, person_id=person)
    a.receive_all(b)
    b.receive_all(a)
    assert a.raw.execute("SELECT count(*) FROM registration").fetchone() == (1,)
    same(a, b)


def test_marks_that_differ_are_one_card_and_equal_ones_none(devices: Devices) -> None:
    a, b = devices(2)
    with a.acting() as uow:
        slot = factories.slot(uow.session)
        places = [
            factories.registration(uow.session, workshop_id=slot.workshop_id).id for _ in range(2)
        ]
        known = {"workshop_id": slot.workshop_id, "slot_id": slot.id}
    b.receive_all(a)
    for one, statuses in ((a, ("present", "present")), (b, ("absent", "present"))):
        with one.acting() as uow:
            for place, status in zip(places, statuses, strict=True):
                factories.attendance_mark(
                    uow.session, registration_id=place, status=status, **known
                )
    a.receive_all(b)
    b.receive_all(a)
    same(a, b)
    for one in (a, b):
        with one.workspace.reader() as uow:
            (card,) = cards.marks_cards(uow)
        assert [conflict.registration_id for conflict in card.conflicts] == [places[0]]


def test_what_others_did_is_told_and_cannot_be_undone_here(devices: Devices) -> None:
    a, b = devices(2)
    with a.acting("Added {name}", name="Ona") as uow:
        person = factories.person(uow.session).id
    b.receive_all(a)
    with b.workspace.reader() as uow:
        (action,) = history.recent_actions(uow)
        (line,) = history.row_history(uow, "person", person)
    assert (action.sentence, action.actor, action.device) == ("Added Ona", "Rasa", "A")
    assert (line.sentence, line.device) == ("Added Ona", "A")
    with b.workspace.unit_of_work() as uow, pytest.raises(ValidationError, match="another device"):
        history.undo(uow, action.txn)


def test_undo_refuses_what_another_changed_since(devices: Devices) -> None:
    a, b = devices(2)
    person = a.act(lambda uow: factories.person(uow.session).id)
    a.set("person", person, email="a@example.org")
    own = a.raw.execute("SELECT max(id) FROM txn").fetchone()[0]
    b.receive_all(a)
    b.set("person", person, email="b@example.org")
    a.receive_all(b)
    with a.workspace.unit_of_work() as uow, pytest.raises(ConflictError):
        history.undo(uow, own)
    assert a.value("person", person, "email") == "b@example.org"


def test_an_undo_is_told_as_the_undo_of_that_action(devices: Devices) -> None:
    a, b = devices(2)
    person = a.act(lambda uow: factories.person(uow.session).id)
    a.set("person", person, email="a@example.org")
    own = a.raw.execute("SELECT max(id) FROM txn").fetchone()[0]
    with a.workspace.unit_of_work() as uow:
        history.undo(uow, own)
    b.receive_all(a)
    with b.workspace.reader() as uow:
        undoing, undone, _created = history.recent_actions(uow)
    assert (undoing.depth, undone.is_undone) == (1, True)


def test_a_choice_between_more_than_one_change_names_leaves_the_rest(devices: Devices) -> None:
    a, b, c = devices(3)
    person = str(a.act(lambda uow: factories.person(uow.session).id))
    c.receive_all(a)
    hlc = tick(0, int(a.clock.now.timestamp() * 1_000) + 1)
    ops = [
        Op(b.id, seq, hlc + seq, "person", person, SET, "email", {"email": f"{seq}@example.org"})
        for seq in range(1, MOST_BASES + 10)
    ]
    content = Content(runs_of(ops), (Action(ops[-1].seq, 0, "", "Changed"),))
    signer = state.identity(b.raw).signer()
    batch = make_batch(SHARED, "people", b.id, 1, NO_HASH, content, SCHEMA, signer)
    for one in (a, c):
        one.receive("people", [batch])
    for _turn in range(2):
        with a.workspace.unit_of_work() as uow:
            cards.choose_value(uow, _card(a), _card(a).choices[0])
        c.receive_all(a)
        same(a, c)
    with c.workspace.reader() as uow:
        assert cards.conflict_cards(uow) == []
