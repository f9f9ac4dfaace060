"""Rows merged behind the push: one bounded step of one stream, in one transaction.

A function of the set of operations, so it does not matter when it runs or in which process;
`folding` is locked for the step, and says up to where the rows, their digest and nothing
else stand. Values are kept for every operation that still competes: creates and heads.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection, select, update

from mentor_desktop.server import change_log, rejecting
from mentor_desktop.server.change_log import Rejection
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import digest, folding, log, merged, rejected
from mentor_desktop.sync.merge.digest import Buckets, bucket_of
from mentor_desktop.sync.merge.fold import (
    REJECTED_DEVICE,
    REJECTED_FIRST,
    REJECTED_LAST,
    fold_op,
)
from mentor_desktop.sync.merge.row_state import RowState
from mentor_desktop.sync.protocol.batches import open_batch, purged
from mentor_desktop.sync.protocol.operations import PURGE, REJECT, Op, OpId, Value, expand

MOST_STEP_BATCHES = 16
MOST_STEP_BYTES = 2 * 1024 * 1024
MOST_STEP_OPS = 4_000  # a process needs some 2 KiB for each
_SCAN_BATCHES = 64
_NAMES_AT_ONCE = 500  # rows looked up by one statement

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[tuple[str, int, dict[str, Value]]]).decode

Row = tuple[str, str]  # entity, row
Ranges = dict[str, list[Rejection]]  # by device


@dataclass
class Merged:
    """One row: its state, and the values of each operation that still competes."""

    state: RowState = field(default_factory=RowState)
    values: dict[OpId, Mapping[str, Value]] = field(default_factory=dict)
    was: str | None = None  # its digest text before this step; None for a new row

    @property
    def is_nothing(self) -> bool:
        """Whether no operation counts: such a row is in no digest."""
        return self.state == _NOTHING

    def take(self, op: Op, applied: Mapping[str, int]) -> None:
        """Bring one operation in."""
        fold_op(self.state, op, applied)
        if op.values:
            self.values[op.id] = op.values

    def tidy(self) -> None:
        """Drop the values of everything that nobody will be shown again."""
        state = self.state
        if state.is_plain:
            return
        kept = (
            set()
            if state.purged
            else {*state.creates, *(op for one in state.heads.values() for op in one)}
        )
        self.values = {op: values for op, values in self.values.items() if op in kept}


def merge_step(service: Service, connection: Connection, ws: str, stream: str) -> bool:
    """Merge the next batches of a stream; tell whether there was anything to do.

    False also when another process is at it.
    """
    dialect = service.database.dialect
    first = {"ws": ws, "stream": stream, "folded": 0, "fresh": 0, "ends": "{}"}
    dialect.upsert(connection, folding, [first], keep=True)
    found = connection.execute(
        select(folding.c.folded, folding.c.ends)
        .where(folding.c.ws == ws, folding.c.stream == stream)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if found is None:
        return False
    page = change_log.page(
        connection, ws, stream, found.folded, MOST_STEP_BYTES, MOST_STEP_BATCHES,
        most_ops=MOST_STEP_OPS,
    )  # fmt: skip
    if not page.batches:
        return False
    ends = json.loads(found.ends)
    applied = {device: end[0] for device, end in ends.items()}
    ops = [op for batch in page.batches for op in expand(open_batch(batch))]
    ranges = _rejections(service, connection, ws, stream, ops)
    rows = _merge(connection, ws, stream, ops, applied, ranges)
    upto = page.numbers[-1]
    again = _folded_though_rejected(connection, ws, stream, ops, applied, found.folded)
    if again:
        rows |= _recomputed(connection, ws, stream, again, upto, ranges)
    _erase_purged(connection, ws, stream, [op for op in ops if not _is_in(ranges, op)], upto)
    _write(service, connection, ws, stream, rows, upto)
    for batch in page.batches:
        ends[batch.header.device] = [batch.header.to_seq, batch.header.hash.hex()]
    connection.execute(
        update(folding)
        .where(folding.c.ws == ws, folding.c.stream == stream)
        .values(folded=upto, fresh=folding.c.fresh + len(ops), ends=json.dumps(ends))
    )
    return True


def recompute_all(connection: Connection, ws: str, stream: str, upto: int) -> dict[Row, Merged]:
    """Return every row of a stream folded anew from its log: the slow, always right path."""
    return _folded_from_log(
        connection, ws, stream, upto, None, _known_rejections(connection, ws, stream)
    )


def _merge(
    connection: Connection,
    ws: str,
    stream: str,
    ops: Sequence[Op],
    applied: Mapping[str, int],
    ranges: Ranges,
) -> dict[Row, Merged]:
    by_row: dict[Row, list[Op]] = defaultdict(list)
    for op in ops:
        if op.kind != REJECT and not _is_in(ranges, op):
            by_row[op.entity, op.row].append(op)
    rows = {name: Merged() for name in by_row} | _load(connection, ws, stream, by_row)
    for name, its_ops in by_row.items():
        row = rows[name]
        for op in its_ops:
            row.take(op, applied)
        row.tidy()
    return rows


def _load(connection: Connection, ws: str, stream: str, names: Iterable[Row]) -> dict[Row, Merged]:
    by_entity: dict[str, list[str]] = defaultdict(list)
    for entity, row in names:
        by_entity[entity].append(row)
    loaded: dict[Row, Merged] = {}
    for entity, ids in by_entity.items():
        for start in range(0, len(ids), _NAMES_AT_ONCE):
            found = connection.execute(
                select(merged.c.row, merged.c.state, merged.c.vals).where(
                    merged.c.ws == ws,
                    merged.c.stream == stream,
                    merged.c.entity == entity,
                    merged.c.row.in_(ids[start : start + _NAMES_AT_ONCE]),
                )
            )
            for one in found:
                loaded[entity, one.row] = read_merged(one.state, one.vals)
    return loaded


def purged_rows(connection: Connection, ws: str, stream: str, names: Iterable[Row]) -> set[Row]:
    """Return which of these rows are known to be erased for ever, as far as all is merged."""
    loaded = _load(connection, ws, stream, names)
    return {name for name, one in loaded.items() if one.state.purged}


def read_merged(state: str, vals: str) -> Merged:
    """Return a row as it was written."""
    read = RowState.from_text(state)
    return Merged(read, _read_values(vals), read.digest_text() if read != _NOTHING else None)


def _read_values(vals: str) -> dict[OpId, Mapping[str, Value]]:
    return {OpId(device, seq): values for device, seq, values in _decode(vals)}


def _rejections(
    service: Service, connection: Connection, ws: str, stream: str, ops: Sequence[Op]
) -> Ranges:
    """Return all that does not count, with what the rejections in these operations add."""
    ranges = _known_rejections(connection, ws, stream)
    for op in ops:
        if op.kind != REJECT or _is_in(ranges, op):
            continue
        # The server's own are written down with their batch; others by an administrator's, or
        # from before a restore, are here.
        device, span = _target(op)
        if device:
            rejecting.remember(service, connection, ws, stream, device, [span])
            ranges.setdefault(device, []).append(span)
    return ranges


def _known_rejections(connection: Connection, ws: str, stream: str) -> Ranges:
    ranges: Ranges = {}
    for row in connection.execute(
        select(
            rejected.c.device, rejected.c.first_seq, rejected.c.last_seq, rejected.c.reason
        ).where(rejected.c.ws == ws, rejected.c.stream == stream)
    ):
        span = Rejection(row.first_seq, row.last_seq, row.reason)
        ranges.setdefault(row.device, []).append(span)
    return ranges


def _target(op: Op) -> tuple[str, Rejection]:
    device, first, last = (
        op.values.get(name) for name in (REJECTED_DEVICE, REJECTED_FIRST, REJECTED_LAST)
    )
    if isinstance(device, str) and isinstance(first, int) and isinstance(last, int):
        return device, Rejection(first, last, str(op.values.get("reason") or ""))
    return "", Rejection(0, 0, "")


def _is_in(ranges: Ranges, op: Op) -> bool:
    return any(one.first_seq <= op.seq <= one.last_seq for one in ranges.get(op.device, ()))


def _folded_though_rejected(
    connection: Connection,
    ws: str,
    stream: str,
    ops: Sequence[Op],
    applied: Mapping[str, int],
    folded: int,
) -> set[Row]:
    """Return the rows that an earlier step merged with operations which are rejected only now."""
    rows: set[Row] = set()
    for op in ops:
        if op.kind != REJECT:
            continue
        device, span = _target(op)
        last = min(span.last_seq, applied.get(device, 0))
        if device and span.first_seq <= last:
            found = connection.execute(
                select(log.c.header, log.c.body).where(
                    log.c.ws == ws,
                    log.c.stream == stream,
                    log.c.device == device,
                    log.c.from_seq <= last,
                    log.c.from_seq + log.c["count"] > span.first_seq,
                    log.c.seq <= folded,
                )
            )
            for batch in map(change_log.batch_of, found):
                rows |= {
                    (one.entity, one.row)
                    for one in expand(open_batch(batch))
                    if span.first_seq <= one.seq <= last
                }
    return rows


def _recomputed(
    connection: Connection, ws: str, stream: str, names: set[Row], upto: int, ranges: Ranges
) -> dict[Row, Merged]:
    before = _load(connection, ws, stream, names)
    rows = _folded_from_log(connection, ws, stream, upto, names, ranges)
    for name, old in before.items():
        rows.setdefault(name, Merged()).was = old.was
    return rows


def _folded_from_log(
    connection: Connection, ws: str, stream: str, upto: int, names: set[Row] | None, ranges: Ranges
) -> dict[Row, Merged]:
    rows: dict[Row, Merged] = {}
    for _number, ops in _scanned(connection, ws, stream, upto):
        for op in ops:
            name = (op.entity, op.row)
            wanted = names is None or name in names
            if wanted and op.kind != REJECT and not _is_in(ranges, op):
                rows.setdefault(name, Merged()).take(op, {})
    for row in rows.values():
        row.tidy()
    return rows


def _scanned(
    connection: Connection, ws: str, stream: str, upto: int
) -> Iterator[tuple[int, list[Op]]]:
    since = 0
    while since < upto:
        page = change_log.page(connection, ws, stream, since, MOST_STEP_BYTES, _SCAN_BATCHES)
        for number, batch in zip(page.numbers, page.batches, strict=True):
            if number <= upto:
                yield number, list(expand(open_batch(batch)))
        if not page.more:
            return
        since = page.numbers[-1]


def _erase_purged(
    connection: Connection, ws: str, stream: str, ops: Sequence[Op], upto: int
) -> None:
    """Take the values of purged rows out of the log; chains and signatures still hold."""
    gone = {(op.entity, op.row) for op in ops if op.kind == PURGE}
    if not gone:
        return
    for number, its_ops in _scanned(connection, ws, stream, upto):
        seqs = [op.seq for op in its_ops if (op.entity, op.row) in gone and op.kind != PURGE]
        if seqs:
            where = (log.c.ws == ws, log.c.seq == number)
            row = connection.execute(select(log.c.header, log.c.body).where(*where)).one()
            body = purged(change_log.batch_of(row), seqs).body
            connection.execute(update(log).where(*where).values(body=body, size=len(body)))


def _write(
    service: Service,
    connection: Connection,
    ws: str,
    stream: str,
    rows: Mapping[Row, Merged],
    upto: int,
) -> None:
    kept = connection.execute(
        select(digest.c.sums).where(digest.c.ws == ws, digest.c.stream == stream)
    ).scalar()
    buckets = Buckets.from_bytes(kept) if kept else Buckets()
    written = []
    for (entity, name), row in rows.items():
        if row.was is not None:
            buckets.remove(entity, name, row.was)
        text = row.state.digest_text()
        if not row.is_nothing:
            buckets.add(entity, name, text)
        elif row.was is None:
            continue  # kinds of a newer program: they do nothing to a row here
        values = [(op.device, op.seq, values) for op, values in sorted(row.values.items())]
        written.append(
            {
                "ws": ws,
                "stream": stream,
                "entity": entity,
                "row": name,
                "bucket": bucket_of(entity, name),
                "state": row.state.to_text() if row.state.early else text,
                "vals": _encode(values).decode(),
            }
        )
    dialect = service.database.dialect
    dialect.upsert(connection, merged, written)
    sums = {"ws": ws, "stream": stream, "at_seq": upto}
    sums |= {"sums": buckets.to_bytes(), "root": buckets.root}
    dialect.upsert(connection, digest, [sums])


_NOTHING = RowState()  # of a row whose operations were all rejected
