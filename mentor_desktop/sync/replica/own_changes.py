"""Reading what this device did and has not sealed yet, from the record of changes.

A created row is recorded without its values: they stand in the table, and where they were changed
later, in the `old` of the first change after. Here they come in bulk, as the sealing needs them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.operations import Value
from mentor_desktop.sync.replica.entities import entities

_NOTHING: Mapping[str, Value] = {}


@dataclass(slots=True)
class OwnChange:
    """One recorded change. `values` are the new ones (in the order of the columns), `old` those before."""

    seq: int
    txn: int
    entity: str
    row: str
    kind: str
    group: str
    values: Mapping[str, Value]
    old: Mapping[str, Value]


def read_changes(raw: StoreConnection, after: int, most: int) -> list[OwnChange]:
    """Return at most `most` changes after a number of the record, oldest first."""
    rows = raw.execute(
        'SELECT seq, txn, entity, row, kind, "group", old, new FROM change WHERE seq > ? '
        "ORDER BY seq LIMIT ?",
        (after, most),
    ).fetchall()
    bare: dict[str, dict[str, int]] = {}
    for seq, _txn, entity, row, kind, _group, _old, new in rows:
        if kind == "create" and new is None:
            # The last creation of a row in this part: an earlier one was undone in between.
            bare.setdefault(entity, {})[row] = seq
    values = {entity: _created(raw, entity, list(ids), after) for entity, ids in bare.items()}
    return [
        OwnChange(
            seq,
            txn,
            entity,
            row,
            kind,
            group,
            json.loads(new) if new else _values_at(values, kind, entity, row, seq),
            json.loads(old) if old else _NOTHING,
        )
        for seq, txn, entity, row, kind, group, old, new in rows
    ]


# Of one row: what it holds now (None when it is gone), and what later changes found, newest first.
@dataclass(slots=True)
class _Trail:
    now: Mapping[str, Value] | None
    later: list[tuple[int, str, str]]


def _created(
    raw: StoreConnection, entity: str, ids: list[str], after: int
) -> Mapping[str, Mapping[str, Value] | _Trail]:
    columns = entities()[entity].columns
    names = ", ".join(f't."{name}"' for name in columns)
    listed = json.dumps(ids)
    found = raw.execute(
        f'SELECT t.id, {names} FROM json_each(?) j CROSS JOIN "{entity}" t ON t.id = j.value',
        (listed,),
    ).fetchall()
    now: dict[str, Mapping[str, Value]] = {
        row[0]: dict(zip(columns, row[1:], strict=True)) for row in found
    }
    if entities()[entity].is_append_only and len(now) == len(ids):
        return now
    trails: dict[str, Mapping[str, Value] | _Trail] = dict(now)
    later = raw.execute(
        "SELECT c.row, c.seq, c.kind, c.old FROM json_each(?) j CROSS JOIN change c "
        "ON c.entity = ? AND c.row = j.value WHERE c.seq > ? AND c.old IS NOT NULL "
        "ORDER BY c.seq DESC",
        (listed, entity, after),
    )
    for row, seq, kind, old in later:
        trail = trails.get(row)
        if not isinstance(trail, _Trail):
            trail = trails[row] = _Trail(trail, [])
        trail.later.append((seq, kind, old))
    return trails


def _values_at(
    created: Mapping[str, Mapping[str, Mapping[str, Value] | _Trail]],
    kind: str,
    entity: str,
    row: str,
    seq: int,
) -> Mapping[str, Value]:
    """Return the values a row had when it was created by the change `seq`."""
    if kind != "create":
        return _NOTHING
    trail = created[entity].get(row, _NOTHING)
    if not isinstance(trail, _Trail):
        return trail
    values: Mapping[str, Value] = trail.now or _NOTHING
    for number, what, old in trail.later:
        if number <= seq:
            break
        # What is there now under the id of a row that went is another one.
        values = json.loads(old) if what == "delete" else {**values, **json.loads(old)}
    return values
