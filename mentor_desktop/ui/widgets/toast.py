"""A short message at the bottom centre that goes by itself, with one verb to press."""

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, QPropertyAnimation, QRectF, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QEnterEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from mentor_desktop.i18n import _
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button, IconButton
from mentor_desktop.ui.widgets.text import Text

_WIDEST, _ABOVE_BOTTOM, _RISE = 640, 16, 12


class Toast(QWidget):
    """Lies over `parent` at its bottom; a new message replaces the old one.

    It stays as long as the mouse or the keyboard is on it, and is read aloud by screen readers.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._over = parent
        self._on_action: Callable[[], object] | None = None
        self.setObjectName("toast")
        self._text = Text(theme, tone="inverse")
        self._action = Button(theme, "", self._act, kind="inverse")
        self._close = IconButton(theme, "close", _("Close message"), self.hide, kind="inverse")
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._on_time_out)
        self._slide = QPropertyAnimation(self, b"pos", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        layout = self._row = QHBoxLayout(self)
        layout.setContentsMargins(
            theme.space("l"), theme.space("xs"), theme.space("xs"), theme.space("xs")
        )
        layout.setSpacing(theme.space("s"))
        layout.addWidget(self._text, 1)
        layout.addWidget(self._action)
        layout.addWidget(self._close)
        self.hide()
        parent.installEventFilter(self)

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._text.text()

    @property
    def seconds_left(self) -> float:
        """How long it still stays if nobody touches it."""
        return max(0, self._timer.remainingTime()) / 1000

    def say(
        self, sentence: str, action: str = "", on_action: Callable[[], object] | None = None
    ) -> None:
        """Show a sentence for 8 seconds, and a verb beside it."""
        self._text.setText(sentence)
        self._on_action = on_action
        self._action.set_text(action)
        self._action.setVisible(bool(action))
        self._timer.start(self._theme.tokens.motion["toast_ms"])
        was_there = self.isVisible()
        place = self._place()
        self.show()
        self.raise_()
        if was_there or not self._theme.duration():
            self.move(place)
        else:
            self._rise_to(place)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.move(self._place())
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start(self._theme.tokens.motion["toast_ms"])
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.color("inverse"))
        painter.setBrush(self._theme.color("inverse"))
        radius = self._theme.size("radius")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)

    def _place(self) -> QPoint:
        """Fit the words into the parent's width and return where the toast belongs."""
        parent, margin = self._over, self._theme.px(_ABOVE_BOTTOM)
        room = min(self._theme.px(_WIDEST), parent.width() - 2 * margin)
        buttons = self._close.sizeHint().width() + self._theme.space("xl")
        if not self._action.isHidden():
            buttons += self._action.sizeHint().width() + self._theme.space("s")
        words = self._text.fontMetrics().horizontalAdvance(self._text.text()) + 4
        width = min(words + buttons, room)
        self._text.setFixedWidth(max(1, width - buttons))
        self.setFixedSize(width, self._row.heightForWidth(width))
        below = parent.height() - self.height() - margin
        return QPoint((parent.width() - width) // 2, below)

    def _rise_to(self, place: QPoint) -> None:
        self._slide.stop()
        self._slide.setDuration(self._theme.duration())
        self._slide.setStartValue(place + QPoint(0, self._theme.px(_RISE)))
        self._slide.setEndValue(place)
        self._slide.start()

    def _act(self) -> None:
        self.hide()
        if self._on_action:
            self._on_action()

    def _on_time_out(self) -> None:
        focused: QWidget | None = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self._timer.start(self._theme.tokens.motion["toast_ms"])
        else:
            self.hide()
