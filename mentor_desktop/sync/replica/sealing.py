"""Turning what this device did into signed batches, a little at a time.

An operation is a row of `change`; its number, time and `base` are given here, while what the
tables show of others is still what the person saw: everything own is sealed before anything
foreign is applied. A step is short, so that a mark at the door waits for no exchange.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.merge.fold import fold_op
from mentor_desktop.sync.protocol.operations import (
    CREATE,
    DELETE,
    RESTORE,
    SET,
    Action,
    Op,
    OpId,
    Run,
    Value,
    runs_of,
    tick,
    ticks,
)
from mentor_desktop.sync.protocol.streams import MOST_BASES, MOST_OPS
from mentor_desktop.sync.replica import log
from mentor_desktop.sync.replica.batching import add_batches
from mentor_desktop.sync.replica.digests import Digests, Key, add_plain_rows
from mentor_desktop.sync.replica.entities import entities
from mentor_desktop.sync.replica.log import Chain
from mentor_desktop.sync.replica.own_actions import OwnAction, read_actions, streams_after
from mentor_desktop.sync.replica.own_changes import OwnChange, read_changes, whole_actions
from mentor_desktop.sync.replica.parked import release_waiting
from mentor_desktop.sync.replica.rows import Book, OpenRow, known_rows, said
from mentor_desktop.sync.replica.state import Identity, Numbers, identity
from mentor_desktop.sync.replica.transactions import (
    UnfinishedImportError,
    require_whole_actions,
    writing,
)

# One batch. About 15 ms on a machine of 2024: a step, with its commit, stays under 40 ms.
STEP_CHANGES = MOST_OPS


class Sealer:
    """Seals the changes of this device over one connection; a copy must have joined before.

    `most` changes are sealed in one step, unless one action is larger.
    """

    def __init__(self, raw: StoreConnection, *, most: int = STEP_CHANGES) -> None:
        self._raw = raw
        self._most = most
        # Of an action larger than a step: its last change in each stream, found once.
        self._large: tuple[int, Mapping[str, int]] = (0, {})

    def has_more(self) -> bool:
        """Say whether something is not sealed yet."""
        row = self._raw.execute(
            "SELECT 1 FROM change WHERE seq > (SELECT sealed_change FROM sync_self) LIMIT 1"
        ).fetchone()
        return row is not None

    def seal_step(self) -> int:
        """Seal a few changes in a transaction of its own; return how many.

        0 when all are sealed, and while an import is written in parts: `has_more` tells them apart.
        """
        if not self.has_more():
            return 0
        try:
            # What is found out of an action that is not whole would be kept and be wrong.
            require_whole_actions(self._raw)
            self._look_ahead()
            with writing(self._raw):
                return self.seal_within()
        except UnfinishedImportError:
            return 0

    def seal_all(self) -> int:
        """Seal everything that is whole, step by step; return how many changes that were."""
        total = 0
        while sealed := self.seal_step():
            total += sealed
        return total

    def seal_within(self) -> int:
        """Seal a few changes in the transaction of the caller; return how many.

        Raises:
            UnfinishedImportError: an import is written in parts and has not come to its end.
        """
        require_whole_actions(self._raw)
        own = identity(self._raw)
        changes = read_changes(self._raw, own.sealed_change, self._most + 1)
        if not changes:
            return 0
        going_on: frozenset[str] = frozenset()
        cut = 0
        if len(changes) > self._most:
            changes, cut = whole_actions(changes)
        if cut:
            going_on = self._going_on(cut, changes[-1].seq)
        step = _Step(self._raw, own, cut, going_on)
        last_hlc = step.seal(changes)
        self._raw.execute(
            "UPDATE sync_self SET sealed_change = ?, last_hlc = ?", (changes[-1].seq, last_hlc)
        )
        return len(changes)

    def _look_ahead(self) -> None:
        """Find out where a large action ends before others are kept waiting for it."""
        row = self._raw.execute(
            "SELECT txn FROM change WHERE seq > (SELECT sealed_change FROM sync_self) "
            "ORDER BY seq LIMIT 1"
        ).fetchone()
        if row is None or row[0] == self._large[0]:
            return
        following = self._raw.execute(
            "SELECT count(*) FROM (SELECT 1 FROM change WHERE txn = ? LIMIT ?)",
            (row[0], self._most + 1),
        ).fetchone()
        if following[0] > self._most:
            self._large = (row[0], streams_after(self._raw, row[0]))

    def _going_on(self, txn: int, after: int) -> frozenset[str]:
        """Return the streams in which an action has changes after this one."""
        if self._large[0] != txn:
            self._large = (txn, streams_after(self._raw, txn))
        return frozenset(stream for stream, last in self._large[1].items() if last > after)


def seal_rest(raw: StoreConnection) -> None:
    """Seal what is left, in the transaction of the caller: foreign things may come after it.

    Raises:
        UnfinishedImportError: an import is written in parts and has not come to its end.
    """
    sealer = Sealer(raw)
    while sealer.seal_within():
        pass


@dataclass(slots=True)
class _Stream:
    """What a step seals into one stream."""

    number: int
    chain: Chain
    hlc: int
    applied: dict[str, int]
    changes: list[OwnChange] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    ops: list[Op] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)


class _Step:
    """One step: reads what it touches once, makes the operations, writes them once."""

    def __init__(
        self, raw: StoreConnection, own: Identity, cut: int, going_on: frozenset[str]
    ) -> None:
        self._raw = raw
        self._own = own
        self._numbers = Numbers(raw)
        self._device = self._numbers.device(own.device)
        self._cut = cut
        self._going_on = going_on
        self._digests = Digests(raw)
        self._book = Book(raw, self._numbers, self._digests)
        self._fresh: set[Key] = set()
        self._present: dict[Key, bool] = {}
        self._actions: Mapping[int, OwnAction] = {}
        self._bases: Mapping[int, tuple[OpId, ...]] = {}

    def seal(self, changes: list[OwnChange]) -> int:
        """Seal these changes and return the time of the last operation."""
        self._actions = read_actions(self._raw, {change.txn for change in changes})
        self._bases = _resolutions(self._raw, changes[0].seq, changes[-1].seq)
        streams = self._by_stream(changes)
        for name, stream in streams.items():
            self._seal_stream(name, stream)
        self._book.write(self._present)
        created = list(self._fresh)
        created += [key for key, is_there in self._present.items() if is_there]
        release_waiting(self._raw, self._numbers, self._digests, created)
        self._digests.write()
        self._raw.execute("DELETE FROM sync_resolution WHERE change <= ?", (changes[-1].seq,))
        return max(stream.hlc for stream in streams.values())

    def _by_stream(self, changes: list[OwnChange]) -> dict[str, _Stream]:
        keys = Counter((change.entity, change.row) for change in changes)
        created = {
            (change.entity, change.row): change for change in changes if change.kind == CREATE
        }
        known = _known(self._raw, created)
        self._fresh = {
            key
            for key, change in created.items()
            if keys[key] == 1 and key not in known and change.listed is not None
        }
        streams: dict[str, _Stream] = {}
        self._book.open((key for key in keys if key not in self._fresh), 0)
        for change in changes:
            name = self._stream_of(change, created)
            stream = streams.get(name)
            if stream is None:
                stream = streams[name] = self._stream(name)
            stream.changes.append(change)
        return streams

    def _stream(self, name: str) -> _Stream:
        number = self._numbers.stream(name)
        return _Stream(
            number=number,
            chain=log.chain_of(self._raw, number, self._device),
            hlc=self._own.last_hlc,
            applied=log.applied_of(self._raw, self._numbers, number),
        )

    def _stream_of(self, change: OwnChange, created: Mapping[Key, OwnChange]) -> str:
        key = (change.entity, change.row)
        if key not in self._fresh:
            row = self._book.rows[key]
            if row.stream:
                return self._numbers.stream_of(row.stream)
            if key in created or change.kind == DELETE:
                name = created.get(key, change).stream
            else:
                # A row that came without being recorded: its table tells.
                name = entities()[change.entity].stream_of(change.row, row.shown or {})
            row.stream = self._numbers.stream(name)
            return name
        return change.stream

    def _seal_stream(self, name: str, stream: _Stream) -> None:
        ranks = entities()
        for txn, made in groupby(stream.changes, key=lambda change: change.txn):
            action = self._actions[txn]
            at_ms = action.at + self._own.clock_offset_ms
            # Rows of different tables may change places within an action: longer runs.
            ordered = sorted(made, key=lambda change: ranks[change.entity].rank)
            for entity, alike in groupby(ordered, key=self._fresh_entity):
                if entity:
                    self._flush(stream)
                    self._create_many(stream, entity, list(alike), at_ms)
                    continue
                for change in alike:
                    self._seal_change(stream, change, at_ms)
            if txn != self._cut or name not in self._going_on:
                stream.actions.append(action.told(stream.chain.seq))
        self._flush(stream)
        add_batches(
            self._raw, self._own, name, stream.number, self._device, stream.chain,
            stream.runs, stream.actions,
        )  # fmt: skip

    def _fresh_entity(self, change: OwnChange) -> str:
        return change.entity if (change.entity, change.row) in self._fresh else ""

    def _flush(self, stream: _Stream) -> None:
        stream.runs += runs_of(stream.ops)
        stream.ops.clear()

    def _create_many(
        self, stream: _Stream, entity: str, changes: list[OwnChange], at_ms: int
    ) -> None:
        count = len(changes)
        first = stream.chain.seq + 1
        hlcs = ticks(stream.hlc, at_ms, count)
        rows = [change.row for change in changes]
        columns = zip(*(change.listed for change in changes if change.listed), strict=True)
        run = Run(
            device=self._own.device,
            first_seq=first,
            entity=entity,
            kind=CREATE,
            group="",
            hlcs=hlcs,
            rows=rows,
            columns=dict(zip(entities()[entity].columns, columns, strict=True)),
        )
        stream.runs.append(run)
        add_plain_rows(self._raw, self._numbers, self._digests, stream.number, [run])
        stream.chain.seq += count
        stream.hlc = hlcs[-1]
        stream.applied[self._own.device] = stream.chain.seq

    def _seal_change(self, stream: _Stream, change: OwnChange, at_ms: int) -> None:
        key = (change.entity, change.row)
        row = self._book.rows[key]
        if change.kind == CREATE:
            self._seal_create(stream, change, row, at_ms)
        elif change.kind == DELETE:
            _fill_winners(row, change.old)
            self._add(stream, row, at_ms, DELETE, seen=dict(row.state.touched))
        elif not row.state.creates and row.shown is not None:
            # Nobody knows the row yet: without a create it would be there for this device alone.
            self._add(stream, row, at_ms, CREATE, values=row.shown)
        else:
            base = self._bases.get(change.seq) or _seen_heads(row, change.group, change.old)
            self._add(stream, row, at_ms, SET, group=change.group, values=change.values, base=base)
        self._present[key] = change.kind != DELETE

    def _seal_create(self, stream: _Stream, change: OwnChange, row: OpenRow, at_ms: int) -> None:
        if not row.state.creates:
            self._add(stream, row, at_ms, CREATE, values=change.values)
            return
        # It was there before: it comes back, with what is different now.
        merged = row.merged()
        self._add(stream, row, at_ms, RESTORE)
        for group, columns in entities()[change.entity].groups.items():
            values = {name: change.values[name] for name in columns if name in change.values}
            before = {name: merged[name] for name in values}
            if values != before:
                base = _seen_heads(row, group, before)
                self._add(stream, row, at_ms, SET, group=group, values=values, base=base)

    def _add(
        self,
        stream: _Stream,
        row: OpenRow,
        at_ms: int,
        kind: str,
        *,
        group: str = "",
        values: Mapping[str, Value] | None = None,
        base: tuple[OpId, ...] = (),
        seen: Mapping[str, int] | None = None,
    ) -> None:
        stream.chain.seq += 1
        stream.hlc = tick(stream.hlc, at_ms)
        op = Op(
            device=self._own.device,
            seq=stream.chain.seq,
            hlc=stream.hlc,
            entity=row.entity,
            row=row.row,
            kind=kind,
            group=group,
            values=values or {},
            base=base[:MOST_BASES],
            seen=seen or {},
        )
        fold_op(row.state, op, stream.applied)
        stream.applied[op.device] = op.seq
        if kind in (CREATE, SET):
            row.learn(op)
        stream.ops.append(op)


def _known(raw: StoreConnection, created: Iterable[Key]) -> set[Key]:
    """Return the created rows that some operation touched before."""
    wanted: dict[str, list[str]] = {}
    for entity, row in created:
        wanted.setdefault(entity, []).append(row)
    return {
        (entity, row) for entity, rows in wanted.items() for row in known_rows(raw, entity, rows)
    }


def _resolutions(raw: StoreConnection, first: int, last: int) -> dict[int, tuple[OpId, ...]]:
    rows = raw.execute(
        "SELECT change, bases FROM sync_resolution WHERE change BETWEEN ? AND ?", (first, last)
    )
    return {
        change: tuple(OpId(device, seq) for device, seq in json.loads(bases))
        for change, bases in rows
    }


def _seen_heads(row: OpenRow, group: str, before: Mapping[str, Value]) -> tuple[OpId, ...]:
    """Return the heads whose value the author saw: the winner, and others that say the same."""
    winner = row.state.winner(group)
    if winner is None:
        return ()
    others = [op for op in row.state.losers(group) if said(row, op, before) == before]
    return (winner, *others)


def _fill_winners(row: OpenRow, values: Mapping[str, Value]) -> None:
    """Keep what a row held when it was deleted: nobody can read it from its table any more.

    What lies on the shelf is what was said; the table showed less.
    """
    for group, columns in entities()[row.entity].groups.items():
        winner = row.state.winner(group)
        if winner is not None:
            known = row.values.setdefault(winner, {})
            for name in columns:
                if name in values:
                    known.setdefault(name, values[name])
