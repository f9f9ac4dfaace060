"""What encryption costs: the store's own connections beside stdlib SQLite with the same pragmas.

The same rows, indexes and full-text index in both files; CPU time, because two programs
share the disk; the least of several turns, taken in alternation. stdlib SQLite is the one
Python came with (its version is in the line), SQLCipher brings its own.
"""

import gc
import os
import sqlite3
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from report import Check, report

from mentor_desktop.ids import new_id
from mentor_desktop.store.connection import connect

PEOPLE = 60_000
SEARCHES = 400
POINT_READS = 20_000
TURNS = 7
KEY = os.urandom(32)
PRAGMAS = (
    "PRAGMA cache_size = -65536",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA wal_autocheckpoint = 4000",
)
COLUMNS = "id TEXT PRIMARY KEY, given TEXT, family TEXT, email TEXT, country TEXT, note TEXT"
SYLLABLES = ("ka", "ri", "mon", "ste", "vel", "du", "ža", "ną", "šo", "ber", "ti", "lau")

Connection = Any  # two modules with one interface


def people() -> list[tuple[str, ...]]:
    """Return made-up people, each with a note of some length."""
    rows: list[tuple[str, ...]] = []
    for number in range(PEOPLE):
        given, family = (
            "".join(SYLLABLES[(number // step + shift) % len(SYLLABLES)] for step in (1, 12, 144))
            for shift in (0, 5)
        )
        email = f"{given}.{family}.{number}@example.org"
        rows.append((new_id(), given, family, email, "LT", f"{family} {number} " * 12))
    return rows


def open_plain(path: Path) -> Connection:
    """Open a file with stdlib SQLite, as the store would."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection


def open_encrypted(path: Path) -> Connection:
    """Open a file as the store does."""
    return connect(path, KEY, create=True)


def write(connection: Connection, rows: list[tuple[str, ...]]) -> None:
    """Insert everybody in one transaction, with two indexes to keep."""
    connection.execute(f"CREATE TABLE person ({COLUMNS})")
    connection.execute("CREATE INDEX by_country ON person (country, family)")
    connection.execute("CREATE INDEX by_email ON person (email)")
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO person VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.execute("COMMIT")


def index(connection: Connection) -> None:
    """Build an index and the full-text index over what is there."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("CREATE INDEX by_name ON person (family, given)")
    connection.execute(
        "CREATE VIRTUAL TABLE found USING fts5(folded, content='', prefix='2 3', detail='none')"
    )
    connection.execute(
        "INSERT INTO found (rowid, folded) SELECT rowid, given || ' ' || family || ' ' || email FROM person"
    )
    connection.execute("COMMIT")


def read_points(connection: Connection, ids: list[str]) -> None:
    """Read people one by one."""
    for one in ids:
        connection.execute("SELECT * FROM person WHERE id = ?", (one,)).fetchone()


def read_all(connection: Connection) -> None:
    """Read everybody in the order of an index."""
    connection.execute("SELECT id, given, family FROM person ORDER BY family, given").fetchall()


def search(connection: Connection) -> None:
    """Search as somebody types two to four letters."""
    for number in range(SEARCHES):
        word = "".join(SYLLABLES[(number + step) % len(SYLLABLES)] for step in (0, 3))
        connection.execute(
            "SELECT p.id FROM found f JOIN person p ON p.rowid = f.rowid WHERE found MATCH ? LIMIT 50",
            (f"{word[: 2 + number % 3]}*",),
        ).fetchall()


def scan(connection: Connection) -> None:
    """Look at every page."""
    connection.execute("SELECT sum(length(note)), sum(length(email)) FROM person").fetchone()


def cpu_ms(work: Callable[[], object]) -> float:
    """Return the processor time of some work in milliseconds."""
    gc.collect()
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def measure(opened: dict[str, Callable[[Path], Connection]], folder: Path) -> dict[str, Any]:
    """Return the least time of each work, by work and by kind of file."""
    rows = people()
    ids = [row[0] for row in rows[:: PEOPLE // POINT_READS]]
    times: dict[str, dict[str, float]] = {}

    def take(name: str, kind: str, work: Callable[[], object]) -> None:
        best = times.setdefault(name, {})
        best[kind] = min(best.get(kind, float("inf")), cpu_ms(work))

    for turn in range(TURNS):
        for kind, open_one in opened.items():
            path = folder / f"{kind}{turn}.db"
            connection = open_one(path)
            take("bulk write", kind, partial(write, connection, rows))
            take("index build", kind, partial(index, connection))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            connection = open_one(path)
            take("cold scan", kind, partial(scan, connection))
            warm = {
                "point reads": partial(read_points, connection, ids),
                "list": partial(read_all, connection),
                "search": partial(search, connection),
            }
            for name, work in warm.items():
                work()
                take(name, kind, work)
            connection.close()
            path.unlink()
    return times


def main() -> None:
    """Measure both kinds of file in turn and print the line."""
    with TemporaryDirectory() as folder:
        times = measure({"plain": open_plain, "encrypted": open_encrypted}, Path(folder))
        with_key = connect(Path(folder) / "version.db", KEY, create=True)
        version = with_key.execute("SELECT sqlite_version()").fetchone()[0]
        with_key.close()
    limits = {
        "point reads": 1.3,
        "list": 1.3,
        "search": 1.3,
        "bulk write": 1.5,
        "index build": 1.5,
        "cold scan": 2.5,
    }
    checks = [
        Check(f"{name}: times stdlib SQLite", one["encrypted"] / one["plain"], limits[name])
        for name, one in times.items()
    ]
    report(
        "an encrypted store",
        checks,
        people=PEOPLE,
        cpu_ms=times,
        stdlib=sqlite3.sqlite_version,
        sqlcipher=version,
    )


if __name__ == "__main__":
    main()
