"""An empty page that says what to do next: one picture, one sentence, one button.

Beside the button there may be a quieter one for what is done more rarely (`rarer`).
"""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.layout import STRETCH, row
from mentor_desktop.ui.widgets.text import Text

Drawing = Literal["people", "workshop", "paper", "search", "calm", "certificate", "sync"]

_PICTURE = (168, 126)
_TEXT_WIDTH = 420
_ALMOST_ALL = 1_000  # stretch that beats those on both sides


class EmptyState(QWidget):
    """Shown in place of a list that has nothing in it."""

    def __init__(
        self,
        theme: Theme,
        sentence: str,
        drawing: Drawing = "calm",
        action: str = "",
        on_action: Callable[[], object] | None = None,
        *,
        rarer: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        super().__init__()
        self.setAccessibleName(sentence)
        self._text = Text(theme, sentence, tone="muted")
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.space("l"))
        layout.addStretch(2)
        layout.addWidget(_Picture(theme, drawing), 0, Qt.AlignmentFlag.AlignHCenter)
        line = row(theme, STRETCH, self._text, STRETCH)
        line.setStretch(1, _ALMOST_ALL)
        self._text.setMaximumWidth(theme.px(_TEXT_WIDTH))  # after it has its place between both
        layout.addLayout(line)
        if action:
            button = Button(theme, action, on_action)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        if rarer:
            quiet = Button(theme, *rarer, kind="quiet")
            layout.addWidget(quiet, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def set_sentence(self, sentence: str) -> None:
        """Say something else."""
        self._text.setText(sentence)
        self.setAccessibleName(sentence)


class _Picture(QWidget):
    def __init__(self, theme: Theme, drawing: Drawing) -> None:
        super().__init__()
        self._theme = theme
        self._drawing: Drawing = drawing

    def sizeHint(self) -> QSize:
        return QSize(*_PICTURE)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._theme.draw_picture(QPainter(self), self._drawing, self.rect())
