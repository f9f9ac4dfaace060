"""Snapshots: the merged rows of a stream at one number of the log, in parts named by their hash.

A new device takes the parts and pulls from there instead of replaying years. They are made
behind the pushes, never in a request. A part is zlib of JSON:

    {"v": 1, "entities": [{"e": entity,
        "r": [rows], "d": [devices], "q": [numbers], "t": [hlcs], "c": {column: [values]},
        "mixed": [[row, state, [[device, number, values], …]], …]}]}

There is one entity in a part, so that a device may take parents first. Rows that were only created
stand in columns, the others in `mixed` with their state (`RowState.to_text`) and the values of every
operation that competes; so do the few that were created by a program with other columns than most.
"""

import json
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import chain, groupby, islice
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select, tuple_, update

from mentor_desktop.server import journal, refusals
from mentor_desktop.server.accounts import reader_of
from mentor_desktop.server.dialect import Row
from mentor_desktop.server.erasing import SNAPSHOT_IS_DUE
from mentor_desktop.server.merged_rows import read_merged
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import digest, folding, merged, snapshot, snapshot_part
from mentor_desktop.sync.keys.sessions import Session
from mentor_desktop.sync.merge.row_state import plain_text
from mentor_desktop.sync.protocol.messages import Part, SnapshotReply
from mentor_desktop.sync.protocol.operations import OpId

LEAST_FRESH_OPS = 20_000
FRESH_SHARE = 4  # a stream of n rows is written anew after n / 4 further operations
ROWS_IN_PART = 2_000
_ROWS_AT_ONCE = 250  # read by one statement
_LEVEL = 6
_EMPTY = SnapshotReply(seq=0, parts=[], applied={}, chains={})


@dataclass(frozen=True)
class _Taken:
    reply: SnapshotReply
    rows: int
    fresh: int  # operations merged since the one before


def manifest(service: Service, caller: Session, ws: str, stream: str) -> SnapshotReply:
    """Return the newest snapshot of a stream; an empty one at 0 while there is none."""

    def work(connection: Connection) -> SnapshotReply:
        reader_of(connection, caller, ws, stream)
        found = connection.execute(
            select(snapshot.c.manifest).where(snapshot.c.ws == ws, snapshot.c.stream == stream)
        ).scalar()
        return msgspec.json.decode(found, type=SnapshotReply) if found else _EMPTY

    return service.database.read(ws, work)


def part(service: Service, caller: Session, ws: str, stream: str, address: str) -> bytes:
    """Return one part; those of the snapshot before the newest are there too.

    Raises:
        Refusal: 404 for an older one: ask for the manifest again.
    """

    def work(connection: Connection) -> bytes | None:
        reader_of(connection, caller, ws, stream)
        return connection.execute(
            select(snapshot_part.c.content).where(
                snapshot_part.c.ws == ws,
                snapshot_part.c.stream == stream,
                snapshot_part.c.hash == address,
            )
        ).scalar()

    content = service.database.read(ws, work)
    if content is None:
        raise refusals.not_found()
    return content


def take_when_due(service: Service, ws: str, stream: str) -> bool:
    """Take a snapshot when enough operations came since the last one; tell whether it was.

    Each part is written down as it is cut, so that memory holds one of them; only when all are
    there the snapshot is published. Two processes may come to it at once: then one is for nothing.
    """
    if not service.database.read(ws, lambda one: _is_due(one, ws, stream)):
        return False
    started = time.monotonic()
    taken = service.database.read_consistently(ws, lambda one: _taken(service, one, ws, stream))
    is_published = service.database.write(ws, lambda one: _publish(service, one, ws, stream, taken))
    journal.note(
        "snapshot",
        is_published=is_published,
        rows=taken.rows,
        parts=len(taken.reply.parts),
        ms=round((time.monotonic() - started) * 1_000, 1),
    )
    return is_published


def _is_due(connection: Connection, ws: str, stream: str) -> bool:
    found = connection.execute(
        select(folding.c.fresh, func.coalesce(snapshot.c.rows, 0).label("rows"))
        .outerjoin(
            snapshot, (snapshot.c.ws == folding.c.ws) & (snapshot.c.stream == folding.c.stream)
        )
        .where(folding.c.ws == ws, folding.c.stream == stream)
    ).one_or_none()
    return found is not None and found.fresh >= max(LEAST_FRESH_OPS, found.rows // FRESH_SHARE)


def _taken(service: Service, connection: Connection, ws: str, stream: str) -> _Taken:
    place = connection.execute(
        select(folding.c.folded, folding.c.fresh, folding.c.ends).where(
            folding.c.ws == ws, folding.c.stream == stream
        )
    ).one()
    ends: dict[str, list[Any]] = json.loads(place.ends)  # of JSON: number, hash and more
    root = connection.execute(
        select(digest.c.root).where(digest.c.ws == ws, digest.c.stream == stream)
    ).scalar_one()
    parts: list[Part] = []
    rows = 0
    for entity, count, content in _parts(connection, ws, stream):
        address = sha256(content)
        name = {"ws": ws, "stream": stream, "hash": address.hexdigest()}
        row = {**name, "at_seq": place.folded, "content": content}
        service.database.write(ws, partial(_keep_part, service, row))
        parts.append(Part(hash=address.digest(), size=len(content), entity=entity))
        rows += count
    reply = SnapshotReply(
        seq=place.folded,
        parts=parts,
        root=root,
        applied={device: end[0] for device, end in ends.items()},
        chains={device: bytes.fromhex(end[1]) for device, end in ends.items()},
    )
    return _Taken(reply, rows, place.fresh)


def _keep_part(service: Service, row: Row, connection: Connection) -> None:
    # What an older snapshot has too stays as it is: it may be the one that is handed out now.
    service.database.dialect.upsert(connection, snapshot_part, [row], keep=True)


def _parts(connection: Connection, ws: str, stream: str) -> Iterator[tuple[str, int, bytes]]:
    for name, alike in groupby(_rows(connection, ws, stream), key=lambda row: str(row.entity)):
        rows = ((row.row, row.state, row.vals) for row in alike)
        while first := next(rows, None):
            yield name, *packed(name, chain((first,), islice(rows, ROWS_IN_PART - 1)))


def _rows(connection: Connection, ws: str, stream: str) -> Iterator[Any]:  # Any: rows of columns
    """Give the merged rows in order; few at a time, because libpq holds an answer whole."""
    last = ("", "")
    while True:
        rows = connection.execute(
            select(merged.c.entity, merged.c.row, merged.c.state, merged.c.vals)
            .where(
                merged.c.ws == ws,
                merged.c.stream == stream,
                tuple_(merged.c.entity, merged.c.row) > last,
            )
            .order_by(merged.c.entity, merged.c.row)
            .limit(_ROWS_AT_ONCE)
        ).all()
        if not rows:
            return
        last = (rows[-1].entity, rows[-1].row)
        yield from rows


def packed(name: str, rows: Iterable[tuple[str, str, str]]) -> tuple[int, bytes]:
    """Return rows of an entity (id, state, values, as they are kept): how many, and as a part."""
    entity = _Entity(name)
    for row, state, vals in rows:
        entity.add(row, state, vals)
    body = {"v": 1, "entities": [entity.columns()]}
    return entity.count, zlib.compress(msgspec.json.encode(body), _LEVEL)


class _Plain:
    """Rows that were only created, with values in the same columns."""

    def __init__(self, names: Iterable[str]) -> None:
        self.rows: list[str] = []
        self.devices: list[str] = []
        self.seqs: list[int] = []
        self.hlcs: list[int] = []
        self.columns: dict[str, list[Any]] = {name: [] for name in names}  # Any: JSON values

    def add(self, row: str, op: OpId, hlc: int, values: Mapping[str, Any]) -> None:
        self.rows.append(row)
        self.devices.append(op.device)
        self.seqs.append(op.seq)
        self.hlcs.append(hlc)
        for name, column in self.columns.items():
            column.append(values[name])

    def mixed(self) -> Iterator[list[Any]]:
        """Give them as rows that have columns of their own."""
        for at, row in enumerate(self.rows):
            device, seq = self.devices[at], self.seqs[at]
            values = {name: column[at] for name, column in self.columns.items()}
            yield [row, plain_text(device, seq, self.hlcs[at]), [[device, seq, values]]]


class _Entity:
    """The rows of one entity in one part; what is read is kept as it is written, not row by row."""

    def __init__(self, entity: str) -> None:
        self._entity = entity
        self._plain: dict[tuple[str, ...], _Plain] = {}  # by the names of their columns
        self._mixed: list[list[Any]] = []

    def add(self, row: str, state_text: str, vals: str) -> None:
        """Take a row: its state and values as they are kept."""
        read = read_merged(state_text, vals)
        if read.state.is_plain:
            ((op, hlc),) = read.state.creates.items()
            values = read.values.get(op, {})
            names = tuple(sorted(values))
            if names not in self._plain:
                self._plain[names] = _Plain(names)
            self._plain[names].add(row, op, hlc, values)
        else:
            self._mixed.append([row, state_text, msgspec.Raw(vals.encode())])

    @property
    def count(self) -> int:
        """How many rows were taken."""
        return len(self._mixed) + sum(len(one.rows) for one in self._plain.values())

    def columns(self) -> dict[str, Any]:
        """Return what a part says of them."""
        # A hole in a column would read as a value: null is one, and so is a default.
        names = max(self._plain, key=lambda one: (len(self._plain[one].rows), one), default=())
        most = self._plain.get(names, _Plain(()))
        others = [one for key, rows in self._plain.items() if key != names for one in rows.mixed()]
        return {
            "e": self._entity,
            "r": most.rows,
            "d": most.devices,
            "q": most.seqs,
            "t": most.hlcs,
            "c": most.columns,
            "mixed": self._mixed + others,
        }


def _publish(service: Service, connection: Connection, ws: str, stream: str, taken: _Taken) -> bool:
    """Make the parts the newest snapshot and drop those before the last one.

    False when another process has a newer one, or dropped a part that both had, or when a row was
    purged since the parts were cut: they have its values.
    """
    fresh = connection.execute(
        select(folding.c.fresh).where(folding.c.ws == ws, folding.c.stream == stream)
    ).scalar_one()
    before = connection.execute(
        select(snapshot.c.at_seq).where(snapshot.c.ws == ws, snapshot.c.stream == stream)
    ).scalar()
    seq, where = taken.reply.seq, (snapshot_part.c.ws == ws, snapshot_part.c.stream == stream)
    wanted = {one.hash.hex() for one in taken.reply.parts}
    there = set(connection.execute(select(snapshot_part.c.hash).where(*where)).scalars())
    is_purged = fresh - taken.fresh >= SNAPSHOT_IS_DUE
    if is_purged or (before is not None and before >= seq) or not wanted <= there:
        return False
    if wanted:  # a stream of which every row is gone has no part
        connection.execute(
            update(snapshot_part).where(*where, snapshot_part.c.hash == bindparam("named")),
            [{"named": one, "at_seq": seq} for one in sorted(wanted)],
        )
    oldest = seq if before is None else before  # without one before, the others are of no snapshot
    connection.execute(delete(snapshot_part).where(*where, snapshot_part.c.at_seq < oldest))
    row = {"ws": ws, "stream": stream, "at_seq": seq, "rows": taken.rows}
    row |= {"manifest": msgspec.json.encode(taken.reply).decode()}
    service.database.dialect.upsert(connection, snapshot, [row])
    connection.execute(
        update(folding)
        .where(folding.c.ws == ws, folding.c.stream == stream)
        .values(fresh=folding.c.fresh - taken.fresh)
    )
    return True
