"""Agreeing on the command line to what others deleted at once."""

from mentor_desktop.progress import Progress
from mentor_desktop.services.backups import back_up_before
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.engine import Engine
from mentor_desktop.sync.replica.mass_deletions import Decision


def agree(workspace: Workspace, engine: Engine, progress: Progress, *, accepts: bool) -> int:
    """Let happen what somebody agreed to, now (`accepts`) or in the window, after a backup.

    That is what the last exchange or file told of, and no more that comes since. Returns how
    many records it is about.

    Raises:
        StoreError: the backup could not be made; nothing was deleted.
    """
    status = engine.status()
    shown = {one.stream: one.deletions for one in (*status.mass_changes, *status.kept_changes)}
    if accepts and shown:
        engine.decide(Decision.TAKE, shown)
    if engine.wants_backup():
        back_up_before(workspace, "exchange", progress=progress)
        engine.note_backup()
    return sum(shown.values()) if accepts else 0
