"""Rows merged behind the push: one bounded step of one stream, in one transaction.

A function of the set of operations, so it does not matter when it runs or in which process;
`folding` is locked for the step, and says up to where the rows, their digest and nothing
else stand. Values are kept for every operation that still competes: creates and heads.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from mentor_desktop.server import change_log, crowding, erasing, rejecting
from mentor_desktop.server.change_log import Rejection, content_of
from mentor_desktop.server.crowding import Room
from mentor_desktop.server.earlier import Earlier, EarlierWantedError, Wanted
from mentor_desktop.server.erasing import NOTHING_KNOWN
from mentor_desktop.server.merged_rows import Merged, load, purged_rows
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import digest, folding, merged, rejected
from mentor_desktop.sync.merge.digest import Buckets, bucket_of
from mentor_desktop.sync.merge.fold import REASON, rejected_span
from mentor_desktop.sync.merge.spans import Spans
from mentor_desktop.sync.protocol.batches import Batch
from mentor_desktop.sync.protocol.erasing import Eraser, Row
from mentor_desktop.sync.protocol.operations import PURGE, REJECT, Content, Op, expand
from mentor_desktop.sync.protocol.streams import parse_stream

MOST_STEP_BATCHES = 16
MOST_STEP_BYTES = 2 * 1024 * 1024
MOST_STEP_OPS = 4_000  # a process needs some 2 KiB for each

# In place of the operations since the last snapshot, which a sealed stream has none of: it is merged
# no further.
GIVEN_UP = -1

_encode = msgspec.json.Encoder().encode

Ranges = dict[str, Spans]  # what is rejected, by device


def merge_step(
    service: Service,
    connection: Connection,
    ws: str,
    stream: str,
    earlier: Earlier | None = None,
    *,
    may_ask: bool = False,
) -> bool:
    """Merge the next batches of a stream; tell whether there was anything to do.

    False also when another process is at it, and where a row of a sealed stream would hold too much.
    What it needs of the log before them is `earlier`, or is read by itself.

    Raises:
        EarlierWantedError: it `may_ask`, and that is needed; nothing is to be kept.
    """
    found = _locked(service, connection, ws, stream)
    if found is None:
        return False
    page = change_log.page(
        connection, ws, stream, found.folded, MOST_STEP_BYTES,
        earlier.wanted.batches if earlier else MOST_STEP_BATCHES, most_ops=MOST_STEP_OPS,
    )  # fmt: skip
    if not page.batches:
        return False
    ends = json.loads(found.ends)
    applied = {device: end[0] for device, end in ends.items()}
    parts = [(batch, content_of(batch)) for batch in page.batches]
    ops = [op for _batch, content in parts for op in expand(content)]
    ranges = _rejections(service, connection, ws, stream, ops)
    rejects = crowding.of_what_was_merged(service, connection, ws, ops)
    again = _folded_though_rejected(connection, ws, stream, rejects, applied, found.folded)
    gone = {(op.entity, op.row) for op in ops if op.kind == PURGE and not is_rejected(ranges, op)}
    wanted = Wanted(found.folded, len(page.batches), frozenset(again), frozenset(gone))
    earlier = _of_now(earlier, wanted, may_ask=may_ask)
    crowded: Ranges = {}
    rows = _merge(connection, ws, stream, ops, applied, ranges, crowded)
    upto, where = page.numbers[-1], (folding.c.ws == ws, folding.c.stream == stream)
    if again:
        rows |= _recomputed(connection, ws, stream, again, upto, ranges, crowded, earlier)
    if crowded and parse_stream(stream).is_sealed:
        # Nobody's word but its owner's counts there: it has no digest from here on.
        connection.execute(update(folding).where(*where).values(fresh=GIVEN_UP))
        return False
    crowding.reject(service, connection, ws, stream, crowded)
    if gone:
        erasing.erase(
            connection, ws, stream, gone, upto, earlier.known if earlier else NOTHING_KNOWN
        )
    late = _purged_before(connection, ws, stream, ops, rows) - gone
    going_on = _going_on_with_purged(connection, ws, stream, parts, ends, rows)
    if late or going_on:
        numbered = zip(page.numbers, page.batches, strict=True)
        eraser = Eraser((late | gone).__contains__, going_on)
        erasing.erase_in_log(connection, ws, numbered, eraser)
    _write(service, connection, ws, stream, rows, upto)
    place = {"folded": upto, "fresh": folding.c.fresh + len(ops), "ends": _moved(ends, parts)}
    connection.execute(update(folding).where(*where).values(place))
    return True


def _moved(ends: dict[str, Sequence[Any]], parts: Iterable[tuple[Batch, Content]]) -> str:
    """Return where the merged batches of each device end by now, as it is stored."""
    for batch, content in parts:
        header = batch.header
        begun = erasing.open_from(batch, content, _open_from(ends, header.device))
        ends[header.device] = [header.to_seq, header.hash.hex(), begun]
    return json.dumps(ends)


def _of_now(earlier: Earlier | None, wanted: Wanted, *, may_ask: bool) -> Earlier | None:
    """Return what was looked up, None where something else is needed by now; may raise as a step."""
    if earlier is not None and earlier.wanted == wanted:
        return earlier
    if wanted and may_ask:
        raise EarlierWantedError(wanted)
    return None


def _locked(service: Service, connection: Connection, ws: str, stream: str) -> Any:
    """Return how far a stream is merged, for this transaction alone.

    None when another is at it, or where it is merged no further.
    """
    first = {"ws": ws, "stream": stream, "folded": 0, "fresh": 0, "ends": "{}"}
    service.database.dialect.upsert(connection, folding, [first], keep=True)
    return connection.execute(
        select(folding.c.folded, folding.c.ends)
        .where(folding.c.ws == ws, folding.c.stream == stream, folding.c.fresh != GIVEN_UP)
        .with_for_update(skip_locked=True)
    ).one_or_none()


def recompute_all(connection: Connection, ws: str, stream: str, upto: int) -> dict[Row, Merged]:
    """Return every row of a stream folded anew from its log: the slow, always right path."""
    return _folded_from_log(
        connection, ws, stream, upto, None, known_rejections(connection, ws, stream)
    )


def _merge(
    connection: Connection,
    ws: str,
    stream: str,
    ops: Sequence[Op],
    applied: Mapping[str, int],
    ranges: Ranges,
    crowded: Ranges,
) -> dict[Row, Merged]:
    """Return the rows that something came into; what is too much is left out, and added to both."""
    by_row: dict[Row, list[Op]] = defaultdict(list)
    for op in ops:
        if op.kind != REJECT and not is_rejected(ranges, op):
            by_row[op.entity, op.row].append(op)
    rows = {name: Merged() for name in by_row} | load(connection, ws, stream, by_row)
    for name, its_ops in by_row.items():
        row = rows[name]
        room = None if crowding.is_small(*row.stored, its_ops) else Room(row.state, row.values)
        left_out = 0
        for op in its_ops:
            if room is None or room.take(op, applied):
                row.take(op, applied)
            else:
                _leave_out(op, ranges, crowded)
                left_out += 1
        row.tidy()
        if left_out == len(its_ops):
            del rows[name]
    return rows


def _leave_out(op: Op, *among: Ranges) -> None:
    for ranges in among:
        ranges.setdefault(op.device, Spans()).add(op.seq, op.seq)


def _rejections(
    service: Service, connection: Connection, ws: str, stream: str, ops: Sequence[Op]
) -> Ranges:
    """Return all that does not count, with what the rejections in these operations add."""
    ranges = known_rejections(connection, ws, stream)
    found: dict[str, list[Rejection]] = defaultdict(list)
    for op in ops:
        span = rejected_span(op) if op.kind == REJECT and not is_rejected(ranges, op) else None
        if span is not None:
            device, first, last = span
            ranges.setdefault(device, Spans()).add(first, last)
            # What PostgreSQL keeps in no text.
            reason = str(op.values.get(REASON) or "").replace("\0", "")
            found[device].append(Rejection(first, last, reason))
    # The server's own are written down with their batch; others by an administrator's, or
    # from before a restore, are here.
    for device, rejections in found.items():
        rejecting.remember(service, connection, ws, stream, device, rejections)
    return ranges


def known_rejections(connection: Connection, ws: str, stream: str) -> Ranges:
    """Return all that does not count in a stream, as far as it is written down."""
    ranges: Ranges = {}
    for row in connection.execute(
        select(rejected.c.device, rejected.c.first_seq, rejected.c.last_seq).where(
            rejected.c.ws == ws, rejected.c.stream == stream
        )
    ):
        ranges.setdefault(row.device, Spans()).add(row.first_seq, row.last_seq)
    return ranges


def is_rejected(ranges: Ranges, op: Op) -> bool:
    """Tell whether an operation is among those that do not count."""
    return op.device in ranges and op.seq in ranges[op.device]


def _folded_though_rejected(
    connection: Connection,
    ws: str,
    stream: str,
    rejects: Sequence[Op],
    applied: Mapping[str, int],
    folded: int,
) -> set[Row]:
    """Return the rows that an earlier step merged with operations which are rejected only now."""
    fresh: Ranges = {}
    for op in rejects:
        span = rejected_span(op)
        if span is not None and span[1] <= applied.get(span[0], 0):
            device, first, last = span
            fresh.setdefault(device, Spans()).add(first, min(last, applied[device]))
    rows: set[Row] = set()
    for device, spans in fresh.items():
        for number in change_log.numbers_in(connection, ws, stream, device, spans, folded):
            # Each once, and one at a time, however many spans are in it.
            its_ops = expand(content_of(change_log.batch_at(connection, ws, number)))
            rows |= {(one.entity, one.row) for one in its_ops if one.seq in spans}
    return rows


def _purged_before(
    connection: Connection,
    ws: str,
    stream: str,
    ops: Sequence[Op],
    rows: Mapping[Row, Merged],
) -> set[Row]:
    """Return the purged rows that these operations, made by who did not know of it, still name.

    None of a sealed stream: whose purges count there its owner's devices know, and not the server;
    what they write on after a false one must stay whole.
    """
    if parse_stream(stream).is_sealed:
        return set()
    named = {(op.entity, op.row) for op in ops if op.kind not in (PURGE, REJECT)}
    gone = {name for name in named & rows.keys() if rows[name].state.purged}
    return gone | purged_rows(connection, ws, stream, named - rows.keys())


def _going_on_with_purged(
    connection: Connection,
    ws: str,
    stream: str,
    parts: Iterable[tuple[Batch, Content]],
    ends: Mapping[str, Sequence[Any]],
    rows: Mapping[Row, Merged],
) -> set[str]:
    """Return the devices of which an action ends here that named a purged row in a step before.

    Looked up when it ends, once, however long it is. None of a sealed stream, as with its rows.
    """

    def are_gone(named: set[Row]) -> bool:
        here = any(rows[name].state.purged for name in named & rows.keys())
        return here or bool(purged_rows(connection, ws, stream, named))

    if parse_stream(stream).is_sealed:
        return set()
    ended: dict[str, bool] = {}  # of each device: has the first action that ends here values?
    for batch, content in parts:
        if content.actions:
            ended.setdefault(batch.header.device, bool(content.actions[0].values))
    wanted = {device for device, is_told in ended.items() if is_told and _open_from(ends, device)}
    return {
        device
        for device in wanted
        if erasing.is_begun_with(
            connection, ws, stream, device, _open_from(ends, device), ends[device][0], are_gone
        )
    }


def _open_from(ends: Mapping[str, Sequence[Any]], device: str) -> int:
    """Return the first operation of the action a device's merged batches end within; 0 for none."""
    _seq, _hash, *more = ends.get(device, (0, ""))
    return more[0] if more else 0  # programs of the version before wrote none


def _recomputed(
    connection: Connection,
    ws: str,
    stream: str,
    names: set[Row],
    upto: int,
    ranges: Ranges,
    crowded: Ranges,
    earlier: Earlier | None,
) -> dict[Row, Merged]:
    before = load(connection, ws, stream, names)
    rows = _folded_from_log(connection, ws, stream, upto, names, ranges, crowded, earlier)
    for name, old in before.items():
        rows.setdefault(name, Merged()).was = old.was
    return rows


def _folded_from_log(
    connection: Connection,
    ws: str,
    stream: str,
    upto: int,
    names: set[Row] | None,
    ranges: Ranges,
    crowded: Ranges | None = None,
    earlier: Earlier | None = None,
) -> dict[Row, Merged]:
    """Fold rows anew; with `crowded` what is too much is left out, as when it is merged."""
    rows: dict[Row, Merged] = {}
    rooms: dict[Row, Room] = {}
    batches = change_log.scanned(
        connection, ws, stream, upto, earlier.wanted.upto if earlier else 0
    )
    ops = (op for _number, batch in batches for op in expand(content_of(batch)))
    for op in chain(earlier.ops if earlier else (), ops):
        name = (op.entity, op.row)
        is_wanted = names is None or name in names
        if not is_wanted or op.kind == REJECT or is_rejected(ranges, op):
            continue
        row = rows.setdefault(name, Merged())
        if crowded is not None:
            room = rooms.get(name) or rooms.setdefault(name, Room(row.state, {}))
            if not room.take(op, {}):
                _leave_out(op, ranges, crowded)
                continue
        row.take(op, {})
    for row in rows.values():
        row.tidy()
    return rows


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
