"""What waits for a person after two laptops met, and what one click does about it."""

import pytest

from mentor_desktop.errors import ConflictError
from mentor_desktop.services.attendance import mark
from mentor_desktop.services.conflicts import let_go
from mentor_desktop.services.decisions import (
    ask_the_paper,
    choose_mark,
    decisions,
    waiting,
)
from mentor_desktop.services.paper_check import paper_check, record_signature
from mentor_desktop.services.people import add_person
from mentor_desktop.store.workspace import Workspace
from tests.sync.laptops import TwoLaptops


def found(workspace: Workspace):
    with workspace.reader() as uow:
        return decisions(uow)


def differ(laptops: TwoLaptops) -> Workspace:
    """Let both laptops mark P001, A present and B absent, and bring B's back."""
    b = laptops.second()
    laptops.mark(laptops.a, "P001", "present")
    laptops.clock.advance(minutes=1)
    laptops.mark(b, "P001", "absent")
    laptops.bring(b, laptops.a)
    return b


def test_workspace_on_one_laptop_waits_for_nothing(workspace: Workspace) -> None:
    assert found(workspace).is_empty
    with workspace.reader() as uow:
        assert waiting(uow) == 0


def test_marks_that_differ_say_who_wrote_what_and_which_counts(laptops: TwoLaptops) -> None:
    differ(laptops)
    (card,) = found(laptops.a).marks
    assert {(one.status, one.by, one.device) for one in card.conflict.marks} == {
        ("present", "Rasa", "A"),
        ("absent", "Jana", "AA"),
    }
    counting = next(one for one in card.conflict.marks if one.id == card.counting_id)
    assert counting.status == "absent"
    assert card.workshop_code == "WS-2026-01"


def test_choice_of_a_mark_settles_it_on_both_laptops(laptops: TwoLaptops) -> None:
    b = differ(laptops)
    (card,) = found(laptops.a).marks
    with laptops.a.unit_of_work() as uow:
        choose_mark(uow, mark_id=card.conflict.marks[-1].id)
    laptops.bring(laptops.a, b)
    assert found(laptops.a).is_empty
    assert found(b).is_empty


def test_asking_the_paper_keeps_the_card_until_somebody_looked(laptops: TwoLaptops) -> None:
    differ(laptops)
    (card,) = found(laptops.a).marks
    cell = {
        "registration_id": card.conflict.registration_id,
        "slot_id": card.conflict.slot_id,
    }
    with laptops.a.unit_of_work() as uow:
        ask_the_paper(uow, **cell)
    assert [one.asks_paper for one in found(laptops.a).marks] == [True]
    with laptops.a.reader() as uow:
        rows = paper_check(uow, cell["slot_id"]).rows
    assert [one.is_unchecked for one in rows if one.registration_id == cell["registration_id"]] == [
        True
    ]
    with laptops.a.unit_of_work() as uow:
        record_signature(uow, **cell, is_signed=True)
    assert found(laptops.a).is_empty


def test_paper_is_not_asked_about_marks_that_agree(laptops: TwoLaptops) -> None:
    registration = laptops.sample.registrations["P001"]
    with laptops.a.unit_of_work() as uow:
        mark(
            uow,
            registration_id=registration,
            slot_id=laptops.sample.slots["D1-AM"],
            status="present",
        )
    with laptops.a.unit_of_work() as uow, pytest.raises(ConflictError):
        ask_the_paper(uow, registration_id=registration, slot_id=laptops.sample.slots["D1-AM"])


def test_somebody_entered_on_both_laptops_is_asked_about(laptops: TwoLaptops) -> None:
    b = laptops.second(workshop_id="")
    for workspace in (laptops.a, b):
        with workspace.unit_of_work() as uow:
            add_person(uow, given_name="Nova", family_name="Walkin", email="nova@example.org")
    laptops.bring(b, laptops.a)
    (pair,) = found(laptops.a).same
    assert (pair.first.name, pair.second.name) == ("Nova Walkin", "Nova Walkin")
    with laptops.a.reader() as uow:
        assert waiting(uow) == 1


def test_namesakes_entered_on_one_laptop_are_no_matter_of_laptops(laptops: TwoLaptops) -> None:
    laptops.second(workshop_id="")
    for _number in range(2):
        with laptops.a.unit_of_work() as uow:
            add_person(uow, given_name="Nova", family_name="Walkin")
    assert found(laptops.a).same == ()


def test_record_of_somebody_deleted_elsewhere_names_both_laptops(laptops: TwoLaptops) -> None:
    b = laptops.second()
    with laptops.a.unit_of_work() as uow:
        slot = laptops.sample.slots["D3-PM"]
        uow.raw.execute("DELETE FROM agenda_item WHERE slot_id = ?", (slot,))
        uow.raw.execute("DELETE FROM slot WHERE id = ?", (slot,))
        uow.commit()
    laptops.mark(b, "P001", "present", slot="D3-PM")
    laptops.bring(b, laptops.a)
    (card,) = found(laptops.a).recovered
    assert card.can_be_restored
    assert card.deleted is not None
    assert card.changed is not None
    assert (card.deleted.is_own, card.deleted.who, card.deleted.device) == (True, "Rasa", "A")
    assert (card.changed.is_own, card.changed.who, card.changed.device) == (False, "Jana", "AA")
    assert (card.belongs_to, card.status) == (
        "Thursday 12 March, afternoon (WS-2026-01)",
        "present",
    )


def test_recovered_record_that_was_let_go_is_listed_again_when_it_changes(
    laptops: TwoLaptops,
) -> None:
    b = laptops.second()
    slot = laptops.sample.slots["D3-PM"]
    with laptops.a.unit_of_work() as uow:
        uow.raw.execute("DELETE FROM agenda_item WHERE slot_id = ?", (slot,))
        uow.raw.execute("DELETE FROM slot WHERE id = ?", (slot,))
        uow.commit()

    def change(number: int) -> None:
        laptops.clock.advance(minutes=1)
        with b.unit_of_work() as uow:
            uow.raw.execute("UPDATE agenda_item SET seq = ? WHERE slot_id = ?", (number, slot))
            uow.commit()
        laptops.bring(b, laptops.a)

    change(7)
    cards = found(laptops.a).recovered
    assert cards
    for card in cards:
        with laptops.a.unit_of_work() as uow:
            let_go(uow, card)
    assert found(laptops.a).is_empty
    change(8)
    assert len(found(laptops.a).recovered) == len(cards)
    with laptops.a.reader() as uow:
        assert waiting(uow) == len(cards)
