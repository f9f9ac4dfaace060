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

Values = Mapping[str, Value]
Listed = tuple[Value, ...]

_NOTHING: Values = {}


@dataclass(slots=True)
class OwnChange:
    """One recorded change: `given` are the new values, `old` those before.

    Of a created row that was not changed later, `listed` holds the values in the order of the
    columns instead.
    """

    seq: int
    txn: int
    entity: str
    row: str
    kind: str
    group: str
    given: Values
    old: Values
    listed: Listed | None = None

    @property
    def values(self) -> Values:
        """Return the new values by column."""
        if self.listed is None:
            return self.given
        return dict(zip(entities()[self.entity].columns, self.listed, strict=True))

    @property
    def stream(self) -> str:
        """Return the stream, by the values of this change: of a row that comes or goes."""
        entity = entities()[self.entity]
        if self.listed is None or not entity.place_of_stream:
            return entity.stream_of(self.row, self.given or self.old)
        return f"w:{self.listed[entity.place_of_stream - 1]}"


def read_changes(raw: StoreConnection, after: int, most: int) -> list[OwnChange]:
    """Return at most `most` changes after a number of the record, oldest first."""
    rows = raw.execute(
        'SELECT seq, txn, entity, row, kind, "group", old, new FROM change WHERE seq > ? '
        "ORDER BY seq LIMIT ?",
        (after, most),
    ).fetchall()
    bare: dict[str, list[str]] = {}
    for _seq, _txn, entity, row, kind, _group, _old, new in rows:
        if kind == "create" and new is None:
            bare.setdefault(entity, []).append(row)
    created = {entity: _created(raw, entity, ids, after) for entity, ids in bare.items()}
    changes = []
    for seq, txn, entity, row, kind, group, old, new in rows:
        if kind == "create" and new is None:
            found = created[entity].get(row)
            if type(found) is tuple:
                changes.append(
                    OwnChange(seq, txn, entity, row, kind, group, _NOTHING, _NOTHING, found)
                )
                continue
            given = found.at(seq) if isinstance(found, _Trail) else _NOTHING
        else:
            given = json.loads(new) if new else _NOTHING
        before = json.loads(old) if old else _NOTHING
        changes.append(OwnChange(seq, txn, entity, row, kind, group, given, before))
    return changes


def whole_actions(changes: list[OwnChange]) -> tuple[list[OwnChange], int]:
    """Return the changes of this step, and the action that is cut by its end (else 0).

    Only an action larger than a step is cut.
    """
    following = changes.pop()
    if changes[-1].txn != following.txn:
        return changes, 0
    whole = [change for change in changes if change.txn != following.txn]
    return (whole, 0) if whole else (changes, following.txn)


@dataclass(slots=True)
class _Trail:
    """Of a created row: what it holds now (None when it is gone), and what later changes found.

    `later` is (number, kind, old values), the newest first.
    """

    now: Values | None
    later: list[tuple[int, str, str]]

    def at(self, seq: int) -> Values:
        """Return the values the row had when it was created by the change `seq`."""
        values: Values = self.now or _NOTHING
        for number, what, old in self.later:
            if number <= seq:
                break
            # What is there now under the id of a row that went is another one.
            values = json.loads(old) if what == "delete" else {**values, **json.loads(old)}
        return values


def _created(
    raw: StoreConnection, entity: str, ids: list[str], after: int
) -> dict[str, Listed | _Trail]:
    columns = entities()[entity].columns
    names = ", ".join(f't."{name}"' for name in columns)
    listed = json.dumps(ids)
    rows = raw.execute(
        f'SELECT t.id, {names} FROM json_each(?) j CROSS JOIN "{entity}" t ON t.id = j.value',
        (listed,),
    )
    found: dict[str, Listed | _Trail] = {row[0]: row[1:] for row in rows.fetchall()}
    if entities()[entity].is_append_only and len(found) == len(ids):
        return found
    later = raw.execute(
        "SELECT c.row, c.seq, c.kind, c.old FROM json_each(?) j CROSS JOIN change c "
        "ON c.entity = ? AND c.row = j.value WHERE c.seq > ? AND c.old IS NOT NULL "
        "ORDER BY c.seq DESC",
        (json.dumps(list(dict.fromkeys(ids))), entity, after),
    )
    for row, seq, kind, old in later:
        trail = found.get(row)
        if not isinstance(trail, _Trail):
            now = None if trail is None else dict(zip(columns, trail, strict=True))
            trail = found[row] = _Trail(now, [])
        trail.later.append((seq, kind, old))
    return found
