"""The program in a process of its own, with a clock of 10 March, saying what its window shows.

Usage: python -m tests.journeys.morning_program WORKSPACE PASSPHRASE_FILE TIME STATE_FILE
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from mentor_desktop.app import open_window
from mentor_desktop.ui.application import make_application
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.widgets.banner import Banner
from tests.journeys.morning import MorningClock

_EVERY_MS = 40


def _shown(window: MainWindow) -> dict[str, object]:
    here, page, focus = window.navigator.here, window.navigator.page, QApplication.focusWidget()
    banners = [one.accessibleName() for one in window.findChildren(Banner) if one.isVisible()]
    return {
        "place": here.key if here else "",
        "where": dict(here.where) if here else {},
        "is_page_there": page is not None,
        "counter": page.counter if page else "",
        "pending": window.desk.jobs.pending,
        "banners": banners,
        "focus": focus.accessibleName() if isinstance(focus, QWidget) else "",
        "typed": focus.text() if isinstance(focus, QLineEdit) else "",
        "dialogs": len([one for one in QApplication.topLevelWidgets() if one.isVisible()]) - 1,
    }


def main(root: Path, passphrase_file: Path, clock: str, state: Path) -> int:
    """Open the window until it is closed or killed; write its state whenever that changes."""
    make_application(sys.argv)
    last = [""]

    def tell() -> None:
        windows = [
            one
            for one in QApplication.topLevelWidgets()
            if isinstance(one, MainWindow) and one.isVisible()
        ]
        said = json.dumps(_shown(windows[0])) if windows else ""
        if said and said != last[0]:
            last[0] = said
            draft = state.with_suffix(".new")
            draft.write_text(said, "utf-8")
            draft.replace(state)

    timer = QTimer(interval=_EVERY_MS)
    timer.timeout.connect(tell)
    timer.start()
    return open_window(
        workspace=root,
        passphrase_file=passphrase_file,
        clock=MorningClock(clock, is_running=True),
    )


if __name__ == "__main__":
    folder, secret, begins, told = sys.argv[1:]
    sys.exit(main(Path(folder), Path(secret), begins, Path(told)))
