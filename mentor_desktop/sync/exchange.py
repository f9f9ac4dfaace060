"""What the parts of one sync share: the store, the line to the server, and the pace.

The store is local and called directly, in short transactions: a mark at the door waits for
one of them at most.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from mentor_desktop.changes import Changes
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.write_gate import WriteGate
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.replica.state import Identity
from mentor_desktop.sync.replica.transactions import writing


def _pass_over(_changes: Changes) -> None:
    return None


@dataclass
class Exchange:
    """One sync under way. `has_window` says that a person may be waiting at any moment.

    `gate` is that of the workspace. `on_changes` is told which rows are other than before, after
    each transaction.
    """

    raw: StoreConnection
    own: Identity
    line: Line
    now_ms: Callable[[], int]
    gate: WriteGate
    has_window: bool = False
    on_changes: Callable[[Changes], None] = _pass_over
    progress: Progress = NO_PROGRESS

    def turn(self) -> AbstractContextManager[None]:
        """Take a turn at writing: whoever came before writes first."""
        return self.gate.closed()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Commit what is written inside the block, or nothing of it."""
        with self.turn(), writing(self.raw):
            yield
