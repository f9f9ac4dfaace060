"""No name, e-mail or note of a participant lies readable on the disk, whatever happens."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.canaries import CANARIES, search
from tests.canary_program import PASSPHRASE

ROOT = Path(__file__).resolve().parent.parent


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


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    """Return a bare computer."""
    return Computer(tmp_path)


def _program(computer: Computer, *steps: str) -> "subprocess.CompletedProcess[bytes]":
    return computer.run(
        str(ROOT / "tests" / "canary_program.py"),
        str(computer.work / "workspace"),
        str(computer.outside),
        *steps,
    )


def test_the_search_finds_a_planted_canary(computer: Computer) -> None:
    assert computer.found() == []
    for number, (what, encoding) in enumerate(
        (("given name", "utf-8"), ("note", "utf-16-le"), ("e-mail", "utf-8"))
    ):
        path = computer.home / f"{number}.bin"
        path.write_bytes(b"\x00" * (2 << 20) + CANARIES[what].lower().encode(encoding))
        assert any(f"{what} in {path}" in one for one in computer.found())
        path.unlink()
    (computer.temporary / CANARIES["family name"]).touch()
    assert len(computer.found()) >= 1


def test_the_program_leaves_nothing_readable(computer: Computer) -> None:
    done = _program(computer)
    assert done.returncode == 0, done.stderr.decode()
    assert len(list((computer.work / "workspace" / "backups").iterdir())) >= 2
    assert list(computer.home.rglob("*.log")), "the log was not where it is looked for"
    assert computer.found() == []


def test_a_program_that_is_killed_leaves_nothing_readable(computer: Computer) -> None:
    done = _program(computer, "enter", "die")
    assert done.returncode < 0
    log = computer.work / "workspace" / "workspace.db-wal"
    assert log.stat().st_size > 0
    assert computer.found() == []


def test_a_program_that_crashes_leaves_nothing_readable(computer: Computer) -> None:
    done = _program(computer, "enter", "read_in", "crash")
    assert done.returncode == 1
    assert b"RuntimeError" in done.stderr
    assert computer.found() == []


COMMANDS: Sequence[Sequence[str]] = (
    ("import", "participants", "{outside}/people.csv", "--workshop", "WS-2026-01"),
    ("export", "participants", "--workshop", "WS-2026-01", "--out", "{outside}/out.xlsx"),
    ("export", "participants", "--workshop", "WS-2026-01", "--out", "{outside}/out.csv"),
    ("print", "list", "--workshop", "WS-2026-01", "--out", "{outside}"),
    ("backup", "{work}/stick"),
    ("check",),
    ("check", "--json"),
)


def test_commands_leave_nothing_readable(computer: Computer) -> None:
    (computer.outside / "passphrase").write_text(PASSPHRASE)
    people = computer.outside / "people.csv"
    people.write_text(
        "given_name,family_name,email,organisation,country\n"
        f"{CANARIES['given name']},{CANARIES['family name']},{CANARIES['e-mail']},"
        f"{CANARIES['organisation']},LT\n"
    )
    always = ("-m", "mentor_desktop", "--passphrase-file", str(computer.outside / "passphrase"))
    always += ("--workspace", str(computer.work / "workspace"))
    for command in (("demo",), *COMMANDS):
        words = [word.format(outside=computer.outside, work=computer.work) for word in command]
        done = computer.run(*always, *words)
        assert done.returncode == 0, (command, done.stderr.decode())
    assert computer.found() == []
