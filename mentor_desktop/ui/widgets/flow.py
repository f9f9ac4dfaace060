"""Layouts that give way: a row that wraps, and two columns that become one where room is short."""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QLayout,
    QLayoutItem,
    QSizePolicy,
    QWidget,
)

from mentor_desktop.ui.theme import Theme


class FlowLayout(QLayout):
    """Widgets side by side; those that do not fit go on in the next row."""

    def __init__(self, theme: Theme, *, gap: str = "s") -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(theme.space(gap))

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), is_trial=True)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, is_trial=False)

    def sizeHint(self) -> QSize:
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in shown) + self.spacing() * max(len(shown) - 1, 0)
        return QSize(width, max((size.height() for size in shown), default=0))

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._items if not item.isEmpty()]
        width = max((size.width() for size in sizes), default=0)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def _arrange(self, rect: QRect, *, is_trial: bool) -> int:
        """Place the widgets in `rect`, centred in their rows, and return the height they take."""
        gap, top = self.spacing(), rect.top()
        for line in self._rows(rect.width()):
            height = max(size.height() for _item, size in line)
            left = rect.left()
            for item, size in line:
                if not is_trial:
                    down = (height - size.height()) // 2
                    item.setGeometry(QRect(QPoint(left, top + down), size))
                left += size.width() + gap
            top += height + gap
        return max(top - gap - rect.top(), 0)

    def _rows(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        """Break the widgets into rows of this width."""
        rows: list[list[tuple[QLayoutItem, QSize]]] = []
        left = 0
        for item in self._items:
            if item.isEmpty():
                continue
            hint = item.sizeHint()
            size = QSize(min(hint.width(), max(width, 1)), hint.height())
            if not rows or left + size.width() > width:
                rows.append([])
                left = 0
            rows[-1].append((item, size))
            left += size.width() + self.spacing()
        return rows


def flowing(theme: Theme, *widgets: QWidget, gap: str = "s") -> QWidget:
    """Return a widget with others side by side, in as many rows as they need."""
    holder = QWidget()
    layout = FlowLayout(theme, gap=gap)
    holder.setLayout(layout)
    for widget in widgets:
        layout.addWidget(widget)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    holder.setSizePolicy(policy)
    return holder


class TwoColumns(QWidget):
    """A wide column and a narrow one beside it; below it where both do not fit."""

    def __init__(
        self,
        theme: Theme,
        main: QWidget,
        aside: QWidget,
        *,
        main_px: int = 460,
        aside_px: int = 280,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._main_px, self._aside_px = main_px, aside_px
        self._aside = aside
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(theme.space("xxl"))
        self._box.addWidget(main, 1, Qt.AlignmentFlag.AlignTop)
        self._box.addWidget(aside, 0, Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._fit)
        self._fit()

    @property
    def is_stacked(self) -> bool:
        """Whether the narrow column stands below the wide one."""
        return self._box.direction() == QBoxLayout.Direction.TopToBottom

    def minimumSizeHint(self) -> QSize:
        size = super().minimumSizeHint()
        return QSize(min(size.width(), self._theme.px(200)), size.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        px = self._theme.px
        aside = px(self._aside_px)
        is_stacked = self.width() < px(self._main_px) + aside + self._box.spacing()
        directions = QBoxLayout.Direction
        self._box.setDirection(directions.TopToBottom if is_stacked else directions.LeftToRight)
        self._box.setAlignment(
            self._aside, Qt.AlignmentFlag(0) if is_stacked else Qt.AlignmentFlag.AlignTop
        )
        self._aside.setMaximumWidth(16_777_215 if is_stacked else aside)
        self._aside.setMinimumWidth(0 if is_stacked else aside)


class FieldGrid(QWidget):
    """Fields in two columns, in one where two are too narrow to read."""

    def __init__(self, theme: Theme, *, least_px: int = 190) -> None:
        super().__init__()
        self._theme = theme
        self._least_px = least_px
        self._fields: list[tuple[QWidget, bool]] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.space("l"))
        self._grid.setVerticalSpacing(theme.space("s"))

    def add(self, field: QWidget, *, is_wide: bool = False) -> None:
        """Put a field after the others; a wide one takes the whole row."""
        self._fields.append((field, is_wide))
        field.setParent(self)
        self._columns = 0

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(self._least_px), super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Polish, QEvent.Type.Resize}:
            self._fit()
        return super().event(event)

    def sizeHint(self) -> QSize:
        self._fit()
        return super().sizeHint()

    def _fit(self) -> None:
        two = 2 * self._theme.px(self._least_px) + self._grid.horizontalSpacing()
        columns = 2 if self.width() >= two else 1
        if columns != self._columns:
            self._columns = columns
            self._place()

    def _place(self) -> None:
        line = place = 0
        for field, is_wide in self._fields:
            if is_wide and place:
                line, place = line + 1, 0
            self._grid.removeWidget(field)
            span = self._columns if is_wide else 1
            self._grid.addWidget(field, line, place, 1, span, Qt.AlignmentFlag.AlignTop)
            place += span
            if place >= self._columns:
                line, place = line + 1, 0
        for number in (0, 1):
            self._grid.setColumnStretch(number, 1 if number < self._columns else 0)
