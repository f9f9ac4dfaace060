"""Backups as a person meets them: make one, see which there are, get one back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mentor_desktop.clock import Clock
from mentor_desktop.i18n import N_, _
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.store import backup as stored
from mentor_desktop.store import restore as restoring
from mentor_desktop.store.restore import Restored
from mentor_desktop.store.workspace import Workspace

# From here on an import is large: undoing it is one key, trusting it is another matter.
LARGE_IMPORT_ROWS = 500

_REASONS: Mapping[str, str] = {
    "close": N_("When the program was closed"),
    "migration": N_("Before the program was updated"),
    "import": N_("Before an import"),
    "merge": N_("Before people were merged"),
    "exchange": N_("Before others took many records away"),
    "replaced": N_("Before another backup was restored"),
    "manual": N_("By hand"),
    "command": N_("By hand"),
}


@dataclass(frozen=True)
class BackupRow:
    """One backup; `reason` is in words."""

    path: Path
    made_at: datetime
    reason: str
    size_bytes: int


def back_up_now(
    workspace: Workspace, target_dir: Path | None = None, *, progress: Progress = NO_PROGRESS
) -> BackupRow:
    """Write a verified backup, to a stick or into the workspace's own folder.

    Raises:
        StoreError: no room, no permission, or what was written does not read back.
        Cancelled: the person pressed Cancel; no file was left.
    """
    return _row(stored.back_up(workspace, "manual", target_dir, progress=progress))


def back_up_before(workspace: Workspace, reason: str, *, progress: Progress = NO_PROGRESS) -> None:
    """Write the backup that a large "import", "merge" or "exchange" begins with.

    Raises:
        StoreError, Cancelled: as `back_up_now`; do not begin then.
    """
    stored.back_up(workspace, reason, progress=progress)


def back_up_before_import(
    workspace: Workspace, rows: int, *, progress: Progress = NO_PROGRESS
) -> None:
    """Write a backup when an import of so many rows is large; errors as `back_up_before`."""
    if rows >= LARGE_IMPORT_ROWS:
        back_up_before(workspace, "import", progress=progress)


def backup_rows(workspace: Workspace) -> list[BackupRow]:
    """Return the backups in the workspace's own folder, newest first."""
    return [_row(backup) for backup in stored.list_backups(workspace.folder)]


def describe_backup(path: Path) -> BackupRow:
    """Return what a chosen file is, before anybody types a passphrase.

    Raises:
        StoreError: it is no backup, damaged, or made by a newer program.
    """
    return _row(stored.read_backup(path))


def restore_backup(
    path: Path, root: Path, secret: str, *, clock: Clock, progress: Progress = NO_PROGRESS
) -> Restored:
    """Put a backup into `root`, whose workspace must be closed; `secret` is passphrase or code.

    What was there is kept in `Restored.replaced` and can be restored in turn.

    Raises:
        StoreError: wrong secret, damaged or newer backup, open elsewhere, no room.
        Cancelled: the person pressed Cancel; what was there is untouched.
    """
    key = restoring.unlock(path, secret, root=root)
    return restoring.restore(path, root, key, clock=clock, progress=progress)


def _row(backup: stored.Backup) -> BackupRow:
    reason = _REASONS.get(backup.reason)
    return BackupRow(
        backup.path, backup.made_at, _(reason) if reason else backup.reason, backup.size_bytes
    )
