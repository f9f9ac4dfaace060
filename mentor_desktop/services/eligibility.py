"""Who gets a certificate of attendance, why not, and what would help. One row a person.

Source: attendance rules; certificate rules, checks before issuing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mentor_desktop.documents.certificate_layout import NAME_MAX_LINES, boxes_for, fit_name
from mentor_desktop.documents.fonts import FontError, load_fonts, missing_characters
from mentor_desktop.i18n import _
from mentor_desktop.services.attendance_rules import RuleKind, Verdict, rounded
from mentor_desktop.services.certificate_numbers import full_number
from mentor_desktop.services.eligibility_words import (
    Outcome,
    help_for,
    open_questions_of,
    verdict_of,
    why,
)
from mentor_desktop.services.register import GridRow, RegisterGrid, register_grid
from mentor_desktop.services.roster import RosterLine, roster
from mentor_desktop.store.unit_of_work import Reader

# Only people taking part get a certificate of attendance; trainers have one of their own kind.
CERTIFICATE_ROLES: Final = frozenset({"participant", "observer", "guest"})
# What a row has to say before all others: 0 comes first.
_URGENCY: Final = {"blocked": 0, "not_reached": 2, "eligible": 4, "revoked": 5, "issued": 6}


@dataclass(frozen=True)
class EligibilityRow:
    """One person and the answer to one question.

    `outcome`: `blocked` reaches the rule but cannot be issued, `eligible` gets one, `not_reached`,
    `issued` has a valid one, `revoked` had one. `why` says so in a sentence, `help` what would
    change it ("" when nothing is needed), `warnings` what should be looked at before. `number` is
    the certificate's, with check digits, "" when none. `name` is the name it prints.
    """

    registration_id: str
    person_id: str
    list_number: int | None
    name: str
    name_latin: str
    organisation: str
    outcome: Outcome
    why: str
    help: str
    warnings: tuple[str, ...]
    number: str
    credited_minutes: int
    counted_minutes: int
    percent: str
    is_name_confirmed: bool
    urgency: int

    @property
    def gets_one(self) -> bool:
        """Whether issuing now would give this person a certificate."""
        return self.outcome == "eligible"


def eligibility(uow: Reader, workshop_id: str) -> list[EligibilityRow]:
    """Return everybody who takes part, problem rows first, each group in list order.

    Raises:
        NotFoundError: there is no such workshop.
    """
    grid = register_grid(uow, workshop_id)
    look = unprintable if fonts_trouble() == "" else _no_objection
    people = {line.registration_id: line for line in roster(uow, workshop_id)}
    certificates = _certificates(uow, workshop_id)
    rows = [
        _row(grid, row, people[row.registration_id], certificates.get(row.registration_id), look)
        for row in grid.rows
        if row.is_on_list and row.role in CERTIFICATE_ROLES
    ]
    return sorted(rows, key=lambda row: row.urgency)


def fonts_trouble() -> str:
    """Return why no name can be checked against the print fonts; "" when they are there."""
    try:
        load_fonts()
    except FontError as exc:
        return str(exc)
    return ""


def unprintable(name: str) -> str:
    """Return why a name cannot be printed on a certificate; "" when it can."""
    if not name.strip():
        return _("There is no name to print.")
    missing = missing_characters(name)
    if missing:
        return _("The character “{character}” is in no print font.").format(character=missing[0])
    if len(fit_name(name, boxes_for("landscape").name).lines) > NAME_MAX_LINES:
        return _("The name is too long for two lines of a certificate.")
    return ""


def _no_objection(_name: str) -> str:
    return ""


@dataclass(frozen=True)
class _Issued:
    number: str
    status: str


def _certificates(uow: Reader, workshop_id: str) -> dict[str, _Issued]:
    """Return the certificate that says most about each registration: a valid one before others."""
    found: dict[str, _Issued] = {}
    for registration_id, serial, status in uow.raw.execute(
        "SELECT registration_id, serial, status FROM certificate WHERE workshop_id = ? "
        "AND type = 'attendance' ORDER BY status = 'issued', issued_at, id",
        (workshop_id,),
    ):
        found[registration_id] = _Issued(full_number(serial), status)
    return found


def _row(
    grid: RegisterGrid,
    row: GridRow,
    person: RosterLine,
    certificate: _Issued | None,
    look: Callable[[str], str],
) -> EligibilityRow:
    verdict = verdict_of(grid, row, grid.event.rule)
    problem = look(person.certificate_name)
    open_questions = open_questions_of(grid, row)
    outcome = _outcome(verdict, certificate, problem)
    number = certificate.number if certificate else ""
    warnings = list(open_questions)
    if not person.is_name_confirmed:
        warnings.append(_("The holder has not confirmed the name."))
    urgency = _URGENCY[outcome]
    if open_questions and outcome in ("eligible", "not_reached"):
        urgency -= 1
    by_slots = grid.event.rule.kind in (RuleKind.SLOTS_PCT, RuleKind.ALL_SLOTS)
    percent = verdict.slots_percent if by_slots else verdict.minutes_percent
    return EligibilityRow(
        registration_id=row.registration_id,
        person_id=row.person_id,
        list_number=row.list_number,
        name=person.certificate_name,
        name_latin=person.name_latin,
        organisation=row.organisation,
        outcome=outcome,
        why=why(outcome, verdict, grid.event.rule, number, problem),
        help=help_for(grid, row, outcome, verdict, open_questions),
        warnings=tuple(warnings),
        number=number,
        credited_minutes=verdict.credited_minutes,
        counted_minutes=verdict.counted_minutes,
        percent=str(rounded(percent)),
        is_name_confirmed=person.is_name_confirmed,
        urgency=urgency,
    )


def _outcome(verdict: Verdict, certificate: _Issued | None, problem: str) -> Outcome:
    if certificate is not None:
        return "issued" if certificate.status == "issued" else "revoked"
    if not verdict.eligible:
        return "not_reached"
    return "blocked" if problem else "eligible"
