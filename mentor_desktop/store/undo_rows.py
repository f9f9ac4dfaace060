"""Taking back what an action did to rows, value by value; nothing here commits.

Every value is compared first: what somebody changed since is never overwritten.
"""

from collections.abc import Iterable
from functools import cache

from mentor_desktop.models import Base
from mentor_desktop.store.change_log import RecordedChange, Values
from mentor_desktop.store.unit_of_work import UnitOfWork


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
    for step in reversed(steps):
        if step.kind == "create":
            _remove(uow, step)
        elif step.kind == "set":
            _set_back(uow, step)
        else:
            _bring_back(uow, step)


def require_whole(uow: UnitOfWork, steps: Iterable[RecordedChange]) -> None:
    """Look that no row refers to one that is gone.

    Raises:
        ChangedSinceError: something came to depend on what was created, or what was put back
            depended on something that is gone by now.
    """
    for step in steps:
        if step.kind == "create" and _is_referred_to(uow, step):
            raise ChangedSinceError(step)
        if step.kind != "create" and _points_nowhere(uow, step):
            raise ChangedSinceError(step)


def _remove(uow: UnitOfWork, step: RecordedChange) -> None:
    _require(uow, step, step.new)
    uow.raw.execute(f'DELETE FROM "{step.entity}" WHERE id = ?', (step.row,))


def _set_back(uow: UnitOfWork, step: RecordedChange) -> None:
    _require(uow, step, step.new)
    columns = ", ".join(f'"{name}" = ?' for name in step.old)
    uow.raw.execute(
        f'UPDATE "{step.entity}" SET {columns} WHERE id = ?', (*step.old.values(), step.row)
    )


def _bring_back(uow: UnitOfWork, step: RecordedChange) -> None:
    if uow.raw.execute(f'SELECT 1 FROM "{step.entity}" WHERE id = ?', (step.row,)).fetchone():
        raise ChangedSinceError(step)
    values = {"id": step.row, **step.old}
    columns = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    uow.raw.execute(
        f'INSERT INTO "{step.entity}" ({columns}) VALUES ({marks})', tuple(values.values())
    )


def _require(uow: UnitOfWork, step: RecordedChange, expected: Values) -> None:
    columns = ", ".join(f'"{name}"' for name in expected)
    row = uow.raw.execute(
        f'SELECT {columns} FROM "{step.entity}" WHERE id = ?', (step.row,)
    ).fetchone()
    if row is None or tuple(row) != tuple(expected.values()):
        raise ChangedSinceError(step)


def _is_referred_to(uow: UnitOfWork, step: RecordedChange) -> bool:
    return any(
        uow.raw.execute(
            f'SELECT 1 FROM "{child}" WHERE "{column}" = ? LIMIT 1', (step.row,)
        ).fetchone()
        for child, column in _references_to(step.entity)
    )


def _points_nowhere(uow: UnitOfWork, step: RecordedChange) -> bool:
    return any(
        step.old.get(column) is not None
        and not uow.raw.execute(
            f'SELECT 1 FROM "{parent}" WHERE id = ?', (step.old[column],)
        ).fetchone()
        for column, parent in _references_from(step.entity)
    )


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
