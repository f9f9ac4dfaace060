"""Every page opens whatever others wrote: values that their columns hold and that nobody types here.

A newer program knows more choices than this one, and a broken or hostile one writes anything.
"""

import random
from collections.abc import Callable
from contextlib import closing

import pytest

from mentor_desktop.models.base import FIRST_MS, FIRST_YEAR, LARGEST_NUMBER, LAST_MS, LAST_YEAR
from mentor_desktop.store.connection import StoreConnection, connect
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.sync.protocol.operations import Value
from mentor_desktop.sync.replica.columns import Kind
from mentor_desktop.sync.replica.entities import Entity, entities
from mentor_desktop.sync.replica.transactions import writing
from tests.ui.everywhere.conftest import House
from tests.ui.everywhere.test_every_page import ROOMS

# What is written into a column of each record, and where nothing is.
ValueOf = Callable[[Entity, str, Kind], Value]
_LEFT_ALONE = -1

_ENDS: dict[str, tuple[Value, Value]] = {
    "text": ("", "\u202e\0<b>%s {name}\n" * 300),
    "number": (-LARGEST_NUMBER, LARGEST_NUMBER),
    "bool": (0, 1),
    "day": (f"{FIRST_YEAR}-01-01", f"{LAST_YEAR}-12-31"),
    "moment": (FIRST_MS, LAST_MS),
}


def nothing(entity: Entity, column: str, _kind: Kind) -> Value:
    """Return what is shown of what the column cannot hold."""
    return entity.defaults[column]


def least(entity: Entity, column: str, kind: Kind) -> Value:
    """Return an empty text, the smallest number, the first day."""
    return _ENDS.get(kind.name.rstrip("?"), (entity.defaults[column],))[0]


def most(entity: Entity, column: str, kind: Kind) -> Value:
    """Return a long text that looks like code, the largest number, the last day."""
    return _ENDS.get(kind.name.rstrip("?"), (entity.defaults[column],))[-1]


def mixed(seed: int) -> ValueOf:
    """Return a choice by lot that leaves half of the columns as they are."""
    source = random.Random(seed)

    def value_of(entity: Entity, column: str, kind: Kind) -> Value:
        one = source.choice([None, None, None, nothing, least, most])
        return one(entity, column, kind) if one else _LEFT_ALONE

    return value_of


@pytest.mark.parametrize(
    "value_of",
    [nothing, least, most, mixed(1), mixed(2)],
    ids=["nothing", "least", "most", "mixed 1", "mixed 2"],
)
def test_every_page_opens_whatever_others_wrote(house: House, value_of: ValueOf) -> None:
    with closing(connect(WorkspaceFolder(house.root).database, house.key)) as raw, writing(raw):
        for entity in entities().values():
            write_everywhere(raw, entity, value_of)
    for place, where in ROOMS:
        house.go(place, where)


def write_everywhere(raw: StoreConnection, entity: Entity, value_of: ValueOf) -> None:
    """Write as the exchange does, but not where a record says what it belongs to."""
    columns = entity.kinds.keys() - {column for column, _parent in entity.parents}
    for column in sorted(columns):
        value = value_of(entity, column, entity.kinds[column])
        if value != _LEFT_ALONE:
            assert entity.kinds[column].holds(value), (entity.name, column)
            raw.execute(f'UPDATE "{entity.name}" SET "{column}" = ?', (value,))
