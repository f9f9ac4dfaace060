"""Servers in processes of their own: started by the command, found by what it says, killed."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STOP_LIMIT_S = 60
_SAID = re.compile(r"Serving at (\S+)\.")


class Process:
    """One running server process."""

    def __init__(self, arguments: Sequence[str], environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        said = ""
        while found := self._process.stderr.readline():
            said += found
            if match := _SAID.search(found):
                self.address = match[1]
                return
        self._process.stderr.close()
        self._process.wait()
        raise AssertionError(f"the server did not start: {said}")

    def end(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, list[str]]:
        """Send a signal, wait for the end; return the exit code and what was logged."""
        self._process.send_signal(how)
        return self.wait()

    def wait(self) -> tuple[int, list[str]]:
        """Wait for the end; return the exit code and what was logged."""
        _out, logged = self._process.communicate(timeout=STOP_LIMIT_S)
        return self._process.returncode, logged.splitlines()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None


@contextmanager
def served(
    folder: Path, *more: str, program: Sequence[str] = (), **environment: str
) -> Iterator[Process]:
    """Run `mentor-server serve` (or another program that takes its arguments) while the block lasts."""
    arguments = [*(program or ("-m", "mentor_desktop.server")), "serve", "--folder", str(folder)]
    process = Process([*arguments, "--port", "0", *more], environment)
    try:
        yield process
    finally:
        if process.is_running:
            process.end()
