"""The workspace locks itself when nobody is there."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from mentor_desktop.config import Settings
from mentor_desktop.ui import auto_lock
from mentor_desktop.ui.auto_lock import AutoLock
from mentor_desktop.ui.live_settings import LiveSettings


@pytest.fixture
def settings() -> LiveSettings:
    return LiveSettings(Settings(auto_lock_minutes=1), lambda _settings: None)


def test_it_locks_after_the_time_the_settings_name(
    qtbot: QtBot, qapp: QApplication, settings: LiveSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auto_lock, "_MS_PER_MINUTE", 30)
    lock = AutoLock(qapp, settings)

    with qtbot.waitSignal(lock.idle, timeout=2_000):
        pass


def test_a_key_stroke_begins_the_time_anew(
    qtbot: QtBot, qapp: QApplication, settings: LiveSettings
) -> None:
    lock = AutoLock(qapp, settings)
    line = QLineEdit()
    qtbot.addWidget(line)
    line.show()
    qtbot.wait(30)
    before = lock._timer.remainingTime()

    QTest.keyClick(line, Qt.Key.Key_A)

    assert lock._timer.remainingTime() >= before


def test_never_means_never(qapp: QApplication, settings: LiveSettings) -> None:
    lock = AutoLock(qapp, settings)

    settings.change(auto_lock_minutes=0)

    assert not lock._timer.isActive()
