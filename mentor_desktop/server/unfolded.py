"""Which streams this process has put something into that is not merged yet."""

import threading


class Unfolded:
    """Names that pushes leave for the thread that merges; safe between threads.

    Only a hint: what was left by other processes, or by one that ended, is found by looking at
    all streams now and then. Looking with each push would cost more than the push once there
    are thousands of workspaces.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: set[tuple[str, str]] = set()
        self._wake = threading.Event()

    def add(self, ws: str, stream: str) -> None:
        """Leave a stream, and wake who waits."""
        with self._lock:
            self._names.add((ws, stream))
        self._wake.set()

    def take(self) -> list[tuple[str, str]]:
        """Return what was left, sorted, and forget it."""
        with self._lock:
            names, self._names = self._names, set()
            self._wake.clear()
        return sorted(names)

    def wake(self) -> None:
        """Let `wait` return."""
        self._wake.set()

    def wait(self, timeout_s: float) -> None:
        """Return when something was left, after `wake`, or after so long."""
        self._wake.wait(timeout_s)
