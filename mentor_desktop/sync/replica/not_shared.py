"""What this device made and others do not have: rejected, or set aside by the server.

Rejected operations count as never made and are made again as fresh ones. What is set aside is in
force here, waits in the log, and goes by itself when the right is back.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.batches import open_batch
from mentor_desktop.sync.protocol.operations import Op, Value, expand
from mentor_desktop.sync.replica import log, state
from mentor_desktop.sync.replica.entities import Entity, entities
from mentor_desktop.sync.replica.parked import in_table
from mentor_desktop.sync.replica.set_aside import asides, dismiss_to
from mentor_desktop.sync.replica.state import Numbers


@dataclass(frozen=True)
class Made:
    """One operation, and when its action was done, in milliseconds since 1970."""

    op: Op
    at: int


@dataclass(frozen=True)
class NotShared:
    """Own operations in a row that others do not have for one reason.

    `is_waiting`: they are offered with every exchange; else they were rejected.
    """

    stream: str
    device: str
    first: int
    last: int
    reason: str
    made: tuple[Made, ...]
    is_waiting: bool = False

    @property
    def ops(self) -> tuple[Op, ...]:
        """The operations alone."""
        return tuple(one.op for one in self.made)


@dataclass
class _Range:
    stream: int
    device: int
    first: int
    last: int
    reason: str


def list_not_shared(raw: StoreConnection) -> list[NotShared]:
    """Return what this device made, under any of its names, and nobody dealt with yet.

    What was rejected in a row for one reason is told together.
    """
    numbers = Numbers(raw)
    return [*_rejected(raw, numbers), *_waiting(raw, numbers)]


def settle(raw: StoreConnection, one: NotShared, at_ms: int) -> None:
    """Note that somebody dealt with it: it is listed no more."""
    if one.is_waiting:
        dismiss_to(raw, one.stream, one.last)
        return
    raw.execute(
        "UPDATE sync_refused SET settled_at = ? WHERE settled_at IS NULL AND stream = ? "
        "AND device = ? AND first_seq >= ? AND last_seq <= ?",
        (at_ms, *_place(raw, one)),
    )


def settle_made(raw: StoreConnection, one: NotShared, made: Iterable[Op], at_ms: int) -> None:
    """Note that some of what was rejected was made again: the rest stays listed."""
    settle(raw, one, at_ms)
    done = {op.seq for op in made}
    stream, device, _first, _last = _place(raw, one)
    raw.executemany(
        "INSERT INTO sync_refused (stream, device, first_seq, last_seq, reason) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET settled_at = NULL",
        [(stream, device, op.seq, op.seq, one.reason) for op in one.ops if op.seq not in done],
    )


def unsettle(raw: StoreConnection, one: NotShared, at_ms: int) -> None:
    """List again what somebody dealt with at a time."""
    if one.is_waiting:
        dismiss_to(raw, one.stream, one.first - 1)
        return
    raw.execute(
        "UPDATE sync_refused SET settled_at = NULL WHERE settled_at = ? AND stream = ? "
        "AND device = ? AND first_seq >= ? AND last_seq <= ?",
        (at_ms, *_place(raw, one)),
    )


def make_again(raw: StoreConnection, one: NotShared) -> list[Op]:
    """Do again what was rejected, as fresh changes; return the operations that could be made.

    Not made is a change of what is gone, a row whose parent is gone, and a deletion under
    which something stands.
    """
    return [op for op in one.ops if op.entity in entities() and _make(raw, op)]


def _make(raw: StoreConnection, op: Op) -> bool:
    known = entities()[op.entity]
    values = {name: value for name, value in op.values.items() if known.fits({name: value})}
    is_there = bool(in_table(raw, op.entity, [op.row]))
    if op.kind == "create" and not is_there:
        filled = {**known.defaults, **values, "id": op.row}
        if not _has_parents(raw, known, filled):
            return False
        names = ", ".join(f'"{name}"' for name in filled)
        holes = ", ".join("?" * len(filled))
        raw.execute(f'INSERT INTO "{op.entity}" ({names}) VALUES ({holes})', tuple(filled.values()))
    elif op.kind in ("set", "create") and is_there and values and not known.is_append_only:
        if not _has_parents(raw, known, values):
            return False
        assignments = ", ".join(f'"{name}" = ?' for name in values)
        raw.execute(
            f'UPDATE "{op.entity}" SET {assignments} WHERE id = ?', (*values.values(), op.row)
        )
    elif op.kind == "delete" and is_there and not _has_children(raw, known, op.row):
        raw.execute(f'DELETE FROM "{op.entity}" WHERE id = ?', (op.row,))
    else:
        return False
    return True


def _has_parents(raw: StoreConnection, known: Entity, values: Mapping[str, Value]) -> bool:
    return all(
        bool(in_table(raw, parent, [str(values[column])]))
        for column, parent in known.parents
        if values.get(column) is not None
    )


def _has_children(raw: StoreConnection, known: Entity, row: str) -> bool:
    return any(
        raw.execute(f'SELECT 1 FROM "{child}" WHERE "{column}" = ? LIMIT 1', (row,)).fetchone()
        for child, column in known.children
    )


def waiting_range(raw: StoreConnection, stream: str) -> tuple[int, int]:
    """Return the first and last own operation of a stream that no server has taken; (1, 0): none."""
    row = raw.execute(
        "SELECT min(b.from_seq), max(b.to_seq) FROM sync_batch b JOIN sync_stream s "
        "ON s.no = b.stream JOIN sync_peer p ON p.no = b.device "
        "WHERE b.is_acked = 0 AND s.stream = ? AND p.device = (SELECT device FROM sync_self)",
        (stream,),
    ).fetchone()
    return (1, 0) if row[0] is None else (int(row[0]), int(row[1]))


def _place(raw: StoreConnection, one: NotShared) -> tuple[int, int, int, int]:
    numbers = Numbers(raw)
    return numbers.stream(one.stream), numbers.device(one.device), one.first, one.last


def _rejected(raw: StoreConnection, numbers: Numbers) -> Iterator[NotShared]:
    own = state.identity(raw)
    rows = raw.execute(
        "SELECT r.stream, r.device, r.first_seq, r.last_seq, r.reason FROM sync_refused r "
        "JOIN sync_peer p ON p.no = r.device WHERE r.settled_at IS NULL "
        "AND (p.device = ? OR (p.user = ? AND p.user <> '' AND p.name = "
        "(SELECT name FROM sync_peer WHERE device = ?))) ORDER BY r.stream, r.device, r.first_seq",
        (own.device, own.user, own.device),
    )
    ranges: list[_Range] = []
    for found in (_Range(*row) for row in rows.fetchall()):
        before = ranges[-1] if ranges else None
        if before is not None and _follows(before, found):
            before.last = max(before.last, found.last)
        else:
            ranges.append(found)
    for one in ranges:
        yield _told(raw, numbers, one, is_waiting=False)


def _follows(before: _Range, one: _Range) -> bool:
    is_alike = (before.stream, before.device, before.reason) == (
        one.stream,
        one.device,
        one.reason,
    )
    return is_alike and one.first <= before.last + 1


def _waiting(raw: StoreConnection, numbers: Numbers) -> Iterator[NotShared]:
    device = numbers.device(state.identity(raw).device)
    for stream, aside in asides(raw).items():
        first, last = waiting_range(raw, stream)
        first = max(first, aside.dismissed_to + 1)
        if first <= last:
            one = _Range(numbers.stream(stream), device, first, last, aside.reason)
            yield _told(raw, numbers, one, is_waiting=True)


def _told(raw: StoreConnection, numbers: Numbers, one: _Range, *, is_waiting: bool) -> NotShared:
    return NotShared(
        numbers.stream_of(one.stream),
        numbers.device_of(one.device),
        one.first,
        one.last,
        one.reason,
        tuple(_made(raw, one)),
        is_waiting,
    )


def _made(raw: StoreConnection, one: _Range) -> Iterator[Made]:
    """Give the operations in order; the action of one may end in a later batch."""
    open_ended: list[Op] = []
    batches = log.batches_of(raw, one.stream, one.device, one.first, _end(raw, one))
    for content in map(open_batch, batches):
        open_ended += expand(content)
        for action in content.actions:
            ended = [op for op in open_ended if op.seq <= action.last_seq]
            open_ended = open_ended[len(ended) :]
            for op in ended:
                if one.first <= op.seq <= one.last:
                    yield Made(op, action.at)


def _end(raw: StoreConnection, one: _Range) -> int:
    """Return where the action ends that holds the last operation."""
    row = raw.execute(
        "SELECT min(to_seq) FROM sync_batch WHERE stream = ? AND device = ? AND ends_at >= ?",
        (one.stream, one.device, one.last),
    ).fetchone()
    return int(row[0] or one.last)
