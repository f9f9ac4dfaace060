"""All that differs between SQLite and PostgreSQL.

SQLite: one file, WAL, every commit on the disk, one writer at a time. PostgreSQL: forced
row-level security under `SET LOCAL`, time limits inside the transaction, hash partitions,
bulk rows by `unnest`. Nothing here outlives a transaction: no session settings, no advisory
locks, no notifications, no sequences.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    String,
    Table,
    TextClause,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.server.tables import SERVER, metadata

EVERYWHERE = "*"  # instead of a workspace id: all of them
LOCK_TIMEOUT_MS = 4_000
STATEMENT_TIMEOUT_MS = 20_000
# The connection used last comes first: each keeps the largest message it ever sent (PostgreSQL) or
# a cache of pages (SQLite), so no more of them shall fill than are used at once.
_POOL = {
    "pool_size": 8,
    "max_overflow": 8,
    "pool_timeout": LOCK_TIMEOUT_MS / 1_000,
    "pool_use_lifo": True,
}
_PARTITIONS = 16  # of each large table on PostgreSQL; a power of two can be split later
_CACHE_KIB = 16 * 1024
_ROWS_AT_ONCE = 500  # written by one statement, which libpq holds whole: some 200 KiB merged rows

Row = Mapping[str, Any]  # Any: column values


def dialect_for(url: str) -> "Dialect":
    """Return the dialect of a database URL.

    Raises:
        StoreError: a URL that names neither SQLite nor PostgreSQL.
    """
    kind = _parsed(url).get_backend_name()
    if kind == "sqlite":
        return SqliteDialect()
    if kind == "postgresql":
        return PostgresqlDialect()
    raise StoreError(_("The database must be SQLite or PostgreSQL."))


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise StoreError(_("This is not the address of a database.")) from error


class Dialect(ABC):
    """What `Database` asks of one kind of database."""

    name: str
    consistent: str  # the isolation level at which all statements see one moment

    @abstractmethod
    def engine(self, url: str) -> Engine:
        """Return an engine with a bounded pool."""

    @abstractmethod
    def begin(self, connection: Connection, ws: str, *, writes: bool) -> None:
        """Bound a transaction that has just begun to one workspace and to its time."""

    @abstractmethod
    def enter(self, connection: Connection, ws: str) -> None:
        """Let the running transaction see this workspace."""

    @abstractmethod
    def create(self, connection: Connection) -> None:
        """Make what is missing of the tables and of what guards them."""

    def add_column(self, connection: Connection, table: Table, name: str, default: str) -> None:
        """Make a column, with this constant in all rows, where it is missing."""
        if name not in {one["name"] for one in inspect(connection).get_columns(table.name)}:
            kind = table.c[name].type.compile(connection.dialect)
            connection.execute(
                text(
                    f"alter table {table.name} add column {name} {kind} not null default '{default}'"
                )
            )

    @abstractmethod
    def widen(self, connection: Connection, table: Table, name: str) -> None:
        """Let a column that held short texts hold texts of any length."""

    @abstractmethod
    def upsert(
        self, connection: Connection, table: Table, rows: Sequence[Row], keep: bool = False
    ) -> int:
        """Insert rows, or write over those with the same key; `keep` leaves the old ones.

        All rows have the same columns. Returns how many rows were written.
        """

    @abstractmethod
    def is_retryable(self, error: DBAPIError) -> bool:
        """Tell whether the same transaction may succeed when run again at once."""

    @abstractmethod
    def is_busy(self, error: DBAPIError) -> bool:
        """Tell whether a time limit was hit."""

    @abstractmethod
    def trouble(self, connection: Connection) -> str:
        """Return why this database must not be served from, as a sentence; empty when it may."""

    @abstractmethod
    def longest_transaction_s(self, connection: Connection) -> float:
        """Return for how long the oldest transaction of this database has been open."""


class SqliteDialect(Dialect):
    """One file; `begin immediate` makes commit order the order of the counter."""

    name = "sqlite"
    consistent = "SERIALIZABLE"

    def engine(self, url: str) -> Engine:
        engine = create_engine(url, connect_args={"timeout": LOCK_TIMEOUT_MS / 1_000}, **_POOL)
        if "mode=ro" not in url:  # a backup that is looked at stays as it is
            event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "connect", _leave_begin_to_us)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def begin(self, connection: Connection, ws: str, *, writes: bool) -> None:
        """Nothing to do: the listener began it, and one file has no roles."""

    def enter(self, connection: Connection, ws: str) -> None:
        """Nothing to do."""

    def create(self, connection: Connection) -> None:
        metadata.create_all(connection)

    def widen(self, connection: Connection, table: Table, name: str) -> None:
        """Nothing to do: no text is too long for SQLite."""

    def upsert(
        self, connection: Connection, table: Table, rows: Sequence[Row], keep: bool = False
    ) -> int:
        if not rows:
            return 0
        insert = sqlite.insert(table)
        key = [one.name for one in table.primary_key]
        rest = {name: insert.excluded[name] for name in rows[0] if name not in key}
        if keep or not rest:
            statement = insert.on_conflict_do_nothing(index_elements=key)
        else:
            statement = insert.on_conflict_do_update(index_elements=key, set_=rest)
        return connection.execute(statement, list(rows)).rowcount

    def is_retryable(self, error: DBAPIError) -> bool:
        return False  # one writer at a time: nothing to serialise

    def is_busy(self, error: DBAPIError) -> bool:
        return "database is locked" in str(error.orig)

    def trouble(self, connection: Connection) -> str:
        return ""

    def longest_transaction_s(self, connection: Connection) -> float:
        return 0.0


def _prepare_sqlite(connection: Any, _record: object) -> None:  # Any: the DB-API's connection
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"cache_size=-{_CACHE_KIB}",
        "temp_store=MEMORY",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _leave_begin_to_us(connection: Any, _record: object) -> None:  # Any: as above
    connection.isolation_level = None


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("mentor_writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class PostgresqlDialect(Dialect):
    """Row locks order pushes; policies are the second line behind the code."""

    name = "postgresql"
    consistent = "REPEATABLE READ"
    _RETRYABLE = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected
    # lock_not_available, query_canceled, too_many_connections, and the server's own shutdown
    _BUSY = frozenset({"55P03", "57014", "53300", "57P01", "57P03"})

    def engine(self, url: str) -> Engine:
        parsed = _parsed(url).set(drivername="postgresql+psycopg")
        # No statements prepared on the server: a pooler may hand on another connection.
        return create_engine(
            parsed, connect_args={"prepare_threshold": None, "connect_timeout": 5}, **_POOL
        )

    def begin(self, connection: Connection, ws: str, *, writes: bool) -> None:
        connection.execute(
            text(
                "select set_config('mentor.ws', :ws, true),"
                " set_config('lock_timeout', :lock, true),"
                " set_config('statement_timeout', :statement, true),"
                " set_config('transaction_read_only', :read_only, true)"
            ),
            {
                "ws": ws,
                "lock": str(LOCK_TIMEOUT_MS),
                "statement": str(STATEMENT_TIMEOUT_MS),
                "read_only": "off" if writes else "on",
            },
        )

    def enter(self, connection: Connection, ws: str) -> None:
        connection.execute(text("select set_config('mentor.ws', :ws, true)"), {"ws": ws})

    def create(self, connection: Connection) -> None:
        metadata.create_all(connection)
        for table in metadata.sorted_tables:
            guarded = [table.name]
            if table.dialect_options["postgresql"]["partition_by"]:
                guarded += _partitions(connection, table.name)
            for name in guarded:
                connection.execute(text(f"alter table {name} enable row level security"))
                connection.execute(text(f"alter table {name} force row level security"))
            # A partition has no policy of its own: it cannot be read past its table.
            connection.execute(text(f"drop policy if exists one_workspace on {table.name}"))
            connection.execute(text(_POLICY.format(table=table.name)))

    def widen(self, connection: Connection, table: Table, name: str) -> None:
        connection.execute(text(f"alter table {table.name} alter column {name} type text"))

    def upsert(
        self, connection: Connection, table: Table, rows: Sequence[Row], keep: bool = False
    ) -> int:
        if not rows:
            return 0
        statement = self._upserting(connection, table, list(rows[0]), keep=keep)
        parts = (rows[at : at + _ROWS_AT_ONCE] for at in range(0, len(rows), _ROWS_AT_ONCE))
        return sum(
            connection.execute(
                statement, {name: [row[name] for row in part] for name in rows[0]}
            ).rowcount
            for part in parts
        )

    @staticmethod
    def _upserting(
        connection: Connection, table: Table, names: Sequence[str], *, keep: bool
    ) -> TextClause:
        key = [one.name for one in table.primary_key]
        rest = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in key)
        quoted, keys = (", ".join(f'"{one}"' for one in part) for part in (names, key))
        kinds = {
            # A cast to a length cuts what is longer and says nothing; the column itself refuses it.
            name: "text"
            if isinstance(table.c[name].type, String)
            else table.c[name].type.compile(connection.dialect)
            for name in names
        }
        arrays = ", ".join(f"cast(:{name} as {kind}[])" for name, kind in kinds.items())
        action = "nothing" if keep or not rest else f"update set {rest}"
        return text(
            f"insert into {table.name} ({quoted})"  # noqa: S608  # names come from the metadata
            f" select * from unnest({arrays}) on conflict ({keys}) do {action}"
        )

    def is_retryable(self, error: DBAPIError) -> bool:
        return getattr(error.orig, "sqlstate", None) in self._RETRYABLE

    def is_busy(self, error: DBAPIError) -> bool:
        return getattr(error.orig, "sqlstate", None) in self._BUSY

    def trouble(self, connection: Connection) -> str:
        role = connection.execute(
            text("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        ).scalar()
        if role:
            return _(
                "This database user may read past the walls between workspaces. Make one without superuser and without BYPASSRLS, and use it."
            )
        return ""

    def longest_transaction_s(self, connection: Connection) -> float:
        found = connection.execute(
            text(
                "select extract(epoch from max(now() - xact_start)) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        ).scalar()
        return float(found or 0)


_POLICY = (
    "create policy one_workspace on {table} using"
    f" (ws = current_setting('mentor.ws', true) or ws = '{SERVER}'"
    f" or current_setting('mentor.ws', true) = '{EVERYWHERE}')"
)


def _partitions(connection: Connection, table: str) -> list[str]:
    names = [f"{table}_p{number:02}" for number in range(_PARTITIONS)]
    for number, name in enumerate(names):
        connection.execute(
            text(
                f"create table if not exists {name} partition of {table}"
                f" for values with (modulus {_PARTITIONS}, remainder {number})"
            )
        )
    return names
