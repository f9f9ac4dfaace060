"""The composition root of the window: everything it uses is made and handed down here.

The first page is painted from one plain query; SQLAlchemy and reportlab are loaded
behind it, on a thread. A lock page needs still less: neither the store nor the main window.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import mentor_desktop.ui  # noqa: F401  first: it makes all later imports quicker

# isort: split
from PySide6.QtWidgets import QApplication

from mentor_desktop import config, logs
from mentor_desktop.clock import Clock, system_clock
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import current_language
from mentor_desktop.store.folder import WorkspaceFolder, cloud_warning
from mentor_desktop.ui.application import make_application
from mentor_desktop.ui.auto_lock import AutoLock
from mentor_desktop.ui.first_paint import FirstPaint
from mentor_desktop.ui.jobs import Jobs, failure_of_bug
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.qt_words import QtWords
from mentor_desktop.ui.termination import Termination
from mentor_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from mentor_desktop.store.workspace import Workspace
    from mentor_desktop.ui.entrance import Entrance
    from mentor_desktop.ui.last_word import LastWord
    from mentor_desktop.ui.main_window import MainWindow

# What the first click after the start needs, loaded behind the first page in this order.
_WARM_MODULES = (
    "mentor_desktop.store.unit_of_work",
    "mentor_desktop.services.history",
    "mentor_desktop.services.search",
    "mentor_desktop.ui.pages.workshops_page",
    "mentor_desktop.ui.pages.door_page",
)
# What a workspace needs the moment its passphrase is right, loaded behind the lock page.
_BEHIND_THE_LOCK = (
    "mentor_desktop.crypto",
    "mentor_desktop.services.workspaces",
    "mentor_desktop.ui.workspace_window",
    "mentor_desktop.ui.pages.today_page",
)


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
        self._qt_words = QtWords(application)
        application.installTranslator(self._qt_words)
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
        is_kept = passphrase_file is None and self._settings.value.remember_key
        is_asked_for = key is None and passphrase_file is None and not is_kept
        if is_asked_for or not WorkspaceFolder(root).is_workspace():
            self._show_entrance(root)
            return
        # With it comes the encrypted store: not before a lock page.
        from mentor_desktop.services import workspaces

        try:
            if key is not None:
                self.show_workspace(workspaces.open_with_key(root, key, clock=self._clock))
            elif passphrase_file is not None:
                self._show_entrance(root, passphrase=workspaces.read_passphrase(passphrase_file))
            elif kept := workspaces.open_with_kept_key(root, clock=self._clock):
                self.show_workspace(kept)
            else:
                self._show_entrance(root)
        except UserFacingError as error:
            self._show_entrance(root, trouble=str(error))

    def show_workspace(self, workspace: Workspace) -> None:
        """Show the main window on an opened workspace."""
        from mentor_desktop.ui.workspace_window import workspace_window  # not for a lock page

        self._leave_window()
        self._workspace = workspace
        was_shown = self._remember(workspace.folder.root)
        jobs = self._jobs = Jobs(workspace, self._clock)
        jobs.hold_back()
        window = workspace_window(
            jobs,
            self._theme,
            self._clock,
            self._settings,
            reopening="" if workspace.was_clean else was_shown,
        )
        window.closing.connect(self._quit)
        window.lock_wanted.connect(self._lock)
        if workspace.recovery_note:
            window.frame.show_banner("recovered", workspace.recovery_note, closable=True)
        if warning := cloud_warning(workspace.folder.root):
            window.frame.show_banner("cloud", warning, "warning", closable=True)
        window.show()
        self._window = window
        words = current_language().load

        def go_on() -> None:
            jobs.warm_up(_WARM_MODULES, words)
            window.desk.sync.begin_if_joined()

        FirstPaint(window, go_on)

    def report(self, trace: str) -> None:
        """Show what a bug left behind; called for whatever nobody caught."""
        if self._jobs is not None:
            self._jobs.failed.emit(failure_of_bug(trace))

    def end(self) -> None:
        """Close what is open and end, without a question: the system wants it."""
        self._leave_window()
        self._close_workspace()
        self._application.quit()

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
        FirstPaint(entrance, partial(entrance.warm_up, _BEHIND_THE_LOCK))

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
        if self._window is not None:
            self._window.leave()
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
