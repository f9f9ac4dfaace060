"""Attendance rules: which minutes count, and who reaches the rule of a workshop.

Pure arithmetic on frozen dataclasses; no database, no clock, no text for people. Times are aware
UTC datetimes and count in whole minutes. Shares are exact fractions; only `rounded` and `hours` are
for display. Which of several marks counts is decided in `attendance_marks`.
Source: attendance rules with the worked table A–G (tests/services/test_attendance_rules.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from mentor_desktop.services.attendance_marks import ATTENDED, Mark, Status
from mentor_desktop.services.time_spans import (
    MINUTE,
    Span,
    minutes_of,
    overlap,
    union,
    whole_minute,
)

DEFAULT_GRACE_MIN = 10
DEFAULT_PERCENT = Fraction(80)


class RuleKind(StrEnum):
    """The condition for a certificate of attendance."""

    MINUTES_PCT = "minutes_pct"
    SLOTS_PCT = "slots_pct"
    ALL_SLOTS = "all_slots"
    NAMED_ITEMS = "named_items"
    NONE = "none"

    @classmethod
    def stored(cls, text: str) -> "RuleKind":
        """Return a stored condition; for one that only a newer program knows, the strictest.

        So nobody is given a certificate that the workshop's own rule would not give.
        """
        return _STORED.get(text, cls.ALL_SLOTS)


_STORED = {one.value: one for one in RuleKind}


@dataclass(frozen=True)
class AgendaItem:
    """One line of the agenda; breaks and meals have `counts` false."""

    id: str
    starts_at: datetime
    ends_at: datetime
    counts: bool


@dataclass(frozen=True)
class Slot:
    """A signature period with its agenda items, in any order."""

    id: str
    items: tuple[AgendaItem, ...]

    @cached_property
    def counted_spans(self) -> tuple[Span, ...]:
        """The union of the counting items, earliest first."""
        return union(Span(i.starts_at, i.ends_at) for i in self.items if i.counts)

    @cached_property
    def counted_minutes(self) -> int:
        """Minutes of the slot that count; parallel items count once."""
        return sum(minutes_of(span) for span in self.counted_spans)

    @property
    def starts_at(self) -> datetime | None:
        """The first counted minute, from which lateness runs; none when nothing counts."""
        return self.counted_spans[0].starts_at if self.counted_spans else None

    @property
    def ends_at(self) -> datetime | None:
        """The end of the last counted minute; none when nothing counts."""
        return self.counted_spans[-1].ends_at if self.counted_spans else None


@dataclass(frozen=True)
class AttendanceRule:
    """The rule of one workshop; `percent` is used by the two percentage kinds only.

    80 % is custom, not law: some funders and accreditors set other values.
    """

    kind: RuleKind = RuleKind.MINUTES_PCT
    percent: Fraction = DEFAULT_PERCENT
    item_ids: frozenset[str] = frozenset()
    grace_min: int = DEFAULT_GRACE_MIN
    remote_counts: bool = True


@dataclass(frozen=True)
class Verdict:
    """Whether a person reaches the rule, and by how much not.

    `counted_minutes` and `counted_slots` are the denominators: everything the person was required
    to attend. `required_minutes` is what the rule asks of them in `minutes_pct` (0 in other
    kinds), `required_slots` likewise in `slots_pct` and `all_slots`. `missing_item_ids` follows the
    order of the agenda.
    """

    eligible: bool
    credited_minutes: int
    counted_minutes: int
    required_minutes: int
    credited_slots: int
    counted_slots: int
    required_slots: int
    missing_item_ids: tuple[str, ...] = ()

    @property
    def missing_minutes(self) -> int:
        """Minutes short of the rule."""
        return max(0, self.required_minutes - self.credited_minutes)

    @property
    def missing_slots(self) -> int:
        """Slots short of the rule."""
        return max(0, self.required_slots - self.credited_slots)

    @property
    def minutes_percent(self) -> Fraction:
        """Credited of counted minutes times 100, exact; 0 when nothing counts."""
        return _percent(self.credited_minutes, self.counted_minutes)

    @property
    def slots_percent(self) -> Fraction:
        """Credited of counted slots times 100, exact; 0 when nothing counts."""
        return _percent(self.credited_slots, self.counted_slots)


def check_in_status(slot: Slot, now: datetime, *, grace_min: int = DEFAULT_GRACE_MIN) -> Status:
    """Return what a check-in gets now: `late` after the first counted minute plus grace."""
    if slot.starts_at is None:
        return Status.PRESENT
    late_after = slot.starts_at + grace_min * MINUTE
    return Status.LATE if whole_minute(now) > late_after else Status.PRESENT


def missed_minutes(slot: Slot, mark: Mark, *, grace_min: int = DEFAULT_GRACE_MIN) -> int:
    """Return the counted minutes the person was away according to the times of the mark.

    Time before arriving, after leaving, and gaps are united first. Each stretch of absence is then
    forgiven when it takes at most `grace_min` counted minutes; else all its minutes are missed.
    """
    lost = (overlap(away, slot.counted_spans) for away in _absences(slot, mark))
    return sum(minutes for minutes in lost if minutes > grace_min)


def credited_minutes(slot: Slot, mark: Mark | None, rule: AttendanceRule) -> int:
    """Return the minutes of the slot this mark is worth, from 0 to the counted minutes.

    An override replaces what the times say, but never turns an absence into an attendance.
    """
    if mark is None or not _is_attended(mark, rule):
        return 0
    if mark.minutes_override is not None:
        return min(max(mark.minutes_override, 0), slot.counted_minutes)
    return slot.counted_minutes - missed_minutes(slot, mark, grace_min=rule.grace_min)


def judge(slots: Sequence[Slot], marks: Mapping[str, Mark | None], rule: AttendanceRule) -> Verdict:
    """Return whether one person reaches the rule, from the counting mark by slot id.

    Slots that are `not_required`, or in which nothing counts, are in no sum. Whoever is required
    nowhere reaches no rule except `none`.
    """
    asked = [slot for slot in slots if not _is_not_required(marks.get(slot.id))]
    credited = [
        (credited_minutes(slot, marks.get(slot.id), rule), slot.counted_minutes)
        for slot in asked
        if slot.counted_minutes
    ]
    counted_minutes = sum(counted for _, counted in credited)
    required_minutes, required_slots = _requirements(rule, counted_minutes, len(credited))
    verdict = Verdict(
        eligible=False,
        credited_minutes=sum(minutes for minutes, _ in credited),
        counted_minutes=counted_minutes,
        required_minutes=required_minutes,
        credited_slots=sum(minutes > 0 for minutes, _ in credited),
        counted_slots=len(credited),
        required_slots=required_slots,
        missing_item_ids=_missing_items(asked, marks, rule),
    )
    return replace(verdict, eligible=_is_eligible(verdict, asked, rule))


def forecast(
    slots: Sequence[Slot],
    marks: Mapping[str, Mark | None],
    rule: AttendanceRule,
    *,
    now: datetime,
) -> Verdict:
    """Return the verdict if the person is present from now to the end.

    Slots without a mark that are still to come count in full, the running one from now on; a slot
    that is over stays as it is.
    """
    return judge(
        slots, {slot.id: _hoped_for(slot, marks.get(slot.id), now) for slot in slots}, rule
    )


def attends_item(slot: Slot, item: AgendaItem, mark: Mark | None, rule: AttendanceRule) -> bool:
    """Return whether the person took part in one agenda item, grace forgiven.

    An override says how many minutes, not which, so it answers only when it covers the slot.
    """
    if mark is None or not _is_attended(mark, rule):
        return False
    if mark.minutes_override is not None:
        return mark.minutes_override >= slot.counted_minutes
    span = Span(whole_minute(item.starts_at), whole_minute(item.ends_at))
    lost = [overlap(away, (span,)) for away in _absences(slot, mark)]
    return sum(lost) < max(minutes_of(span), 1) and all(m <= rule.grace_min for m in lost)


def rounded(value: Fraction, decimals: int = 1) -> Decimal:
    """Return the value for display, rounded half up: 79.411… gives 79.4, 13.25 gives 13.3."""
    scale = 10**decimals
    return Decimal((value * scale + Fraction(1, 2)).__floor__()).scaleb(-decimals)


def hours(minutes: int) -> Decimal:
    """Return minutes as hours with one decimal for display: 1020 gives 17.0."""
    return rounded(Fraction(minutes, 60))


def _is_attended(mark: Mark, rule: AttendanceRule) -> bool:
    return mark.status in ATTENDED and (mark.status is not Status.REMOTE or rule.remote_counts)


def _is_not_required(mark: Mark | None) -> bool:
    return mark is not None and mark.status is Status.NOT_REQUIRED


def _requirements(rule: AttendanceRule, minutes: int, slots: int) -> tuple[int, int]:
    """Return the smallest whole numbers of minutes and of slots that satisfy the rule."""
    share = rule.percent / 100
    if rule.kind is RuleKind.MINUTES_PCT:
        return (share * minutes).__ceil__(), 0
    if rule.kind is RuleKind.SLOTS_PCT:
        return 0, (share * slots).__ceil__()
    return 0, slots if rule.kind is RuleKind.ALL_SLOTS else 0


def _missing_items(
    asked: Sequence[Slot], marks: Mapping[str, Mark | None], rule: AttendanceRule
) -> tuple[str, ...]:
    if rule.kind is not RuleKind.NAMED_ITEMS:
        return ()
    missing = (
        item
        for slot in asked
        for item in slot.items
        if item.id in rule.item_ids and not attends_item(slot, item, marks.get(slot.id), rule)
    )
    return tuple(item.id for item in sorted(missing, key=lambda item: (item.starts_at, item.id)))


def _is_eligible(verdict: Verdict, asked: Sequence[Slot], rule: AttendanceRule) -> bool:
    match rule.kind:
        case RuleKind.NONE:
            return True
        case RuleKind.NAMED_ITEMS:
            named = any(item.id in rule.item_ids for slot in asked for item in slot.items)
            return named and not verdict.missing_item_ids
        case RuleKind.MINUTES_PCT:
            return verdict.counted_minutes > 0 and verdict.minutes_percent >= rule.percent
        case RuleKind.SLOTS_PCT:
            return verdict.counted_slots > 0 and verdict.slots_percent >= rule.percent
        case RuleKind.ALL_SLOTS:
            return 0 < verdict.counted_slots == verdict.credited_slots


def _hoped_for(slot: Slot, mark: Mark | None, now: datetime) -> Mark | None:
    is_open = mark is None or mark.status is Status.EXPECTED
    if not is_open or slot.starts_at is None or slot.ends_at is None or now >= slot.ends_at:
        return mark
    return Mark(id="", status=Status.PRESENT, arrived_at=max(now, slot.starts_at))


def _absences(slot: Slot, mark: Mark) -> tuple[Span, ...]:
    """Return the stretches within the slot in which the person was away, united, earliest first."""
    first = min((item.starts_at for item in slot.items), default=None)
    last = max((item.ends_at for item in slot.items), default=None)
    if first is None or last is None:
        return ()
    away = list(mark.gaps)
    if mark.arrived_at is not None:
        away.append(Span(first, mark.arrived_at))
    if mark.left_at is not None:
        away.append(Span(mark.left_at, last))
    return union(away)


def _percent(part: int, whole: int) -> Fraction:
    return Fraction(100 * part, whole) if whole else Fraction(0)
