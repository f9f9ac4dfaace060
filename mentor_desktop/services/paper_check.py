"""Comparing the marks of a half-day with the signed list, row by row.

Every answer is a mark of its own, so it stays in the history and can be taken back. A signature
makes an unmarked person present; a missing one leaves the mark as it is and is a difference to be
settled by a person. Source: trainer's walkthrough, signatures; attendance records.
"""

from dataclasses import dataclass, replace

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import N_
from mentor_desktop.services.attendance_marks import ATTENDED, Status
from mentor_desktop.services.attendance_reading import (
    Standing,
    event_of,
    period_of,
    standing_of,
    standings_of_slot,
)
from mentor_desktop.services.attendance_writing import (
    Entry,
    append_mark,
    entry_of,
    require_reason_when_closed,
)
from mentor_desktop.services.roster import RosterLine, roster, roster_line
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork


@dataclass(frozen=True)
class PaperRow:
    """One row of the list beside its mark.

    `signed` is what somebody found on the paper, None until then. `is_unchecked`: the mark was
    made for many at once, or two laptops differ, and it waits for this. `is_difference`: marked as there, not signed.
    `came_from_paper`: nobody had marked the person, the signature did.
    """

    registration_id: str
    list_number: int | None
    name: str
    organisation: str
    status: Status
    signed: bool | None
    is_unchecked: bool
    is_difference: bool
    came_from_paper: bool


@dataclass(frozen=True)
class PaperCheck:
    """The comparison of one half-day, rows in list order.

    Online participants sign nothing and people not required are not asked for: neither is here.
    """

    slot_id: str
    slot_code: str
    rows: tuple[PaperRow, ...]

    @property
    def checked(self) -> int:
        """How many rows were compared."""
        return sum(row.signed is not None for row in self.rows)

    @property
    def signatures(self) -> int:
        """How many signatures were found."""
        return sum(row.signed is True for row in self.rows)

    @property
    def marked(self) -> int:
        """How many people are marked as having been there."""
        return sum(row.status in ATTENDED for row in self.rows)

    @property
    def differences(self) -> tuple[PaperRow, ...]:
        """Marked as there, but not signed."""
        return tuple(row for row in self.rows if row.is_difference)

    @property
    def next_row(self) -> int | None:
        """The first row nobody compared yet; None when all are done."""
        waiting = (index for index, row in enumerate(self.rows) if row.signed is None)
        return next(waiting, None)


def paper_check(uow: Reader, slot_id: str) -> PaperCheck:
    """Return how far a half-day was compared with its list, and what differs.

    Raises:
        NotFoundError: the half-day is gone.
    """
    period = period_of(uow.raw, slot_id)
    standings = standings_of_slot(uow.raw, slot_id)
    from_paper = _from_paper(uow, slot_id)
    rows = [
        _row(person, standings.get(person.registration_id), from_paper)
        for person in roster(uow, period.workshop_id)
        if person.is_on_list
    ]
    asked = [row for row in rows if row.status not in (Status.REMOTE, Status.NOT_REQUIRED)]
    return PaperCheck(slot_id, period.code, tuple(asked))


def record_signature(
    uow: UnitOfWork,
    *,
    registration_id: str,
    slot_id: str,
    is_signed: bool,
    reason: str = "",
    by: str = "",
) -> Changes:
    """Note whether somebody signed; a signature makes an unmarked or absent person present.

    Raises:
        ValidationError: the workshop is closed and reason or name is missing.
        NotFoundError: the registration or the half-day is gone.
    """
    person = roster_line(uow, registration_id)
    period = period_of(uow.raw, slot_id)
    standing = standing_of(uow.raw, registration_id, slot_id)
    if standing and standing.signed == is_signed and not standing.has_conflict:
        return Changes()
    event = event_of(uow.raw, period.workshop_id)
    entry = _transcribed(standing, is_signed=is_signed)
    if not standing or standing.mark.status is not entry.status:
        require_reason_when_closed(uow, event, reason, by)
    entry = replace(entry, correction_reason=reason.strip(), by=by)
    append_mark(uow, person, period, standing, entry)
    sentence = N_("Signed: {name} ({slot})") if is_signed else N_("Not signed: {name} ({slot})")
    uow.describe(sentence, name=person.name, slot=period.code)
    return uow.commit()


def _transcribed(standing: Standing | None, *, is_signed: bool) -> Entry:
    known = entry_of(standing)
    if is_signed and known.status not in ATTENDED:
        known = Entry(Status.PRESENT, note=known.note)
    return replace(known, method="paper_transcribed", signed=is_signed, by="")


def _row(person: RosterLine, standing: Standing | None, from_paper: set[str]) -> PaperRow:
    status = standing.mark.status if standing else Status.EXPECTED
    signed = standing.signed if standing else None
    return PaperRow(
        registration_id=person.registration_id,
        list_number=person.list_number,
        name=person.name,
        organisation=person.organisation,
        status=status,
        signed=signed,
        is_unchecked=standing is not None and (standing.is_unchecked or standing.has_conflict),
        is_difference=signed is False and status in ATTENDED,
        came_from_paper=signed is True and person.registration_id in from_paper,
    )


def _from_paper(uow: Reader, slot_id: str) -> set[str]:
    """Return the registrations whose signature was the first to say that they came."""
    rows = uow.raw.execute(
        "SELECT m.registration_id FROM attendance_mark m WHERE m.slot_id = ? AND m.signed = 1 "
        "AND m.id NOT IN (SELECT mark FROM superseded) AND NOT EXISTS ("
        "SELECT 1 FROM attendance_mark e JOIN json_each(m.supersedes) s ON s.value = e.id "
        "WHERE e.status NOT IN ('expected', 'absent', 'excused'))",
        (slot_id,),
    )
    return {row[0] for row in rows}
