"""Python's collector of rubbish, on the window's thread alone.

What refers to itself in circles, as a closed page does, is taken away by the collector, which runs
on whatever thread makes the next object. Qt's objects may end on the window's thread only: on
another one, which then has Qt's lock and waits for Python's, the window waits for the opposite, and
nothing moves any more.
"""

import gc
import time
from typing import ClassVar

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 500
_WHOLE_EVERY_S = 60.0  # all that lives is looked through: some 30 ms


class Collector(QObject):
    """Collects now and then, as long as there are threads beside the window's."""

    _in_charge: ClassVar[int] = 0

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_over = False
        self._whole_at = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._collect)
        Collector._in_charge += 1
        gc.disable()
        self._timer.start()

    def rest(self) -> None:
        """Collect nothing until `leave_alone`."""
        self._timer.stop()

    def leave_alone(self) -> None:
        """Never look again through what is there by now, and go on."""
        gc.freeze()
        if not self._is_over:
            self._timer.start()

    def end(self) -> None:
        """Leave it to Python again, when no other one is in charge; the threads have ended."""
        if self._is_over:
            return
        self._is_over = True
        self._timer.stop()
        Collector._in_charge -= 1
        if not Collector._in_charge:
            gc.enable()

    def _collect(self) -> None:
        """Collect as Python would: the older what lives is, the less often it is looked through."""
        due = [made > most for made, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        now = time.monotonic()
        if due[2] and now - self._whole_at >= _WHOLE_EVERY_S:
            self._whole_at = now
            gc.collect(2)
        elif due[1]:
            gc.collect(1)
        elif due[0]:
            gc.collect(0)
