"""Getting a workspace back from a backup: into a new folder, or over what is there.

What is there is kept: as a backup where the key opens it, else moved aside as it is. So a
restore is undone by restoring what it replaced. The files are staged and checked first;
then a marker is written and they are moved into place. A power cut before the marker
leaves the old workspace, one after it is finished at the next opening.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mentor_desktop.clock import Clock
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.store import backup as backups
from mentor_desktop.store.atomic import sync_file, sync_folder, write_file
from mentor_desktop.store.connection import connect
from mentor_desktop.store.folder import InstanceLock, WorkspaceFolder
from mentor_desktop.store.keyfile import KeyFile
from mentor_desktop.store.refusals import explained
from mentor_desktop.store.version import HEAD

_KNOWN_NAME = re.compile(r"workspace\.db|workspace\.key\.json|backup\.json|blobs/[0-9a-f]{64}")
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Restored:
    """A finished restore. `replaced` keeps what was there: a backup, or a folder of its files.

    None when nothing was there.
    """

    root: Path
    made_at: datetime
    replaced: Path | None


def restore(
    path: Path, root: Path, key: bytes, *, clock: Clock, progress: Progress = NO_PROGRESS
) -> Restored:
    """Put the workspace of a backup into `root`, whose own workspace must be closed.

    `key` comes from `backup.read_key_file(path)` with passphrase or recovery code. A
    workspace that is replaced by an older state of itself keeps the passphrase of today.

    Raises:
        StoreError: damaged or newer backup, another key, open elsewhere, no room, or a folder
            with other things in it; what was there is untouched.
        Cancelled: the person pressed Cancel; what was there is untouched.
    """
    backup = backups.verify_files(path, progress)
    if backup.revision > HEAD:
        raise StoreError(
            _(
                "The backup {path} was made by a newer version of the program. Update the program."
            ).format(path=path)
        )
    folder = WorkspaceFolder(root)
    _require_room_for(folder)
    lock = InstanceLock(folder.lock)
    lock.acquire()
    try:
        finish(folder)
        _stage(path, folder, key, progress)
        replaced = _keep_replaced(folder, key, clock, progress)
        aside = replaced if replaced is not None and replaced.suffix != backups.SUFFIX else None
        _go(folder, aside)
        finish(folder)
    except OSError as exc:
        raise explained(exc, root) or exc from exc
    finally:
        if not folder.restore_marker.exists():
            shutil.rmtree(folder.restoring, ignore_errors=True)
        lock.release()
    return Restored(root, backup.made_at, replaced)


def unlock(path: Path, secret: str, *, root: Path | None = None) -> bytes:
    """Return the key of a backup from a passphrase or a recovery code.

    Those of the day it was made open it, and those of today where the same workspace lies
    in `root`.

    Raises:
        StoreError: neither opens it, or it is no backup.
    """
    key_file = backups.read_key_file(path)
    candidates = [key_file, *_same_workspace(root, key_file.workspace_id)]
    for candidate in candidates:
        for opening in (candidate.open_with_recovery_code, candidate.open_with_passphrase):
            try:
                return opening(secret)
            except StoreError:
                continue
    raise StoreError(
        _(
            "Neither that passphrase nor recovery code opens the backup {path}. Use the one that was "
            "in use when it was made."
        ).format(path=path)
    )


def finish(folder: WorkspaceFolder) -> None:
    """Complete a restore that a power cut interrupted; harmless when there is none.

    The caller holds the workspace's lock.
    """
    if not folder.restore_marker.exists():
        shutil.rmtree(folder.restoring, ignore_errors=True)
        return
    marker = json.loads(folder.restore_marker.read_text("utf-8"))
    aside = folder.root / marker["aside"] if marker["aside"] else None
    staged = folder.restoring
    if (staged / folder.database.name).exists():
        # The old log must not be replayed into the new file.
        for path in (folder.write_ahead_log, folder.shared_memory):
            _out_of_the_way(path, aside)
        _put(staged / folder.database.name, folder.database, aside)
    if (staged / folder.key_file.name).exists():
        _put(staged / folder.key_file.name, folder.key_file, aside)
    if (staged / folder.blobs.name).exists():
        _out_of_the_way(folder.blobs, aside)
        (staged / folder.blobs.name).rename(folder.blobs)
    sync_folder(folder.root)
    folder.mark_closed()
    folder.mark_finished()
    folder.restore_marker.unlink()
    sync_folder(folder.root)
    shutil.rmtree(folder.restoring, ignore_errors=True)


def _require_room_for(folder: WorkspaceFolder) -> None:
    try:
        folder.root.mkdir(parents=True, exist_ok=True)
        known = {path.name for path in folder.own_files()}
        known |= {folder.blobs.name, folder.backups.name, folder.restoring.name}
        strangers = [path.name for path in folder.root.iterdir() if path.name not in known]
    except OSError as exc:
        raise explained(exc, folder.root) or exc from exc
    if strangers and not folder.is_workspace():
        raise StoreError(
            _("The folder {path} is not empty. Choose a new or an empty one.").format(
                path=folder.root
            )
        )


def _stage(path: Path, folder: WorkspaceFolder, key: bytes, progress: Progress) -> None:
    """Unpack into the staging folder, check the database and make it a copy that knows it is one."""
    staging = folder.restoring
    (staging / folder.blobs.name).mkdir(parents=True)
    with backups.opened(path) as archive:
        names = archive.namelist()
        for done, name in enumerate(names):
            progress.step(done, len(names))
            _unpack(archive, name, staging)
    database = staging / folder.database.name
    backups.check_database(database, key)
    with closing(connect(database, key)) as connection:
        # Whoever opens it next takes a new device tag.
        connection.execute("DELETE FROM local_setting WHERE key = 'incarnation'")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sync_file(database)
    _keep_todays_key_file(folder, key)
    sync_folder(staging / folder.blobs.name)
    sync_folder(staging)


def _unpack(archive: zipfile.ZipFile, name: str, staging: Path) -> None:
    if not _KNOWN_NAME.fullmatch(name):
        raise backups.damaged(Path(archive.filename or ""))
    target = staging / name
    try:
        with archive.open(name) as reading, target.open("wb") as writing:
            shutil.copyfileobj(reading, writing, _CHUNK_BYTES)
        sync_file(target)
    except OSError as exc:
        raise explained(exc, staging.parent) or exc from exc


def _keep_todays_key_file(folder: WorkspaceFolder, key: bytes) -> None:
    """Keep passphrase and recovery code of today where the key is the same one."""
    try:
        today = KeyFile.load(folder.key_file)
    except StoreError:
        return
    staged = folder.restoring / folder.key_file.name
    if today.fits(key) and today.workspace_id == KeyFile.load(staged).workspace_id:
        today.save(staged)


def _keep_replaced(
    folder: WorkspaceFolder, key: bytes, clock: Clock, progress: Progress
) -> Path | None:
    """Back up what is about to be replaced; name a folder to move it to where that cannot be done."""
    if not folder.database.exists():
        return None
    try:
        return backups.write_backup(folder, key, clock, "replaced", progress=progress).path
    except StoreError:
        # Damaged, or another key: it is kept all the same, file by file.
        stem = f"replaced-{clock():%Y%m%dT%H%M%SZ}"
        numbered = (folder.backups / f"{stem}{suffix}" for suffix in _suffixes())
        return next(path for path in numbered if not path.exists())


def _same_workspace(root: Path | None, workspace_id: str) -> list[KeyFile]:
    if root is None:
        return []
    try:
        key_file = KeyFile.load(WorkspaceFolder(root).key_file)
    except StoreError:
        return []
    return [key_file] if key_file.workspace_id == workspace_id else []


def _suffixes() -> list[str]:
    return ["", *(f"-{number}" for number in range(2, 1_000))]


def _go(folder: WorkspaceFolder, aside: Path | None) -> None:
    """Write the marker: from here on the restore is done, if need be at the next opening."""
    if aside is not None:
        aside.mkdir(parents=True, exist_ok=True)
        sync_folder(aside.parent)
    relative = str(aside.relative_to(folder.root)) if aside else ""
    write_file(folder.restore_marker, json.dumps({"aside": relative}).encode())


def _put(staged: Path, path: Path, aside: Path | None) -> None:
    # Copied, not moved away: there is never a moment without a key file.
    if aside is not None and path.exists():
        shutil.copyfile(path, aside / path.name)
        sync_file(aside / path.name)
    staged.replace(path)


def _out_of_the_way(path: Path, aside: Path | None) -> None:
    if not path.exists():
        return
    if aside is not None:
        path.rename(aside / path.name)
    elif path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
