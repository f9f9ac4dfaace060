"""Writing one mark: what every use case that marks somebody shares. Nothing here commits."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import N_, _, current_language
from mentor_desktop.models import AttendanceMark
from mentor_desktop.models.base import to_milliseconds
from mentor_desktop.services.attendance_marks import Status
from mentor_desktop.services.attendance_reading import Event, Period, Standing
from mentor_desktop.services.attendance_rules import check_in_status
from mentor_desktop.services.roster import RosterLine
from mentor_desktop.services.time_spans import Span, whole_minute
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

# Coarse on purpose: even "ill" would be health data.
REASON_CODES: Final = ("", "transport", "work_duty", "personal", "other")
METHODS: Final = ("clicked", "typed", "paper_transcribed", "online_log", "bulk")

_SENTENCES: Final = {
    Status.EXPECTED: N_("{name} is expected again ({slot})"),
    Status.PRESENT: N_("{name} is present ({slot})"),
    Status.LATE: N_("{name} came late, at {arrived} ({slot})"),
    Status.LEFT_EARLY: N_("{name} left early, at {left} ({slot})"),
    Status.PARTIAL: N_("{name} was there for a part ({slot})"),
    Status.REMOTE: N_("{name} takes part online ({slot})"),
    Status.EXCUSED: N_("{name} is excused ({slot})"),
    Status.ABSENT: N_("{name} is absent ({slot})"),
    Status.NOT_REQUIRED: N_("{name} need not attend ({slot})"),
}
_SENTENCES_WITHOUT_TIME: Final = {
    Status.LATE: N_("{name} came late ({slot})"),
    Status.LEFT_EARLY: N_("{name} left early ({slot})"),
}


@dataclass(frozen=True)
class Entry:
    """What a new mark says. `by` is the writer's name; "" means the workspace's own."""

    status: Status
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    gaps: tuple[Span, ...] = field(default=())
    minutes_override: int | None = None
    method: str = "clicked"
    note: str = ""
    reason_code: str = ""
    signed: bool | None = None
    correction_reason: str = ""
    by: str = ""


def append_mark(
    uow: UnitOfWork, person: RosterLine, period: Period, standing: Standing | None, entry: Entry
) -> AttendanceMark:
    """Add a mark that takes the place of every mark current now, so that it settles conflicts too."""
    now = uow.clock()
    mark = AttendanceMark(
        workshop_id=person.workshop_id,
        registration_id=person.registration_id,
        slot_id=period.id,
        status=entry.status.value,
        arrived_at=entry.arrived_at,
        left_at=entry.left_at,
        gaps=[[to_milliseconds(gap.starts_at), to_milliseconds(gap.ends_at)] for gap in entry.gaps],
        minutes_override=entry.minutes_override,
        method=entry.method,
        by=entry.by or uow.actor,
        at=now,
        tz_offset_min=device_offset_min(now),
        device=uow.device,
        reason_code=entry.reason_code,
        note=entry.note,
        signed=entry.signed,
        correction_reason=entry.correction_reason,
        supersedes=list(standing.current_ids) if standing else [],
    )
    uow.session.add(mark)
    return mark


def append_check_in(
    uow: UnitOfWork,
    person: RosterLine,
    event: Event,
    period: Period,
    standing: Standing | None,
    method: str,
) -> Entry:
    """Mark somebody who is at the door now: present, or late after start and grace.

    Who left early and is back gets the time between as a gap.
    """
    entry = check_in_entry(uow, event, period, standing, method)
    append_mark(uow, person, period, standing, entry)
    return entry


def check_in_entry(
    uow: Reader, event: Event, period: Period, standing: Standing | None, method: str
) -> Entry:
    """Return what a check-in writes now."""
    now = whole_minute(uow.clock())
    if standing and standing.mark.status is Status.LEFT_EARLY and standing.mark.left_at:
        gap = Span(standing.mark.left_at, now)
        return Entry(
            Status.PARTIAL,
            arrived_at=standing.mark.arrived_at,
            gaps=(*standing.mark.gaps, gap),
            method=method,
            note=standing.note,
        )
    status = Status.PRESENT
    # A clock on another day says nothing about lateness.
    if now.astimezone(event.zone).date() == period.held_on:
        status = check_in_status(period.slot, now, grace_min=event.rule.grace_min)
    note = standing.note if standing else ""
    return Entry(
        status, arrived_at=now if status is Status.LATE else None, method=method, note=note
    )


def entry_of(standing: Standing | None) -> Entry:
    """Return an entry that says what counts already, to be changed in one point."""
    if standing is None:
        return Entry(Status.EXPECTED)
    mark = standing.mark
    return Entry(
        status=mark.status,
        arrived_at=mark.arrived_at,
        left_at=mark.left_at,
        gaps=mark.gaps,
        minutes_override=mark.minutes_override,
        method=standing.method,
        note=standing.note,
        reason_code=standing.reason_code,
        signed=standing.signed,
    )


def known_status(code: str) -> Status:
    """Return the status with this code.

    Raises:
        ValidationError: there is none.
    """
    try:
        return Status(code)
    except ValueError as exc:
        raise ValidationError(
            _("“{status}” is not a status of attendance.").format(status=code)
        ) from exc


def describe_entry(
    uow: UnitOfWork, person: RosterLine, event: Event, period: Period, entry: Entry
) -> None:
    """Name the action after what the mark says."""
    times = {"arrived": entry.arrived_at, "left": entry.left_at}
    sentence = _SENTENCES[entry.status]
    if any("{" + name + "}" in sentence and value is None for name, value in times.items()):
        sentence = _SENTENCES_WITHOUT_TIME[entry.status]
    shown = {
        name: current_language().time(value, event.zone)
        for name, value in times.items()
        if value is not None
    }
    uow.describe(sentence, name=person.name, slot=period.code, **shown)


def require_reason_when_closed(uow: Reader, event: Event, reason: str, by: str) -> None:
    """Let a change of a closed workshop through only with a reason and a name.

    Raises:
        ValidationError: one of them is missing.
    """
    if not event.is_closed:
        return
    if not reason.strip():
        raise ValidationError(
            _(
                "{code} is closed. Give a reason for the correction; it stays in the history."
            ).format(code=event.code)
        )
    if not (by or uow.actor).strip():
        raise ValidationError(
            _(
                "{code} is closed. A correction needs the name of who makes it: enter yours in the settings."
            ).format(code=event.code)
        )


def require_sound(event: Event, period: Period, entry: Entry) -> None:
    """Refuse what cannot be true.

    Raises:
        ValidationError: leaving before arriving, a time on another day, an unknown reason, or
            more minutes than the half-day counts.
    """
    if entry.arrived_at and entry.left_at and entry.left_at <= entry.arrived_at:
        raise ValidationError(_("Leaving comes before arriving. Check the two times."))
    for moment in (entry.arrived_at, entry.left_at):
        if moment is not None and moment.astimezone(event.zone).date() != period.held_on:
            raise ValidationError(
                _("That time is not on the day of {slot}. Type a time of that day.").format(
                    slot=period.code
                )
            )
    if any(gap.ends_at <= gap.starts_at for gap in entry.gaps):
        raise ValidationError(_("A gap ends before it begins. Check its two times."))
    if entry.reason_code not in REASON_CODES:
        raise ValidationError(
            _("“{reason}” is not one of the reasons: transport, work, personal or other.").format(
                reason=entry.reason_code
            )
        )
    limit = period.slot.counted_minutes
    if entry.minutes_override is not None and not 0 <= entry.minutes_override <= limit:
        raise ValidationError(
            _("{slot} counts {limit} minutes. Type a number from 0 to {limit}.").format(
                slot=period.code, limit=limit
            )
        )


def device_offset_min(now: datetime) -> int:
    """Return how far this device's own clock face is ahead of UTC, in minutes."""
    offset = now.astimezone().utcoffset() or timedelta()
    return offset // timedelta(minutes=1)


def says_the_same(standing: Standing | None, entry: Entry) -> bool:
    """Return whether an entry would add nothing to what counts already."""
    if standing is None:
        return entry.status is Status.EXPECTED and not entry.note
    return not standing.has_conflict and _statement(entry) == _statement(entry_of(standing))


def _statement(entry: Entry) -> Entry:
    """What an entry says about the person; how and by whom it was written is put aside."""
    return replace(entry, method="clicked", signed=None, correction_reason="", by="")
