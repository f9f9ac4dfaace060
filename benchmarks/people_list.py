"""The list of people without its window: order, pages and search, at 100,000 and 1,000,000.

Usage: python benchmarks/people_list.py   (makes a workspace of each size in a temporary folder;
two minutes)

Each size is measured cold, in a process of its own: opening the list (the whole order and the
first page) and what it adds to memory, again with 100 people renamed since the order was packed,
pages at random places, and searching as people type. The window's share is measured elsewhere.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from _crowd import ENDINGS, GIVEN, SYLLABLES
from report import Check, percentile, report

from mentor_desktop.ids import new_id
from mentor_desktop.services.people import (
    change_person,
    listed_rows,
    person_order,
    person_rows,
    search_people,
)
from mentor_desktop.store import derived
from mentor_desktop.store.workspace import Workspace

SIZES = {100_000: 60.0, 1_000_000: 250.0}  # people: CPU milliseconds to open the list
MEMORY_MB = 25.0
PAGE_MS = 8.0  # half a frame: the other half paints
SEARCH_MS = 40.0  # of the 50 until the answer is painted
PAGE = 128
JUMPS = 300
RENAMED = 100

TYPED = ("s", "an", "jur", "jurate", "пе", "do", "žu la", "peter s", "user42", "user777@exam")
# The store's own secret matters to nobody here, and Argon2 would be measured with it.
PASSPHRASE = "benchmark people list"

_INSERT = (
    "INSERT INTO person (id, given_name, family_name, name_latin, badge_name, name_on_certificate, "
    "email, phone, country, gender, birth_year, organisation_id, roles, preferred_language, "
    "photo_choice, note, created_at) VALUES "
    "(?, ?, ?, '', '', '', ?, '', 'LT', 'undisclosed', ?, ?, '[\"mentor\"]', 'lt', 'not_asked', '', 0)"
)
_INSERT_ORGANISATION = (
    "INSERT INTO organisation (id, name, name_latin, short_name, sector, subtype, kind, country, "
    "city, address, oid, pic, website, project_roles, legal_representative, "
    "legal_representative_function) "
    "VALUES (?, ?, '', '', 'ngo', '', 'external', 'LT', '', '', '', '', '', '[]', '', '')"
)


def clock() -> datetime:
    """Return the same moment always."""
    return datetime(2026, 3, 10, 8, tzinfo=UTC)


def people(count: int, organisations: list[str]) -> Iterator[tuple[object, ...]]:
    """Yield invented people, the same ones every time."""
    dice = random.Random(7)
    for number in range(count):
        family = "".join(dice.choices(SYLLABLES, k=dice.choice((1, 2, 2, 3)))) + dice.choice(
            ENDINGS
        )
        yield (
            new_id(),
            dice.choice(GIVEN),
            family.capitalize(),
            f"user{number}@example.org",
            dice.randrange(1950, 2008),
            dice.choice(organisations),
        )


def make(root: Path, count: int) -> bytes:
    """Make a workspace of `count` people and return its key."""
    workspace, _code = Workspace.create(root, PASSPHRASE, clock=clock)
    with workspace.engine().connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.is_capture_silent = True  # a history of invented people would double the file
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        derived.drop(connection)
        organisations = [new_id() for _number in range(500)]
        raw.executemany(
            _INSERT_ORGANISATION,
            ((one, f"Organisation {number}") for number, one in enumerate(organisations)),
        )
        raw.executemany(_INSERT, people(count, organisations))
        derived.create(connection)
        connection.commit()
        raw.is_capture_silent = False
    key = workspace.key
    workspace.close()
    return key


def rss_mb() -> float:
    """Return the memory of this process that is in use now."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def measure(root: Path, key: bytes) -> dict[str, object]:
    """Open the list in a workspace nobody has read from yet, then scroll, search and rename."""
    workspace = Workspace.open(root, key, clock=clock)
    with workspace.reader() as uow:
        uow.raw.execute("SELECT 1").fetchone()
    figures: dict[str, object] = {
        f"open_{name}": value for name, value in _opening(workspace).items()
    }
    figures["page_ms"] = _paging(workspace)
    figures["search_ms"] = _searching(workspace)
    with workspace.reader() as uow:
        numbers = random.Random(5).sample(list(person_order(uow)), RENAMED)
        ids = [row.id for row in person_rows(uow, numbers)]
    for person_id in ids:
        with workspace.unit_of_work() as uow:
            change_person(uow, person_id, family_name="Žalgiris")
    figures |= {f"renamed_{name}": value for name, value in _opening(workspace).items()}
    workspace.close()
    return figures


def _opening(workspace: Workspace) -> dict[str, float]:
    before_mb, cpu, wall = rss_mb(), time.process_time(), time.perf_counter()
    with workspace.reader() as uow:
        order = person_order(uow)
        rows = listed_rows(uow, order[:PAGE])
    taken = {
        "cpu_ms": (time.process_time() - cpu) * 1000,
        "wall_ms": (time.perf_counter() - wall) * 1000,
        "mb": rss_mb() - before_mb,
        "people": len(order),
    }
    assert len(rows) == PAGE
    return taken


def _paging(workspace: Workspace) -> float:
    """Return the 99th percentile of reading a page at a random place, CPU ms."""
    dice = random.Random(3)
    taken = []
    with workspace.reader() as uow:
        order = person_order(uow)
        for _jump in range(JUMPS):
            start = dice.randrange(len(order) - PAGE)
            began = time.process_time()
            listed_rows(uow, order[start : start + PAGE])
            taken.append((time.process_time() - began) * 1000)
    return percentile(taken, 99)


def _searching(workspace: Workspace) -> dict[str, float]:
    """Return the slower of two answers for each text typed, in CPU milliseconds."""
    answers = {}
    for typed in TYPED:
        taken = []
        for _again in range(2):
            began = time.process_time()
            with workspace.reader() as uow:
                search_people(uow, typed)
            taken.append((time.process_time() - began) * 1000)
        answers[typed] = round(max(taken), 2)
    return answers


def main() -> None:
    """Measure each size and print the line."""
    checks: list[Check] = []
    figures: dict[str, object] = {}
    for count, limit_ms in SIZES.items():
        with tempfile.TemporaryDirectory(prefix="people-list-") as folder:
            root = Path(folder) / "workspace"
            began = time.process_time()
            key = make(root, count)
            made_s = time.process_time() - began
            command = [sys.executable, __file__, str(root), key.hex()]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        got = json.loads(done.stdout)
        checks += [
            Check(f"{count:,} people: open the list, CPU ms", got["open_cpu_ms"], limit_ms),
            Check(f"{count:,} people: memory added, MB", got["open_mb"], MEMORY_MB),
            Check(
                f"{count:,} people: open after 100 names, CPU ms", got["renamed_cpu_ms"], limit_ms
            ),
            Check(f"{count:,} people: a page anywhere, p99 CPU ms", got["page_ms"], PAGE_MS),
            Check(
                f"{count:,} people: search, slowest CPU ms",
                max(got["search_ms"].values()),
                SEARCH_MS,
            ),
        ]
        figures[str(count)] = {**got, "made_cpu_s": round(made_s, 1)}
    report("people: order, pages and search", checks, sizes=figures)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))))
    else:
        main()
