"""Writes so many parts of a promised import and is killed: the file, its key, the number."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mentor_desktop.store.connection import connect
from mentor_desktop.store.staging import finish
from mentor_desktop.store.write_gate import WriteGate


class DeadlyGate(WriteGate):
    """Lets a number of parts through, each with a commit of its own."""

    is_wanted = True  # type: ignore[assignment]  # as good as a property

    def __init__(self, parts: int) -> None:
        super().__init__()
        self._parts = parts

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Write a part, or die."""
        if not self._parts:
            os.kill(os.getpid(), signal.SIGKILL)
        self._parts -= 1
        yield


if __name__ == "__main__":
    database, key, count = sys.argv[1:]
    finish(connect(Path(database), bytes.fromhex(key)), DeadlyGate(int(count)), lambda: None)
