"""The last screen of a new workspace: its recovery code, shown this one time."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from mentor_desktop.i18n import _
from mentor_desktop.services.workspaces import NewWorkspace
from mentor_desktop.ui.entrance.sheet import Sheet
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import CheckBox
from mentor_desktop.ui.widgets.text import Text


class RecoveryCodeSheet(Sheet):
    """Lets nobody go on before the sheet is on paper.

    Emits:
        opened: the new workspace.
    """

    opened = Signal(object)

    def __init__(self, theme: Theme, made: NewWorkspace) -> None:
        super().__init__(
            theme,
            _("Keep this on paper"),
            _(
                "If the passphrase is forgotten, only this code opens the workspace. It is shown this one time."
            ),
            icon="document",
        )
        self._made = made
        code = Text(theme, made.recovery_code, "section", "accent")
        code.setAccessibleName(made.recovery_code)
        done = Button(
            theme,
            _("Open the workspace"),
            partial(self.opened.emit, made.workspace),
            kind="primary",
        )
        done.setEnabled(False)
        kept = CheckBox(theme, _("The sheet is printed or written down"))
        kept.toggled.connect(done.setEnabled)
        self.fields.addWidget(code)
        self.fields.addWidget(kept)
        self._save = Button(theme, _("Save the sheet as PDF"), self._save_sheet, icon="print")
        self.add_verbs(done, self._save)

    def first_focus(self) -> QWidget:
        """Return the widget the keyboard goes to."""
        return self._save

    def _save_sheet(self) -> None:
        path, _filter = QFileDialog.getSaveFileName(
            self,
            _("Save the recovery sheet"),
            str(Path.home() / "recovery-sheet.pdf"),
            "PDF (*.pdf)",
        )
        if not path:
            return
        try:
            Path(path).write_bytes(self._made.recovery_sheet)
        except OSError as error:
            self.show_trouble(
                _("{path} cannot be written ({reason}). Choose another place.").format(
                    path=path, reason=error.strerror
                )
            )
            return
        self.show_trouble("")
        self.set_words(
            _("Keep this on paper"),
            _("Saved as {path}. Print it, then delete the file.").format(path=path),
        )
