"""The window before a workspace is open; it goes when the main window comes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from mentor_desktop import i18n
from mentor_desktop.clock import Clock
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.services.workspace_places import look_at
from mentor_desktop.ui.entrance.lock_sheet import LockSheet
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from mentor_desktop.ui.entrance.file_start import FileStart
    from mentor_desktop.ui.entrance.first_start import FirstStart
    from mentor_desktop.ui.entrance.join_start import JoinStart
    from mentor_desktop.ui.entrance.recovery_sheet import RecoverySheet

_SMALLEST = (1024, 640)


class _NoWorkspace:
    """Jobs of the entrance have no workspace to work on."""

    def unit_of_work(self) -> AbstractContextManager[Any]:  # Any: see `jobs.Store`
        self._refuse()

    def reader(self) -> AbstractContextManager[Any]:  # Any: see `jobs.Store`
        self._refuse()

    def plain_connection(self) -> Any:  # Any: see `jobs.Store`
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise UserFacingError(_("Open a workspace first."))


class Entrance(QWidget):
    """Shows the lock of a workspace, or the first start where there is none.

    Emits:
        opened: an opened workspace.
        closing: the person closes the window.
    """

    opened = Signal(object)
    closing = Signal()

    def __init__(
        self,
        theme: Theme,
        clock: Clock,
        settings: LiveSettings,
        *,
        root: Path,
        passphrase: str = "",
        trouble: str = "",
    ) -> None:
        super().__init__()
        self.setWindowTitle("Mentor Desktop")
        self.setObjectName("page")
        self.setMinimumSize(*_SMALLEST)
        self._theme = theme
        self._clock = clock
        self._settings = settings
        self._root = root
        self._jobs = Jobs(_NoWorkspace(), clock, self)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._sheet: QWidget | None = None
        if look_at(root).is_workspace:
            self._show_lock(trouble=trouble, passphrase=passphrase)
        else:
            self._show_first_start()

    def warm_up(self, modules: Sequence[str]) -> None:
        """Import what the opened workspace will need, while the passphrase is typed."""
        for module in modules:
            self._jobs.load(module, lambda _module: None)

    def leave(self) -> None:
        """End the entrance's jobs; the workspace it opened belongs to somebody else now."""
        self._jobs.shutdown()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.leave()
        self.closing.emit()
        super().closeEvent(event)

    def _show(self, sheet: LockSheet | RecoverySheet | FirstStart | JoinStart | FileStart) -> None:
        if self._sheet is not None:
            self._layout.removeWidget(self._sheet)
            self._sheet.deleteLater()
        self._sheet = sheet
        self._layout.addWidget(sheet)
        sheet.opened.connect(self.opened)
        first = sheet.first_focus()
        if first is not None:
            first.setFocus()

    def _show_lock(self, *, trouble: str = "", passphrase: str = "") -> None:
        sheet = LockSheet(self._theme, self._jobs, self._clock, self._settings, self._root)
        sheet.recovery_wanted.connect(self._show_recovery)
        sheet.other_wanted.connect(self._choose_other)
        sheet.show_trouble(trouble)
        self._show(sheet)
        if passphrase:
            sheet.open_with(passphrase)

    def _show_recovery(self) -> None:
        # With it the letters are loaded that a new passphrase is judged by: not for every lock.
        from mentor_desktop.ui.entrance.recovery_sheet import RecoverySheet

        sheet = RecoverySheet(self._theme, self._jobs, self._clock, self._root)
        sheet.back_wanted.connect(self._show_lock)
        self._show(sheet)

    def _show_first_start(self) -> None:
        from mentor_desktop.ui.entrance.first_start import FirstStart  # once in a computer's life

        sheet = FirstStart(self._theme, self._jobs, self._clock, self._settings, self._root)
        sheet.language_chosen.connect(self._speak)
        sheet.existing_wanted.connect(self._take)
        sheet.joining_wanted.connect(self._show_joining)
        sheet.file_wanted.connect(self._show_file_start)
        self._show(sheet)

    def _show_joining(self) -> None:
        from mentor_desktop.ui.entrance.join_start import (
            JoinStart,
        )  # HTTP, keys: with an invitation

        sheet = JoinStart(self._theme, self._jobs, self._clock, self._root)
        sheet.back_wanted.connect(self._show_first_start)
        self._show(sheet)

    def _show_file_start(self) -> None:
        from mentor_desktop.ui.entrance.file_start import FileStart  # keys, only with a file

        sheet = FileStart(self._theme, self._jobs, self._clock, self._root)
        sheet.back_wanted.connect(self._show_first_start)
        self._show(sheet)

    def _speak(self, language: str) -> None:
        self._settings.change(language=language)
        i18n.set_language(language)
        self._show_first_start()

    def _choose_other(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, _("Folder of the workspace"), str(self._root.parent)
        )
        if chosen:
            self._take(Path(chosen))

    def _take(self, root: Path) -> None:
        self._root = root
        if look_at(root).is_workspace:
            self._show_lock()
        else:
            self._show_first_start()
