"""The change log of a workspace: sealed batches, gapless and in commit order.

`append` is the one place that writes it. All it needs is read and verified before; it locks
the end of the device's own chain, then the workspace's counter as late as can be, so that
pushes of different devices stand in line for microseconds. Whoever was overtaken starts again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, or_, select, update

from mentor_desktop.server.database import OvertakenError
from mentor_desktop.server.dialect import Dialect
from mentor_desktop.server.limits import MOST_KEPT_BYTES
from mentor_desktop.server.tables import log, rejected, stream, tail, workspace
from mentor_desktop.sync.merge.spans import Spans
from mentor_desktop.sync.protocol.batches import NO_HASH, Batch, Header, open_batch
from mentor_desktop.sync.protocol.operations import Content

encode_header = msgspec.msgpack.Encoder().encode
decode_header = msgspec.msgpack.Decoder(Header).decode

_SCAN_BYTES = 2 * 1024 * 1024
_SCAN_BATCHES = 64


@dataclass(frozen=True)
class Tail:
    """The end of one device's chain in one stream; `exists` says whether there is a row."""

    last_seq: int = 0
    last_hash: bytes = NO_HASH
    open_from: int = 0
    open_reason: str = ""
    exists: bool = False


@dataclass(frozen=True)
class Held:
    """What a device that asks for a page has already: its own operations up to one."""

    device: str
    to_seq: int


@dataclass(frozen=True)
class Rejection:
    """Operations of a device that count as if they had never been made."""

    first_seq: int
    last_seq: int
    reason: str


def tail_of(connection: Connection, ws: str, name: str, device: str) -> Tail:
    """Return the end of a device's chain; an empty one when it never wrote here."""
    row = connection.execute(
        select(tail.c.last_seq, tail.c.last_hash, tail.c.open_from, tail.c.open_reason).where(
            tail.c.ws == ws, tail.c.stream == name, tail.c.device == device
        )
    ).one_or_none()
    return Tail(*row, exists=True) if row else Tail()


def move_tail(
    dialect: Dialect, connection: Connection, ws: str, name: str, device: str, old: Tail, new: Tail
) -> None:
    """Move the end of a chain.

    Raises:
        OvertakenError: another push of the same device moved it since.
    """
    values = {
        "last_seq": new.last_seq,
        "last_hash": new.last_hash,
        "open_from": new.open_from,
        "open_reason": new.open_reason,
    }
    if old.exists:
        moved = connection.execute(
            update(tail)
            .where(
                tail.c.ws == ws,
                tail.c.stream == name,
                tail.c.device == device,
                tail.c.last_seq == old.last_seq,
                tail.c.last_hash == old.last_hash,
            )
            .values(values)
        ).rowcount
    else:
        row = {"ws": ws, "stream": name, "device": device, "archived": 0, **values}
        moved = dialect.upsert(connection, tail, [row], keep=True)
    if not moved:
        raise OvertakenError


@dataclass(frozen=True)
class Taken:
    """The number before those that were taken, and how many bytes the workspace keeps now."""

    before: int
    kept: int


def take_numbers(
    connection: Connection,
    ws: str,
    count: int,
    access_version: int,
    *,
    changes_access: bool,
    size: int = 0,
) -> Taken:
    """Take `count` numbers of the workspace for batches of so many bytes.

    The row stays locked until the commit: commit order is number order, and a rollback leaves
    no gap.

    Raises:
        OvertakenError: rights changed since they were read.
    """
    found = connection.execute(
        update(workspace)
        .where(workspace.c.ws == ws, workspace.c.access == access_version)
        .values(
            head=workspace.c.head + count,
            access=workspace.c.access + int(changes_access),
            bytes=workspace.c.bytes + size,
        )
        .returning(workspace.c.head, workspace.c.bytes)
    ).one_or_none()
    if found is None:
        raise OvertakenError
    return Taken(int(found.head) - count, int(found.bytes))


def stand_in_line(connection: Connection, ws: str) -> None:
    """Wait until nobody else takes numbers of the workspace; until the commit nobody else does.

    For what is short and of one workspace's members: whoever comes next judges by it, instead of
    being overtaken by it.
    """
    connection.execute(select(workspace.c.ws).where(workspace.c.ws == ws).with_for_update())


def store(
    dialect: Dialect,
    connection: Connection,
    ws: str,
    name: str,
    batches: Sequence[Batch],
    first: int,
    now_ms: int,
) -> None:
    """Write batches under the numbers from `first` on and move the stream's head."""
    rows = [
        {
            "ws": ws,
            "seq": number,
            "stream": name,
            "device": one.header.device,
            "from_seq": one.header.from_seq,
            "count": one.header.count,
            "header": encode_header(one.header),
            "body": one.body,
            "size": len(one.body),
            "at": now_ms,
        }
        for number, one in enumerate(batches, first)
    ]
    connection.execute(insert(log), rows)
    dialect.upsert(connection, stream, [{"ws": ws, "stream": name, "head": rows[-1]["seq"]}])


def batch_of(row: Any) -> Batch:  # Any: a row of some columns, header and body among them
    """Return the batch in a row of the log."""
    return Batch(decode_header(row.header), row.body)


def content_of(batch: Batch) -> Content:
    """Return the operations of a batch of the log, which was verified when it came."""
    return open_batch(batch, most_bytes=MOST_KEPT_BYTES)


def scanned(
    connection: Connection, ws: str, name: str, upto: int, since: int = 0
) -> Iterator[tuple[int, Batch]]:
    """Give the batches of a stream up to a number, each with its own; few are held at once."""
    while since < upto:
        found = page(connection, ws, name, since, _SCAN_BYTES, _SCAN_BATCHES)
        for number, batch in zip(found.numbers, found.batches, strict=True):
            if number <= upto:
                yield number, batch
        if not found.more:
            return
        since = found.numbers[-1]


def batch_at(connection: Connection, ws: str, number: int) -> Batch:
    """Return the batch of a number."""
    return batch_of(
        connection.execute(
            select(log.c.header, log.c.body).where(log.c.ws == ws, log.c.seq == number)
        ).one()
    )


def numbers_in(
    connection: Connection, ws: str, name: str, device: str, spans: Spans, upto: int
) -> list[int]:
    """Return the numbers of a device's batches that have an operation in these spans."""
    found = connection.execute(
        select(log.c.seq, log.c.from_seq, log.c["count"])
        .where(log.c.ws == ws, log.c.stream == name, log.c.device == device, log.c.seq <= upto)
        .order_by(log.c.seq)
    )
    return [seq for seq, first, count in found if spans.meet(first, first + count - 1)]


def stored_hash(connection: Connection, header: Header) -> bytes | None:
    """Return the hash of the batch the log holds at the same place; None when it begins nowhere."""
    found = connection.execute(
        select(log.c.header).where(
            log.c.ws == header.ws,
            log.c.stream == header.stream,
            log.c.device == header.device,
            log.c.from_seq == header.from_seq,
        )
    ).scalar()
    return decode_header(found).hash if found else None


def size_of_chain(connection: Connection, ws: str, name: str, device: str) -> int:
    """Return how many bytes of a device the log holds in one stream."""
    size = select(func.coalesce(func.sum(log.c.size), 0)).where(
        log.c.ws == ws, log.c.stream == name, log.c.device == device
    )
    return int(connection.execute(size).scalar_one())


def rejections_of(
    connection: Connection, ws: str, name: str, device: str, first: int, last: int
) -> list[Rejection]:
    """Return what was rejected between two operations of a device, in order."""
    rows = connection.execute(
        select(rejected.c.first_seq, rejected.c.last_seq, rejected.c.reason)
        .where(
            rejected.c.ws == ws,
            rejected.c.stream == name,
            rejected.c.device == device,
            rejected.c.last_seq >= first,
            rejected.c.first_seq <= last,
        )
        .order_by(rejected.c.first_seq)
    )
    return [Rejection(*row) for row in rows]


@dataclass(frozen=True)
class Page:
    """Batches behind a cursor, in order; `numbers` are theirs."""

    numbers: tuple[int, ...]
    batches: tuple[Batch, ...]
    head: int
    more: bool


def page(
    connection: Connection,
    ws: str,
    name: str,
    since: int,
    most_bytes: int,
    most_batches: int,
    held: Held | None = None,
    most_ops: int | None = None,
) -> Page:
    """Return the batches of a stream behind `since`, at least one where there is one.

    What a device `held` says it has is left out; a page that is the last one has passed it too.
    The sizes are read first, so that a page never brings more into memory than it gives.
    """
    # First: whatever is committed behind it later is behind this page too.
    head = stream_head(connection, ws, name)
    where = [log.c.ws == ws, log.c.stream == name, log.c.seq > since, log.c.seq <= head]
    if held is not None:
        where.append(or_(log.c.device != held.device, log.c.from_seq > held.to_seq))
    sizes = connection.execute(
        select(log.c.seq, log.c.size, log.c["count"])
        .where(*where)
        .order_by(log.c.seq)
        .limit(most_batches + 1)
    ).all()
    taken, total, ops = 0, 0, 0
    for _number, size, count in sizes[:most_batches]:
        total, ops = total + size, ops + count
        if taken and (total > most_bytes or (most_ops and ops > most_ops)):
            break
        taken += 1
    if not taken:
        return Page((), (), head, more=False)
    rows = connection.execute(
        select(log.c.seq, log.c.header, log.c.body)
        .where(*where, log.c.seq <= sizes[taken - 1].seq)
        .order_by(log.c.seq)
    ).all()
    return Page(
        tuple(row.seq for row in rows),
        tuple(map(batch_of, rows)),
        head,
        more=taken < len(sizes),
    )


def stream_head(connection: Connection, ws: str, name: str) -> int:
    """Return the number of the last batch of a stream; 0 when it has none."""
    found = connection.execute(
        select(stream.c.head).where(stream.c.ws == ws, stream.c.stream == name)
    ).scalar()
    return int(found or 0)
