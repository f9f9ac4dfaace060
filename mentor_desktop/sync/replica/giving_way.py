"""A transaction of the exchange that gives way to whoever wants to write.

What others did is seen whole or not at all, so a large action of theirs goes into the store in one
transaction, which takes a second for ten thousand changes. Somebody who marks at the door does not
wait for its end: it is undone, and tried again behind the mark.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

from sqlcipher3 import dbapi2

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.write_gate import WriteGate

# What ends sooner than this is waited for: to undo it and begin again would take as long.
_OWN_S = 0.03
# Some tenths of a millisecond of SQLite's work between two looks.
_STEPS = 2_000
# At the door people mark every few seconds: whoever is interrupted this often stands in the way.
_ATTEMPTS = 5

# In one transaction. One batch is about 25 ms of work.
_BATCHES_BESIDE_A_WINDOW, _BATCHES_ALONE = 1, 10
# Of one device. Larger actions go in when all else did.
_OPERATIONS_BESIDE_A_WINDOW = 2_000

T = TypeVar("T")
# Says whether somebody else waits to write.
IsWanted = Callable[[], bool]


class GaveWay(Exception):
    """Somebody wanted to write; nothing of this transaction was kept."""


def nobody() -> bool:
    """Say that nobody waits: a transaction that goes on to its end."""
    return False


@contextmanager
def giving_way(raw: StoreConnection, is_wanted: IsWanted) -> Iterator[None]:
    """End a transaction that began here when somebody waits for it and it has lasted a while.

    Raises:
        GaveWay: somebody waits.
    """
    began = monotonic()

    def is_time() -> bool:
        return is_wanted() and monotonic() - began > _OWN_S

    if is_wanted is not nobody:
        raw.set_progress_handler(is_time, _STEPS)
    try:
        yield
    except dbapi2.OperationalError as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
            raise GaveWay from error
        raise
    finally:
        raw.set_progress_handler(None, 0)


class Pace:
    """How much goes in at once, `batches` and at most `operations` (0: any number), and who interrupts it.

    `has_window`: somebody may want to write at any moment.
    """

    def __init__(self, gate: WriteGate, *, has_window: bool) -> None:
        self._gate = gate
        self._has_window = has_window
        self.batches = _BATCHES_BESIDE_A_WINDOW if has_window else _BATCHES_ALONE
        self.operations = _OPERATIONS_BESIDE_A_WINDOW if has_window else 0

    def attempt(self, write: Callable[[IsWanted], T]) -> T | None:
        """Write with the gate closed, giving way; None when it gave way each of some times."""
        if not self._has_window:
            return self._insist(write)
        for _attempt in range(_ATTEMPTS):
            try:
                with self._gate.closed():
                    return write(lambda: self._gate.is_wanted)
            except GaveWay:
                continue
        return None

    def carry_out(self, write: Callable[[IsWanted], T]) -> T:
        """Write with the gate closed, giving way some times and then no more."""
        done = self.attempt(write)
        return self._insist(write) if done is None else done

    def _insist(self, write: Callable[[IsWanted], T]) -> T:
        with self._gate.closed():
            return write(nobody)
