"""Bringing a workspace file to the schema of this program, with Alembic inside the app.

Capture is off while a migration runs; capture triggers and derived tables are dropped
before and made again after, because a table rebuild loses triggers silently.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from mentor_desktop.store import capture, derived, staging
from mentor_desktop.store.connection import StoreConnection, sort_language
from mentor_desktop.store.version import HEAD

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, revision: str = HEAD) -> None:
    """Bring the file up to `revision` (the newest by default) in one transaction.

    Raises:
        ForeignKeysBrokenError: the migration left rows without their parents (a bug);
            like any other failure it leaves the file as it was.
    """
    from alembic import command  # 200 ms, only when there is something to do

    with _rebuilding(engine) as connection:
        capture.drop_triggers(connection)
        derived.drop(connection)
        command.upgrade(alembic_config(connection), revision)
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if orphans:
            raise ForeignKeysBrokenError(sorted({str(row[0]) for row in orphans}))
        capture.create_triggers(connection)
        derived.create(connection)
        staging.create(_raw(connection))


def bring_up_to_date(engine: Engine) -> None:
    """Make triggers and derived tables anew where this program makes other ones.

    Names fold and sort by rules of the program, which may differ from those of the one
    that wrote the tables.
    """
    with engine.connect() as connection:
        triggers_fit = capture.are_triggers_current(connection)
        tables_fit = derived.is_current(connection) and staging.exists(_raw(connection))
    if triggers_fit and tables_fit:
        return
    with _rebuilding(engine) as connection:
        capture.drop_triggers(connection)
        derived.drop(connection)
        capture.create_triggers(connection)
        derived.create(connection)
        staging.create(_raw(connection))


def rebuild_derived(engine: Engine) -> None:
    """Make the derived tables anew from what is stored."""
    with _rebuilding(engine) as connection:
        derived.rebuild(connection)


def change_sort_language(engine: Engine, language: str) -> None:
    """Keep the language people are sorted by, and sort them anew if it is another one."""
    with _rebuilding(engine) as connection:
        connection.exec_driver_sql(
            "INSERT OR REPLACE INTO local_setting (key, value) VALUES ('sort_language', ?)",
            (language,),
        )
        _raw(connection).sort_language = language
        if not derived.is_current(connection):
            derived.rebuild(connection)


def alembic_config(connection: Connection) -> "Config":
    """Return Alembic's configuration bound to one connection."""
    from alembic.config import Config  # see upgrade()

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


class ForeignKeysBrokenError(Exception):
    """A migration left rows in the named tables that point nowhere."""


@contextmanager
def _rebuilding(engine: Engine) -> Iterator[Connection]:
    """Give a connection inside one transaction, capture silent, references unchecked."""
    with engine.connect() as connection:
        raw = _raw(connection)
        raw.execute("PRAGMA query_only = OFF")
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.is_capture_silent = True
        try:
            raw.execute("BEGIN IMMEDIATE")
            raw.sort_language = sort_language(raw)
            yield connection
            connection.commit()
        finally:
            connection.rollback()
            raw.is_capture_silent = False
            raw.execute("PRAGMA foreign_keys = ON")


def _raw(connection: Connection) -> StoreConnection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, StoreConnection)
    return raw
