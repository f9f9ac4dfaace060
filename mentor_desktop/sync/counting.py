"""What a person is told in numbers: waiting, not shared, in conflict, parked."""

from collections.abc import Iterable
from dataclasses import dataclass

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.replica import state


@dataclass(frozen=True)
class Counts:
    """`waiting` are own changes no server has; `parked` rows that lack a parent."""

    waiting: int
    not_shared: int
    conflicts: int
    parked: int


def counted(raw: StoreConnection) -> Counts:
    """Count it; the workspace has joined."""
    own = state.identity(raw)
    unsealed = _number(raw, "SELECT count(*) FROM change WHERE seq > ?", own.sealed_change)
    row = raw.execute("SELECT no FROM sync_peer WHERE device = ?", (own.device,)).fetchone()
    unsent = _number(
        raw,
        "SELECT coalesce(sum(to_seq - from_seq + 1), 0) FROM sync_batch "
        "WHERE is_acked = 0 AND device = ?",
        row[0],
    )
    refused = _number(
        raw,
        "SELECT coalesce(sum(last_seq - first_seq + 1), 0) FROM sync_refused "
        "WHERE settled_at IS NULL AND device = ?",
        row[0],
    )
    return Counts(
        waiting=unsealed + unsent,
        not_shared=refused,
        conflicts=_number(raw, "SELECT count(*) FROM sync_row WHERE conflicts > 0"),
        parked=_number(raw, "SELECT count(*) FROM (SELECT DISTINCT entity, row FROM sync_parked)"),
    )


def unsent(raw: StoreConnection, streams: Iterable[str]) -> int:
    """Return how many own sealed changes of some streams no server has taken."""
    return sum(
        _number(
            raw,
            "SELECT coalesce(sum(b.to_seq - b.from_seq + 1), 0) FROM sync_batch b "
            "JOIN sync_stream s ON s.no = b.stream JOIN sync_peer p ON p.no = b.device "
            "WHERE b.is_acked = 0 AND s.stream = ? AND p.device = (SELECT device FROM sync_self)",
            stream,
        )
        for stream in streams
    )


def _number(raw: StoreConnection, sql: str, *parameters: object) -> int:
    return int(raw.execute(sql, parameters).fetchone()[0])
