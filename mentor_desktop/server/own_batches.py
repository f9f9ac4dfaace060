"""Batches the server writes itself: signed with its key, in a chain of its own in each stream.

Its device id is another one in each epoch; whoever meets an unknown device tries the server's key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from mentor_desktop.ids import new_id
from mentor_desktop.server import change_log
from mentor_desktop.server.change_log import Tail
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import workspace
from mentor_desktop.sync.protocol.batches import Batch, make_batch
from mentor_desktop.sync.protocol.operations import Action, Content, Op, Value, runs_of, tick

MOST_OPS = 500
SCHEMA = 0  # the server knows no columns


@dataclass(frozen=True)
class Draft:
    """One operation the server is about to make."""

    entity: str
    kind: str
    values: dict[str, Value]
    row: str = field(default_factory=new_id)
    group: str = ""


def batches_for(drafts: int) -> int:
    """Return how many batches so many operations take."""
    return -(-drafts // MOST_OPS)


def append(
    service: Service,
    connection: Connection,
    ws: str,
    stream: str,
    drafts: Sequence[Draft],
    text: str,
    first_number: int,
    said: Mapping[str, str] | None = None,
) -> None:
    """Sign the operations and store them under numbers from `first_number` on.

    `said` are the named fields of `text`.

    Called under the lock of the workspace's counter, so that the server's chain has one writer.
    """
    epoch = connection.execute(select(workspace.c.epoch).where(workspace.c.ws == ws)).scalar_one()
    own, dialect = service.keys.device_in(epoch), service.database.dialect
    before = after = change_log.tail_of(connection, ws, stream, own)
    batches: list[Batch] = []
    for start in range(0, len(drafts), MOST_OPS):
        part = drafts[start : start + MOST_OPS]
        batch = _batch(service, (ws, stream, own), part, (text, said or {}), after)
        after = Tail(batch.header.to_seq, batch.header.hash)
        batches.append(batch)
    change_log.move_tail(dialect, connection, ws, stream, own, before, after)
    change_log.store(dialect, connection, ws, stream, batches, first_number, service.now_ms())


def _batch(
    service: Service,
    place: tuple[str, str, str],
    drafts: Sequence[Draft],
    told: tuple[str, Mapping[str, str]],
    end: Tail,
) -> Batch:
    ws, stream, own = place
    now, first = service.now_ms(), end.last_seq + 1
    hlc = tick(0, now)
    ops = [
        Op(own, seq, hlc + seq - first, one.entity, one.row, one.kind, one.group, one.values)
        for seq, one in enumerate(drafts, first)
    ]
    content = Content(runs_of(ops), (Action(ops[-1].seq, now, "", *told),))
    sign = service.keys.sign_key.sign
    return make_batch(ws, stream, own, first, end.last_hash, content, SCHEMA, sign)
