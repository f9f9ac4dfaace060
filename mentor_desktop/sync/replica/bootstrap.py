"""Beginning a stream with the server's snapshot: rows and states straight into the tables.

A step is a part, or some rows of one, in a transaction of its own with the place it reached; the
cursor, and what is applied of each device, come with the last one. Until then the stream counts
as not begun. What cannot go in by columns (parked, dead, competing) goes the way of the merge.
"""

from dataclasses import dataclass

from mentor_desktop.changes import Changes
from mentor_desktop.store import person_order
from mentor_desktop.store.bulk import batch_of_rows, insert_batch, narrowed
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.derived import insert_people
from mentor_desktop.sync.merge.digest import Buckets
from mentor_desktop.sync.merge.fold import fold_op
from mentor_desktop.sync.merge.row_state import RowState, plain_text
from mentor_desktop.sync.protocol.operations import Value, receive
from mentor_desktop.sync.replica import log, state
from mentor_desktop.sync.replica.beginning import (
    Beginning,
    Filled,
    beginning_of,
    forget_beginning,
    keep_beginning,
)
from mentor_desktop.sync.replica.digests import Digests, Key
from mentor_desktop.sync.replica.entities import Entity, entities
from mentor_desktop.sync.replica.foreign_history import ForeignHistory
from mentor_desktop.sync.replica.log import Chain
from mentor_desktop.sync.replica.merging import CARRYING, Folded, Merge
from mentor_desktop.sync.replica.parked import in_table
from mentor_desktop.sync.replica.recompute import operations, undo_rows
from mentor_desktop.sync.replica.refusals import Rules
from mentor_desktop.sync.replica.rows import known_rows
from mentor_desktop.sync.replica.sealing import seal_rest
from mentor_desktop.sync.replica.snapshot_part import PartRows
from mentor_desktop.sync.replica.snapshot_rows import (
    empty,
    filled,
    plain_folded,
    read_state,
    shown,
)
from mentor_desktop.sync.replica.state import Cursor, Numbers
from mentor_desktop.sync.replica.transactions import pass_over_foreign, writing

_PERSON = "person"


class SnapshotDiffersError(Exception):
    """The rows of a snapshot do not come to the digest that the server told of."""


def is_new(raw: StoreConnection, stream: str) -> bool:
    """Say whether nothing of a stream is here: no operation, no row, no cursor."""
    if state.cursor(raw, stream).since:
        return False
    tables = ("sync_batch", "sync_row", "sync_applied")
    return not any(
        raw.execute(
            f"SELECT 1 FROM {table} WHERE stream = (SELECT no FROM sync_stream WHERE stream = ?) "
            "LIMIT 1",
            (stream,),
        ).fetchone()
        for table in tables
    )


def begin(raw: StoreConnection, stream: str, begun: Beginning) -> None:
    """Write down that a stream begins with a snapshot; parents are loaded first."""
    ranks = {name: entity.rank for name, entity in entities().items()}
    begun.parts.sort(key=lambda part: ranks.get(part.entity, len(ranks)))
    with writing(raw):
        Numbers(raw).stream(stream)
        keep_beginning(raw, stream, begun)


def load(raw: StoreConnection, stream: str, part: int, rows: PartRows, start: int) -> Changes:
    """Take rows of a part in, those from `start` on; what was taken in before changes nothing.

    `rows` are the whole rest of the part, or less.

    Raises:
        BadPartError: a state in it is none; this step was not kept.
        UnfinishedImportError: as `apply_page`.
    """
    with writing(raw):
        seal_rest(raw)
        begun = beginning_of(raw, stream)
        if begun is None or (begun.loaded, begun.rows) != (part, start):
            return Changes()
        return _Loading(raw, stream, begun).take(rows)


def end_part(raw: StoreConnection, stream: str, part: int) -> None:
    """Go on with the next part; behind the last one the stream has begun.

    Raises:
        SnapshotDiffersError: its rows are not what the server says they are; the part counts as
            not taken in.
    """
    with writing(raw):
        begun = beginning_of(raw, stream)
        if begun is None or begun.loaded != part:
            return
        begun.loaded, begun.rows = part + 1, 0
        if begun.is_loaded:
            _finish(raw, stream, begun)
        keep_beginning(raw, stream, begun)


def abandon(raw: StoreConnection, stream: str) -> None:
    """Take out again what was loaded; what this device did since stays."""
    with writing(raw):
        seal_rest(raw)
        forget_beginning(raw, stream)
        undo_rows(raw, stream)
        pass_over_foreign(raw)


def _finish(raw: StoreConnection, stream: str, begun: Beginning) -> None:
    if Buckets.from_bytes(begun.sums).root != begun.root:
        raise SnapshotDiffersError
    numbers = Numbers(raw)
    number = numbers.stream(stream)
    for device, seq in begun.applied.items():
        peer = numbers.device(device)
        chain = log.chain_of(raw, number, peer)
        # What came by a file meanwhile is the beginning of the log, or more than all of it.
        begun.filled[device] = Filled(chain.held, chain.hash)
        if chain.held >= seq:
            begun.filled[device] = Filled(seq, begun.chains[device])
            continue
        raw.execute(
            "DELETE FROM sync_batch WHERE stream = ? AND device = ? AND from_seq > ? AND from_seq <= ?",
            (number, peer, chain.held, seq),
        )
        log.keep_chain(raw, number, peer, Chain(seq, seq, begun.chains[device]))
    state.move_cursor(raw, stream, Cursor(begun.epoch, begun.seq))
    person_order.pack_if_due(raw)


@dataclass
class _Ready:
    """Rows that go in by columns: values in the order of `Entity.columns`, and their states."""

    rows: list[str]
    columns: dict[str, list[Value]]
    stored: list[tuple[object, ...]]
    texts: list[str]

    def without(self, gone: set[str]) -> "_Ready":
        kept = [at for at, row in enumerate(self.rows) if row not in gone]
        return _Ready(
            [self.rows[at] for at in kept],
            {name: [values[at] for at in kept] for name, values in self.columns.items()},
            [self.stored[at] for at in kept],
            [self.texts[at] for at in kept],
        )


class _Loading:
    """Takes in the rows of one step."""

    def __init__(self, raw: StoreConnection, stream: str, begun: Beginning) -> None:
        self._raw = raw
        self._name = stream
        self._begun = begun
        self._numbers = Numbers(raw)
        self._stream = self._numbers.stream(stream)
        self._digests = Digests(raw)
        self._last_hlc = 0

    def take(self, rows: PartRows) -> Changes:
        """Store everything of these rows and return which tables show something new."""
        entity = entities().get(rows.entity)
        sums = Buckets()
        slow: dict[str, Folded] = {}
        fresh: set[Key] = set()
        if entity is None:
            slow = self._all_folded(rows)
        else:
            ready, slow = self._sorted_out(entity, rows)
            self._insert(entity, ready)
            sums.add_all(
                (entity.name, row, text) for row, text in zip(ready.rows, ready.texts, strict=True)
            )
            fresh = {(entity.name, row) for row in ready.rows}
        self._digests.of(self._stream).combine(sums)
        sums.add_all(
            (rows.entity, row, one.state.digest_text())
            for row, one in slow.items()
            if one.state != RowState()
        )
        touched = self._merge(rows.entity, slow, fresh)
        self._digests.write()
        self._keep(rows, sums)
        touched.setdefault(rows.entity, set()).update(row for _entity, row in fresh)
        return Changes({name: frozenset(ids) for name, ids in touched.items() if ids})

    def _keep(self, rows: PartRows, sums: Buckets) -> None:
        counted = Buckets.from_bytes(self._begun.sums)
        counted.combine(sums)
        self._begun.sums = counted.to_bytes()
        self._begun.rows += rows.count
        keep_beginning(self._raw, self._name, self._begun)
        own = state.identity(self._raw)
        hlc = receive(own.last_hlc, max(self._last_hlc, *rows.hlcs, 0))
        self._raw.execute("UPDATE sync_self SET last_hlc = ?", (hlc,))

    def _sorted_out(self, entity: Entity, rows: PartRows) -> tuple[_Ready, dict[str, Folded]]:
        """Part the rows into those that go in by columns and those that are merged."""
        slow: dict[str, Folded] = {}
        known = known_rows(self._raw, entity.name, rows.names)
        ready = self._plain(entity, rows)
        if ready is None or known:
            slow = {row: one for row, one in plain_folded(rows) if ready is None or row in known}
            ready = ready.without(known) if ready is not None else _Ready([], empty(entity), [], [])
        for one in rows.mixed:
            read = read_state(one.state)
            self._hear(read)
            values = None if one.row in known else shown(entity, read, one.values)
            if values is None:
                slow[one.row] = Folded(read, dict(one.values))
                continue
            ready.rows.append(one.row)
            for name, value in values.items():
                ready.columns[name].append(value)
            ready.stored.append((0, 0, 0, one.state))
            ready.texts.append(read.digest_text() if read.early else one.state)
        orphans = self._orphans(entity, ready)
        if orphans:
            slow |= {row: one for row, one in plain_folded(rows) if row in orphans}
            slow |= {
                one.row: Folded(read_state(one.state), dict(one.values))
                for one in rows.mixed
                if one.row in orphans
            }
            ready = ready.without(orphans)
        return ready, slow

    def _plain(self, entity: Entity, rows: PartRows) -> _Ready | None:
        """Return the rows that were only created; None where a table cannot hold all of a column."""
        if rows.rows and not (rows.columns and entity.fits_all(rows.columns)):
            return None
        columns = {
            name: filled(rows.columns.get(name), entity.defaults[name], len(rows.rows))
            for name in entity.columns
        }
        numbers = {device: self._numbers.device(device) for device in set(rows.devices)}
        stored: list[tuple[object, ...]] = [
            (numbers[device], seq, hlc, None)
            for device, seq, hlc in zip(rows.devices, rows.seqs, rows.hlcs, strict=True)
        ]
        texts = list(map(plain_text, rows.devices, rows.seqs, rows.hlcs))
        return _Ready(list(rows.rows), columns, stored, texts)

    def _orphans(self, entity: Entity, ready: _Ready) -> set[str]:
        """Return the rows that have no parent in the tables, nor among the rows that have one."""
        orphans: set[str] = set()
        there: dict[str, set[str]] = {}
        while True:
            lacking: set[str] = set()
            for column, parent in entity.parents:
                values = ready.columns[column]
                if column not in there:
                    wanted = {str(one) for one in set(values) if one is not None}
                    there[column] = in_table(self._raw, parent, wanted) if wanted else set()
                beside = set(ready.rows) - orphans if parent == entity.name else set()
                lacking |= {
                    row
                    for row, value in zip(ready.rows, values, strict=True)
                    if value is not None and value not in there[column] and value not in beside
                }
            if lacking <= orphans:
                return orphans
            orphans |= lacking

    def _insert(self, entity: Entity, ready: _Ready) -> None:
        names = ("id", *entity.columns)
        values = list(zip(ready.rows, *ready.columns.values(), strict=True))
        if entity.name == _PERSON:
            place = names.index("alias_of")
            people = [row for row in values if row[place] is None]
            if people:
                insert_people(self._raw, narrowed(batch_of_rows(entity.name, names, people)))
            values = [row for row in values if row[place] is not None]
        if values:
            insert_batch(self._raw, narrowed(batch_of_rows(entity.name, names, values)))
        self._raw.executemany(
            "INSERT INTO sync_row (entity, row, stream, device, seq, hlc, state, conflicts) "
            f"VALUES (?, ?, {self._stream}, ?, ?, ?, ?, 0)",
            [
                (entity.name, row, *stored)
                for row, stored in zip(ready.rows, ready.stored, strict=True)
            ],
        )

    def _all_folded(self, rows: PartRows) -> dict[str, Folded]:
        slow = dict(plain_folded(rows))
        for one in rows.mixed:
            read = read_state(one.state)
            self._hear(read)
            slow[one.row] = Folded(read, dict(one.values))
        return slow

    def _hear(self, read: RowState) -> None:
        for heads in (read.creates, *read.heads.values()):
            for hlc in heads.values():
                self._last_hlc = max(self._last_hlc, hlc)

    def _merge(self, entity: str, slow: dict[str, Folded], fresh: set[Key]) -> dict[str, set[str]]:
        """Put in what needs a look at its parents or competes, and what waited for these rows."""
        raw, numbers = self._raw, self._numbers
        history = ForeignHistory(raw, numbers)
        rules = Rules(raw, numbers, self._stream)
        merge = Merge(raw, numbers, self._stream, self._digests, history, {}, rules)
        self._fold_own(entity, slow, rules)
        for one in slow.values():
            one.keep_heads()
        merge.renew({(entity, row): one for row, one in slow.items()}, history.begin_silent())
        return merge.finish(fresh, with_history=False)

    def _fold_own(self, entity: str, slow: dict[str, Folded], rules: Rules) -> None:
        """Bring in what is in the log here of rows that are known: done since the snapshot began."""
        raw, numbers = self._raw, self._numbers
        known = known_rows(raw, entity, slow) if slow else set()
        if not known:
            return
        applied = log.applied_of(raw, numbers, self._stream)
        wanted = {(entity, row) for row in known}
        for op in operations(raw, numbers, self._stream, applied, wanted.__contains__):
            one = slow[op.row]
            if not rules.counts(op):
                continue
            fold_op(one.state, op, self._begun.applied)
            if op.kind in CARRYING:
                one.values[op.id] = dict(op.values)
