"""The way in for somebody who forgot the passphrase and kept the printed sheet."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mentor_desktop.clock import Clock
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.services import workspaces
from mentor_desktop.ui.entrance.passphrase_pair import PassphrasePair
from mentor_desktop.ui.entrance.sheet import Sheet, link
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import LineEdit


class RecoverySheet(Sheet):
    """Takes the code of the sheet and a new passphrase.

    Emits:
        opened: the opened workspace; its passphrase is the new one.
        back_wanted: the person goes back to the lock.
    """

    opened = Signal(object)
    back_wanted = Signal()

    def __init__(self, theme: Theme, jobs: Jobs, clock: Clock, root: Path) -> None:
        super().__init__(
            theme,
            _("Open with the recovery sheet"),
            _(
                "Type the nine groups of the sheet that was printed for “{name}”, then choose a new passphrase."
            ).format(name=root.name),
            icon="key",
        )
        self._jobs = OwnedJobs(jobs, self)
        self._clock = clock
        self._root = root
        self._code = LineEdit(_("Recovery code"), "XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX")
        self._verb = Button(theme, _("Open and change the passphrase"), self._open, kind="primary")
        self._pair = PassphrasePair(theme, self._jobs, self._verb.click)
        self.add_field(_("Recovery code"), self._code)
        self._pair.add_to(self)
        self.add_verbs(self._verb, link(theme, _("Back"), self.back_wanted.emit))

    def first_focus(self) -> QWidget:
        """Return the field the keyboard goes to."""
        return self._code

    def _open(self) -> None:
        trouble = self._pair.trouble()
        self.show_trouble(trouble)
        if trouble:
            return
        self._verb.set_busy(is_busy=True)
        self._jobs.draw(
            partial(
                workspaces.open_with_recovery_code,
                self._root,
                self._code.text(),
                new_passphrase=self._pair.text(),
                clock=self._clock,
            ),
            self.opened.emit,
            self._refuse,
        )

    def _refuse(self, error: UserFacingError) -> None:
        self._verb.set_busy(is_busy=False)
        self.show_trouble(str(error))
        self._code.setFocus()
