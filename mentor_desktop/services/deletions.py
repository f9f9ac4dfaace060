"""Agreeing to what others deleted at once, after a backup."""

from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.services.backups import back_up_before
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.replica.mass_deletions import (
    Decision,
    decide,
    note_backup,
    waiting_deletions,
)
from mentor_desktop.sync.replica.transactions import connected, writing


def agree_to_deletions(
    workspace: Workspace, *, accepts: bool, progress: Progress = NO_PROGRESS
) -> None:
    """Let the next exchange, or the file once more, delete here what somebody agreed to.

    With `accepts` that is all the last one told of, what was kept here too, and no more that comes
    since; else what was agreed to before a program ended in the middle of it.

    Raises:
        StoreError, Cancelled: the backup could not be made; nothing is deleted.
    """
    with connected(workspace) as raw:
        if accepts:
            told = {stream: one.rows for stream, one in waiting_deletions(raw).items()}
            with workspace.gate.closed(), writing(raw):
                decide(raw, Decision.TAKE, told)
        taken = [one for one in waiting_deletions(raw).values() if one.decision == Decision.TAKE]
        if all(one.is_backed_up for one in taken):
            return
        back_up_before(workspace, "exchange", progress=progress)
        with workspace.gate.closed(), writing(raw):
            note_backup(raw)
