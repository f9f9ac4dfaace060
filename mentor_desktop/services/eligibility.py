"""Who gets a certificate of attendance, why not, and what would help. One row a person.

Source: attendance rules; certificate rules, checks before issuing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from mentor_desktop.documents.certificate_layout import NAME_MAX_LINES, boxes_for, fit_name
from mentor_desktop.documents.fonts import FontError, load_fonts, missing_characters
from mentor_desktop.i18n import N_, _, current_language
from mentor_desktop.services.attendance_marks import Status
from mentor_desktop.services.attendance_reading import event_of
from mentor_desktop.services.attendance_rules import (
    AttendanceRule,
    RuleKind,
    Verdict,
    credited_minutes,
    hours,
    judge,
    rounded,
)
from mentor_desktop.services.certificate_numbers import full_number
from mentor_desktop.services.register import (
    Cell,
    GridRow,
    RegisterGrid,
    register_grid,
    shortfall,
    total_of,
)
from mentor_desktop.services.roster import RosterLine, roster
from mentor_desktop.store.unit_of_work import Reader

Outcome = Literal["blocked", "eligible", "not_reached", "issued", "revoked"]

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
    event_of(uow.raw, workshop_id)
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
    verdict = _verdict(grid, row, grid.event.rule)
    problem = look(person.certificate_name)
    open_questions = _open_questions(grid, row)
    outcome = _outcome(verdict, certificate, problem)
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
        why=_why(outcome, verdict, grid.event.rule, certificate, problem),
        help=_help(grid, row, outcome, verdict, open_questions),
        warnings=tuple(warnings),
        number=certificate.number if certificate else "",
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


def _why(
    outcome: Outcome,
    verdict: Verdict,
    rule: AttendanceRule,
    certificate: _Issued | None,
    problem: str,
) -> str:
    if certificate is not None:
        if outcome == "issued":
            return _("Has certificate {number}.").format(number=certificate.number)
        return _("Certificate {number} was revoked.").format(number=certificate.number)
    if problem:
        return problem
    if outcome == "eligible":
        return _("{hours} hours, {share}.").format(
            hours=current_language().number(hours(verdict.credited_minutes), 1),
            share=_share(verdict, rule),
        )
    return _("{share}. {missing}").format(
        share=_share(verdict, rule), missing=shortfall(verdict, rule.kind)
    )


def _share(verdict: Verdict, rule: AttendanceRule) -> str:
    """Return what was attended in the terms of the rule, "79.4 % of the minutes (rule: 80 %)"."""
    number = current_language().number
    match rule.kind:
        case RuleKind.SLOTS_PCT:
            return _("{percent} % of the half-days, the rule asks for {rule} %").format(
                percent=number(rounded(verdict.slots_percent), 1), rule=number(float(rule.percent))
            )
        case RuleKind.ALL_SLOTS:
            return _("{count} of {all} half-days").format(
                count=verdict.credited_slots, all=verdict.counted_slots
            )
        case RuleKind.MINUTES_PCT:
            return _("{percent} % of the minutes, the rule asks for {rule} %").format(
                percent=number(rounded(verdict.minutes_percent), 1),
                rule=number(float(rule.percent)),
            )
        case _:
            return _("{percent} % of the minutes").format(
                percent=number(rounded(verdict.minutes_percent), 1)
            )


def _open_questions(grid: RegisterGrid, row: GridRow) -> list[str]:
    """Return what the register leaves unclear about one person, most urgent first."""
    unclear: dict[str, list[str]] = defaultdict(list)
    for period, cell in zip(grid.periods, row.cells, strict=True):
        for question in _questions_of(cell, is_over=period.ends_at <= grid.now):
            unclear[question].append(period.code)
    return [
        _(_QUESTIONS[question]).format(slots=", ".join(unclear[question]))
        for question in _QUESTIONS
        if question in unclear
    ]


def _questions_of(cell: Cell, *, is_over: bool) -> Iterable[str]:
    if cell.has_conflict:
        yield "conflict"
    if cell.lacks_times:
        yield "time"
    if cell.signed is False and cell.status is not Status.EXPECTED:
        yield "unsigned"
    if cell.is_unchecked:
        yield "unchecked"
    if is_over and cell.status is Status.EXPECTED:
        yield "open"


_QUESTIONS: Final = {
    "conflict": N_("Two laptops differ about {slots}: choose which mark counts."),
    "time": N_("A time is missing in {slots}, so no minutes are taken off: enter it."),
    "unsigned": N_("Marked but not signed on paper: {slots}."),
    "unchecked": N_("Marked for everybody at once in {slots}: compare with the paper list."),
    "open": N_("Nobody marked anything in {slots}: compare with the paper list."),
}


def _help(
    grid: RegisterGrid,
    row: GridRow,
    outcome: Outcome,
    verdict: Verdict,
    open_questions: list[str],
) -> str:
    if outcome == "blocked":
        return _("Agree on another form with the holder and enter it as the name on certificates.")
    if outcome != "not_reached":
        return ""
    sentences = open_questions[:1]
    if not sentences and total_of(grid, row).can_reach:
        sentences = [_("Being present from now to the end is enough.")]
    if not sentences and verdict.counted_minutes:
        sentences = [
            _(
                "Missed: {slots}. If the paper shows a signature there, correct the register."
            ).format(slots=_missed(grid, row))
        ]
    other = _other_rule(grid, row)
    return " ".join([*sentences, other]).strip()


def _missed(grid: RegisterGrid, row: GridRow) -> str:
    parts = []
    for period, cell in zip(grid.periods, row.cells, strict=True):
        credited = credited_minutes(period.slot, cell.mark, grid.event.rule)
        missed = period.slot.counted_minutes - credited
        if missed and cell.status is not Status.NOT_REQUIRED:
            parts.append(_("{slot} {minutes} min").format(slot=period.code, minutes=missed))
    return ", ".join(parts)


def _other_rule(grid: RegisterGrid, row: GridRow) -> str:
    """Return a remark when the other common rule would say yes, so that nobody argues past it."""
    rule = grid.event.rule
    if rule.kind is RuleKind.MINUTES_PCT:
        other = _verdict(grid, row, replace(rule, kind=RuleKind.SLOTS_PCT))
        if other.eligible:
            return _(
                "By half-days it would be {percent} %, but this workshop counts minutes."
            ).format(percent=current_language().number(rounded(other.slots_percent), 1))
    if rule.kind is RuleKind.SLOTS_PCT:
        other = _verdict(grid, row, replace(rule, kind=RuleKind.MINUTES_PCT))
        if other.eligible:
            return _(
                "By minutes it would be {percent} %, but this workshop counts half-days."
            ).format(percent=current_language().number(rounded(other.minutes_percent), 1))
    return ""


def _verdict(grid: RegisterGrid, row: GridRow, rule: AttendanceRule) -> Verdict:
    slots = [period.slot for period in grid.periods]
    marks = {slot.id: cell.mark for slot, cell in zip(slots, row.cells, strict=True)}
    return judge(slots, marks, rule)
