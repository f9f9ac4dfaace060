"""The composition root of the window: everything it uses is made and handed down here.

The first page is painted from one plain query; SQLAlchemy and reportlab are loaded
behind it, on a thread.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mentor_desktop.ui  # noqa: F401  first: it makes all later imports quicker

# isort: split
from PySide6.QtWidgets import QApplication

from mentor_desktop import config, logs
from mentor_desktop.changes import Changes
from mentor_desktop.clock import Clock, system_clock
from mentor_desktop.errors import UserFacingError
from mentor_desktop.services.workspaces import open_with_kept_key, read_passphrase
from mentor_desktop.store.folder import WorkspaceFolder, cloud_warning
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.ui.application import make_application
from mentor_desktop.ui.auto_lock import AutoLock
from mentor_desktop.ui.finding import find_in
from mentor_desktop.ui.first_paint import FirstPaint
from mentor_desktop.ui.jobs import Jobs, failure_of_bug
from mentor_desktop.ui.last_place import keep_last_place, reopen_last_place
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.termination import Termination
from mentor_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from mentor_desktop.ui.entrance import Entrance
    from mentor_desktop.ui.last_word import LastWord

FIRST_PLACE = "today"
# What the first click after the start needs, loaded behind the first page in this order.
_WARM_MODULES = (
    "mentor_desktop.store.unit_of_work",
    "mentor_desktop.services.history",
    "mentor_desktop.services.search",
    "mentor_desktop.ui.pages.workshops_page",
    "mentor_desktop.ui.pages.door_page",
)
_CASCADE = (1280, 820)


def open_window(
    *,
    workspace: Path | None = None,
    passphrase_file: Path | None = None,
    key: bytes | None = None,
    clock: Clock = system_clock,
) -> int:
    """Show the window until it is closed and return the exit code.

    Without a key, and when no computer's keyring or file gives one, the entrance asks.
    """
    application = make_application(sys.argv)
    application.setApplicationName("Mentor Desktop")
    application.setQuitOnLastWindowClosed(False)
    program = Program(application, clock)
    logs.start(config.log_dir(), program.report)
    program.begin(workspace, passphrase_file, key)
    Termination(application).wanted.connect(program.end)
    return application.exec()


class Program:
    """What lives as long as the process: settings, theme, and the one window that is shown."""

    def __init__(self, application: QApplication, clock: Clock) -> None:
        self._application = application
        self._clock = clock
        folder = config.config_dir()
        self._settings = LiveSettings(
            config.load_settings(folder), partial(config.save_settings, folder)
        )
        chosen = self._settings.value
        self._theme = Theme(
            application,
            scheme=chosen.colour_scheme,
            text_scale=chosen.text_scale,
            reduced_motion=chosen.reduced_motion,
        )
        self._auto_lock = AutoLock(application, self._settings)
        self._auto_lock.idle.connect(self._lock)
        self._window: MainWindow | Entrance | None = None
        self._workspace: Workspace | None = None
        self._jobs: Jobs | None = None
        self._last_word: LastWord | None = None

    def begin(self, root: Path | None, passphrase_file: Path | None, key: bytes | None) -> None:
        """Open the workspace if its key is at hand; else show the entrance."""
        root = root or self._last_root()
        if not WorkspaceFolder(root).is_workspace():
            self._show_entrance(root)
            return
        try:
            if key is not None:
                self.show_workspace(Workspace.open(root, key, clock=self._clock))
            elif passphrase_file is None and self._settings.value.remember_key:
                self._open_with_kept_key(root)
            else:
                self._show_entrance(
                    root, passphrase=read_passphrase(passphrase_file) if passphrase_file else ""
                )
        except UserFacingError as error:
            self._show_entrance(root, trouble=str(error))

    def show_workspace(self, workspace: Workspace) -> None:
        """Show the main window on an opened workspace."""
        self._leave_window()
        self._workspace = workspace
        was_shown = self._remember(workspace.folder.root)
        jobs = self._jobs = Jobs(workspace, self._clock)
        jobs.hold_back()
        window = MainWindow(
            jobs,
            self._theme,
            self._clock,
            self._settings,
            name="Mentor Desktop",
            undo=_undo,
            provider=partial(find_in, jobs, self._go),
        )
        window.closing.connect(self._quit)
        window.lock_wanted.connect(self._lock)
        keep_last_place(window.navigator, self._settings)
        window.navigator.go(FIRST_PLACE, at_once=True)
        if not workspace.was_clean:
            reopen_last_place(window.navigator, was_shown)
        if workspace.recovery_note:
            window.frame.show_banner("recovered", workspace.recovery_note, closable=True)
        if warning := cloud_warning(workspace.folder.root):
            window.frame.show_banner("cloud", warning, "warning", closable=True)
        window.resize(*_CASCADE)
        window.show()
        self._window = window
        FirstPaint(window, partial(jobs.warm_up, _WARM_MODULES))

    def report(self, trace: str) -> None:
        """Show what a bug left behind; called for whatever nobody caught."""
        if self._jobs is not None:
            self._jobs.failed.emit(failure_of_bug(trace))

    def end(self) -> None:
        """Close what is open and end, without a question: the system wants it."""
        self._leave_window()
        self._close_workspace()
        self._application.quit()

    def _go(self, place: str, **where: str) -> None:
        assert isinstance(self._window, MainWindow)
        self._window.frame.go(place, **where)

    def _open_with_kept_key(self, root: Path) -> None:
        workspace = open_with_kept_key(root, clock=self._clock)
        if workspace is None:
            self._show_entrance(root)
        else:
            self.show_workspace(workspace)

    def _show_entrance(self, root: Path, *, passphrase: str = "", trouble: str = "") -> None:
        from mentor_desktop.ui.entrance import Entrance  # not when the key is at hand

        self._leave_window()
        entrance = Entrance(
            self._theme,
            self._clock,
            self._settings,
            root=root,
            passphrase=passphrase,
            trouble=trouble,
        )
        entrance.opened.connect(self.show_workspace)
        entrance.closing.connect(self._application.quit)
        entrance.show()
        self._window = entrance

    def _lock(self) -> None:
        if self._workspace is None:
            return
        root = self._workspace.folder.root
        trouble = self._close_workspace()
        self._show_entrance(root, trouble=trouble)

    def _quit(self) -> None:
        trouble = self._close_workspace()
        if not trouble:
            self._application.quit()
            return
        from mentor_desktop.ui.last_word import LastWord  # hardly ever needed

        word = self._last_word = LastWord(self._theme, trouble)
        word.finished.connect(self._application.quit)
        word.open()

    def _close_workspace(self) -> str:
        """End the jobs and close; return the sentence to show when no backup could be made."""
        if self._jobs is not None:
            self._jobs.shutdown()
            self._jobs = None
        workspace, self._workspace = self._workspace, None
        return workspace.close() if workspace is not None else ""

    def _leave_window(self) -> None:
        if isinstance(self._window, MainWindow):
            self._window.navigator.release()
        elif self._window is not None:
            self._window.leave()
        if self._window is not None:
            self._window.hide()
            self._window.deleteLater()
            self._window = None

    def _last_root(self) -> Path:
        last = self._settings.value.last_workspace
        return Path(last) if last else config.default_workspace_dir()

    def _remember(self, root: Path) -> str:
        """Note which workspace is open; return the place it was left at if it was open last."""
        kept = str(root.resolve())
        recent = tuple(dict.fromkeys((kept, *self._settings.value.recent_workspaces)))[:5]
        before = self._settings.value
        was_shown = before.last_place if before.last_workspace == kept else ""
        self._settings.change(last_workspace=kept, recent_workspaces=recent)
        return was_shown


def _undo(uow: Any, *, txn: int) -> Changes:  # Any: see `jobs.Store`
    from mentor_desktop.services.history import undo  # SQLAlchemy: behind the first paint

    return undo(uow, txn)
