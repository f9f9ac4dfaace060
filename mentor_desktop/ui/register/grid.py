"""The grid: arrows move, letters set, Space toggles, Shift selects, a second click cycles."""

from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from mentor_desktop.i18n import _
from mentor_desktop.services.register import Cell
from mentor_desktop.ui.register.headers import NamesHeader, SlotsHeader
from mentor_desktop.ui.register.model import RegisterModel
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.status import paint_status

Index = QModelIndex | QPersistentModelIndex

# The same keys in all languages; Del takes a mark back.
KEYS = {
    Qt.Key.Key_P: "present",
    Qt.Key.Key_L: "late",
    Qt.Key.Key_V: "left_early",
    Qt.Key.Key_T: "partial",
    Qt.Key.Key_R: "remote",
    Qt.Key.Key_E: "excused",
    Qt.Key.Key_A: "absent",
    Qt.Key.Key_N: "not_required",
    Qt.Key.Key_Delete: "expected",
    Qt.Key.Key_Backspace: "expected",
}
# What a click on the current cell makes of it.
_CYCLE = {"expected": "present", "present": "late", "late": "absent", "absent": "expected"}
# Widths at 100 % text: what is needed, and up to what a wide window stretches it.
_NAME_WIDTH, _WIDEST_NAME = 210, 360
_CELL_WIDTH, _TOTAL_WIDTH, _MOST_STRETCH = 72, 76, 40
_DOT = 6


class RegisterGrid(QTableView):
    """Shows a `RegisterModel`.

    Emits:
        status_wanted: (status, list of (row, column)) for the selected cells.
        cell_lit: (row, column), whenever another cell becomes the current one.
        cell_taken: (row, column), by Enter: details are wanted.
    """

    status_wanted = Signal(str, list)
    cell_lit = Signal(int, int)
    cell_taken = Signal(int, int)

    def __init__(self, theme: Theme, model: RegisterModel) -> None:
        super().__init__()
        self._theme = theme
        self._model = model
        self.setModel(model)
        self.setAccessibleName(_("Register"))
        self.setItemDelegate(_CellDelegate(theme, model))
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self.setVerticalHeader(NamesHeader(theme, model, self))
        self.setHorizontalHeader(SlotsHeader(theme, model, self))
        self._set_sizes()
        theme.changed.connect(self._set_sizes)
        model.modelReset.connect(self._set_sizes)

    def selected_cells(self) -> list[tuple[int, int]]:
        """Return the selected half-day cells as (row, column), top to bottom; else the current one."""
        indexes = self.selectedIndexes() or [self.currentIndex()]
        chosen = {(index.row(), index.column()) for index in indexes if index.isValid()}
        return sorted(cell for cell in chosen if cell[1] < self._model.slot_count)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        key = Qt.Key(event.key())
        if plain and key in KEYS:
            self._want(KEYS[key])
        elif plain and key == Qt.Key.Key_Space:
            cell = self._current_cell()
            self._want("expected" if cell and cell.status == "present" else "present")
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            index = self.currentIndex()
            if index.isValid():
                self.cell_taken.emit(index.row(), index.column())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        is_again = index.isValid() and index == self.currentIndex() and self.hasFocus()
        super().mousePressEvent(event)
        is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        cell = self._model.cell_at(index) if index.isValid() else None
        if is_again and is_plain and cell and event.button() == Qt.MouseButton.LeftButton:
            self._want(_CYCLE.get(str(cell.status), "present"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.cell_lit.emit(current.row(), current.column())

    def _current_cell(self) -> Cell | None:
        index = self.currentIndex()
        return self._model.cell_at(index) if index.isValid() else None

    def _want(self, status: str) -> None:
        cells = self.selected_cells()
        if cells:
            self.status_wanted.emit(status, cells)

    def _set_sizes(self) -> None:
        theme = self._theme
        self.verticalHeader().setDefaultSectionSize(theme.size("row"))
        self.horizontalHeader().setFont(theme.font("label"))
        self.horizontalHeader().setFixedHeight(theme.px(48))
        self._share_width()

    def _share_width(self) -> None:
        """Give the names half of what the columns leave over, the columns the rest."""
        theme, columns = self._theme, range(self._model.columnCount())
        least = [
            max(
                theme.px(_TOTAL_WIDTH if column >= self._model.slot_count else _CELL_WIDTH),
                self.horizontalHeader().sectionSizeHint(column),
            )
            for column in columns
        ]
        bar = self.verticalScrollBar().sizeHint().width()
        names = theme.px(_NAME_WIDTH)
        spare = max(0, self.width() - bar - names - sum(least))
        wider = min(spare // 2, theme.px(_WIDEST_NAME) - names)
        stretch = min((spare - wider) // max(1, len(least)), theme.px(_MOST_STRETCH))
        self.verticalHeader().setFixedWidth(names + wider)
        for column in columns:
            self.setColumnWidth(column, least[column] + stretch)


class _Look(NamedTuple):
    """What a cell's picture depends on: its state, its three dots, its size."""

    status: str
    has_conflict: bool
    asks: bool
    has_note: bool
    width: int
    height: int
    ratio: float


class _CellDelegate(QStyledItemDelegate):
    """Paints a letter in its colour; a dot asks for a look: conflict, paper, missing time."""

    def __init__(self, theme: Theme, model: RegisterModel) -> None:
        super().__init__()
        self._theme = theme
        self._model = model
        self._pictures: dict[_Look, QPixmap] = {}
        theme.changed.connect(self._pictures.clear)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(self._theme.px(_CELL_WIDTH), self._theme.size("row"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, box, state = self._theme, option.rect, option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.color("accent_soft"))
        cell = self._model.cell_at(index)
        if cell is not None:
            painter.drawPixmap(box.topLeft(), self._picture(painter, cell, box.size()))
        else:
            painter.save()
            self._paint_line(painter, box)
            self._paint_total(painter, box, index)
            painter.restore()
        if state & QStyle.StateFlag.State_HasFocus:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("accent"), theme.size("focus")))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), 4, 4)
            painter.restore()

    def _picture(self, painter: QPainter, cell: Cell, size: QSize) -> QPixmap:
        """Return a cell that looks like this one, drawn once: a screen shows 200 of a few kinds."""
        look = _Look(
            str(cell.status),
            cell.has_conflict,
            cell.is_unchecked or cell.lacks_times,
            cell.has_note,
            size.width(),
            size.height(),
            painter.device().devicePixelRatioF(),
        )
        if look not in self._pictures:
            self._pictures[look] = self._drawn(look, cell)
        return self._pictures[look]

    def _drawn(self, look: _Look, cell: Cell) -> QPixmap:
        picture = QPixmap(round(look.width * look.ratio), round(look.height * look.ratio))
        picture.setDevicePixelRatio(look.ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter, box = QPainter(picture), QRect(0, 0, look.width, look.height)
        self._paint_line(painter, box)  # sharp, as the line under the name beside it
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font("strong"))
        paint_status(painter, self._theme, look.status, QRectF(box))
        self._paint_flags(painter, box, cell)
        painter.end()
        return picture

    def _paint_line(self, painter: QPainter, box: QRect) -> None:
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())

    def _paint_total(self, painter: QPainter, box: QRect, index: Index) -> None:
        total = self._model.total_at(index.row())
        column = index.column() - self._model.slot_count
        token = "text" if total.reaches else ("late" if total.can_reach else "absent")
        painter.setFont(self._theme.font("strong" if column == 1 else "body"))
        painter.setPen(self._theme.color("muted" if column == 0 else token))
        inside = box.adjusted(0, 0, -self._theme.space("m"), 0)
        painter.drawText(
            inside,
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            str(index.data()),
        )

    def _paint_flags(self, painter: QPainter, box: QRect, cell: Cell) -> None:
        flags = (
            (cell.has_conflict, "absent"),
            (cell.is_unchecked or cell.lacks_times, "late"),
            (cell.has_note, "accent"),
        )
        size, step = self._theme.px(_DOT), self._theme.px(_DOT + 2)
        left = box.right() - self._theme.space("m")
        painter.setPen(Qt.PenStyle.NoPen)
        for is_up, token in flags:
            if is_up:
                painter.setBrush(self._theme.color(token))
                painter.drawEllipse(QRectF(left, box.top() + self._theme.space("s"), size, size))
                left -= step
