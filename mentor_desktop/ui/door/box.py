"""The one box of the door: letters, a list number or a badge; Enter; a digit chooses a row."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from mentor_desktop.i18n import _
from mentor_desktop.services.badge_codes import is_scan
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.inputs import SearchBox

_HEIGHT = 76


class DoorBox(SearchBox):
    """Knows which keys are text and which are commands.

    `choose_row` is asked with a row number from 0 and says whether there is such a row.

    Emits:
        left: Esc in the empty box.
    """

    left = Signal()

    def __init__(self, theme: Theme, choose_row: Callable[[int], bool]) -> None:
        super().__init__(theme, _("Name, list number or badge"), _("Two letters of a name …"))
        self._choose_row = choose_row
        self._set_font()
        theme.changed.connect(self._set_font)

    def empty(self) -> None:
        """Be ready for the next person; Ctrl+Z then takes back the check-in, not the emptying."""
        self.setText("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.text():
            self.left.emit()
        elif self._is_row(event.text()) and self._choose_row(int(event.text()) - 1):
            self.returnPressed.emit()
        else:
            super().keyPressEvent(event)

    def _is_row(self, digit: str) -> bool:
        """Say whether a digit means a row: after letters it does, before them it begins a number."""
        typed = self.text()
        is_digit = digit.isdecimal() and digit != "0"
        return bool(is_digit and typed and not typed[0].isdecimal() and not is_scan(typed))

    def _set_font(self) -> None:
        self.setFont(self._theme.font("door"))
        self.setMinimumHeight(self._theme.px(_HEIGHT))
