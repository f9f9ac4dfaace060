"""A real server on this computer, and colleagues who work with it without a window."""

import random
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from mentor_desktop.clock import Clock
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.server.folder import ServerKeys, ServerSettings
from mentor_desktop.server.joining import make_invitation
from mentor_desktop.server.limits import RateLimit
from mentor_desktop.server.migrations import migrate
from mentor_desktop.server.service import Service
from mentor_desktop.server.serving import listen
from mentor_desktop.store.device import Newcomer
from mentor_desktop.store.unit_of_work import UnitOfWork
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import joining
from mentor_desktop.sync.client import Client
from mentor_desktop.sync.engine import Engine
from mentor_desktop.sync.keys.invitations import Invitation, new_invitation
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.status import SyncStatus
from tests.cheap import CHEAP
from tests.server.world import running

PASSPHRASE = "a passphrase of a colleague"
_A_LOT = 1e9


class Server:
    """Answers at `url` between `start` and `stop`, at the same address again."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        folder.mkdir()
        self.service = Service(
            ServerSettings(database=f"sqlite:///{folder / 'server.db'}", blobs=str(folder / "b")),
            ServerKeys.from_secret(b"s" * 32),
            clock=clock,
            by_device=RateLimit(_A_LOT, int(_A_LOT)),
            by_address=RateLimit(_A_LOT, int(_A_LOT)),
        )
        migrate(self.service.database)
        with listen("127.0.0.1", 0) as free:
            self.port = free.getsockname()[1]
        self._stack = ExitStack()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Answer."""
        self._stack.enter_context(running(self.service, self.port))

    def stop(self) -> None:
        """Be away."""
        self._stack.close()

    def close(self) -> None:
        """End for good."""
        self.stop()
        self.service.close()

    def invite(
        self, ws: str = "", role: str = "admin", *, days: int = 1, url: str = ""
    ) -> Invitation:
        """Make an invitation, as `mentor-server invite` does."""
        made = new_invitation(url or self.url, ws)
        make_invitation(self.service, made, role=role, workshops=["*"], user="", days=days)
        return made


class Relay:
    """A way to the server that swallows requests which hold `silent_at`, and all that follows."""

    def __init__(self, server: Server) -> None:
        self._to = server.port
        self._listening = listen("127.0.0.1", 0)
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.silent_at = b""
        self.is_holding = threading.Event()
        self._run(self._accept)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def close(self) -> None:
        """Break every connection."""
        for one in (self._listening, *self._ends):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listening.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._to))
            self._ends += [near, far]
            self._run(lambda near=near, far=far: self._carry(near, far, is_request=True))
            self._run(lambda near=near, far=far: self._carry(far, near, is_request=False))

    def _carry(self, source: socket.socket, target: socket.socket, *, is_request: bool) -> None:
        with suppress(OSError):
            while part := source.recv(65_536):
                if is_request and self.silent_at and self.silent_at in part:
                    self.is_holding.set()
                    continue
                target.sendall(part)
            target.shutdown(socket.SHUT_WR)

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work)
        self._threads.append(thread)
        thread.start()


class Colleague:
    """A laptop of a workspace on the server, driven by the engine alone."""

    def __init__(self, workspace: Workspace, server: str, clock: Clock) -> None:
        self.workspace = workspace
        self._server, self._clock = server, clock

    @classmethod
    def new(cls, root: Path, invitation: Invitation, name: str, clock: Clock) -> "Colleague":
        """Join with a folder of its own, empty until the first `sync`."""
        new = joining.new_device()

        def make(newcomer: Newcomer) -> Workspace:
            return Workspace.create(
                root, PASSPHRASE, clock=clock, actor=name, new=newcomer, cost=CHEAP
            )[0]

        with Client(invitation.server) as client:
            line = Line(random.Random(1))
            reply = client.drive(joining.ask_to_join(line, invitation, new, name))
        workspace = joining.create(reply, new, make, invitation.server, name=name)
        return cls(workspace, invitation.server, clock)

    @classmethod
    def bringing(cls, workspace: Workspace, invitation: Invitation, clock: Clock) -> "Colleague":
        """Bring an opened workspace to the server."""
        with Client(invitation.server) as client:
            line = Line(random.Random(1))
            client.drive(joining.claim(line, workspace, invitation, invitation.server))
        return cls(workspace, invitation.server, clock)

    def sync(self, progress: Progress = NO_PROGRESS) -> SyncStatus:
        """Exchange once."""
        now_ms = round(self._clock().timestamp() * 1_000)
        engine = Engine(self.workspace, random.Random(2), now_ms=lambda: now_ms)
        with Client(self._server) as client:
            return client.drive(engine.sync(progress), progress)

    def act(self, op: Callable[[UnitOfWork], object]) -> None:
        """Do something and keep it."""
        with self.workspace.unit_of_work() as uow:
            op(uow)

    def close(self) -> None:
        """Leave the workspace."""
        self.workspace.close(with_backup=False)
