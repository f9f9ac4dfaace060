"""The system asks the program to end: the window closes as if a person had closed it."""

import os
import signal
import sys

from PySide6.QtCore import QObject, QSocketNotifier, Signal

_ENDING = ("SIGTERM", "SIGINT", "SIGHUP")
_MOST_BYTES = 64


class Termination(QObject):
    """Turns the signals that end a program into one of the event loop.

    Python runs a handler only between its own instructions, and an idle event loop has
    none: the byte that the interpreter writes into a pipe wakes the loop. Windows asks
    a window to close and sends none of these.

    Emits:
        wanted: the program must end.
    """

    wanted = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        if sys.platform == "win32":
            return
        self._pipe, told = os.pipe()
        os.set_blocking(self._pipe, False)
        os.set_blocking(told, False)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        for name in _ENDING:
            signal.signal(getattr(signal, name), lambda _number, _frame: None)
        notifier = QSocketNotifier(self._pipe, QSocketNotifier.Type.Read, self)
        notifier.activated.connect(self._on_told)

    def _on_told(self) -> None:
        if os.read(self._pipe, _MOST_BYTES):
            self.wanted.emit()
