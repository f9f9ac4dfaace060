"""What the record of changes and the derived tables cost, beside the same inserts without them.

One encrypted file with the real tables and triggers, one with the tables alone; marks and
people, in bulk and one commit each. Bounds are those the design was measured to.
"""

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from report import Check, report

from mentor_desktop.ids import new_id
from mentor_desktop.store import capture, derived
from mentor_desktop.store.connection import StoreConnection, connect
from mentor_desktop.store.engine import make_engine
from mentor_desktop.store.schema import upgrade

BULK = 20_000
SINGLE = 300
TURNS = 5
KEY = os.urandom(32)
TIME_MS = 1_773_129_900_000

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


def make(path: Path, *, with_triggers: bool) -> StoreConnection:
    """Return a connection to a new file with the real tables."""
    connect(path, KEY, create=True).close()
    engine = make_engine(path, KEY)
    upgrade(engine)
    if not with_triggers:
        with engine.connect() as connection:
            capture.drop_triggers(connection)
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


def bulk(connection: StoreConnection, sql: str, rows: list[tuple[object, ...]]) -> float:
    """Return the CPU seconds of one large transaction."""
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


def main() -> None:
    """Measure both files in turn and print the line."""
    works: dict[str, Callable[[StoreConnection], float]] = {
        "marks in bulk": lambda c: bulk(c, MARK, marks(BULK)),
        "people in bulk": lambda c: bulk(c, PERSON, people(BULK)),
        "marks, one commit each": lambda c: single(c, MARK, marks(SINGLE)),
    }
    taken: dict[str, dict[str, list[float]]] = {
        name: {"captured": [], "bare": []} for name in works
    }
    with TemporaryDirectory() as folder:
        for turn in range(TURNS):
            for kind in ("bare", "captured"):
                path = Path(folder) / f"{kind}{turn}.db"
                connection = make(path, with_triggers=kind == "captured")
                for name, work in works.items():
                    taken[name][kind].append(work(connection))
                connection.close()
                path.unlink()
    seconds = {
        name: {kind: min(values) for kind, values in one.items()} for name, one in taken.items()
    }
    extra = {
        name: (seconds[name]["captured"] - seconds[name]["bare"]) / BULK * 1e6
        for name in ("marks in bulk", "people in bulk")
    }
    one_commit = statistics.median(taken["marks, one commit each"]["captured"]) / SINGLE * 1000
    report(
        "the record of changes",
        [
            Check("a mark in bulk: microseconds more than bare", extra["marks in bulk"], 30),
            Check(
                "a person in bulk, with search and order: microseconds more",
                extra["people in bulk"],
                150,
            ),
            Check(
                "a mark, one commit: times bare",
                seconds["marks, one commit each"]["captured"]
                / seconds["marks, one commit each"]["bare"],
                2.0,
            ),
        ],
        cpu_s={
            name: {kind: round(value, 4) for kind, value in one.items()}
            for name, one in seconds.items()
        },
        one_commit_cpu_ms=round(one_commit, 3),
        rows=BULK,
    )


if __name__ == "__main__":
    main()
