"""Ctrl+K: one box that finds people, workshops, places and what can be done here."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from mentor_desktop.i18n import _
from mentor_desktop.ui.finder import Hit, Provider, matching
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.inputs import SearchBox
from mentor_desktop.ui.widgets.text import Text

Index = QModelIndex | QPersistentModelIndex

_WIDTH, _SHOWN_ROWS, _TOP_SHARE = 640, 9, 0.12
_SCRIM_ALPHA = 0.28
_HIT_ROLE = Qt.ItemDataRole.UserRole


class CommandPalette(QWidget):
    """Covers `parent` while open. Esc or a click beside it closes; Enter takes the lit hit."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        provider: Provider,
        commands: Callable[[], Sequence[Hit]],
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._over = parent
        self._provider = provider
        self._commands = commands
        self._here: Sequence[Hit] = ()
        self._asked = 0
        self._before: QWidget | None = None
        self._model = _Hits(self)
        self._card = QWidget(self)
        self._box = SearchBox(
            theme, _("Find anything"), _("A person, a workshop, a page, a command")
        )
        self._list = QListView()
        self._nothing = Text(theme, tone="muted")
        self._lay_out()
        self._box.textChanged.connect(self._search)
        self._box.moved.connect(self._move)
        self._list.clicked.connect(self._take)
        self.hide()
        parent.installEventFilter(self)

    def open_palette(self) -> None:
        """Show the box, empty, with what can be done here."""
        self._before = QApplication.focusWidget()
        self._here = self._commands()
        self._place()
        self.show()
        self.raise_()
        self._box.clear()
        self._search("")
        self._box.setFocus()

    def close_palette(self) -> None:
        """Hide it and give the keyboard back."""
        self.hide()
        if self._before and self._before.isVisible():
            self._before.setFocus()
        self._before = None

    def shown_hits(self) -> Sequence[Hit]:
        """Return what the list offers now, in its order."""
        return self._model.hits

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_palette()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._take(self._list.currentIndex())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._card.geometry().contains(event.position().toPoint()):
            self.close_palette()

    def focusNextPrevChild(self, _next: bool) -> bool:
        """Keep Tab inside."""
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.color("shadow", _SCRIM_ALPHA))
        painter.setPen(theme.color("line"))
        painter.setBrush(theme.color("surface"))
        card = QRectF(self._card.geometry()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(card, theme.size("radius"), theme.size("radius"))

    def _lay_out(self) -> None:
        self.setAccessibleName(_("Find anything"))
        self._list.setModel(self._model)
        self._list.setItemDelegate(_HitDelegate(self._theme, self._list))
        self._list.setAccessibleName(_("What was found"))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setMouseTracking(True)
        self._list.setUniformItemSizes(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        gap = self._theme.space("s")
        layout = QVBoxLayout(self._card)
        layout.setContentsMargins(gap, gap, gap, gap)
        layout.setSpacing(gap)
        for widget in (self._box, self._list, self._nothing):
            layout.addWidget(widget)

    def _place(self) -> None:
        self.setGeometry(self._over.rect())
        width = min(self._theme.px(_WIDTH), self.width() - 2 * self._theme.space("xl"))
        top = round(self.height() * _TOP_SHARE)
        rows = max(1, min(_SHOWN_ROWS, self._model.rowCount()))
        self._list.setFixedHeight(min(rows * self._theme.size("row"), self.height() - 2 * top))
        self._card.setFixedWidth(width)
        self._card.adjustSize()
        self._card.move((self.width() - width) // 2, top)
        self.update()

    def _search(self, text: str) -> None:
        """Show what can be done here at once, and what is found in the workspace when it arrives."""
        self._asked += 1
        asked = self._asked
        local = matching(text, self._here)
        self._show(local, is_final=False)

        def answer(found: Sequence[Hit]) -> None:
            if asked == self._asked and self.isVisible():
                self._show([*found, *local], is_final=True)

        self._provider(text.strip(), answer)

    def _show(self, hits: Sequence[Hit], *, is_final: bool) -> None:
        self._model.show_hits(hits)
        self._list.setCurrentIndex(self._model.index(0, 0))
        text = self._box.text()
        is_empty = is_final and not hits
        self._nothing.setText(
            _("Nothing found for “{text}”.").format(text=text) if is_empty else ""
        )
        self._nothing.setVisible(is_empty)
        self._list.setVisible(bool(hits))
        self._place()

    def _move(self, step: int) -> None:
        count = self._model.rowCount()
        if count:
            row = (self._list.currentIndex().row() + step) % count
            self._list.setCurrentIndex(self._model.index(row, 0))

    def _take(self, index: QModelIndex) -> None:
        hit = index.data(_HIT_ROLE)
        if isinstance(hit, Hit):
            self.close_palette()
            hit.act()


class _Hits(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.hits: Sequence[Hit] = ()

    def show_hits(self, hits: Sequence[Hit]) -> None:
        self.beginResetModel()
        self.hits = hits
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        hit = self.hits[index.row()]
        if role == _HIT_ROLE:
            return hit
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return f"{hit.text} {hit.detail}".strip()
        return None


class _HitDelegate(QStyledItemDelegate):
    """Icon, text, quiet detail, and the key at the right end."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, self._theme.size("row"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, hit = self._theme, index.data(_HIT_ROLE)
        box = option.rect
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            lit = state & QStyle.StateFlag.State_Selected
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft" if lit else "hover"))
            painter.drawRoundedRect(box, theme.size("radius_control"), theme.size("radius_control"))
        side, gap = theme.size("icon"), theme.px(10)
        pixmap = theme.pixmap(hit.icon, "muted", ratio=painter.device().devicePixelRatioF())
        painter.drawPixmap(box.x() + gap, box.y() + (box.height() - side) // 2, pixmap)
        room = box.adjusted(2 * gap + side, 0, -gap, 0)
        align = Qt.AlignmentFlag.AlignVCenter
        if hit.keys:
            painter.setPen(theme.color("muted"))
            painter.drawText(room, align | Qt.AlignmentFlag.AlignRight, hit.keys)
            room.adjust(0, 0, -painter.fontMetrics().horizontalAdvance(hit.keys) - gap, 0)
        painter.setPen(theme.color("text"))
        metrics = painter.fontMetrics()
        text = metrics.elidedText(hit.text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, align, text)
        room.adjust(metrics.horizontalAdvance(text) + gap, 0, 0, 0)
        painter.setPen(theme.color("muted"))
        detail = metrics.elidedText(hit.detail, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, align, detail)
        painter.restore()
