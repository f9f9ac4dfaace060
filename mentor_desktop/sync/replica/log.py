"""The log of sealed batches: what is held of each device, what waits, what is missing.

The batches of one device in one stream form a chain. How they come into it: `arriving`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.batches import (
    NO_HASH,
    Batch,
    Header,
)
from mentor_desktop.sync.protocol.operations import Content
from mentor_desktop.sync.replica.state import Numbers

COLUMNS = "header, body"


@dataclass(frozen=True)
class Gap:
    """Operations of a device that are missing before others that wait."""

    device: str
    first: int
    last: int


@dataclass
class Chain:
    """How far one device is applied and held in one stream."""

    seq: int = 0
    held: int = 0
    hash: bytes = NO_HASH


def chain_of(raw: StoreConnection, stream: int, device: int) -> Chain:
    """Return how far a device is in a stream; nothing yet where it is new."""
    row = raw.execute(
        "SELECT seq, held, hash FROM sync_applied WHERE stream = ? AND device = ?", (stream, device)
    ).fetchone()
    return Chain(*row) if row else Chain()


def keep_chain(raw: StoreConnection, stream: int, device: int, chain: Chain) -> None:
    """Store how far a device is."""
    raw.execute(
        "INSERT OR REPLACE INTO sync_applied (stream, device, seq, held, hash) VALUES (?, ?, ?, ?, ?)",
        (stream, device, chain.seq, chain.held, chain.hash),
    )


def applied_of(raw: StoreConnection, numbers: Numbers, stream: int) -> dict[str, int]:
    """Return the last applied operation of each device in a stream."""
    rows = raw.execute("SELECT device, seq FROM sync_applied WHERE stream = ?", (stream,))
    return {numbers.device_of(device): seq for device, seq in rows}


def add_own(raw: StoreConnection, stream: int, device: int, batch: Batch, ends_at: int) -> None:
    """Append a batch this device just sealed: applied already, not sent yet."""
    insert(raw, stream, device, batch, ends_at=ends_at, is_applied=True, is_acked=False)


def add_older(
    raw: StoreConnection, stream: int, device: int, batch: Batch, content: Content
) -> None:
    """Keep a batch whose operations are in the rows already: a snapshot brought them."""
    insert(raw, stream, device, batch, ends_at=ends_at_of(content), is_applied=True, is_acked=True)


def missing(raw: StoreConnection, numbers: Numbers, stream: str) -> list[Gap]:
    """Return the operations that others wait for, by device."""
    number = numbers.stream(stream)
    rows = raw.execute(
        "SELECT device, from_seq, to_seq FROM sync_batch WHERE stream = ? AND is_applied = 0 "
        "ORDER BY device, from_seq",
        (number,),
    ).fetchall()
    gaps = []
    reached: dict[int, int] = {}
    for device, first, last in rows:
        if device not in reached:
            reached[device] = chain_of(raw, number, device).held
        if first > reached[device] + 1:
            gaps.append(Gap(numbers.device_of(device), reached[device] + 1, first - 1))
        reached[device] = max(reached[device], last)
    return gaps


def batches_of(
    raw: StoreConnection, stream: int, device: int, first: int, last: int
) -> Iterator[Batch]:
    """Give the batches that hold the operations `first` to `last` of a device, in order."""
    rows = raw.execute(
        f"SELECT {COLUMNS} FROM sync_batch WHERE stream = ? AND device = ? AND to_seq >= ? "
        "AND from_seq <= ? ORDER BY from_seq",
        (stream, device, first, last),
    )
    for row in rows.fetchall():
        yield stored_batch(row)


def open_since(raw: StoreConnection, stream: int, device: int, seq: int) -> int:
    """Return the first operation of the action that goes on behind an operation of a device.

    0 where the action ends with it, or the log does not have it.
    """
    found = raw.execute(
        "SELECT to_seq, ends_at FROM sync_batch WHERE stream = ? AND device = ? AND from_seq <= ? "
        "ORDER BY from_seq DESC LIMIT 1",
        (stream, device, seq),
    ).fetchone()
    if found is None or found[0] < seq or (found[1] or 0) >= seq:
        return 0
    before = raw.execute(
        "SELECT coalesce(max(ends_at), 0) FROM sync_batch WHERE stream = ? AND device = ? "
        "AND from_seq <= ?",
        (stream, device, seq),
    ).fetchone()
    return int(before[0]) + 1


def stored_batch(row: Sequence[bytes]) -> Batch:
    """Return a batch from the two columns that hold it."""
    return Batch(_HEADERS.decode(row[0]), row[1])


def header_bytes(batch: Batch) -> bytes:
    """Return the column that holds a batch's header."""
    return msgspec.msgpack.encode(batch.header)


def replace_body(raw: StoreConnection, stream: int, device: int, batch: Batch) -> None:
    """Put a purged batch in the place of the one with the same header."""
    raw.execute(
        "UPDATE sync_batch SET body = ? WHERE stream = ? AND device = ? AND from_seq = ?",
        (batch.body, stream, device, batch.header.from_seq),
    )


_HEADERS = msgspec.msgpack.Decoder(Header)


def insert(
    raw: StoreConnection,
    stream: int,
    device: int,
    batch: Batch,
    *,
    ends_at: int | None,
    is_applied: bool,
    is_acked: bool,
) -> None:
    """Put a batch into the log; `ends_at` is None while nobody has read it."""
    raw.execute(
        "INSERT INTO sync_batch (stream, device, from_seq, to_seq, header, body, is_applied, "
        "is_acked, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            stream,
            device,
            batch.header.from_seq,
            batch.header.to_seq,
            header_bytes(batch),
            batch.body,
            is_applied,
            is_acked,
            ends_at,
        ),
    )


def ends_at_of(content: Content) -> int:
    """Return the last operation in a batch that ends an action; 0 where none does."""
    return max((action.last_seq for action in content.actions), default=0)
