"""Nothing that was typed into the window lies readable on the disk, whatever happened in it."""

import base64
import json
from pathlib import Path

import pytest

from tests.canaries import CANARIES
from tests.journeys.morning import PASSPHRASE
from tests.security.computer import ROOT, Computer


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    """Return a bare computer."""
    return Computer(tmp_path)


def _bytes_of(*folders: Path) -> bytes:
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return b"\0".join(path.read_bytes() for path in files)


def test_a_morning_in_the_window_leaves_nothing_readable(computer: Computer) -> None:
    program = ROOT / "tests" / "security" / "window_program.py"
    root = computer.work / "workspace"
    done = computer.run(str(program), str(root), str(computer.outside))
    assert done.returncode == 0, done.stderr.decode()
    seen = json.loads(done.stdout)

    # Everything really happened …
    assert seen["card"] == CANARIES["note"] + CANARIES["e-mail"] + CANARIES["phone"]
    assert seen["people"] > 600
    assert seen["pages"] >= 1
    assert (computer.outside / "printed.pdf").stat().st_size > 10_000
    assert list((root / "backups").iterdir())
    log = next(computer.home.rglob("*.log")).read_text("utf-8")
    assert log.count("RuntimeError") == 2  # the slot and the destructor; a job's goes to its dialog

    # … and nothing of it can be read, nor is the secret anywhere.
    assert computer.found() == []
    assert CANARIES["family name"].encode() not in done.stderr
    assert seen["kept in a field"] is False
    assert seen["told to others"] is False
    assert seen["clipboard"] == ""
    key = bytes.fromhex(seen["key"])
    everything = _bytes_of(computer.home, computer.temporary, computer.work) + done.stderr
    for secret in (PASSPHRASE.encode(), PASSPHRASE.encode("utf-16-le"), key, key.hex().encode()):
        assert secret not in everything
    assert base64.b64encode(key)[:-2] not in everything
