"""`python -m mentor_desktop` and the `mentor-desktop` command."""

import sys


def main() -> int:
    """Run a command, or open the window when there is none; return the exit code."""
    from mentor_desktop.cli import run  # kept out of the import of this module for spawned processes

    return run(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
