"""What must still be said when the window is closing."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from mentor_desktop.i18n import _
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.layout import STRETCH, column, row
from mentor_desktop.ui.widgets.text import Text

_WIDTH = 480


class LastWord(QDialog):
    """One sentence and one button; the program ends with it."""

    def __init__(self, theme: Theme, sentence: str) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Closed without a backup"))
        self.setMinimumWidth(theme.px(_WIDTH))
        self.sentence = sentence
        close = Button(theme, _("Close"), self.accept, kind="primary")
        self.setLayout(
            column(
                theme,
                Text(theme, _("Closed without a backup"), role="section"),
                Text(theme, sentence),
                row(theme, STRETCH, close),
                margins="xl",
            )
        )
        close.setFocus()
