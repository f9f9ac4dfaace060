"""The left rail: the places, few and always the same; icons only where room is short."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QVBoxLayout, QWidget

from mentor_desktop.i18n import _
from mentor_desktop.ui.places import Place
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.tooltip import tip

_MARK_HEIGHT = 56
_RAIL_KEYS = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}


class RailItem(QAbstractButton):
    """One place: icon and word; its title is its accessible name."""

    def __init__(self, theme: Theme, icon: str, title: str, shortcut: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._icon_role = icon
        self._title, self._shortcut = title, shortcut
        self._is_hovered = False
        self.is_compact = False
        self.setText(title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._set_font()
        self.toggled.connect(self._set_font)
        theme.changed.connect(self._set_font)

    def set_compact(self, is_compact: bool) -> None:
        """Show the icon only, the word as a tooltip."""
        self.is_compact = is_compact
        parts = [self._title if is_compact else "", self._shortcut]
        self.setToolTip(" · ".join(part for part in parts if part))
        self.update()

    def wanted_width(self) -> int:
        """Return the width at which the word is whole."""
        px = self._theme.px
        return px(44) + self._theme.space("l") + self.fontMetrics().horizontalAdvance(self._title)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.size("rail_collapsed"), self._theme.size("row"))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.size("row"), self._theme.size("row"))

    def nextCheckState(self) -> None:
        """Leave lighting the place to the rail: a click may be refused."""

    def enterEvent(self, event: QEnterEvent) -> None:
        self._is_hovered = True
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._is_hovered = False
        super().leaveEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _RAIL_KEYS:
            event.ignore()  # the rail knows its neighbours
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        fill = "accent_soft" if self.isChecked() else "pressed" if self._is_hovered else ""
        painter.setPen(QPen(theme.color("accent"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(fill) if fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, theme.size("radius_control"), theme.size("radius_control"))
        token = "accent" if self.isChecked() else "text" if self._is_hovered else "muted"
        side = theme.size("icon")
        left = (self.width() - side) // 2 if self.is_compact else theme.px(12)
        pixmap = theme.pixmap(self._icon_role, token, ratio=self.devicePixelRatioF())
        painter.drawPixmap(left, (self.height() - side) // 2, pixmap)
        if not self.is_compact:
            painter.setPen(theme.color("accent" if self.isChecked() else "text"))
            room = self.rect().adjusted(left + side + theme.px(12), 0, -theme.px(8), 0)
            words = self.fontMetrics().elidedText(
                self._title, Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(
                room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words
            )

    def _set_font(self) -> None:
        self.setFont(self._theme.font("strong" if self.isChecked() else "body"))
        self.updateGeometry()


class _Mark(QWidget):
    """The program's mark and the workspace's name, at the top of the rail."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self.is_compact = False
        self.setAccessibleName(name)
        self.setToolTip(tip(name))

    def sizeHint(self) -> QSize:
        return QSize(self._theme.size("rail_collapsed"), self._theme.px(_MARK_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = theme.px(26)
        left = (self.width() - side) / 2 if self.is_compact else theme.px(9)
        box = QRectF(left, (self.height() - side) / 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawRoundedRect(box, theme.px(7), theme.px(7))
        # Two people of different height: the mentor and whom she walks with.
        painter.setBrush(theme.color("accent_text"))
        for x, y, radius in ((0.37, 0.34, 0.12), (0.67, 0.44, 0.095)):
            centre = QPointF(box.x() + x * side, box.y() + y * side)
            painter.drawEllipse(centre, radius * side, radius * side)
        for x, width, top in ((0.2, 0.34, 0.53), (0.55, 0.26, 0.6)):
            painter.drawRoundedRect(
                QRectF(box.x() + x * side, box.y() + top * side, width * side, (0.82 - top) * side),
                4,
                4,
            )
        if not self.is_compact:
            painter.setFont(theme.font("strong"))
            painter.setPen(theme.color("text"))
            room = self.rect().adjusted(theme.px(9) + side + theme.px(10), 0, -theme.px(4), 0)
            metrics = painter.fontMetrics()
            words = metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)


class Rail(QWidget):
    """The places. One stop of the Tab key; Up and Down walk through it.

    What does not fit the height moves under *More*, from the bottom.

    Emits:
        place_chosen: the place's key.
    """

    place_chosen = Signal(str)

    def __init__(self, theme: Theme, places: Sequence[Place], name: str) -> None:
        super().__init__()
        self._theme = theme
        self._places = [place for place in places if place.group != "inner"]
        self._lit = ""
        self.setObjectName("rail")
        self.setAccessibleName(_("Places"))
        self._mark = _Mark(theme, name)
        self._items = {
            place.key: self._item(place) for place in self._places if place.group != "more"
        }
        self._more = RailItem(theme, "more", _("More"))
        self._more.clicked.connect(self._show_more)
        self._lay_out()
        theme.changed.connect(self._fit)

    def light(self, key: str) -> None:
        """Show which place is open."""
        self._lit = key
        for one, item in self._items.items():
            item.setChecked(one == key)
        self._mark_open()

    def set_compact(self, is_compact: bool) -> None:
        """Collapse to icons, or show the words."""
        for item in (*self._items.values(), self._more):
            item.set_compact(is_compact)
        self._mark.is_compact = is_compact
        self._mark.update()
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        visible = [item for item in (*self._items.values(), self._more) if item.isVisible()]
        focused = self.focusWidget()
        if event.key() in steps and focused in visible:
            index = visible.index(focused) + steps[Qt.Key(event.key())]
            visible[index % len(visible)].setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() in _RAIL_KEYS and isinstance(focused, RailItem):
            focused.click()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("rail"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), self._theme.color("line"))

    def _item(self, place: Place) -> RailItem:
        item = RailItem(self._theme, place.icon, _(place.title), place.shortcut)
        item.setObjectName(place.key)
        item.clicked.connect(self._on_clicked)
        return item

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        gap = self._theme.space("s")
        layout.setContentsMargins(gap, gap, gap, gap)
        layout.setSpacing(2)
        layout.addWidget(self._mark)
        foot = [place.key for place in self._places if place.group == "foot"]
        for key, item in self._items.items():
            if key not in foot:
                layout.addWidget(item)
        layout.addWidget(self._more)
        layout.addStretch(1)
        for key in foot:
            layout.addWidget(self._items[key])
        self._fit()

    def _fit(self) -> None:
        """Give each word its width, and move under More what the height does not hold."""
        theme = self._theme
        is_compact = self._mark.is_compact
        words = max((item.wanted_width() for item in self._items.values()), default=0)
        wide = max(theme.size("rail"), words + 2 * theme.space("s"))
        self.setFixedWidth(theme.size("rail_collapsed") if is_compact else wide)
        row = theme.size("row") + 2
        room = self.height() - theme.px(_MARK_HEIGHT) - 2 * theme.space("s") - row
        foot = [place for place in self._places if place.group == "foot"]
        movable = [place for place in self._places if place.group == "rail"]
        fitting = max(1, (room - row * len(foot)) // row)
        if len(movable) <= fitting + 1 and not any(p.group == "more" for p in self._places):
            fitting = len(movable)
        for index, place in enumerate(movable):
            self._items[place.key].setVisible(index < fitting)
        self._more.setVisible(bool(self._in_more()))
        self._mark_open()

    def _in_more(self) -> list[Place]:
        return [
            p for p in self._places if p.key not in self._items or self._items[p.key].isHidden()
        ]

    def _mark_open(self) -> None:
        """Light More where the open place is in it; Tab enters the rail at what is lit."""
        self._more.setChecked(self._lit in {place.key for place in self._in_more()})
        items = [*self._items.values(), self._more]
        stop = next((item for item in items if item.isChecked() and not item.isHidden()), items[0])
        for item in items:
            tab = Qt.FocusPolicy.TabFocus if item is stop else Qt.FocusPolicy.NoFocus
            item.setFocusPolicy(tab)

    def _on_clicked(self) -> None:
        self.place_chosen.emit(self.sender().objectName())

    def _show_more(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for place in self._in_more():
            action = menu.addAction(self._theme.icon(place.icon), _(place.title))
            action.setObjectName(place.key)
            action.triggered.connect(self._on_clicked)
        menu.popup(self._more.mapToGlobal(self._more.rect().topRight()))
