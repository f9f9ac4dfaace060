"""The command line as its own process: exit codes, streams, and one process at a time."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from mentor_desktop.clock import system_clock
from mentor_desktop.progress import Progress
from mentor_desktop.services.second_laptop import receive
from mentor_desktop.services.workspaces import open_with_passphrase
from tests.cli.conftest import PASSPHRASE, SAMPLES, WORKSHOP, Desk

ROOT = Path(__file__).parents[2]
MARKS = 342  # in the sample table


Process = subprocess.CompletedProcess[str]


def process(*arguments: object) -> Process:
    return subprocess.run(
        [sys.executable, "-m", "mentor_desktop", *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def on(desk: Desk, *arguments: object) -> Process:
    keys = ("--workspace", desk.root, "--passphrase-file", desk.passphrase_file)
    return process(*arguments, *keys)


def test_the_chain_in_processes_of_its_own(demo: Desk, tmp_path: Path) -> None:
    marks = on(demo, "import", "attendance", SAMPLES / "attendance.csv", "--workshop", WORKSHOP)
    assert (marks.returncode, marks.stderr) == (0, "")
    assert marks.stdout.startswith(f"Imported {MARKS} rows from ")
    printed = on(
        demo,
        "print",
        "certificates",
        "--workshop",
        WORKSHOP,
        "--out",
        tmp_path,
        "--issue",
        "--json",
    )
    assert (printed.returncode, printed.stderr) == (0, "")
    files = [one["file"] for one in json.loads(printed.stdout)["files"]]
    assert len(files) == 52
    verified = on(demo, "verify", *files, "--json")
    assert verified.returncode == 0
    assert json.loads(verified.stdout)["genuine"] is True
    unknown = process("verify", files[0])
    assert unknown.returncode == 1
    assert "Not known here" in unknown.stderr


def test_while_another_process_has_the_workspace_open_a_command_is_refused(
    marked: Desk, tmp_path: Path
) -> None:
    workspace = open_with_passphrase(marked.root, PASSPHRASE, clock=system_clock)
    try:
        refused = on(marked, "issue", "certificates", "--workshop", WORKSHOP)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.count("\n") == 1
        assert "open in another window or command" in refused.stderr
        assert on(marked, "backup", tmp_path).stderr == refused.stderr
    finally:
        workspace.close(with_backup=False)
    assert on(marked, "check").returncode == 0


class TestOneStick:
    """A file that two programs read: the second one begins while the first is in the middle."""

    def begun(self, demo: Desk, name: str, folder: Path) -> Desk:
        """Return a computer that began with a file, before anything was marked."""
        desk, words = Desk(folder / name, demo.passphrase_file), folder / f"words for {name}"
        file = folder / f"file for {name}.mentor"
        words.write_text(demo.facts("bundle", "export", file, "--new-device")["words"])
        desk.good("bundle", "import", file, "--words-file", words, "--name", name)
        return desk

    def carried(self, demo: Desk, folder: Path) -> tuple[Path, Path]:
        """Mark a workshop; return what is on a stick, and a file with its words that is not."""
        demo.good("import", "attendance", SAMPLES / "attendance.csv", "--workshop", WORKSHOP)
        stick, words = folder / "stick" / "changes.mentor", folder / "words"
        stick.parent.mkdir()
        words.write_text(demo.facts("bundle", "export", stick)["words"])
        return stick, words

    def read(
        self, desk: Desk, stick: Path, words: Path, in_the_middle: Callable[[], Process]
    ) -> tuple[int, Process]:
        """Read in this process; return how many marks were new, and what the other one said."""
        said: list[Process] = []

        def on_step(done: int, total: int) -> None:
            if 0 < done < total and not said:
                said.append(in_the_middle())

        workspace = open_with_passphrase(desk.root, PASSPHRASE, clock=system_clock)
        try:
            received = receive(workspace, stick, words.read_text(), progress=Progress(on_step))
        finally:
            workspace.close(with_backup=False)
        return received.new, said[0]

    def test_two_computers_get_all_of_it_and_leave_it_as_it_was(
        self, demo: Desk, tmp_path: Path
    ) -> None:
        one, other = (self.begun(demo, name, tmp_path) for name in ("Jana", "Ona"))
        stick, words = self.carried(demo, tmp_path)
        before = stick.read_bytes()
        taking = ("bundle", "import", stick, "--words-file", words, "--json")
        new, read = self.read(one, stick, words, lambda: on(other, *taking))
        assert new == MARKS
        assert (read.returncode, read.stderr) == (0, "")
        assert json.loads(read.stdout)["new"] == MARKS
        assert [*stick.parent.iterdir()] == [stick]
        assert stick.read_bytes() == before

    def test_a_second_program_on_one_workspace_is_refused_and_the_first_goes_on(
        self, demo: Desk, tmp_path: Path
    ) -> None:
        desk = self.begun(demo, "Jana", tmp_path)
        stick, words = self.carried(demo, tmp_path)
        taking = ("bundle", "import", stick, "--words-file", words, "--json")
        new, read = self.read(desk, stick, words, lambda: on(desk, *taking))
        assert new == MARKS
        assert (read.returncode, read.stdout, read.stderr.count("\n")) == (1, "", 1)
        assert "open in another window or command" in read.stderr
        assert json.loads(on(desk, *taking).stdout)["changes"] == 0


def test_wrong_usage_of_a_process_exits_with_2() -> None:
    wrong = process("issue", "diplomas")
    assert wrong.returncode == 2
    assert wrong.stdout == ""


def test_help_names_every_command() -> None:
    shown = process("--help")
    assert shown.returncode == 0
    for command in (
        "demo",
        "import",
        "issue",
        "print",
        "export",
        "verify",
        "backup",
        "restore",
        "check",
    ):
        assert f"    {command} " in shown.stdout


def test_a_command_imports_no_qt(demo: Desk) -> None:
    keys = ["--workspace", str(demo.root), "--passphrase-file", str(demo.passphrase_file)]
    code = (
        "import sys\nfrom mentor_desktop.cli import run\n"
        f"assert run({[*keys, 'check']!r}, None) == 0\n"
        "assert not [m for m in sys.modules if m.startswith(('PySide6.QtWidgets', 'PySide6.QtGui'))]\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
