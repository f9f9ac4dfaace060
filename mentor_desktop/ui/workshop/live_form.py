"""Details in the side panel that follow what is changed elsewhere, by undo or by a sync."""

from PySide6.QtWidgets import QWidget

from mentor_desktop.changes import Changes
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs


class LiveForm(QWidget):
    """Calls `reload` whenever an entity of `shows` changed."""

    shows: frozenset[str] = frozenset()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._jobs = OwnedJobs(desk.jobs, self)
        desk.jobs.changed.connect(self._on_changed)

    def reload(self) -> None:
        """Ask again for what is shown."""

    def _on_changed(self, changes: Changes) -> None:
        if changes.touches(self.shows):
            self.reload()
