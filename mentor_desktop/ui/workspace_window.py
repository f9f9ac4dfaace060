"""The main window as the program shows it: with its search, its undo and its memory of places.

Apart from the program, which shows a lock page without loading any of it.
"""

from functools import partial
from typing import Any

from mentor_desktop.changes import Changes
from mentor_desktop.clock import Clock
from mentor_desktop.ui.finding import find_in
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.last_place import keep_last_place, reopen_last_place
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.theme import Theme

FIRST_PLACE = "today"
_CASCADE = (1280, 820)


def workspace_window(
    jobs: Jobs, theme: Theme, clock: Clock, settings: LiveSettings, *, reopening: str = ""
) -> MainWindow:
    """Return the window on its first page; `reopening` is the last place as it was noted."""

    def go(place: str, **where: str) -> None:
        window.frame.go(place, **where)

    window = MainWindow(
        jobs,
        theme,
        clock,
        settings,
        name="Mentor Desktop",
        undo=_undo,
        provider=partial(find_in, jobs, go),
    )
    keep_last_place(window.navigator, settings)
    window.navigator.go(FIRST_PLACE, at_once=True)
    if reopening:
        reopen_last_place(window.navigator, reopening)
    window.resize(*_CASCADE)
    return window


def _undo(uow: Any, *, txn: int) -> Changes:  # Any: see `jobs.Store`
    from mentor_desktop.services.history import undo  # SQLAlchemy: behind the first paint

    return undo(uow, txn)
