"""Marks of attendance from a table, each taking the place of what was there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import N_, _
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.services.attendance_marks import Status
from mentor_desktop.services.attendance_reading import (
    Period,
    event_of,
    periods_of,
    standings_of_slot,
)
from mentor_desktop.services.attendance_writing import (
    Entry,
    append_mark,
    require_reason_when_closed,
    require_sound,
    says_the_same,
)
from mentor_desktop.services.roster import roster
from mentor_desktop.services.tables_in.parsed_rows import AttendanceRow, BadRow
from mentor_desktop.services.time_spans import Span
from mentor_desktop.store.folding import fold
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

_STEP = 500


@dataclass(frozen=True, slots=True)
class _MarkDraft:
    """One mark to be, with the line it comes from."""

    line: int
    registration_id: str
    slot_id: str
    entry: Entry


@dataclass(frozen=True)
class PreparedAttendance:
    """Marks to be written, and the rows that name nobody or no slot."""

    workshop_id: str
    drafts: tuple[_MarkDraft, ...]
    refused: tuple[BadRow, ...]


def prepare_attendance(
    uow: Reader,
    *,
    rows: Iterable[AttendanceRow],
    workshop_id: str,
    progress: Progress = NO_PROGRESS,
) -> PreparedAttendance:
    """Find the registration and the slot of every row; changes nothing.

    A row names its person by participant id, else by e-mail, else by name; two people
    of one name or address are never guessed between.

    Raises:
        Cancelled: the person pressed Cancel.
    """
    rows = list(rows)
    event = event_of(uow.raw, workshop_id)
    periods = {period.code.casefold(): period for period in periods_of(uow.raw, workshop_id)}
    finder = _Finder(uow, workshop_id)
    drafts, refused = [], []
    for index, row in enumerate(rows):
        if index % _STEP == 0:
            progress.step(index, len(rows))
        period = periods.get(row.slot.casefold())
        registration_id = finder.find(row)
        trouble = _trouble(row, period, registration_id, periods)
        if trouble or period is None:
            refused.append(BadRow(row.line, (trouble,)))
        else:
            drafts.append(
                _MarkDraft(row.line, registration_id, period.id, _entry(row, period, event.zone))
            )
    progress.step(len(rows), len(rows))
    return PreparedAttendance(workshop_id, tuple(drafts), tuple(refused))


def apply_attendance(uow: UnitOfWork, *, prepared: PreparedAttendance) -> Changes:
    """Write the marks; those that say what is known already are left out.

    Raises:
        ValidationError: a row cannot be true (its line is named), or the workshop is closed.
    """
    event = event_of(uow.raw, prepared.workshop_id)
    require_reason_when_closed(uow, event, "", "")
    people = {person.registration_id: person for person in roster(uow, event.id)}
    periods = {period.id: period for period in periods_of(uow.raw, event.id)}
    standings = {slot_id: standings_of_slot(uow.raw, slot_id) for slot_id in periods}
    written = 0
    for draft in prepared.drafts:
        period = periods[draft.slot_id]
        standing = standings[draft.slot_id].get(draft.registration_id)
        try:
            require_sound(event, period, draft.entry)
        except ValidationError as exc:
            raise ValidationError(
                _("Line {line}: {sentence}").format(line=draft.line, sentence=exc)
            ) from exc
        if not says_the_same(standing, draft.entry):
            append_mark(uow, people[draft.registration_id], period, standing, draft.entry)
            written += 1
    uow.describe(N_("Imported marks of attendance: {count}"), count=written)
    return uow.commit()


def _trouble(
    row: AttendanceRow, period: Period | None, registration_id: str, periods: dict[str, Period]
) -> str:
    if period is None:
        return _("There is no half-day “{slot}” in this workshop; it has {slots}.").format(
            slot=row.slot, slots=", ".join(one.code for one in periods.values())
        )
    if not registration_id:
        return _("“{who}” is nobody, or several people, on the list of this workshop.").format(
            who=row.participant_id or row.email or _name(row)
        )
    return ""


def _entry(row: AttendanceRow, period: Period, zone: ZoneInfo) -> Entry:
    def moment(at: time | None) -> datetime | None:
        return datetime.combine(period.held_on, at, zone) if at else None

    return Entry(
        status=Status(row.status),
        arrived_at=moment(row.arrived_at),
        left_at=moment(row.left_at),
        gaps=tuple(
            Span(
                datetime.combine(period.held_on, start, zone),
                datetime.combine(period.held_on, end, zone),
            )
            for start, end in row.gaps
        ),
        method="typed",
        note=row.note,
    )


def _name(row: AttendanceRow) -> str:
    return f"{row.given_name} {row.family_name}".strip()


class _Finder:
    """Finds a registration by what a row says of its person."""

    def __init__(self, uow: Reader, workshop_id: str) -> None:
        self._by_reference: dict[str, list[str]] = {}
        self._by_email: dict[str, list[str]] = {}
        self._by_name: dict[str, list[str]] = {}
        for row in uow.raw.execute(
            "SELECT registration.id, reference, email, given_name, family_name FROM registration "
            "JOIN person ON person.id = person_id WHERE workshop_id = ?",
            (workshop_id,),
        ):
            registration_id, reference, email, given, family = row
            self._by_reference.setdefault(reference.casefold(), []).append(registration_id)
            self._by_email.setdefault(email.casefold(), []).append(registration_id)
            self._by_name.setdefault(fold(f"{given} {family}".strip()), []).append(registration_id)

    def find(self, row: AttendanceRow) -> str:
        """Return the id of the one registration the row means, "" for none or several."""
        for said, index in (
            (row.participant_id.casefold(), self._by_reference),
            (row.email.casefold(), self._by_email),
            (fold(_name(row)), self._by_name),
        ):
            found = index.get(said, []) if said else []
            if len(found) == 1:
                return found[0]
        return ""
