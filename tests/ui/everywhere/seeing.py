"""What a person who looks closely sees in a window: cut words, small targets, nameless stops."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TypeVar

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QFontMetrics, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollBar,
    QWidget,
)

from mentor_desktop.ui.tokens import contrast
from mentor_desktop.ui.widgets.table import Table
from mentor_desktop.ui.widgets.text import ElidedText

W = TypeVar("W", bound=QWidget)
SMALLEST_TARGET = 32
# WCAG 2.2, 1.4.3 for text of any size.
LEAST_CONTRAST = 4.5
# "Oluwaṣeun Adéṣínà-Ọ̀nà" is no rare length.
LETTERS_OF_A_NAME = 20
_LETTERS = re.compile(r"[^\W_]")
# Where a line may end: at a blank and at an invisible one.
_BREAKS = re.compile(r"[\s\u200b]+")
# A layout may round half a pixel away.
_SLACK = 1
_BEHIND_A_BOX = 8


def nameless_stops(window: QWidget) -> Iterator[str]:
    """Give what takes the keyboard and would be read aloud as nothing."""
    for widget in _shown(window, QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled():
            interface = QAccessible.queryAccessibleInterface(widget)
            if not interface.text(QAccessible.Text.Name).strip():
                yield _described(widget)


def small_targets(window: QWidget) -> Iterator[str]:
    """Give what is pressed or written in and is smaller than a finger or a shaky hand needs."""
    kinds: tuple[type[QWidget], ...] = (QAbstractButton, QComboBox, QLineEdit)
    for kind in kinds:
        for widget in _shown(window, kind):
            is_inside = isinstance(widget.parent(), QComboBox | QAbstractItemView)
            if not is_inside and min(widget.width(), widget.height()) < SMALLEST_TARGET:
                yield f"{_described(widget)} is {widget.width()} × {widget.height()}"


def cut_words(window: QWidget) -> Iterator[str]:
    """Give labels and buttons whose words do not fit into them, or that leave the window."""
    for label in _shown(window, QLabel):
        if not label.text() or isinstance(label, ElidedText):
            continue
        if label.wordWrap():
            needed = label.heightForWidth(label.width())
            if label.height() < needed - _SLACK:
                yield f"“{label.text()}” is cut below: {label.height()} of {needed}"
            widest = max(
                map(label.fontMetrics().horizontalAdvance, _BREAKS.split(label.text())), default=0
            )
            if label.width() < widest - _SLACK:
                yield f"a word of “{label.text()}” is cut: {label.width()} of {widest}"
        elif label.width() < label.sizeHint().width() - _SLACK:
            yield f"“{label.text()}” is cut: {label.width()} of {label.sizeHint().width()}"
    for button in _shown(window, QAbstractButton):
        # Behind the words of a box there is room of the style that may be taken away.
        spare = _BEHIND_A_BOX if isinstance(button, QCheckBox) else _SLACK
        needed = button.minimumSizeHint().width() - spare
        if button.text() and button.width() < needed:
            yield f"[{button.text()}] is cut: {button.width()} of {needed}"


def cut_boxes(window: QWidget) -> Iterator[str]:
    """Give boxes to write in or choose from that lack a part of their edge."""
    kinds: tuple[type[QWidget], ...] = (QLineEdit, QComboBox)
    for kind in kinds:
        for box in _shown(window, kind):
            parent = box.parentWidget()
            if isinstance(parent, QComboBox | QAbstractItemView):
                continue
            if box.height() < box.minimumSizeHint().height() or (
                box.geometry().bottom() > parent.rect().bottom()
            ):
                yield f"{_described(box)} is cut: {box.geometry()} in {parent.rect()}"


def out_of_sight(window: QWidget) -> Iterator[str]:
    """Give labels and buttons that a parent cuts at its left or right edge."""
    kinds: tuple[type[QWidget], ...] = (QLabel, QAbstractButton, QLineEdit)
    for kind in kinds:
        for widget in _shown(window, kind):
            if isinstance(widget, QLabel) and not widget.text():
                continue
            parent: QWidget | None = widget.parentWidget()
            while parent is not None and not isinstance(parent, QAbstractItemView):
                left = widget.mapTo(parent, QPoint(0, 0)).x()
                if left < -_SLACK or left + widget.width() > parent.width() + _SLACK:
                    yield f"{_described(widget)} leaves {type(parent).__name__}: {left} + {widget.width()} in {parent.width()}"
                    break
                parent = parent.parentWidget() if parent is not window else None


def sideways_scrolling(window: QWidget) -> Iterator[str]:
    """Give areas of text that can only be read by scrolling to the side."""
    for area in _shown(window, QAbstractScrollArea):
        bar: QScrollBar = area.horizontalScrollBar()
        if not isinstance(area, QAbstractItemView) and bar.isVisible() and bar.maximum() > 0:
            yield _described(area)


def pale_words(window: QWidget) -> Iterator[str]:
    """Give labels that stand out too little from what is really painted behind them."""
    picture = window.grab().toImage()
    ratio = picture.devicePixelRatio()
    for label in _shown(window, QLabel):
        if not label.isEnabled() or not _LETTERS.search(label.text()) or not _is_bare(label):
            continue
        corner = label.mapTo(window, QPoint(0, 0))
        place = QRect(corner, label.size()).intersected(window.rect())
        behind = picture.copy(QRect(place.topLeft() * ratio, place.size() * ratio))
        if behind.isNull():
            continue
        words = label.palette().color(label.foregroundRole()).name()
        ground = _most_common(behind)
        if contrast(words, ground) < LEAST_CONTRAST:
            yield f"“{label.text()}” is {words} on {ground}: {contrast(words, ground):.2f}"


def shortened_names(window: QWidget) -> Iterator[str]:
    """Give tables that scroll to the side, or leave the column in strong letters no room."""
    for table in _shown(window, Table):
        if table.horizontalScrollBar().maximum() > 0:
            yield f"{_described(table)} scrolls to the side"
        for at, column in enumerate(table.columns_model().columns):
            if column.role == "strong" and table.columnWidth(at) < _name_width(table):
                yield f"{_described(table)}: {column.title} has {table.columnWidth(at)}"


def _name_width(table: Table) -> int:
    return QFontMetrics(table.font()).averageCharWidth() * LETTERS_OF_A_NAME


def _is_bare(label: QLabel) -> bool:
    """Whether nothing scrolls or covers the label away."""
    return label.visibleRegion().boundingRect().size() == label.size()


def _most_common(picture: QImage) -> str:
    small = picture.convertToFormat(QImage.Format.Format_RGB32)
    pixels = memoryview(small.constBits()).cast("I")
    value, _count = Counter(pixels).most_common(1)[0]
    return f"#{value & 0xFFFFFF:06x}"


def _shown(window: QWidget, kind: type[W]) -> Iterator[W]:
    for widget in window.findChildren(kind):
        if widget.isVisible():
            yield widget


def _described(widget: QWidget) -> str:
    words = widget.accessibleName() or getattr(widget, "text", str)()
    return f"{type(widget).__name__} “{words}”"
