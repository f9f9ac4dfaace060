"""A table without boxes: generous rows, thin lines, the whole row lights up."""

from typing import Any, Literal

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from mentor_desktop.ui.table_models import ALIGNMENT, Cell, Column, ColumnsModel
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.status import paint_status

Index = QModelIndex | QPersistentModelIndex
Density = Literal["normal", "compact", "touch"]

_ROWS = {"normal": "row", "compact": "row_compact", "touch": "row_touch"}
_PADDING, _ICON, _SORT_ICON, _SORT_GAP = 10, 18, 14, 4


class Table(QTableView):
    """Shows a `ColumnsModel`. Up and Down move, Enter or a click takes the row.

    Emits:
        row_taken: row number, by Enter or click.
        row_lit: row number, whenever another row becomes the current one.
    """

    row_taken = Signal(int)
    row_lit = Signal(int)

    def __init__(self, theme: Theme, name: str, density: Density = "normal") -> None:
        super().__init__()
        self._theme = theme
        self._density: Density = density
        self._pointed = -1
        self.is_enabled = True
        self._columns_model: ColumnsModel[Any] | None = None  # Any: see `columns_model`
        self.setAccessibleName(name)
        self.setItemDelegate(CellDelegate(theme, self))
        self._set_up()
        self._set_sizes()
        theme.changed.connect(self._set_sizes)

    @property
    def lit_row(self) -> int:
        """The current row, -1 when there is none."""
        return self.currentIndex().row()

    def light_row(self, row: int) -> None:
        """Make a row the current one and scroll to it."""
        self.setCurrentIndex(self.model().index(row, 0))

    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        self._columns_model = model if isinstance(model, ColumnsModel) else None
        if model is not None:
            model.modelReset.connect(self._share_width)
            model.dataChanged.connect(self.viewport().update)
        self._share_width()

    def columns_model(self) -> ColumnsModel[Any]:  # Any: the row type does not matter to a view
        """Return the model, which must be one of ours."""
        assert self._columns_model is not None
        return self._columns_model

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.row() != previous.row():
            self.row_lit.emit(current.row())
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.lit_row >= 0:
            self.row_taken.emit(self.lit_row)
        elif event.key() == Qt.Key.Key_Tab or event.key() == Qt.Key.Key_Backtab:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        row = self.rowAt(event.position().toPoint().y())
        if row >= 0 and row == self.lit_row and event.button() == Qt.MouseButton.LeftButton:
            self.row_taken.emit(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._point_at(self.rowAt(event.position().toPoint().y()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.is_enabled = self.isEnabled()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        if self._pointed >= 0 and self._pointed != self.lit_row:
            painter.fillRect(self._row_rect(self._pointed), self._theme.color("hover"))
        if self.lit_row >= 0:
            painter.fillRect(self._row_rect(self.lit_row), self._theme.color("accent_soft"))
        self._paint_lines(painter)
        painter.end()
        super().paintEvent(event)
        if self.hasFocus() and self.lit_row >= 0:
            ring = QPainter(self.viewport())
            ring.setPen(QPen(self._theme.color("accent"), self._theme.tokens.sizes["focus"]))
            ring.drawRect(self._row_rect(self.lit_row).adjusted(1, 1, -1, -2))
            ring.end()

    def _set_up(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setHorizontalHeader(TableHeader(self._theme, self))
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def _set_sizes(self) -> None:
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(self._theme.size(_ROWS[self._density]))
        self._share_width()

    def _share_width(self) -> None:
        """Give each column its share of the width, never less than its letters need.

        Where that is too much together, columns leave by their rank.
        """
        if self._columns_model is None:
            return
        columns, room = self._columns_model.columns, self.viewport().width()
        least = [self._least_width(column) for column in columns]
        shown = set(range(len(columns)))
        for number in sorted(shown, key=lambda at: columns[at].rank, reverse=True):
            if columns[number].rank and sum(least[one] for one in shown) > room:
                shown.remove(number)
        spare = max(0, room - sum(least[one] for one in shown))
        shares = sum(columns[one].width for one in shown) or 1
        for number, column in enumerate(columns):
            self.setColumnHidden(number, number not in shown)
            if number in shown:
                self.setColumnWidth(number, least[number] + spare * column.width // shares)

    def _least_width(self, column: Column[Any]) -> int:  # Any: see `columns_model`
        metrics = QFontMetrics(self._theme.font("body" if column.role == "status" else column.role))
        title = QFontMetrics(self._theme.font("label")).horizontalAdvance(column.title)
        if column.key:
            title += self._theme.px(_SORT_ICON + _SORT_GAP)
        letters = metrics.averageCharWidth() * column.letters
        return 2 * self._theme.px(_PADDING) + max(letters, title)

    def _row_rect(self, row: int) -> QRect:
        top, height = self.rowViewportPosition(row), self.rowHeight(row)
        return QRect(0, top, self.viewport().width(), height)

    def _paint_lines(self, painter: QPainter) -> None:
        if self.model() is None or not self.model().rowCount():
            return
        painter.setPen(self._theme.color("line"))
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - 1)
        last = self.model().rowCount() - 1 if last < 0 else last
        for row in range(first, last + 1):
            y = self.rowViewportPosition(row) + self.rowHeight(row) - 1
            painter.drawLine(QPoint(0, y), QPoint(self.viewport().width(), y))

    def _point_at(self, row: int) -> None:
        if row != self._pointed:
            self._pointed = row
            self.viewport().update()


class TableHeader(QHeaderView):
    """Quiet titles; the one that sorts carries an arrow, the ones that can't do not answer."""

    def __init__(self, theme: Theme, parent: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHighlightSections(False)
        self.setStretchLastSection(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)  # Qt would begin with the first
        self._set_sizes()
        theme.changed.connect(self._set_sizes)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        theme, model = self._theme, self.model()
        assert isinstance(model, ColumnsModel)
        column, pad = model.columns[section], theme.px(_PADDING)
        painter.save()
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        room = rect.adjusted(pad, 0, -pad, 0)
        is_sorted = self.isSortIndicatorShown() and self.sortIndicatorSection() == section
        painter.setPen(theme.color("text" if is_sorted else "muted"))
        metrics = painter.fontMetrics()
        words = metrics.elidedText(column.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, ALIGNMENT[column.align], words)
        if is_sorted:
            side = theme.px(_SORT_ICON)
            ascending = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
            ratio = self.devicePixelRatioF()
            arrow = theme.pixmap("up" if ascending else "down", "text", _SORT_ICON, ratio)
            left = room.left() + metrics.horizontalAdvance(words) + theme.px(_SORT_GAP)
            if column.align == "right":
                left = room.right() - metrics.horizontalAdvance(words) - side - theme.px(_SORT_GAP)
            painter.drawPixmap(left, rect.center().y() - side // 2 + 1, arrow)
        painter.restore()

    def _set_sizes(self) -> None:
        self.setFont(self._theme.font("label"))
        self.setFixedHeight(self._theme.size("row_compact"))


class CellDelegate(QStyledItemDelegate):
    """Paints a `Cell` with one text call, in half the time of the style's own way."""

    def __init__(self, theme: Theme, parent: Table) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = parent
        self._fonts: dict[str, tuple[QFont, QFontMetrics, float]] = {}
        theme.changed.connect(self._fonts.clear)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        number = index.column()
        model = self._view.columns_model()
        cell = model.cell(index.row(), number)
        if not (cell.text or cell.icon or cell.status):
            return  # as every cell while its row is on its way: a list opens with some such pictures
        theme, room = self._theme, option.rect
        font, metrics, widest = self._font(cell.role)
        painter.setFont(font)
        if cell.status:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_status(painter, theme, cell.status, QRectF(room))
            return
        pad = theme.px(_PADDING)
        room.adjust(pad, 0, -pad, 0)
        if cell.icon:
            self._paint_icon(painter, cell, room)
        painter.setPen(theme.color(cell.tone if self._view.is_enabled else "faint"))
        text, width = cell.text, room.width()
        # Measuring costs as much as painting: a short text is not measured.
        if len(text) * widest > width and metrics.horizontalAdvance(text) > width:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        painter.drawText(room, ALIGNMENT[model.columns[number].align], text)

    def _paint_icon(self, painter: QPainter, cell: Cell, room: QRect) -> None:
        """Paint the icon and take its width off `room`."""
        side = self._theme.px(_ICON)
        ratio = self._view.devicePixelRatioF()
        pixmap = self._theme.pixmap(cell.icon, cell.tone, _ICON, ratio)
        painter.drawPixmap(room.left(), room.center().y() - side // 2, pixmap)
        room.setLeft(room.left() + side + self._theme.px(_PADDING))

    def _font(self, role: str) -> tuple[QFont, QFontMetrics, float]:
        """Return a role's font, its metrics and the width hardly any letter exceeds."""
        if role not in self._fonts:
            font = self._theme.font(role)
            metrics = QFontMetrics(font)
            self._fonts[role] = font, metrics, metrics.horizontalAdvance("W")
        return self._fonts[role]
