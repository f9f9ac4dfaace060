"""What of this device's own log the server holds, and what it is to be sent."""

import msgspec

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.batches import NO_HASH, Batch, Header
from mentor_desktop.sync.replica.log import stored_batch
from mentor_desktop.sync.replica.state import Cursor, Numbers, move_cursor

_HEADERS = msgspec.msgpack.Decoder(Header)


def unacknowledged(
    raw: StoreConnection,
    numbers: Numbers,
    own_device: str,
    stream: str,
    most: int = 10,
    *,
    after: int = 0,
) -> list[Batch]:
    """Return this device's next batches behind `after` that no server has acknowledged, in order."""
    rows = raw.execute(
        "SELECT header, body FROM sync_batch WHERE stream = ? AND device = ? AND is_acked = 0 "
        "AND from_seq > ? ORDER BY from_seq LIMIT ?",
        (numbers.stream(stream), numbers.device(own_device), after, most),
    )
    return [stored_batch(row) for row in rows.fetchall()]


def unacknowledged_streams(raw: StoreConnection, numbers: Numbers, own_device: str) -> list[str]:
    """Return the streams in which this device has something to send, by name."""
    rows = raw.execute(
        "SELECT DISTINCT stream FROM sync_batch WHERE device = ? AND is_acked = 0",
        (numbers.device(own_device),),
    )
    return sorted(numbers.stream_of(stream) for (stream,) in rows)


def streams_to_send(raw: StoreConnection) -> list[str]:
    """Return the streams in which something is here, of anybody, that no server is known to hold."""
    rows = raw.execute(
        "SELECT s.stream FROM sync_stream s "
        "WHERE EXISTS (SELECT 1 FROM sync_batch b WHERE b.stream = s.no AND b.is_acked = 0) "
        "ORDER BY s.stream"
    )
    return [stream for (stream,) in rows.fetchall()]


def acknowledge(
    raw: StoreConnection, numbers: Numbers, own_device: str, stream: str, to_seq: int
) -> None:
    """Note up to where the server holds this device's operations; lower than before asks again.

    A restored server knows less than it acknowledged: what it lost is sent again.
    """
    place = (numbers.stream(stream), numbers.device(own_device), to_seq)
    own = "stream = ? AND device = ?"
    raw.execute(f"UPDATE sync_batch SET is_acked = 1 WHERE {own} AND to_seq <= ?", place)
    raw.execute(f"UPDATE sync_batch SET is_acked = 0 WHERE {own} AND to_seq > ?", place)


def begin_again(raw: StoreConnection, numbers: Numbers, own_device: str, stream: str) -> None:
    """Let the whole stream be pulled once more, what this device made too."""
    acknowledge(raw, numbers, own_device, stream, 0)
    move_cursor(raw, stream, Cursor("", 0))


def note_held(
    raw: StoreConnection, numbers: Numbers, device: str, stream: str, to_seq: int
) -> None:
    """Note up to where the server holds another device's operations; nothing is asked again."""
    raw.execute(
        "UPDATE sync_batch SET is_acked = 1 WHERE stream = ? AND device = ? AND to_seq <= ?",
        (numbers.stream(stream), numbers.device(device), to_seq),
    )


def forget_acknowledged(raw: StoreConnection, numbers: Numbers, device: str) -> None:
    """Note that no operation of a device is known to be held by the server."""
    raw.execute("UPDATE sync_batch SET is_acked = 0 WHERE device = ?", (numbers.device(device),))


def acknowledged_to(raw: StoreConnection, numbers: Numbers, own_device: str, stream: str) -> int:
    """Return up to where the server holds this device's operations; 0 when it holds none."""
    row = raw.execute(
        "SELECT coalesce(max(to_seq), 0) FROM sync_batch "
        "WHERE stream = ? AND device = ? AND is_acked = 1",
        (numbers.stream(stream), numbers.device(own_device)),
    ).fetchone()
    return int(row[0])


def hash_at(
    raw: StoreConnection, numbers: Numbers, device: str, stream: str, seq: int
) -> bytes | None:
    """Return the hash of a device's chain behind one of its batches; None where none ends there."""
    if not seq:
        return NO_HASH
    row = raw.execute(
        "SELECT header FROM sync_batch WHERE stream = ? AND device = ? AND to_seq = ?",
        (numbers.stream(stream), numbers.device(device), seq),
    ).fetchone()
    return None if row is None else _HEADERS.decode(row[0]).hash
