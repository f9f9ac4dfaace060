"""The base of every table: naming convention, column types, and what is captured.

Every table that derives from `Synced` is captured by generated triggers
(`store.capture`): each column belongs to one field group, by default its own.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import JSON, Dialect, Integer, MetaData, String, types
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from mentor_desktop.ids import new_id

NAMING_CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

ID_LENGTH = 32
# Nothing stored lies outside: any number of minutes can be added to any time, in any zone.
FIRST_YEAR, LAST_YEAR = 1000, 8999
LARGEST_NUMBER = 100_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_milliseconds(value: datetime) -> int:
    """Return an aware datetime as milliseconds since 1970 in UTC."""
    return (value - _EPOCH) // _MILLISECOND


def from_milliseconds(value: int) -> datetime:
    """Return the aware UTC datetime of milliseconds since 1970, the nearest one that can be.

    When something was done is what the clock of a colleague's computer said.
    """
    return _EPOCH + min(max(value, FIRST_MS), LAST_MS) * _MILLISECOND


FIRST_MS = to_milliseconds(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC))
LAST_MS = to_milliseconds(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC))


class UtcDateTime(types.TypeDecorator[datetime]):
    """An aware UTC datetime kept as an integer of milliseconds; a naive one is refused."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the stored integer."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a stored time must know its zone")
        return to_milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the aware datetime."""
        return None if value is None else from_milliseconds(value)


class Base(DeclarativeBase):
    """Declarative base with the constraint names that migrations rely on."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {  # Any: SQLAlchemy's own mapping type
        datetime: UtcDateTime,
        list[str]: JSON,
        dict[str, str]: JSON,
        list[list[int]]: JSON,
    }


class Synced(Base):
    """A table whose every edit is captured for history, undo and exchange.

    `field_groups` names the columns that only make sense together. `append_only`
    rows are never changed: undo appends a row that takes the first one back. Such a row
    goes only after a row that one of its columns in `belongs_by` names (a walk-in taken back).
    `stream` says with what a row travels when devices exchange changes: the name of a stream,
    or the column that holds the id of its workshop.
    """

    __abstract__ = True

    field_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    append_only: ClassVar[bool] = False
    belongs_by: ClassVar[tuple[str, ...]] = ()
    stream: ClassVar[str]

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)
