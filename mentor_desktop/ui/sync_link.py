"""The way to the controller of the exchange, which is loaded when it is needed and not before.

A workspace that joined no server never loads it, unless somebody opens the Sync page. Where files
go between laptops instead, the status line says from here what is in none of them yet.
"""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from mentor_desktop.clock import Clock
from mentor_desktop.i18n import _
from mentor_desktop.services.exchange import has_other_laptops, is_joined
from mentor_desktop.ui.finder import Hit
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.places import SYNC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentor_desktop.services.second_laptop import KnownLaptop
    from mentor_desktop.ui.desk import Frame
    from mentor_desktop.ui.sync_controller import SyncController

_CONTROLLER = "mentor_desktop.ui.sync_controller"
# After the first paint: what the first click needs is loaded meanwhile.
_REST_MS = 1_500
# Behind a change: a row of quick marks is counted once.
_COUNT_MS = 1_000


class SyncLink(QObject):
    """Belongs to the window; pages find it on their desk."""

    def __init__(self, jobs: Jobs, frame: Frame, clock: Clock) -> None:
        super().__init__()
        self._jobs, self._frame, self._clock = jobs, frame, clock
        self._controller: SyncController | None = None
        self._count = QTimer(self, singleShot=True, interval=_COUNT_MS)
        self._count.timeout.connect(self.count_for_laptops)
        self._is_counting = False

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
        elif self._jobs.glance(has_other_laptops):
            QTimer.singleShot(_REST_MS, self, self.count_for_laptops)

    def count_for_laptops(self) -> None:
        """Say in the status line what other laptops are to be handed; done behind each change too."""
        if not self._is_counting:
            self._is_counting = True
            self._jobs.changed.connect(self._on_changed)
            self._jobs.ended.connect(self._count.stop)
        if self._jobs.glance(has_other_laptops):
            self._jobs.query(_to_hand_over, self._show, owner=self, key="to hand over")

    def _on_changed(self, _changes: object) -> None:
        self._count.start()

    def _show(self, laptops: Sequence[KnownLaptop]) -> None:
        from mentor_desktop.services.handed_words import to_hand_over

        self._frame.set_waiting(to_hand_over(laptops, self._clock()))

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


def _to_hand_over(uow: Any) -> Sequence[KnownLaptop]:  # Any: see `jobs.Store`
    from mentor_desktop.services.handed_words import laptops_to_hand_to  # keys: 0.3 s

    return laptops_to_hand_to(uow)
