"""The command line as its own process: exit codes, streams, and one process at a time."""

import json
import subprocess
import sys
from pathlib import Path

from mentor_desktop.clock import system_clock
from mentor_desktop.services.workspaces import open_with_passphrase
from tests.cli.conftest import PASSPHRASE, SAMPLES, WORKSHOP, Desk

ROOT = Path(__file__).parents[2]


def process(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mentor_desktop", *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def on(desk: Desk, *arguments: object) -> subprocess.CompletedProcess[str]:
    keys = ("--workspace", desk.root, "--passphrase-file", desk.passphrase_file)
    return process(*arguments, *keys)


def test_the_chain_in_processes_of_its_own(demo: Desk, tmp_path: Path) -> None:
    marks = on(demo, "import", "attendance", SAMPLES / "attendance.csv", "--workshop", WORKSHOP)
    assert (marks.returncode, marks.stderr) == (0, "")
    assert marks.stdout.startswith("Imported 342 rows from ")
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
