"""The passphrase and the recovery sheet of a workspace that is open."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.ui import printing
from mentor_desktop.ui.entrance.passphrase_pair import PassphrasePair
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.layout import STRETCH, column, row
from mentor_desktop.ui.widgets.text import Text

_FILE_NAME = "recovery-sheet.pdf"


class PassphrasePanel(QWidget):
    """Asks for a new passphrase twice.

    Emits:
        chosen: the passphrase.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, jobs: Jobs) -> None:
        super().__init__()
        self._theme = theme
        self.fields = QVBoxLayout()
        self.fields.setSpacing(theme.space("s"))
        self._trouble = Text(theme, "", "body", "absent")
        self._pair = PassphrasePair(theme, OwnedJobs(jobs, self), self._choose)
        self._pair.add_to(self)
        verb = Button(theme, _("Change the passphrase"), self._choose, kind="primary")
        self.setLayout(
            column(theme, self.fields, self._trouble, row(theme, verb, STRETCH), STRETCH, gap="l")
        )

    def add_field(self, label: str, editor: QLineEdit) -> None:
        """Put a labelled line below the others."""
        caption = Text(self._theme, label, "label", "muted")
        caption.setBuddy(editor)
        self.fields.addLayout(column(self._theme, caption, editor, gap="xs"))

    def _choose(self) -> None:
        trouble = self._pair.trouble()
        self._trouble.setText(trouble)
        if not trouble:
            self.chosen.emit(self._pair.text())


class RecoveryPanel(QWidget):
    """Shows a new recovery code this one time and saves its sheet."""

    def __init__(self, theme: Theme, code: str, sheet: bytes) -> None:
        super().__init__()
        self._sheet = sheet
        self._said = Text(theme, "", "body", "muted")
        code_text = Text(theme, code, "section", "accent")
        code_text.setAccessibleName(code)
        words = _(
            "The sheet before this one opens nothing any more. Print this one now; it is not shown again."
        )
        save = Button(theme, _("Save the sheet as PDF"), self._save, kind="primary", icon="print")
        self.setLayout(
            column(
                theme,
                Text(theme, words),
                code_text,
                row(theme, save, STRETCH),
                self._said,
                STRETCH,
                gap="l",
            )
        )

    def _save(self) -> None:
        path = printing.choose_file(self, _FILE_NAME)
        if path is None:
            return
        try:
            printing.save_file(path, self._sheet)
        except UserFacingError as error:
            self._said.setText(str(error))
            return
        self._said.setText(_("Saved as {path}. Print it, then delete the file.").format(path=path))
