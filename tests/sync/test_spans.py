"""Spans of numbers hold what was added, however it overlapped."""

from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop.sync.merge.spans import Spans

spans = st.tuples(st.integers(1, 30), st.integers(0, 6)).map(lambda one: (one[0], sum(one)))


@given(st.lists(spans, max_size=12), spans)
def test_spans_hold_what_was_added(added: list[tuple[int, int]], asked: tuple[int, int]) -> None:
    held, numbers = Spans(), set[int]()
    for first, last in added:
        held.add(first, last)
        numbers.update(range(first, last + 1))
    assert [seq for seq in range(40) if seq in held] == sorted(numbers)
    assert held.meet(*asked) == (not numbers.isdisjoint(range(asked[0], asked[1] + 1)))
