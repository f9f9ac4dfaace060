"""Waiting for the first picture, so that nothing slow begins before it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

# A window that starts minimised is not painted, and must work all the same.
_LONGEST_WAIT_MS = 1_000


class FirstPaint(QObject):
    """Calls `then` once, when the window has been painted for the first time.

    A zero timer is too early under X11: the server asks for the picture some milliseconds
    after the window is shown.
    """

    def __init__(self, window: QWidget, then: Callable[[], None]) -> None:
        super().__init__(window)
        self._window = window
        self._timer = QTimer(self, singleShot=True, interval=_LONGEST_WAIT_MS)
        self._timer.timeout.connect(then)
        self._timer.start()
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            # The children are painted in the same turn, after the window itself.
            self._timer.start(0)
        return super().eventFilter(watched, event)
