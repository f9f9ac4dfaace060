"""Marking people at the door and in the register.

Marks are only ever added: each names the marks it takes the place of, so every correction stays in
the history. Source: attendance records, attendance rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import N_, _
from mentor_desktop.models import Registration
from mentor_desktop.services.attendance_bulk import mark_many, same_as
from mentor_desktop.services.attendance_history import (
    Conflict,
    MarkLine,
    choose_mark,
    conflicts_of,
    history_of,
)
from mentor_desktop.services.attendance_marks import ATTENDED, Status
from mentor_desktop.services.attendance_reading import (
    Event,
    Period,
    Standing,
    current_period,
    event_of,
    period_of,
    periods_of,
    standing_of,
)
from mentor_desktop.services.attendance_writing import (
    Entry,
    append_check_in,
    append_mark,
    describe_entry,
    entry_of,
    known_status,
    require_reason_when_closed,
    require_sound,
    says_the_same,
)
from mentor_desktop.services.registration_list import number_if_listed
from mentor_desktop.services.roster import RosterLine, roster_line
from mentor_desktop.services.time_spans import Span, whole_minute
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

__all__ = [
    "Conflict",
    "MarkLine",
    "NotExpectedError",
    "check_in",
    "choose_mark",
    "conflicts_of",
    "current_slot",
    "history_of",
    "mark",
    "mark_many",
    "same_as",
    "set_note",
]

_QUESTIONS: Final = {
    "cancelled": N_("{name} cancelled. Check in all the same?"),
    "waiting_list": N_("{name} is on the waiting list. Check in all the same?"),
    "declined": N_("{name} declined. Check in all the same?"),
    "withdrew": N_("{name} withdrew. Check in all the same?"),
    "no_show": N_("{name} is noted as not coming. Check in all the same?"),
    "invited": N_("{name} was invited and has not answered. Check in all the same?"),
}


class NotExpectedError(ValidationError):
    """Somebody at the door is not on the list: ask, then check in with `is_confirmed`.

    The sentence is the question; `registration_id` and `state` say who and why.
    """

    def __init__(self, person: RosterLine) -> None:
        super().__init__(_(_QUESTIONS[person.state]).format(name=person.name))
        self.registration_id = person.registration_id
        self.state = person.state


@dataclass(frozen=True)
class _Place:
    """One person in one half-day, with what counts there now."""

    person: RosterLine
    event: Event
    period: Period
    standing: Standing | None


def check_in(
    uow: UnitOfWork,
    *,
    registration_id: str,
    slot_id: str,
    method: str = "typed",
    is_confirmed: bool = False,
) -> Changes:
    """Mark somebody present, or late after start and grace; who is there already is left alone.

    With `is_confirmed` somebody who is not on the list is moved to `attending`; the source stays.

    Raises:
        NotExpectedError: cancelled, on the waiting list or the like, and nobody confirmed yet.
        ValidationError: the workshop is closed.
        NotFoundError: the registration or the half-day is gone.
    """
    place = _place(uow, registration_id, slot_id)
    if not place.person.is_on_list:
        if not is_confirmed:
            raise NotExpectedError(place.person)
        _admit(uow, registration_id)
    elif _is_here(place.standing):
        return Changes()
    require_reason_when_closed(uow, place.event, "", "")
    entry = append_check_in(uow, place.person, place.event, place.period, place.standing, method)
    describe_entry(uow, place.person, place.event, place.period, entry)
    return uow.commit()


def mark(
    uow: UnitOfWork,
    *,
    registration_id: str,
    slot_id: str,
    status: str,
    arrived_at: datetime | None = None,
    left_at: datetime | None = None,
    gaps: Iterable[Span] = (),
    note: str | None = None,
    reason_code: str = "",
    method: str = "clicked",
    minutes_override: int | None = None,
    reason: str = "",
    by: str = "",
) -> Changes:
    """Set what counts for one person in one half-day; writing what stands already changes nothing.

    `late` without a time takes the time now, `left_early` likewise, when the half-day is on; the
    note stays unless another is given. `reason` and `by` are for a closed workshop.

    Raises:
        ValidationError: impossible times or minutes, an unknown status or reason code, or a
            closed workshop without reason or name.
        NotFoundError: the registration or the half-day is gone.
    """
    place = _place(uow, registration_id, slot_id)
    entry = Entry(
        status=known_status(status),
        arrived_at=arrived_at,
        left_at=left_at,
        gaps=tuple(gaps),
        minutes_override=minutes_override,
        method=method,
        note=_kept_note(place.standing, note),
        reason_code=reason_code,
        correction_reason=reason.strip(),
        by=by,
    )
    entry = _with_time_now(uow, place.period, entry)
    require_sound(place.event, place.period, entry)
    if says_the_same(place.standing, entry):
        return Changes()
    require_reason_when_closed(uow, place.event, reason, by)
    append_mark(uow, place.person, place.period, place.standing, entry)
    describe_entry(uow, place.person, place.event, place.period, entry)
    return uow.commit()


def set_note(uow: UnitOfWork, *, registration_id: str, slot_id: str, note: str) -> Changes:
    """Write a note beside what counts now; status and times stay.

    Raises:
        ValidationError: the workshop is closed (correct the mark with a reason).
        NotFoundError: the registration or the half-day is gone.
    """
    place = _place(uow, registration_id, slot_id)
    text = note.strip()
    standing = place.standing
    if text == (standing.note if standing else ""):
        return Changes()
    require_reason_when_closed(uow, place.event, "", "")
    append_mark(uow, place.person, place.period, standing, replace(entry_of(standing), note=text))
    uow.describe(N_("Note for {name} ({slot})"), name=place.person.name, slot=place.period.code)
    return uow.commit()


def current_slot(uow: Reader, workshop_id: str, now: datetime) -> str | None:
    """Return the half-day that is on at `now`; None on a day without one.

    Raises:
        NotFoundError: there is no such workshop.
    """
    zone = event_of(uow.raw, workshop_id).zone
    period = current_period(periods_of(uow.raw, workshop_id), now, zone)
    return period.id if period else None


def _place(uow: Reader, registration_id: str, slot_id: str) -> _Place:
    person = roster_line(uow, registration_id)
    period = period_of(uow.raw, slot_id)
    event = event_of(uow.raw, period.workshop_id)
    return _Place(person, event, period, standing_of(uow.raw, registration_id, slot_id))


def _admit(uow: UnitOfWork, registration_id: str) -> None:
    registration = uow.session.get(Registration, registration_id)
    assert registration is not None
    registration.state = "attending"
    number_if_listed(uow, registration)
    uow.session.flush()


def _is_here(standing: Standing | None) -> bool:
    """Whether a check-in has nothing to add; who left early is not here."""
    if standing is None or standing.has_conflict:
        return False
    return standing.mark.status in ATTENDED and standing.mark.status is not Status.LEFT_EARLY


def _kept_note(standing: Standing | None, note: str | None) -> str:
    if note is not None:
        return note.strip()
    return standing.note if standing else ""


def _with_time_now(uow: UnitOfWork, period: Period, entry: Entry) -> Entry:
    """Fill in the time that late and leaving early want, if the half-day is on now."""
    now = whole_minute(uow.clock())
    if not period.starts_at <= now <= period.ends_at:
        return entry
    if entry.status is Status.LATE and entry.arrived_at is None:
        return replace(entry, arrived_at=now)
    if entry.status is Status.LEFT_EARLY and entry.left_at is None:
        return replace(entry, left_at=now)
    return entry
