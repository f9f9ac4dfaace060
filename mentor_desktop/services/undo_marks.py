"""Taking back marks of attendance: none is removed, another mark says again what was before."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from mentor_desktop.services.attendance_reading import (
    Row,
    event_of,
    mark_rows,
    period_of,
    standing_from,
)
from mentor_desktop.services.attendance_writing import (
    append_mark,
    entry_of,
    require_reason_when_closed,
)
from mentor_desktop.services.roster import roster_line
from mentor_desktop.store.undo_rows import ChangedSinceError, Step
from mentor_desktop.store.unit_of_work import UnitOfWork


def restore_marks(uow: UnitOfWork, steps: Iterable[Step], *, reason: str) -> None:
    """Append, for each person and half-day the created marks are about, what counted before.

    `reason` is kept where the workshop is closed.

    Raises:
        ChangedSinceError: somebody marked the same person and half-day since.
        ValidationError: the workshop is closed and nobody's name is known.
    """
    event, period = cache(event_of), cache(period_of)
    for (registration_id, slot_id), of_one in _by_place(steps).items():
        rows = mark_rows(uow.raw, registration_id, slot_id)
        written = {step.row for step in of_one}
        now = standing_from(rows)
        if now is None or not written.issuperset(now.current_ids):
            raise ChangedSinceError(of_one[-1])
        workshop = event(uow.raw, of_one[0].new["workshop_id"])
        require_reason_when_closed(uow, workshop, reason, "")
        before = standing_from([row for row in rows if _id(row) not in written])
        entry = entry_of(before)
        if workshop.is_closed:
            entry = replace(entry, correction_reason=reason)
        person = roster_line(uow, registration_id)
        append_mark(uow, person, period(uow.raw, slot_id), now, entry)


def _by_place(steps: Iterable[Step]) -> dict[tuple[str, str], list[Step]]:
    places: dict[tuple[str, str], list[Step]] = {}
    for step in steps:
        key = (step.new["registration_id"], step.new["slot_id"])
        places.setdefault(key, []).append(step)
    return places


def _id(row: Row) -> str:
    return str(row[0])
