"""What all operations together come to, worked out the plain way: one fold, one look at parents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mentor_desktop.sync.merge.fold import (
    REJECTED_DEVICE,
    REJECTED_FIRST,
    REJECTED_LAST,
    fold,
)
from mentor_desktop.sync.merge.row_state import RowState
from mentor_desktop.sync.protocol.operations import REJECT, Op, OpId
from mentor_desktop.sync.replica.entities import entities

Key = tuple[str, str]


@dataclass(frozen=True)
class Truth:
    """The states of all rows, the rows their tables should show, and what was rejected."""

    states: Mapping[Key, RowState]
    tables: Mapping[str, Mapping[str, Mapping[str, Any]]]
    parked: frozenset[Key]
    rejected: frozenset[OpId]
    operations: Mapping[OpId, Op]


def truth_of(streams: Mapping[str, Iterable[Op]], admins: frozenset[str]) -> dict[str, Truth]:
    """Return the truth of each stream; `parked` is told with all streams in view."""
    states: dict[str, dict[Key, RowState]] = {}
    operations: dict[str, dict[OpId, Op]] = {}
    rejected: dict[str, frozenset[OpId]] = {}
    for stream, listed in streams.items():
        ops = list(listed)
        rejected[stream] = _rejected(ops, admins)
        operations[stream] = {op.id: op for op in ops}
        states[stream] = fold(ops, rejected[stream])
    merged = {
        key: _values(key[0], state, operations[stream])
        for stream, found in states.items()
        for key, state in found.items()
        if state.is_alive and state.is_created and key[0] in entities()
    }
    present = _with_parents(merged)
    return {
        stream: Truth(
            states=found,
            tables=_tables(found, merged, present),
            parked=frozenset(key for key in found if key in merged and key not in present),
            rejected=rejected[stream],
            operations=operations[stream],
        )
        for stream, found in states.items()
    }


def _rejected(ops: Iterable[Op], admins: frozenset[str]) -> frozenset[OpId]:
    found: set[OpId] = set()
    for op in ops:
        if op.kind == REJECT and op.device in admins:
            device = str(op.values[REJECTED_DEVICE])
            first, last = op.values[REJECTED_FIRST], op.values[REJECTED_LAST]
            assert isinstance(first, int)
            assert isinstance(last, int)
            found |= {OpId(device, seq) for seq in range(first, last + 1)}
    return frozenset(found)


def _values(entity: str, state: RowState, ops: Mapping[OpId, Op]) -> dict[str, Any]:
    known = entities()[entity]
    values: dict[str, Any] = {}
    for group, columns in known.groups.items():
        winner = state.winner(group)
        assert winner is not None
        said = ops[winner].values
        values |= {
            name: said[name]
            if name in said and known.kinds[name].holds(said[name])
            else known.defaults[name]
            for name in columns
        }
    return values


def _with_parents(merged: Mapping[Key, Mapping[str, Any]]) -> set[Key]:
    present = set(merged)
    while True:
        orphans = {
            key
            for key in present
            for column, parent in entities()[key[0]].parents
            if merged[key][column] is not None and (parent, merged[key][column]) not in present
        }
        if not orphans:
            return present
        present -= orphans


def _tables(
    found: Iterable[Key], merged: Mapping[Key, Mapping[str, Any]], present: set[Key]
) -> dict[str, dict[str, Mapping[str, Any]]]:
    tables: dict[str, dict[str, Mapping[str, Any]]] = {}
    for entity, row in found:
        if (entity, row) in present:
            tables.setdefault(entity, {})[row] = merged[entity, row]
    return tables
