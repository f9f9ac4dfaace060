"""`python -m mentor_desktop` and the `mentor-desktop` command."""

import gc
import sys
from pathlib import Path


def main() -> int:
    """Run a command, or open the window when there is none; return the exit code."""
    from mentor_desktop.cli import (
        run,  # kept out of the import of this module for spawned processes
    )

    return run(sys.argv[1:], _open_window)


def _open_window(workspace: Path | None, passphrase_file: Path | None) -> int:
    # A start makes no rubbish worth 10 ms; `Jobs.warm_up` lets the collector begin.
    gc.disable()
    from mentor_desktop.app import open_window  # Qt: only for the window

    return open_window(workspace=workspace, passphrase_file=passphrase_file)


if __name__ == "__main__":
    raise SystemExit(main())
