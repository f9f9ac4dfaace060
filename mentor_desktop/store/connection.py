"""One connection to an encrypted workspace file, the same for every user of it.

Imports neither SQLAlchemy nor anything slow: the first page is painted from a plain
query on such a connection.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

from sqlcipher3 import dbapi2

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.store.collation import person_sort_key
from mentor_desktop.store.folding import fold_person

# 64 MB: with SQLite's default of 2 MB every page of a scan is decrypted again and again.
_CACHE_KIB = 64 * 1024
_BUSY_TIMEOUT_MS = 5_000
# Enough for an import of 10,000 people in one transaction without a checkpoint inside it.
_WAL_PAGES = 4_000

_PRAGMAS = (
    f"PRAGMA cache_size = -{_CACHE_KIB}",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}",
    f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}",
)


class StoreConnection(dbapi2.Connection):  # type: ignore[misc]  # sqlcipher3 ships no types
    """A connection that knows the user action its writes belong to.

    `current_txn` is None outside a unit of work: then capture is silent, which is
    what migrations and derived rebuilds want.
    """

    current_txn: int | None = None
    sort_language: str = "en"


class PlainConnection(Protocol):
    """The part of a DB-API connection that plain queries use."""

    def execute(self, sql: str, parameters: Sequence[Any] = ...) -> sqlite3.Cursor:  # Any: SQL values
        """Run one statement."""
        ...

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> sqlite3.Cursor:  # Any: SQL values
        """Run one statement for many rows."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


def connect(path: Path, key: bytes) -> StoreConnection:
    """Open the encrypted file with its raw 256-bit key; made when it does not exist.

    Raises:
        StoreError: the key does not open the file, or it is no workspace file.
    """
    connection = cast(
        StoreConnection,
        dbapi2.connect(str(path), isolation_level=None, check_same_thread=False, factory=StoreConnection),
    )
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    try:
        # A wrong key still connects; only the first read notices it.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except dbapi2.DatabaseError as exc:
        connection.close()
        raise StoreError(
            _("{path} cannot be opened with this key: it is damaged or not a workspace of this program.").format(
                path=path
            )
        ) from exc
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    _register_functions(connection)
    return connection


def _register_functions(connection: StoreConnection) -> None:
    """Give the triggers what they call; a tool without these functions cannot write past capture."""
    connection.create_function("txn_id", 0, lambda: connection.current_txn)
    connection.create_function("fold_person", 5, fold_person, deterministic=True)
    connection.create_function(
        "person_sort_key", 2, lambda given, family: person_sort_key(given, family, connection.sort_language)
    )
    language = _sort_language(connection)
    if language:
        connection.sort_language = language


def _sort_language(connection: StoreConnection) -> str:
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'local_setting'").fetchone()
    if not known:
        return ""
    row = connection.execute("SELECT value FROM local_setting WHERE key = 'sort_language'").fetchone()
    return str(row[0]) if row else ""
