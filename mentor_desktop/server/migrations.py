"""The version of the tables, and the steps from one to the next, each in one transaction.

A step once released never changes. Steps only add, so that processes of the version before
go on serving while the new ones start (`docs/server.md`, upgrade).
"""

from collections.abc import Callable

from sqlalchemy import Connection, delete, inspect, select, update

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.server import room
from mentor_desktop.server.database import Database
from mentor_desktop.server.dialect import EVERYWHERE, Dialect
from mentor_desktop.server.tables import (
    SERVER,
    blob,
    blob_chunk,
    invitation,
    merged,
    meta,
    workspace,
)

_VERSION = "version"

Step = Callable[[Dialect, Connection], None]


def _first(dialect: Dialect, connection: Connection) -> None:
    dialect.create(connection)


def _second(dialect: Dialect, connection: Connection) -> None:
    dialect.add_column(connection, workspace, "bytes", default="0")
    dialect.enter(connection, EVERYWHERE)
    for ws in list(connection.execute(select(workspace.c.ws)).scalars()):
        room.recount(connection, ws)
    dialect.enter(connection, SERVER)


def _third(dialect: Dialect, connection: Connection) -> None:
    """Count each chunk, and let uploads begin anew: chunks did not show all of a file before."""
    dialect.widen(connection, merged, "entity")
    dialect.add_column(connection, invitation, "invited_by", default="")
    dialect.add_column(connection, blob_chunk, "size", default="0")
    dialect.enter(connection, EVERYWHERE)
    connection.execute(delete(blob_chunk))
    connection.execute(update(blob).where(blob.c.sealed_at.is_(None)).values(size=0))
    for ws in list(connection.execute(select(workspace.c.ws)).scalars()):
        room.recount(connection, ws)
    dialect.enter(connection, SERVER)


STEPS: tuple[Step, ...] = (_first, _second, _third)
CURRENT = len(STEPS)


def version_of(database: Database) -> int:
    """Return the version of the tables there; 0 when there are none."""
    return database.read(SERVER, _version)


def migrate(database: Database) -> int:
    """Bring the tables to this program's version; return the version they had.

    Raises:
        StoreError: they are of a newer program; nothing was changed.
    """

    def step(connection: Connection) -> int:
        found = _version(connection)
        if found > CURRENT:
            raise StoreError(_TOO_NEW())
        if found < CURRENT:
            STEPS[found](database.dialect, connection)
            row = {"ws": SERVER, "name": _VERSION, "value": str(found + 1)}
            database.dialect.upsert(connection, meta, [row])
        return found

    first = found = database.write(SERVER, step)
    while found < CURRENT:
        found = database.write(SERVER, step)
    return first


def require_current(database: Database) -> None:
    """Return when this program may serve from these tables.

    Raises:
        StoreError: they are older or newer, or this database user may read past the walls.
    """
    found = version_of(database)
    if found > CURRENT:
        raise StoreError(_TOO_NEW())
    if found < CURRENT:
        raise StoreError(_("The database is of an older version. Run mentor-server migrate first."))
    if trouble := database.read(SERVER, database.dialect.trouble):
        raise StoreError(trouble)


def _version(connection: Connection) -> int:
    if not inspect(connection).has_table(meta.name):
        return 0
    found = connection.execute(
        select(meta.c.value).where(meta.c.ws == SERVER, meta.c.name == _VERSION)
    ).scalar()
    return int(found or 0)


def _TOO_NEW() -> str:  # noqa: N802  # a sentence, translated when it is shown
    return _("The database is of a newer version than this program. Install the newer one.")
