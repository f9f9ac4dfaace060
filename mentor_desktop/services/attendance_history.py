"""Every mark of one person in one half-day, and the choice between marks that differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mentor_desktop.changes import Changes
from mentor_desktop.errors import NotFoundError
from mentor_desktop.i18n import N_, _
from mentor_desktop.models.base import from_milliseconds
from mentor_desktop.services.attendance_reading import (
    event_of,
    moment,
    period_of,
    spans,
    standing_of,
)
from mentor_desktop.services.attendance_writing import (
    Entry,
    append_mark,
    known_status,
    require_reason_when_closed,
)
from mentor_desktop.services.roster import roster, roster_line
from mentor_desktop.services.time_spans import Span
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

_SELECT = (
    "SELECT id, status, arrived_at, left_at, gaps, minutes_override, method, by, at, tz_offset_min, "
    "device, reason_code, note, signed, correction_reason, supersedes FROM attendance_mark "
)
Row = Sequence[Any]  # Any: SQL values


@dataclass(frozen=True)
class MarkLine:
    """One mark as it was written; `is_current` when no other mark took its place.

    `at` is aware UTC, `tz_offset_min` what the device's own clock showed ahead of it. `signed` is
    what the paper showed, None when nobody compared.
    """

    id: str
    status: str
    arrived_at: datetime | None
    left_at: datetime | None
    gaps: tuple[Span, ...]
    minutes_override: int | None
    method: str
    by: str
    at: datetime
    tz_offset_min: int
    device: str
    reason_code: str
    note: str
    signed: bool | None
    correction_reason: str
    is_current: bool


@dataclass(frozen=True)
class Conflict:
    """Marks of one person in one half-day that differ and that nobody has chosen between.

    `counting_id` is the one that counts meanwhile.
    """

    registration_id: str
    slot_id: str
    name: str
    slot_code: str
    marks: tuple[MarkLine, ...]
    counting_id: str


def history_of(uow: Reader, registration_id: str, slot_id: str) -> list[MarkLine]:
    """Return every mark of one person in one half-day, newest first; empty when there is none."""
    rows = uow.raw.execute(
        _SELECT + "WHERE registration_id = ? AND slot_id = ? ORDER BY id DESC",
        (registration_id, slot_id),
    ).fetchall()
    standing = standing_of(uow.raw, registration_id, slot_id)
    current = standing.current_ids if standing else ()
    return [_line(row, is_current=row[0] in current) for row in rows]


def conflicts_of(uow: Reader, workshop_id: str) -> list[Conflict]:
    """Return what two laptops wrote differently, in list order; empty when all is settled.

    Raises:
        NotFoundError: there is no such workshop.
    """
    found = []
    people = {person.registration_id: person for person in roster(uow, workshop_id)}
    # Several current marks are rare; only those are resolved one by one.
    several = uow.raw.execute(
        "SELECT registration_id, slot_id FROM attendance_mark WHERE workshop_id = ? "
        "AND id NOT IN (SELECT mark FROM superseded) GROUP BY 1, 2 HAVING count(*) > 1",
        (workshop_id,),
    ).fetchall()
    for registration_id, slot_id in several:
        standing = standing_of(uow.raw, registration_id, slot_id)
        if standing is None or not standing.has_conflict:
            continue
        lines = history_of(uow, registration_id, slot_id)
        found.append(
            Conflict(
                registration_id=registration_id,
                slot_id=slot_id,
                name=people[registration_id].name,
                slot_code=period_of(uow.raw, slot_id).code,
                marks=tuple(line for line in lines if line.is_current),
                counting_id=standing.mark.id,
            )
        )
    order = {registration_id: index for index, registration_id in enumerate(people)}
    return sorted(found, key=lambda conflict: (order[conflict.registration_id], conflict.slot_code))


def choose_mark(uow: UnitOfWork, *, mark_id: str, reason: str = "", by: str = "") -> Changes:
    """Let one of several marks that differ count: it is written again in place of all of them.

    Raises:
        NotFoundError: there is no such mark.
        ValidationError: the workshop is closed and reason or name is missing.
    """
    row = uow.raw.execute(
        "SELECT registration_id, slot_id FROM attendance_mark WHERE id = ?", (mark_id,)
    ).fetchone()
    if row is None:
        raise NotFoundError(_("This mark is not here any more. Open the register again."))
    person = roster_line(uow, row[0])
    period = period_of(uow.raw, row[1])
    require_reason_when_closed(uow, event_of(uow.raw, person.workshop_id), reason, by)
    chosen = next(line for line in history_of(uow, row[0], row[1]) if line.id == mark_id)
    entry = Entry(
        status=known_status(chosen.status),
        arrived_at=chosen.arrived_at,
        left_at=chosen.left_at,
        gaps=chosen.gaps,
        minutes_override=chosen.minutes_override,
        method=chosen.method,
        note=chosen.note,
        reason_code=chosen.reason_code,
        correction_reason=reason.strip(),
        by=by,
    )
    append_mark(uow, person, period, standing_of(uow.raw, row[0], row[1]), entry)
    uow.describe(
        N_("Chose between two marks of {name} ({slot})"), name=person.name, slot=period.code
    )
    return uow.commit()


def _line(row: Row, *, is_current: bool) -> MarkLine:
    return MarkLine(
        id=row[0],
        status=row[1],
        arrived_at=moment(row[2]),
        left_at=moment(row[3]),
        gaps=spans(row[4]),
        minutes_override=row[5],
        method=row[6],
        by=row[7],
        at=from_milliseconds(row[8]),
        tz_offset_min=row[9],
        device=row[10],
        reason_code=row[11],
        note=row[12],
        signed=None if row[13] is None else bool(row[13]),
        correction_reason=row[14],
        is_current=is_current,
    )
