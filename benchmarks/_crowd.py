"""A workspace with a large workshop: 20,000 people, 2,000 registered, 12 half-days.

Written through a unit of work, so that the history is as large as in real use.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from mentor_desktop.ids import derived_id, new_id
from mentor_desktop.models import (
    AgendaItem,
    AttendanceMark,
    Organisation,
    Person,
    Registration,
    Slot,
    Workshop,
)
from mentor_desktop.store.workspace import Workspace

PEOPLE = 20_000
REGISTERED = 2_000
DAYS = 6
ORGANISATIONS = 300
FIRST_DAY = date(2026, 3, 10)
ZONE_OFFSET = timedelta(hours=1)

GIVEN = [
    "Ștefania",
    "Ionuț",
    "Jūratė",
    "Šarūnas",
    "Žiga",
    "Åsa",
    "Øyvind",
    "Anna",
    "Björn",
    "Цветелина",
    "Юлия",
    "Ondřej",
    "Lan",
    "Elīna",
    "Göran",
    "Mária",
    "Peter",
    "Ines",
    "Tomáš",
    "Rasa",
    "Đurđica",
    "Krišjānis",
    "Päivi",
    "Oluwaṣeun",
    "Siobhán",
]
SYLLABLES = [
    "ba",
    "do",
    "ki",
    "la",
    "me",
    "no",
    "ru",
    "sa",
    "te",
    "vi",
    "žu",
    "še",
    "ča",
    "řa",
    "ėl",
    "ąž",
    "ūs",
    "öd",
    "ål",
    "än",
    "țo",
    "ďa",
    "ļe",
    "ņi",
    "го",
    "ще",
    "пъ",
]
ENDINGS = [
    "sen",
    "kov",
    "ska",
    "vičius",
    "nen",
    "lis",
    "tis",
    "ova",
    "escu",
    "mann",
    "berg",
    "lund",
    "ić",
    "enko",
]

Values = dict[str, Any]  # Any: one row as SQLAlchemy takes it


@dataclass(frozen=True)
class Crowd:
    """The opened workspace, and ids to work with."""

    workspace: Workspace
    workshop_id: str
    slots: list[str]
    registrations: list[str]


class Clock:
    """Says a time that a benchmark sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 10, 8, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def make_crowd(root: Path, clock: Clock, *, marked_slots: int) -> Crowd:
    """Make the workspace with marks for everybody in the first half-days."""
    workspace, _code = Workspace.create(
        root, "benchmark", clock=clock, actor="Rasa Pavyzdienė", language="lt"
    )
    dice = random.Random(11)
    with workspace.unit_of_work() as uow:
        execute = uow.session.execute
        organisations = [new_id() for _ in range(ORGANISATIONS)]
        execute(
            insert(Organisation),
            [
                {"id": one, "name": f"School {n}", "country": "LT"}
                for n, one in enumerate(organisations)
            ],
        )
        people = [_person(dice, number, organisations) for number in range(PEOPLE)]
        execute(insert(Person), people)
        workshop_id, slots = new_id(), _slots()
        execute(insert(Workshop), [_workshop(workshop_id)])
        execute(insert(Slot), [{**slot, "workshop_id": workshop_id} for slot in slots])
        items = [_item(workshop_id, slot) for slot in slots]
        execute(insert(AgendaItem), items)
        chosen = dice.sample(people, REGISTERED)
        registered = [_registration(workshop_id, one, n) for n, one in enumerate(chosen, start=1)]
        execute(insert(Registration), registered)
        marks = [
            _mark(dice, workshop_id, slot, one)
            for slot in slots[:marked_slots]
            for one in registered
        ]
        if marks:
            execute(insert(AttendanceMark), marks)
        uow.commit()
    return Crowd(
        workspace, workshop_id, [slot["id"] for slot in slots], [one["id"] for one in registered]
    )


def mark_everybody(
    workspace: Workspace, crowd: Crowd, slots: Sequence[str], *, at_a_time: int
) -> None:
    """Mark everybody of the crowd in some half-days, in any copy of its workspace."""
    dice = random.Random(13)
    began_at = datetime(2026, 3, 10, 8, tzinfo=UTC)
    marks = [
        _mark(dice, crowd.workshop_id, {"id": slot, "starts_at": began_at}, {"id": one})
        for slot in slots
        for one in crowd.registrations
    ]
    for start in range(0, len(marks), at_a_time):
        with workspace.unit_of_work() as uow:
            uow.session.execute(insert(AttendanceMark), marks[start : start + at_a_time])
            uow.commit()


def make_empty_workshop(root: Path, clock: Clock) -> Workspace:
    """Make a workspace with the workshop WS-LARGE and nobody in it."""
    workspace, _code = Workspace.create(root, "benchmark", clock=clock, actor="Rasa", language="lt")
    add_workshop(workspace, "WS-LARGE")
    return workspace


def add_workshop(workspace: Workspace, code: str) -> None:
    """Add a workshop with nobody in it."""
    with workspace.unit_of_work() as uow:
        uow.session.execute(insert(Workshop), [{**_workshop(new_id()), "code": code}])
        uow.commit()


def _person(dice: random.Random, number: int, organisations: list[str]) -> Values:
    family = "".join(dice.choices(SYLLABLES, k=dice.choice((1, 2, 2, 3)))) + dice.choice(ENDINGS)
    return {
        "id": new_id(),
        "given_name": dice.choice(GIVEN),
        "family_name": family.capitalize(),
        "email": f"user{number}@example.org",
        "country": "LT",
        "organisation_id": dice.choice(organisations),
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }


def _workshop(workshop_id: str) -> Values:
    return {
        "id": workshop_id,
        "code": "WS-LARGE",
        "title": {"en": "A large workshop"},
        "venue_name": "Hall",
        "city": "Vilnius",
        "country": "LT",
        "starts_on": FIRST_DAY,
        "ends_on": FIRST_DAY + timedelta(days=DAYS - 1),
        "time_zone": "Europe/Prague",
        "status": "running",
    }


def _slots() -> list[Values]:
    slots: list[Values] = []
    for day in range(1, DAYS + 1):
        held_on = FIRST_DAY + timedelta(days=day - 1)
        for part, hour in (("AM", 9), ("PM", 13)):
            starts_at = (
                datetime(held_on.year, held_on.month, held_on.day, hour, tzinfo=UTC) - ZONE_OFFSET
            )
            slots.append(
                {
                    "id": new_id(),
                    "code": f"D{day}-{part}",
                    "day": day,
                    "seq": len(slots) + 1,
                    "held_on": held_on,
                    "starts_at": starts_at,
                    "ends_at": starts_at + timedelta(hours=3),
                }
            )
    return slots


def _item(workshop_id: str, slot: Values) -> Values:
    return {
        "id": new_id(),
        "workshop_id": workshop_id,
        "slot_id": slot["id"],
        "seq": slot["seq"],
        "starts_at": slot["starts_at"],
        "ends_at": slot["ends_at"],
        "type": "learning",
        "counts": True,
        "title": {"en": "Practice"},
        "room": "Hall A",
    }


def _registration(workshop_id: str, person: Values, number: int) -> Values:
    return {
        "id": derived_id("registration", workshop_id, person["id"]),
        "workshop_id": workshop_id,
        "person_id": person["id"],
        "state": "confirmed",
        "list_number": number,
        "registered_at": datetime(2026, 2, 1, tzinfo=UTC),
    }


def _mark(dice: random.Random, workshop_id: str, slot: Values, registration: Values) -> Values:
    status = dice.choices(("present", "late", "absent", "excused"), (80, 10, 8, 2))[0]
    minutes = timedelta(minutes=dice.randrange(11, 90))
    return {
        "id": new_id(),
        "workshop_id": workshop_id,
        "registration_id": registration["id"],
        "slot_id": slot["id"],
        "status": status,
        "arrived_at": slot["starts_at"] + minutes if status == "late" else None,
        "method": "typed",
        "by": "Rasa",
        "at": slot["starts_at"],
        "device": "A",
    }
