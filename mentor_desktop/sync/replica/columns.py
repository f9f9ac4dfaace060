"""Which values the columns of this program can hold, so that every page can read them again.

SQLite keeps almost anything anywhere, and what other programs write is not for this one to choose:
a value of another kind is carried and kept like one of a column that is unknown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, get_args, get_type_hints

import msgspec
from sqlalchemy import JSON, Column, Table

from mentor_desktop.models.base import (
    FIRST_MS,
    FIRST_YEAR,
    LARGEST_NUMBER,
    LAST_MS,
    LAST_YEAR,
    Synced,
    UtcDateTime,
)
from mentor_desktop.sync.protocol.operations import Value

# What is asked of stored JSON besides its type.
_Moment = Annotated[int, msgspec.Meta(ge=FIRST_MS, le=LAST_MS)]
_SHAPES: dict[object, object] = {list[list[int]]: list[tuple[_Moment, _Moment]]}  # gaps of a mark

# Of values of the right type, without null: can all of them be read?
_AreSound = Callable[[Sequence[Any]], bool]


@dataclass(frozen=True)
class Kind:
    """What one column can hold; `name` tells it apart from that of another program.

    `empty` stands in a column that must hold something and has no default.
    """

    name: str
    empty: Value
    types: frozenset[type]
    are_sound: _AreSound | None

    def holds(self, value: Value) -> bool:
        """Say whether the column can hold a value."""
        if type(value) not in self.types:
            return False
        return value is None or self.are_sound is None or self.are_sound((value,))

    def holds_all(self, values: Sequence[Value]) -> bool:
        """Say whether the column can hold all of these, of which there is at least one."""
        first = values[0]
        # Not numbers: 1 equals 1.0.
        is_told_once = first == values[-1] and (first is None or isinstance(first, str))
        if is_told_once and values.count(first) == len(values):
            return self.holds(first)
        if not self.types.issuperset(map(type, values)):
            return False
        if self.are_sound is None:
            return True
        said = (
            values if type(None) not in self.types else [one for one in values if one is not None]
        )
        return self.are_sound(said)


def kinds_of(model: type[Synced]) -> dict[str, Kind]:
    """Return what each column of a table can hold, without the id."""
    hints = get_type_hints(model)
    table = model.__table__
    assert isinstance(table, Table)
    return {one.name: _kind(one, hints.get(one.name)) for one in table.columns if one.name != "id"}


def _kind(column: Column[Any], hint: object) -> Kind:
    name, empty, are_sound = _sort(column, hint)
    if column.nullable:
        return Kind(f"{name}?", None, frozenset({type(empty), type(None)}), are_sound)
    return Kind(name, empty, frozenset({type(empty)}), are_sound)


def _sort(column: Column[Any], hint: object) -> tuple[str, str | int, _AreSound | None]:
    """Return the name of a sort of columns, what is stored for nothing, and what is asked of it."""
    if isinstance(column.type, JSON):
        (said,) = get_args(hint)  # of Mapped
        shape = _SHAPES.get(said, said)
        return str(shape), "", _reads(msgspec.json.Decoder(shape).decode)
    if isinstance(column.type, UtcDateTime):
        return "moment", 0, _between(FIRST_MS, LAST_MS)
    sort = column.type.python_type
    if sort is date:
        return "day", "1970-01-01", _reads(_require_date)
    if sort is bool:
        return "bool", 0, _between(0, 1)
    if sort is int:
        return "number", 0, _between(-LARGEST_NUMBER, LARGEST_NUMBER)
    assert sort is str
    return "text", "", None


def _between(first: int, last: int) -> _AreSound:
    return lambda values: not values or first <= min(values) <= max(values) <= last


def _reads(read: Callable[[str], object]) -> _AreSound:
    def are_sound(values: Sequence[str]) -> bool:
        try:
            for value in set(values):
                read(value)
        except ValueError:  # of msgspec too
            return False
        return True

    return are_sound


def _require_date(text: str) -> None:
    # Other forms of the same day would be other values to whoever compares.
    day = date.fromisoformat(text)
    if day.isoformat() != text or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(text)
