"""The key leaves the keyring with the tick in its box, and the field forgets the passphrase."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from mentor_desktop.app import Program
from mentor_desktop.store import keyring_store
from mentor_desktop.store.keyfile import KeyFile
from mentor_desktop.ui.entrance import Entrance
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import CheckBox
from tests.store.test_keyring_store import MemoryKeyring
from tests.workspaces import PASSPHRASE, FrozenClock


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MemoryKeyring:
    """A keyring in place of the system's."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    keyring = MemoryKeyring()
    monkeypatch.setattr(keyring_store, "system_backend", lambda: keyring)
    return keyring


@pytest.fixture
def program(qapp: QApplication, clock: FrozenClock, keyring: MemoryKeyring) -> Iterator[Program]:
    program = Program(qapp, clock)
    yield program
    program.end()


def _entrance(qapp: QApplication) -> Entrance:
    return next(
        one for one in qapp.topLevelWidgets() if isinstance(one, Entrance) and one.isVisible()
    )


def _open(qapp: QApplication, qtbot: QtBot, *, remember: bool) -> QLineEdit:
    entrance = _entrance(qapp)
    (box,) = entrance.findChildren(CheckBox)
    box.setChecked(remember)
    line = next(one for one in entrance.findChildren(QLineEdit) if one.isVisible())
    line.setText(PASSPHRASE)
    next(one for one in entrance.findChildren(Button) if one.accessibleName() == "Open").click()
    qtbot.waitUntil(
        lambda: any(
            isinstance(one, MainWindow) and one.isVisible() for one in qapp.topLevelWidgets()
        )
    )
    return line


def test_unticking_takes_the_key_out_of_the_keyring(
    qapp: QApplication,
    qtbot: QtBot,
    program: Program,
    keyring: MemoryKeyring,
    workspace_root: Path,
) -> None:
    workspace_id = KeyFile.load(workspace_root / "workspace.key.json").workspace_id
    program.begin(workspace_root, None, None)
    _open(qapp, qtbot, remember=True)
    assert keyring_store.recall_key(workspace_id, keyring) is not None
    program._lock()
    _open(qapp, qtbot, remember=False)
    assert keyring.kept == {}


def test_the_field_forgets_the_passphrase(
    qapp: QApplication, qtbot: QtBot, program: Program, workspace_root: Path
) -> None:
    program.begin(workspace_root, None, None)
    emptied: list[str] = []
    entrance = _entrance(qapp)
    line = next(one for one in entrance.findChildren(QLineEdit) if one.isVisible())
    line.textChanged.connect(emptied.append)
    _open(qapp, qtbot, remember=False)
    assert emptied[-1] == ""
    assert qapp.clipboard().text() == ""
