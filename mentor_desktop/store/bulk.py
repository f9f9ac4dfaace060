"""Many rows in few statements: capture and the derived tables hear of each row all the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from mentor_desktop.store.connection import StoreConnection

# Well below SQLite's limit of 32,766 values in a statement, whatever the table.
_ROWS_A_STATEMENT = 500

Row = Sequence[object]


@dataclass(frozen=True)
class Batch:
    """Rows for one table: values in the order of `columns`, `constants` the same for all.

    The first column is `id`. `raised` are columns to whose values a number is added: list numbers
    are counted from 1 until it is known where they go on.
    """

    table: str
    columns: Sequence[str]
    rows: Sequence[Row]
    constants: Mapping[str, object] = field(default_factory=dict)
    raised: Mapping[str, int] = field(default_factory=dict)


def insert_many(
    raw: StoreConnection,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Row],
    constants: Mapping[str, object] | None = None,
) -> None:
    """Insert rows whose values stand in the order of `columns`; `constants` are the same for all."""
    insert_batch(raw, Batch(table, columns, list(rows), constants or {}))


def insert_batch(raw: StoreConnection, batch: Batch) -> None:
    """Insert the rows in their order.

    `executemany` costs three times as much on a table with triggers: for each statement that may
    fail halfway SQLite keeps a copy of every page it touches.
    """
    names = ", ".join(f'"{name}"' for name in (*batch.columns, *batch.constants))
    row = f"({', '.join('?' * len(batch.columns))})"
    values = ", ".join((*_values(batch), *"?" * len(batch.constants)))
    constants = tuple(batch.constants.values())
    for start in range(0, len(batch.rows), _ROWS_A_STATEMENT):
        rows = batch.rows[start : start + _ROWS_A_STATEMENT]
        raw.execute(
            f'INSERT INTO "{batch.table}" ({names}) SELECT {values} '
            f"FROM (VALUES {', '.join([row] * len(rows))})",
            (*constants, *chain.from_iterable(rows)),
        )


def narrowed(batch: Batch) -> Batch:
    """Return the same rows with every column that says one thing throughout as a constant."""
    if not batch.rows:
        return batch
    columns: list[Iterable[object]] = []
    names: list[str] = []
    constants = dict(batch.constants)
    for name, column in zip(batch.columns, zip(*batch.rows, strict=True), strict=True):
        is_settled = name != "id" and name not in batch.raised
        if is_settled and column[0] == column[-1] and column.count(column[0]) == len(column):
            constants[name] = column[0]
        else:
            names.append(name)
            columns.append(column)
    return replace(batch, columns=names, rows=list(zip(*columns, strict=True)), constants=constants)


def column_of(batch: Batch, name: str) -> Sequence[Any]:
    """Return the values of one column, row by row."""
    if name in batch.constants:
        return [batch.constants[name]] * len(batch.rows)
    place = batch.columns.index(name)
    return [row[place] for row in batch.rows]


def _values(batch: Batch) -> Iterator[str]:
    for number, name in enumerate(batch.columns, 1):
        raised = batch.raised.get(name)
        yield f"column{number}" if raised is None else f"column{number} + {raised:d}"
