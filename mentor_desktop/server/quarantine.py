"""What a device without any right sent: kept for an administrator, never handed on.

Bounded for each device, so that a revoked laptop cannot fill the disk.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from mentor_desktop.server import audit
from mentor_desktop.server.change_log import content_of, encode_header
from mentor_desktop.server.erasing import without
from mentor_desktop.server.limits import MOST_QUARANTINE_BYTES
from mentor_desktop.server.merging import purged_rows
from mentor_desktop.server.refusals import Refusal
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import quarantine
from mentor_desktop.sync.protocol.batches import Batch


def keep(service: Service, ws: str, stream: str, batches: Sequence[Batch], reason: str) -> None:
    """Set verified batches aside; the same ones again change nothing.

    What they say of rows that are purged is taken out.

    Raises:
        Refusal: 413 when this device has filled its room.
    """
    named = {
        (run.entity, row) for one in batches for run in content_of(one).runs for row in run.rows
    }

    def work(connection: Connection) -> int:
        device = batches[0].header.device
        held = connection.execute(
            select(func.coalesce(func.sum(func.length(quarantine.c.body)), 0)).where(
                quarantine.c.ws == ws, quarantine.c.device == device
            )
        ).scalar_one()
        if held + sum(len(one.body) for one in batches) > MOST_QUARANTINE_BYTES:
            raise Refusal("quarantine_full", "No more changes of this device are set aside.")
        gone = purged_rows(connection, ws, stream, named)
        now = service.now_ms()
        rows = [
            {
                "ws": ws,
                "stream": stream,
                "device": device,
                "from_seq": one.header.from_seq,
                "hash": one.header.hash.hex(),
                "count": one.header.count,
                "reason": reason,
                "header": encode_header(one.header),
                "body": without(one, gone).body if gone else one.body,
                "at": now,
            }
            for one in batches
        ]
        written = service.database.dialect.upsert(connection, quarantine, rows, keep=True)
        if written:
            audit.record(connection, ws, now, "quarantined", device, stream=stream, reason=reason)
        return written

    service.meter.add("quarantined_total", service.database.write(ws, work))
