"""What administrators and the server itself did, in ids and reasons: no personal data."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from mentor_desktop.ids import new_id
from mentor_desktop.server.tables import audit


@dataclass(frozen=True)
class AuditEntry:
    """One thing done; `at_ms` is in milliseconds since 1970."""

    ws: str
    at_ms: int
    action: str
    device: str
    facts: dict[str, str]


def record(
    connection: Connection, ws: str, now_ms: int, action: str, device: str = "", **facts: str
) -> None:
    """Write down one thing done, in the transaction that does it."""
    connection.execute(
        insert(audit).values(
            ws=ws,
            at=now_ms,
            id=new_id(),
            action=action,
            device=device,
            facts=json.dumps(facts),
        )
    )


def entries(connection: Connection, ws: str | None, most: int) -> list[AuditEntry]:
    """Return the newest entries first, of one workspace or (None) of all."""
    wanted = select(audit).order_by(audit.c.at.desc(), audit.c.id.desc()).limit(most)
    if ws is not None:
        wanted = wanted.where(audit.c.ws == ws)
    return [
        AuditEntry(row.ws, row.at, row.action, row.device, json.loads(row.facts))
        for row in connection.execute(wanted)
    ]
