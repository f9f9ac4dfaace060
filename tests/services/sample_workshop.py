"""The sample workshop in a workspace: 60 people, six half-days of 1,020 counted minutes.

Written with the models, so that these tests lean on no other service.
"""

import csv
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from mentor_desktop.ids import derived_id
from mentor_desktop.models import (
    AgendaItem,
    Organisation,
    Person,
    Project,
    Registration,
    Slot,
    Workshop,
)
from mentor_desktop.store.connection import connect
from mentor_desktop.store.workspace import Workspace

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
ZONE = ZoneInfo("Europe/Prague")
_STATES = {"confirmed": "confirmed", "walk_in": "attending"}


_KEPT = TemporaryDirectory(prefix="mentor-samples-")


@dataclass(frozen=True)
class Sample:
    """Ids of what was made: registrations by participant id ("P001"), slots by code."""

    workspace: Workspace
    workshop_id: str
    registrations: dict[str, str]
    slots: dict[str, str]


_made: dict[str, Sample] = {}


def at(clock: str, day: int = 1) -> datetime:
    """Return a time of the sample workshop, "09:47" in Prague on its first to third day."""
    hour, minute = (int(part) for part in clock.split(":"))
    local = datetime(2026, 3, 9 + day, hour, minute, tzinfo=ZONE)
    return local.astimezone(UTC)


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a sample file."""
    with (SAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def make_sample(workspace: Workspace, *, without_walk_ins: bool = False, **workshop: Any) -> Sample:
    """Fill an empty workspace; `workshop` overrides fields of the workshop."""

    def make() -> Sample:
        return _written(workspace, workshop, without_walk_ins=without_walk_ins)

    return once(workspace, make, "sample", without_walk_ins, workshop)


def once(workspace: Workspace, make: Callable[[], Sample], *told: object) -> Sample:
    """Fill an empty workspace; one that begins alike and is `told` the same gets a copy of it.

    Writing the rows takes five times as long.
    """
    with closing(workspace.plain_connection()) as raw:
        assert raw.execute("SELECT 1 FROM txn").fetchone() is None, "it is not empty"
        settings = raw.execute("SELECT key, value FROM local_setting ORDER BY key").fetchall()
        alike = repr((workspace.key, workspace.clock(), settings, told))
        kept = Path(_KEPT.name, sha256(alike.encode()).hexdigest())
        if kept.exists():
            with closing(connect(kept, workspace.key)) as copy:
                copy.backup(raw)
            return replace(_made[alike], workspace=workspace)
    sample = _made[alike] = make()
    with (
        closing(workspace.plain_connection()) as raw,
        closing(connect(kept, workspace.key, create=True)) as copy,
    ):
        raw.backup(copy)
    return sample


def _written(workspace: Workspace, workshop: dict[str, Any], *, without_walk_ins: bool) -> Sample:
    with workspace.unit_of_work() as uow:
        session = uow.session
        event = _workshop(workspace, session, workshop)
        slots = _agenda(session, event.id)
        registrations = _people(session, event.id, without_walk_ins=without_walk_ins)
        uow.commit()
    return Sample(workspace, event.id, registrations, slots)


def _workshop(workspace: Workspace, session: Any, overrides: dict[str, Any]) -> Workshop:
    host = Organisation(
        name="Vzorové centrum mládeže, z. s.", kind="own", country="CZ", city="Brno",
        address="Vzorová 1, 602 00 Brno", oid="E10000001", website="https://centrum.example.org",
        legal_representative="Jana Vzorná", legal_representative_function="ředitelka",
    )  # fmt: skip
    project = Project(
        title="Mentoring for Youth Training", acronym="MYT", number="2017-3-RO01-KA205-000000",
        programme="erasmus_plus", funding_model="lump_sum",
        funding_statement={"en": "Funded by the programme named in the agreement."},
        disclaimer={"en": "The views are those of the authors."},
    )  # fmt: skip
    session.add_all([host, project])
    session.flush()
    fields: dict[str, Any] = {
        "code": "WS-2026-01",
        "title": {"en": "Mentoring and Peer Coaching for Youth Training"},
        "project_id": project.id,
        "host_org_id": host.id,
        "venue_name": "Dům Vzorů",
        "address": "Vzorová 1",
        "city": "Brno",
        "country": "CZ",
        "starts_on": date(2026, 3, 10),
        "ends_on": date(2026, 3, 12),
        "time_zone": "Europe/Prague",
        "languages": ["en"],
        "signatory_name": "Jana Vzorná",
        "signatory_function": "director",
        "status": "running",
    }
    event = Workshop(**(fields | overrides))
    session.add(event)
    session.flush()
    return event


def _agenda(session: Any, workshop_id: str) -> dict[str, str]:
    plan = rows("workshop_plan.csv")
    slots: dict[str, Slot] = {}
    for row in plan:
        day = int(row["day"])
        slot = slots.get(row["slot"])
        if slot is None:
            slot = slots[row["slot"]] = Slot(
                workshop_id=workshop_id, code=row["slot"], day=day, seq=len(slots) + 1,
                held_on=date.fromisoformat(row["date"]), starts_at=at(row["start"], day),
            )  # fmt: skip
        slot.ends_at = at(row["end"], day)
    session.add_all(slots.values())
    session.flush()
    session.add_all(
        AgendaItem(
            workshop_id=workshop_id,
            slot_id=slots[row["slot"]].id,
            seq=int(row["seq"]),
            starts_at=at(row["start"], int(row["day"])),
            ends_at=at(row["end"], int(row["day"])),
            type=row["session_type"],
            counts=row["counts_for_attendance"] == "yes",
            title={"en": row["session_title"]},
            unit_code=row["unit_code"],
            room=row["room"],
            print_before=[one for one in row["print_before"].split(";") if one],
        )
        for row in plan
    )
    session.flush()
    return {code: slot.id for code, slot in slots.items()}


def _people(session: Any, workshop_id: str, *, without_walk_ins: bool) -> dict[str, str]:
    """Write table by table: a flush for each row takes three times as long."""
    found = [
        row
        for row in rows("participants.csv")
        if not (without_walk_ins and row["registration"] == "walk_in")
    ]
    organisations: dict[str, Organisation] = {}
    for row in found:
        if row["organisation"] not in organisations:
            name, country = row["organisation"], row["country"]
            organisations[name] = Organisation(name=name, country=country)
    session.add_all(organisations.values())
    session.flush()
    people = [
        Person(
            given_name=row["given_name"], family_name=row["family_name"],
            name_latin=row["name_latin"], badge_name=row["badge_name"], email=row["email"],
            country=row["country"], organisation_id=organisations[row["organisation"]].id,
            created_at=at("08:00"),
        )
        for row in found
    ]  # fmt: skip
    session.add_all(people)
    session.flush()
    registrations = {}
    number = 0
    for row, person in zip(found, people, strict=True):
        is_walk_in = row["registration"] == "walk_in"
        state = _STATES.get(row["registration"], row["registration"])
        listed = row["registration"] in _STATES
        number += listed
        registrations[row["participant_id"]] = Registration(
            id=derived_id("registration", workshop_id, person.id), workshop_id=workshop_id,
            person_id=person.id, sending_org_id=person.organisation_id,
            sending_country=row["country"],
            source="walk_in" if is_walk_in else "form_import", state=state,
            list_number=number if listed else None, reference=row["participant_id"],
            registered_at=at("08:00") - timedelta(days=0 if is_walk_in else 14),
        )  # fmt: skip
    session.add_all(registrations.values())
    session.flush()
    return {reference: one.id for reference, one in registrations.items()}
