"""How long work reports where it is and learns that it was cancelled."""

from collections.abc import Callable

from mentor_desktop.errors import Cancelled


def _say_nothing(_done: int, _total: int) -> None:
    return None


def _never() -> bool:
    return False


class Progress:
    """Carries steps out to whoever shows them, and a cancellation in."""

    def __init__(
        self,
        on_step: Callable[[int, int], None] = _say_nothing,
        is_cancelled: Callable[[], bool] = _never,
    ) -> None:
        self._on_step = on_step
        self._is_cancelled = is_cancelled

    def step(self, done: int, total: int) -> None:
        """Report `done` of `total` and stop here if the person cancelled.

        Raises:
            Cancelled: the person pressed Cancel.
        """
        self._on_step(done, total)
        self.check()

    def check(self) -> None:
        """Stop here if the person cancelled.

        Raises:
            Cancelled: the person pressed Cancel.
        """
        if self._is_cancelled():
            raise Cancelled


NO_PROGRESS = Progress()
