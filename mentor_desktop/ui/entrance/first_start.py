"""The first start in three screens: language, who and where, passphrase with its sheet."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from mentor_desktop import i18n
from mentor_desktop.clock import Clock
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.services import workspaces
from mentor_desktop.ui.entrance.cloud_warning import warn_of_cloud
from mentor_desktop.ui.entrance.passphrase_pair import PassphrasePair
from mentor_desktop.ui.entrance.recovery_code_sheet import RecoveryCodeSheet
from mentor_desktop.ui.entrance.sheet import Sheet, link
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import Choice, LineEdit
from mentor_desktop.ui.widgets.layout import row
from mentor_desktop.ui.widgets.text import Text


@dataclass
class _Answers:
    """What was said on the screens so far."""

    root: Path
    actor: str = ""
    with_samples: bool = False


class FirstStart(QStackedWidget):
    """Leads to a new workspace.

    Emits:
        opened: the new workspace, after its recovery sheet was seen.
        language_chosen: a language code; the entrance shows itself anew in it.
        existing_wanted: the folder of a workspace that is there already.
        joining_wanted: the workspace is on a server, and the person has an invitation.
        file_wanted: another laptop handed over a file.
    """

    opened = Signal(object)
    language_chosen = Signal(str)
    existing_wanted = Signal(object)
    joining_wanted = Signal()
    file_wanted = Signal()

    def __init__(
        self, theme: Theme, jobs: Jobs, clock: Clock, settings: LiveSettings, root: Path
    ) -> None:
        super().__init__()
        self._theme = theme
        self._jobs = jobs
        self._clock = clock
        self._answers = _Answers(root)
        self._show(self._welcome())

    def first_focus(self) -> QWidget | None:
        """Return the widget the keyboard goes to."""
        shown = self.currentWidget()
        return shown.findChild(Button) if shown else None

    def _show(self, sheet: QWidget) -> None:
        old = self.currentWidget()
        self.addWidget(sheet)
        self.setCurrentWidget(sheet)
        if old is not None:
            self.removeWidget(old)
            old.deleteLater()

    def _welcome(self) -> Sheet:
        sheet = Sheet(
            self._theme,
            _("Welcome to Mentor Desktop"),
            _(
                "Workshops, lists and certificates, without a network. Everything stays on this computer, encrypted."
            ),
            icon="certificates",
        )
        languages = [(code, i18n.Language(code).own_name()) for code in i18n.available_languages()]
        choice = Choice(self._theme, _("Language"), languages, i18n.current_language().code)
        choice.chosen.connect(self.language_chosen)
        sheet.fields.addLayout(
            row(self._theme, Text(self._theme, _("Language"), "label", "muted", wrap=False), choice)
        )
        sheet.add_verbs(
            Button(
                self._theme, _("Begin"), partial(self._ask_who, with_samples=False), kind="primary"
            ),
            Button(
                self._theme,
                _("Look around with sample data"),
                partial(self._ask_who, with_samples=True),
            ),
            link(self._theme, _("Join a workspace"), self.joining_wanted.emit),
            link(self._theme, _("Open a file from another laptop"), self.file_wanted.emit),
            link(self._theme, _("Open a workspace"), self._choose_existing),
        )
        return sheet

    def _ask_who(self, *, with_samples: bool) -> None:
        self._answers.with_samples = with_samples
        sheet = Sheet(
            self._theme,
            _("Who works here?"),
            _(
                "Your name signs corrections in the history. The folder holds everything; one folder is one team."
            ),
            icon="person",
        )
        name = LineEdit(_("Your name"), text=self._answers.actor)
        folder = LineEdit(_("Folder of the workspace"), text=str(self._answers.root))
        warning = Text(self._theme, "", "small", "late")
        folder.textChanged.connect(partial(warn_of_cloud, warning))
        warn_of_cloud(warning, folder.text())
        next_screen = partial(self._ask_passphrase, sheet, name, folder)
        name.returnPressed.connect(next_screen)
        folder.returnPressed.connect(next_screen)
        sheet.add_field(_("Your name"), name)
        sheet.add_field(_("Folder of the workspace"), folder)
        sheet.fields.addWidget(warning)
        sheet.add_verbs(
            Button(self._theme, _("Continue"), next_screen, kind="primary"),
            link(self._theme, _("Choose a folder"), partial(self._choose_folder, folder)),
        )
        self._show(sheet)
        name.setFocus()

    def _ask_passphrase(self, before: Sheet, name: LineEdit, folder: LineEdit) -> None:
        if not name.text().strip():
            before.show_trouble(_("Write your name, so that colleagues know who corrected what."))
            return
        self._answers.actor, self._answers.root = (
            name.text().strip(),
            Path(folder.text()).expanduser(),
        )
        sheet = Sheet(
            self._theme,
            _("A passphrase for this workspace"),
            _(
                "It opens the workspace on any computer. Nobody can look it up or reset it; the recovery sheet is the only other key."
            ),
            icon="key",
        )
        verb = Button(self._theme, _("Make the workspace"), kind="primary")
        pair = PassphrasePair(self._theme, OwnedJobs(self._jobs, sheet), verb.click)
        pair.add_to(sheet)
        verb.clicked.connect(partial(self._make, sheet, pair, verb))
        sheet.add_verbs(verb)
        self._show(sheet)
        pair.focus()

    def _make(self, sheet: Sheet, pair: PassphrasePair, verb: Button) -> None:
        trouble = pair.trouble()
        sheet.show_trouble(trouble)
        if trouble:
            return
        verb.setEnabled(False)
        verb.set_text(_("Making …"))
        self._jobs.draw(
            partial(
                workspaces.create_workspace,
                self._answers.root,
                passphrase=pair.text(),
                actor=self._answers.actor,
                language=i18n.current_language().code,
                clock=self._clock,
                with_samples=self._answers.with_samples,
            ),
            self._show_recovery_sheet,
            partial(self._refuse, sheet, verb),
            owner=self,
        )

    def _refuse(self, sheet: Sheet, verb: Button, error: UserFacingError) -> None:
        verb.set_text(_("Make the workspace"))
        verb.setEnabled(True)
        sheet.show_trouble(str(error))

    def _show_recovery_sheet(self, made: workspaces.NewWorkspace) -> None:
        sheet = RecoveryCodeSheet(self._theme, made)
        sheet.opened.connect(self.opened)
        self._show(sheet)
        sheet.first_focus().setFocus()

    def _choose_folder(self, line: LineEdit) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, _("Folder of the workspace"), str(Path.home())
        )
        if chosen:
            line.setText(chosen)

    def _choose_existing(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, _("Folder of the workspace"), str(Path.home())
        )
        if chosen:
            self.existing_wanted.emit(Path(chosen))
