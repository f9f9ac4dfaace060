"""What a person sees when the program itself is at fault: a sentence and a report to pass on."""

import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QWidget

from mentor_desktop import __version__
from mentor_desktop.i18n import _
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import TextArea
from mentor_desktop.ui.widgets.layout import STRETCH, column, row
from mentor_desktop.ui.widgets.text import Text

_WIDTH, _HEIGHT = 640, 420


class ReportDialog(QDialog):
    """Shows a bug's report; nothing is sent anywhere."""

    def __init__(self, theme: Theme, sentence: str, report: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Something went wrong"))
        self.setMinimumSize(theme.px(_WIDTH) // 2, theme.px(_HEIGHT) // 2)
        self.resize(theme.px(_WIDTH), theme.px(_HEIGHT))
        self.report = f"Mentor Desktop {__version__} · Python {platform.python_version()} · Qt {qVersion()}\n{report}"
        area = TextArea(_("Report"))
        area.setReadOnly(True)
        area.setPlainText(self.report)
        explanation = _(
            "Please pass this report on to whoever looks after the program. "
            "Read it first: it may contain names."
        )
        close = Button(theme, _("Continue"), self.accept, kind="primary")
        copy = Button(theme, _("Copy report"), self._copy, icon="copy")
        self.setLayout(
            column(
                theme,
                Text(theme, sentence, role="section"),
                Text(theme, explanation, tone="muted"),
                area,
                row(theme, STRETCH, copy, close),
                margins="xl",
            )
        )
        close.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report)
