"""Who writes next: a long action in parts lets everybody else in between."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class WriteGate:
    """Stands before the store's one write lock, which knows no queue.

    SQLite lets those who wait look again after ever longer pauses; a long action that takes the
    lock again at once would always be quicker. So whoever begins to write passes here, and a
    long action closes the gate for one part at a time and only while nobody waits. Long actions
    take turns with one another, in the order they came.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting = 0
        self._is_closed = False
        self._turns: deque[object] = deque()

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits for the part at hand to end."""
        return self._waiting > 0

    @property
    def turns_waiting(self) -> int:
        """How many long actions wait for their turn."""
        return len(self._turns)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Take the write lock within; waits for the end of a part."""
        with self._changed:
            self._waiting += 1
            self._changed.wait_for(lambda: not self._is_closed)
        try:
            yield
        finally:
            with self._changed:
                self._waiting -= 1
                self._changed.notify_all()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Write one part within; waits until everybody who came before has begun."""
        turn = object()
        with self._changed:
            self._turns.append(turn)
            try:
                self._changed.wait_for(
                    lambda: self._turns[0] is turn and not (self._is_closed or self._waiting)
                )
            finally:
                self._turns.remove(turn)
            self._is_closed = True
        try:
            yield
        finally:
            with self._changed:
                self._is_closed = False
                self._changed.notify_all()
