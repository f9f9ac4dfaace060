"""What happened in exchanges, newest first: a few lines on the Sync page; no room while nothing did."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtWidgets import QWidget

from mentor_desktop.i18n import _
from mentor_desktop.ui.sync_controller import Happening, words
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.layout import column
from mentor_desktop.ui.widgets.text import Text

_MOST_LINES = 6


class HistoryNote(QWidget):
    """Shows what it is given; the same again changes nothing."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: tuple[str, ...] = ()
        self._texts = column(theme, gap="s")
        note = column(theme, Text(theme, _("What happened"), "section"), self._texts, gap="s")
        note.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self.setLayout(note)
        self.hide()

    def show_happenings(self, happenings: Sequence[Happening], now: datetime) -> None:
        """Show the latest."""
        told = [words.happened(one, now) for one in happenings if words.happening(one)]
        lines = tuple(told[:_MOST_LINES])
        self.setVisible(bool(lines))
        if lines == self._lines:
            return
        self._lines = lines
        while (old := self._texts.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for line in lines:
            self._texts.addWidget(Text(self._theme, line, "body", "muted"))
