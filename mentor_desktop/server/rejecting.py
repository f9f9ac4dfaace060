"""Which operations count as if they had never been made: in the log, and in a table beside it.

The server's rejections lie in the same stream, behind what they reject, so that every replica
leaves out the same operations, wherever it has them from.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from mentor_desktop.server import audit, own_batches
from mentor_desktop.server.change_log import Rejection
from mentor_desktop.server.own_batches import Draft
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import rejected
from mentor_desktop.sync.merge.fold import REASON, REJECTED_DEVICE, REJECTED_FIRST, REJECTED_LAST
from mentor_desktop.sync.protocol.operations import REJECT

_ENTITY = "operation"  # what a rejection is about; it has no row in any table
_TEXT = "Changes without the right to make them"


def reject(
    service: Service,
    connection: Connection,
    ws: str,
    stream: str,
    device: str,
    rejections: Sequence[Rejection],
    first_number: int,
) -> None:
    """Append the server's rejections of a device's operations, under the counter's lock."""
    drafts = [
        Draft(
            _ENTITY,
            REJECT,
            {
                REJECTED_DEVICE: device,
                REJECTED_FIRST: one.first_seq,
                REJECTED_LAST: one.last_seq,
                REASON: one.reason,
            },
        )
        for one in rejections
    ]
    own_batches.append(service, connection, ws, stream, drafts, _TEXT, first_number)
    remember(service, connection, ws, stream, device, rejections)
    now = service.now_ms()
    for reason in sorted({one.reason for one in rejections}):
        audit.record(connection, ws, now, "rejected", device, stream=stream, reason=reason)


def remember(
    service: Service,
    connection: Connection,
    ws: str,
    stream: str,
    device: str,
    rejections: Sequence[Rejection],
) -> None:
    """Write down which operations do not count, for answers to resends and for merging.

    Of two rejections from one number on, the longer one stays.
    """
    known = _known(connection, ws, stream, device, rejections)
    longer: dict[int, Rejection] = {}
    for one in rejections:
        if one.last_seq > known.get(one.first_seq, 0):
            known[one.first_seq] = one.last_seq
            longer[one.first_seq] = one
    rows = [
        {
            "ws": ws,
            "stream": stream,
            "device": device,
            "first_seq": one.first_seq,
            "last_seq": one.last_seq,
            "reason": one.reason,
        }
        for one in longer.values()
    ]
    service.database.dialect.upsert(connection, rejected, rows)


def _known(
    connection: Connection, ws: str, stream: str, device: str, wanted: Sequence[Rejection]
) -> dict[int, int]:
    firsts = [one.first_seq for one in wanted]
    rows = connection.execute(
        select(rejected.c.first_seq, rejected.c.last_seq).where(
            rejected.c.ws == ws,
            rejected.c.stream == stream,
            rejected.c.device == device,
            rejected.c.first_seq.between(min(firsts), max(firsts)),
        )
    )
    return {row.first_seq: row.last_seq for row in rows}
