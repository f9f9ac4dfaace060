"""Many rows in few statements: capture and the derived tables hear of each row all the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mentor_desktop.store.connection import StoreConnection

# Well below SQLite's limit of 32,766 values in a statement, whatever the table.
_ROWS_A_STATEMENT = 500

Row = Sequence[object]


@dataclass(frozen=True)
class Batch:
    """Rows for one table, column by column; `constants` are the same for all rows.

    The first column is `id`. `raised` are columns to whose values a number is added: list numbers
    are counted from 1 until it is known where they go on.
    """

    table: str
    columns: Mapping[str, Sequence[Any]]  # Any: stored values
    constants: Mapping[str, object] = field(default_factory=dict)
    raised: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    @property
    def rows(self) -> list[Row]:
        """The rows, made anew each time: kept, each would be one more thing for the collector."""
        return list(zip(*self.columns.values(), strict=True))

    def column(self, name: str) -> Sequence[Any]:
        """Return the values of one column, row by row."""
        if name in self.constants:
            return [self.constants[name]] * len(self)
        return self.columns[name]

    def cut(self, start: int, stop: int) -> "Batch":
        """Return the rows from one place to before another."""
        columns = {name: column[start:stop] for name, column in self.columns.items()}
        return replace(self, columns=columns)

    def parted(self, row_id: str | None) -> "tuple[Batch, Batch]":
        """Return the row with this id, or no row, and all others."""
        ids = self.columns["id"]
        place = ids.index(row_id) if row_id in ids else len(ids)
        others = {
            name: [*column[:place], *column[place + 1 :]] for name, column in self.columns.items()
        }
        return self.cut(place, place + 1), replace(self, columns=others)


def batch_of_rows(
    table: str,
    names: Sequence[str],
    rows: Sequence[Row],
    constants: Mapping[str, object] | None = None,
    raised: Mapping[str, int] | None = None,
) -> Batch:
    """Return a batch of rows whose values stand in the order of these columns."""
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return Batch(table, dict(zip(names, columns, strict=True)), constants or {}, raised or {})


def narrowed(batch: Batch) -> Batch:
    """Return the same rows with every column that says one thing throughout as a constant."""
    varying: dict[str, Sequence[Any]] = {}
    constants = dict(batch.constants)
    for name, column in batch.columns.items():
        if name != "id" and name not in batch.raised and _is_constant(column):
            constants[name] = column[0]
        else:
            varying[name] = column
    return replace(batch, columns=varying, constants=constants)


def insert_batch(raw: StoreConnection, batch: Batch) -> None:
    """Insert the rows in their order, some hundred in one statement.

    `executemany` costs three times as much on a table with triggers: for each statement that may
    fail halfway SQLite keeps a copy of every page it touches.
    """
    names = ", ".join(f'"{name}"' for name in (*batch.columns, *batch.constants))
    holes = f"({', '.join('?' * len(batch.columns))})"
    values = ", ".join((*_values(batch), *"?" * len(batch.constants)))
    for start in range(0, len(batch), _ROWS_A_STATEMENT):
        some = batch.cut(start, start + _ROWS_A_STATEMENT)
        raw.execute(
            f'INSERT INTO "{batch.table}" ({names}) SELECT {values} '
            f"FROM (VALUES {', '.join([holes] * len(some))})",
            _in_a_row(some),
        )


def insert_many(
    raw: StoreConnection,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    constants: Mapping[str, object] | None = None,
) -> None:
    """Insert rows whose values stand in the order of `columns`; `constants` are the same for all."""
    insert_batch(raw, batch_of_rows(table, columns, rows, constants))


def next_number(raw: StoreConnection, table: str) -> int:
    """Return the number that SQLite gives the next row of a table; rows after it follow."""
    sql = f'SELECT coalesce(max(rowid), 0) + 1 FROM "{table}"'
    return int(raw.execute(sql).fetchone()[0])


def _values(batch: Batch) -> Iterator[str]:
    for number, name in enumerate(batch.columns, 1):
        more = batch.raised.get(name)
        yield f"column{number}" if more is None else f"column{number} + {more:d}"


def _in_a_row(batch: Batch) -> list[Any]:
    """Return the constants, then the values row by row."""
    before, width = len(batch.constants), len(batch.columns)
    values: list[Any] = [*batch.constants.values(), *[None] * (width * len(batch))]
    for place, column in enumerate(batch.columns.values(), before):
        values[place::width] = column
    return values


def _is_constant(column: Sequence[object]) -> bool:
    return bool(column) and column[0] == column[-1] and column.count(column[0]) == len(column)
