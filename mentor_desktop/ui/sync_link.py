"""The way to the controller of the exchange, which is loaded when it is needed and not before.

A workspace that joined no server never loads it, unless somebody opens the Sync page.
"""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from mentor_desktop.clock import Clock
from mentor_desktop.i18n import _
from mentor_desktop.services.exchange import is_joined
from mentor_desktop.ui.finder import Hit
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.places import SYNC

if TYPE_CHECKING:
    from mentor_desktop.ui.desk import Frame
    from mentor_desktop.ui.sync_controller import SyncController

_CONTROLLER = "mentor_desktop.ui.sync_controller"
# After the first paint: what the first click needs is loaded meanwhile.
_REST_MS = 1_500


class SyncLink(QObject):
    """Belongs to the window; pages find it on their desk."""

    def __init__(self, jobs: Jobs, frame: Frame, clock: Clock) -> None:
        super().__init__()
        self._jobs, self._frame, self._clock = jobs, frame, clock
        self._controller: SyncController | None = None

    @property
    def controller(self) -> SyncController:
        """The controller, made at the first use; a page that uses it has loaded its module."""
        if self._controller is None:
            from mentor_desktop.ui.sync_controller import SyncController  # HTTP, keys: 0.3 s

            self._controller = SyncController(self._jobs, self._frame, self._clock)
        return self._controller

    def begin_if_joined(self) -> None:
        """Begin to exchange a while after the first paint, where there is somebody to exchange with."""
        if self._jobs.glance(is_joined):
            QTimer.singleShot(_REST_MS, self, self._load)

    def commands(self) -> list[Hit]:
        """Return what Ctrl+K offers on every page."""
        if self._controller is not None and self._controller.is_joined:
            syncing = _("Syncing")
            return [Hit(_("Sync now"), partial(self._controller.sync_now, syncing), icon="sync")]
        return [Hit(_("Join a server"), partial(self._frame.go, SYNC, act="join"), icon="sync")]

    def _load(self) -> None:
        self._jobs.load(_CONTROLLER, self._begin, owner=self)

    def _begin(self, _module: ModuleType) -> None:
        self.controller.begin()
