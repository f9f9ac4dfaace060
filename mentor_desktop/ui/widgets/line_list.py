"""A list that reads like a page: a time or date, what it is, and a word at the end.

Not for tables: no columns, no sorting, a few hundred lines at most. It has the height of
its lines and stands in a column that scrolls.
"""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QScrollArea, QSizePolicy, QWidget

from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.line_drawing import LineDelegate, Measures

__all__ = ["Line", "LineList", "heading"]

Index = QModelIndex | QPersistentModelIndex


class Line(NamedTuple):
    """One line. `lead` stands left of it (a time), `tail` right of it (a count or a state).

    `key` is what `opened` emits; a line without one cannot be pressed. Tones are colour
    tokens; `lead_tone` is the one of `lead_detail`.
    """

    text: str
    detail: str = ""
    key: str = ""
    lead: str = ""
    lead_detail: str = ""
    lead_tone: str = "muted"
    tail: str = ""
    tail_tone: str = "muted"
    icon: str = ""
    icon_tone: str = "muted"
    tone: str = "text"
    is_heading: bool = False

    @property
    def spoken(self) -> str:
        """The whole line for a screen reader."""
        parts = (self.lead, self.lead_detail, self.text, self.detail, self.tail)
        return ", ".join(part for part in parts if part)


def heading(text: str, tail: str = "") -> Line:
    """Return a quiet heading above the lines that follow."""
    return Line(text, tail=tail, is_heading=True)


class LineList(QListView):
    """Shows lines; Up and Down walk through them, Enter or a click opens one.

    `lights_current` lights the line one is on while the keyboard is elsewhere: in a search box
    above, or on the page that the line is about.

    Emits:
        opened: the `key` of the line.
    """

    opened = Signal(str)

    def __init__(
        self, theme: Theme, name: str, *, is_strong: bool = True, lights_current: bool = False
    ) -> None:
        super().__init__()
        self._theme = theme
        self._model = _LinesModel(self)
        self._measures = Measures(theme, is_strong=is_strong)
        self.setAccessibleName(name)
        self.setModel(self._model)
        self.setItemDelegate(LineDelegate(self._measures, self, lights_current=lights_current))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.clicked.connect(self._open)
        self._fit()
        theme.changed.connect(self._on_theme_changed)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that are shown, headings among them."""
        return self._model.lines

    @property
    def current_key(self) -> str:
        """The key of the line the keyboard is on, empty when on none."""
        index = self.currentIndex()
        return self.lines[index.row()].key if index.isValid() else ""

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines; the keyboard stays on the line it was on."""
        if tuple(lines) == self.lines:
            return
        key = self.current_key
        self._model.set_lines(tuple(lines))
        self._measures.set_lines(self.lines)
        self.select(key)
        if self.window().focusWidget() is self:
            self._begin()
        self._fit()

    def select(self, key: str) -> None:
        """Put the keyboard on a line without opening it; nothing when there is none."""
        for row, line in enumerate(self.lines):
            if key and line.key == key:
                self.setCurrentIndex(self._model.index(row))

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(320), self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(200), self.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        is_open = index.isValid() and bool(self.lines[index.row()].key)
        shape = Qt.CursorShape.PointingHandCursor if is_open else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def focusInEvent(self, event: QEvent) -> None:
        super().focusInEvent(event)  # type: ignore[arg-type]  # the event Qt hands over
        self._begin()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and self.hasFocus():
            self._bring_into_sight(self.visualRect(current))

    def _begin(self) -> None:
        """Put the keyboard on the first line that can be opened, unless it is on one."""
        first = next((row for row, line in enumerate(self.lines) if line.key), -1)
        if not self.currentIndex().isValid() and first >= 0:
            self.setCurrentIndex(self._model.index(first))

    def _bring_into_sight(self, rect: QRect) -> None:
        area: QWidget | None = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if isinstance(area, QScrollArea) and (page := area.widget()) is not None:
            at = self.mapTo(page, rect.center())
            area.ensureVisible(at.x(), at.y(), 0, rect.height())

    def _fit(self) -> None:
        """Take the height of the lines at this width."""
        width = self.viewport().width()
        height = sum(self._measures.height(line, width) for line in self.lines)
        self.scheduleDelayedItemsLayout()
        if height != self.height():
            self.setFixedHeight(height)

    def _open(self, index: Index) -> None:
        if index.isValid() and self.lines[index.row()].key:
            self.opened.emit(self.lines[index.row()].key)

    def _on_theme_changed(self) -> None:
        self._measures.set_lines(self.lines)
        self._fit()
        self.viewport().update()


class _LinesModel(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()

    def set_lines(self, lines: tuple[Line, ...]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return line
        spoken = {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}
        return line.spoken if role in spoken else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        can_open = bool(self.lines[index.row()].key)
        both = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return both if can_open else Qt.ItemFlag.NoItemFlags
