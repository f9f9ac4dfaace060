"""The verbs of `Jobs` for one page or widget: what it asked for dies with it."""

from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar
from weakref import ref

from PySide6.QtCore import QObject

from mentor_desktop.changes import Changes
from mentor_desktop.errors import UserFacingError
from mentor_desktop.progress import Progress
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.work import Work

T = TypeVar("T")


class OwnedJobs:
    """Calls back as long as its owner is there."""

    def __init__(self, jobs: Jobs, owner: QObject) -> None:
        self._jobs = jobs
        self._owner = ref(owner)

    def command(
        self,
        op: Callable[[Any], Changes],  # Any: see `Store`
        on_success: Callable[[Changes], None] | None = None,
        on_failure: Callable[[UserFacingError], None] | None = None,
    ) -> None:
        """Write; see `Jobs.command`."""
        self._jobs.command(op, on_success, on_failure, owner=self._owner())

    def query(
        self,
        op: Callable[[Any], T],  # Any: see `Store`
        on_success: Callable[[T], None],
        on_failure: Callable[[UserFacingError], None] | None = None,
        *,
        key: str = "",
    ) -> None:
        """Read; see `Jobs.query`."""
        self._jobs.query(op, on_success, on_failure, owner=self._owner(), key=key)

    def draw(
        self,
        op: Callable[[], T],
        on_success: Callable[[T], None],
        on_failure: Callable[[UserFacingError], None] | None = None,
        *,
        key: str = "",
    ) -> None:
        """Compute; see `Jobs.draw`."""
        self._jobs.draw(op, on_success, on_failure, owner=self._owner(), key=key)

    def work(
        self,
        op: Callable[[Any, Progress], T],  # Any: see `Jobs.work`
        title: str,
        on_success: Callable[[T], None] | None = None,
        on_failure: Callable[[UserFacingError], None] | None = None,
    ) -> Work:
        """Do something long; see `Jobs.work`."""
        return self._jobs.work(op, title, on_success, on_failure, owner=self._owner())

    def load(self, module: str, then: Callable[[ModuleType], None]) -> None:
        """Import a module; see `Jobs.load`."""
        self._jobs.load(module, then, owner=self._owner())
