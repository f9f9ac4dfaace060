"""The first start with a file from another laptop: the file and its words, who works here, passphrase."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from mentor_desktop.clock import Clock
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.services.second_laptop import SUFFIX, begin_on_this_laptop, needs_words
from mentor_desktop.services.workspaces import NewWorkspace
from mentor_desktop.ui.entrance.cloud_warning import warn_of_cloud
from mentor_desktop.ui.entrance.passphrase_pair import PassphrasePair
from mentor_desktop.ui.entrance.recovery_code_sheet import RecoveryCodeSheet
from mentor_desktop.ui.entrance.sheet import Sheet, link
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.second_laptop.sticks import stick_folder
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import LineEdit
from mentor_desktop.ui.widgets.text import Text


class FileStart(QStackedWidget):
    """Leads to the workspace that another laptop handed over.

    Emits:
        opened: the workspace of this laptop, after its recovery sheet was seen.
        back_wanted: the person wants the first start instead.
    """

    opened = Signal(object)
    back_wanted = Signal()

    def __init__(self, theme: Theme, jobs: Jobs, clock: Clock, root: Path) -> None:
        super().__init__()
        self._theme, self._jobs, self._clock, self._root = theme, jobs, clock, root
        self._file, self._words, self._actor = "", "", ""
        self._show(self._ask_file())

    def first_focus(self) -> QWidget | None:
        """Return the widget the keyboard goes to."""
        shown = self.currentWidget()
        return shown.findChild(LineEdit) if shown else None

    def _show(self, sheet: QWidget) -> None:
        old = self.currentWidget()
        self.addWidget(sheet)
        self.setCurrentWidget(sheet)
        if old is not None:
            self.removeWidget(old)
            old.deleteLater()
        first = self.first_focus()
        if first is not None:
            first.setFocus()

    def _ask_file(self) -> Sheet:
        sheet = Sheet(
            self._theme,
            _("A file from another laptop"),
            _(
                "Choose the file on the stick, and type the six words that the other laptop shows. "
                "You get what was handed over, and no more."
            ),
            icon="import",
        )
        file = LineEdit(_("File"), text=self._file)
        words = LineEdit(_("The six words"), text=self._words)
        go_on = partial(self._take_file, sheet, file, words)
        for line in (file, words):
            line.returnPressed.connect(go_on)
        sheet.add_field(_("File"), file)
        sheet.add_field(_("The six words"), words)
        sheet.add_verbs(
            Button(self._theme, _("Continue"), go_on, kind="primary"),
            Button(self._theme, _("Choose the file"), partial(self._choose_file, file, words)),
            link(self._theme, _("Back"), self.back_wanted.emit),
        )
        return sheet

    def _take_file(self, sheet: Sheet, file: LineEdit, words: LineEdit) -> None:
        self._file, self._words = file.text().strip(), words.text()
        try:
            is_invitation = needs_words(Path(self._file).expanduser())
        except UserFacingError as error:
            sheet.show_trouble(str(error))
            return
        if not is_invitation:
            sheet.show_trouble(_("This file is for a laptop that is known already. Open it there."))
            return
        self._show(self._ask_who())

    def _ask_who(self) -> Sheet:
        sheet = Sheet(
            self._theme,
            _("Who works here?"),
            _("Your name stands beside what you mark, also on the other laptop."),
            icon="person",
        )
        name = LineEdit(_("Your name"), text=self._actor)
        folder = LineEdit(_("Folder of the workspace"), text=str(self._root))
        warning = Text(self._theme, "", "small", "late")
        folder.textChanged.connect(partial(warn_of_cloud, warning))
        warn_of_cloud(warning, folder.text())
        go_on = partial(self._take_name, sheet, name, folder)
        for line in (name, folder):
            line.returnPressed.connect(go_on)
        sheet.add_field(_("Your name"), name)
        sheet.add_field(_("Folder of the workspace"), folder)
        sheet.fields.addWidget(warning)
        sheet.add_verbs(
            Button(self._theme, _("Continue"), go_on, kind="primary"),
            link(self._theme, _("Back"), lambda: self._show(self._ask_file())),
        )
        return sheet

    def _take_name(self, sheet: Sheet, name: LineEdit, folder: LineEdit) -> None:
        if not name.text().strip():
            sheet.show_trouble(_("Write your name, so that colleagues know who corrected what."))
            return
        self._actor, self._root = name.text().strip(), Path(folder.text()).expanduser()
        self._ask_passphrase()

    def _ask_passphrase(self) -> None:
        sheet = Sheet(
            self._theme,
            _("A passphrase for this computer"),
            _(
                "It opens the workspace on this computer; colleagues have their own. Nobody can look it up or reset it."
            ),
            icon="key",
        )
        verb = Button(self._theme, _("Open the workspace"), kind="primary")
        pair = PassphrasePair(self._theme, OwnedJobs(self._jobs, sheet), verb.click)
        pair.add_to(sheet)
        verb.clicked.connect(partial(self._begin, sheet, pair, verb))
        sheet.add_verbs(verb, link(self._theme, _("Back"), lambda: self._show(self._ask_who())))
        self._show(sheet)
        pair.focus()

    def _begin(self, sheet: Sheet, pair: PassphrasePair, verb: Button) -> None:
        trouble = pair.trouble()
        sheet.show_trouble(trouble)
        if trouble:
            return
        verb.setEnabled(False)
        verb.set_text(_("Opening …"))
        op = partial(
            begin_on_this_laptop,
            self._root,
            Path(self._file).expanduser(),
            self._words,
            passphrase=pair.text(),
            actor=self._actor,
            clock=self._clock,
        )
        self._jobs.draw(op, self._show_code, self._refuse, owner=self)

    def _refuse(self, error: UserFacingError) -> None:
        """Go back to the file and its words: what was wrong is there."""
        sheet = self._ask_file()
        sheet.show_trouble(str(error))
        self._show(sheet)

    def _show_code(self, made: NewWorkspace) -> None:
        sheet = RecoveryCodeSheet(self._theme, made)
        sheet.opened.connect(self.opened)
        self._show(sheet)
        sheet.first_focus().setFocus()

    def _choose_file(self, file: LineEdit, words: LineEdit) -> None:
        chosen, _filter = QFileDialog.getOpenFileName(
            self, _("A file from another laptop"), str(stick_folder()), f"(*{SUFFIX})"
        )
        if chosen:
            file.setText(chosen)
            words.setFocus()
