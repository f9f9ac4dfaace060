"""What an attendance list shows, before any language or layout, and digests to compare prints by.

Source: attendance rules, printed attendance list; privacy, what never stands on a list.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from mentor_desktop.errors import NotFoundError
from mentor_desktop.i18n import _
from mentor_desktop.models import Organisation, Project, Workshop
from mentor_desktop.services.attendance_marks import ATTENDED
from mentor_desktop.services.attendance_reading import Event, Period, event_of, periods_of
from mentor_desktop.services.choices import LISTED_STATES
from mentor_desktop.services.edits import found
from mentor_desktop.services.roster import RosterLine, roster
from mentor_desktop.store.unit_of_work import Reader

_DIGEST_LENGTH: Final = 12


@dataclass(frozen=True)
class NumberedPerson:
    """Somebody on the list with the number that paper and screen share."""

    number: int
    line: RosterLine

    def facts(self) -> tuple[str, ...]:
        """Return everything of the person that the list shows."""
        line = self.line
        return (
            str(self.number),
            line.family_name,
            line.given_name,
            line.name_latin,
            line.organisation,
            line.organisation_city,
            line.organisation_address,
            line.organisation_country or line.country,
            line.role,
        )


@dataclass(frozen=True)
class ListContent:
    """A list for some days of a workshop; people and staff in the order of their numbers.

    `next_number` is the one a walk-in gets. `is_final` says whether everybody who came is on it;
    before the end of a day its walk-ins sign on the blank rows.
    """

    workshop: Workshop
    event: Event
    project: Project | None
    host: Organisation | None
    periods: tuple[Period, ...]
    people: tuple[NumberedPerson, ...]
    staff: tuple[NumberedPerson, ...]
    next_number: int
    is_final: bool

    @property
    def days(self) -> list[int]:
        """The numbers of the days, in order."""
        return sorted({period.day for period in self.periods})

    def of_day(self, day: int) -> list[Period]:
        """Return the half-days of a day in order."""
        return [period for period in self.periods if period.day == day]

    def digest(self, day: int) -> str:
        """Return what changes when anything printed for the day changes."""
        return content_digest([*self._head(), *self._slots(day), *self.row_digests().values()])

    def row_digests(self) -> dict[str, str]:
        """Return a short digest of each row by its number."""
        return {
            str(person.number): content_digest(person.facts())[:_DIGEST_LENGTH]
            for person in (*self.people, *self.staff)
        }

    def _head(self) -> list[str]:
        workshop, project, host = self.workshop, self.project, self.host
        facts: list[object] = [
            workshop.event_kind,
            workshop.title,
            workshop.venue_name,
            workshop.address,
            workshop.city,
            workshop.country,
            workshop.online_platform,
            workshop.data_notice,
        ]
        if project is not None:
            facts += [project.title, project.number, project.funding_statement, project.logos]
        if host is not None:
            facts += [host.name, host.legal_representative, host.legal_representative_function]
        return [json.dumps(fact, sort_keys=True, ensure_ascii=False) for fact in facts]

    def _slots(self, day: int) -> list[str]:
        return [
            f"{one.code} {one.held_on} {one.counts_from} {one.slot.ends_at or one.ends_at}"
            for one in self.of_day(day)
        ]


def list_content(
    uow: Reader, workshop_id: str, *, day: int | None = None, is_final: bool | None = None
) -> ListContent:
    """Return what the list of one day, or of all days, shows now.

    `is_final` None decides by the clock: final once the days are over. A list that is not final
    leaves out who walked in on the day itself or later.

    Raises:
        NotFoundError: no such workshop or day, or an empty agenda.
    """
    workshop = found(uow, Workshop, workshop_id)
    event = event_of(uow.raw, workshop_id)
    periods = [one for one in periods_of(uow.raw, workshop_id) if day in (None, one.day)]
    if not periods:
        raise NotFoundError(
            _("{code} has no half-day to sign for. Complete the agenda first.").format(
                code=workshop.code
            )
        )
    now = uow.clock()
    coming = [one for one in periods if one.ends_at > now]
    final = not coming if is_final is None else is_final
    reference = (coming or periods)[0].held_on
    numbered, next_number = _numbered(roster(uow, workshop_id))
    earlier = set() if final else _came_before(uow, workshop_id, reference)
    shown = [
        one
        for one in numbered
        if final or one.line.source != "walk_in" or one.line.registration_id in earlier
    ]
    return ListContent(
        workshop=workshop,
        event=event,
        project=uow.session.get(Project, workshop.project_id) if workshop.project_id else None,
        host=uow.session.get(Organisation, workshop.host_org_id) if workshop.host_org_id else None,
        periods=tuple(periods),
        people=tuple(one for one in shown if not one.line.is_staff),
        staff=tuple(one for one in shown if one.line.is_staff),
        next_number=_first_blank(shown, next_number, is_final=final),
        is_final=final,
    )


def _numbered(lines: Iterable[RosterLine]) -> tuple[list[NumberedPerson], int]:
    """Return everybody on the list with a number, and the next free one.

    Who has none yet gets the number that the first print will give: roster order goes on after
    the largest.
    """
    listed = [line for line in lines if line.state in LISTED_STATES]
    next_number = max((line.list_number or 0 for line in listed), default=0) + 1
    numbered = []
    for line in listed:
        number = line.list_number
        if number is None:
            number, next_number = next_number, next_number + 1
        if line.is_on_list:
            numbered.append(NumberedPerson(number, line))
    return numbered, next_number


def _first_blank(shown: list[NumberedPerson], next_number: int, *, is_final: bool) -> int:
    """Return the number of the first empty row: that of the first walk-in left out, if any."""
    if is_final or not shown:
        return next_number
    return max(one.number for one in shown) + 1


def _came_before(uow: Reader, workshop_id: str, day: date) -> set[str]:
    """Return the registrations with a mark of attendance on a day before this one."""
    rows = uow.raw.execute(
        "SELECT DISTINCT m.registration_id FROM attendance_mark m JOIN slot s ON s.id = m.slot_id "
        "WHERE m.workshop_id = ? AND s.held_on < ? "
        "AND m.status IN (SELECT value FROM json_each(?)) "
        "AND m.id NOT IN (SELECT mark FROM superseded)",
        (workshop_id, day.isoformat(), json.dumps(sorted(ATTENDED))),
    )
    return {row[0] for row in rows}


def content_digest(parts: Iterable[str]) -> str:
    """Return a digest of texts in their order."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
