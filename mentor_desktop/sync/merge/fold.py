"""The fold: how operations, in any order that keeps each device's, become states of rows.

A function of the set: whatever is delivered again, late or in other batches, the states are
the same. The definition is docs/sync.md, 1, and tests/sync/oracle.py says it in plain words.
"""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from mentor_desktop.sync.merge.row_state import RowState
from mentor_desktop.sync.protocol.operations import (
    CREATE,
    DELETE,
    KEY,
    PURGE,
    REJECT,
    RESTORE,
    SET,
    Op,
    OpId,
)
from mentor_desktop.sync.protocol.streams import is_id

_TOUCHING = frozenset({CREATE, SET, RESTORE, KEY})
_OF_ROWS = _TOUCHING | {DELETE, PURGE}
_NOTHING: dict[str, int] = {}
# Columns of a rejection: whose operations, from which number to which, and why.
REJECTED_DEVICE: Final = "device"
REJECTED_FIRST: Final = "first"
REJECTED_LAST: Final = "last"
REASON: Final = "reason"


def fold_op(state: RowState, op: Op, applied: Mapping[str, int]) -> None:
    """Bring one operation into the state of its row; one that is in it already changes nothing.

    Each device's operations come in their order. `applied` says how far each device's have
    come for certain; it may lag behind or be empty, and only keeps bases that will never come
    (rejected, of another row) from being waited for. Rejections, and kinds of later
    versions, do nothing to a row; what is rejected is known to `fold`.
    """
    if op.kind == DELETE:
        _raise_to(state.deleted, op.seen)
        return
    if op.kind == PURGE:
        state.purged = True
        return
    if op.kind not in _TOUCHING or op.seq <= state.touched.get(op.device, 0):
        return
    if op.kind == SET:
        _fold_set(state, op, applied)
    elif op.kind != RESTORE:
        _fold_create(state, op)
    state.touched[op.device] = op.seq
    if state.early:
        # Those that were passed over go when the state is written: here they would be looked at once
        # for every operation.
        state.early.difference_update(
            (group, op.id) for group in ((op.group,) if op.kind == SET else state.heads)
        )


def fold(
    ops: Iterable[Op], rejected: AbstractSet[OpId] = frozenset()
) -> dict[tuple[str, str], RowState]:
    """Return the state of each (entity, row) from its operations, in any order at all.

    Rejected operations count as if they had never been made. A row whose operations are all
    rejected, or do nothing to it, has no state.
    """
    states: dict[tuple[str, str], RowState] = {}
    for op in sorted(ops, key=lambda op: (op.device, op.seq)):
        if op.kind in _OF_ROWS and op.id not in rejected:
            fold_op(states.setdefault((op.entity, op.row), RowState()), op, _NOTHING)
    return states


def rejected_span(op: Op) -> tuple[str, int, int] | None:
    """Return whose operations a rejection names, from which number to which.

    None where it names nothing that can be: it does nothing then, with nobody.
    """
    device, first, last = (
        op.values.get(name) for name in (REJECTED_DEVICE, REJECTED_FIRST, REJECTED_LAST)
    )
    if type(device) is str and type(first) is int and type(last) is int:
        return (device, first, last) if is_id(device) and 1 <= first <= last else None
    return None


def rejected_ids(ops: Collection[Op]) -> frozenset[OpId]:
    """Return which of these operations the rejections among them name.

    Who may reject is the caller's to know.
    """
    ranges: dict[str, list[tuple[int, int]]] = {}
    for op in ops:
        span = rejected_span(op) if op.kind == REJECT else None
        if span is not None:
            ranges.setdefault(span[0], []).append(span[1:])
    return frozenset(
        op.id for op in ops for first, last in ranges.get(op.device, ()) if first <= op.seq <= last
    )


def _fold_create(state: RowState, op: Op) -> None:
    state.creates[op.id] = op.hlc
    for group, heads in state.heads.items():
        if (group, op.id) not in state.early:
            heads[op.id] = op.hlc


def _fold_set(state: RowState, op: Op, applied: Mapping[str, int]) -> None:
    group = op.group
    heads = state.heads.get(group)
    if heads is None:
        heads = state.heads[group] = dict(state.creates)
    for base in op.base:
        come = max(state.touched.get(base.device, 0), applied.get(base.device, 0))
        if heads.pop(base, None) is None and base.seq > come:
            state.early.add((group, base))
    if (group, op.id) not in state.early:
        heads[op.id] = op.hlc


def _raise_to(vector: dict[str, int], seen: Mapping[str, int]) -> None:
    for device, seq in seen.items():
        if seq > vector.get(device, 0):
            vector[device] = seq
