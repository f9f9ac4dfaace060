"""What the merge needs to know of each synced table, read from the metadata once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Column, Table
from sqlalchemy.dialects.sqlite import dialect

from mentor_desktop.models import Base
from mentor_desktop.models.base import Synced
from mentor_desktop.store.capture import captured_tables, groups_of
from mentor_desktop.sync.protocol.operations import Value
from mentor_desktop.sync.replica.columns import Kind, kinds_of

FIXED_STREAMS = frozenset({"people", "programme", "secrets"})
_WORKSHOP = "w:"


@dataclass(frozen=True)
class Entity:
    """One synced table. `rank` puts parents before children.

    `place_of_stream` is the place among the columns, from 1 on, of the one that holds the
    workshop's id; 0 where the stream is a fixed one or the row's own.

    `columns` are all but the id, in the order of the table. `parents` are (column, table) of its
    references, `children` (table, column) of those to it. `defaults` stand for what an older program
    did not know and for what the column cannot hold (`kinds`).
    """

    name: str
    stream: str
    columns: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    group_of: Mapping[str, str]
    parents: tuple[tuple[str, str], ...]
    children: tuple[tuple[str, str], ...]
    defaults: Mapping[str, Value]
    kinds: Mapping[str, Kind]
    is_append_only: bool
    rank: int
    place_of_stream: int

    def stream_of(self, row: str, values: Mapping[str, Value]) -> str:
        """Return the stream a row with these values travels in."""
        if self.stream in FIXED_STREAMS:
            return self.stream
        return _WORKSHOP + (row if self.stream == "id" else str(values[self.stream]))

    def fits(self, values: Mapping[str, Value]) -> bool:
        """Say whether the table can show all of these: it has the columns, and they hold them."""
        kinds = self.kinds
        return values.keys() <= kinds.keys() and all(
            kinds[name].holds(value) for name, value in values.items()
        )

    def fits_all(self, columns: Mapping[str, Sequence[Value]]) -> bool:
        """Say the same of the values of many rows, by column."""
        kinds = self.kinds
        return columns.keys() <= kinds.keys() and all(
            kinds[name].holds_all(values) for name, values in columns.items()
        )

    def shown(self, said: Mapping[str, Value], columns: Iterable[str]) -> dict[str, Value]:
        """Return what the table shows in some columns of what an operation says."""
        kinds, defaults = self.kinds, self.defaults
        return {
            name: said[name] if name in said and kinds[name].holds(said[name]) else defaults[name]
            for name in columns
        }

    def groups_in(self, values: Mapping[str, Value]) -> dict[str, tuple[str, ...]]:
        """Return the groups with their columns, those of a newer program's columns too."""
        extra = {name: (name,) for name in values if name not in self.group_of}
        return {**self.groups, **extra} if extra else dict(self.groups)


@cache
def entities() -> Mapping[str, Entity]:
    """Return every synced table by its name."""
    models = captured_tables()
    order = [table.name for table in Base.metadata.sorted_tables]
    return {name: _entity(models[name], rank) for rank, name in enumerate(order) if name in models}


@cache
def known_columns() -> str:
    """Return a text that changes whenever a program learns a table, a column or what one can hold."""
    return ";".join(
        f"{name}:{','.join(f'{column} {kind.name}' for column, kind in entity.kinds.items())}"
        for name, entity in sorted(entities().items())
    )


def _entity(model: type[Synced], rank: int) -> Entity:
    table = model.__table__
    assert isinstance(table, Table)
    groups = groups_of(model)
    kinds = kinds_of(model)
    columns = tuple(kinds)
    return Entity(
        name=table.name,
        stream=model.stream,
        columns=columns,
        groups=groups,
        group_of={column: group for group, columns in groups.items() for column in columns},
        parents=tuple(
            (key.parent.name, key.column.table.name)
            for key in sorted(table.foreign_keys, key=lambda one: str(one.parent.name))
        ),
        children=tuple(
            (other.name, key.parent.name)
            for other in Base.metadata.sorted_tables
            for key in other.foreign_keys
            if key.column.table is table and other.name in captured_tables()
        ),
        defaults={
            "id": "",
            **{name: _default(table.columns[name], kind.empty) for name, kind in kinds.items()},
        },
        kinds=kinds,
        is_append_only=model.append_only,
        rank=rank,
        place_of_stream=columns.index(model.stream) + 1 if model.stream in columns else 0,
    )


def _default(column: Column[object], empty: Value) -> Value:
    """Return what a column holds, as stored, when nobody said anything."""
    if column.nullable:
        return None
    default = column.default
    value: object = None
    if default is not None and default.is_scalar:
        value = default.arg  # type: ignore[attr-defined]  # scalar defaults have it
    elif default is not None:
        value = default.arg(None)  # type: ignore[attr-defined]  # list and dict, called with a context
    if value is None:
        return empty
    process = column.type.dialect_impl(_SQLITE).bind_processor(_SQLITE)
    stored = process(value) if process else value
    assert stored is None or isinstance(stored, (str, int, float))
    return int(stored) if isinstance(stored, bool) else stored


_SQLITE = dialect()
