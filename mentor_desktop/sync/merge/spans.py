"""Numbers of operations of one device, as few spans in order."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator


class Spans:
    """Spans that neither overlap nor touch: asked for each operation, so that asking is quick."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def add(self, first: int, last: int) -> None:
        """Take in the numbers from `first` to `last`."""
        at, end = bisect_left(self._lasts, first - 1), bisect_right(self._firsts, last + 1)
        if at < end:
            first, last = min(first, self._firsts[at]), max(last, self._lasts[end - 1])
        self._firsts[at:end], self._lasts[at:end] = [first], [last]

    @property
    def ends(self) -> tuple[int, int]:
        """The least and the largest number that was added; there must be one."""
        return self._firsts[0], self._lasts[-1]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Give first and last number of each span, in order."""
        return zip(self._firsts, self._lasts, strict=True)

    def __contains__(self, seq: int) -> bool:
        return self.meet(seq, seq)

    def meet(self, first: int, last: int) -> bool:
        """Tell whether any of the numbers from `first` to `last` is in a span."""
        at = bisect_left(self._lasts, first)
        return at < len(self._lasts) and self._firsts[at] <= last
