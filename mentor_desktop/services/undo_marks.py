"""Taking back marks of attendance: none is removed, another mark says again what was before.

Marks are compared by what they say, not by which mark says it: after an undo, an earlier
action can be undone too, although the mark that counts is a later one.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from mentor_desktop.services.attendance_reading import (
    Row,
    Standing,
    event_of,
    mark_rows,
    period_of,
    standing_from,
)
from mentor_desktop.services.attendance_writing import (
    append_mark,
    entry_of,
    require_reason_when_closed,
    says_the_same,
)
from mentor_desktop.services.roster import roster_line
from mentor_desktop.store.change_log import RecordedChange
from mentor_desktop.store.undo_rows import ChangedSinceError
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

_BELONGS_BY = {"registration": "registration_id", "slot": "slot_id"}


def restore_marks(
    uow: UnitOfWork, txn: int, steps: Iterable[RecordedChange], *, reason: str
) -> None:
    """Append, for each person and half-day the created marks are about, what counted before.

    `reason` is kept where the workshop is closed.

    Raises:
        ChangedSinceError: somebody marked the same person and half-day since.
        ValidationError: the workshop is closed and nobody's name is known.
    """
    event, period = cache(event_of), cache(period_of)
    for (registration_id, slot_id), step in _by_place(steps).items():
        rows = mark_rows(uow.raw, registration_id, slot_id)
        now = standing_from(rows)
        if not says_the_same(now, entry_of(_standing_at(uow, rows, txn))):
            raise ChangedSinceError(step)
        workshop = event(uow.raw, step.new["workshop_id"])
        require_reason_when_closed(uow, workshop, reason, "")
        entry = entry_of(_standing_at(uow, rows, txn - 1))
        if workshop.is_closed:
            entry = replace(entry, correction_reason=reason)
        person = roster_line(uow, registration_id)
        append_mark(uow, person, period(uow.raw, slot_id), now, entry)


def idle_marks(uow: UnitOfWork, txn: int, steps: Iterable[RecordedChange]) -> list[str]:
    """Return the marks that go with a registration or half-day whose creation is undone.

    Raises:
        ChangedSinceError: they say something else than when the action was done.
    """
    found = []
    for step in steps:
        column = _BELONGS_BY.get(step.entity)
        if column is None or step.kind != "create":
            continue
        places = uow.raw.execute(
            f"SELECT DISTINCT registration_id, slot_id FROM attendance_mark WHERE {column} = ?",  # noqa: S608  # constant columns
            (step.row,),
        ).fetchall()
        for place in places:
            rows = mark_rows(uow.raw, *place)
            if not says_the_same(standing_from(rows), entry_of(_standing_at(uow, rows, txn))):
                raise ChangedSinceError(step)
            found += [str(row[0]) for row in rows]
    return found


def drop_marks(uow: UnitOfWork, marks: Iterable[str]) -> None:
    """Remove marks whose registration or half-day is gone."""
    uow.raw.executemany("DELETE FROM attendance_mark WHERE id = ?", [(mark,) for mark in marks])


def _standing_at(uow: Reader, rows: Iterable[Row], txn: int) -> Standing | None:
    """Return what counted when an action was done, of the marks there are."""
    rows = list(rows)
    written = uow.raw.execute(
        "SELECT row FROM change WHERE entity = 'attendance_mark' AND kind = 'create' AND txn <= ? "
        "AND row IN (SELECT value FROM json_each(?))",
        (txn, json.dumps([row[0] for row in rows])),
    ).fetchall()
    ids = {row[0] for row in written}
    return standing_from([row for row in rows if row[0] in ids])


def _by_place(steps: Iterable[RecordedChange]) -> dict[tuple[str, str], RecordedChange]:
    """Return the last step of each person and half-day."""
    return {(step.new["registration_id"], step.new["slot_id"]): step for step in steps}
