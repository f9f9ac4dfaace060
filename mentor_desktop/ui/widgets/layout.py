"""Rows and columns on the 4-8-12-16-24-40 grid, so that no page counts pixels."""

from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mentor_desktop.ui.theme import Theme

Gap = Literal["none", "xs", "s", "m", "l", "xl", "xxl"]


class Stretch:
    """Stands in a row or column for room that grows."""


STRETCH = Stretch()
_UNLIMITED = 16_777_215  # QWIDGETSIZE_MAX
_ALMOST_ALL = 1000  # stretch that beats a stretch of 1
Item = QWidget | QLayout | Stretch


def column(theme: Theme, *items: Item, gap: Gap = "m", margins: Gap = "none") -> QVBoxLayout:
    """Return a layout of items one below the other."""
    layout = QVBoxLayout()
    _fill(layout, theme, items, gap, margins)
    return layout


def row(theme: Theme, *items: Item, gap: Gap = "s", margins: Gap = "none") -> QHBoxLayout:
    """Return a layout of items side by side, centred on one line."""
    layout = QHBoxLayout()
    _fill(layout, theme, items, gap, margins)
    return layout


def holder(layout: QLayout) -> QWidget:
    """Return a bare widget around a layout."""
    widget = QWidget()
    widget.setLayout(layout)
    return widget


def pile(*widgets: QWidget) -> QStackedWidget:
    """Return widgets of which one is seen, the first to begin with.

    Not a QStackedLayout: that shows its first widget at once, and where it stands on no page
    yet this is a window of its own, on the screen for a moment and 5 ms of each page's opening.
    """
    stack = QStackedWidget()
    for widget in widgets:
        stack.addWidget(widget)
    return stack


def rule(theme: Theme) -> QFrame:
    """Return a thin horizontal line; try whitespace first."""
    line = QFrame()
    line.setProperty("rule", "true")
    line.setFixedHeight(1)
    line.setMinimumWidth(theme.space("xxl"))
    return line


class ScrollColumn(QScrollArea):
    """A page of text that scrolls; its column is at most 1,100 px wide. Fill `column`."""

    def __init__(self, theme: Theme, gap: Gap = "m", margins: Gap = "none") -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._theme = theme
        self._body = _Body(theme)
        self.column = column(theme, gap=gap, margins=margins)
        self._body.setLayout(self.column)
        outer = QWidget()
        outer.setObjectName("body")
        side = row(theme, self._body, STRETCH, gap="none")
        side.setStretch(0, _ALMOST_ALL)
        outer.setLayout(side)
        self.setWidget(outer)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._body.minimumSizeHint().width(), self._theme.size("row"))


class _Body(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("body")
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._set_width()
        theme.changed.connect(self._set_width)

    def _set_width(self) -> None:
        self.setMaximumWidth(self._theme.size("content"))


def _fill(
    layout: QBoxLayout, theme: Theme, items: tuple[Item, ...], gap: Gap, margins: Gap
) -> None:
    layout.setSpacing(_pixels(theme, gap))
    side = _pixels(theme, margins)
    layout.setContentsMargins(side, side, side, side)
    for item in items:
        if isinstance(item, QWidget) and item.maximumWidth() < _UNLIMITED:
            layout.addLayout(_limited(item))
        elif isinstance(item, QWidget):
            layout.addWidget(item)
        elif isinstance(item, QLayout):
            layout.addLayout(item)
        else:
            layout.addStretch(1)


def _limited(widget: QWidget) -> QHBoxLayout:
    """Return a row that lets a widget grow to its largest width, and no further.

    WORKAROUND for QBoxLayout: a column that holds the widget itself shares out its height as
    if it were that narrow, but asks for the height of its whole width, and so cuts its rows.
    """
    line = QHBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(widget, _ALMOST_ALL)
    line.addStretch(1)
    return line


def _pixels(theme: Theme, gap: Gap) -> int:
    return 0 if gap == "none" else theme.space(gap)
