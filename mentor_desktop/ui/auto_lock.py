"""Locks the workspace when nobody has touched keyboard or mouse for a while."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from mentor_desktop.config import Settings
from mentor_desktop.ui.live_settings import LiveSettings

_MS_PER_MINUTE = 60_000
_SIGNS_OF_LIFE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


class AutoLock(QObject):
    """Watches the whole program; off while the setting says never.

    Emits:
        idle: nobody was there for the time the settings name.
    """

    idle = Signal()

    def __init__(self, application: QApplication, settings: LiveSettings) -> None:
        super().__init__()
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.idle)
        self._application = application
        self._follow(settings.value)
        settings.changed.connect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE and self._timer.isActive():
            self._timer.start()
        return super().eventFilter(watched, event)

    def _follow(self, settings: Settings) -> None:
        self._timer.stop()
        # Not while it says never: each event of each widget would pass through Python, and
        # before the first paint alone that is 25 ms.
        self._application.removeEventFilter(self)
        if settings.auto_lock_minutes:
            self._application.installEventFilter(self)
            self._timer.start(settings.auto_lock_minutes * _MS_PER_MINUTE)
