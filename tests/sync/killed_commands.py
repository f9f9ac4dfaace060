"""The program's commands in processes of their own that begin with everything imported.

Somebody who kills such a process meets it at work, and not while it still imports: a start
costs milliseconds instead of a second.
"""

import multiprocessing
import os
import sys
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from mentor_desktop import cli, crypto
from mentor_desktop.cli import join_command, sync_command
from mentor_desktop.store import workspace
from mentor_desktop.sync import client, engine

# Named so that they are imported before the processes part.
AHEAD = (cli, crypto, join_command, sync_command, workspace, client, engine)

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])


def start(arguments: list[str], said: Path) -> ForkServerProcess:
    """Start the program; what it says goes to the file `said`."""
    process = _forks.Process(target=_run, args=(arguments, str(said)), daemon=True)
    process.start()
    return process


def _run(arguments: list[str], said: str) -> None:
    file = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(file, stream)
    sys.exit(cli.run(arguments, _no_window))


def _no_window(_workspace: Path | None, _passphrase_file: Path | None) -> int:
    raise AssertionError("a command opens no window")
