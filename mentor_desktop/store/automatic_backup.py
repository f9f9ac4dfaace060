"""The backup made by itself when a workspace is closed, if anything changed since the last one."""

from __future__ import annotations

import hashlib
from contextlib import closing

from mentor_desktop.clock import Clock
from mentor_desktop.errors import StoreError
from mentor_desktop.store.backup import write_backup
from mentor_desktop.store.connection import PlainConnection, connect
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.settings import remember, setting

_SETTING = "last_backup"


def back_up_changes(folder: WorkspaceFolder, key: bytes, clock: Clock) -> str:
    """Back up when there is something new; return the sentence of what went wrong, else ""."""
    try:
        with closing(connect(folder.database, key)) as connection:
            state = _state(connection, folder)
            kept, _space, name = setting(connection, _SETTING).partition(" ")
            if kept == state and (folder.backups / name).is_file():
                return ""
            if not connection.execute("SELECT 1 FROM change LIMIT 1").fetchone():
                return ""
            backup = write_backup(folder, key, clock, "close")
            remember(connection, **{_SETTING: f"{state} {backup.path.name}"})
    except StoreError as exc:
        return str(exc)
    return ""


def _state(connection: PlainConnection, folder: WorkspaceFolder) -> str:
    """Return a digest of everything that a backup of now would hold."""
    last = connection.execute("SELECT coalesce(max(seq), 0) FROM change").fetchone()[0]
    settings = connection.execute(
        "SELECT key, value FROM local_setting WHERE key <> ? ORDER BY key", (_SETTING,)
    ).fetchall()
    digest = hashlib.sha256(repr((last, settings)).encode())
    digest.update(folder.key_file.read_bytes())
    return digest.hexdigest()
