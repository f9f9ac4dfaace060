"""A server as those who run it type it: begun, served in a process of its own, inviting."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from mentor_desktop.server.command_line import run as run_server_command
from tests.server.processes import Process, served


@dataclass
class Office:
    """A running server, and where its folder is."""

    folder: Path
    process: Process

    @property
    def address(self) -> str:
        return self.process.address

    def invite(self, *arguments: str) -> dict[str, Any]:
        """Type `mentor-server invite` where the server runs."""
        out = StringIO()
        with redirect_stdout(out):
            code = run_server_command(
                ["invite", "--folder", str(self.folder), "--json", *arguments]
            )
        assert code == 0
        return dict(json.loads(out.getvalue()))


@contextmanager
def open_office(folder: Path, address: str = "") -> Iterator[Office]:
    """Run a server while the block lasts; one that was away comes back at its `address`."""
    if not address:
        with redirect_stdout(StringIO()):
            assert run_server_command(["init", "--folder", str(folder)]) == 0
    port = address.rpartition(":")[2]
    with served(folder, *(("--port", port) if port else ())) as process:
        yield Office(folder, process)
