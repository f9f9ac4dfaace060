"""How the program ends: asked by the system, with a full disk, from a folder that is synchronised."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mentor_desktop.app import Program
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.ui.entrance import Entrance
from mentor_desktop.ui.last_word import LastWord
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.widgets.banner import Banner
from mentor_desktop.ui.widgets.text import Text
from tests import factories
from tests.workspaces import PASSPHRASE, FrozenClock, Template, files_limited_to

ROOT = Path(__file__).resolve().parents[2]
_STARTED = b"shown"
_PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from mentor_desktop.app import open_window
from mentor_desktop.ui.application import make_application
make_application(sys.argv)
QTimer.singleShot(300, lambda: print("shown", flush=True))
sys.exit(open_window(workspace=Path(sys.argv[1]), key=bytes.fromhex(sys.stdin.readline())))
"""


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def program(qapp: QApplication, clock: FrozenClock) -> Iterator[Program]:
    program = Program(qapp, clock)
    yield program
    program.end()


def _shown(qapp: QApplication, kind: type) -> list[object]:
    return [one for one in qapp.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]


def _write_much(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        for number in range(2_000):
            factories.person(uow.session, note=f"{number} " * 60)
        uow.commit()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks the window")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_window_ends_cleanly_when_the_system_asks(
    workspace_root: Path, workspace_template: Template, number: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(workspace_root)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(workspace_template.key.hex().encode() + b"\n")
        process.stdin.flush()
        assert process.stdout.readline().strip() == _STARTED
        assert (workspace_root / "workspace.open").exists()
        process.send_signal(number)
        _out, err = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, err.decode()
    assert not (workspace_root / "workspace.open").exists()
    opened = Workspace.open(workspace_root, workspace_template.key, clock=FrozenClock())
    assert opened.was_clean
    opened.close()


@pytest.mark.expects_log("closing: The disk with")
def test_a_full_disk_at_the_end_is_said_before_the_program_goes(
    qapp: QApplication, qtbot: QtBot, program: Program, workspace: Workspace
) -> None:
    _write_much(workspace)
    program.show_workspace(workspace)
    (window,) = _shown(qapp, MainWindow)
    assert isinstance(window, MainWindow)
    with files_limited_to(100_000):
        window.close()
    (word,) = _shown(qapp, LastWord)
    assert isinstance(word, LastWord)
    assert word.sentence.startswith("The disk with ")
    with qtbot.waitSignal(word.finished):
        word.accept()


@pytest.mark.expects_log("closing: The disk with")
def test_a_full_disk_is_said_on_the_lock_too(
    qapp: QApplication, program: Program, workspace: Workspace
) -> None:
    _write_much(workspace)
    program.show_workspace(workspace)
    (window,) = _shown(qapp, MainWindow)
    assert isinstance(window, MainWindow)
    with files_limited_to(100_000):
        window.lock_wanted.emit()
    (entrance,) = _shown(qapp, Entrance)
    assert isinstance(entrance, Entrance)
    words = [one.text() for one in entrance.findChildren(Text)]
    assert any(one.startswith("The disk with ") for one in words)


def test_a_clean_end_says_nothing(
    qapp: QApplication, program: Program, workspace: Workspace
) -> None:
    program.show_workspace(workspace)
    (window,) = _shown(qapp, MainWindow)
    assert isinstance(window, MainWindow)
    window.close()
    assert not _shown(qapp, LastWord)


def test_a_synchronised_folder_is_warned_about_while_it_is_open(
    qapp: QApplication,
    program: Program,
    workspace_root: Path,
    workspace_template: Template,
    clock: FrozenClock,
    tmp_path: Path,
) -> None:
    root = Path(shutil.move(workspace_root, tmp_path / "Dropbox" / "workspace"))
    program.show_workspace(Workspace.open(root, workspace_template.key, clock=clock))
    (window,) = _shown(qapp, MainWindow)
    assert isinstance(window, MainWindow)
    (banner,) = window.findChildren(Banner)
    assert "is synchronised by Dropbox" in banner.accessibleName()


def test_two_windows_on_one_workspace_are_refused_with_a_sentence(
    qapp: QApplication, program: Program, workspace: Workspace, workspace_template: Template
) -> None:
    program.begin(workspace.folder.root, None, workspace_template.key)
    assert not _shown(qapp, MainWindow)
    (entrance,) = _shown(qapp, Entrance)
    assert isinstance(entrance, Entrance)
    words = [one.text() for one in entrance.findChildren(Text)]
    assert any("is open in another window or command" in one for one in words)


@pytest.mark.parametrize("name", ["workspace.key.json", "workspace.db"])
def test_a_damaged_file_is_a_sentence_on_the_lock(
    qapp: QApplication,
    qtbot: QtBot,
    program: Program,
    workspace_root: Path,
    name: str,
    tmp_path: Path,
) -> None:
    (workspace_root / name).write_bytes(b"\x00{]" * 5_000)
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    program.begin(workspace_root, secret, None)

    def is_said() -> bool:
        found = _shown(qapp, Entrance)
        assert not _shown(qapp, MainWindow)
        return bool(found) and any(
            "damaged" in one.text()
            for entrance in found
            if isinstance(entrance, Entrance)
            for one in entrance.findChildren(Text)
        )

    qtbot.waitUntil(is_said)
