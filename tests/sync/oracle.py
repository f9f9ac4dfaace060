"""The merge in plain words: what a set of operations comes to, straight from docs/sync.md, 1.

Slow and obvious; the fold is compared with it. It knows no order and keeps nothing up to date.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from mentor_desktop.sync.merge.row_state import RowState
from mentor_desktop.sync.protocol.operations import Op, OpId

VALUED = ("create", "key")
TOUCHING = ("create", "key", "set", "restore")
OF_ROWS = (*TOUCHING, "delete", "purge")


def merged(
    ops: Iterable[Op], rejected: AbstractSet[OpId] = frozenset()
) -> dict[tuple[str, str], RowState]:
    """Return the state of each row; nothing is waited for (`early` is empty)."""
    made = {op.id: op for op in ops if op.id not in rejected and op.kind in OF_ROWS}.values()
    rows = {(op.entity, op.row) for op in made}
    return {key: _state([op for op in made if (op.entity, op.row) == key]) for key in rows}


def heads(ops: list[Op], group: str) -> dict[OpId, int]:
    """Return the creates and the sets of the group less every operation that such a set names."""
    sets = [op for op in ops if op.kind == "set" and op.group == group]
    creates = [op for op in ops if op.kind in VALUED]
    named = {base for op in sets for base in op.base}
    return {op.id: op.hlc for op in [*creates, *sets] if op.id not in named}


def is_alive(ops: list[Op]) -> bool:
    """Say whether something touched the row that no delete had seen, and nobody purged it."""
    deletes = [op for op in ops if op.kind == "delete"]
    unseen = [
        op
        for op in ops
        if op.kind in TOUCHING and all(one.seen.get(op.device, 0) < op.seq for one in deletes)
    ]
    return bool(unseen) and not any(op.kind == "purge" for op in ops)


def _state(ops: list[Op]) -> RowState:
    touching = [op for op in ops if op.kind in TOUCHING]
    seen = [item for op in ops if op.kind == "delete" for item in op.seen.items()]
    return RowState(
        creates={op.id: op.hlc for op in ops if op.kind in VALUED},
        heads={op.group: heads(ops, op.group) for op in ops if op.kind == "set"},
        touched={
            op.device: max(o.seq for o in touching if o.device == op.device) for op in touching
        },
        deleted={device: max(seq for one, seq in seen if one == device) for device, _ in seen},
        purged=any(op.kind == "purge" for op in ops),
    )
