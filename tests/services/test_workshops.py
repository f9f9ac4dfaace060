"""Workshops: listed by what is on now, checked across fields, found by code."""

from datetime import UTC, date, datetime

import pytest

from mentor_desktop.errors import ConflictError, NotFoundError, ValidationError
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.workshops import (
    add_workshop,
    change_workshop,
    find_workshop,
    remove_workshop,
    workshop_card,
    workshop_rows,
)
from tests import factories


def add(workspace, code="WS-1", starts_on=date(2026, 3, 10), **fields):
    given = {"title": "Mentoring", "time_zone": "Europe/Vilnius"}
    with workspace.unit_of_work() as uow:
        changes = add_workshop(uow, code=code, starts_on=starts_on, **(given | fields))
    return created_id(changes, "workshop")


def change(workspace, workshop_id, **fields):
    with workspace.unit_of_work() as uow:
        return change_workshop(uow, workshop_id, **fields)


def card(workspace, workshop_id):
    with workspace.reader() as uow:
        return workshop_card(uow, workshop_id)


def test_an_added_workshop_has_every_field_that_was_given(workspace) -> None:
    with workspace.unit_of_work() as uow:
        host = factories.organisation(uow.session, name="Zavod").id
        project = factories.project(uow.session, title="Mentors", number="N-1").id
        uow.commit()
    workshop_id = add(
        workspace,
        title={"en": "Mentoring", "lt": "Mentorystė"},
        ends_on=date(2026, 3, 12),
        event_kind="pilot_training",
        project_id=project,
        host_org_id=host,
        venue_name="House",
        address="Street 1\nTown",
        city="Kaunas",
        country="LT",
        languages=["en", "lt"],
        capacity="60",
        rule_percent="75",
        grace_min="5",
        remote_counts=False,
        signatory_name="Rasa P.",
        signatory_function="director",
        data_notice={"en": "We keep …"},
        status="open",
    )
    shown = card(workspace, workshop_id)
    assert (shown.title, shown.titles["lt"]) == ("Mentoring", "Mentorystė")
    assert (shown.host, shown.project, shown.project_number) == ("Zavod", "Mentors", "N-1")
    assert (shown.capacity, shown.rule_percent, shown.grace_min) == (60, 75, 5)
    assert shown.remote_counts is False
    assert shown.languages == ("en", "lt")
    assert shown.ends_on == date(2026, 3, 12)


@pytest.mark.parametrize(
    "fields",
    [
        {"code": " "},
        {"title": {"en": " "}},
        {"event_kind": "party"},
        {"country": "ZZ"},
        {"time_zone": "Europe/Atlantis"},
        {"time_zone": ""},
        {"time_zone": "../etc/passwd"},
        {"ends_on": date(2026, 3, 9)},
        {"ends_on": date(9000, 1, 1)},
        {"starts_on": date(999, 12, 31)},
        {"rule_kind": "luck"},
        {"rule_percent": 101},
        {"grace_min": -1},
        {"capacity": "many"},
        {"capacity": 100_000_001},
        {"grace_min": "9" * 30},
        {"languages": ["Lithuanian"]},
        {"status": "maybe"},
        {"rule_items": ["f" * 32]},
    ],
)
def test_a_field_that_cannot_be_is_refused(workspace, fields) -> None:
    workshop_id = add(workspace)
    before = card(workspace, workshop_id)
    with pytest.raises(ValidationError):
        change(workspace, workshop_id, **fields)
    assert card(workspace, workshop_id) == before


def test_a_code_is_given_once_whatever_its_case(workspace) -> None:
    add(workspace, "WS-1")
    other = add(workspace, "WS-2")
    with pytest.raises(ConflictError, match="ws-1"):
        change(workspace, other, code="ws-1")
    change(workspace, other, code="ws-2")


def test_a_workshop_is_found_by_its_code(workspace) -> None:
    workshop_id = add(workspace, "WS-2026-01")
    with workspace.reader() as uow:
        assert find_workshop(uow, " ws-2026-01 ") == workshop_id
        with pytest.raises(NotFoundError, match="WS-2026-01"):
            find_workshop(uow, "WS-9")


def test_without_workshops_the_sentence_says_so(workspace) -> None:
    with workspace.reader() as uow, pytest.raises(NotFoundError, match="no workshop in this"):
        find_workshop(uow, "WS-9")


def test_running_workshops_come_first_then_the_next_then_the_past(workspace, clock) -> None:
    clock.now = datetime(2026, 3, 11, 8, tzinfo=UTC)
    for code, starts_on, ends_on in (
        ("OLD", date(2025, 1, 1), date(2025, 1, 2)),
        ("LATER", date(2026, 9, 1), date(2026, 9, 1)),
        ("YESTERDAY", date(2026, 3, 10), date(2026, 3, 10)),
        ("NOW", date(2026, 3, 10), date(2026, 3, 12)),
        ("SOON", date(2026, 3, 12), date(2026, 3, 12)),
    ):
        add(workspace, code, starts_on, ends_on=ends_on)
    add(workspace, "OFF", date(2026, 3, 11), status="cancelled")
    with workspace.reader() as uow:
        rows = workshop_rows(uow)
    assert [(row.code, row.phase) for row in rows] == [
        ("NOW", "running"),
        ("SOON", "next"),
        ("LATER", "next"),
        ("OFF", "past"),
        ("YESTERDAY", "past"),
        ("OLD", "past"),
    ]


def test_a_day_begins_where_the_workshop_is(workspace, clock) -> None:
    clock.now = datetime(2026, 3, 9, 22, 30, tzinfo=UTC)  # half past midnight in Vilnius
    assert card(workspace, add(workspace, "HERE")).phase == "running"
    assert card(workspace, add(workspace, "WEST", time_zone="Europe/Dublin")).phase == "next"


def test_only_people_with_a_place_are_counted_as_attending(workspace) -> None:
    workshop_id = add(workspace)
    with workspace.unit_of_work() as uow:
        for state in (
            "confirmed",
            "attending",
            "registered",
            "cancelled",
            "waiting_list",
            "invited",
            "declined",
            "no_show",
            "withdrew",
        ):
            factories.registration(uow.session, workshop_id=workshop_id, state=state)
        uow.commit()
    shown = card(workspace, workshop_id)
    assert (shown.attending, shown.waiting) == (3, 1)
    with workspace.reader() as uow:
        assert workshop_rows(uow)[0].attending == 3


def test_half_days_keep_a_workshop_from_leaving_them_behind(workspace) -> None:
    workshop_id = add(workspace)
    with workspace.unit_of_work() as uow:
        factories.slot(uow.session, workshop_id=workshop_id, code="D1-AM")
        uow.commit()
    with pytest.raises(ConflictError, match="D1-AM"):
        change(workspace, workshop_id, starts_on=date(2026, 3, 11), ends_on=date(2026, 3, 11))


def test_a_workshop_with_people_is_not_removed(workspace) -> None:
    workshop_id = add(workspace)
    with workspace.unit_of_work() as uow:
        factories.registration(uow.session, workshop_id=workshop_id)
        uow.commit()
    with workspace.unit_of_work() as uow, pytest.raises(ConflictError, match="1 person"):
        remove_workshop(uow, workshop_id)


def test_a_workshop_without_people_goes_with_its_agenda(workspace) -> None:
    workshop_id = add(workspace)
    with workspace.unit_of_work() as uow:
        factories.agenda_item(uow.session, workshop_id=workshop_id)
        uow.commit()
    with workspace.unit_of_work() as uow:
        changes = remove_workshop(uow, workshop_id)
    assert set(changes.entities) == {"workshop", "slot", "agenda_item"}
