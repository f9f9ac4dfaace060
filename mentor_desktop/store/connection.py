"""One connection to an encrypted workspace file, the same for every user of it.

Imports neither SQLAlchemy nor anything slow: the first page is painted from a plain
query on such a connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from sqlcipher3 import dbapi2

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.store.refusals import explained

if TYPE_CHECKING:
    import sqlite3

# 64 MB: with SQLite's default of 2 MB every page of a scan is decrypted again and again.
_CACHE_KIB = 64 * 1024
# Holds the inner pages of every tree of a million people, which each look needs anew.
_PASSING_KIB = 2 * 1024
# SHA-512, the default, costs 2.8 times a plain file on a cold scan; this 2.0 (benchmarks/store_encryption.py).
_HMAC = "PRAGMA cipher_hmac_algorithm = HMAC_SHA256"
# A mark at the door waits for an import to end rather than fail.
_BUSY_TIMEOUT_MS = 20_000
# 16 MB: an import of 10,000 people ends with few checkpoints, and one takes under 0.1 s.
_WAL_PAGES = 4_000

# More than the program has: of a full cache the driver drops what was used least, so that what is
# new is prepared again and again; 250 rows of an import in one statement take 0.5 ms each time.
_CACHED_STATEMENTS = 1_000

_FULL_CACHE = f"PRAGMA cache_size = -{_CACHE_KIB}"
_PRAGMAS = (
    _FULL_CACHE,
    "PRAGMA temp_store = MEMORY",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # Without it INSERT OR REPLACE deletes a row and no trigger hears of it.
    "PRAGMA recursive_triggers = ON",
    f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}",
    f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}",
)


class StoreConnection(dbapi2.Connection):  # type: ignore[misc]  # sqlcipher3 ships no types
    """A connection that knows the user action its writes belong to.

    A write to a captured table needs `current_txn` (a unit of work sets it) or
    `is_capture_silent` (only migrations do); any other is refused.
    """

    current_txn: int | None = None
    is_capture_silent: bool = False
    # Whoever inserts many people fills the tables computed from them itself (`store.derived`).
    is_derived_silent: bool = False
    sort_language: str = "en"

    def txn_id(self) -> int | None:
        """Return what the capture triggers write down; None keeps them silent.

        Raises:
            RuntimeError: the write belongs to no user action.
        """
        if self.current_txn is None and not self.is_capture_silent:
            raise RuntimeError("a write outside a unit of work")
        return self.current_txn


class PlainConnection(Protocol):
    """The part of a DB-API connection that plain queries use."""

    def execute(self, sql: str, parameters: Sequence[Any] = ...) -> sqlite3.Cursor:  # Any: SQL
        """Run one statement."""
        ...

    def executemany(
        self, sql: str, parameters: Iterable[Sequence[Any]]
    ) -> sqlite3.Cursor:  # Any: SQL
        """Run one statement for many rows."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


def connect(path: Path, key: bytes, *, create: bool = False) -> StoreConnection:
    """Open the encrypted file with its raw 256-bit key; `create` makes it first.

    Raises:
        StoreError: no such file, the key does not open it, or it is no workspace file.
    """
    mode = "rwc" if create else "rw"
    try:
        connection = cast(
            StoreConnection,
            dbapi2.connect(
                f"{path.absolute().as_uri()}?mode={mode}",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                factory=StoreConnection,
                cached_statements=_CACHED_STATEMENTS,
            ),
        )
    except dbapi2.OperationalError as exc:
        raise _unopened(exc, path) from exc
    try:
        _prepare(connection, key)
    except dbapi2.DatabaseError as exc:
        connection.close()
        raise _unopened(exc, path) from exc
    _register_functions(connection)
    return connection


@contextmanager
def in_passing(connection: StoreConnection) -> Iterator[None]:
    """Read inside this what nobody will read again soon: no more than 2 MB of it is kept.

    Scrolling through a million people would fill the connection's whole cache, and their order
    alone is 8 MB.
    """
    connection.execute(f"PRAGMA cache_size = -{_PASSING_KIB}")
    try:
        yield
    finally:
        connection.execute(_FULL_CACHE)


def sort_language(connection: PlainConnection) -> str:
    """Return the language people are sorted by; "en" where nothing is stored yet."""
    known = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE name = 'local_setting'"
    ).fetchone()
    if not known:
        return "en"
    sql = "SELECT value FROM local_setting WHERE key = 'sort_language'"
    row = connection.execute(sql).fetchone()
    return str(row[0]) if row else "en"


def _prepare(connection: StoreConnection, key: bytes) -> None:
    # Else a wrong key writes lines of its own to standard error.
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute(_HMAC)
    # A wrong key still connects; only the first read notices it.
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        connection.execute("PRAGMA journal_mode = WAL")
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _unopened(error: Exception, path: Path) -> StoreError:
    if not path.exists():
        return StoreError(
            _("The file {path} is missing. Restore the workspace from a backup.").format(path=path)
        )
    if getattr(error, "sqlite_errorname", "") == "SQLITE_NOTADB":
        return StoreError(
            _(
                "{path} cannot be opened with this key: it is damaged or not a workspace of this program."
            ).format(path=path)
        )
    known = explained(error, path.parent)
    if known is None:
        raise error
    return known


def _register_functions(connection: StoreConnection) -> None:
    """Give the triggers what they call; a tool without these cannot write past capture."""
    connection.create_function("txn_id", 0, connection.txn_id)
    connection.create_function("derived_silent", 0, lambda: connection.is_derived_silent)
    fold_person = _Late("mentor_desktop.store.folding", "fold_person")
    sort_key = _Late("mentor_desktop.store.collation", "person_sort_key")
    connection.create_function("fold_person", 5, fold_person, deterministic=True)
    connection.create_function(
        "person_sort_key",
        2,
        lambda given, family: sort_key(given, family, connection.sort_language),
    )
    connection.sort_language = sort_language(connection)


class _Late:
    """A function of a module that only writing pays for: 2 to 3 ms at the first call."""

    def __init__(self, module: str, name: str) -> None:
        self._place = module, name
        self._function: Callable[..., Any] | None = None  # Any: whatever the function takes

    def __call__(self, *values: Any) -> Any:
        if self._function is None:
            module, name = self._place
            self._function = getattr(import_module(module), name)
        return self._function(*values)
