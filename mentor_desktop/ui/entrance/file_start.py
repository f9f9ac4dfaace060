"""The first start with a file from another laptop: the file and its words, who works here, passphrase."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from mentor_desktop.clock import Clock
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.services.second_laptop import SUFFIX, begin_on_this_laptop, needs_words
from mentor_desktop.ui.entrance.sheet import Sheet, link
from mentor_desktop.ui.entrance.sheet_stack import (
    PassphraseSheet,
    SheetStack,
    WhoSheet,
    passphrase_of_this_computer,
)
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.second_laptop.sticks import stick_folder
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import LineEdit


class FileStart(SheetStack):
    """Leads to the workspace that another laptop handed over.

    Emits:
        opened: the workspace of this laptop, after its recovery sheet was seen.
        back_wanted: the person wants the first start instead.
    """

    back_wanted = Signal()

    def __init__(self, theme: Theme, jobs: Jobs, clock: Clock, root: Path) -> None:
        super().__init__(theme)
        self._jobs, self._clock, self._root = jobs, clock, root
        self._file, self._words, self._actor = "", "", ""
        self._ask_again()

    def first_focus(self) -> QWidget | None:
        """Return the widget the keyboard goes to."""
        shown = self.currentWidget()
        return shown.findChild(LineEdit) if shown else None

    def _ask_again(self, trouble: str = "") -> None:
        sheet = self._ask_file()
        sheet.show_trouble(trouble)
        self.show_sheet(sheet, sheet.findChild(LineEdit))

    def _ask_file(self) -> Sheet:
        sheet = Sheet(
            self.theme,
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
            Button(self.theme, _("Continue"), go_on, kind="primary"),
            Button(self.theme, _("Choose the file"), partial(self._choose_file, file, words)),
            link(self.theme, _("Back"), self.back_wanted.emit),
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
        self._ask_who()

    def _ask_who(self) -> None:
        sheet = WhoSheet(
            self.theme,
            _("Who works here?"),
            _("Your name stands beside what you mark, also on the other laptop."),
            actor=self._actor,
            root=self._root,
        )
        sheet.answered.connect(self._ask_passphrase)
        sheet.back_wanted.connect(self._ask_again)
        self.show_sheet(sheet, sheet.name)

    def _ask_passphrase(self, actor: str, root: Path) -> None:
        self._actor, self._root = actor, root
        sheet = passphrase_of_this_computer(self.theme, self._jobs, _("Open the workspace"))
        sheet.chosen.connect(partial(self._begin, sheet))
        sheet.back_wanted.connect(self._ask_who)
        self.show_sheet(sheet)
        sheet.focus_first()

    def _begin(self, sheet: PassphraseSheet, passphrase: str) -> None:
        sheet.begin(_("Opening …"))
        op = partial(
            begin_on_this_laptop,
            self._root,
            Path(self._file).expanduser(),
            self._words,
            passphrase=passphrase,
            actor=self._actor,
            clock=self._clock,
        )
        self._jobs.draw(op, self.show_recovery_code, self._refuse, owner=self)

    def _refuse(self, error: UserFacingError) -> None:
        """Go back to the file and its words: what was wrong is there."""
        self._ask_again(str(error))

    def _choose_file(self, file: LineEdit, words: LineEdit) -> None:
        chosen, _filter = QFileDialog.getOpenFileName(
            self, _("A file from another laptop"), str(stick_folder()), f"(*{SUFFIX})"
        )
        if chosen:
            file.setText(chosen)
            words.setFocus()
