"""The real window on a workspace of a benchmark, drawn offscreen."""

import os
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import mentor_desktop.ui  # noqa: F401  first, as in the program: it makes imports plain again

# isort: split
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from mentor_desktop.clock import Clock
from mentor_desktop.config import Settings
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.ui.application import make_application
from mentor_desktop.ui.finding import find_in
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.theme import Theme

SIZE = (1280, 820)
_PATIENCE_S = 60.0
# Longest sleep while waiting for something that no event tells.
_TICK_MS = 10


class Paints(QObject):
    """Counts the paint events of one widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt calls it so
        self.count += event.type() == QEvent.Type.Paint
        return False


class Window:
    """The main window as the program shows it, and what a benchmark does with it."""

    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        self.application: QApplication = make_application(["benchmark"])
        theme = Theme(self.application, scheme="light", reduced_motion=True)
        self._tick = QTimer(interval=_TICK_MS)
        self.jobs = Jobs(workspace, clock)
        self.main = MainWindow(
            self.jobs,
            theme,
            clock,
            LiveSettings(Settings(), lambda _settings: None),
            name="Benchmark",
            undo=_no_undo,
            provider=partial(find_in, self.jobs, lambda _place, **_where: None),
        )
        self.main.resize(*SIZE)
        self.main.show()
        self.jobs.warm_up(())  # as after the first paint: what is loaded is not looked over again
        self.settle()

    @property
    def page(self) -> Page:
        """The page that is shown."""
        page = self.main.navigator.page
        assert page is not None
        return page

    def go(self, place: str, **where: str) -> None:
        """Open a place and wait until everything it asks for is there."""
        self.main.navigator.go(place, where, at_once=True)
        self.settle()

    def settle(self) -> None:
        """Wait until no job is under way and everything is painted."""
        self.wait(lambda: self.jobs.pending == 0)
        for _again in range(3):
            self.application.processEvents()

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Let the window live until something is so.

        Raises:
            TimeoutError: it was not so within a minute.
        """
        until = time.perf_counter() + _PATIENCE_S
        self._tick.start()
        while not is_so():
            # Asleep between events as in the program: a spinning loop would starve the threads.
            self.application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.perf_counter() > until:
                raise TimeoutError("the window did not come to rest")
        self._tick.stop()

    def rest(self, seconds: float) -> None:
        """Let the window live for a while."""
        until = time.perf_counter() + seconds
        self.wait(lambda: time.perf_counter() > until)

    def frame_ms(self, act: Callable[[], Any], paints: Paints) -> float:
        """Return the milliseconds from an act until the watched widget is painted anew."""
        before, started = paints.count, time.perf_counter()
        act()
        self.wait(lambda: paints.count > before)
        return (time.perf_counter() - started) * 1000

    def close(self) -> None:
        """End the jobs and the window."""
        self.main.navigator.release()
        self.jobs.shutdown()
        self.main.close()


def _no_undo(_uow: Any, *, txn: int) -> Any:  # Any: see `jobs.Store`
    raise AssertionError(f"nothing is undone here, not {txn} either")


def scroll_frames(
    view: QAbstractItemView, values: Iterable[int], between: Callable[[], object] = lambda: None
) -> list[float]:
    """Return the milliseconds of each scroll with its painting; `between` is not measured.

    Of this thread's CPU: painting waits for nothing, and other programs must not count.
    """
    bar, viewport = view.verticalScrollBar(), view.viewport()
    frames = []
    for value in values:
        started = time.thread_time()
        bar.setValue(value)
        viewport.repaint()
        frames.append((time.thread_time() - started) * 1000)
        between()
    return frames
