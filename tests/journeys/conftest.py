"""The program in its real window on a morning of its own."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mentor_desktop.app import Program
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.ui.main_window import MainWindow
from tests.journeys.morning import PASSPHRASE, MorningClock, make_morning


@dataclass(frozen=True)
class Morning:
    """A closed workspace before the first guest, and what opens it."""

    root: Path
    key: bytes
    workshop_id: str
    passphrase_file: Path


@pytest.fixture(scope="session")
def _made_morning(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    folder = tmp_path_factory.mktemp("morning")
    key, workshop_id = make_morning(folder / "workspace")
    passphrase_file = folder / "passphrase.txt"
    passphrase_file.write_text(PASSPHRASE + "\n", "utf-8")
    return Morning(folder / "workspace", key, workshop_id, passphrase_file)


@pytest.fixture
def morning(_made_morning: Morning, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Morning:
    """A workspace of this test alone, and settings of its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    root = Path(shutil.copytree(_made_morning.root, tmp_path / "workspace"))
    return Morning(
        root, _made_morning.key, _made_morning.workshop_id, _made_morning.passphrase_file
    )


@dataclass(frozen=True)
class Running:
    """The program while it runs."""

    window: MainWindow
    workspace: Workspace
    clock: MorningClock


@pytest.fixture
def running(qtbot: QtBot, qapp: QApplication, morning: Morning) -> Iterator[Running]:
    """The window as it stands at 09:04, with the keyboard."""
    clock = MorningClock("09:04")
    program = Program(qapp, clock)
    workspace = Workspace.open(morning.root, morning.key, clock=clock)
    program.show_workspace(workspace)
    window = next(
        one for one in qapp.topLevelWidgets() if isinstance(one, MainWindow) and one.isVisible()
    )
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    yield Running(window, workspace, clock)
    window.close()
    window.deleteLater()
