"""Valid rows of every table; a test names only what it is about.

Each function adds one row to a session, flushes and returns it; parents that are not
given are made. `with workspace.unit_of_work() as uow: factories.person(uow.session)`.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from mentor_desktop.ids import derived_id
from mentor_desktop.models import (
    AgendaItem,
    AttendanceMark,
    Base,
    Certificate,
    Consent,
    LearningOutcome,
    ListPrint,
    Organisation,
    Person,
    Programme,
    ProgrammePart,
    Project,
    Registration,
    SecretSetting,
    Slot,
    Workshop,
    WorkspaceSetting,
)

DAY = date(2026, 3, 10)
# 09:00 in Prague on the first day of the sample workshop.
MORNING = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)

_numbers = count(1)
Row = TypeVar("Row", bound=Base)


def _added(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def organisation(session: Session, **values: Any) -> Organisation:
    """Add an external school in Lithuania."""
    number = next(_numbers)
    defaults = {
        "name": f"School {number}",
        "country": "LT",
        "city": "Vilnius",
        "sector": "education",
    }
    return _added(session, Organisation(**(defaults | values)))


def person(session: Session, **values: Any) -> Person:
    """Add a person without an organisation."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "given_name": f"Given{number}",
        "family_name": f"Family{number}",
        "email": f"person{number}@example.org",
        "country": "LT",
        "created_at": MORNING,
    }
    return _added(session, Person(**(defaults | values)))


def consent(session: Session, **values: Any) -> Consent:
    """Add one consent given on paper."""
    _need(values, "person_id", lambda: person(session))
    defaults = {
        "purpose": "photo",
        "text_version": "1",
        "language": "en",
        "given_at": MORNING,
        "how": "paper_signed",
    }
    return _added(session, Consent(**(defaults | values)))


def project(session: Session, **values: Any) -> Project:
    """Add a project with a number of its own."""
    number = next(_numbers)
    defaults = {"title": f"Project {number}", "number": f"2025-1-LT01-KA220-{number:06d}"}
    return _added(session, Project(**(defaults | values)))


def workshop(session: Session, **values: Any) -> Workshop:
    """Add a workshop of three days that begins on `DAY`."""
    defaults: dict[str, Any] = {
        "code": f"WS-2026-{next(_numbers):02d}",
        "title": {"en": "Mentoring and Peer Coaching"},
        "venue_name": "Community house",
        "address": "Main street 1",
        "city": "Prague",
        "country": "CZ",
        "starts_on": DAY,
        "ends_on": DAY + timedelta(days=2),
        "time_zone": "Europe/Prague",
    }
    return _added(session, Workshop(**(defaults | values)))


def slot(session: Session, **values: Any) -> Slot:
    """Add the first morning, 09:00 to 12:30."""
    _need(values, "workshop_id", lambda: workshop(session))
    defaults: dict[str, Any] = {
        "code": "D1-AM",
        "day": 1,
        "seq": 1,
        "held_on": DAY,
        "starts_at": MORNING,
        "ends_at": MORNING + timedelta(hours=3, minutes=30),
    }
    return _added(session, Slot(**(defaults | values)))


def agenda_item(session: Session, **values: Any) -> AgendaItem:
    """Add one hour of counted learning in a slot."""
    if "slot_id" not in values:
        given = {"workshop_id": values["workshop_id"]} if "workshop_id" in values else {}
        parent = slot(session, **given)
        values |= {"slot_id": parent.id, "workshop_id": parent.workshop_id}
    defaults: dict[str, Any] = {
        "seq": 1,
        "starts_at": MORNING,
        "ends_at": MORNING + timedelta(hours=1),
        "type": "learning",
        "counts": True,
        "title": {"en": "What a mentor does"},
    }
    if "workshop_id" not in values:
        values["workshop_id"] = session.get_one(Slot, values["slot_id"]).workshop_id
    return _added(session, AgendaItem(**(defaults | values)))


def registration(session: Session, **values: Any) -> Registration:
    """Add a confirmed participant."""
    _need(values, "workshop_id", lambda: workshop(session))
    _need(values, "person_id", lambda: person(session))
    defaults: dict[str, Any] = {
        "id": derived_id("registration", values["workshop_id"], values["person_id"]),
        "state": "confirmed",
        "registered_at": MORNING - timedelta(days=14),
    }
    return _added(session, Registration(**(defaults | values)))


def attendance_mark(session: Session, **values: Any) -> AttendanceMark:
    """Add a mark "present" made at `MORNING`."""
    _need(values, "registration_id", lambda: registration(session))
    workshop_id = session.get_one(Registration, values["registration_id"]).workshop_id
    _need(values, "slot_id", lambda: slot(session, workshop_id=workshop_id))
    defaults: dict[str, Any] = {
        "workshop_id": workshop_id,
        "status": "present",
        "method": "typed",
        "at": MORNING,
        "device": "A",
    }
    return _added(session, AttendanceMark(**(defaults | values)))


def list_print(session: Session, **values: Any) -> ListPrint:
    """Add one printing of a list of the first day."""
    _need(values, "workshop_id", lambda: workshop(session))
    defaults: dict[str, Any] = {
        "print_id": f"L{next(_numbers):05d}",
        "day": 1,
        "pages": 2,
        "rows": 15,
        "printed_at": MORNING,
    }
    return _added(session, ListPrint(**(defaults | values)))


def certificate(session: Session, **values: Any) -> Certificate:
    """Add an issued certificate; its check digits and code are only well-formed, not right."""
    if "registration_id" not in values:
        parent = registration(session)
        values["registration_id"] = parent.id
    of = session.get_one(Registration, values["registration_id"])
    holder = session.get_one(Person, of.person_id)
    defaults: dict[str, Any] = {
        "serial": f"MD26-A-{next(_numbers):05d}",
        "check_digits": "00",
        "code": "00000000",
        "workshop_id": of.workshop_id,
        "person_id": of.person_id,
        "holder_name": f"{holder.given_name} {holder.family_name}".strip(),
        "title": "Mentoring and Peer Coaching",
        "starts_on": DAY,
        "ends_on": DAY + timedelta(days=2),
        "hours_contact": "17.0",
        "hours_total": "17.0",
        "issued_on": DAY + timedelta(days=2),
        "issued_at": MORNING + timedelta(days=2),
    }
    return _added(session, Certificate(**(defaults | values)))


def workspace_setting(session: Session, **values: Any) -> WorkspaceSetting:
    """Add one named setting."""
    name = values.get("name", f"setting-{next(_numbers)}")
    defaults = {"id": derived_id("workspace_setting", name), "name": name, "value": "on"}
    return _added(session, WorkspaceSetting(**(defaults | values)))


def secret_setting(session: Session, **values: Any) -> SecretSetting:
    """Add one named secret."""
    name = values.get("name", f"secret-{next(_numbers)}")
    defaults = {"id": derived_id("secret_setting", name), "name": name, "value": "on"}
    return _added(session, SecretSetting(**(defaults | values)))


def programme(session: Session, **values: Any) -> Programme:
    """Add a course of 17 hours in the room."""
    defaults: dict[str, Any] = {
        "code": f"MPC-{next(_numbers)}",
        "title": {"en": "Mentoring and Peer Coaching"},
        "minutes_f2f": 1020,
    }
    return _added(session, Programme(**(defaults | values)))


def programme_part(session: Session, **values: Any) -> ProgrammePart:
    """Add a module at the top of a programme."""
    _need(values, "programme_id", lambda: programme(session))
    defaults: dict[str, Any] = {"kind": "module", "code": "M1", "seq": 1, "title": {"en": "Basics"}}
    return _added(session, ProgrammePart(**(defaults | values)))


def learning_outcome(session: Session, **values: Any) -> LearningOutcome:
    """Add one thing a participant can do afterwards."""
    if "part_id" not in values:
        given = {"programme_id": values["programme_id"]} if "programme_id" in values else {}
        values["part_id"] = programme_part(session, **given).id
    defaults: dict[str, Any] = {
        "programme_id": session.get_one(ProgrammePart, values["part_id"]).programme_id,
        "code": "M1-K1",
        "seq": 1,
        "type": "skill",
        "text": {"en": "Asks open questions"},
    }
    return _added(session, LearningOutcome(**(defaults | values)))


def one_of_each(session: Session) -> dict[str, Base]:
    """Add one row of every captured table, by table name."""
    makers = (
        organisation, person, consent, project, workshop, slot, agenda_item, registration,
        attendance_mark, list_print, certificate, workspace_setting, secret_setting,
        programme, programme_part, learning_outcome,
    )  # fmt: skip
    return {row.__tablename__: row for row in (make(session) for make in makers)}


def _need(values: dict[str, Any], name: str, make: Any) -> None:
    if name not in values:
        values[name] = make().id
