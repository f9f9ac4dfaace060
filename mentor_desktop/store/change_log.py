"""The record of changes as others read it: undo, history and exchange, with complete values.

A row that was created is written down without its values (`store.capture`): they stand in the
table, and where they were changed later, in the `old` of the first change after. Here they are
put together again, so that nobody else needs to know.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from mentor_desktop.models import Base
from mentor_desktop.store import staging
from mentor_desktop.store.connection import StoreConnection

Values = Mapping[str, Any]  # Any: stored values, as JSON brings them

_NOTHING: Values = {}
# A created row whose values were not written down. Older programs wrote them: they are taken.
_BARE = "c.kind = 'create' AND c.new IS NULL"


class RecordedChange(NamedTuple):
    """One row of the record: `kind` is create, set or delete.

    `old` is empty for create, `new` for delete; both hold all columns but the id where a row
    came or went, and those of one field group where it was set.
    """

    seq: int
    txn: int
    entity: str
    row: str
    kind: str
    group: str
    old: Values
    new: Values


def changes_of(raw: StoreConnection, txn: int) -> list[RecordedChange]:
    """Return what one action did, in the order it did it."""
    return _complete(raw, "c.txn = ?", (txn,))


def changes_after(raw: StoreConnection, seq: int, *, limit: int = -1) -> list[RecordedChange]:
    """Return the changes that came after `seq`, oldest first; at most `limit` unless negative.

    They end before an action that is not complete: nobody gets half of one.
    """
    last = raw.execute(
        "SELECT max(seq) FROM (SELECT seq FROM change WHERE seq > ? "
        "AND seq < coalesce((SELECT min(seq) FROM change WHERE txn IN "
        f"({staging.UNFINISHED})), 9223372036854775807) ORDER BY seq LIMIT ?)",
        (seq, limit),
    ).fetchone()[0]
    return _complete(raw, "c.seq > ? AND c.seq <= ?", (seq, last)) if last is not None else []


def _complete(raw: StoreConnection, where: str, values: tuple[int, ...]) -> list[RecordedChange]:
    rows = raw.execute(
        f'SELECT c.seq, c.txn, c.entity, c.row, c.kind, c."group", c.old, c.new FROM change c '
        f"WHERE {where} ORDER BY c.seq",
        values,
    ).fetchall()
    created: dict[int, Values] = {}
    for entity in {row[2] for row in rows if row[4] == "create" and row[7] is None}:
        created |= _rows_now(raw, where, values, entity)
    if any(row[4] == "create" and row[7] is None for row in rows):
        _put_back(raw, where, values, created)
    return [
        RecordedChange(
            seq,
            txn,
            entity,
            row,
            kind,
            group,
            json.loads(old) if old else _NOTHING,
            json.loads(new) if new else created.get(seq, _NOTHING),
        )
        for seq, txn, entity, row, kind, group, old, new in rows
    ]


def _rows_now(
    raw: StoreConnection, where: str, values: tuple[int, ...], entity: str
) -> dict[int, Values]:
    """Return the values that created rows have now, by the number of the change."""
    # The plus keeps SQLite from looking through every change of this table, new and old.
    names = _columns_of(entity)
    columns = ", ".join(f't."{name}"' for name in names)
    rows = raw.execute(
        f'SELECT c.seq, {columns} FROM change c CROSS JOIN "{entity}" t ON t.id = c.row '
        f"WHERE {where} AND {_BARE} AND +c.entity = ?",
        (*values, entity),
    )
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


def _put_back(
    raw: StoreConnection, where: str, values: tuple[int, ...], created: dict[int, Values]
) -> None:
    """Give the created rows the values they had before anything was changed later."""
    # The latest first, so that the earliest has the last word.
    later = raw.execute(
        "SELECT c.seq, l.kind, l.old FROM change c CROSS JOIN change l "
        "ON l.entity = c.entity AND l.row = c.row AND l.seq > c.seq "
        f"WHERE {where} AND {_BARE} AND l.old IS NOT NULL ORDER BY l.seq DESC",
        values,
    )
    for seq, kind, old in later:
        # What is there now under the id of a row that went is another one.
        kept = _NOTHING if kind == "delete" else created.get(seq, _NOTHING)
        created[seq] = {**kept, **json.loads(old)}


@cache
def _columns_of(entity: str) -> tuple[str, ...]:
    columns = Base.metadata.tables[entity].columns
    return tuple(column.name for column in columns if column.name != "id")
