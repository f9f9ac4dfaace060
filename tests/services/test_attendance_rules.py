"""The worked figures of the attendance rules, and what must hold for any slot and any mark."""

import csv
import json
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop.services.attendance_marks import ATTENDED, Mark, Status
from mentor_desktop.services.attendance_rules import (
    AgendaItem,
    AttendanceRule,
    RuleKind,
    Slot,
    Verdict,
    attends_item,
    check_in_status,
    credited_minutes,
    forecast,
    hours,
    judge,
    missed_minutes,
    rounded,
)
from mentor_desktop.services.time_spans import Span

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
DAY = datetime(2026, 3, 10, tzinfo=UTC)
MINUTES_RULE = AttendanceRule()


def at(clock: str, day: int = 1) -> datetime:
    hour, minute = clock.split(":")
    return DAY + timedelta(days=day - 1, hours=int(hour), minutes=int(minute))


def span(start: str, end: str) -> Span:
    return Span(at(start), at(end))


def plan() -> dict[str, Slot]:
    items = defaultdict(list)
    with (SAMPLES / "workshop_plan.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = int(row["day"])
            counts = row["counts_for_attendance"] == "yes"
            item = AgendaItem(row["seq"], at(row["start"], day), at(row["end"], day), counts)
            items[row["slot"]].append(item)
    return {code: Slot(code, tuple(found)) for code, found in items.items()}


def mark(status: Status = Status.PRESENT, **fields: object) -> Mark:
    return replace(Mark(id="0" * 32, status=status), **fields)  # type: ignore[arg-type]


def morning() -> Slot:
    """09:30–12:30 with a break from 11:00 to 11:20: 160 counted minutes."""
    return Slot(
        "AM",
        (
            AgendaItem("arrive", at("09:00"), at("09:30"), counts=False),
            AgendaItem("first", at("09:30"), at("11:00"), counts=True),
            AgendaItem("break", at("11:00"), at("11:20"), counts=False),
            AgendaItem("second", at("11:20"), at("12:30"), counts=True),
        ),
    )


def judged(marks: dict[str, Mark], **rule: object) -> Verdict:
    full = {code: mark() for code in plan()}
    return judge(list(plan().values()), full | marks, AttendanceRule(**rule))  # type: ignore[arg-type]


CASES = {
    "A": ({}, 1020, "100.0", 6, "100.0", True),
    "B": ({"D1-AM": mark(Status.ABSENT)}, 900, "88.2", 5, "83.3", True),
    "C": ({"D1-PM": mark(Status.ABSENT)}, 810, "79.4", 5, "83.3", False),
    "D": (
        {
            "D3-PM": mark(Status.ABSENT),
            "D2-AM": mark(Status.LATE, arrived_at=at("09:25", 2)),
        },
        890,
        "87.3",
        5,
        "83.3",
        True,
    ),
    "E": (
        {"D1-AM": mark(Status.ABSENT), "D3-PM": mark(Status.EXCUSED)},
        795,
        "77.9",
        4,
        "66.7",
        False,
    ),
    "F": (
        {
            "D3-PM": mark(Status.ABSENT),
            # Leaving at 15:11 misses 9 minutes before the break and the 90 after it.
            "D2-PM": mark(Status.LEFT_EARLY, left_at=at("15:11", 2)),
        },
        816,
        "80.0",
        5,
        "83.3",
        True,
    ),
    "G": (
        {
            "D3-PM": mark(Status.ABSENT),
            "D2-PM": mark(Status.LEFT_EARLY, left_at=at("15:10", 2)),
        },
        815,
        "79.9",
        5,
        "83.3",
        False,
    ),
}


def test_a_rule_that_only_a_newer_program_knows_asks_for_everything() -> None:
    assert [RuleKind.stored(one) for one in RuleKind] == list(RuleKind)
    assert RuleKind.stored("by_dice") is RuleKind.ALL_SLOTS


def test_the_sample_plan_counts_1020_minutes() -> None:
    minutes = {code: slot.counted_minutes for code, slot in plan().items()}
    assert list(minutes.values()) == [120, 210, 195, 195, 195, 105]
    assert hours(sum(minutes.values())) == Decimal("17.0")


@pytest.mark.parametrize("case", CASES)
def test_the_worked_table_holds(case: str) -> None:
    marks, credited, minutes_shown, slots, slots_shown, eligible = CASES[case]
    verdict = judged(marks)
    assert verdict.credited_minutes == credited
    assert verdict.counted_minutes == 1020
    assert verdict.required_minutes == 816
    assert verdict.missing_minutes == max(0, 816 - credited)
    assert str(rounded(verdict.minutes_percent)) == minutes_shown
    assert (verdict.credited_slots, verdict.counted_slots) == (slots, 6)
    assert str(rounded(verdict.slots_percent)) == slots_shown
    assert verdict.eligible is eligible


def test_the_half_day_rule_says_yes_where_the_minutes_rule_says_no() -> None:
    marks, *_ = CASES["C"]
    assert judged(marks, kind=RuleKind.SLOTS_PCT).eligible
    assert not judged(marks, kind=RuleKind.MINUTES_PCT).eligible


def test_half_days_rule_names_the_slots_that_are_missing() -> None:
    marks, *_ = CASES["E"]
    verdict = judged(marks, kind=RuleKind.SLOTS_PCT)
    assert not verdict.eligible
    assert (verdict.required_slots, verdict.missing_slots, verdict.required_minutes) == (5, 1, 0)


def test_all_slots_needs_a_minute_in_every_slot() -> None:
    late = {"D1-PM": mark(Status.LATE, arrived_at=at("17:00"))}
    assert judged(late, kind=RuleKind.ALL_SLOTS).eligible
    gone = judged({"D1-PM": mark(Status.ABSENT)}, kind=RuleKind.ALL_SLOTS)
    assert not gone.eligible
    assert gone.missing_slots == 1


def test_rule_none_asks_nothing() -> None:
    assert judge(list(plan().values()), {}, AttendanceRule(kind=RuleKind.NONE)).eligible


@pytest.mark.parametrize(
    ("arrival", "missed"), [("09:30", 0), ("09:40", 0), ("09:41", 11), ("09:00", 0), ("13:00", 160)]
)
def test_grace_forgives_ten_minutes_of_arriving_and_not_eleven(arrival: str, missed: int) -> None:
    assert missed_minutes(morning(), mark(Status.LATE, arrived_at=at(arrival))) == missed


@pytest.mark.parametrize(("leaving", "missed"), [("12:30", 0), ("12:20", 0), ("12:19", 11)])
def test_grace_forgives_ten_minutes_of_leaving_and_not_eleven(leaving: str, missed: int) -> None:
    assert missed_minutes(morning(), mark(Status.LEFT_EARLY, left_at=at(leaving))) == missed


def test_grace_applies_to_the_arrival_and_to_the_leaving() -> None:
    both = mark(Status.PARTIAL, arrived_at=at("09:40"), left_at=at("12:20"))
    assert missed_minutes(morning(), both) == 0
    late_only = mark(Status.PARTIAL, arrived_at=at("09:41"), left_at=at("12:20"))
    assert missed_minutes(morning(), late_only) == 11


def test_seconds_do_not_turn_ten_minutes_into_eleven() -> None:
    shown_as_0940 = at("09:40") + timedelta(seconds=59)
    assert missed_minutes(morning(), mark(Status.LATE, arrived_at=shown_as_0940)) == 0
    assert check_in_status(morning(), shown_as_0940) is Status.PRESENT


def test_a_break_is_no_missed_time() -> None:
    assert missed_minutes(morning(), mark(Status.LATE, arrived_at=at("11:20"))) == 90
    over_break = mark(Status.PARTIAL, gaps=(span("10:55", "11:25"),))
    assert missed_minutes(morning(), over_break) == 0


def test_overlapping_gaps_count_once() -> None:
    gaps = (span("09:50", "10:20"), span("10:00", "10:30"), span("10:30", "10:35"))
    assert missed_minutes(morning(), mark(Status.PARTIAL, gaps=gaps)) == 45


def test_a_gap_that_touches_the_arrival_is_one_stretch_of_absence() -> None:
    touching = mark(Status.PARTIAL, arrived_at=at("09:36"), gaps=(span("09:36", "09:42"),))
    assert missed_minutes(morning(), touching) == 12


def test_two_short_gaps_are_each_forgiven() -> None:
    gaps = (span("09:50", "10:00"), span("10:20", "10:30"))
    assert missed_minutes(morning(), mark(Status.PARTIAL, gaps=gaps)) == 0


@pytest.mark.parametrize(
    ("status", "credited"),
    [
        (Status.EXPECTED, 0),
        (Status.PRESENT, 160),
        (Status.REMOTE, 160),
        (Status.EXCUSED, 0),
        (Status.ABSENT, 0),
        (Status.NOT_REQUIRED, 0),
    ],
)
def test_a_status_without_times_is_worth(status: Status, credited: int) -> None:
    assert credited_minutes(morning(), mark(status), MINUTES_RULE) == credited


def test_no_mark_is_worth_nothing() -> None:
    assert credited_minutes(morning(), None, MINUTES_RULE) == 0


def test_a_workshop_can_refuse_to_count_remote() -> None:
    in_the_room = AttendanceRule(remote_counts=False)
    assert credited_minutes(morning(), mark(Status.REMOTE), in_the_room) == 0
    assert credited_minutes(morning(), mark(Status.PRESENT), in_the_room) == 160


def test_not_required_leaves_numerator_and_denominator() -> None:
    verdict = judged({"D1-AM": mark(Status.NOT_REQUIRED), "D1-PM": mark(Status.NOT_REQUIRED)})
    assert (verdict.credited_minutes, verdict.counted_minutes) == (690, 690)
    assert (verdict.credited_slots, verdict.counted_slots) == (4, 4)
    assert verdict.required_minutes == 552


@pytest.mark.parametrize("kind", [kind for kind in RuleKind if kind is not RuleKind.NONE])
def test_required_nowhere_reaches_no_rule(kind: RuleKind) -> None:
    marks = {code: mark(Status.NOT_REQUIRED) for code in plan()}
    assert not judged(marks, kind=kind, item_ids=frozenset({"3"})).eligible


@pytest.mark.parametrize(("override", "credited"), [(45, 45), (0, 0), (500, 160), (-3, 0)])
def test_an_override_replaces_the_times_within_the_slot(override: int, credited: int) -> None:
    late = mark(Status.LATE, arrived_at=at("10:30"), minutes_override=override)
    assert credited_minutes(morning(), late, MINUTES_RULE) == credited


def test_an_override_does_not_turn_an_absence_into_attendance() -> None:
    excused = mark(Status.EXCUSED, minutes_override=60)
    assert credited_minutes(morning(), excused, MINUTES_RULE) == 0


def test_parallel_items_count_once() -> None:
    items = (
        AgendaItem("a", at("09:00"), at("10:30"), counts=True),
        AgendaItem("b", at("09:30"), at("10:45"), counts=True),
    )
    assert Slot("AM", items).counted_minutes == 105


def test_a_slot_in_which_nothing_counts_is_in_no_sum() -> None:
    dinner = Slot("D1-EV", (AgendaItem("x", at("19:00"), at("22:00"), counts=False),))
    rule = AttendanceRule(kind=RuleKind.ALL_SLOTS)
    verdict = judge([morning(), dinner], {"AM": mark()}, rule)
    assert verdict.eligible
    assert verdict.counted_slots == 1


def test_exactly_on_the_line_is_enough_whatever_the_fraction() -> None:
    third = AttendanceRule(percent=Fraction(200, 3))
    hour = Slot("AM", (AgendaItem("a", at("09:00"), at("12:00"), counts=True),))
    reached = judge([hour], {"AM": mark(Status.LATE, arrived_at=at("10:00"))}, third)
    missed = judge([hour], {"AM": mark(Status.LATE, arrived_at=at("10:01"))}, third)
    assert (reached.eligible, missed.eligible) == (True, False)
    assert reached.required_minutes == 120


@pytest.mark.parametrize(
    ("now", "status"),
    [
        ("09:05", Status.PRESENT),
        ("09:30", Status.PRESENT),
        ("09:40", Status.PRESENT),
        ("09:41", Status.LATE),
    ],
)
def test_a_check_in_after_start_and_grace_is_late(now: str, status: Status) -> None:
    assert check_in_status(morning(), at(now)) is status


def test_lunch_at_the_head_of_a_slot_makes_nobody_late() -> None:
    afternoon = plan()["D1-PM"]
    assert check_in_status(afternoon, at("13:40")) is Status.PRESENT
    assert check_in_status(afternoon, at("13:41")) is Status.LATE


def test_named_items_ask_for_those_items_only() -> None:
    rule = AttendanceRule(kind=RuleKind.NAMED_ITEMS, item_ids=frozenset({"second"}))
    late = judge([morning()], {"AM": mark(Status.LATE, arrived_at=at("11:05"))}, rule)
    left = judge([morning()], {"AM": mark(Status.LEFT_EARLY, left_at=at("12:00"))}, rule)
    assert late.eligible
    assert not left.eligible
    assert left.missing_item_ids == ("second",)


def test_a_rule_that_names_no_item_is_reached_by_nobody() -> None:
    rule = AttendanceRule(kind=RuleKind.NAMED_ITEMS)
    assert not judge([morning()], {"AM": mark()}, rule).eligible


def test_an_item_shorter_than_the_grace_can_still_be_missed() -> None:
    short = AgendaItem("vote", at("09:30"), at("09:35"), counts=True)
    slot = Slot("AM", (short, AgendaItem("talk", at("09:35"), at("11:00"), counts=True)))
    late = mark(Status.LATE, arrived_at=at("09:35"))
    assert not attends_item(slot, short, late, MINUTES_RULE)
    assert attends_item(slot, slot.items[1], late, MINUTES_RULE)


def test_an_override_attends_an_item_only_when_it_covers_the_slot() -> None:
    item = morning().items[1]
    assert attends_item(morning(), item, mark(minutes_override=160), MINUTES_RULE)
    assert not attends_item(morning(), item, mark(minutes_override=159), MINUTES_RULE)


def test_the_forecast_takes_what_is_still_to_come_as_attended() -> None:
    slots = list(plan().values())
    marks = {"D1-AM": mark(Status.ABSENT), "D1-PM": mark()}
    hoped = forecast(slots, marks, MINUTES_RULE, now=at("11:00", 2))
    # On day 2 at 11:00 the running morning is worth what is left of it: 95 of 195 minutes.
    assert hoped.credited_minutes == 210 + 95 + 195 + 195 + 105
    assert hoped.missing_minutes == 16


def test_the_forecast_gives_nothing_for_a_slot_that_is_over() -> None:
    slots = list(plan().values())
    hoped = forecast(slots, {}, MINUTES_RULE, now=at("17:20", 1))
    assert hoped.credited_minutes == 1020 - 120 - 210


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(81000, 1020), "79.4"),
        (Fraction(1, 20), "0.1"),
        (Fraction(795, 60), "13.3"),
        (Fraction(9995, 100), "100.0"),
        (Fraction(0), "0.0"),
    ],
)
def test_display_rounds_half_up(value: Fraction, shown: str) -> None:
    assert str(rounded(value)) == shown


minutes_of_day = st.integers(min_value=8 * 60, max_value=14 * 60)
moments = minutes_of_day.map(lambda minute: DAY + timedelta(minutes=minute))
gap_lists = st.lists(st.builds(Span, moments, moments), max_size=5).map(tuple)
marks_of_any_kind = st.builds(
    Mark,
    id=st.just("0" * 32),
    status=st.sampled_from(Status),
    arrived_at=st.none() | moments,
    left_at=st.none() | moments,
    gaps=gap_lists,
    minutes_override=st.none() | st.integers(-50, 500),
)
slots_of_any_kind = st.lists(
    st.builds(AgendaItem, st.text("ab", max_size=3), moments, moments, st.booleans()), max_size=6
).map(lambda items: Slot("AM", tuple(items)))


@given(slots_of_any_kind, marks_of_any_kind, st.integers(0, 60), st.booleans())
def test_credit_is_never_below_zero_nor_above_the_slot(
    slot: Slot, found: Mark, grace: int, remote: bool
) -> None:
    rule = AttendanceRule(grace_min=grace, remote_counts=remote)
    credited = credited_minutes(slot, found, rule)
    assert 0 <= credited <= slot.counted_minutes
    assert credited == 0 or found.status in ATTENDED


@given(slots_of_any_kind, gap_lists, st.randoms(use_true_random=False))
def test_the_order_of_gaps_and_of_items_changes_nothing(slot: Slot, gaps, random) -> None:
    shuffled_gaps = tuple(random.sample(gaps, len(gaps)))
    shuffled = Slot("AM", tuple(random.sample(slot.items, len(slot.items))))
    one = missed_minutes(slot, mark(Status.PARTIAL, gaps=gaps))
    other = missed_minutes(shuffled, mark(Status.PARTIAL, gaps=shuffled_gaps))
    assert one == other


@given(slots_of_any_kind, gap_lists)
def test_without_grace_missed_minutes_are_the_minutes_of_the_union(slot: Slot, gaps) -> None:
    def is_in(spans, minute: datetime) -> bool:
        return any(s.starts_at <= minute < s.ends_at for s in spans)

    counting = [item for item in slot.items if item.counts]
    minutes = [DAY + timedelta(minutes=m) for m in range(8 * 60, 14 * 60)]
    by_counting = sum(is_in(counting, m) and is_in(gaps, m) for m in minutes)
    assert missed_minutes(slot, mark(Status.PARTIAL, gaps=gaps), grace_min=0) == by_counting


@given(slots_of_any_kind, gap_lists, moments)
def test_one_more_gap_never_adds_credit(slot: Slot, gaps, moment: datetime) -> None:
    more = (*gaps, Span(moment, moment + timedelta(minutes=25)))
    fewer = missed_minutes(slot, mark(Status.PARTIAL, gaps=gaps))
    assert missed_minutes(slot, mark(Status.PARTIAL, gaps=more)) >= fewer


@given(st.lists(marks_of_any_kind, min_size=6, max_size=6), st.sampled_from(RuleKind))
def test_the_minutes_a_verdict_asks_for_are_the_least_that_is_enough(found, kind) -> None:
    slots = list(plan().values())
    verdict = judge(slots, dict(zip(plan(), found, strict=True)), AttendanceRule(kind=kind))
    assert 0 <= verdict.credited_minutes <= verdict.counted_minutes
    if kind is RuleKind.MINUTES_PCT and verdict.counted_minutes:
        assert verdict.eligible == (verdict.missing_minutes == 0)
    if kind is RuleKind.SLOTS_PCT and verdict.counted_slots:
        assert verdict.eligible == (verdict.missing_slots == 0)


def test_the_sample_attendance_gives_the_expected_sums() -> None:
    expected = json.loads((SAMPLES / "expected_sums.json").read_text(encoding="utf-8"))[
        "attendance"
    ]
    people: dict[str, dict[str, Mark]] = defaultdict(dict)
    with (SAMPLES / "attendance.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = int(row["slot"][1])
            arrived, left = (
                at(row[column], day) if row[column] else None
                for column in ("arrived_at", "left_at")
            )
            found = mark(Status(row["status"]), arrived_at=arrived, left_at=left)
            people[row["participant_id"]][row["slot"]] = found
    slots = list(plan().values())
    for kind, eligible in expected["eligible"].items():
        rule = AttendanceRule(kind=RuleKind(kind))
        verdicts = {person: judge(slots, marks, rule) for person, marks in people.items()}
        assert sum(verdict.eligible for verdict in verdicts.values()) == eligible, kind
    assert (
        sum(verdict.credited_minutes for verdict in verdicts.values())
        == expected["credited_minutes"]
    )
    for case in expected["cases"].values():
        verdict = verdicts[case["participant_id"]]
        assert verdict.credited_minutes == case["credited_minutes"]
        assert str(rounded(verdict.minutes_percent)) == case["minutes_percent"]
        assert str(rounded(verdict.slots_percent)) == case["half_days_percent"]
