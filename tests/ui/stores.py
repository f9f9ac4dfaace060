"""A small real store for tests of the window: names in one SQLite table."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mentor_desktop.changes import Changes


@dataclass
class Uow:
    """One connection; `commit` says what changed, as the real one does."""

    connection: sqlite3.Connection
    txn: int
    written: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        self.connection.execute("insert into person(name) values (?)", (name,))
        self.written.append(name)

    def names(self) -> list[str]:
        return [row[0] for row in self.connection.execute("select name from person order by rowid")]

    def commit(self, action: str = "") -> Changes:
        self.connection.commit()
        return Changes({"person": frozenset(self.written)}, self.txn, action)


class SqliteStore:
    """Opens a connection for each unit of work and remembers which thread asked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._txn = 0
        self.threads: set[int] = set()
        with sqlite3.connect(path) as connection:
            connection.execute("pragma journal_mode=wal")
            connection.execute("create table person(name text)")
        connection.close()

    @contextmanager
    def unit_of_work(self) -> Iterator[Uow]:
        self._txn += 1
        self.threads.add(threading.get_ident())
        connection = sqlite3.connect(self._path, timeout=10)
        try:
            yield Uow(connection, self._txn)
        finally:
            connection.rollback()
            connection.close()

    reader = unit_of_work


def add_person(uow: Uow, *, name: str) -> Changes:
    """Add a name."""
    uow.add(name)
    return uow.commit(f"Added {name}")
