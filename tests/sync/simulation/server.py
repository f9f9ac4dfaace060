"""The real server in this process: one database, several nodes, without sockets or threads."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

from mentor_desktop.clock import Clock
from mentor_desktop.crypto import KEY_BYTES
from mentor_desktop.server import snapshots
from mentor_desktop.server.backups import back_up, restore
from mentor_desktop.server.commands.init_command import prepare
from mentor_desktop.server.endpoints import ENDPOINTS
from mentor_desktop.server.folder import ServerFolder, ServerSettings
from mentor_desktop.server.folding import fold_all
from mentor_desktop.server.joining import make_invitation
from mentor_desktop.server.limits import RateLimit
from mentor_desktop.server.service import Service
from mentor_desktop.server.web import make_app
from mentor_desktop.sync.keys.invitations import Invitation, new_invitation
from tests.sync.simulation.network import Network

URL = "http://127.0.0.1:8320"
_A_LOT = 1e9
_NEVER = 10**9


class _AtOnce(Executor):
    """Does what is asked where it is asked: a request's turn is no matter of threads."""

    def submit(  # type: ignore[override]  # Any: as Executor has it
        self, work: Callable[..., Any], /, *given: Any, **named: Any
    ) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*given, **named))
        except Exception as error:  # noqa: BLE001  # the edge: whoever waits gets it
            done.set_exception(error)
        return done


class Server:
    """A server with `nodes` processes' worth of state over one SQLite database."""

    def __init__(self, folder: Path, network: Network, clock: Clock, nodes: int = 2) -> None:
        self.folder = folder
        self._network = network
        self._clock = clock
        self._nodes = nodes
        self.epochs: dict[str, set[str]] = {}
        self.services: list[Service] = []
        self.settings = ServerSettings(
            database=f"sqlite:///{folder / 'server.db'}", blobs=str(folder / "blobs")
        )
        if not folder.exists():
            # Its ids follow from its keys: these are the same in every simulation.
            ServerFolder(folder).create(self.settings, secret=bytes(range(KEY_BYTES)))
            prepare(self.settings)
        self.start()

    def start(self) -> None:
        """Begin to answer."""
        keys = ServerFolder(self.folder).keys()
        for _node in range(self._nodes):
            service = Service(
                self.settings,
                keys,
                clock=self._clock,
                by_device=RateLimit(_A_LOT, int(_A_LOT)),
                by_address=RateLimit(_A_LOT, int(_A_LOT)),
            )
            self.services.append(service)
            self._network.nodes.append(make_app(service, ENDPOINTS, _AtOnce()))

    def stop(self) -> None:
        """End, with everything that was only in memory."""
        self._network.nodes.clear()
        for service in self.services:
            service.close()
        self.services.clear()

    def restart(self) -> None:
        """End and begin again."""
        self.stop()
        self.start()

    def fold(self) -> None:
        """Merge what came in, as the thread behind the pushes does."""
        fold_all(self.services[0])

    def take_snapshots(self, ws: str) -> None:
        """Let it put together what new laptops begin with, in small parts and without waiting."""
        self.fold()
        with patch.multiple(snapshots, LEAST_FRESH_OPS=1, FRESH_SHARE=_NEVER, ROWS_IN_PART=7):
            for (name,) in self._look("SELECT stream FROM stream WHERE ws = ? ORDER BY stream", ws):
                snapshots.take_when_due(self.services[0], ws, name)

    def epoch(self, ws: str) -> str:
        """Return the epoch of a workspace."""
        epoch = str(self._look("SELECT epoch FROM workspace WHERE ws = ?", ws)[0][0])
        self.epochs.setdefault(ws, set()).add(epoch)
        return epoch

    def admins(self, ws: str) -> frozenset[str]:
        """Return the devices whose word counts as an admin's, the server's own among them."""
        sql = (
            "SELECT d.device FROM device d JOIN account a ON a.ws = d.ws AND a.user = d.user "
            "WHERE d.ws = ? AND a.role = 'admin'"
        )
        self.epoch(ws)
        own = {self.services[0].keys.device_in(epoch) for epoch in self.epochs[ws]}
        return frozenset(own.union(row[0] for row in self._look(sql, ws)))

    def files(self, ws: str) -> list[str]:
        """Return the addresses of the files it can give."""
        sql = "SELECT hash FROM blob WHERE ws = ? AND sealed_at IS NOT NULL"
        return [row[0] for row in self._look(sql, ws)]

    def _look(self, sql: str, ws: str) -> list[tuple[Any, ...]]:
        path = self.settings.database.removeprefix("sqlite:///")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as raw:
            return raw.execute(sql, (ws,)).fetchall()

    def back_up(self, folder: Path) -> Path:
        """Write a backup, as `mentor-server backup` does."""
        return back_up(self.services[0], ServerFolder(self.folder), folder).path

    def restore(self, path: Path, ws: str) -> None:
        """Bring a backup back, as `mentor-server restore` does, and begin again."""
        self.epoch(ws)
        restore(self.services[0], ServerFolder(self.folder), path)
        self.restart()
        self.epoch(ws)

    def invite(
        self, role: str = "admin", ws: str = "", workshops: list[str] | None = None
    ) -> Invitation:
        """Make an invitation, as `mentor-server invite` does."""
        invitation = new_invitation(URL, ws)
        make_invitation(
            self.services[0], invitation, role=role, workshops=workshops or [], user="", days=14
        )
        return invitation
