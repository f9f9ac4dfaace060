"""What people and workshop actions leave behind once they are undone: nothing."""

from datetime import date

import pytest

from mentor_desktop.errors import ConflictError
from mentor_desktop.services.agenda import agenda_of
from mentor_desktop.services.consents import choose_photo, record_consent
from mentor_desktop.services.duplicates import merge_people
from mentor_desktop.services.history import undo
from mentor_desktop.services.people import (
    change_person,
    person_card,
    person_order,
    search_people,
)
from mentor_desktop.services.registrations import add_walk_in, correct_name, registration_rows
from mentor_desktop.services.workshop_copy import duplicate_workshop, move_workshop
from mentor_desktop.services.workshops import workshop_card, workshop_rows
from tests import factories

CAPTURED = (
    "person", "organisation", "registration", "workshop", "slot", "agenda_item", "consent",
)  # fmt: skip


def contents(workspace):
    """Return every row of the tables people can change here."""
    with workspace.reader() as uow:
        return {
            table: sorted(uow.raw.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in CAPTURED
        }


def do(workspace, use_case, *arguments, **fields):
    with workspace.unit_of_work() as uow:
        return use_case(uow, *arguments, **fields)


def take_back(workspace, changes):
    with workspace.unit_of_work() as uow:
        return undo(uow, changes.txn)


@pytest.fixture
def filled(workspace):
    """Two people in one workshop with an agenda, one of them on the waiting list."""
    with workspace.unit_of_work() as uow:
        item = factories.agenda_item(uow.session)
        people = [
            factories.person(
                uow.session, given_name=given, family_name="Ek", photo_choice="yes_all"
            )
            for given in ("Ana", "Anna")
        ]
        for person, state in zip(people, ("confirmed", "waiting_list"), strict=True):
            factories.registration(
                uow.session, workshop_id=item.workshop_id, person_id=person.id, state=state
            )
        uow.commit()
        return item.workshop_id, item.slot_id, people[0].id, people[1].id


def test_a_merge_undone_leaves_two_people(workspace, filled) -> None:
    workshop_id, _slot, keep, other = filled
    before = contents(workspace)
    changes = do(workspace, merge_people, keep=keep, merge=other)
    assert contents(workspace) != before
    take_back(workspace, changes)
    assert contents(workspace) == before
    with workspace.reader() as uow:
        assert len(person_order(uow)) == 2
        assert len(search_people(uow, "ek")) == 2
        assert person_card(uow, other).id == other
        assert [row.name for row in registration_rows(uow, workshop_id)] == ["Ana Ek", "Anna Ek"]


def test_a_merge_is_undone_past_changes_of_other_fields(workspace, filled) -> None:
    *_rest, keep, other = filled
    changes = do(workspace, merge_people, keep=keep, merge=other)
    do(workspace, change_person, keep, phone="+370 1")
    take_back(workspace, changes)
    with workspace.reader() as uow:
        assert person_card(uow, keep).phone == "+370 1"
        assert person_card(uow, other).id == other


def test_a_walk_in_undone_leaves_no_person_and_no_organisation(workspace, filled) -> None:
    workshop_id, slot_id, *_people = filled
    before = contents(workspace)
    changes = do(
        workspace,
        add_walk_in,
        workshop_id,
        given_name="Євгенія",
        organisation="ГО «Приклад»",
        country="UA",
        slot_id=slot_id,
    )
    take_back(workspace, changes)
    assert contents(workspace) == before


def test_a_corrected_name_undone_is_found_by_the_old_spelling(workspace, filled) -> None:
    *_rest, person_id, _other = filled
    changes = do(workspace, correct_name, person_id, "Jūratė", "Šniaukštaitė")
    take_back(workspace, changes)
    with workspace.reader() as uow:
        assert person_card(uow, person_id).name == "Ana Ek"
        assert search_people(uow, "sniauk") == []


def test_an_undo_over_a_later_correction_is_refused(workspace, filled) -> None:
    *_rest, person_id, _other = filled
    changes = do(workspace, correct_name, person_id, "Ena", "Ek")
    do(workspace, correct_name, person_id, "Una", "Ek")
    with pytest.raises(ConflictError):
        take_back(workspace, changes)
    with workspace.reader() as uow:
        assert person_card(uow, person_id).name == "Una Ek"


def test_a_photo_choice_undone_gives_the_consents_back(workspace, filled) -> None:
    *_rest, person_id, _other = filled
    do(
        workspace,
        record_consent,
        person_id,
        purpose="photo_website",
        text_version="1",
        language="en",
        how="ticked",
    )
    before = contents(workspace)
    take_back(workspace, do(workspace, choose_photo, person_id, "no"))
    assert contents(workspace) == before


def test_a_copied_and_a_moved_workshop_are_undone_whole(workspace, filled) -> None:
    workshop_id, *_rest = filled
    before = contents(workspace)
    copied = do(workspace, duplicate_workshop, workshop_id, code="NEXT", starts_on=date(2026, 9, 1))
    moved = do(workspace, move_workshop, workshop_id, starts_on=date(2026, 5, 1))
    with workspace.reader() as uow:
        assert len(workshop_rows(uow)) == 2
        assert workshop_card(uow, workshop_id).starts_on == date(2026, 5, 1)
        assert agenda_of(uow, workshop_id).days[0].held_on == date(2026, 5, 1)
    take_back(workspace, moved)
    take_back(workspace, copied)
    assert contents(workspace) == before
