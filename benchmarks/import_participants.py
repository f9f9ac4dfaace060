"""10,000 participants from a CSV file into a workshop, beside the plainest thing that could do it.

The floor parses the same bytes with `csv.reader` and inserts the same rows, ready made, into the
same tables with the same text keys and indexes, in stdlib `sqlite3` (WAL, synchronous = FULL, one
transaction, no triggers, references unchecked). Beside it stands the bare floor: numbered rows
in two tables without an index, which nothing that is found again by its id can reach.
The import reads, maps, checks each value, looks for duplicates, keeps the history for undo,
the sorted order and the search index, and writes encrypted. Each run has other people: names that a
process has folded and weighed before would cost it nothing.
"""

import csv
import io
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from _crowd import ENDINGS, GIVEN, SYLLABLES, Clock, make_empty_workshop
from report import Check, report

from mentor_desktop.services.imports.run import ImportRequest, apply_import, preview_import
from mentor_desktop.store.workspace import Workspace

T = TypeVar("T")

ROWS = 10_000
RUNS = 5
MOST_TIMES_PLAIN = 3.0
TABLES = ("organisation", "person", "registration")
# A family name is in one alphabet.
LATIN = [one for one in SYLLABLES if one[0] < "\u0400"]
CYRILLIC = [one for one in SYLLABLES if one not in LATIN]
ALPHABETS, SHARES = ((LATIN, ENDINGS), (CYRILLIC, ("ва", "нов", "ски", "чев"))), (8, 1)
COLUMNS = [
    "participant_id",
    "given_name",
    "family_name",
    "name_latin",
    "badge_name",
    "email",
    "organisation",
    "sector",
    "country",
    "gender",
    "birth_year",
    "role",
    "preferred_language",
    "support_needs",
    "registration",
    "photo_consent",
]


def table(seed: int = 19, domain: str = "example.org") -> bytes:
    """Return the file, the same one every time."""
    dice = random.Random(seed)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for number in range(1, ROWS + 1):
        given = dice.choice(GIVEN)
        syllables, endings = dice.choices(ALPHABETS, SHARES)[0]
        family = "".join(dice.choices(syllables, k=3)) + dice.choice(endings)
        writer.writerow(
            (
                f"P{number:05}",
                given,
                family.capitalize(),
                "",
                given,
                f"user{number}@{domain}",
                f"School {dice.randrange(300)}",
                dice.choice(("ngo", "business", "public")),
                dice.choice(("LT", "RO", "CZ", "BG")),
                dice.choice(("female", "male")),
                dice.randrange(1950, 2008),
                dice.choice(("mentor", "trainer")),
                dice.choice(("lt", "ro", "en")),
                "",
                "confirmed",
                dice.choice(("yes", "no")),
            )
        )
    return text.getvalue().encode()


@dataclass(frozen=True)
class Stored:
    """What an import left in its tables: how they are made, and their rows."""

    statements: list[str]
    rows: dict[str, list[tuple[object, ...]]]


def stored(workspace: Workspace) -> Stored:
    """Read it back; without the workshop that the registrations name."""
    with workspace.reader() as uow:
        made = uow.raw.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index') "
            "AND tbl_name IN ('organisation', 'person', 'registration') ORDER BY type DESC"
        )
        statements = [row[0] for row in made]
        return Stored(
            statements,
            {name: uow.raw.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES},
        )


def plain(content: bytes, left: Stored, folder: Path) -> None:
    """Parse, and insert the very rows of an import into the very same tables."""
    list(csv.reader(io.StringIO(content.decode())))
    with closing(_opened(folder / "plain.db")) as connection:
        for statement in left.statements:
            connection.execute(statement)
        connection.execute("BEGIN IMMEDIATE")
        for name, rows in left.rows.items():
            holes = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {name} VALUES ({holes})", rows)
        connection.execute("COMMIT")


def bare(content: bytes, folder: Path) -> None:
    """Parse and insert into tables of numbered rows without any index: nothing can be less."""
    rows = list(csv.reader(io.StringIO(content.decode())))[1:]
    with closing(_opened(folder / "bare.db")) as connection:
        connection.execute(
            "CREATE TABLE person (id INTEGER PRIMARY KEY, given_name, family_name, name_latin, "
            "badge_name, email, organisation, sector, country, gender, birth_year, role, language, photo)"
        )
        connection.execute(
            "CREATE TABLE registration (id INTEGER PRIMARY KEY, person_id, reference, support, state)"
        )
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((n, *row[1:13], row[15]) for n, row in enumerate(rows)),
        )
        connection.executemany(
            "INSERT INTO registration VALUES (?, ?, ?, ?, ?)",
            ((n, n, row[0], row[13], row[14]) for n, row in enumerate(rows)),
        )
        connection.execute("COMMIT")


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


class Taken:
    """CPU and wall milliseconds of each step, by its name."""

    def __init__(self) -> None:
        self.cpu: dict[str, list[float]] = {}
        self.wall: dict[str, list[float]] = {}

    def time(self, name: str, act: Callable[[], T]) -> T:
        """Run it, note what it took and return its result."""
        cpu, wall = time.process_time(), time.perf_counter()
        result = act()
        self.wall.setdefault(name, []).append((time.perf_counter() - wall) * 1000)
        self.cpu.setdefault(name, []).append((time.process_time() - cpu) * 1000)
        return result

    def median(self, name: str) -> float:
        """Return the median CPU milliseconds."""
        return statistics.median(self.cpu[name])


def one_import(content: bytes, folder: Path, taken: Taken) -> Stored:
    """Import into a new workspace, check that everybody arrived, and return what it left."""
    workspace = make_empty_workshop(folder / "w", Clock())
    request = ImportRequest(
        kind="participants", file_name="people.csv", content=content, workshop="WS-LARGE"
    )
    preview = taken.time("look", lambda: preview_import(workspace, request))
    taken.time("write", lambda: apply_import(workspace, preview))
    left = stored(workspace)
    assert len(left.rows["registration"]) == ROWS
    workspace.close(with_backup=False)
    return left


def main() -> None:
    """Measure all in turns and print the line."""
    taken = Taken()
    for run in range(RUNS):
        content = table(seed=run)
        with tempfile.TemporaryDirectory(prefix="mentor-bench-") as folder:
            left = one_import(content, Path(folder), taken)
            taken.time("plain", partial(plain, content, left, Path(folder)))
            taken.time("bare", partial(bare, content, Path(folder)))
    whole = taken.median("look") + taken.median("write")
    report(
        "import of 10,000 participants",
        [Check("CPU: times plain", whole / taken.median("plain"), MOST_TIMES_PLAIN)],
        times_bare=round(whole / taken.median("bare"), 1),
        cpu_ms={name: round(taken.median(name), 1) for name in taken.cpu},
        wall_ms={name: round(statistics.median(got), 1) for name, got in taken.wall.items()},
    )


if __name__ == "__main__":
    main()
