"""The locked workspace: a plain cover with one field."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mentor_desktop.clock import Clock
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.ui.entrance.sheet import Sheet, link, secret_line
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import CheckBox


class LockSheet(Sheet):
    """Asks for the passphrase and opens the workspace off the window's thread.

    Emits:
        opened: the opened workspace.
        recovery_wanted: the person has the printed sheet instead.
        other_wanted: the person wants another workspace.
    """

    opened = Signal(object)
    recovery_wanted = Signal()
    other_wanted = Signal()

    def __init__(
        self, theme: Theme, jobs: Jobs, clock: Clock, settings: LiveSettings, root: Path
    ) -> None:
        super().__init__(theme, root.name, _("This workspace is locked. Its passphrase opens it."))
        self._jobs = OwnedJobs(jobs, self)
        self._clock = clock
        self._settings = settings
        self._root = root
        self._verb = Button(theme, _("Open"), self._open, kind="primary")
        self._passphrase = secret_line(_("Passphrase"), self._verb.click)
        self._remember = CheckBox(
            theme, _("Remember on this computer"), checked=settings.value.remember_key
        )
        self.add_field(_("Passphrase"), self._passphrase)
        self.fields.addWidget(self._remember)
        self.add_verbs(
            self._verb,
            link(theme, _("Use the recovery sheet"), self.recovery_wanted.emit),
            link(theme, _("Another workspace"), self.other_wanted.emit),
        )

    def first_focus(self) -> QWidget:
        """Return the field the keyboard goes to."""
        return self._passphrase

    def open_with(self, passphrase: str) -> None:
        """Open with a passphrase that need not be typed."""
        self._passphrase.setText(passphrase)
        self._open()

    def _open(self) -> None:
        from mentor_desktop.services import workspaces  # the encrypted store: behind the paint

        if not self._passphrase.text():
            self.show_trouble(_("Type the passphrase of this workspace."))
            return
        self._set_busy(is_busy=True)
        should_remember = self._remember.isChecked()
        should_forget = self._settings.value.remember_key and not should_remember
        self._settings.change(remember_key=should_remember)
        self._jobs.draw(
            partial(
                workspaces.open_with_passphrase,
                self._root,
                self._passphrase.text(),
                clock=self._clock,
                remember=should_remember,
                forget=should_forget,
            ),
            self._leave,
            self._refuse,
        )

    def _leave(self, workspace: object) -> None:
        """Hand over what was opened, and the passphrase to nobody."""
        self._passphrase.clear()
        self.opened.emit(workspace)

    def _refuse(self, error: UserFacingError) -> None:
        self._set_busy(is_busy=False)
        self.show_trouble(str(error))
        self._passphrase.selectAll()
        self._passphrase.setFocus()

    def _set_busy(self, *, is_busy: bool) -> None:
        self.show_trouble("")
        self._verb.set_text(_("Opening …") if is_busy else _("Open"))
        self._verb.set_busy(is_busy=is_busy)
        self._passphrase.setReadOnly(is_busy)
