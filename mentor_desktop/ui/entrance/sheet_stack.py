"""Screens of the entrance one after the other, and the two that every way into a workspace shares."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from mentor_desktop.i18n import _
from mentor_desktop.services.workspace_places import look_at
from mentor_desktop.services.workspaces import NewWorkspace
from mentor_desktop.ui.entrance.passphrase_pair import PassphrasePair
from mentor_desktop.ui.entrance.recovery_code_sheet import RecoveryCodeSheet
from mentor_desktop.ui.entrance.sheet import Sheet, link
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import LineEdit
from mentor_desktop.ui.widgets.text import Text


class SheetStack(QStackedWidget):
    """Shows one screen at a time; the one before is gone.

    Emits:
        opened: the workspace, after its recovery sheet was seen.
    """

    opened = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def show_sheet(self, sheet: QWidget, focus: QWidget | None = None) -> None:
        """Put a screen in the place of the present one and give the keyboard to `focus`."""
        old = self.currentWidget()
        self.addWidget(sheet)
        self.setCurrentWidget(sheet)
        if old is not None:
            self.removeWidget(old)
            old.deleteLater()
        if focus is not None:
            focus.setFocus()

    def show_recovery_code(self, made: NewWorkspace) -> None:
        """Show the recovery sheet of a workspace just made; `opened` follows."""
        sheet = RecoveryCodeSheet(self.theme, made)
        sheet.opened.connect(self.opened)
        self.show_sheet(sheet, sheet.first_focus())


class WhoSheet(Sheet):
    """Asks who works here and where the workspace lies.

    Emits:
        answered: the name and the folder (`Path`).
        back_wanted: the person wants the screen before.
    """

    answered = Signal(str, object)
    back_wanted = Signal()

    def __init__(self, theme: Theme, title: str, words: str, *, actor: str, root: Path) -> None:
        super().__init__(theme, title, words, icon="person")
        self.name = LineEdit(_("Your name"), text=actor)
        self._folder = LineEdit(_("Folder of the workspace"), text=str(root))
        self._warning = Text(theme, "", "small", "late")
        self._folder.textChanged.connect(self._warn_of_cloud)
        self._warn_of_cloud(self._folder.text())
        for line in (self.name, self._folder):
            line.returnPressed.connect(self._answer)
        self.add_field(_("Your name"), self.name)
        self.add_field(_("Folder of the workspace"), self._folder)
        self.fields.addWidget(self._warning)
        self.add_verbs(
            Button(theme, _("Continue"), self._answer, kind="primary"),
            link(theme, _("Choose a folder"), self._choose_folder),
            link(theme, _("Back"), self.back_wanted.emit),
        )

    def _answer(self) -> None:
        name = self.name.text().strip()
        if not name:
            self.show_trouble(_("Write your name, so that colleagues know who corrected what."))
            return
        self.answered.emit(name, Path(self._folder.text()).expanduser())

    def _warn_of_cloud(self, folder: str) -> None:
        service = look_at(Path(folder).expanduser()).cloud_service if folder else ""
        self._warning.setVisible(bool(service))
        if service:
            self._warning.setText(
                _(
                    "{service} synchronises this folder and may damage the workspace. Choose a folder outside it."
                ).format(service=service)
            )

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, _("Folder of the workspace"), str(Path.home())
        )
        if chosen:
            self._folder.setText(chosen)


class PassphraseSheet(Sheet):
    """Asks for a new passphrase, typed twice and strong enough.

    Emits:
        chosen: the passphrase.
        back_wanted: the person wants the screen before.
    """

    chosen = Signal(str)
    back_wanted = Signal()

    def __init__(self, theme: Theme, jobs: Jobs, title: str, words: str, verb: str) -> None:
        super().__init__(theme, title, words, icon="key")
        self._name = verb
        self._verb = Button(theme, verb, self._choose, kind="primary")
        self._pair = PassphrasePair(theme, OwnedJobs(jobs, self), self._verb.click)
        self._pair.add_to(self)
        self.add_verbs(self._verb, link(theme, _("Back"), self.back_wanted.emit))

    def focus_first(self) -> None:
        """Give the keyboard to the first line."""
        self._pair.focus()

    def begin(self, words: str) -> None:
        """Say on the button what is going on; it cannot be pressed again."""
        self._verb.set_busy(is_busy=True)
        self._verb.set_text(words)

    def refuse(self, sentence: str) -> None:
        """Say what went wrong and let the person try again."""
        self._verb.set_text(self._name)
        self._verb.set_busy(is_busy=False)
        self.show_trouble(sentence)

    def _choose(self) -> None:
        trouble = self._pair.trouble()
        self.show_trouble(trouble)
        if not trouble:
            self.chosen.emit(self._pair.text())


def passphrase_of_this_computer(theme: Theme, jobs: Jobs, verb: str) -> PassphraseSheet:
    """Return the screen for a copy of a workspace that others have too."""
    return PassphraseSheet(
        theme,
        jobs,
        _("A passphrase for this computer"),
        _(
            "It opens the workspace on this computer; colleagues have their own. Nobody can look it up or reset it."
        ),
        verb,
    )
