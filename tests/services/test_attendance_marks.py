"""Which of several marks counts, however the laptops exchanged them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop.services.attendance_marks import Mark, Status, current_marks, resolve
from mentor_desktop.services.time_spans import Span

NINE = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def mark(
    number: int,
    status: Status = Status.PRESENT,
    *,
    device: str = "A",
    supersedes: tuple[int, ...] = (),
    arrived_at: datetime | None = None,
    gaps: tuple[Span, ...] = (),
    minutes_override: int | None = None,
) -> Mark:
    return Mark(
        id=f"{number:032x}",
        status=status,
        device=device,
        arrived_at=arrived_at,
        gaps=gaps,
        minutes_override=minutes_override,
        supersedes=frozenset(f"{old:032x}" for old in supersedes),
    )


def test_what_only_a_newer_program_can_say_is_nothing_here() -> None:
    assert [Status.stored(one) for one in Status] == list(Status)
    assert Status.stored("on_the_roof") is Status.EXPECTED


def test_no_mark_means_nothing_counts_and_nothing_conflicts() -> None:
    found = resolve([])
    assert (found.current, found.counting, found.has_conflict) == ((), None, False)


def test_a_correction_takes_the_place_of_what_its_author_saw() -> None:
    first, corrected = mark(1), mark(2, Status.LATE, supersedes=(1,))
    found = resolve([first, corrected])
    assert found.current == (corrected,)
    assert found.counting == corrected
    assert not found.has_conflict


def test_a_correction_by_a_laptop_whose_clock_is_slow_still_counts() -> None:
    seen, corrected = mark(9), mark(2, Status.ABSENT, device="B", supersedes=(9,))
    assert resolve([seen, corrected]).counting == corrected


def test_equal_marks_of_two_laptops_are_silent() -> None:
    found = resolve([mark(1, device="A"), mark(2, device="B")])
    assert not found.has_conflict
    assert found.counting == mark(2, device="B")


def test_different_marks_of_two_laptops_conflict_and_the_larger_version_counts() -> None:
    here, there = mark(1, Status.PRESENT), mark(2, Status.ABSENT, device="B")
    found = resolve([there, here])
    assert found.has_conflict
    assert found.current == (here, there)
    assert found.counting == there


def test_two_corrections_of_the_same_mark_conflict() -> None:
    late = mark(2, Status.LATE, supersedes=(1,), arrived_at=NINE)
    absent = mark(3, Status.ABSENT, device="B", supersedes=(1,))
    assert resolve([mark(1), late, absent]).has_conflict


def test_choosing_one_side_settles_the_conflict() -> None:
    here, there = mark(1), mark(2, Status.ABSENT, device="B")
    chosen = mark(3, Status.PRESENT, supersedes=(1, 2))
    found = resolve([here, there, chosen])
    assert not found.has_conflict
    assert found.counting == chosen


@pytest.mark.parametrize("expected_number", [1, 9])
def test_expected_loses_to_any_mark_whichever_is_newer(expected_number: int) -> None:
    expected = mark(expected_number, Status.EXPECTED)
    present = mark(5, device="B")
    found = resolve([expected, present])
    assert found.counting == present
    assert not found.has_conflict


def test_undo_leaves_expected_as_the_one_that_counts() -> None:
    undone = mark(2, Status.EXPECTED, supersedes=(1,))
    assert resolve([mark(1), undone]).counting == undone


def test_an_undo_here_does_not_take_back_a_correction_made_there() -> None:
    undone = mark(3, Status.EXPECTED, supersedes=(1,))
    corrected = mark(2, Status.LATE, device="B", supersedes=(1,), arrived_at=NINE)
    found = resolve([mark(1), undone, corrected])
    assert found.counting == corrected
    assert not found.has_conflict


def test_arrivals_in_the_same_minute_are_the_same_statement() -> None:
    here = mark(1, Status.LATE, arrived_at=NINE + timedelta(seconds=3))
    there = mark(2, Status.LATE, device="B", arrived_at=NINE + timedelta(seconds=40))
    assert not resolve([here, there]).has_conflict


def test_arrivals_in_different_minutes_conflict() -> None:
    here = mark(1, Status.LATE, arrived_at=NINE)
    there = mark(2, Status.LATE, device="B", arrived_at=NINE + timedelta(minutes=1))
    assert resolve([here, there]).has_conflict


def test_different_gaps_are_not_settled_in_silence() -> None:
    gap = Span(NINE, NINE + timedelta(minutes=30))
    here = mark(1, Status.PARTIAL, gaps=(gap,))
    assert resolve([here, mark(2, Status.PARTIAL, device="B")]).has_conflict
    halves = (
        Span(NINE, NINE + timedelta(minutes=20)),
        Span(NINE + timedelta(minutes=10), gap.ends_at),
    )
    assert not resolve([here, mark(3, Status.PARTIAL, device="B", gaps=halves)]).has_conflict


def test_different_overrides_are_not_settled_in_silence() -> None:
    assert resolve([mark(1, minutes_override=30), mark(2, minutes_override=45)]).has_conflict


def test_marks_that_supersede_each_other_are_shown_and_not_lost() -> None:
    here = mark(1, supersedes=(2,))
    there = mark(2, Status.ABSENT, device="B", supersedes=(1,))
    found = resolve([here, there])
    assert found.current == (here, there)
    assert found.has_conflict


@pytest.mark.parametrize("status", [Status.LATE, Status.LEFT_EARLY, Status.PARTIAL])
def test_a_status_that_promises_a_time_is_incomplete_without_it(status: Status) -> None:
    assert mark(1, status).lacks_times
    assert not mark(1, status, minutes_override=60).lacks_times


def test_a_complete_mark_lacks_nothing() -> None:
    assert not mark(1, Status.LATE, arrived_at=NINE).lacks_times
    assert not mark(1, Status.PARTIAL, gaps=(Span(NINE, NINE),)).lacks_times
    assert not mark(1).lacks_times


numbers = st.integers(1, 12)
histories = st.lists(
    st.builds(
        mark,
        numbers,
        st.sampled_from(Status),
        device=st.sampled_from(["A", "AA", "B"]),
        supersedes=st.lists(numbers, max_size=3).map(tuple),
    ),
    max_size=12,
    unique_by=lambda found: found.id,
)


@given(histories, st.randoms(use_true_random=False))
def test_the_order_of_arrival_and_repeated_exchange_change_nothing(marks, random) -> None:
    twice = marks + marks
    assert resolve(random.sample(twice, len(twice))) == resolve(marks)


@given(histories)
def test_something_always_counts_when_anything_was_written(marks) -> None:
    found = resolve(marks)
    assert (found.counting is None) == (not marks)
    assert found.counting is None or found.counting in found.current


@given(histories)
def test_expected_never_wins_over_a_current_mark(marks) -> None:
    found = resolve(marks)
    if any(current.status is not Status.EXPECTED for current in current_marks(marks)):
        assert found.counting is not None
        assert found.counting.status is not Status.EXPECTED
