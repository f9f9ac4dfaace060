"""100,000 marks of attendance of about 300 bytes, as a table and in two workspaces of one server."""

import csv
import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from _anki import wait_for_port
from _postgresql import Postgresql, tree_cpu_s

from mentor_desktop.cli.sync_command import synced
from mentor_desktop.ids import new_id
from mentor_desktop.progress import NO_PROGRESS
from mentor_desktop.store.bulk import insert_many
from mentor_desktop.store.device import Newcomer
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import joining
from mentor_desktop.sync.client import Client
from mentor_desktop.sync.keys.invitations import parse_invitation
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.replica.entities import entities
from mentor_desktop.sync.status import SyncStatus

PLACES, SLOTS = 500, 200
ACTION = 1_000
# Fourteen of these are a note of the length that the peers' records have.
WORDS = (  # noqa: SIM905  # a list of words reads as text
    "came after the break and signed the sheet; certificate goes by mail; left for a doctor; "
    "camera off but answered; worked with another trainee; asked for the slides"
).split()
STATUSES = ("present", "absent", "late", "excused")
_PASSPHRASE = "only in this benchmark"
_START_MS = 1_773_129_600_000


def clock() -> datetime:
    """Return the time of this computer."""
    return datetime.now(UTC)


class Seed:
    """A workshop of 500 places and 200 half-days: a mark for each pair makes 100,000."""

    def __init__(self) -> None:
        self.workshop = new_id()
        self.people = [new_id() for _ in range(PLACES)]
        self.places = [new_id() for _ in range(PLACES)]
        self.slots = [new_id() for _ in range(SLOTS)]

    def marks(self, count: int) -> Iterator[tuple[str, str, str, str, int, str]]:
        """Yield id, place, slot, status, time and note of each mark."""
        dice = random.Random(7)
        for number in range(count):
            yield (
                new_id(),
                self.places[number % PLACES],
                self.slots[number // PLACES],
                dice.choice(STATUSES),
                _START_MS + dice.randrange(30_000_000_000),
                " ".join(dice.choice(WORDS) for _ in range(14)),
            )


def write_table(path: Path, seed: Seed, count: int) -> float:
    """Write the marks as CSV for the peer; return the mean bytes of a record as JSON."""
    names = ("id", "session_id", "participant_id", "status", "marked_at", "note")
    size = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for mark in seed.marks(count):
            row = (*mark[:4], datetime.fromtimestamp(mark[4] / 1000, UTC).isoformat(), mark[5])
            size += len(json.dumps(dict(zip(names, row, strict=True)), separators=(",", ":")))
            writer.writerow(row)
    return size / count


def free_port() -> int:
    """Return a port of the loopback interface that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Server:
    """A `mentor-server` of its own process on loopback."""

    def __init__(self, folder: Path, database: Postgresql | None = None) -> None:
        self._folder, self._database = folder, database
        self._run("init", *(("--database", database.url) if database else ()))
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [*self._command("serve"), "--port", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        wait_for_port(port)

    def cpu_s(self) -> float:
        """Return the CPU seconds of the process so far, and of its PostgreSQL."""
        database = tree_cpu_s(self._database.pid) if self._database else 0.0
        return tree_cpu_s(self._process.pid) + database

    def invite(self, *options: str) -> str:
        """Return an invitation as a link."""
        return str(json.loads(self._run("invite", *options, "--json"))["link"])

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(20)

    def _command(self, name: str) -> list[str]:
        return [
            sys.executable,
            "-m",
            "mentor_desktop.server",
            "--folder",
            str(self._folder),
            name,
        ]

    def _run(self, name: str, *options: str) -> str:
        done = subprocess.run(
            [*self._command(name), *options],
            check=True,
            capture_output=True,
            text=True,
            env=_environment(),
        )
        return done.stdout


@contextmanager
def two_workspaces(
    folder: Path, server: Server, seed: Seed
) -> Iterator[tuple[Workspace, Workspace]]:
    """Give a workspace with the seed and a second device of it that has it too."""
    first, _code = Workspace.create(folder / "a", _PASSPHRASE, clock=clock, actor="Rasa")
    _plant(first, seed)
    invitation = parse_invitation(server.invite(), server.address)
    source = random.SystemRandom()
    with Client(server.address) as client:
        client.drive(joining.claim(Line(source), first, invitation, server.address))
    sync(first)
    ws = joining.workspace_id(first)
    invitation = parse_invitation(
        server.invite("--workspace", ws, "--role", "organiser"), server.address
    )
    new = joining.new_device()
    with Client(server.address) as client:
        reply = client.drive(joining.ask_to_join(Line(source), invitation, new, "Jonas"))

    def make(newcomer: Newcomer) -> Workspace:
        made, _recovery = Workspace.create(
            folder / "b", _PASSPHRASE, clock=clock, actor="Jonas", new=newcomer
        )
        return made

    second = joining.create(reply, new, make, server.address, name="Jonas")
    sync(second)
    yield first, second
    for one in (first, second):
        one.close(with_backup=False)


def sync(workspace: Workspace) -> None:
    """Sync once; everything must have been exchanged."""
    require_exchanged(synced(workspace, NO_PROGRESS))


def require_exchanged(status: SyncStatus) -> None:
    """Raise AssertionError when something waits."""
    assert (status.state.value, status.waiting_changes) == ("idle", 0), status


def add_marks(workspace: Workspace, seed: Seed, count: int) -> None:
    """Write the marks in actions of a thousand."""
    rows = [
        {
            "id": mark,
            "workshop_id": seed.workshop,
            "registration_id": place,
            "slot_id": slot,
            "status": status,
            "method": "grid",
            "at": at,
            "device": "A",
            "note": note,
        }
        for mark, place, slot, status, at, note in seed.marks(count)
    ]
    for start in range(0, count, ACTION):
        _insert(workspace, {"attendance_mark": rows[start : start + ACTION]})


def marks_of(workspace: Workspace) -> int:
    """Return how many marks there are."""
    with closing(workspace.plain_connection()) as raw:
        return int(raw.execute("SELECT count(*) FROM attendance_mark").fetchone()[0])


def _plant(workspace: Workspace, seed: Seed) -> None:
    w = seed.workshop
    day = {"held_on": "2026-03-10", "starts_at": _START_MS, "ends_at": _START_MS + 3_600_000}
    _insert(
        workspace,
        {
            "person": [
                {"id": one, "given_name": "Ona", "family_name": f"Kalnė{n}"}
                for n, one in enumerate(seed.people)
            ],
            "workshop": [
                {"id": w, "code": "W", "starts_on": "2026-03-10", "ends_on": "2026-03-10", "time_zone": "UTC"}
            ],
            "slot": [
                {"id": one, "workshop_id": w, "code": f"S{n}", "day": 1, "seq": n, **day}
                for n, one in enumerate(seed.slots)
            ],
            "registration": [
                {"id": place, "workshop_id": w, "person_id": person, "list_number": n}
                for n, (place, person) in enumerate(zip(seed.places, seed.people, strict=True))
            ],
        },
    )  # fmt: skip


def _insert(workspace: Workspace, tables: dict[str, list[dict[str, object]]]) -> None:
    with workspace.unit_of_work() as uow:
        for name, rows in tables.items():
            known = entities()[name]
            columns = ("id", *known.columns)
            filled = [{**known.defaults, **row} for row in rows]
            insert_many(uow.raw, name, columns, [[row[one] for one in columns] for row in filled])
        uow.describe("Marked {count} people", count=len(tables))
        uow.commit()


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
