"""`python -m mentor_desktop.server` and the `mentor-server` command."""

import os
import sys


def main() -> int:
    """Run a command of the server; return the exit code.

    Whatever it writes (the database, a backup, files) is for its own user alone, also where the
    folder it lies in lets others look.
    """
    os.umask(0o077)
    from mentor_desktop.server.command_line import run  # kept out of spawned processes' way

    return run(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
