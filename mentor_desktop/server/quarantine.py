"""What a device without any right sent: kept for an administrator, never handed on.

Bounded for each device, so that a revoked laptop cannot fill the disk.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from mentor_desktop.server import audit
from mentor_desktop.server.change_log import batch_of, content_of, encode_header, tail_of
from mentor_desktop.server.erasing import is_begun_with, rows_named, without
from mentor_desktop.server.limits import MOST_QUARANTINE_BYTES
from mentor_desktop.server.merged_rows import purged_rows
from mentor_desktop.server.refusals import Refusal
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import quarantine
from mentor_desktop.sync.protocol.batches import Batch
from mentor_desktop.sync.protocol.erasing import Eraser, Row
from mentor_desktop.sync.protocol.streams import MOST_OPS

_MOST_LOOKED_AT = 64  # batches


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
        going_on = {device} if _is_begun_with_purged(connection, ws, stream, batches[0]) else set()
        eraser = Eraser(gone.__contains__, going_on)
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
                "body": without(one, eraser).body,
                "at": now,
            }
            for one in batches
        ]
        written = service.database.dialect.upsert(connection, quarantine, rows, keep=True)
        if written:
            audit.record(connection, ws, now, "quarantined", device, stream=stream, reason=reason)
        return written

    service.meter.add("quarantined_total", service.database.write(ws, work))


def _is_begun_with_purged(connection: Connection, ws: str, stream: str, first: Batch) -> bool:
    """Tell whether an action that may go on here named a purged row in batches before.

    Those were set aside too, or lie at the end of the log. Of a very long one it is taken for
    granted: who sends here has no rights, and costs no more than a look at so many.
    """

    def are_gone(named: set[Row]) -> bool:
        return bool(purged_rows(connection, ws, stream, named))

    device, before = first.header.device, first.header.from_seq
    for _looked in range(_MOST_LOOKED_AT):
        batch = _set_aside_before(connection, ws, stream, device, before)
        if batch is None:
            break
        content = content_of(batch)
        last_end = max((one.last_seq for one in content.actions), default=0)
        if are_gone(rows_named(content, last_end + 1)):
            return True
        if last_end:
            return False
        before = batch.header.from_seq
    else:
        return True
    end = tail_of(connection, ws, stream, device)
    if not end.open_from or end.last_seq != before - 1:
        return False
    if end.last_seq - end.open_from >= _MOST_LOOKED_AT * MOST_OPS:
        return True
    return is_begun_with(connection, ws, stream, device, end.open_from, end.last_seq, are_gone)


def _set_aside_before(
    connection: Connection, ws: str, stream: str, device: str, before: int
) -> Batch | None:
    """Return the batch of a device that was set aside and ends just before an operation."""
    row = connection.execute(
        select(quarantine.c.header, quarantine.c.body)
        .where(
            quarantine.c.ws == ws,
            quarantine.c.stream == stream,
            quarantine.c.device == device,
            quarantine.c.from_seq + quarantine.c["count"] == before,
        )
        .limit(1)
    ).one_or_none()
    return None if row is None else batch_of(row)
