"""Taking back what an action did to rows, value by value; nothing here commits.

Every value is compared first: what somebody changed since is never overwritten.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import groupby
from operator import attrgetter

from mentor_desktop.models import Base
from mentor_desktop.store.bulk import insert_many
from mentor_desktop.store.change_log import RecordedChange, Values
from mentor_desktop.store.unit_of_work import UnitOfWork

# Tables with their field groups are fewer.
_KEPT_STATEMENTS = 256


class ChangedSinceError(Exception):
    """The row of `step` is not as the action left it, or something came to depend on it."""

    def __init__(self, step: RecordedChange) -> None:
        super().__init__(f"{step.entity} {step.row}")
        self.step = step


def take_back(uow: UnitOfWork, steps: Iterable[RecordedChange]) -> None:
    """Undo the steps, the last one first; `require_whole` must follow.

    Raises:
        ChangedSinceError: a row is not as it was left.
    """
    steps = list(steps)
    # Parents and children are put back in the order they were written, whichever came first.
    uow.raw.execute("PRAGMA defer_foreign_keys = ON")
    for (kind, entity), alike in groupby(reversed(steps), key=attrgetter("kind", "entity")):
        if kind == "create":
            _remove(uow, entity, alike)
        elif kind == "delete":
            _bring_back(uow, entity, list(alike))
        else:
            for step in alike:
                _set_back(uow, step)


def require_whole(uow: UnitOfWork, steps: Iterable[RecordedChange]) -> None:
    """Look that no row refers to one that is gone.

    Raises:
        ChangedSinceError: something came to depend on what was created, or what was put back
            depended on something that is gone by now.
    """
    steps = list(steps)
    created: dict[str, dict[str, RecordedChange]] = {}
    for step in steps:
        if step.kind == "create":
            created.setdefault(step.entity, {})[step.row] = step
    for entity, by_row in created.items():
        referred = _first_referred_to(uow, entity, by_row)
        if referred is not None:
            raise ChangedSinceError(by_row[referred])
    for step in steps:
        if step.kind != "create" and _points_nowhere(uow, step):
            raise ChangedSinceError(step)


def _remove(uow: UnitOfWork, entity: str, steps: Iterable[RecordedChange]) -> None:
    rows = []
    for step in steps:
        _require(uow, step, step.new)
        rows.append(step.row)
    # One statement: of each that may fail halfway SQLite keeps a copy of every page it touches.
    uow.raw.execute(
        f'DELETE FROM "{entity}" WHERE id IN (SELECT value FROM json_each(?))', (json.dumps(rows),)
    )


def _set_back(uow: UnitOfWork, step: RecordedChange) -> None:
    _require(uow, step, step.new)
    columns = ", ".join(f'"{name}" = ?' for name in step.old)
    uow.raw.execute(
        f'UPDATE "{step.entity}" SET {columns} WHERE id = ?', (*step.old.values(), step.row)
    )


def _bring_back(uow: UnitOfWork, entity: str, steps: Sequence[RecordedChange]) -> None:
    by_row = {step.row: step for step in steps}
    there = uow.raw.execute(
        f'SELECT t.id FROM json_each(?) j CROSS JOIN "{entity}" t ON t.id = j.value LIMIT 1',
        (json.dumps(list(by_row)),),
    ).fetchone()
    if there is not None:
        raise ChangedSinceError(by_row[there[0]])
    # Those of an older program may lack columns.
    for columns, alike in groupby(steps, key=lambda step: tuple(step.old)):
        rows = [(step.row, *step.old.values()) for step in alike]
        insert_many(uow.raw, entity, ("id", *columns), rows)


def _require(uow: UnitOfWork, step: RecordedChange, expected: Values) -> None:
    row = uow.raw.execute(_look_up(step.entity, tuple(expected)), (step.row,)).fetchone()
    if row is None or tuple(row) != tuple(expected.values()):
        raise ChangedSinceError(step)


def _first_referred_to(uow: UnitOfWork, entity: str, rows: Iterable[str]) -> str | None:
    """Return one of these rows, gone by now, that some row still refers to."""
    gone = json.dumps(list(rows))
    for child, column in _references_to(entity):
        found = uow.raw.execute(
            f'SELECT j.value FROM json_each(?) j CROSS JOIN "{child}" c ON c."{column}" = j.value '
            "LIMIT 1",
            (gone,),
        ).fetchone()
        if found is not None:
            return str(found[0])
    return None


def _points_nowhere(uow: UnitOfWork, step: RecordedChange) -> bool:
    return any(
        step.old.get(column) is not None
        and not uow.raw.execute(
            f'SELECT 1 FROM "{parent}" WHERE id = ?', (step.old[column],)
        ).fetchone()
        for column, parent in _references_from(step.entity)
    )


@lru_cache(_KEPT_STATEMENTS)
def _look_up(entity: str, names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    return f'SELECT {columns} FROM "{entity}" WHERE id = ?'


@cache
def _references_to(entity: str) -> tuple[tuple[str, str], ...]:
    """Return (table, column) of each reference to a table."""
    return tuple(
        (table.name, key.parent.name)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == entity
    )


@cache
def _references_from(entity: str) -> tuple[tuple[str, str], ...]:
    """Return (column, table referred to) of each reference of a table."""
    table = Base.metadata.tables[entity]
    return tuple((key.parent.name, key.column.table.name) for key in table.foreign_keys)
