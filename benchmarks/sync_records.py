"""Sending and fetching 100,000 records beside Anki's client and Anki's own server, on loopback.

Ours: two encrypted workspaces and a server on SQLite in a process of its own; the same on PostgreSQL
is told beside it, without a bound (the server's CPU is that of its process and of the database). A sync goes the whole way: sealing, signing, sending, checking, keeping; then
fetching, checking, applying with history, search and order. An idle sync is one of a program
that is running (its first of an hour, and one typed as a command, sign in as well). Anki's is its normal sync of as many
notes with the same fields. Both write before they are measured. Runs take turns; medians count.

Usage: sync_records.py [COUNT [RUNS]]
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import _anki
from _anki import Figures
from _peers import main as install_peers
from _postgresql import Postgresql, postgresql
from _sync_records import (
    Seed,
    Server,
    add_marks,
    free_port,
    marks_of,
    require_exchanged,
    sync,
    two_workspaces,
    write_table,
)
from report import Check, report

from mentor_desktop.sync.client import Client
from mentor_desktop.sync.engine import Engine

COUNT, RUNS = 100_000, 3
TIMES_ANKI = 2.5
BYTES_A_RECORD = 85
IDLE_BYTES = 3_000


def _loopback_bytes() -> int:
    for line in Path("/proc/net/dev").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name.strip() == "lo":
            return int(rest.split()[0])
    raise RuntimeError("this computer has no loopback interface")


class Measured:
    """Figures of each step, and the bytes that went over the loopback interface."""

    def __init__(self) -> None:
        self.figures: dict[str, list[Figures]] = {}
        self.bytes: dict[str, list[int]] = {}

    def note(self, name: str, figures: Figures) -> None:
        """Keep the figures of one step."""
        self.figures.setdefault(name, []).append(figures)

    def time(self, name: str, server: Server, act: Callable[[], None]) -> None:
        """Run a step of ours."""
        lo, before = _loopback_bytes(), server.cpu_s()
        cpu, wall = time.process_time(), time.perf_counter()
        act()
        figures = Figures(
            time.perf_counter() - wall,
            time.process_time() - cpu,
            server.cpu_s() - before,
        )
        self.note(name, figures)
        self.bytes.setdefault(name, []).append(_loopback_bytes() - lo)

    def wall(self, name: str) -> float:
        """Return the median wall seconds."""
        return statistics.median(one.wall_s for one in self.figures[name])

    def summary(self) -> dict[str, object]:
        """Return all medians, rounded."""
        return {
            name: {
                field: round(statistics.median(getattr(one, field) for one in figures), 3)
                for field in Figures._fields
            }
            for name, figures in self.figures.items()
        }


def ours(
    measured: Measured, folder: Path, seed: Seed, count: int, database: Postgresql | None = None
) -> None:
    """Send from one workspace, fetch in the other, then sync with nothing to do."""
    prefix = "postgresql" if database else "ours"
    folder = folder / prefix
    folder.mkdir()
    server = Server(folder / "server", database)
    try:
        with two_workspaces(folder, server, seed) as (first, second):
            add_marks(first, seed, count)
            measured.time(f"{prefix} push", server, lambda: sync(first))
            measured.time(f"{prefix} pull", server, lambda: sync(second))
            measured.time(f"{prefix} first idle", server, lambda: sync(second))
            engine = Engine(second, random.SystemRandom(), now_ms=lambda: time.time_ns() // 10**6)
            with Client(server.address) as client:
                client.drive(engine.sync())
                measured.time(
                    f"{prefix} idle",
                    server,
                    lambda: require_exchanged(client.drive(engine.sync())),
                )
            assert marks_of(second) == count
    finally:
        server.stop()


def anki(measured: Measured, folder: Path, table: Path) -> None:
    """Measure the peer."""
    up, down = _anki.measure(table, folder, free_port())
    measured.note("anki push", up)
    measured.note("anki pull", down)


def main(count: int = COUNT, runs: int = RUNS) -> None:
    """Measure both in turns and print the line."""
    install_peers()
    measured, size = Measured(), 0.0
    for _run in range(runs):
        with tempfile.TemporaryDirectory(prefix="mentor-bench-") as name:
            folder, seed = Path(name), Seed()
            size = write_table(folder / "records.csv", seed, count)
            (folder / "anki").mkdir()
            anki(measured, folder / "anki", folder / "records.csv")
            ours(measured, folder, seed, count)
            with postgresql() as database:
                ours(measured, folder, seed, count, database)
    report(
        f"sync of {count:,} records",
        [
            Check("push: times Anki", measured.wall("ours push") / measured.wall("anki push"), TIMES_ANKI),
            Check("pull: times Anki", measured.wall("ours pull") / measured.wall("anki pull"), TIMES_ANKI),
            Check("push: bytes a record", statistics.median(measured.bytes["ours push"]) / count, BYTES_A_RECORD),
            Check("pull: bytes a record", statistics.median(measured.bytes["ours pull"]) / count, BYTES_A_RECORD),
            Check("idle sync: bytes", statistics.median(measured.bytes["ours idle"]), IDLE_BYTES),
        ],
        bytes_of_a_record_as_json=round(size),
        bytes_of={name: statistics.median(found) for name, found in measured.bytes.items()},
        figures=measured.summary(),
    )  # fmt: skip


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
