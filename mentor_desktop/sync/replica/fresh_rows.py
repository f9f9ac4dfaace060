"""Rows that are new and only created: which they are, and how they go in by columns."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from mentor_desktop.store.bulk import Batch as Rows
from mentor_desktop.store.bulk import insert_batch
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.operations import CREATE, Run, Value
from mentor_desktop.sync.replica.digests import Key
from mentor_desktop.sync.replica.entities import Entity
from mentor_desktop.sync.replica.parked import in_table


def is_ordinary(run: Run, entity: Entity) -> bool:
    """Say whether a run of creates says just what the table of this program can hold."""
    return (
        not run.erased
        and run.columns.keys() == entity.kinds.keys()
        and entity.fits_all(run.columns)
    )


def segments(run: Run, fresh: set[Key]) -> Iterator[tuple[Run, bool]]:
    """Part a run into what goes in at once (True) and what is merged."""
    if run.kind != CREATE:
        yield run, False
        return
    start = 0
    for is_fresh, alike in groupby(run.rows, key=lambda row: (run.entity, row) in fresh):
        stop = start + sum(1 for _ in alike)
        yield (run if stop - start == len(run.rows) else run.part(start, stop)), is_fresh
        start = stop


def leave_out_orphans(
    raw: StoreConnection, entity: Entity, runs: Sequence[Run], fresh: set[Key]
) -> None:
    """Take the rows from `fresh` that have no parent in the tables nor in `fresh`."""
    for column, parent in entity.parents:
        while True:
            wanted = {str(one) for run in runs for one in set(run.columns[column]) - {None}}
            elsewhere = {one for one in wanted if (parent, one) not in fresh}
            lacking = elsewhere - in_table(raw, parent, elsewhere) if elsewhere else set()
            orphans = set(_referring(entity.name, column, runs, lacking)) & fresh
            if not orphans:
                break
            fresh -= orphans


def _referring(entity: str, column: str, runs: Sequence[Run], parents: set[str]) -> Iterator[Key]:
    if parents:
        for run in runs:
            for row, value in zip(run.rows, run.columns[column], strict=True):
                if value in parents:
                    yield entity, row


def insert_created(raw: StoreConnection, runs: Sequence[Run], entity: Entity) -> None:
    """Insert the rows of some runs of creates into their table."""
    rows = [row for run in runs for row in run.rows]
    constants: dict[str, object] = {}
    columns: dict[str, list[Value]] = {"id": list(rows)}
    for name in entity.columns:
        column = [value for run in runs for value in run.columns[name]]
        if _says_one_thing(column):
            constants[name] = column[0]
        else:
            columns[name] = column
    insert_batch(raw, Rows(entity.name, columns, constants))


def _says_one_thing(column: Sequence[Value]) -> bool:
    """Say whether a value is the same throughout, and of one type: 1 equals 1.0."""
    first = column[0]
    if column[-1] != first or column.count(first) < len(column):
        return False
    return isinstance(first, str) or len(set(map(type, column))) == 1
