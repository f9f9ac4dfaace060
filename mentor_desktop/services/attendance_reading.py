"""Attendance as it is stored, read by plain SQL into the frozen rows of the attendance rules."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

from mentor_desktop.clock import zone_of
from mentor_desktop.errors import NotFoundError
from mentor_desktop.i18n import _
from mentor_desktop.models.base import from_milliseconds
from mentor_desktop.services.attendance_marks import Mark, Status, resolve
from mentor_desktop.services.attendance_rules import AgendaItem, AttendanceRule, RuleKind, Slot
from mentor_desktop.services.half_days import current_half_day
from mentor_desktop.services.time_spans import Span
from mentor_desktop.store.connection import PlainConnection

CLOSED_STATES: Final = frozenset({"closed", "archived"})

Row = Sequence[Any]  # Any: SQL values


@dataclass(frozen=True)
class Event:
    """What attendance needs to know about a workshop; `titles` is by language."""

    id: str
    code: str
    titles: dict[str, str]
    status: str
    time_zone: str
    languages: tuple[str, ...]
    rule: AttendanceRule

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the workshop."""
        return zone_of(self.time_zone)

    @property
    def is_closed(self) -> bool:
        """Whether corrections need a reason by now."""
        return self.status in CLOSED_STATES


@dataclass(frozen=True)
class Period:
    """A half-day of a workshop; `slot` is what the rules compute with."""

    id: str
    workshop_id: str
    code: str
    day: int
    held_on: date
    starts_at: datetime
    ends_at: datetime
    slot: Slot

    @property
    def counts_from(self) -> datetime:
        """The first counted minute, from which the half-day is the current one."""
        return self.slot.starts_at or self.starts_at


@dataclass(frozen=True)
class Standing:
    """What counts now for one person in one half-day.

    `written_at` is when the counting mark was made. `current_ids` are the marks nobody
    supersedes: a correction names them all. `is_bulk` asks for a look at the paper.
    """

    mark: Mark
    written_at: datetime
    method: str
    note: str
    reason_code: str
    signed: bool | None
    has_conflict: bool
    current_ids: tuple[str, ...]

    @property
    def is_unchecked(self) -> bool:
        """Whether the mark was made for many people at once and nobody looked at the paper."""
        return self.method == "bulk" and self.signed is None


def event_of(raw: PlainConnection, workshop_id: str) -> Event:
    """Return a workshop's rule, zone and state.

    Raises:
        NotFoundError: there is no such workshop.
    """
    row = raw.execute(
        "SELECT id, code, title, status, time_zone, languages, rule_kind, rule_percent, rule_items, "
        "grace_min, remote_counts FROM workshop WHERE id = ?",
        (workshop_id,),
    ).fetchone()
    if row is None:
        raise NotFoundError(
            _("This workshop is not here any more. Open the list of workshops again.")
        )
    rule = AttendanceRule(
        kind=RuleKind.stored(row[6]),
        percent=Fraction(row[7]),
        item_ids=frozenset(json.loads(row[8])),
        grace_min=row[9],
        remote_counts=bool(row[10]),
    )
    return Event(
        row[0], row[1], json.loads(row[2]), row[3], row[4], tuple(json.loads(row[5])), rule
    )


def periods_of(raw: PlainConnection, workshop_id: str) -> list[Period]:
    """Return the half-days of a workshop with their agenda, in order of time."""
    items: dict[str, list[AgendaItem]] = defaultdict(list)
    for item_id, slot_id, starts, ends, counts in raw.execute(
        "SELECT id, slot_id, starts_at, ends_at, counts FROM agenda_item WHERE workshop_id = ? ORDER BY seq",
        (workshop_id,),
    ):
        item = AgendaItem(item_id, from_milliseconds(starts), from_milliseconds(ends), bool(counts))
        items[slot_id].append(item)
    rows = raw.execute(
        "SELECT id, code, day, held_on, starts_at, ends_at FROM slot WHERE workshop_id = ? ORDER BY seq, starts_at",
        (workshop_id,),
    )
    return [
        Period(
            id=row[0],
            workshop_id=workshop_id,
            code=row[1],
            day=row[2],
            held_on=date.fromisoformat(row[3]),
            starts_at=from_milliseconds(row[4]),
            ends_at=from_milliseconds(row[5]),
            slot=Slot(row[0], tuple(items[row[0]])),
        )
        for row in rows
    ]


def period_of(raw: PlainConnection, slot_id: str) -> Period:
    """Return one half-day.

    Raises:
        NotFoundError: there is no such half-day.
    """
    row = raw.execute("SELECT workshop_id FROM slot WHERE id = ?", (slot_id,)).fetchone()
    if row is not None:
        for period in periods_of(raw, row[0]):
            if period.id == slot_id:
                return period
    raise NotFoundError(_("This half-day is not in the agenda any more. Open the workshop again."))


def current_period(periods: Sequence[Period], now: datetime, zone: ZoneInfo) -> Period | None:
    """Return the half-day that is on; None on a day without one."""
    return current_half_day(periods, now, zone)


_MARK_COLUMNS = (
    "id, status, device, arrived_at, left_at, gaps, minutes_override, supersedes, "
    "at, method, note, reason_code, signed"
)


def standing_of(raw: PlainConnection, registration_id: str, slot_id: str) -> Standing | None:
    """Return what counts now for one person in one half-day; None when there is no mark."""
    return standing_from(mark_rows(raw, registration_id, slot_id))


def mark_rows(raw: PlainConnection, registration_id: str, slot_id: str) -> list[Row]:
    """Return every mark of one person in one half-day, its id first, for `standing_from`."""
    return raw.execute(
        f"SELECT {_MARK_COLUMNS} FROM attendance_mark WHERE registration_id = ? AND slot_id = ?",  # noqa: S608  # constant columns
        (registration_id, slot_id),
    ).fetchall()


def standings_of_slot(raw: PlainConnection, slot_id: str) -> dict[str, Standing]:
    """Return what counts now in one half-day, by registration."""
    rows_by_registration: dict[str, list[Row]] = defaultdict(list)
    for row in raw.execute(
        f"SELECT {_MARK_COLUMNS}, registration_id FROM attendance_mark WHERE slot_id = ?",  # noqa: S608  # constant columns
        (slot_id,),
    ):
        rows_by_registration[row[-1]].append(row)
    standings = {}
    for registration_id, rows in rows_by_registration.items():
        standing = standing_from(rows)
        if standing is not None:
            standings[registration_id] = standing
    return standings


def standing_from(rows: Sequence[Row]) -> Standing | None:
    """Return what counts of all marks of one person in one half-day."""
    resolution = resolve(_mark(row) for row in rows)
    mark = resolution.counting
    if mark is None:
        return None
    written = next(row for row in rows if row[0] == mark.id)
    return Standing(
        mark=mark,
        written_at=from_milliseconds(written[8]),
        method=written[9],
        note=written[10],
        reason_code=written[11],
        signed=None if written[12] is None else bool(written[12]),
        has_conflict=resolution.has_conflict,
        current_ids=tuple(one.id for one in resolution.current),
    )


def spans(gaps: str) -> tuple[Span, ...]:
    """Return the stored gaps of a mark."""
    if gaps == "[]":
        return ()
    return tuple(
        Span(from_milliseconds(one), from_milliseconds(two)) for one, two in json.loads(gaps)
    )


def _mark(row: Row) -> Mark:
    return Mark(
        id=row[0],
        status=Status.stored(row[1]),
        device=row[2],
        arrived_at=moment(row[3]),
        left_at=moment(row[4]),
        gaps=spans(row[5]),
        minutes_override=row[6],
        supersedes=frozenset(json.loads(row[7])),
    )


def moment(value: int | None) -> datetime | None:
    """Return a stored time that may be missing."""
    return None if value is None else from_milliseconds(value)
