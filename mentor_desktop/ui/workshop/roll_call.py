"""People in the building as a list to call out: tick who was found. Nothing of it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from mentor_desktop.i18n import _
from mentor_desktop.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex

_CELL_WIDTH, _CELL_HEIGHT = 290, 56
_BOX, _PADDING, _GAP = 22, 10, 12


@dataclass(frozen=True)
class RollEntry:
    """One person; `number` is the number on the list, "" without one."""

    key: str
    number: str
    name: str
    detail: str


class RollCall(QListView):
    """Names in as many columns as fit; Space or a click ticks one.

    Emits:
        found_changed: how many are ticked.
    """

    found_changed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._model = _RollModel(self)
        self.setAccessibleName(_("People in the building"))
        self.setModel(self._model)
        self.setItemDelegate(_RollDelegate(theme, self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setUniformItemSizes(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setLayoutMode(QListView.LayoutMode.SinglePass)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._toggle)
        theme.changed.connect(self._set_grid)

    @property
    def found(self) -> frozenset[str]:
        """The keys that are ticked."""
        return frozenset(self._model.found)

    def set_entries(self, entries: Sequence[RollEntry]) -> None:
        """Show other people; who was found stays found."""
        current = self.currentIndex().row()
        self._model.set_entries(tuple(entries))
        self.setCurrentIndex(self._model.index(min(max(current, 0), len(entries) - 1)))
        self._set_grid()
        self.found_changed.emit(len(self.found))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._toggle(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_grid()

    def _toggle(self, index: Index) -> None:
        if index.isValid():
            self._model.toggle(index.row())
            self.found_changed.emit(len(self.found))

    def _set_grid(self) -> None:
        extent = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)  # Qt keeps it free
        room, px = self.viewport().width() - extent, self._theme.px
        columns = max(1, room // px(_CELL_WIDTH))
        self.setGridSize(QSize(max(room // columns - 1, 1), px(_CELL_HEIGHT)))


class _RollModel(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: tuple[RollEntry, ...] = ()
        self.found: set[str] = set()

    def set_entries(self, entries: tuple[RollEntry, ...]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.found &= {entry.key for entry in entries}
        self.endResetModel()

    def toggle(self, row: int) -> None:
        self.found ^= {self.entries[row].key}
        self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return entry, entry.key in self.found
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if entry.key in self.found else Qt.CheckState.Unchecked
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return ", ".join(part for part in (entry.number, entry.name, entry.detail) if part)
        return None


class _RollDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return self._view.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, px = self._theme, self._theme.px
        entry, is_found = index.data(Qt.ItemDataRole.UserRole)
        box = option.rect.adjusted(0, px(2), -px(8), -px(2))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = theme.size("radius_control")
        has_keyboard = self._view.hasFocus() and index == self._view.currentIndex()
        if option.state & QStyle.StateFlag.State_MouseOver or has_keyboard:
            ring = QPen(theme.color("accent"), theme.tokens.sizes["focus"])
            painter.setPen(ring if has_keyboard else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), radius, radius)
        side = px(_BOX)
        tick = QRect(box.left() + px(_PADDING), box.center().y() - side // 2, side, side)
        self._paint_tick(painter, tick, is_found=is_found)
        left = tick.right() + px(_GAP)
        self._paint_words(
            painter, entry, box.adjusted(left - box.left(), 0, -px(_PADDING), 0), is_found=is_found
        )
        painter.restore()

    def _paint_tick(self, painter: QPainter, box: QRect, *, is_found: bool) -> None:
        theme = self._theme
        painter.setPen(QPen(theme.color("present" if is_found else "line_strong"), 1.5))
        painter.setBrush(theme.color("present") if is_found else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(box).adjusted(1, 1, -1, -1))
        if is_found:
            ratio = self._view.devicePixelRatioF()
            pixmap = theme.pixmap("checked", "surface", 14, ratio)
            inset = (box.width() - theme.px(14)) // 2
            painter.drawPixmap(box.left() + inset, box.top() + inset, pixmap)

    def _paint_words(
        self, painter: QPainter, entry: RollEntry, room: QRect, *, is_found: bool
    ) -> None:
        theme = self._theme
        for words, role, tone, top in (
            (entry.name, "section", "muted" if is_found else "text", True),
            (entry.detail, "small", "muted", False),
        ):
            font = theme.font(role)
            metrics = QFontMetrics(font)
            half = room.height() // 2
            line = QRect(room.left(), room.top() + (0 if top else half), room.width(), half)
            painter.setFont(font)
            painter.setPen(theme.color(tone))
            side = Qt.AlignmentFlag.AlignBottom if top else Qt.AlignmentFlag.AlignTop
            elided = metrics.elidedText(words, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, int(side | Qt.AlignmentFlag.AlignLeft), elided)
