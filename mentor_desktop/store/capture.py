"""Triggers, generated from the table metadata, that write down every change.

They run in the transaction of the edit, so neither a bulk update nor raw SQL can slip
past. `old` and `new` are JSON objects of column to stored value; an update writes one
row for each field group that really changed. A creation writes no values: they stand in
the row itself, and whoever changes or deletes it writes down what was there before, so
`store.change_log` can always tell. A write outside a unit of work is refused
by `txn_id()`; only migrations are silent (it is NULL for them). Measured cost:
benchmarks/store_capture.py.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, Table

from mentor_desktop.models import Base, Synced

_PREFIX = "capture_"


def captured_tables() -> dict[str, type[Synced]]:
    """Return every table under capture with its class, by table name."""
    return {
        mapper.class_.__tablename__: mapper.class_
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Synced)
    }


def groups_of(model: type[Synced]) -> dict[str, tuple[str, ...]]:
    """Return each field group with its columns; a column without a group is its own."""
    grouped = {column for columns in model.field_groups.values() for column in columns}
    own = {name: (name,) for name in _columns(_table(model)) if name not in grouped}
    return {**model.field_groups, **own}


def trigger_statements() -> dict[str, str]:
    """Return the name and the SQL of every capture trigger the metadata asks for."""
    return dict(
        statement for model in captured_tables().values() for statement in _triggers_of(model)
    )


def drop_triggers(connection: Connection) -> None:
    """Drop all capture triggers; a table rebuild would drop some of them silently."""
    for name in _installed(connection):
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def create_triggers(connection: Connection) -> None:
    """Create all capture triggers anew."""
    for sql in trigger_statements().values():
        connection.exec_driver_sql(sql)


def are_triggers_current(connection: Connection) -> bool:
    """Say whether exactly the triggers that the metadata asks for are installed."""
    return _installed(connection) == trigger_statements()


def _installed(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '{_PREFIX}%'"
    )
    return {str(name): str(sql) for name, sql in rows}


def _table(model: type[Synced]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def _columns(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.name != "id"]


def _triggers_of(model: type[Synced]) -> Iterator[tuple[str, str]]:
    table = _table(model)
    entity = table.name
    everything = _columns(table)
    yield _trigger(entity, "create", "AFTER INSERT", [_insert(entity, "create", "NEW")])
    yield _trigger(
        entity, "delete", "AFTER DELETE", [_insert(entity, "delete", "OLD", old=everything)]
    )
    if model.append_only:
        yield _refusal(entity, "set", "BEFORE UPDATE", "is append-only")
        yield _refusal(entity, "keep", "BEFORE DELETE", "is append-only", unless=_is_gone(model))
        return
    sets = [
        _insert(entity, "set", "NEW", group=group, old=columns, new=columns)
        + f" WHERE {_differs(columns)}"
        for group, columns in groups_of(model).items()
    ]
    yield _trigger(entity, "set", "AFTER UPDATE", sets)
    yield _refusal(
        entity, "id", "BEFORE UPDATE OF id", "ids never change", unless="NEW.id IS OLD.id"
    )


def _is_gone(model: type[Synced]) -> str:
    """Return the condition under which an append-only row may go: what it belongs to is gone."""
    conditions = []
    for column in model.belongs_by:
        parent = next(iter(_table(model).columns[column].foreign_keys)).column.table.name
        conditions.append(f'NOT EXISTS (SELECT 1 FROM "{parent}" WHERE id = OLD."{column}")')
    return " OR ".join(conditions)


def _trigger(entity: str, kind: str, when: str, statements: list[str]) -> tuple[str, str]:
    name = f"{_PREFIX}{entity}_{kind}"
    body = "; ".join(statements)
    return (
        name,
        f'CREATE TRIGGER "{name}" {when} ON "{entity}" WHEN txn_id() IS NOT NULL BEGIN {body}; END',
    )


def _refusal(entity: str, kind: str, when: str, why: str, *, unless: str = "") -> tuple[str, str]:
    condition = f" WHERE NOT ({unless})" if unless else ""
    return _trigger(entity, kind, when, [f"SELECT RAISE(ABORT, '{entity}: {why}'){condition}"])


def _insert(
    entity: str,
    kind: str,
    side: str,
    *,
    group: str = "",
    old: list[str] | tuple[str, ...] = (),
    new: list[str] | tuple[str, ...] = (),
) -> str:
    return (
        'INSERT INTO change (txn, entity, row, kind, "group", old, new) '
        f"SELECT txn_id(), '{entity}', {side}.id, '{kind}', '{group}', {_json('OLD', old)}, {_json('NEW', new)}"
    )


def _json(side: str, columns: list[str] | tuple[str, ...]) -> str:
    if not columns:
        return "NULL"
    return "json_object(" + ", ".join(f"'{name}', {side}.\"{name}\"" for name in columns) + ")"


def _differs(columns: tuple[str, ...]) -> str:
    return " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in columns)
