"""Backups: one file that holds a whole workspace, read back before it counts.

A backup is a zip without compression (everything in it is encrypted already): the key
file, a page-exact copy of the database taken from one snapshot, the blobs, and
`backup.json` with the size and SHA-256 of each. It opens with the passphrase or the
recovery code of the day it was made. Getting it back: `store.restore`.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sqlcipher3 import dbapi2

from mentor_desktop.clock import Clock
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.ids import new_id
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.store.atomic import replacing, sync_folder
from mentor_desktop.store.backup_rotation import outdated
from mentor_desktop.store.connection import StoreConnection, connect
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.keyfile import KeyFile
from mentor_desktop.store.refusals import explained_of_backup

if TYPE_CHECKING:
    from mentor_desktop.store.workspace import Workspace

SUFFIX = ".mdbackup"
DATABASE = "workspace.db"
KEY_FILE = "workspace.key.json"
BLOBS = "blobs/"
MANIFEST = "backup.json"
BLOB_NAME = re.compile(r"[0-9a-f]{64}")
# Made by a person's own wish and never thrown away by itself.
LASTING_REASONS = frozenset({"command", "manual"})

_FORMAT = 1
_CHUNK_BYTES = 1 << 20
# 8 MB a step: Cancel and progress are answered many times a second.
_PAGES_A_STEP = 2_000
_MANIFEST_LIMIT_BYTES = 16 << 20


@dataclass(frozen=True)
class Backup:
    """One backup file.

    `reason`: close, migration, import, merge, exchange, replaced, command or manual.
    """

    path: Path
    made_at: datetime
    reason: str
    workspace_id: str
    revision: str
    size_bytes: int


def back_up(
    workspace: Workspace,
    reason: str,
    target_dir: Path | None = None,
    *,
    progress: Progress = NO_PROGRESS,
) -> Backup:
    """Write a verified backup; into the workspace's own folder, older ones there are thinned out.

    Raises:
        StoreError: no room, no permission, or what was written does not read back.
        Cancelled: the person pressed Cancel; no file was left.
    """
    return write_backup(
        workspace.folder, workspace.key, workspace.clock, reason, target_dir, progress=progress
    )


def write_backup(
    folder: WorkspaceFolder,
    key: bytes,
    clock: Clock,
    reason: str,
    target_dir: Path | None = None,
    *,
    progress: Progress = NO_PROGRESS,
) -> Backup:
    """Do what `back_up` says for a folder that this process holds."""
    target = target_dir or folder.backups
    try:
        with _draft_database(folder) as draft:
            revision = _copy_database(folder, key, draft, progress)
            backup = _pack(
                folder, draft, target, reason, revision, clock().astimezone(UTC), progress
            )
    except (OSError, dbapi2.Error, StoreError) as exc:
        known = explained_of_backup(exc, target)
        if known is None:
            raise
        raise known from exc
    if target_dir is None:
        _thin_out(folder)
    return backup


def list_backups(folder: WorkspaceFolder) -> list[Backup]:
    """Return the backups in the workspace's own folder, newest first; unreadable ones left out."""
    found = []
    for path in folder.backups.glob(f"*{SUFFIX}"):
        try:
            found.append(read_backup(path))
        except StoreError:
            continue
    return sorted(found, key=lambda backup: (backup.made_at, backup.path.name), reverse=True)


def read_backup(path: Path) -> Backup:
    """Return what a backup says about itself; nothing in it is opened.

    Raises:
        StoreError: no backup, damaged, or made by a newer program.
    """
    with opened(path) as archive:
        return _described(path, _manifest(archive, path))


def read_key_file(path: Path) -> KeyFile:
    """Return the key file inside a backup, to get the key from passphrase or code.

    Raises:
        StoreError: no backup, damaged, or made by a newer program.
    """
    with opened(path) as archive:
        return KeyFile.parse(archive.read(KEY_FILE), path)


def verify_files(path: Path, progress: Progress = NO_PROGRESS) -> Backup:
    """Read every byte of a backup and compare it with what was put in.

    Raises:
        StoreError: a file in it is missing, more than there should be, or changed.
    """
    with opened(path) as archive:
        manifest = _manifest(archive, path)
        wanted: dict[str, dict[str, Any]] = manifest["files"]  # Any: parsed JSON, compared below
        if {one.filename for one in archive.infolist()} != {*wanted, MANIFEST}:
            raise damaged(path)
        for done, (name, expected) in enumerate(wanted.items()):
            progress.step(done, len(wanted))
            with archive.open(name) as file:
                if _digest(file) != (expected["size"], expected["sha256"]):
                    raise damaged(path)
        return _described(path, manifest)


def check_database(path: Path, key: bytes) -> dict[str, int]:
    """Return the number of rows of each table of a database that is whole.

    Raises:
        StoreError: it is damaged, or the key does not open it.
    """
    with closing(connect(path, key)) as connection:
        try:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            counts = _counts(connection)
        except dbapi2.DatabaseError as exc:
            raise damaged(path) from exc
    if found != "ok":
        raise damaged(path)
    return counts


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a backup's archive.

    Raises:
        StoreError: it cannot be read, or is no backup.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError as exc:
        raise StoreError(_("There is no backup {path}.").format(path=path)) from exc
    except (zipfile.BadZipFile, KeyError, NotImplementedError, EOFError, RuntimeError) as exc:
        raise damaged(path) from exc
    except OSError as exc:
        raise StoreError(_("The backup {path} cannot be read.").format(path=path)) from exc


def damaged(path: Path) -> StoreError:
    """Return the refusal of a file that is no whole backup."""
    return StoreError(
        _("{path} is damaged or not a backup of this program. Choose another backup.").format(
            path=path
        )
    )


def remove_drafts(folder: WorkspaceFolder) -> None:
    """Clear away what a killed program left half-made; only while nobody makes a backup."""
    for path in (*folder.backups.glob("draft-*"), *folder.backups.glob(f"*{SUFFIX}.new")):
        path.unlink(missing_ok=True)


@contextmanager
def _draft_database(folder: WorkspaceFolder) -> Iterator[Path]:
    """Give a path for the copy, away from the target: a stick is slow and is written once."""
    folder.backups.mkdir(parents=True, exist_ok=True)
    draft = folder.backups / f"draft-{new_id()}.db"
    try:
        yield draft
    finally:
        for path in folder.backups.glob(f"{draft.name}*"):
            path.unlink(missing_ok=True)


def _copy_database(folder: WorkspaceFolder, key: bytes, draft: Path, progress: Progress) -> str:
    """Copy one snapshot page by page (rowids stay, derived tables need them); return its revision."""
    with closing(connect(folder.database, key)) as source:
        source.execute("BEGIN")
        before = _counts(source)
        revision = str(source.execute("SELECT version_num FROM alembic_version").fetchone()[0])
        with closing(connect(draft, key, create=True)) as copy:
            # The copy is no file of anybody yet: it is synced once, inside the archive.
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            source.backup(
                copy,
                pages=_PAGES_A_STEP,
                progress=lambda _status, left, total: progress.step(total - left, total),
            )
        source.execute("ROLLBACK")
    if check_database(draft, key) != before:
        raise damaged(draft)
    return revision


def _counts(connection: StoreConnection) -> dict[str, int]:
    # Shadow tables of the full-text index belong to it; integrity_check looks at them.
    names = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    ).fetchall()
    return {
        name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
        for (name,) in names
    }


def _pack(
    folder: WorkspaceFolder,
    draft: Path,
    target: Path,
    reason: str,
    revision: str,
    made_at: datetime,
    progress: Progress,
) -> Backup:
    key_file = KeyFile.load(folder.key_file)
    contents: dict[str, Path] = {KEY_FILE: folder.key_file, DATABASE: draft}
    if folder.blobs.is_dir():
        blobs = sorted(path for path in folder.blobs.iterdir() if BLOB_NAME.fullmatch(path.name))
        contents.update({f"{BLOBS}{path.name}": path for path in blobs})
    manifest: dict[str, Any] = {  # Any: JSON values
        "format": _FORMAT,
        "workspace_id": key_file.workspace_id,
        "made_at": made_at.isoformat(timespec="milliseconds"),
        "reason": reason,
        "revision": revision,
        "files": {},
    }
    target.mkdir(parents=True, exist_ok=True)
    path = _free_name(target, made_at, reason)
    with replacing(path) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for done, (name, source) in enumerate(contents.items()):
                progress.step(done, len(contents))
                manifest["files"][name] = _store(archive, name, source)
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        file.flush()
        verify_files(Path(file.name), progress)
    return _described(path, manifest)


def _store(archive: zipfile.ZipFile, name: str, source: Path) -> dict[str, int | str]:
    digest = hashlib.sha256()
    size = 0
    # The time of the file says when somebody worked; a fixed one says nothing.
    entry = zipfile.ZipInfo(name)
    with source.open("rb") as reading, archive.open(entry, "w", force_zip64=True) as writing:
        while chunk := reading.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            writing.write(chunk)
    return {"size": size, "sha256": digest.hexdigest()}


def _digest(file: IO[bytes]) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:  # Any: parsed JSON
    if archive.getinfo(MANIFEST).file_size > _MANIFEST_LIMIT_BYTES:
        raise damaged(path)
    try:
        manifest = json.loads(archive.read(MANIFEST))
        if manifest["format"] > _FORMAT:
            raise StoreError(
                _(
                    "The backup {path} was made by a newer version of the program. Update the program."
                ).format(path=path)
            )
        described = _described(path, manifest)
    except (ValueError, TypeError, KeyError) as exc:
        raise damaged(path) from exc
    if not isinstance(manifest["files"], Mapping) or described.made_at.tzinfo is None:
        raise damaged(path)
    return dict(manifest)


def _described(path: Path, manifest: Mapping[str, Any]) -> Backup:  # Any: parsed JSON
    return Backup(
        path=path,
        made_at=datetime.fromisoformat(manifest["made_at"]),
        reason=str(manifest["reason"]),
        workspace_id=str(manifest["workspace_id"]),
        revision=str(manifest["revision"]),
        size_bytes=path.stat().st_size,
    )


def _free_name(target: Path, made_at: datetime, reason: str) -> Path:
    stem = f"mentor-desktop-{made_at:%Y%m%dT%H%M%SZ}-{reason}"
    path = target / f"{stem}{SUFFIX}"
    number = 1
    while path.exists():
        number += 1
        path = target / f"{stem}-{number}{SUFFIX}"
    return path


def _thin_out(folder: WorkspaceFolder) -> None:
    kept = [one for one in list_backups(folder) if one.reason not in LASTING_REASONS]
    gone = outdated({one.path: one.made_at for one in kept})
    for path in gone:
        path.unlink(missing_ok=True)
    if gone:
        sync_folder(folder.backups)
