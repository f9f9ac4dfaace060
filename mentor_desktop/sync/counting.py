"""What a person is told in numbers: waiting, not shared, in conflict, parked."""

import json
from dataclasses import dataclass

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.leaving import left_streams
from mentor_desktop.sync.replica.not_shared import waiting_range
from mentor_desktop.sync.replica.set_aside import asides
from mentor_desktop.sync.replica.succession import former


@dataclass(frozen=True)
class Counts:
    """`waiting` are own changes no server has; `parked` rows that lack a parent.

    What the server sets aside does not wait for a better connection: it is `not_shared`.
    """

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
        "SELECT coalesce(sum(to_seq - from_seq + 1), 0) FROM sync_batch b "
        "JOIN sync_peer p ON p.no = b.device WHERE b.is_acked = 0 "
        "AND p.device IN (SELECT value FROM json_each(?))",
        json.dumps([own.device, *former(raw)]),
    )
    refused = _number(
        raw,
        "SELECT coalesce(sum(last_seq - first_seq + 1), 0) FROM sync_refused "
        "WHERE settled_at IS NULL AND device = ?",
        row[0],
    )
    aside, listed = _set_aside(raw)
    return Counts(
        waiting=unsealed + unsent - aside,
        not_shared=refused + listed,
        # Those of a journal are told in the journal alone.
        conflicts=_number(
            raw,
            "SELECT count(*) FROM sync_row r JOIN sync_stream s ON s.no = r.stream "
            "WHERE r.conflicts > 0 AND s.stream NOT LIKE 'u:%'",
        ),
        parked=_number(
            raw,
            "SELECT count(*) FROM (SELECT DISTINCT p.entity, p.row FROM sync_parked p "
            "JOIN sync_row r ON r.entity = p.entity AND r.row = p.row "
            "JOIN sync_stream s ON s.no = r.stream "
            "WHERE s.stream NOT IN (SELECT value FROM json_each(?)))",
            json.dumps(list(left_streams(raw))),  # told as not shared
        ),
    )


def _set_aside(raw: StoreConnection) -> tuple[int, int]:
    """Return how many own changes the server sets aside, and how many of them nobody dealt with."""
    all_of_them = listed = 0
    for stream, aside in asides(raw).items():
        first, last = waiting_range(raw, stream)
        all_of_them += last - first + 1
        listed += max(last - max(first, aside.dismissed_to + 1) + 1, 0)
    return all_of_them, listed


def _number(raw: StoreConnection, sql: str, *parameters: object) -> int:
    return int(raw.execute(sql, parameters).fetchone()[0])
