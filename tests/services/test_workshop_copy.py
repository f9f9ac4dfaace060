"""A workshop as a template, and a workshop moved: everything shifts, nobody comes along."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from mentor_desktop.errors import ConflictError
from mentor_desktop.services.agenda import agenda_of, at_local
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.registrations import registration_rows
from mentor_desktop.services.workshop_copy import duplicate_workshop, move_workshop
from mentor_desktop.services.workshops import workshop_card
from tests import factories

ZONE = "Europe/Prague"
WINTER, SUMMER = date(2026, 3, 10), date(2026, 7, 7)


@pytest.fixture
def source(workspace):
    """Two days with a rule on one item, and one person."""
    with workspace.unit_of_work() as uow:
        workshop = factories.workshop(
            uow.session,
            code="WS-1",
            starts_on=WINTER,
            ends_on=WINTER + timedelta(days=1),
            time_zone=ZONE,
            languages=["en", "cs"],
            status="closed",
            rule_kind="named_items",
        )
        for day in (0, 1):
            starts_at = at_local(WINTER + timedelta(days=day), time(9), ZONE)
            slot = factories.slot(
                uow.session,
                workshop_id=workshop.id,
                code=f"D{day + 1}",
                day=day + 1,
                seq=day + 1,
                held_on=WINTER + timedelta(days=day),
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=3),
            )
            item = factories.agenda_item(
                uow.session,
                slot_id=slot.id,
                workshop_id=workshop.id,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=2),
                room="Hall",
                facilitators=["Rasa"],
            )
        workshop.rule_items = [item.id]
        factories.registration(uow.session, workshop_id=workshop.id)
        uow.commit()
        return workshop.id


def views(workspace, workshop_id):
    with workspace.reader() as uow:
        return (
            workshop_card(uow, workshop_id),
            agenda_of(uow, workshop_id),
            registration_rows(uow, workshop_id),
        )


def test_a_copy_has_the_agenda_on_the_new_days_and_nobody_in_it(workspace, source) -> None:
    with workspace.unit_of_work() as uow:
        changes = duplicate_workshop(uow, source, code="WS-2", starts_on=SUMMER)
    card, agenda, people = views(workspace, created_id(changes, "workshop"))
    assert (card.code, card.starts_on, card.ends_on) == ("WS-2", SUMMER, date(2026, 7, 8))
    assert (card.status, card.languages, card.attending) == ("planned", ("en", "cs"), 0)
    assert people == []
    assert [day.held_on for day in agenda.days] == [SUMMER, date(2026, 7, 8)]
    assert agenda.slots[0].items[0].room == "Hall"
    assert agenda.slots[0].items[0].facilitators == ("Rasa",)
    assert agenda.counted_minutes == 240


def test_a_copy_starts_at_the_same_time_on_the_wall_in_summer(workspace, source) -> None:
    with workspace.unit_of_work() as uow:
        changes = duplicate_workshop(uow, source, code="WS-2", starts_on=SUMMER)
    _card, agenda, _people = views(workspace, created_id(changes, "workshop"))
    assert agenda.slots[0].starts_at == datetime(2026, 7, 7, 7, tzinfo=UTC)
    _card, old, _people = views(workspace, source)
    assert old.slots[0].starts_at == datetime(2026, 3, 10, 8, tzinfo=UTC)


def test_the_rule_of_a_copy_names_the_items_of_the_copy(workspace, source) -> None:
    with workspace.unit_of_work() as uow:
        changes = duplicate_workshop(uow, source, code="WS-2", starts_on=SUMMER)
    card, agenda, _people = views(workspace, created_id(changes, "workshop"))
    assert card.rule_items == (agenda.slots[1].items[0].id,)


def test_a_copy_needs_a_code_of_its_own(workspace, source) -> None:
    with workspace.unit_of_work() as uow, pytest.raises(ConflictError, match="ws-1"):
        duplicate_workshop(uow, source, code="ws-1", starts_on=SUMMER)


def test_a_moved_workshop_keeps_its_people_and_its_wall_clock(workspace, source) -> None:
    with workspace.unit_of_work() as uow:
        move_workshop(uow, source, starts_on=SUMMER)
    card, agenda, people = views(workspace, source)
    assert (card.starts_on, card.ends_on) == (SUMMER, date(2026, 7, 8))
    assert agenda.slots[1].items[0].starts_at == datetime(2026, 7, 8, 7, tzinfo=UTC)
    assert len(people) == 1


def test_a_workshop_with_marks_is_not_moved(workspace, source) -> None:
    with workspace.reader() as uow:
        slot_id = agenda_of(uow, source).slots[0].id
        registration_id = registration_rows(uow, source)[0].id
    with workspace.unit_of_work() as uow:
        factories.attendance_mark(
            uow.session, workshop_id=source, registration_id=registration_id, slot_id=slot_id
        )
        uow.commit()
    with workspace.unit_of_work() as uow, pytest.raises(ConflictError, match="WS-1"):
        move_workshop(uow, source, starts_on=SUMMER)
