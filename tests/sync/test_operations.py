"""The clock of operations, streams' names, and whole actions."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop.sync.merge.actions import complete_actions
from mentor_desktop.sync.protocol.operations import (
    MOST_INTEGER,
    Action,
    Content,
    Op,
    expand,
    receive,
    runs_of,
    tick,
)
from mentor_desktop.sync.protocol.streams import (
    Stream,
    is_stream,
    parse_stream,
    pull_order,
    user_stream,
    workshop_stream,
)
from tests.sync.histories import USER, WS, mark, op

NOW_MS = 1_764_000_000_000
TEN_YEARS_MS = 315_576_000_000


def test_a_hundred_thousand_operations_in_one_tick_of_a_coarse_clock_are_in_order() -> None:
    times = [tick(0, NOW_MS)]
    for _ in range(100_000):
        times.append(tick(times[-1], NOW_MS))
    assert all(earlier < later for earlier, later in pairwise(times))
    # The counter has run over into the milliseconds: by 1 or 2, not by more.
    assert (times[-1] >> 16) - NOW_MS in (1, 2)


@given(
    st.lists(
        st.sampled_from((0, TEN_YEARS_MS, -TEN_YEARS_MS, -10 * TEN_YEARS_MS, 2**47, 2**62))
        | st.integers(-(2**64), 2**64)
    )
)
def test_clock_only_goes_on_and_stays_a_number_that_is_kept(jumps: list[int]) -> None:
    last = 0
    for jump in jumps:
        time = tick(last, NOW_MS + jump)
        assert last < time <= MOST_INTEGER or time == last == MOST_INTEGER
        last = time


def test_clock_follows_the_computers_when_it_can() -> None:
    assert tick(tick(0, NOW_MS), NOW_MS + 1) == (NOW_MS + 1) << 16


@given(st.integers(0, MOST_INTEGER), st.integers(0, MOST_INTEGER), st.integers(0, 2**47))
def test_what_was_received_is_older_than_what_is_made_next(
    last: int, seen: int, now_ms: int
) -> None:
    made = tick(receive(last, seen), now_ms)
    assert made > max(last, seen) or made == MOST_INTEGER


def test_streams_are_pulled_with_what_others_refer_to_first() -> None:
    names = [user_stream(USER), workshop_stream(WS), "programme", "people", "members"]
    names.append(workshop_stream("0" * 32))
    assert pull_order(names) == [
        "members", "people", "programme", f"w:{'0' * 32}", f"w:{WS}", f"u:{USER}",
    ]  # fmt: skip


def test_name_says_whose_stream_it_is() -> None:
    assert parse_stream(f"u:{USER}") == Stream("u", USER)
    assert parse_stream(f"u:{USER}").is_sealed
    assert not parse_stream(f"w:{WS}").is_sealed
    assert str(parse_stream("people")) == "people"


@pytest.mark.parametrize(
    "name",
    ["", "w", "w:", f"w:{WS.upper()}", f"w:{WS}\n", f"w:{WS}0", "people:", f"people:{WS}", "x:1"],
)
def test_other_names_are_no_streams(name: str) -> None:
    assert not is_stream(name)
    with pytest.raises(ValueError, match="no stream"):
        parse_stream(name)


def _contents(ops: list[Op], cuts: list[int]) -> list[Content]:
    """Return the operations cut into batches, each with the actions that end in it."""
    bounds = sorted({0, len(ops), *(cut % (len(ops) + 1) for cut in cuts)})
    return [
        Content(
            runs_of(ops[start:stop]),
            tuple(Action(one.seq, 0, USER, "") for one in ops[start:stop] if one.ends),
        )
        for start, stop in pairwise(bounds)
    ]


@given(st.lists(st.tuples(st.booleans(), st.booleans())), st.lists(st.integers(0, 99)))
def test_actions_are_applied_whole_and_nothing_is_left_out(
    steps: list[tuple[bool, bool]], cuts: list[int]
) -> None:
    ops = [
        op(seq, kind="set" if is_set else "create", ends=ends)
        for seq, (ends, is_set) in enumerate(steps, 1)
    ]
    complete, tail = complete_actions(_contents(ops, cuts))
    done, waiting = list(expand(complete)), list(expand(tail))
    assert done + waiting == ops
    assert not done or done[-1].ends
    assert not any(one.ends for one in waiting)


def test_operations_with_a_gap_are_no_action() -> None:
    with pytest.raises(ValueError, match="follow"):
        complete_actions([Content(runs_of([mark(1)]), ()), Content(runs_of([mark(3)]), ())])


@given(st.lists(st.tuples(st.sampled_from(("create", "set", "delete")), st.booleans())))
def test_runs_hold_the_operations_as_they_were(steps: list[tuple[str, bool]]) -> None:
    ops = [
        op(seq, kind=kind, values={"a": seq} if has else {}, seen={USER: 1} if has else {})
        for seq, (kind, has) in enumerate(steps, 1)
    ]
    assert list(expand(Content(runs_of(ops), ()))) == ops
