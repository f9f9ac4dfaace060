"""The real window on an encrypted workspace with the sample workshop, at 10:42 of its first day."""

from collections.abc import Iterator
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from mentor_desktop.changes import Changes
from mentor_desktop.clock import Clock
from mentor_desktop.services.history import undo
from mentor_desktop.store.unit_of_work import UnitOfWork
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.theme import Theme
from tests.services.sample_workshop import Sample, make_sample
from tests.ui.workshop.office import Office


def _take_back(uow: UnitOfWork, *, txn: int) -> Changes:
    return undo(uow, txn)


@pytest.fixture
def office(
    qtbot: QtBot, workspace: Workspace, theme: Theme, clock: Clock, settings: LiveSettings
) -> Iterator[Office]:
    """Return the window on an empty workspace, shown."""
    jobs = Jobs(workspace, clock)
    window = MainWindow(
        jobs, theme, clock, settings, name="Mentor Desktop", undo=_take_back,
        provider=lambda _text, answer: answer(()),
    )  # fmt: skip
    qtbot.addWidget(window, before_close_func=lambda one: one.navigator.release())
    window.resize(1280, 820)
    failures: list[str] = []
    jobs.failed.connect(lambda failure: failures.append(failure.report or str(failure.error)))
    yield Office(qtbot, window, jobs, workspace, failures)
    window.frame.close_panel()
    assert jobs.shutdown(), "a thread of the jobs did not end"


@pytest.fixture
def sample(workspace: Workspace) -> Sample:
    """Fill the workspace with the sample workshop, nobody marked yet."""
    return make_sample(workspace)


@pytest.fixture
def go(office: Office, sample: Sample) -> "partial[object]":
    """Return a function that opens a place of the sample workshop and returns its page."""
    return partial(office.go, workshop_id=sample.workshop_id)
