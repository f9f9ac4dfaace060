"""Many rows in one statement: capture and the derived tables hear of each row all the same."""

from collections.abc import Iterable, Mapping, Sequence

from mentor_desktop.store.connection import StoreConnection

_PARKED = "temp.parked_rows"


def insert_many(
    raw: StoreConnection,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    constants: Mapping[str, object] | None = None,
) -> None:
    """Insert rows whose values stand in the order of `columns`; `constants` are the same for all.

    `executemany` costs twice as much on a table with triggers: SQLite then keeps, for each row,
    a copy of every page it touches. The rows are parked in memory (`temp_store`), never on disk.
    """
    constants = constants or {}
    parked = [f"c{number}" for number in range(len(columns))]
    raw.execute(f"CREATE TEMP TABLE parked_rows ({', '.join(parked)})")
    try:
        holes = ", ".join("?" * len(parked))
        raw.executemany(f"INSERT INTO {_PARKED} VALUES ({holes})", rows)
        names = ", ".join(f'"{name}"' for name in (*columns, *constants))
        values = ", ".join((*parked, *"?" * len(constants)))
        raw.execute(
            f'INSERT INTO "{table}" ({names}) SELECT {values} FROM {_PARKED} ORDER BY rowid',
            tuple(constants.values()),
        )
    finally:
        raw.execute(f"DROP TABLE {_PARKED}")
