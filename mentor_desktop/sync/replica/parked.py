"""Which rows their tables can hold: those that are alive and whose parents are there.

The others are parked. When the parent comes they come back; when it goes they go with it.
"""

import json
from collections.abc import Iterable, Mapping

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.operations import Value
from mentor_desktop.sync.replica.digests import Digests, Key
from mentor_desktop.sync.replica.entities import entities
from mentor_desktop.sync.replica.rows import Book, OpenRow
from mentor_desktop.sync.replica.state import Numbers


class Presence:
    """Decides for the rows of a book which are present, opening those that hang on them."""

    def __init__(self, raw: StoreConnection, book: Book) -> None:
        self._raw = raw
        self._book = book
        self._has_parked = _has_parked(raw)
        # What each row that is looked at would show, and which of its parents must be there.
        self.merged: dict[Key, dict[str, Value]] = {}
        self._parents: dict[Key, list[Key]] = {}
        self._in_table: dict[Key, bool] = {}
        self._seen: set[Key] = set()
        self.looked_at: set[Key] = set()

    def decide(self, also_new: Iterable[Key] = ()) -> dict[Key, bool]:
        """Return for each open row whether its table holds it after this page.

        `also_new` are rows that came into their tables already, past the book.
        """
        fresh = set(also_new)
        self._open_waiting(fresh)
        while True:
            self._look_at_new()
            present = self._settled()
            gone = {
                key for key in self.looked_at if self._book.rows[key].shown is not None
            } - present
            came = {key for key in present if self._book.rows[key].shown is None}
            known = len(self._book.rows)
            candidates = len(self.looked_at)
            self._open_children(gone)
            self._open_waiting(came)
            if len(self._book.rows) == known and len(self.looked_at) == candidates:
                break
        return {
            key: key in present if key in self.looked_at else row.shown is not None
            for key, row in self._book.rows.items()
        }

    def store(self, present: Mapping[Key, bool]) -> None:
        """Write down which rows are parked, and for which parents they wait."""
        if self._has_parked:
            self._raw.executemany(
                "DELETE FROM sync_parked WHERE entity = ? AND row = ?", sorted(self.looked_at)
            )
        waiting = [
            (*key, *parent)
            for key, parents in self._parents.items()
            if not present[key]
            for parent in parents
            if not self._is_there(parent, present)
        ]
        self._raw.executemany(
            "INSERT INTO sync_parked (entity, row, parent_entity, parent) VALUES (?, ?, ?, ?)",
            waiting,
        )

    def _look_at_new(self) -> None:
        """Take up the rows whose presence may differ from before."""
        for key, row in self._book.rows.items():
            if key in self._seen:
                continue
            self._seen.add(key)
            if not row.is_complete:
                if row.shown is not None or self._has_parked:
                    self.looked_at.add(key)
                continue
            if row.shown is None or _refers_elsewhere(row, row.shown):
                self._take_up(key, row)

    def _take_up(self, key: Key, row: OpenRow) -> None:
        self.looked_at.add(key)
        if row.is_complete:
            merged = self.merged[key] = row.merged()
            self._parents[key] = list(
                dict.fromkeys(
                    (parent, str(merged[column]))
                    for column, parent in entities()[row.entity].parents
                    if merged[column] is not None
                )
            )

    def _settled(self) -> set[Key]:
        """Return the largest set of rows in which nobody lacks a parent."""
        self._look_up_parents()
        kept = set(self._parents)
        while True:
            lacking = {
                key
                for key in kept
                if not all(self._is_kept(parent, kept) for parent in self._parents[key])
            }
            if not lacking:
                return kept
            kept -= lacking

    def _is_kept(self, parent: Key, kept: set[Key]) -> bool:
        if parent in self.looked_at:
            return parent in kept
        row = self._book.rows.get(parent)
        return row.shown is not None if row is not None else self._in_table[parent]

    def _is_there(self, parent: Key, present: Mapping[Key, bool]) -> bool:
        there = present.get(parent)
        return self._in_table[parent] if there is None else there

    def _look_up_parents(self) -> None:
        wanted: dict[str, set[str]] = {}
        for parents in self._parents.values():
            for parent in parents:
                if parent not in self._in_table and parent not in self._book.rows:
                    wanted.setdefault(parent[0], set()).add(parent[1])
        for entity, rows in wanted.items():
            found = in_table(self._raw, entity, rows)
            self._in_table |= {(entity, row): row in found for row in rows}

    def _open_children(self, gone: set[Key]) -> None:
        """Open the rows of the tables that refer to rows that go."""
        by_entity: dict[str, list[str]] = {}
        for entity, row in gone:
            by_entity.setdefault(entity, []).append(row)
        for entity, rows in by_entity.items():
            for child, column in entities()[entity].children:
                found = self._raw.execute(
                    f'SELECT t.id FROM json_each(?) j CROSS JOIN "{child}" t ON t."{column}" = j.value',
                    (json.dumps(rows),),
                )
                keys = [(child, row) for (row,) in found.fetchall()]
                self._book.open(keys, 0)
                self._look_at_new()
                for key in keys:
                    if key not in self.looked_at:
                        self._take_up(key, self._book.rows[key])

    def _open_waiting(self, came: Iterable[Key]) -> None:
        if self._has_parked:
            self._book.open(waiting_for(self._raw, came), 0)


def _refers_elsewhere(row: OpenRow, shown: Mapping[str, Value]) -> bool:
    """Say whether a row has another parent than its table shows."""
    entity = entities()[row.entity]
    for column, _parent in entity.parents:
        group = entity.group_of[column]
        if group in row.state.heads and row.shown_by(group, (column,))[column] != shown[column]:
            return True
    return False


def release_waiting(
    raw: StoreConnection, numbers: Numbers, digests: Digests, came: Iterable[Key]
) -> list[Key]:
    """Put back the rows that waited for parents which this device itself brought back."""
    if not _has_parked(raw):
        return []
    came = list(came)
    raw.executemany("DELETE FROM sync_parked WHERE entity = ? AND row = ?", came)
    book = Book(raw, numbers, digests)
    book.open(waiting_for(raw, came), 0)
    presence = Presence(raw, book)
    present = presence.decide()
    put_back = [
        key for key, is_there in present.items() if is_there and book.rows[key].shown is None
    ]
    insert_rows(raw, [(key, presence.merged[key]) for key in put_back])
    presence.store(present)
    book.write(present)
    return put_back


def insert_rows(raw: StoreConnection, rows: Iterable[tuple[Key, Mapping[str, Value]]]) -> None:
    """Put rows into their tables, parents first."""
    by_entity: dict[str, list[tuple[Value, ...]]] = {}
    for (entity, row), values in rows:
        by_entity.setdefault(entity, []).append((row, *values.values()))
    for entity in sorted(by_entity, key=lambda name: entities()[name].rank):
        names = ("id", *entities()[entity].columns)
        columns = ", ".join(f'"{name}"' for name in names)
        holes = ", ".join("?" * len(names))
        raw.executemany(f'INSERT INTO "{entity}" ({columns}) VALUES ({holes})', by_entity[entity])


def waiting_for(raw: StoreConnection, came: Iterable[Key]) -> list[Key]:
    """Return the parked rows that wait for one of these."""
    by_entity: dict[str, list[str]] = {}
    for entity, row in came:
        by_entity.setdefault(entity, []).append(row)
    waiting: list[Key] = []
    for entity, rows in by_entity.items():
        found = raw.execute(
            "SELECT p.entity, p.row FROM json_each(?) j CROSS JOIN sync_parked p "
            "ON p.parent_entity = ? AND p.parent = j.value",
            (json.dumps(rows), entity),
        )
        waiting += found.fetchall()
    return waiting


def in_table(raw: StoreConnection, entity: str, rows: Iterable[str]) -> set[str]:
    """Return which of these ids a table holds."""
    found = raw.execute(
        f'SELECT t.id FROM json_each(?) j CROSS JOIN "{entity}" t ON t.id = j.value',
        (json.dumps(list(rows)),),
    )
    return {row for (row,) in found}


def _has_parked(raw: StoreConnection) -> bool:
    return raw.execute("SELECT 1 FROM sync_parked LIMIT 1").fetchone() is not None
