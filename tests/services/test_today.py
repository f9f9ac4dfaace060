"""The first page: what is on, what comes, what was worked on last, without SQLAlchemy."""

import subprocess
import sys
from datetime import date, datetime, timedelta

import pytest

from mentor_desktop.i18n import set_language
from mentor_desktop.models import Registration, Workshop
from mentor_desktop.services import attendance
from mentor_desktop.services.door import door_people
from mentor_desktop.services.today import today
from tests import factories
from tests.services.sample_workshop import at, make_sample


@pytest.fixture
def sample(workspace, clock):
    clock.now = at("10:45")
    return make_sample(workspace)


def view(sample):
    connection = sample.workspace.plain_connection()
    try:
        return today(connection, sample.workspace.clock())
    finally:
        connection.close()


def mark(sample, who, status, slot="D1-AM", **fields):
    with sample.workspace.unit_of_work() as uow:
        attendance.mark(
            uow,
            registration_id=sample.registrations[who],
            slot_id=sample.slots[slot],
            status=status,
            **fields,
        )


def add_workshop(sample, **fields):
    with sample.workspace.unit_of_work() as uow:
        made = factories.workshop(uow.session, **fields)
        uow.commit()
        return made.id


def test_an_empty_workspace_has_nothing_to_show(workspace):
    connection = workspace.plain_connection()
    found = today(connection, workspace.clock())
    connection.close()
    assert found.is_empty


def test_what_is_on_now_says_where_and_how_many_are_here(sample):
    mark(sample, "P001", "present")
    mark(sample, "P002", "late", arrived_at=at("10:44"))
    mark(sample, "P003", "absent")
    (now,) = view(sample).on_now
    assert (now.code, now.slot_code, now.day, now.days) == ("WS-2026-01", "D1-AM", 1, 3)
    assert (now.present, now.expected) == (2, 57)
    assert (now.part, now.room) == ("morning", "Hall A")
    assert now.item == "Welcome, aims, data-protection notice and learning agreement"
    assert now.title == "Mentoring and Peer Coaching for Youth Training"
    assert (now.has_begun, now.is_over) == (True, False)
    assert now.print_before[:3] == ("attendance list", "badges", "door sign")


def test_the_counter_is_the_one_of_the_door(sample):
    mark(sample, "P001", "present")
    mark(sample, "P001", "absent")
    mark(sample, "P002", "remote")
    mark(sample, "P003", "not_required")
    mark(sample, "P004", "present")
    mark(sample, "P004", "expected")
    mark(sample, "P005", "present")
    with sample.workspace.unit_of_work() as uow:
        uow.session.get(Registration, sample.registrations["P005"]).state = "cancelled"
        factories.attendance_mark(
            uow.session,
            registration_id=sample.registrations["P002"],
            slot_id=sample.slots["D1-AM"],
            status="absent",
            device="B",
        )
        uow.commit()
    with sample.workspace.reader() as uow:
        door = door_people(uow, sample.workshop_id)
    (now,) = view(sample).on_now
    assert (now.present, now.expected) == (door.present, door.expected) == (0, 55)


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        (at("07:00"), "D1-AM"),
        (at("13:29"), "D1-AM"),
        (at("13:30"), "D1-PM"),
        (at("09:00", 3), "D3-AM"),
    ],
)
def test_the_half_day_switches_by_the_clock(sample, clock, moment, slot):
    clock.now = moment
    (now,) = view(sample).on_now
    assert now.slot_code == slot


def test_the_day_is_the_day_of_the_workshops_zone(sample, clock):
    clock.now = at("00:30", 2)  # still the 10th in UTC
    assert view(sample).on_now[0].slot_code == "D2-AM"


def test_on_a_day_without_half_day_a_workshop_is_coming(sample, clock):
    clock.now = at("09:00") - timedelta(days=7)
    found = view(sample)
    assert found.on_now == ()
    (line,) = found.coming
    assert (line.code, line.starts_on, line.people) == ("WS-2026-01", date(2026, 3, 10), 57)


def test_coming_ones_are_in_order_and_past_and_cancelled_ones_are_not_there(sample):
    for code, days, status in (
        ("LATER", 40, "planned"),
        ("SOON", 9, "planned"),
        ("PAST", -60, "closed"),
        ("OFF", 5, "cancelled"),
    ):
        first = date(2026, 3, 10) + timedelta(days=days)
        add_workshop(sample, code=code, starts_on=first, ends_on=first, status=status)
    assert [line.code for line in view(sample).coming] == ["SOON", "LATER"]


def test_the_workshop_last_worked_on_is_remembered_even_when_past(sample):
    old = add_workshop(sample, code="OLD", starts_on=date(2025, 1, 1), ends_on=date(2025, 1, 1))
    assert view(sample).last.id == old
    mark(sample, "P001", "present")
    assert view(sample).last.code == "WS-2026-01"
    with sample.workspace.unit_of_work() as uow:
        uow.session.get(Workshop, old).city = "Kaunas"
        uow.commit()
    assert view(sample).last.code == "OLD"


def test_two_workshops_side_by_side_are_both_on(sample):
    with sample.workspace.unit_of_work() as uow:
        other = factories.workshop(uow.session, code="WS-OTHER")
        factories.slot(uow.session, workshop_id=other.id, code="X-AM")
        uow.commit()
    assert {now.slot_code for now in view(sample).on_now} == {"D1-AM", "X-AM"}


def test_titles_follow_the_language_of_the_window(sample):
    with sample.workspace.unit_of_work() as uow:
        workshop = uow.session.get(Workshop, sample.workshop_id)
        workshop.title = {**workshop.title, "lt": "Mentorystė"}
        uow.commit()
    set_language("lt")
    assert view(sample).on_now[0].title == "Mentorystė"


def test_it_is_one_statement(sample):
    statements = []
    connection = sample.workspace.plain_connection()
    connection.set_trace_callback(statements.append)
    today(connection, sample.workspace.clock())
    connection.close()
    assert len([one for one in statements if not one.startswith("--")]) == 1


def test_it_needs_no_sqlalchemy(sample, workspace_template):
    script = f"""
import sys
from datetime import datetime, UTC
from pathlib import Path
from mentor_desktop.store.connection import connect
from mentor_desktop.services.today import today
connection = connect(Path({str(sample.workspace.folder.database)!r}), bytes.fromhex({workspace_template.key.hex()!r}))
view = today(connection, datetime.fromisoformat({datetime.isoformat(at("10:45"))!r}))
assert view.on_now[0].expected == 57
heavy = {{"sqlalchemy", "reportlab", "babel", "alembic", "PySide6", "cryptography"}} & set(sys.modules)
assert not heavy, heavy
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
