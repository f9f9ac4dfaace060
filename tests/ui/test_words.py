"""Times, lengths and distances as people say them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from mentor_desktop.ui import words

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0 min"), (45, "45 min"), (60, "1 h"), (1020, "17 h"), (816, "13 h 36 min")],
)
def test_a_length_is_hours_and_minutes(minutes: int, text: str) -> None:
    assert words.length(minutes) == text


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2026-03-10", "2026-03-10", "today"),
        ("2026-03-09", "2026-03-11", "day 2 of 3"),
        ("2026-03-11", "2026-03-13", "tomorrow"),
        ("2026-03-15", "2026-03-15", "in 5 days"),
        ("2026-03-24", "2026-03-24", "in 2 weeks"),
        ("2026-06-10", "2026-06-10", "in 3 months"),
        ("2029-03-10", "2029-03-10", "in 3 years"),
        ("2026-03-08", "2026-03-09", "yesterday"),
        ("2026-03-01", "2026-03-03", "7 days ago"),
        ("2026-02-01", "2026-02-03", "5 weeks ago"),
        ("2024-01-01", "2024-01-02", "2 years ago"),
    ],
)
def test_a_period_is_as_far_away_as_people_say(first: str, last: str, text: str) -> None:
    period = date.fromisoformat(first), date.fromisoformat(last)
    assert words.distance(*period, TODAY) == text


def test_a_time_span_is_by_the_clocks_of_its_zone() -> None:
    starts = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
    ends = datetime(2026, 3, 10, 11, 30, tzinfo=UTC)
    assert words.time_span(starts, ends, ZoneInfo("Europe/Prague")) == "09:00–12:30"


def test_one_person_is_not_people() -> None:
    assert [words.people(count) for count in (1, 2)] == ["1 person", "2 people"]
