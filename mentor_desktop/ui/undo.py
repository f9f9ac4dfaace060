"""Ctrl+Z: what was done since the window opened and can be taken back, newest first."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from mentor_desktop.changes import Changes
from mentor_desktop.errors import UserFacingError
from mentor_desktop.ui.jobs import Jobs

# `undo(uow, txn=…) -> Changes` writes the inverse of a txn as a new txn. Any: see `jobs.Store`.
UndoUseCase = Callable[..., Changes]

_LONGEST = 200


class UndoStack(QObject):
    """Remembers each undoable `Changes`; to redo is to undo the undoing.

    Emits:
        undone, redone: the `Changes` taken back or done again, for a toast.
        changed: `can_undo` or `can_redo` is different.
    """

    undone = Signal(object)
    redone = Signal(object)
    changed = Signal()

    def __init__(self, jobs: Jobs, undo: UndoUseCase) -> None:
        super().__init__()
        self._jobs = jobs
        self._use_case = undo
        self._done: list[Changes] = []
        self._undone: list[tuple[Changes, int]] = []
        self._own: set[int] = set()
        self._is_busy = False
        jobs.changed.connect(self._on_changed)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._done) and not self._is_busy

    @property
    def can_redo(self) -> bool:
        """Whether something was taken back since the last command."""
        return bool(self._undone) and not self._is_busy

    def undo(self) -> None:
        """Take back the last command; refused with a sentence where somebody changed it since."""
        if not self.can_undo:
            return
        original = self._done.pop()

        def succeed(inverse: Changes) -> None:
            if inverse.txn is not None:
                self._own.add(inverse.txn)
                self._undone.append((original, inverse.txn))
            self._finish()
            self.undone.emit(original)

        self._run(original.txn, succeed)

    def redo(self) -> None:
        """Do again what was taken back last."""
        if not self.can_redo:
            return
        original, inverse_txn = self._undone.pop()

        def succeed(again: Changes) -> None:
            if again.txn is not None:
                self._own.add(again.txn)
                self._done.append(
                    Changes(again.entities, again.txn, original.action, undoable=True)
                )
            self._finish()
            self.redone.emit(original)

        self._run(inverse_txn, succeed)

    def is_own(self, changes: Changes) -> bool:
        """Say whether these changes are an undo or redo, announced as such already."""
        return changes.txn in self._own

    def _run(self, txn: int | None, succeed: Callable[[Changes], None]) -> None:
        self._is_busy = True
        self.changed.emit()

        def op(uow: Any) -> Changes:  # Any: see `jobs.Store`
            return self._use_case(uow, txn=txn)

        self._jobs.command(op, succeed, self._on_refused, owner=self)

    def _on_refused(self, error: UserFacingError) -> None:
        self._finish()
        self._jobs.tell(error)

    def _finish(self) -> None:
        self._is_busy = False
        self.changed.emit()

    def _on_changed(self, changes: Changes) -> None:
        if changes.undoable and changes.txn is not None and not self.is_own(changes):
            self._done = [*self._done, changes][-_LONGEST:]
            self._undone.clear()
            self.changed.emit()
