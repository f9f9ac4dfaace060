"""What is on now, at the top of the first page: where, what, how many, and the one button.

Imported for the first paint: nothing slow may be imported here.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.flow import flowing
from mentor_desktop.ui.widgets.layout import STRETCH, row
from mentor_desktop.ui.widgets.text import Text

_BIG_HEIGHT, _BIG_EXTRA = 48, 32
_BAR_HEIGHT, _BAR_WIDTH = 6, 360


class HeroAct(NamedTuple):
    """Something to do now."""

    text: str
    icon: str
    act: Callable[[], object]


class BigButton(Button):
    """The one button of the page, large enough to be found from a distance."""

    def sizeHint(self) -> QSize:
        size = super().sizeHint()
        px = self._theme.px
        return QSize(size.width() + px(_BIG_EXTRA), px(_BIG_HEIGHT))


class CountBar(QWidget):
    """How many of all, as a line that fills; the words beside it say the same."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_count(self, count: int, total: int) -> None:
        """Fill the line to `count` of `total`."""
        self._share = min(count / total, 1.0) if total else 0.0
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(_BAR_WIDTH), self._theme.px(_BAR_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(_BAR_HEIGHT), self._theme.px(_BAR_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        width = min(self.width(), theme.px(_BAR_WIDTH))
        painter.setBrush(theme.color("pressed"))
        painter.drawRoundedRect(QRectF(0, 0, width, self.height()), radius, radius)
        if self._share:
            painter.setBrush(theme.color("present"))
            filled = max(width * self._share, self.height())
            painter.drawRoundedRect(QRectF(0, 0, filled, self.height()), radius, radius)


class Hero(QWidget):
    """A short text with one big button, and quieter ways on beside it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._when = Text(theme, "", "strong", "accent")
        self._title = Text(theme, "", "title")
        self._where = Text(theme, "", "body", "muted")
        self._count = Text(theme, "", "door", wrap=False)
        self._count_words = Text(theme, "", "section", "muted")
        self._bar = CountBar(theme)
        self._acts: tuple[HeroAct, ...] = ()
        self.button = BigButton(theme, "", partial(self._act, 0), kind="primary")
        self._others = [
            Button(theme, "", partial(self._act, number), kind="quiet") for number in (1, 2)
        ]
        self._lay_out()

    def set_words(self, when: str, title: str, where: str) -> None:
        """Say when it is, what it is, and where."""
        for label, text in ((self._when, when), (self._title, title), (self._where, where)):
            label.setText(text)
            label.setVisible(bool(text))

    def set_when(self, when: str) -> None:
        """Say when it is, once the dates are known."""
        self._when.setText(when)

    def set_count(self, count: int, total: int, words: str) -> None:
        """Show how many are here; nothing while nobody is expected."""
        self._counter.setVisible(total > 0)
        self._count.setText(f"{count} / {total}")
        self._count_words.setText(words)
        self._count.setAccessibleName(f"{count} / {total} {words}")
        self._bar.set_count(count, total)

    def set_acts(self, acts: Sequence[HeroAct]) -> None:
        """Offer up to three acts; the first is the big button."""
        self._acts = tuple(acts)
        for number, button in enumerate((self.button, *self._others)):
            button.setVisible(number < len(acts))
            if number < len(acts):
                button.set_text(acts[number].text)
                button.set_icon(acts[number].icon)
        self._line.updateGeometry()

    def _act(self, number: int) -> None:
        self._acts[number].act()

    def _lay_out(self) -> None:
        theme = self._theme
        self._counter = QWidget()
        counter = QVBoxLayout(self._counter)
        counter.setContentsMargins(0, theme.space("m"), 0, 0)
        counter.setSpacing(theme.space("xs"))
        counter.addLayout(row(theme, self._count, self._count_words, STRETCH, gap="m"))
        counter.addWidget(self._bar)
        self._line = flowing(theme, self.button, *self._others)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(10), 0, 0, 0)
        layout.setSpacing(theme.space("xs"))
        for widget in (self._when, self._title, self._where, self._counter):
            layout.addWidget(widget)
        layout.addSpacing(theme.space("l"))
        layout.addWidget(self._line)
