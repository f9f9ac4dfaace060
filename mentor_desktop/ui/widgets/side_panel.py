"""Details that slide in from the right; the list they belong to stays where it was."""

from collections.abc import Iterator

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPropertyAnimation, QRect, Qt, Signal
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mentor_desktop.i18n import _
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import IconButton
from mentor_desktop.ui.widgets.text import Text

_SHADOW, _SHADOW_ALPHA = 16, 0.10
# The panel leaves at least this much of the page in sight.
_LARGEST_SHARE = 0.8


class SidePanel(QWidget):
    """Lies over the right of `parent`. Esc closes it (the window passes the key on).

    Emits:
        closed: it slid out.
    """

    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._over = parent
        self._content: QWidget | None = None
        self._before: QWidget | None = None
        self.is_open = False
        self.setObjectName("side_panel")
        self._title = Text(theme, role="section")
        self._close = IconButton(theme, "close", _("Close details"), self.close_panel)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._slide = QPropertyAnimation(self, b"geometry", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.finished.connect(self._on_slid)
        self._lay_out()
        self.hide()
        parent.installEventFilter(self)

    @property
    def content(self) -> QWidget | None:
        """The widget that is shown, None when closed."""
        return self._content

    def open_panel(self, widget: QWidget, title: str, *, focus: bool = True) -> None:
        """Show a widget in place of what was there; the old one is deleted."""
        self._take_out()
        self._content = widget
        self._title.setText(title)
        self.setAccessibleName(title)
        self._scroll.setWidget(_at_the_top(widget))
        if focus and not self.is_open:
            self._before = QApplication.focusWidget()
        if not self.is_open:
            self.is_open = True
            self.setGeometry(self._rect(is_open=not self._theme.duration()))
        self.show()
        self.raise_()
        self._slide_to(self._rect(is_open=True))
        if focus:
            self._focus_first()

    def close_panel(self) -> None:
        """Slide out and give the keyboard back to where it was."""
        if not self.is_open:
            return
        self.is_open = False
        focused: QWidget | None = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        if self._before and had_focus and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None
        self._slide_to(self._rect(is_open=False))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.is_open:
            self._slide.stop()
            self.setGeometry(self._rect(is_open=True))
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        shadow = theme.px(_SHADOW)
        fade = QLinearGradient(0, 0, shadow, 0)
        fade.setColorAt(0, theme.color("shadow", 0))
        fade.setColorAt(1, theme.color("shadow", _SHADOW_ALPHA))
        painter.fillRect(0, 0, shadow, self.height(), fade)
        painter.fillRect(self.rect().adjusted(shadow, 0, 0, 0), theme.color("surface"))
        painter.fillRect(shadow, 0, 1, self.height(), theme.color("line"))

    def _lay_out(self) -> None:
        theme = self._theme
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        side = theme.space("xl")
        layout.setContentsMargins(theme.px(_SHADOW) + side, theme.space("m"), side, side)
        layout.setSpacing(theme.space("m"))
        layout.addLayout(head)
        layout.addWidget(self._scroll, 1)

    def _rect(self, *, is_open: bool) -> QRect:
        parent = self._over
        shadow = self._theme.px(_SHADOW)
        wanted = self._theme.size("panel") + shadow
        width = min(wanted, round(parent.width() * _LARGEST_SHARE))
        left = parent.width() - width if is_open else parent.width()
        return QRect(left, 0, width, parent.height())

    def _slide_to(self, rect: QRect) -> None:
        self._slide.stop()
        if not self._theme.duration() or not self._over.isVisible():
            self.setGeometry(rect)
            self._on_slid()
            return
        self._slide.setDuration(self._theme.duration())
        self._slide.setStartValue(self.geometry())
        self._slide.setEndValue(rect)
        self._slide.start()

    def _on_slid(self) -> None:
        if not self.is_open and not self.isHidden():
            self.hide()
            self._take_out()
            self.closed.emit()

    def _take_out(self) -> None:
        if self._content:
            holder = self._scroll.takeWidget()
            holder.hide()
            holder.deleteLater()
            self._content = None

    def _focus_first(self) -> None:
        """Give the keyboard to the first widget of the content, else to Close."""
        content = self._content
        if content is None:
            return
        stops = (w for w in _in_tab_order(content) if w.focusPolicy() & Qt.FocusPolicy.TabFocus)
        first = next((w for w in stops if w.isVisibleTo(content) and w.isEnabled()), self._close)
        first.setFocus(Qt.FocusReason.OtherFocusReason)


def _in_tab_order(content: QWidget) -> Iterator[QWidget]:
    """Give the widgets inside `content` in the order in which Tab walks through them."""
    widget = content.nextInFocusChain()
    while widget is not None and widget is not content:
        if content.isAncestorOf(widget):
            yield widget
        widget = widget.nextInFocusChain()


def _at_the_top(widget: QWidget) -> QWidget:
    """Return a holder that keeps the widget at its own height, unless it wants to grow."""
    holder = QWidget()
    holder.setObjectName("body")
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(widget)
    if not widget.sizePolicy().expandingDirections() & Qt.Orientation.Vertical:
        layout.addStretch(1)
    return holder
