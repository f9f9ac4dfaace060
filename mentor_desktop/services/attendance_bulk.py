"""Marking many people at once; such marks ask to be compared with the paper list."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import N_
from mentor_desktop.services.attendance_marks import ATTENDED, Status
from mentor_desktop.services.attendance_reading import (
    Period,
    Standing,
    event_of,
    period_of,
    standings_of_slot,
)
from mentor_desktop.services.attendance_writing import (
    Entry,
    append_mark,
    known_status,
    require_reason_when_closed,
    says_the_same,
)
from mentor_desktop.services.roster import RosterLine, roster
from mentor_desktop.store.unit_of_work import UnitOfWork

_MANY: Final = {
    Status.EXPECTED: N_("Expected again in {slot}: {count}"),
    Status.PRESENT: N_("Present in {slot}: {count}"),
    Status.LATE: N_("Late in {slot}: {count}"),
    Status.LEFT_EARLY: N_("Left early in {slot}: {count}"),
    Status.PARTIAL: N_("There for a part of {slot}: {count}"),
    Status.REMOTE: N_("Online in {slot}: {count}"),
    Status.EXCUSED: N_("Excused in {slot}: {count}"),
    Status.ABSENT: N_("Absent in {slot}: {count}"),
    Status.NOT_REQUIRED: N_("Not required in {slot}: {count}"),
}


def mark_many(
    uow: UnitOfWork,
    *,
    registration_ids: Iterable[str],
    slot_id: str,
    status: str,
    method: str = "bulk",
    reason: str = "",
    by: str = "",
) -> Changes:
    """Set one status for several people at once; `bulk` marks ask to be compared with the paper.

    Who has this status already is left alone.

    Raises:
        ValidationError: an unknown status, or a closed workshop without reason or name.
        NotFoundError: the half-day is gone.
    """
    period = period_of(uow.raw, slot_id)
    event = event_of(uow.raw, period.workshop_id)
    require_reason_when_closed(uow, event, reason, by)
    wanted = set(registration_ids)
    entry = Entry(
        status=known_status(status), method=method, correction_reason=reason.strip(), by=by
    )
    people = [person for person in roster(uow, event.id) if person.registration_id in wanted]
    count = _append_to_all(uow, people, period, entry)
    uow.describe(_MANY[entry.status], count=count, slot=period.code)
    return uow.commit()


def same_as(uow: UnitOfWork, *, slot_id: str, from_slot_id: str) -> Changes:
    """Mark present whoever was there at the end of another half-day and has no mark here yet.

    Online stays online. The marks are `bulk`: they ask to be compared with the paper.

    Raises:
        ValidationError: the workshop is closed.
        NotFoundError: one of the half-days is gone.
    """
    period = period_of(uow.raw, slot_id)
    event = event_of(uow.raw, period.workshop_id)
    require_reason_when_closed(uow, event, "", "")
    before = standings_of_slot(uow.raw, from_slot_id)
    here = standings_of_slot(uow.raw, slot_id)
    count = 0
    for person in roster(uow, event.id):
        earlier = before.get(person.registration_id)
        standing = here.get(person.registration_id)
        is_open = standing is None or standing.mark.status is Status.EXPECTED
        if earlier is None or not is_open or not _stayed(earlier):
            continue
        is_online = earlier.mark.status is Status.REMOTE
        status = Status.REMOTE if is_online else Status.PRESENT
        append_mark(uow, person, period, standing, Entry(status, method="bulk"))
        count += 1
    uow.describe(
        N_("Same as {other} taken over for {slot}: {count}"),
        other=period_of(uow.raw, from_slot_id).code,
        slot=period.code,
        count=count,
    )
    return uow.commit()


def _append_to_all(uow: UnitOfWork, people: list[RosterLine], period: Period, entry: Entry) -> int:
    standings = standings_of_slot(uow.raw, period.id)
    count = 0
    for person in people:
        standing = standings.get(person.registration_id)
        own = replace(entry, note=standing.note if standing else "")
        if not says_the_same(standing, own):
            append_mark(uow, person, period, standing, own)
            count += 1
    return count


def _stayed(standing: Standing) -> bool:
    return standing.mark.status in ATTENDED and standing.mark.left_at is None
