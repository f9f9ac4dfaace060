"""`mentor-desktop sync` and the server's processes killed at any moment: nobody has to repair anything.

On SQLite with one process and on PostgreSQL with two: of these one is killed, or both with the one
that starts them again. Afterwards everything ever written is everywhere (sync invariants 1 and 3),
what was acknowledged is in the server's log (2), and each operation has one number there (11, 12).
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import httpx2
import msgspec
import pytest
from sqlalchemy import select

from mentor_desktop.clock import system_clock
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import log
from mentor_desktop.store.capture import captured_tables
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.keyfile import KeyFile
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.protocol.batches import NO_HASH, Header
from tests import factories
from tests.cheap import lock_cheaply
from tests.server.postgres import cluster
from tests.sync import killed_commands
from tests.workspaces import PASSPHRASE

# Half of them on each database.
ROUNDS = int(os.environ.get("MENTOR_KILL_ROUNDS", "20"))
SLOWEST_START_S = 60
KILLED = -signal.SIGKILL


def _program(module: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", module, *map(str, arguments)]


def _done(module: str, *arguments: object) -> str:
    done = subprocess.run(
        _program(module, *arguments),
        capture_output=True,
        text=True,
        timeout=SLOWEST_START_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@dataclass
class RunningServer:
    """The server's processes, in a group of their own."""

    folder: Path
    port: int
    workers: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        self.process = subprocess.Popen(
            _program(
                "mentor_desktop.server", "--folder", self.folder, "serve", "--port", self.port,
                "--workers", self.workers,
            ),
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + SLOWEST_START_S
        while True:
            try:
                httpx2.get(f"http://127.0.0.1:{self.port}/health", timeout=5)
                return
            except httpx2.HTTPError:
                assert time.monotonic() < end, "the server does not answer"
                time.sleep(0.1)

    def kill(self) -> None:
        """End all its processes without a word."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_one(self, source: random.Random) -> None:
        """End one of several processes; another one takes its place."""
        assert self.process is not None
        pid = self.process.pid
        workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        os.kill(int(source.choice(workers)), signal.SIGKILL)

    def log(self) -> list[tuple[int, Header]]:
        """Return the number and the header of each batch it holds, of all workspaces."""
        service = Service.open(self.folder)
        try:
            rows = service.database.read_everywhere(
                lambda one: one.execute(select(log.c.seq, log.c.header).order_by(log.c.seq)).all()
            )
        finally:
            service.close()
        return [(seq, msgspec.msgpack.decode(header, type=Header)) for seq, header in rows]


@contextmanager
def _server(folder: Path, database: str, workers: int) -> Iterator[RunningServer]:
    port = _free_port()
    chosen = ("--database", database) if database else ()
    url = f"http://127.0.0.1:{port}"
    _done("mentor_desktop.server", "--folder", folder, "init", "--url", url, *chosen)
    server = RunningServer(folder, port, workers)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningServer]:
    """Give a running server: one process on SQLite, two on PostgreSQL."""
    if request.param == "sqlite":
        with _server(tmp_path / "server", "", 1) as running:
            yield running
        return
    with cluster() as url, _server(tmp_path / "server", url, 2) as running:
        yield running


class Laptop:
    """A workspace that is opened here to write in, and by the program to sync."""

    def __init__(self, root: Path, passphrase: Path) -> None:
        self.root = root
        self._passphrase = passphrase
        self._said = root.with_suffix(".txt")
        self._key = b""

    def start(self, *arguments: object) -> ForkServerProcess:
        """Start the program on this workspace."""
        given = ("--workspace", self.root, "--passphrase-file", self._passphrase, *arguments)
        return killed_commands.start([str(one) for one in given], self._said)

    def run(self, *arguments: object) -> None:
        """Run the program to its end."""
        process = self.start(*arguments)
        process.join(SLOWEST_START_S)
        assert process.exitcode == 0, self._said.read_text()

    def write(self, token: str) -> None:
        """Add a person under a name nobody else has."""
        workspace = self._open()
        with workspace.unit_of_work() as uow:
            factories.person(uow.session, given_name=token)
            uow.commit()
        workspace.close(with_backup=False)

    def acknowledged(self) -> set[tuple[str, int, bytes]]:
        """Return device, first number and hash of each batch that the server said it holds."""
        workspace = self._open()
        raw = workspace.plain_connection()
        found = raw.execute("SELECT header FROM sync_batch WHERE is_acked = 1").fetchall()
        raw.close()
        workspace.close(with_backup=False)
        headers = [msgspec.msgpack.decode(header, type=Header) for (header,) in found]
        return {(one.device, one.from_seq, one.hash) for one in headers}

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Return every row of every synced table, the states of all rows and their digests."""
        workspace = self._open()
        raw = workspace.plain_connection()
        rows = {
            name: raw.execute(f'SELECT * FROM "{name}" ORDER BY id').fetchall()
            for name in sorted(captured_tables())
        }
        rows["states"] = raw.execute(
            "SELECT r.entity, r.row, s.stream, p.device, r.seq, r.hlc, r.state FROM sync_row r "
            "JOIN sync_stream s ON s.no = r.stream LEFT JOIN sync_peer p ON p.no = r.device "
            "ORDER BY 1, 2"
        ).fetchall()
        rows["digests"] = raw.execute(
            "SELECT s.stream, d.sums FROM sync_digest d JOIN sync_stream s ON s.no = d.stream "
            "ORDER BY 1"
        ).fetchall()
        raw.close()
        workspace.close(with_backup=False)
        return rows

    def make_cheap(self) -> None:
        """Let its passphrase cost no tenth of a second at each start."""
        self._key = lock_cheaply(self.root, PASSPHRASE)

    def _open(self) -> Workspace:
        return Workspace.open(self.root, self._key, clock=system_clock)


def _joined(server: RunningServer, tmp_path: Path) -> tuple[Laptop, Laptop]:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE)
    laptops = (Laptop(tmp_path / "a", passphrase), Laptop(tmp_path / "b", passphrase))
    Workspace.create(laptops[0].root, PASSPHRASE, clock=system_clock, actor="Rasa")[0].close()
    ws = ""
    for laptop in laptops:
        given = ("--workspace", ws, "--role", "organiser") if ws else ()
        said = _done("mentor_desktop.server", "--folder", server.folder, "invite", *given)
        link = said.split("Link: ", 1)[1].split("\n", 1)[0]
        laptop.run("join", link, "--name", "Jonas")
        laptop.make_cheap()
        ws = KeyFile.load(WorkspaceFolder(laptop.root).key_file).workspace_id
    return laptops


@pytest.mark.soak
@pytest.mark.slow
def test_whoever_is_killed_nothing_is_lost(server: RunningServer, tmp_path: Path) -> None:
    seed = int(os.environ.get("MENTOR_KILL_SEED", "7"))
    source = random.Random(seed)
    laptops = _joined(server, tmp_path)
    began = time.monotonic()
    laptops[0].run("sync")
    usual_s = time.monotonic() - began
    tokens, killed = [], 0
    for number in range(max(2, ROUNDS // 2)):
        for which, laptop in enumerate(laptops):
            tokens.append(f"round {number} of {which}")
            laptop.write(tokens[-1])
        running = [one.start("sync") for one in laptops]
        time.sleep(source.uniform(0, 1) * usual_s)
        if number % 3 == 1:  # in one of three rounds, every second time one process of several
            if server.workers > 1 and number % 2:
                server.kill_one(source)
            else:
                server.kill()
                server.start()
        source.choice(running).kill()
        for one in running:
            one.join(SLOWEST_START_S)
        killed += [one.exitcode for one in running].count(KILLED)
    for _round in range(2):
        for laptop in laptops:
            laptop.run("sync")
    first, second = (one.rows() for one in laptops)
    assert first == second, f"seed {seed}"
    shown = [value for row in first["person"] for value in row]
    assert [shown.count(one) for one in tokens] == [1] * len(tokens), f"seed {seed}"
    _check_log(server.log(), laptops)
    assert killed, "no sync was ever killed: the rounds are too slow or too fast"
    for laptop in laptops:
        laptop.run("check")


def _check_log(log: list[tuple[int, Header]], laptops: tuple[Laptop, Laptop]) -> None:
    """Numbers without a gap; each operation once, in an unbroken chain; all that was acknowledged."""
    assert [seq for seq, _header in log] == list(range(1, len(log) + 1))
    chains: dict[tuple[str, str], tuple[int, bytes]] = {}
    for _seq, header in log:
        last, hash_ = chains.get((header.stream, header.device), (0, NO_HASH))
        assert (header.from_seq, header.prev_hash) == (last + 1, hash_)
        chains[header.stream, header.device] = (header.to_seq, header.hash)
    held = {(header.device, header.from_seq, header.hash) for _seq, header in log}
    for laptop in laptops:
        assert laptop.acknowledged() == held
