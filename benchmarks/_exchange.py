"""A server in a process of its own, and two copies of a workspace that exchange over it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mentor_desktop.clock import Clock, system_clock
from mentor_desktop.progress import NO_PROGRESS
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import joining
from mentor_desktop.sync.keys.invitations import Invitation, parse_invitation
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.status import SyncStatus
from mentor_desktop.ui.sync_controller.exchanger import Exchanger

_SERVER = [sys.executable, "-m", "mentor_desktop.server"]


@dataclass(frozen=True)
class Server:
    """Where it answers, and its folder."""

    folder: Path
    url: str

    def invite(self, *arguments: str) -> Invitation:
        """Make an invitation."""
        found = _command(self.folder, "invite", *arguments)
        return parse_invitation(re.sub(r"^https?://[^/]+", self.url, str(found["link"])))


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Run a server on SQLite at a free port."""
    _command(folder, "init")
    process = subprocess.Popen(
        [*_SERVER, "serve", "--folder", str(folder), "--port", "0"],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        found = re.search(r"https?://[0-9.]+:[0-9]+", process.stderr.readline())
        assert found is not None, "the server did not start"
        yield Server(folder, found[0])
    finally:
        process.terminate()
        process.wait()


def bring(workspace: Workspace, server: Server) -> Exchanger:
    """Bring a workspace to the server and send everything."""
    exchanger = Exchanger(system_clock)
    steps = joining.claim(
        Line(exchanger.source), workspace, server.invite("--role", "admin"), server.url
    )
    exchanger.drive(server.url, steps, NO_PROGRESS)
    _finish(exchanger.sync(workspace, NO_PROGRESS))
    return exchanger


class Colleague:
    """A second copy of the workspace, with everything in it."""

    def __init__(self, root: Path, server: Server, ws: str, clock: Clock) -> None:
        self._exchanger = Exchanger(system_clock)
        new = joining.new_device()
        invitation = server.invite("--workspace", ws, "--role", "admin")
        steps = joining.ask_to_join(Line(self._exchanger.source), invitation, new, "Jonas")
        reply = self._exchanger.drive(server.url, steps, NO_PROGRESS)

        def make(newcomer: object) -> Workspace:
            return Workspace.create(root, "benchmark", clock=clock, actor="Jonas", new=newcomer)[0]  # type: ignore[arg-type]  # a Newcomer

        self.workspace = joining.create(reply, new, make, server.url, name="Jonas")
        self.sync()

    def sync(self) -> None:
        """Exchange everything."""
        _finish(self._exchanger.sync(self.workspace, NO_PROGRESS))

    def close(self) -> None:
        """Leave the workspace."""
        self._exchanger.close()
        self.workspace.close(with_backup=False)


def _finish(status: SyncStatus) -> None:
    assert not status.reason, status.reason
    assert not status.waiting_changes, status.waiting_changes


def _command(folder: Path, *arguments: str) -> dict[str, object]:
    done = subprocess.run(
        [*_SERVER, *arguments, "--folder", str(folder), "--json"],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found
