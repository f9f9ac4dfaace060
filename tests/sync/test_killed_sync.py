"""`mentor-desktop sync` and the server's processes killed at any moment: nobody has to repair anything."""

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
from pathlib import Path

import httpx2
import pytest

from mentor_desktop.clock import system_clock
from mentor_desktop.store.capture import captured_tables
from mentor_desktop.store.workspace import Workspace
from tests import factories
from tests.server.postgres import cluster
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
        self._key = b""

    def command(self, *arguments: object) -> list[str]:
        """Return the command line of the program on this workspace."""
        given = ("--workspace", self.root, "--passphrase-file", self._passphrase)
        return _program("mentor_desktop", *given, *arguments)

    def run(self, *arguments: object) -> str:
        """Run the program to its end."""
        done = subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            timeout=SLOWEST_START_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def write(self, token: str) -> None:
        """Add a person under a name nobody else has."""
        workspace = self._open()
        with workspace.unit_of_work() as uow:
            factories.person(uow.session, given_name=token)
            uow.commit()
        workspace.close(with_backup=False)

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Return every row of every synced table."""
        workspace = self._open()
        raw = workspace.plain_connection()
        rows = {
            name: raw.execute(f'SELECT * FROM "{name}" ORDER BY id').fetchall()
            for name in sorted(captured_tables())
        }
        raw.close()
        workspace.close(with_backup=False)
        return rows

    def _open(self) -> Workspace:
        from mentor_desktop.store.folder import WorkspaceFolder
        from mentor_desktop.store.keyfile import KeyFile

        if not self._key:
            key_file = KeyFile.load(WorkspaceFolder(self.root).key_file)
            self._key = key_file.open_with_passphrase(PASSPHRASE)
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
        from mentor_desktop.store.folder import WorkspaceFolder
        from mentor_desktop.store.keyfile import KeyFile

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
    tokens, killed, server_kills = [], 0, 0
    for number in range(max(1, ROUNDS // 2)):
        for which, laptop in enumerate(laptops):
            tokens.append(f"round {number} of {which}")
            laptop.write(tokens[-1])
        running = [
            subprocess.Popen(
                one.command("sync"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            for one in laptops
        ]
        time.sleep(source.uniform(0.3, 1.1) * usual_s)
        if source.random() < 0.3:
            server.kill()
            server.start()
            server_kills += 1
        victim = source.choice(running)
        victim.kill()
        killed += [one.wait(SLOWEST_START_S) for one in running].count(KILLED)
    for _round in range(2):
        for laptop in laptops:
            laptop.run("sync")
    first, second = (one.rows() for one in laptops)
    assert first == second, f"seed {seed}"
    shown = {value for row in first["person"] for value in row}
    assert set(tokens) <= shown, f"seed {seed}"
    assert killed, "no sync was ever killed: the rounds are too slow or too fast"
    for laptop in laptops:
        laptop.run("check")
