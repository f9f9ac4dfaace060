"""The command line as a person types it, in this process; and the sample workshop, made once."""

import io
import json
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mentor_desktop.cli import run
from tests.cheap import lock_cheaply

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
WORKSHOP = "WS-2026-01"
PASSPHRASE = "a passphrase of the tests"


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def facts(self) -> dict[str, Any]:
        """The one JSON object on standard output."""
        assert self.out.count("\n") == 1, self.out
        return dict(json.loads(self.out))

    @property
    def sentence(self) -> str:
        """The one line on standard error of a command that did not do what it was asked."""
        assert self.code == 1, (self.code, self.out, self.err)
        assert self.out == ""
        line, rest = self.err.split("\n", 1)
        assert not rest, self.err
        assert "Traceback" not in line
        return line


Cli = Callable[..., Answer]


def no_window(_workspace: Path | None, _passphrase_file: Path | None) -> int:
    raise AssertionError("a command opened the window")


def typed(*arguments: object) -> Answer:
    """Run one command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = run([str(one) for one in arguments], no_window)
        except SystemExit as exc:
            code = int(exc.code or 0)
    return Answer(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def passphrase_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("secret") / "passphrase.txt"
    path.write_text(PASSPHRASE + "\n", "utf-8")
    return path


@dataclass(frozen=True)
class Desk:
    """One workspace and the command line on it."""

    root: Path
    passphrase_file: Path

    def __call__(self, *arguments: object) -> Answer:
        keys = ("--workspace", self.root, "--passphrase-file", self.passphrase_file)
        return typed(*keys, *arguments)

    def good(self, *arguments: object) -> Answer:
        """Run a command that must succeed."""
        answer = self(*arguments)
        assert answer.code == 0, answer
        return answer

    def facts(self, *arguments: object) -> dict[str, Any]:
        """Run a command that must succeed and return its JSON object."""
        return self.good(*arguments, "--json").facts

    def copy_to(self, root: Path) -> "Desk":
        """Return the same workspace in another folder."""
        shutil.copytree(self.root, root)
        return Desk(root, self.passphrase_file)


@pytest.fixture(scope="session")
def _demo(tmp_path_factory: pytest.TempPathFactory, passphrase_file: Path) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("demo") / "workspace", passphrase_file)
    desk.good("demo", "--starts-on", "2026-03-10")
    lock_cheaply(desk.root, PASSPHRASE)
    return desk


@pytest.fixture(scope="session")
def _marked(_demo: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = _demo.copy_to(tmp_path_factory.mktemp("marked") / "workspace")
    desk.good("import", "attendance", SAMPLES / "attendance.csv", "--workshop", WORKSHOP)
    return desk


@pytest.fixture
def demo(_demo: Desk, tmp_path: Path) -> Desk:
    """The sample workshop without marks, to do anything with."""
    return _demo.copy_to(tmp_path / "workspace")


@pytest.fixture
def marked(_marked: Desk, tmp_path: Path) -> Desk:
    """The sample workshop with all its marks, to do anything with."""
    return _marked.copy_to(tmp_path / "workspace")
