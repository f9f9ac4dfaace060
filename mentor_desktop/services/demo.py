"""The sample workshop: what a new user looks around in, and what the tests know the sums of."""

import csv
from datetime import date
from functools import partial
from typing import Final

from mentor_desktop.config import resource_path
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.imports.run import ImportRequest, Store, run_import
from mentor_desktop.services.organisations import find_organisation
from mentor_desktop.services.projects import project_rows
from mentor_desktop.services.tables_in.fields import TableOf
from mentor_desktop.services.workshops import add_workshop

DEMO_WORKSHOP: Final = "WS-2026-01"
_BEFORE: Final[dict[TableOf, str]] = {
    "organisations": "organisations.csv",
    "project": "project.csv",
    "programme": "programme.csv",
}
_OF_WORKSHOP: Final[dict[TableOf, str]] = {
    "plan": "workshop_plan.csv",
    "participants": "participants.csv",
}


def fill_with_samples(
    store: Store, *, starts_on: date | None = None, progress: Progress = NO_PROGRESS
) -> str:
    """Fill a new workspace with the sample workshop and return the workshop's id.

    Its days move so that the first is `starts_on` (the samples' own if None). No marks:
    they are imported like a user would.

    Raises:
        Cancelled: the person pressed Cancel; what was filled in so far stays.
    """
    total = len(_BEFORE) + 1 + len(_OF_WORKSHOP)
    steps = [
        *(partial(_import, store, kind, name) for kind, name in _BEFORE.items()),
        partial(_add_workshop, store, starts_on),
        *(partial(_import, store, kind, name) for kind, name in _OF_WORKSHOP.items()),
    ]
    workshop_id = ""
    for done, step in enumerate(steps):
        progress.step(done, total)
        workshop_id = step() or workshop_id
    progress.step(total, total)
    return workshop_id


def sample(name: str) -> bytes:
    """Return the bytes of one sample file."""
    return resource_path("samples", name).read_bytes()


def _import(store: Store, kind: TableOf, name: str) -> str:
    run_import(
        store,
        ImportRequest(kind=kind, file_name=name, content=sample(name), workshop=DEMO_WORKSHOP),
    )
    return ""


def _add_workshop(store: Store, starts_on: date | None) -> str:
    row = next(csv.DictReader(sample("workshop.csv").decode().splitlines()))
    plan = [
        date.fromisoformat(line["date"])
        for line in csv.DictReader(sample("workshop_plan.csv").decode().splitlines())
    ]
    first = starts_on or min(plan)
    with store.unit_of_work() as uow:
        project = next(one for one in project_rows(uow) if one.number == row["project_number"])
        changes = add_workshop(
            uow,
            code=row["code"],
            title=row["title"],
            starts_on=first,
            ends_on=first + (max(plan) - min(plan)),
            time_zone=row["time_zone"],
            event_kind=row["event_kind"],
            project_id=project.id,
            venue_name=row["venue_name"],
            address=row["address"],
            city=row["city"],
            country=row["country"],
            languages=row["languages"].split(";"),
            host_org_id=find_organisation(uow, row["host_org"]),
            capacity=int(row["capacity"]),
            rule_kind=row["rule"],
            rule_percent=int(row["rule_percent"]),
            grace_min=int(row["grace_min"]),
            signatory_name=row["signatory_name"],
            signatory_function=row["signatory_function"],
            data_notice={"en": row["data_notice"]},
            status="open",
        )
    return created_id(changes, "workshop")
