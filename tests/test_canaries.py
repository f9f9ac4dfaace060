"""No name, e-mail or note of a participant lies readable on the disk, whatever happens."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.canaries import CANARIES
from tests.canary_program import PASSPHRASE
from tests.security.computer import ROOT, Computer


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
    # A desktop keeps standard error of its programs in a file of the session.
    assert CANARIES["family name"].encode() not in done.stderr
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
    always: tuple[str, ...] = (
        "-m",
        "mentor_desktop",
        "--passphrase-file",
        str(computer.outside / "passphrase"),
    )
    always += ("--workspace", str(computer.work / "workspace"))
    for command in (("demo",), *COMMANDS):
        words = [word.format(outside=computer.outside, work=computer.work) for word in command]
        done = computer.run(*always, *words)
        assert done.returncode == 0, (command, done.stderr.decode())
    assert computer.found() == []
