"""The door with 2,000 registrations and 20,000 people: finding somebody, and a mark on disk.

A check-in is measured from the call to the return of its commit (`synchronous = FULL`), as the
window sees it. The floor is one plain `sqlite3` insert and commit with the same pragmas.
"""

import random
import sqlite3
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from _crowd import Clock, Crowd, make_crowd
from report import Check, percentile, report

from mentor_desktop.services.attendance import check_in
from mentor_desktop.services.door import (
    DoorList,
    door_people,
    door_person,
    filter_door,
    with_person,
)
from mentor_desktop.services.today import today

FILTER_MS = 2.0
DURABLE_MS = 100.0
CHECK_INS = 400
STROKES = 2_000


def main() -> None:
    """Measure and print."""
    clock = Clock()
    with tempfile.TemporaryDirectory(prefix="mentor-bench-") as folder:
        crowd = make_crowd(Path(folder) / "w", clock, marked_slots=1)
        clock.now += timedelta(days=1)
        with crowd.workspace.reader() as uow:
            started = time.perf_counter()
            door = door_people(uow, crowd.workshop_id, crowd.slots[2])
            open_ms = (time.perf_counter() - started) * 1000
        filtered = strokes(door)
        durable, refreshed = check_ins(crowd, door)
        first_page_ms = first_page(crowd, clock)
        floor = plain_commits(Path(folder) / "plain.db")
        crowd.workspace.close()
    report(
        "door with 2,000 registrations",
        [
            Check("filter, p99 ms", percentile(filtered, 99), at_most=FILTER_MS),
            Check("check-in durable, p99 ms", percentile(durable, 99), at_most=DURABLE_MS),
        ],
        check_in_median_ms=round(percentile(durable, 50), 2),
        plain_commit_median_ms=round(percentile(floor, 50), 2),
        row_refreshed_p99_ms=round(percentile(refreshed, 99), 2),
        list_opened_ms=round(open_ms, 1),
        first_page_query_ms=round(first_page_ms, 1),
    )


def strokes(door: DoorList) -> list[float]:
    """Return the milliseconds of each answer while names are typed letter by letter."""
    dice = random.Random(3)
    took: list[float] = []
    while len(took) < STROKES:
        person = dice.choice(door.people)
        name = dice.choice((person.family_name, person.given_name, person.name))
        for length in range(1, min(len(name), 5) + 1):
            started = time.perf_counter()
            filter_door(door.people, name[:length])
            took.append((time.perf_counter() - started) * 1000)
    return took


def check_ins(crowd: Crowd, door: DoorList) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each check-in, and of bringing its row up to date."""
    durable, refreshed = [], []
    slot_id = crowd.slots[2]
    for registration_id in crowd.registrations[:CHECK_INS]:
        started = time.perf_counter()
        with crowd.workspace.unit_of_work() as uow:
            check_in(uow, registration_id=registration_id, slot_id=slot_id)
        durable.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        with crowd.workspace.reader() as uow:
            person = door_person(uow, registration_id, slot_id)
        door = with_person(door, person)
        refreshed.append((time.perf_counter() - started) * 1000)
    assert door.present == CHECK_INS
    return durable, refreshed


def first_page(crowd: Crowd, clock: Clock) -> float:
    """Return the milliseconds of the first page's query on a fresh connection."""
    connection = crowd.workspace.plain_connection()
    started = time.perf_counter()
    view = today(connection, clock())
    took = (time.perf_counter() - started) * 1000
    connection.close()
    assert view.on_now
    return took


def plain_commits(path: Path) -> list[float]:
    """Return the milliseconds of plain durable commits on this disk."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE mark (id INTEGER PRIMARY KEY, status TEXT)")
    took = []
    for _ in range(CHECK_INS):
        started = time.perf_counter()
        connection.execute("INSERT INTO mark (status) VALUES ('present')")
        took.append((time.perf_counter() - started) * 1000)
    connection.close()
    return took


if __name__ == "__main__":
    main()
