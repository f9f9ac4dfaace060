"""What is looked at when a workspace is opened: its revision, its settings, how it was left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlcipher3 import dbapi2

from mentor_desktop.clock import Clock
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _, current_language, ngettext
from mentor_desktop.store.connection import PlainConnection, StoreConnection
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.opened_file import OpenedFile
from mentor_desktop.store.refusals import explained
from mentor_desktop.store.version import HEAD
from mentor_desktop.store.write_gate import WriteGate

if TYPE_CHECKING:
    from mentor_desktop.store.staging import AtHand

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_revision(connection: PlainConnection, folder: WorkspaceFolder) -> str:
    """Return the schema revision of a file that this program can work with.

    Raises:
        StoreError: it is damaged, or made by a newer program.
    """
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        connection.execute("SELECT count(*) FROM local_setting").fetchone()
    except dbapi2.DatabaseError as exc:
        raise damaged(folder) from exc
    if row is None:
        raise damaged(folder)
    revision = str(row[0])
    if revision > HEAD:
        raise StoreError(
            _(
                "This workspace was made by a newer version of the program. Update the program to open it."
            )
        )
    return revision


def check_after_unclean_close(connection: PlainConnection, folder: WorkspaceFolder) -> None:
    """Read the whole file once.

    Raises:
        StoreError: it is damaged.
    """
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except dbapi2.DatabaseError as exc:
        raise damaged(folder) from exc
    if found != "ok":
        raise damaged(folder)


def finish_staged(
    connection: StoreConnection,
    folder: WorkspaceFolder,
    file: OpenedFile,
    gate: WriteGate,
    at_hand: AtHand = MappingProxyType({}),
) -> None:
    """Write what was promised and not yet written; `gate` lets others write between the parts.

    Raises:
        StoreError: the disk or the file refused; what is left waits for the next time.
    """
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'staged_part'"
    if not connection.execute(sql).fetchone():
        return
    if not connection.execute("SELECT 1 FROM staged_part LIMIT 1").fetchone():
        return
    from mentor_desktop.store import staging  # only where something is left

    try:
        staging.finish(connection, gate, file.require_in_place, at_hand)
    except dbapi2.Error as exc:
        if explained(exc, folder.root) is None:
            raise
        raise StoreError(
            _(
                "The import is kept, but the disk with {path} refused to write all of it. Make room; "
                "the rest is written with the next exchange, or when the workspace is opened again."
            ).format(path=folder.root)
        ) from exc


def recovery_note(connection: PlainConnection, clock: Clock) -> str:
    """Return what was saved last before the power went: "Restored. Last saved 10:42:07, 57 marks".

    The marks are those that count in the half-day marked last. Empty when nothing was ever saved.
    """
    last = connection.execute("SELECT at FROM txn ORDER BY id DESC LIMIT 1").fetchone()
    if last is None:
        return ""
    saved_at = _EPOCH + timedelta(milliseconds=last[0])
    language = current_language()
    time = language.time(saved_at, seconds=True)
    if saved_at.astimezone().date() != clock().astimezone().date():
        time = f"{language.date(saved_at.astimezone().date(), 'medium')} {time}"
    marks = _marks_of_last_slot(connection)
    if not marks:
        return _("Restored. Last saved {time}").format(time=time)
    return ngettext(
        "Restored. Last saved {time}, {count} mark",
        "Restored. Last saved {time}, {count} marks",
        marks,
    ).format(time=time, count=marks)


def damaged(folder: WorkspaceFolder) -> StoreError:
    """Return the refusal of a damaged file, naming the newest backup."""
    newest = _newest_backup(folder)
    if newest is None:
        return StoreError(
            _("The workspace in {path} is damaged. Restore a backup of it.").format(
                path=folder.root
            )
        )
    return StoreError(
        _("The workspace in {path} is damaged. Restore its newest backup, {backup}.").format(
            path=folder.root, backup=newest
        )
    )


def _marks_of_last_slot(connection: PlainConnection) -> int:
    row = connection.execute(
        "SELECT count(*) FROM attendance_mark "
        "WHERE slot_id = (SELECT slot_id FROM attendance_mark ORDER BY rowid DESC LIMIT 1) "
        "AND status <> 'expected' AND id NOT IN (SELECT mark FROM superseded)"
    ).fetchone()
    return int(row[0])


def _newest_backup(folder: WorkspaceFolder) -> Path | None:
    from mentor_desktop.store.backup import list_backups  # zipfile: only when things are bad

    found = list_backups(folder)
    return found[0].path if found else None
