"""Is the server well, and figures for whoever watches it."""

from typing import Any

from sqlalchemy import Connection, func, select

from mentor_desktop import __version__
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import (
    SERVER,
    blob,
    device,
    folding,
    meta,
    quarantine,
    rejected,
    stream,
    workspace,
)


def state(service: Service) -> dict[str, Any]:
    """Return that the database answers; a Refusal (503) comes through when it does not."""
    service.database.read(
        SERVER, lambda one: one.execute(select(meta.c.name).where(meta.c.ws == SERVER)).first()
    )
    return {"ok": True, "version": __version__, "server_time": service.now_ms()}


def figures(service: Service) -> str:
    """Return the figures of this process and of the database."""
    gauges = service.database.read_everywhere(lambda one: _gauges(service, one))
    return service.meter.exposition(gauges)


def _gauges(service: Service, connection: Connection) -> dict[str, float]:
    def count(table: Any, *where: Any) -> float:  # Any: a table and its conditions
        return float(
            connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()
        )

    slowest = connection.execute(
        select(func.max(workspace.c.head - device.c.seen_seq))
        .join(device, device.c.ws == workspace.c.ws)
        .where(device.c.revoked_at.is_(None))
    ).scalar()
    unfolded = connection.execute(
        select(func.count())
        .select_from(stream)
        .outerjoin(folding, (folding.c.ws == stream.c.ws) & (folding.c.stream == stream.c.stream))
        .where(func.coalesce(folding.c.folded, 0) < stream.c.head)
    ).scalar_one()
    oldest = connection.execute(
        select(func.min(blob.c.started_at)).where(blob.c.sealed_at.is_(None))
    ).scalar()
    return {
        "workspaces": count(workspace),
        "devices": count(device, device.c.revoked_at.is_(None)),
        "rejected_ranges": count(rejected),
        "quarantined_batches": count(quarantine),
        "head_minus_slowest_cursor": float(slowest or 0),
        "streams_to_fold": float(unfolded),
        "oldest_unsealed_blob_s": (service.now_ms() - oldest) / 1_000 if oldest else 0.0,
        "largest_workspace_bytes": float(
            connection.execute(select(func.max(workspace.c.bytes))).scalar() or 0
        ),
        "longest_transaction_s": service.database.dialect.longest_transaction_s(connection),
    }
