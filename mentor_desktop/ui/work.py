"""One long piece of work as the status line sees it: how far, how long still, Cancel."""

import time
from collections.abc import Callable

from mentor_desktop.progress import Progress

# Before this much has passed an estimate jumps about and says nothing.
_ESTIMATE_AFTER_S = 1.5


class Work:
    """A long job: `done` of `total` steps, 0 of 0 while nobody knows.

    Written by the job's thread, read by the window's; single assignments, so no lock.
    `on_cancel` is called as well, for what is deaf to the flag while it waits.
    """

    def __init__(
        self,
        title: str,
        now: Callable[[], float] = time.monotonic,
        *,
        on_cancel: Callable[[], object] = lambda: None,
    ) -> None:
        self.title = title
        self._on_cancel = on_cancel
        self.done = self.total = 0
        self.is_cancelled = False
        self._now = now
        self._started_at_s = -1.0

    def start(self) -> Progress:
        """Begin counting time and return what the job reports to (job's thread)."""
        self._started_at_s = self._now()
        return Progress(on_step=self._note, is_cancelled=lambda: self.is_cancelled)

    def cancel(self) -> None:
        """Ask the job to stop at its next step; it then leaves nothing half done."""
        self.is_cancelled = True
        self._on_cancel()

    @property
    def fraction(self) -> float | None:
        """How much is done, 0 to 1; None while the total is not known."""
        return min(self.done / self.total, 1.0) if self.total > 0 else None

    @property
    def seconds_left(self) -> int | None:
        """The estimated time to the end in whole seconds; None while it would be a guess."""
        elapsed = self._now() - self._started_at_s
        if self._started_at_s < 0 or not self.fraction or elapsed < _ESTIMATE_AFTER_S:
            return None
        return round(elapsed / self.fraction * (1 - self.fraction))

    def _note(self, done: int, total: int) -> None:
        self.done, self.total = done, total
