"""Words on the page: one label class with the text roles and tones of the design."""

from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.tooltip import tip

Role = Literal["small", "label", "body", "strong", "section", "title", "heading", "door"]

# An elided text keeps at least this many letters' width.
_FEWEST_LETTERS = 4


class Text(QLabel):
    """A text that wraps. Always plain: a name that looks like HTML stays as it is written.

    `tone` is a colour token of the style sheet: text, muted, faint, accent, present,
    late, absent, excused, remote or inverse.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        role: Role = "body",
        tone: str = "text",
        *,
        wrap: bool = True,
    ) -> None:
        super().__init__(text)
        self._theme = theme
        self._role = role
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setProperty("tone", tone)
        self._set_font()
        theme.changed.connect(self._set_font)

    def set_tone(self, tone: str) -> None:
        """Show the text in another tone."""
        if tone != self.property("tone"):
            self.setProperty("tone", tone)
            repolish(self)

    def _set_font(self) -> None:
        self.setFont(self._theme.font(self._role))


class ElidedText(Text):
    """A few lines at most, ending in "…" where room is short; tooltip and name have the whole text."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        role: Role = "body",
        tone: str = "text",
        *,
        lines: int = 1,
    ) -> None:
        super().__init__(theme, role=role, tone=tone, wrap=False)
        self._lines = lines
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 1, self._height(1))

    def minimumSizeHint(self) -> QSize:
        letters = self.fontMetrics().averageCharWidth() * _FEWEST_LETTERS
        return QSize(min(letters, self.sizeHint().width()), self._height(1))

    def fit_width(self, width: int) -> None:
        """Take the height the text needs in `width` pixels."""
        self.setFixedHeight(self._height(len(self._broken(width))))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        lines = self._broken(self.width())
        whole = " ".join(lines) == self.text()
        self.setToolTip("" if whole else tip(self.text()))
        height = self._height(1)
        top = (self.height() - height * len(lines)) // 2
        for line in lines:
            painter.drawText(0, top, self.width(), height, self.alignment(), line)
            top += height

    def _height(self, lines: int) -> int:
        return self.fontMetrics().lineSpacing() * lines

    def _broken(self, width: int) -> list[str]:
        """Break the text between words into at most `lines` lines and shorten the last."""
        metrics, words = self.fontMetrics(), self.text().split(" ")
        lines: list[str] = []
        while words and len(lines) < self._lines - 1:
            line = words.pop(0)
            while words and metrics.horizontalAdvance(f"{line} {words[0]}") <= width:
                line = f"{line} {words.pop(0)}"
            lines.append(line)
        lines.append(" ".join(words))
        shown = [
            metrics.elidedText(one, Qt.TextElideMode.ElideRight, width) for one in lines if one
        ]
        return shown or [""]


def repolish(widget: QWidget) -> None:
    """Let the style sheet look again at a widget whose property changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()
