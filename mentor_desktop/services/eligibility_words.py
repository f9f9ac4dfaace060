"""Why somebody gets a certificate or not, and what would help, in sentences."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Literal

from mentor_desktop.i18n import N_, _, current_language
from mentor_desktop.services.attendance_marks import Status
from mentor_desktop.services.attendance_rules import (
    AttendanceRule,
    RuleKind,
    Verdict,
    credited_minutes,
    hours,
    judge,
    rounded,
)
from mentor_desktop.services.register import Cell, GridRow, RegisterGrid, shortfall, total_of

Outcome = Literal["blocked", "eligible", "not_reached", "issued", "revoked"]


def verdict_of(grid: RegisterGrid, row: GridRow, rule: AttendanceRule) -> Verdict:
    """Return whether a person reaches a rule, that of the workshop or another."""
    slots = [period.slot for period in grid.periods]
    marks = {slot.id: cell.mark for slot, cell in zip(slots, row.cells, strict=True)}
    return judge(slots, marks, rule)


def why(outcome: Outcome, verdict: Verdict, rule: AttendanceRule, number: str, problem: str) -> str:
    """Return the answer in a sentence; `number` is the certificate's, `problem` what blocks it."""
    if outcome == "issued":
        return _("Has certificate {number}.").format(number=number)
    if outcome == "revoked":
        return _("Certificate {number} was revoked.").format(number=number)
    if outcome == "blocked":
        return problem
    share = _share(verdict, rule)
    if outcome == "eligible":
        attended = current_language().number(hours(verdict.credited_minutes), 1)
        return " ".join([_("{hours} hours attended.").format(hours=attended), share])
    # What is missing comes first: a list may cut the rest.
    return " ".join([shortfall(verdict, rule.kind), share])


def _share(verdict: Verdict, rule: AttendanceRule) -> str:
    """Return what was attended in the terms of the rule, as a sentence."""
    number = current_language().number
    match rule.kind:
        case RuleKind.SLOTS_PCT:
            return _("{percent} % of the half-days; the rule asks for {rule} %.").format(
                percent=number(rounded(verdict.slots_percent), 1), rule=number(float(rule.percent))
            )
        case RuleKind.ALL_SLOTS:
            return _("{count} of {all} half-days.").format(
                count=verdict.credited_slots, all=verdict.counted_slots
            )
        case RuleKind.MINUTES_PCT:
            return _("{percent} % of the minutes; the rule asks for {rule} %.").format(
                percent=number(rounded(verdict.minutes_percent), 1),
                rule=number(float(rule.percent)),
            )
        case _:
            return _("{percent} % of the minutes.").format(
                percent=number(rounded(verdict.minutes_percent), 1)
            )


def open_questions_of(grid: RegisterGrid, row: GridRow) -> list[str]:
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


def help_for(
    grid: RegisterGrid,
    row: GridRow,
    outcome: Outcome,
    verdict: Verdict,
    open_questions: list[str],
) -> str:
    """Return what would change the answer; "" when nothing has to."""
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
        other = verdict_of(grid, row, replace(rule, kind=RuleKind.SLOTS_PCT))
        if other.eligible:
            return _(
                "By half-days it would be {percent} %, but this workshop counts minutes."
            ).format(percent=current_language().number(rounded(other.slots_percent), 1))
    if rule.kind is RuleKind.SLOTS_PCT:
        other = verdict_of(grid, row, replace(rule, kind=RuleKind.MINUTES_PCT))
        if other.eligible:
            return _(
                "By minutes it would be {percent} %, but this workshop counts half-days."
            ).format(percent=current_language().number(rounded(other.minutes_percent), 1))
    return ""
