"""A theme, jobs on a real SQLite file, and a desk to build pages on."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mentor_desktop.clock import Clock
from mentor_desktop.config import Settings
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.theme import Theme
from tests.ui.sample_window import build_window
from tests.ui.stores import SqliteStore

NOW = datetime(2026, 3, 10, 9, 42, 7, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return lambda: NOW


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    # A style sheet is applied to every widget there is: the last test's would cost half a second.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return Theme(qapp, scheme="light", reduced_motion=True)


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "store.db")


@pytest.fixture
def jobs(qapp: QApplication, store: SqliteStore, clock: Clock) -> Iterator[Jobs]:
    jobs = Jobs(store, clock)
    yield jobs
    assert jobs.shutdown(), "a thread of the jobs did not end"


@pytest.fixture
def settings() -> LiveSettings:
    return LiveSettings(Settings(), lambda _settings: None)


@pytest.fixture
def window(
    qtbot: QtBot, jobs: Jobs, theme: Theme, clock: Clock, settings: LiveSettings
) -> Iterator[MainWindow]:
    """The main window with two places and one inner page, not shown yet."""
    window = build_window(jobs, theme, clock, settings)
    qtbot.addWidget(window)
    yield window
    window.navigator.release()
