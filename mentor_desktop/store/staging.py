"""A large action in parts: promised whole in one short commit, then written bit by bit.

What an import will write is kept, packed, in `staged_part`: that commit is the promise. The
parts then go into their tables one after the other, each in a short transaction of its own, so
that a mark at the door lands in between. A program that is killed on the way finishes when the
workspace is opened again. While an action has parts here it is not complete: undo and exchange
leave it alone.

In the record of changes the action stands where it was promised, in one piece, whatever was
written between its parts: the numbers are set aside with the promise. Capture, which counts on,
is silent here.

The table belongs to this copy of the workspace: never captured, never exchanged, and empty but
for seconds. So it is made like the derived tables, without a migration.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec
from sqlcipher3 import dbapi2

from mentor_desktop.store import person_order
from mentor_desktop.store.bulk import Batch, Row, insert_batch, insert_many, next_number
from mentor_desktop.store.connection import StoreConnection, sort_language
from mentor_desktop.store.derived import insert_people
from mentor_desktop.store.write_gate import WriteGate

TABLE = "staged_part"
# SQL for the actions that are not complete; a column `txn` of any of them is among these.
UNFINISHED = f"SELECT txn FROM {TABLE}"
# A mark waits for the part at hand, some 10 ms.
ROWS_A_PART = 250
# And for the commit. Each commit writes the pages of the indexes again, and the search merges what each
# left, so nobody waiting, few are made.
_ROWS_A_COMMIT = 6_000
# Less than what makes a commit fold it: each time costs the pages that were written again since.
_LOG_PAGES = 3_000

_CREATE = (
    f"CREATE TABLE {TABLE} (part INTEGER NOT NULL PRIMARY KEY, txn INTEGER NOT NULL, "
    "head TEXT NOT NULL, content BLOB NOT NULL)"
)


@dataclass(frozen=True)
class Part:
    """Some rows, and their columns as they are kept: MessagePack, half the cost of JSON."""

    batch: Batch
    content: bytes


@dataclass(frozen=True)
class _Head:
    """What is kept of a part beside its rows.

    `first_change` is the number in the record of changes that was set aside for the first row.
    """

    table: str
    columns: Sequence[str]
    constants: Mapping[str, Any]  # Any: stored values, as JSON brings them
    raised: Mapping[str, int]
    first_change: int


@dataclass(frozen=True)
class KeptPart:
    """A part that was promised, as it is written."""

    batch: Batch
    first_change: int


# Parts that were promised a moment ago, by action and number: to read them back and to decode them
# costs half of what it costs to write them.
AtHand = Mapping[tuple[int, int], KeptPart]


def create(raw: StoreConnection) -> None:
    """Make the table unless it is there."""
    if not exists(raw):
        raw.execute(_CREATE)


def exists(raw: StoreConnection) -> bool:
    """Say whether the table is there; workspaces of older programs lack it until opened."""
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return raw.execute(sql, (TABLE,)).fetchone() is not None


def pack(batch: Batch) -> list[Part]:
    """Return the rows in parts ready to be kept; takes its time, and needs no lock."""
    cuts = range(0, len(batch), ROWS_A_PART)
    parts = [batch.cut(start, start + ROWS_A_PART) for start in cuts]
    return [Part(one, msgspec.msgpack.encode(list(one.columns.values()))) for one in parts]


def has_unfinished(raw: StoreConnection) -> bool:
    """Say whether an action is promised and not written to its end."""
    return bool(raw.execute(f"SELECT EXISTS (SELECT 1 FROM {TABLE})").fetchone()[0])


def keep(raw: StoreConnection, txn: int, parts: Sequence[Part]) -> dict[tuple[int, int], KeptPart]:
    """Promise to write the parts, in this order; within the transaction at hand."""
    number = raw.execute("SELECT coalesce(max(seq), 0) FROM change").fetchone()[0]
    kept = {}
    for part in parts:
        batch = part.batch
        head = _Head(batch.table, list(batch.columns), batch.constants, batch.raised, number + 1)
        inserted = raw.execute(
            f"INSERT INTO {TABLE} (txn, head, content) VALUES (?, ?, ?)",
            (txn, msgspec.json.encode(head).decode(), part.content),
        )
        kept[txn, inserted.lastrowid] = KeptPart(batch, number + 1)
        number += len(batch)
    if parts:
        # The last line of the record keeps the numbers before it: others go on behind it.
        last = parts[-1].batch
        _record(raw, txn, last.table, [(number, last.column("id")[-1])])
    return kept


def finish(
    raw: StoreConnection,
    gate: WriteGate,
    require_in_place: Callable[[], object],
    at_hand: AtHand = MappingProxyType({}),
) -> None:
    """Write every part there is, of whichever action, oldest first.

    Whoever else wants to write does so after the part at hand. Harmless when there is nothing to
    do, and when several threads finish at once.
    """
    is_more, most = True, _ROWS_A_COMMIT
    while is_more:
        with gate.closed(), _transaction(raw, require_in_place):
            is_more = _write_some(raw, gate, most, at_hand)
        # Where one waited another follows soon: the next commits are small again.
        most = ROWS_A_PART if gate.is_wanted else min(2 * most, _ROWS_A_COMMIT)
        _fold_log(raw, _LOG_PAGES)
    with gate.closed(), _transaction(raw, require_in_place):
        person_order.pack_if_due(raw)
    _fold_log(raw, 0)


def _fold_log(raw: StoreConnection, most: int) -> None:
    """Fold the log into the file when it is long: else a mark's commit may be the one that has to."""
    if raw.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()[1] > most:
        raw.execute("PRAGMA wal_checkpoint(PASSIVE)")


@contextmanager
def _transaction(raw: StoreConnection, require_in_place: Callable[[], object]) -> Iterator[None]:
    raw.execute("BEGIN IMMEDIATE")
    raw.is_capture_silent = True
    try:
        yield
        require_in_place()
        raw.execute("COMMIT")
    finally:
        raw.is_capture_silent = False
        if raw.in_transaction:
            raw.execute("ROLLBACK")


def _write_some(raw: StoreConnection, gate: WriteGate, most: int, at_hand: AtHand) -> bool:
    """Write parts until somebody waits or there are rows enough; say whether more may be left."""
    raw.sort_language = sort_language(raw)
    written = 0
    while written < most and not (written and gate.is_wanted):
        row = raw.execute(f"SELECT part, txn FROM {TABLE} ORDER BY part LIMIT 1").fetchone()
        if row is None:
            return False
        part, txn = row
        kept = at_hand.get((txn, part)) or _read(raw, part)
        _write(raw, txn, kept)
        raw.execute(f"DELETE FROM {TABLE} WHERE part = ?", (part,))
        written += len(kept.batch)
    return True


def _read(raw: StoreConnection, part: int) -> KeptPart:
    sql = f"SELECT head, content FROM {TABLE} WHERE part = ?"
    head_json, content = raw.execute(sql, (part,)).fetchone()
    head = msgspec.json.decode(head_json, type=_Head)
    columns = dict(zip(head.columns, msgspec.msgpack.decode(content), strict=True))
    return KeptPart(Batch(head.table, columns, head.constants, head.raised), head.first_change)


def _write(raw: StoreConnection, txn: int, part: KeptPart) -> None:
    """Write the rows of one part, and the lines of the record whose numbers were set aside."""
    batch, first = part.batch, part.first_change
    # The last line of all is there since the promise.
    raw.execute("DELETE FROM change WHERE seq BETWEEN ? AND ?", (first, first + len(batch) - 1))
    number = next_number(raw, batch.table)
    try:
        if batch.table == "person":
            insert_people(raw, batch)
        else:
            insert_batch(raw, batch)
    except dbapi2.IntegrityError:
        fitting = set(_insert_what_fits(raw, batch))
        lines = [line for line in enumerate(batch.column("id"), first) if line[1] in fitting]
        _record(raw, txn, batch.table, lines)
        return
    raw.execute(
        'INSERT INTO change (seq, txn, entity, row, kind, "group") '
        f"SELECT rowid + ?, ?, ?, id, 'create', '' FROM \"{batch.table}\" WHERE rowid >= ?",
        (first - number, txn, batch.table, number),
    )


def _record(raw: StoreConnection, txn: int, table: str, lines: Sequence[Row]) -> None:
    """Write down, as capture would, that rows were created; lines are their number and the row."""
    constants = {"txn": txn, "entity": table, "kind": "create", "group": ""}
    insert_many(raw, "change", ("seq", "row"), lines, constants)


def _insert_what_fits(raw: StoreConnection, batch: Batch) -> Iterator[object]:
    """Insert row by row what still makes sense after what others did since the promise.

    Gives the ids of the rows that were inserted.

    Who came in at the door meanwhile has a place already. What a row refers to may be gone: the
    reference is left empty, or the row left out where it cannot be without.
    """
    from mentor_desktop.models import Base  # SQLAlchemy: only where something came between

    table = Base.metadata.tables[batch.table]
    references = [
        (key.parent.name, key.column.table.name, bool(key.parent.nullable))
        for key in table.foreign_keys
    ]
    for row in batch.rows:
        values: dict[str, Any] = {**dict(zip(batch.columns, row, strict=True)), **batch.constants}
        for name, number in batch.raised.items():
            values[name] = None if values[name] is None else values[name] + number
        lost = [
            (name, may_be_empty)
            for name, parent, may_be_empty in references
            if values.get(name) is not None and not _is_there(raw, parent, values[name])
        ]
        if _is_there(raw, batch.table, values["id"]) or not all(empty for _name, empty in lost):
            continue
        values |= dict.fromkeys(name for name, _empty in lost)
        names = ", ".join(f'"{name}"' for name in values)
        holes = ", ".join("?" * len(values))
        raw.execute(
            f'INSERT INTO "{batch.table}" ({names}) VALUES ({holes})', tuple(values.values())
        )
        yield values["id"]


def _is_there(raw: StoreConnection, table: str, row_id: object) -> bool:
    return raw.execute(f'SELECT 1 FROM "{table}" WHERE id = ?', (row_id,)).fetchone() is not None
