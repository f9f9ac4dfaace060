"""Writes batches of the present format, and what is to be read from them, into tests/sync/golden.

Run once for a new format, `python -m tests.sync.make_golden`; what is there is never overwritten:
devices that wrote it are out there.
"""

import json
from pathlib import Path
from typing import Any

from mentor_desktop.sync.merge.digest import Buckets
from mentor_desktop.sync.merge.fold import fold, rejected_ids
from mentor_desktop.sync.protocol.batches import Batch, expand, frames, op_hash, purged, read_batch
from mentor_desktop.sync.protocol.body import FORMAT
from mentor_desktop.sync.protocol.operations import Action, Op, OpId
from tests.sync.histories import (
    DEVICE,
    KEY,
    OTHER_DEVICE,
    OTHER_ROW,
    USER,
    content_of,
    mark,
    op,
    sealed,
)

FOLDER = Path(__file__).parent / "golden"


def main() -> None:
    """Write the files of this format."""
    batches = _batches()
    for name, data in {
        f"format-{FORMAT}.batches": frames(batches),
        f"format-{FORMAT}.json": json.dumps(expected(batches), indent=1).encode() + b"\n",
    }.items():
        with (FOLDER / name).open("xb") as file:
            file.write(data)


def expected(batches: list[Batch]) -> dict[str, Any]:
    """Return what these batches hold and come to, as JSON has it."""
    contents = [read_batch(batch, KEY.public_key()) for batch in batches]
    ops = [one for content in contents for one in expand(content)]
    states = fold(ops, rejected_ids(ops))
    buckets = Buckets()
    buckets.add_all((*key, state.digest_text()) for key, state in states.items())
    return {
        "chain": [batch.header.hash.hex() for batch in batches],
        "ops": [_op(one) for one in ops],
        "actions": [_action(action) for content in contents for action in content.actions],
        "states": {" ".join(key): state.to_text() for key, state in sorted(states.items())},
        "root": buckets.root.hex(),
    }


def _op(one: Op) -> dict[str, Any]:
    return {
        "id": list(one.id),
        "version": list(one.version),
        "what": [one.entity, one.row, one.kind, one.group],
        "values": dict(one.values),
        "base": [list(base) for base in one.base],
        "seen": dict(one.seen),
        "ends": one.ends,
        "erased": one.erased.hex(),
        "hash": op_hash(one).hex(),
    }


def _action(action: Action) -> list[Any]:
    fields = [action.last_seq, action.at, action.actor, action.text, dict(action.values)]
    return [*fields, action.undoes, action.link, action.erased.hex()]


def _batches() -> list[Batch]:
    first = sealed(
        content_of(
            mark(1, note="Ūla — „pavėlavo“ 🚆"),
            mark(2, OTHER_ROW, note=None, weight=0.1, points=-(2**63), is_late=False),
            op(3, kind="set", group="note", values={"note": "1"}, base=(OpId(DEVICE, 1),)),
            op(4, kind="set", group="note", values={"note": ""}, base=(OpId(OTHER_DEVICE, 2),)),
            actions=(
                Action(2, 1_764_000_000_000, USER, "Marked {name}", {"name": "Ąžuolas"}),
                Action(3, 1_764_000_060_000, USER, "Undone", undoes="1" * 32, link="2" * 32),
            ),
        ),
        schema=2,
    )
    second = sealed(
        content_of(
            op(5, kind="delete", seen={DEVICE: 4, OTHER_DEVICE: 1}),
            op(6, row=OTHER_ROW, kind="restore"),
            op(7, row="f" * 32, entity="later", kind="annotate", group="g:1", values={"x": True}),
            mark(8, "e" * 32, note="to be purged"),
            op(9, row="e" * 32, kind="purge", values={"reason": "asked for"}),
        ),
        first.header.hash,
        schema=2,
    )
    other = sealed(
        content_of(
            mark(1, device=OTHER_DEVICE, note="at the same time"),
            op(2, device=OTHER_DEVICE, kind="set", group="note", values={"note": "2"},
               base=(OpId(DEVICE, 1), OpId(OTHER_DEVICE, 1)), hlc=2**63 - 1),
            op(3, device=OTHER_DEVICE, kind="reject",
               values={"device": DEVICE, "first": 4, "last": 4, "reason": "role"}),
        ),
    )  # fmt: skip
    return [first, purged(second, {8}), other]


if __name__ == "__main__":
    main()
