"""Backups: everything the server cannot make anew, as of one moment, in one file and a folder.

The file is a SQLite database with the tables of `tables`, whatever the server itself runs on,
so that a backup also moves a server from one kind of database to the other. Attached files lie
beside it, shared by all backups of the folder, each checked when it is copied. Merged rows
and snapshots are left out: they follow from the log.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import URL, Connection, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.ids import new_id
from mentor_desktop.server import audit
from mentor_desktop.server.blob_store import BlobStore, FolderBlobs, WrongContentError
from mentor_desktop.server.database import Database
from mentor_desktop.server.folder import ServerFolder
from mentor_desktop.server.inspection import check_log
from mentor_desktop.server.migrations import CURRENT, migrate, version_of
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import (
    blob,
    digest,
    folding,
    invitation,
    merged,
    meta,
    metadata,
    snapshot,
    snapshot_part,
    tail,
    workspace,
)

_DERIVED = {merged, digest, folding, snapshot, snapshot_part}
KEPT = [table for table in metadata.sorted_tables if table not in _DERIVED]
_ROWS_AT_ONCE = 500
_FILES = "blobs"
_SUFFIX = ".backup"


@dataclass(frozen=True)
class Backup:
    """A backup that was read back; `files` are attached files new in the folder.

    `troubles` are sentences about files that are not there to be copied.
    """

    path: Path
    size_bytes: int
    workspaces: int
    batches: int
    files: int
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Restored:
    """What came back; `troubles` are sentences about files that lack beside the backup."""

    workspaces: int
    troubles: tuple[str, ...] = ()


def back_up(service: Service, server: ServerFolder, target: Path) -> Backup:
    """Write a backup into `target`, read it back, and note up to where devices are safe.

    A file the server lost is told of and keeps nothing else from being backed up.

    Raises:
        StoreError: no room, or what was read back is not whole; nothing is noted then.
    """
    name = datetime.fromtimestamp(service.now_s(), UTC).strftime("mentor-server-%Y%m%d-%H%M%S")
    path, draft = target / (name + _SUFFIX), target / (name + ".new")
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.unlink(missing_ok=True)
        _export(service, draft)
        workspaces, batches = _read_back(draft)
        files, troubles = _copy_files(service.database, service.blobs, FolderBlobs(target / _FILES))
        server.copy_secret(target)
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(path)
    except (OSError, DBAPIError) as error:
        draft.unlink(missing_ok=True)
        raise StoreError(
            _("The backup could not be written to {path}: {reason}").format(
                path=target, reason=getattr(error, "strerror", None) or type(error).__name__
            )
        ) from error
    except StoreError:
        draft.unlink(missing_ok=True)
        raise
    _note_archived(service, path)
    return Backup(path, path.stat().st_size, workspaces, batches, files, troubles)


def restore(service: Service, server: ServerFolder, path: Path) -> Restored:
    """Replace all that is in the database by a backup.

    One of an older version is brought to this one first, in a copy: the backup stays as it is.
    Every workspace begins a new epoch: devices send again what they hold and the backup lacks.
    The secret beside the backup becomes the server's, so that devices know it again. A file that
    lacks beside the backup is told of; devices that hold it send it again.

    Raises:
        StoreError: no backup, of a newer program, or damaged, or no room; what the server had is
            as it was.
    """
    if not path.is_file():
        raise StoreError(_("{path} is not there.").format(path=path))
    workspaces, _batches = _read_back(path)

    def bring_back(source: Database, connection: Connection) -> None:
        _import(service, source, connection)
        # The last thing before the commit: devices know the server by both or by neither.
        server.take_secret(path.parent)

    try:
        with _current(path, server) as source:
            files = FolderBlobs(path.parent / _FILES)
            _count, troubles = _copy_files(source, files, service.blobs)
            service.database.write_everywhere(partial(bring_back, source))
    except OSError as error:
        raise StoreError(
            _("The backup could not be brought back: {reason}").format(
                reason=error.strerror or type(error).__name__
            )
        ) from error
    return Restored(workspaces, troubles)


def begin_new_epochs(service: Service) -> int:
    """Tell all devices, with their next request, that the database was brought back."""
    return service.database.write_everywhere(lambda one: _new_epochs(service, one))


def _export(service: Service, draft: Path) -> None:
    copy = _database_at(draft, "rwc")
    try:
        migrate(copy)

        def work(connection: Connection) -> None:
            copy.write("", lambda target: _copy_rows(connection, target))

        service.database.read_everywhere_consistently(work)
    finally:
        copy.close()
    with closing(sqlite3.connect(draft)) as file:
        file.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it


def _copy_rows(source: Connection, target: Connection) -> None:
    for table in KEPT:
        target.execute(delete(table))
        rows = source.execute(select(table).execution_options(yield_per=_ROWS_AT_ONCE))
        for part in rows.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in part])


def _read_back(path: Path) -> tuple[int, int]:
    """Return how many workspaces and batches a backup holds.

    Raises:
        StoreError: it is none, of a newer program, or not whole.
    """
    copy = _database_at(path, "ro")
    try:
        if not 0 < version_of(copy) <= CURRENT:
            raise StoreError(_("{path} is no backup, or one of a newer version.").format(path=path))
        return copy.read("", lambda one: _counted(one, path))
    except DBAPIError as error:
        raise StoreError(_("{path} is damaged, or no backup.").format(path=path)) from error
    finally:
        copy.close()


def _database_at(path: Path, mode: str) -> Database:
    """Return the database of a file (`ro`: as it is, `rwc`: made), whatever its folder's name."""
    named = URL.create(
        "sqlite", database=path.absolute().as_uri(), query={"mode": mode, "uri": "true"}
    )
    return Database(named.render_as_string())


@contextmanager
def _current(path: Path, server: ServerFolder) -> Iterator[Database]:
    """Give a backup that was read back, with the tables of this program."""
    with ExitStack() as stack:
        found = stack.enter_context(closing(_database_at(path, "ro")))
        if version_of(found) < CURRENT:
            folder = stack.enter_context(TemporaryDirectory(dir=server.path))
            draft = shutil.copyfile(path, Path(folder, "backup.db"))
            found = stack.enter_context(closing(_database_at(draft, "rwc")))
            migrate(found)
        yield found


def _counted(connection: Connection, path: Path) -> tuple[int, int]:
    if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
        raise StoreError(_("{path} is damaged, or no backup.").format(path=path))
    ids = list(connection.execute(select(workspace.c.ws)).scalars())
    batches = 0
    for ws in ids:
        count, troubles = check_log(connection, ws)
        batches += count
        if troubles:
            raise StoreError(troubles[0])
    return len(ids), batches


def _import(service: Service, source: Database, target: Connection) -> None:
    for table in _DERIVED:
        target.execute(delete(table))
    source.read("", lambda one: _copy_rows(one, target))
    target.execute(update(meta).where(meta.c.name == "version").values(value=str(CURRENT)))
    _new_epochs(service, target)


def _new_epochs(service: Service, connection: Connection) -> int:
    """Begin a new epoch everywhere; invitations end, for some of them were used since."""
    connection.execute(update(invitation).values(expires_at=0).where(invitation.c.used_by == ""))
    ids = list(connection.execute(select(workspace.c.ws)).scalars())
    for ws in ids:
        connection.execute(
            update(workspace)
            .where(workspace.c.ws == ws)
            .values(epoch=new_id(), access=workspace.c.access + 1)
        )
        audit.record(connection, ws, service.now_ms(), "restored")
    return len(ids)


def _copy_files(
    database: Database, source: BlobStore, target: BlobStore
) -> tuple[int, tuple[str, ...]]:
    """Copy the sealed files of a database that are missing in `target`.

    Returns how many were copied, and a sentence about each that is missing or damaged at its
    source.
    """
    wanted = select(blob.c.ws, blob.c.hash, blob.c.size).where(blob.c.sealed_at.is_not(None))
    rows = database.read_everywhere(lambda one: one.execute(wanted).all())
    copied, troubles = 0, []
    for row in rows:
        if target.size(row.ws, row.hash) == row.size:
            continue
        try:
            target.put_whole(row.ws, row.hash, _content(source, row.ws, row.hash, row.size))
            copied += 1
        except WrongContentError:
            troubles.append(
                _("Workspace {ws}: the file {hash} is missing or damaged.").format(
                    ws=row.ws, hash=row.hash[:16]
                )
            )
    return copied, tuple(troubles)


def _content(source: BlobStore, ws: str, address: str, size: int) -> Iterator[bytes]:
    try:
        yield from source.read(ws, address, 0, size)
    except OSError as error:  # of the source alone: what the target says is no file's fault
        raise WrongContentError from error


def _note_archived(service: Service, path: Path) -> None:
    copy = _database_at(path, "ro")
    try:
        wanted = select(tail.c.ws, tail.c.stream, tail.c.device, tail.c.last_seq).order_by(
            tail.c.ws
        )
        rows = copy.read("", lambda one: one.execute(wanted).all())
    finally:
        copy.close()
    for ws, ends in groupby(rows, key=lambda row: str(row.ws)):
        service.database.write(ws, partial(_archive, ends=list(ends)))


def _archive(connection: Connection, ends: Sequence[Any]) -> None:  # Any: rows of `tail`
    for end in ends:
        connection.execute(
            update(tail)
            .where(
                tail.c.ws == end.ws,
                tail.c.stream == end.stream,
                tail.c.device == end.device,
                tail.c.archived < end.last_seq,
            )
            .values(archived=end.last_seq)
        )
