"""The first start in three screens: language, who and where, passphrase with its sheet."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from mentor_desktop import i18n
from mentor_desktop.clock import Clock
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.services import workspaces
from mentor_desktop.ui.entrance.sheet import Sheet, link
from mentor_desktop.ui.entrance.sheet_stack import PassphraseSheet, SheetStack, WhoSheet
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import Choice
from mentor_desktop.ui.widgets.layout import row
from mentor_desktop.ui.widgets.text import Text


@dataclass
class _Answers:
    """What was said on the screens so far."""

    root: Path
    actor: str = ""
    with_samples: bool = False


class FirstStart(SheetStack):
    """Leads to a new workspace.

    Emits:
        opened: the new workspace, after its recovery sheet was seen.
        language_chosen: a language code; the entrance shows itself anew in it.
        existing_wanted: the folder of a workspace that is there already.
        joining_wanted: the workspace is on a server, and the person has an invitation.
        file_wanted: another laptop handed over a file.
    """

    language_chosen = Signal(str)
    existing_wanted = Signal(object)
    joining_wanted = Signal()
    file_wanted = Signal()

    def __init__(
        self, theme: Theme, jobs: Jobs, clock: Clock, settings: LiveSettings, root: Path
    ) -> None:
        super().__init__(theme)
        self._jobs = jobs
        self._clock = clock
        self._answers = _Answers(root)
        self.show_sheet(self._welcome())

    def first_focus(self) -> QWidget | None:
        """Return the widget the keyboard goes to."""
        shown = self.currentWidget()
        return shown.findChild(Button) if shown else None

    def _welcome(self) -> Sheet:
        sheet = Sheet(
            self.theme,
            _("Welcome to Mentor Desktop"),
            _(
                "Workshops, lists and certificates, without a network. Everything stays on this computer, encrypted."
            ),
            icon="certificates",
        )
        languages = [(code, i18n.Language(code).own_name()) for code in i18n.available_languages()]
        choice = Choice(self.theme, _("Language"), languages, i18n.current_language().code)
        choice.chosen.connect(self.language_chosen)
        sheet.fields.addLayout(
            row(self.theme, Text(self.theme, _("Language"), "label", "muted", wrap=False), choice)
        )
        sheet.add_verbs(
            Button(
                self.theme, _("Begin"), partial(self._ask_who, with_samples=False), kind="primary"
            ),
            Button(
                self.theme,
                _("Look around with sample data"),
                partial(self._ask_who, with_samples=True),
            ),
            link(self.theme, _("Join a workspace"), self.joining_wanted.emit),
            link(self.theme, _("Open a file from another laptop"), self.file_wanted.emit),
            link(self.theme, _("Open a workspace"), self._choose_existing),
        )
        return sheet

    def _begin_anew(self) -> None:
        welcome = self._welcome()
        self.show_sheet(welcome, welcome.findChild(Button))

    def _ask_who(self, *, with_samples: bool) -> None:
        self._answers.with_samples = with_samples
        sheet = WhoSheet(
            self.theme,
            _("Who works here?"),
            _(
                "Your name signs corrections in the history. The folder holds everything; one folder is one team."
            ),
            actor=self._answers.actor,
            root=self._answers.root,
        )
        sheet.answered.connect(self._ask_passphrase)
        sheet.back_wanted.connect(self._begin_anew)
        self.show_sheet(sheet, sheet.name)

    def _ask_passphrase(self, actor: str, root: Path) -> None:
        self._answers.actor, self._answers.root = actor, root
        sheet = PassphraseSheet(
            self.theme,
            self._jobs,
            _("A passphrase for this workspace"),
            _(
                "It opens the workspace on any computer. Nobody can look it up or reset it; the recovery sheet is the only other key."
            ),
            _("Make the workspace"),
        )
        sheet.chosen.connect(partial(self._make, sheet))
        sheet.back_wanted.connect(partial(self._ask_who, with_samples=self._answers.with_samples))
        self.show_sheet(sheet)
        sheet.focus_first()

    def _make(self, sheet: PassphraseSheet, passphrase: str) -> None:
        sheet.begin(_("Making …"))
        self._jobs.draw(
            partial(
                workspaces.create_workspace,
                self._answers.root,
                passphrase=passphrase,
                actor=self._answers.actor,
                language=i18n.current_language().code,
                clock=self._clock,
                with_samples=self._answers.with_samples,
            ),
            self.show_recovery_code,
            partial(self._refuse, sheet),
            owner=self,
        )

    def _refuse(self, sheet: PassphraseSheet, error: UserFacingError) -> None:
        sheet.refuse(str(error))

    def _choose_existing(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, _("Folder of the workspace"), str(Path.home())
        )
        if chosen:
            self.existing_wanted.emit(Path(chosen))
