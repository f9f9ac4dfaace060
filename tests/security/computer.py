"""A computer of its own for a program under test, searched for canaries afterwards."""

import os
import subprocess
import sys
from pathlib import Path

from tests.canaries import search

ROOT = Path(__file__).resolve().parents[2]


class Computer:
    """A computer of its own: home, temporary files and a place for workspaces, all searched.

    `outside` is the one place that is not: papers and tables a person asked for go there.
    """

    def __init__(self, folder: Path) -> None:
        self.home, self.temporary = folder / "home", folder / "tmp"
        self.work, self.outside = folder / "work", folder / "outside"
        for path in (self.home, self.temporary, self.work, self.outside):
            path.mkdir()

    def run(self, *command: str) -> "subprocess.CompletedProcess[bytes]":
        """Run a Python program that knows only this computer."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("XDG_")
        }
        home = str(self.home)
        environment |= {"HOME": home, "USERPROFILE": home, "APPDATA": home, "LOCALAPPDATA": home}
        environment |= dict.fromkeys(
            ("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"), str(self.temporary)
        )
        environment |= {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
        return subprocess.run(
            [sys.executable, *command],
            env=environment,
            cwd=self.temporary,
            capture_output=True,
            check=False,
            timeout=180,
        )

    def found(self) -> list[str]:
        """Return what can be read of the canaries, as sentences."""
        hits = search([self.home, self.temporary, self.work])
        return [f"{hit.what} in {hit.path} ({hit.how})" for hit in hits]
