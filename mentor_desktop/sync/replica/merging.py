"""Folding operations into rows that are known already, and writing what that changes.

The fold is the shared one; here the values come along: what the winner of each group says goes
into the table, what it replaces is recorded, what loses goes on the shelf.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.merge.fold import fold_op
from mentor_desktop.sync.merge.row_state import RowState
from mentor_desktop.sync.protocol.operations import CREATE, KEY, REJECT, SET, Op, OpId, Value
from mentor_desktop.sync.replica.digests import Digests, Key
from mentor_desktop.sync.replica.entities import entities
from mentor_desktop.sync.replica.foreign_history import ForeignHistory
from mentor_desktop.sync.replica.parked import Presence, insert_rows
from mentor_desktop.sync.replica.refusals import Rejection, Rules, rejection_of
from mentor_desktop.sync.replica.rows import Book, OpenRow
from mentor_desktop.sync.replica.state import Numbers

_Values = dict[str, Value]
# Kinds of operations whose values become those of a head.
CARRYING = frozenset({CREATE, SET, KEY})


@dataclass(slots=True)
class _Trace:
    """What happened to one row: what it shows now, and how it came to that.

    `appeared` is the action that made it whole and how many changes were before; `touched` the
    last action on it.
    """

    shows: _Values | None
    touched: int = 0
    appeared: tuple[int, int] | None = None
    changes: list[tuple[int, str, _Values, _Values]] = field(default_factory=list)


@dataclass(slots=True)
class Folded:
    """A row folded from the log: its state, and the values of its heads."""

    state: RowState = field(default_factory=RowState)
    values: dict[OpId, _Values] = field(default_factory=dict)

    def keep_heads(self) -> None:
        """Forget the values of operations that others took the place of."""
        heads = set(self.state.creates).union(*self.state.heads.values())
        self.values = {op: values for op, values in self.values.items() if op in heads}


class Merge:
    """One part of a page: `add` operations in their order, or `renew` rows; then `finish` once.

    Afterwards `kept` names the rows whose state or shelf is another one, `purged` the operations
    whose values nobody may keep, `rejections` what counts as never made from now on.
    """

    def __init__(
        self,
        raw: StoreConnection,
        numbers: Numbers,
        stream: int,
        digests: Digests,
        history: ForeignHistory,
        applied: dict[str, int],
        rules: Rules,
    ) -> None:
        self._raw = raw
        self._stream = stream
        self._digests = digests
        self._history = history
        self._applied = applied
        self._rules = rules
        self._book = Book(raw, numbers, digests)
        self._traces: dict[Key, _Trace] = {}
        self._ops: list[tuple[Op, int]] = []
        self.kept: set[Key] = set()
        self.purged: list[Op] = []
        self.rejections: list[tuple[Rejection, int]] = []

    def add(self, ops: Iterable[Op], txns: Sequence[int]) -> None:
        """Take up consecutive operations of a device with the action of each."""
        self._ops += zip(ops, txns, strict=True)

    def renew(self, folded: Mapping[Key, Folded], txn: int) -> None:
        """Put what was folded from the log in the place of what is stored."""
        self._book.open(folded, self._stream)
        has_unknown = False
        for key, one in folded.items():
            row = self._book.rows[key]
            row.state, row.values = one.state, one.values
            row.look_for_unknown()
            has_unknown |= row.has_unknown
            trace = self._traces[key] = _Trace(_shown_before(row), touched=txn)
            if row.shown is None or not row.is_complete:
                continue
            for group, columns in entities()[row.entity].groups.items():
                before = {name: row.shown[name] for name in columns}
                after = row.shown_by(group, columns)
                if after != before:
                    trace.changes.append((txn, group, before, after))
                    assert trace.shows is not None
                    trace.shows |= after
        if has_unknown:
            self._note_unknown()

    def finish(self, fresh: Iterable[Key], *, with_history: bool = True) -> dict[str, set[str]]:
        """Fold and write everything; return the rows whose tables changed, by table.

        `fresh` are rows that are in their tables already.
        """
        ops = [(op, txn) for op, txn in self._ops if self._is_of_row(op, txn)]
        self._book.open(((op.entity, op.row) for op, _ in ops), self._stream)
        for op, txn in ops:
            self._fold(op, txn)
        presence = Presence(self._raw, self._book)
        present = presence.decide(fresh)
        touched = self._write_tables(present, presence)
        if not with_history:
            self._history.forget()
        presence.store(present)
        self.kept = self._book.write(present)
        return touched

    def _is_of_row(self, op: Op, txn: int) -> bool:
        if not self._rules.counts(op):
            return False
        if op.kind != REJECT:
            return True
        rejection = rejection_of(op)
        if rejection is not None:
            self.rejections.append((rejection, txn))
        return False

    def _fold(self, op: Op, txn: int) -> None:
        key = (op.entity, op.row)
        row = self._book.rows[key]
        trace = self._traces.get(key)
        if trace is None:
            trace = self._traces[key] = _Trace(_shown_before(row))
        was_complete = row.is_complete
        fold_op(row.state, op, self._applied)
        self._applied[op.device] = op.seq
        trace.touched = txn
        if op.kind in CARRYING:
            row.learn(op)
            if row.has_unknown:
                self._note_unknown()
            _record(row, trace, op, txn)
        if row.state.purged:
            row.values.clear()
            trace.changes.clear()
            trace.shows = None
            self.purged.append(op)
        if row.is_complete and not was_complete:
            trace.appeared = (txn, len(trace.changes))

    def _note_unknown(self) -> None:
        self._raw.execute("UPDATE sync_stream SET has_unknown = 1 WHERE no = ?", (self._stream,))

    def _write_tables(self, present: Mapping[Key, bool], presence: Presence) -> dict[str, set[str]]:
        came: list[tuple[Key, Mapping[str, Value]]] = []
        gone: list[Key] = []
        updates: dict[tuple[str, tuple[str, ...]], list[tuple[Value, ...]]] = {}
        touched: dict[str, set[str]] = {}
        for key, row in self._book.rows.items():
            is_there, was_there = present[key], row.shown is not None
            trace = self._traces.get(key) or _Trace(None)
            if is_there and not was_there:
                came.append((key, presence.merged[key]))
                self._record_arrival(key, trace)
            elif was_there and not is_there:
                gone.append(key)
                self._record_changes(key, trace.changes)
                last = trace.touched or self._history.last_txn
                old = {} if row.state.purged else trace.shows or row.shown or {}
                self._history.deleted(key, last, old)
            elif is_there and trace.changes:
                self._record_changes(key, trace.changes)
                columns, values = _difference(row, trace)
                if columns:
                    updates.setdefault((key[0], columns), []).append((*values, key[1]))
            else:
                continue
            touched.setdefault(key[0], set()).add(key[1])
        _delete(self._raw, gone)
        insert_rows(self._raw, came)
        _update(self._raw, updates)
        return touched

    def _record_arrival(self, key: Key, trace: _Trace) -> None:
        # A row that waited comes with its parent, by the action that brought that.
        txn, before = trace.appeared or (trace.touched or self._history.last_txn, 0)
        self._history.created(key, txn)
        if trace.appeared:
            self._record_changes(key, trace.changes[before:])

    def _record_changes(
        self, key: Key, changes: Iterable[tuple[int, str, _Values, _Values]]
    ) -> None:
        for txn, group, old, new in changes:
            self._history.changed(key, txn, group, old, new)


def _shown_before(row: OpenRow) -> _Values | None:
    if row.shown is not None:
        return dict(row.shown)
    if row.state.creates and row.entity in entities():
        return row.merged()
    return None


def _record(row: OpenRow, trace: _Trace, op: Op, txn: int) -> None:
    """Note what an operation with values changed in what the row shows."""
    entity = entities().get(row.entity)
    if entity is None or not row.state.creates:
        return
    if trace.shows is None:
        trace.shows = row.merged()
        return
    groups: Iterator[str] = iter((op.group,) if op.kind == SET else entity.groups)
    for group in groups:
        columns = entity.groups.get(group)
        if columns is None:
            continue
        before = {name: trace.shows[name] for name in columns}
        after = row.shown_by(group, columns)
        if after != before:
            trace.changes.append((txn, group, before, after))
            trace.shows |= after


def _difference(row: OpenRow, trace: _Trace) -> tuple[tuple[str, ...], list[Value]]:
    assert row.shown is not None
    assert trace.shows is not None
    groups = entities()[row.entity].groups
    columns = tuple(
        dict.fromkeys(name for _txn, group, _old, _new in trace.changes for name in groups[group])
    )
    changed = tuple(name for name in columns if trace.shows[name] != row.shown[name])
    return changed, [trace.shows[name] for name in changed]


def _delete(raw: StoreConnection, keys: Iterable[Key]) -> None:
    by_entity: dict[str, list[tuple[str]]] = {}
    for entity, row in keys:
        by_entity.setdefault(entity, []).append((row,))
    # Children first: what a table derives from its rows may look at their parents.
    for entity in sorted(by_entity, key=lambda name: -entities()[name].rank):
        raw.executemany(f'DELETE FROM "{entity}" WHERE id = ?', by_entity[entity])


def _update(
    raw: StoreConnection,
    updates: Mapping[tuple[str, tuple[str, ...]], Iterable[tuple[Value, ...]]],
) -> None:
    for (entity, columns), rows in updates.items():
        assignments = ", ".join(f'"{name}" = ?' for name in columns)
        raw.executemany(f'UPDATE "{entity}" SET {assignments} WHERE id = ?', rows)
