"""What the record of changes and the derived tables cost, beside the same inserts without them.

Encrypted files with the real tables: bare, with the triggers of the record of changes, and with
all triggers; marks, slots (five groups of fields) and people, in bulk and one commit each. Told
without a bound: all five groups of a slot changed at once, which writes five changes.
"""

import math
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from report import Check, report

from mentor_desktop.ids import new_id
from mentor_desktop.store import capture, derived
from mentor_desktop.store.bulk import insert_many
from mentor_desktop.store.connection import StoreConnection, connect
from mentor_desktop.store.engine import make_engine
from mentor_desktop.store.schema import upgrade

BULK = 20_000
SINGLE = 300
TURNS = 5
KEY = os.urandom(32)
TIME_MS = 1_773_129_900_000
PARSED = re.compile(r"INSERT INTO (\w+) \(([^)]*)\) VALUES \(([^)]*)\)")
BARE, CAPTURE, ALL = KINDS = ("bare", "captured", "all")

PERSON = (
    "INSERT INTO person (id, given_name, family_name, name_latin, badge_name, name_on_certificate, email, "
    "phone, country, gender, roles, preferred_language, photo_choice, note, created_at) "
    "VALUES (?, ?, ?, '', '', '', ?, '', 'LT', 'undisclosed', '[]', '', 'not_asked', '', ?)"
)
MARK = (
    "INSERT INTO attendance_mark (id, workshop_id, registration_id, slot_id, status, gaps, method, by, at, "
    "tz_offset_min, device, reason_code, note, correction_reason, supersedes) "
    "VALUES (?, 'w', ?, 's', 'present', '[]', 'typed', 'Rasa', ?, 60, 'A', '', '', '', '[]')"
)

SLOT = (
    "INSERT INTO slot (id, workshop_id, code, day, seq, held_on, starts_at, ends_at) "
    "VALUES (?, 'w', ?, ?, ?, '2026-03-10', ?, ?)"
)
# Each of its five groups: workshop, code, day, place in the order, and period.
CHANGE_SLOT = (
    "UPDATE slot SET workshop_id = 'v', code = ?, day = ?, seq = ?, starts_at = ? WHERE id = ?"
)


def make(path: Path, triggers: str) -> StoreConnection:
    """Return a connection to a new file with the real tables and BARE, CAPTURE or ALL triggers."""
    connect(path, KEY, create=True).close()
    engine = make_engine(path, KEY)
    upgrade(engine)
    with engine.connect() as connection:
        if triggers == BARE:
            capture.drop_triggers(connection)
        if triggers != ALL:
            derived.drop(connection)
        connection.commit()
    engine.dispose()
    opened = connect(path, KEY)
    # Marks of nobody: what is measured is the writing, not the references.
    opened.execute("PRAGMA foreign_keys = OFF")
    opened.current_txn = 1
    return opened


def people(count: int) -> list[tuple[object, ...]]:
    """Return rows for `PERSON`."""
    return [
        (new_id(), f"Given{n}", f"Family{n}", f"p{n}@example.org", TIME_MS) for n in range(count)
    ]


def marks(count: int) -> list[tuple[object, ...]]:
    """Return rows for `MARK`."""
    return [(new_id(), f"registration{n % 2000}", TIME_MS) for n in range(count)]


def slots(count: int) -> list[tuple[object, ...]]:
    """Return rows for `SLOT`."""
    return [(new_id(), f"S{n}", n % 5, n, TIME_MS, TIME_MS + 3_600_000) for n in range(count)]


def changed_slots(connection: StoreConnection) -> list[tuple[object, ...]]:
    """Return what `CHANGE_SLOT` needs to change every group of the slots there are."""
    found = connection.execute("SELECT id FROM slot ORDER BY id").fetchall()
    return [(f"T{n}", n % 5 + 1, n + 1, TIME_MS + 60_000, row[0]) for n, row in enumerate(found)]


def insert(connection: StoreConnection, sql: str, rows: list[tuple[object, ...]]) -> float:
    """Return the CPU seconds of inserting rows in one transaction, as the program does it.

    Without triggers a row a statement is as quick or quicker: then the better of both counts.
    """
    table, names, values = PARSED.fullmatch(sql).groups()  # type: ignore[union-attr]  # our own
    wanted, constants = [], {}
    for name, value in zip(names.split(", "), values.split(", "), strict=True):
        if value == "?":
            wanted.append(name)
        else:
            constants[name] = value.strip("'") if "'" in value else int(value)
    started = time.process_time()
    connection.execute("BEGIN IMMEDIATE")
    insert_many(connection, table, wanted, rows, constants)
    connection.execute("COMMIT")
    return time.process_time() - started


def bulk(connection: StoreConnection, sql: str, rows: list[tuple[object, ...]]) -> float:
    """Return the CPU seconds of one large transaction with a statement for each row."""
    started = time.process_time()
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(sql, rows)
    connection.execute("COMMIT")
    return time.process_time() - started


def single(connection: StoreConnection, sql: str, rows: list[tuple[object, ...]]) -> float:
    """Return the CPU seconds of a commit for each row."""
    started = time.process_time()
    for row in rows:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(sql, row)
        connection.execute("COMMIT")
    return time.process_time() - started


SQL = {"marks": MARK, "slots": SLOT, "people": PERSON}
WORKS: dict[str, Callable[[StoreConnection], float]] = {
    "marks": lambda c: insert(c, MARK, marks(BULK)),
    "slots": lambda c: insert(c, SLOT, slots(BULK)),
    "slots changed": lambda c: bulk(c, CHANGE_SLOT, changed_slots(c)),
    "people": lambda c: insert(c, PERSON, people(BULK)),
    "marks one by one": lambda c: single(c, MARK, marks(SINGLE)),
}


def measured() -> dict[str, dict[str, float]]:
    """Return the least CPU seconds of each work with each kind of file, measured in turns."""
    taken = {name: dict.fromkeys(KINDS, math.inf) for name in WORKS}
    with TemporaryDirectory() as folder:
        for turn in range(TURNS):
            for kind in KINDS:
                path = Path(folder) / f"{kind}{turn}.db"
                connection = make(path, kind)
                for name, work in WORKS.items():
                    taken[name][kind] = min(taken[name][kind], work(connection))
                connection.close()
                path.unlink()
            path = Path(folder) / f"statements{turn}.db"
            connection = make(path, BARE)
            for name, rows in (("marks", marks), ("slots", slots), ("people", people)):
                by_statement = bulk(connection, SQL[name], rows(BULK))
                taken[name][BARE] = min(taken[name][BARE], by_statement)
            connection.close()
            path.unlink()
    return taken


def main() -> None:
    """Measure the kinds of file in turns and print the line."""
    taken = measured()

    def times(name: str, kind: str) -> float:
        return taken[name][kind] / taken[name][BARE]

    def more_us(name: str) -> float:
        return (taken[name][ALL] - taken[name][BARE]) / BULK * 1e6

    report(
        "the record of changes",
        [
            Check("marks in bulk, captured: times bare", times("marks", CAPTURE), 2.5),
            Check("the same with the derived tables", times("marks", ALL), 2.5),
            Check("records of five groups in bulk, captured: times bare", times("slots", CAPTURE), 4),
            Check("a mark in bulk: microseconds more than bare", more_us("marks"), 30),
            Check("a person in bulk, with search and order: microseconds more", more_us("people"), 150),
            Check("marks, one commit each: times bare", times("marks one by one", ALL), 2.0),
        ],
        five_groups_changed_times_bare=round(times("slots changed", CAPTURE), 2),
        cpu_us_each={
            name: {
                kind: round(value / (SINGLE if "one by one" in name else BULK) * 1e6, 2)
                for kind, value in one.items()
            }
            for name, one in taken.items()
        },
        rows=BULK,
    )  # fmt: skip


if __name__ == "__main__":
    main()
