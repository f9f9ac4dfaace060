"""The person's settings while the window is open: kept as they are changed."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from mentor_desktop.config import Settings


class LiveSettings(QObject):
    """Holds the settings in force and writes each change at once.

    Emits:
        changed: the new `Settings`.
    """

    changed = Signal(object)

    def __init__(self, settings: Settings, save: Callable[[Settings], None]) -> None:
        super().__init__()
        self._settings = settings
        self._save = save

    @property
    def value(self) -> Settings:
        """The settings in force."""
        return self._settings

    def change(self, **values: Any) -> None:  # Any: one value per field of Settings
        """Replace the given fields, write the file and tell everybody."""
        changed = self._settings.changed(**values)
        if changed != self._settings:
            self._settings = changed
            self._save(changed)
            self.changed.emit(changed)

    def note(self, **values: Any) -> None:  # Any: one value per field of Settings
        """Keep what nobody follows, such as where one was: written, and nobody is told."""
        self._settings = self._settings.changed(**values)
        self._save(self._settings)
