"""The order of all people, packed, so that a list of a million opens at once.

`person_order` holds a sort key for everybody, 45 MB for a million people, and reading it through
took 380 ms and as much memory. `person_order_part` holds only the numbers, in that order, eight
bytes each; `person_order_touched` the few people who were added, renamed or removed since, whose
places are found by their keys. Derived like the others: made anew at will, never exchanged.
"""

import sys
from array import array
from bisect import bisect_left

from mentor_desktop.store.connection import StoreConnection, in_passing

# More than these are dearer to put in their places than to pack again.
_FEW = 100
# 512 KB: one row is read at once.
_PART = 65_536

TOUCH = "INSERT OR IGNORE INTO person_order_touched (person) VALUES ({side}.rowid); "
STATEMENTS = (
    "CREATE TABLE person_order_part (part INTEGER NOT NULL PRIMARY KEY, persons BLOB NOT NULL)",
    "CREATE TABLE person_order_touched (person INTEGER NOT NULL PRIMARY KEY)",
)

_Key = tuple[bytes, int]


def read(raw: StoreConnection) -> "array[int]":  # array takes no parameter before Python 3.12
    """Return the numbers of all people in the order of the list's language."""
    touched = {number for (number,) in raw.execute("SELECT person FROM person_order_touched")}
    if len(touched) > _FEW:
        return scan(raw)
    order = array("q")
    with in_passing(raw):
        for (persons,) in raw.execute("SELECT persons FROM person_order_part ORDER BY part"):
            order.frombytes(persons)
    if sys.byteorder == "big":
        order.byteswap()
    return _with_places(raw, order, touched) if touched else order


def scan(raw: StoreConnection) -> "array[int]":
    """Return the same from the sort keys alone."""
    rows = raw.execute("SELECT person FROM person_order ORDER BY sort_key, person")
    return array("q", (number for (number,) in rows))


def pack_if_due(raw: StoreConnection) -> None:
    """Pack anew when many people were touched; for the end of a unit of work."""
    touched = raw.execute("SELECT count(*) FROM person_order_touched").fetchone()[0]
    if touched > _FEW:
        pack(raw)


def pack(raw: StoreConnection) -> None:
    """Pack the order anew; a million people take half a second."""
    order = scan(raw)
    if sys.byteorder == "big":
        order.byteswap()
    raw.execute("DELETE FROM person_order_part")
    raw.executemany(
        "INSERT INTO person_order_part (part, persons) VALUES (?, ?)",
        (
            (part, order[start : start + _PART].tobytes())
            for part, start in enumerate(range(0, len(order), _PART))
        ),
    )
    raw.execute("DELETE FROM person_order_touched")


def _with_places(raw: StoreConnection, order: "array[int]", touched: set[int]) -> "array[int]":
    """Return the order with everybody touched taken out and put where their names now belong."""
    order = array("q", (number for number in order if number not in touched))
    keys = raw.execute(
        "SELECT person_sort_key(given_name, family_name), rowid FROM person "
        "WHERE alias_of IS NULL AND rowid IN (SELECT person FROM person_order_touched)"
    )
    for key in sorted((bytes(sort_key), int(number)) for sort_key, number in keys):
        place = bisect_left(order, key, key=lambda number: _key_of(raw, number))
        order.insert(place, key[1])
    return order


def _key_of(raw: StoreConnection, number: int) -> _Key:
    sort_key = raw.execute(
        "SELECT person_sort_key(given_name, family_name) FROM person WHERE rowid = ?", (number,)
    ).fetchone()[0]
    return bytes(sort_key), number
