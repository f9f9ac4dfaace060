"""How many bytes a workspace keeps here, and the most it may: bodies of batches and attached files.

Counted in the workspace's own row, which a push touches anyway. What is merged, cut into
snapshots or set aside is not counted: it follows from the rest, or has a bound of its own.
"""

from sqlalchemy import Connection, func, select, update

from mentor_desktop.server import refusals
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import blob, log, workspace


def take(service: Service, connection: Connection, ws: str, count: int) -> None:
    """Count so many bytes more, or fewer.

    Raises:
        Refusal: 413 `quota` where the workspace would keep more than it may.
    """
    kept = connection.execute(
        update(workspace)
        .where(workspace.c.ws == ws)
        .values(bytes=workspace.c.bytes + count)
        .returning(workspace.c.bytes)
    ).scalar_one()
    if count > 0:
        require_room(service, kept)


def require_room(service: Service, kept: int) -> None:
    """Return when a workspace may keep so many bytes.

    Raises:
        Refusal: 413 `quota`.
    """
    most = service.settings.workspace_megabytes * 1_000_000
    if most and kept > most:
        raise refusals.no_room()


def kept_by(connection: Connection, ws: str) -> int:
    """Return how many bytes a workspace keeps, as they were counted."""
    return int(
        connection.execute(select(workspace.c.bytes).where(workspace.c.ws == ws)).scalar() or 0
    )


def recount(connection: Connection, ws: str) -> None:
    """Count anew: a purge made batches smaller, and older programs did not count."""
    batches = select(func.coalesce(func.sum(log.c.size), 0)).where(log.c.ws == ws)
    files = select(func.coalesce(func.sum(blob.c.size), 0)).where(blob.c.ws == ws)
    total = batches.scalar_subquery() + files.scalar_subquery()
    connection.execute(update(workspace).where(workspace.c.ws == ws).values(bytes=total))
