"""The window on the sample workshop with its marks and certificates, at the end of its last day."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.exceptions import TimeoutError as WaitTimeoutError
from pytestqt.qtbot import QtBot

from mentor_desktop.changes import Changes
from mentor_desktop.clock import Clock
from mentor_desktop.services.certificates import issue_certificates
from mentor_desktop.services.demo import DEMO_WORKSHOP, fill_with_samples, sample
from mentor_desktop.services.history import undo
from mentor_desktop.services.imports.run import ImportRequest, run_import
from mentor_desktop.store.unit_of_work import UnitOfWork
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.theme import Theme
from tests.cheap import CHEAP

# 11:30 in Prague on the last day.
NOW = datetime(2026, 3, 12, 10, 30, tzinfo=UTC)
PASSPHRASE = "a passphrase of every page"


@pytest.fixture
def clock() -> Clock:
    return lambda: NOW


@dataclass(frozen=True)
class Filled:
    """A closed workspace with everything in it, and the ids that pages ask for."""

    root: Path
    key: bytes
    facts: dict[str, str]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    root = tmp_path_factory.mktemp("every-page") / "workspace"
    workspace, _code = Workspace.create(root, PASSPHRASE, clock=lambda: NOW, cost=CHEAP)
    workshop_id = fill_with_samples(workspace)
    marks = ImportRequest("attendance", "attendance.csv", sample("attendance.csv"), DEMO_WORKSHOP)
    run_import(workspace, marks)
    with workspace.unit_of_work() as uow:
        issue_certificates(uow, workshop_id)
    with workspace.reader() as uow:
        facts = {
            "workshop_id": workshop_id,
            "person_id": _one(
                uow.raw.execute("SELECT id FROM person WHERE family_name = 'Munteanu'")
            ),
            "organisation_id": _one(uow.raw.execute("SELECT id FROM organisation ORDER BY name")),
            "project_id": _one(uow.raw.execute("SELECT id FROM project")),
        }
    key = workspace.key
    workspace.close(with_backup=False)
    return Filled(root, key, facts)


def _one(rows: object) -> str:
    return str(next(iter(rows))[0])  # type: ignore[call-overload]  # a cursor of rows


def _take_back(uow: UnitOfWork, *, txn: int) -> Changes:
    return undo(uow, txn)


class House:
    """The window and a way through all its rooms."""

    def __init__(self, qtbot: QtBot, window: MainWindow, filled: Filled) -> None:
        self._qtbot = qtbot
        self._facts = filled.facts
        self.root, self.key = filled.root, filled.key
        self.window = window
        self.failures: list[str] = []
        window.desk.jobs.failed.connect(
            lambda failure: self.failures.append(failure.report or str(failure.error))
        )

    def go(self, place: str, where: str) -> Page:
        """Open a place; `where` names what of it ("workshop_id", "tab=agenda"), blanks between."""
        asked = {}
        for one in where.split():
            name, _is, value = one.partition("=")
            asked[name] = value or self._facts[name]
        self.window.frame.close_panel()
        self.window.frame.go(place, **asked)
        self.settle()
        page = self.window.navigator.page
        assert page is not None
        assert self.window.navigator.here is not None
        assert self.window.navigator.here.key == place
        assert self.failures == []
        return page

    def see_no(self, faults: Callable[[QWidget], Iterable[str]]) -> None:
        """Look at the window until nothing is wrong with it; parts that are built late settle."""
        found: list[str] = []

        def is_good() -> bool:
            found[:] = faults(self.window)
            return not found

        with suppress(WaitTimeoutError):
            self._qtbot.waitUntil(is_good, timeout=2_000)
        assert not found, "\n".join(found)

    def take_keyboard(self) -> None:
        """Be the window that has the keyboard; offscreen an earlier one may take it away."""
        self.window.activateWindow()
        self._qtbot.waitUntil(lambda: QApplication.activeWindow() is self.window)

    def settle(self) -> None:
        """Wait until nothing is under way and everything has its place."""
        for _turn in range(3):
            self._qtbot.waitUntil(
                lambda: (
                    self.window.navigator.page is not None and self.window.desk.jobs.pending == 0
                ),
                timeout=20_000,
            )
            QApplication.processEvents()
        self.window.grab()


@pytest.fixture
def house(
    qtbot: QtBot,
    filled: Filled,
    theme: Theme,
    clock: Clock,
    settings: LiveSettings,
    tmp_path: Path,
) -> Iterator[House]:
    """The window at its usual size, shown and active."""
    root = Path(shutil.copytree(filled.root, tmp_path / "workspace"))
    workspace = Workspace.open(root, filled.key, clock=clock)
    jobs = Jobs(workspace, clock)
    window = MainWindow(
        jobs, theme, clock, settings, name="Mentor Desktop", undo=_take_back,
        provider=lambda _text, answer: answer(()),
    )  # fmt: skip
    qtbot.addWidget(window, before_close_func=lambda one: one.navigator.release())
    window.resize(1280, 820)
    window.show()
    yield House(qtbot, window, replace(filled, root=root))
    window.frame.close_panel()
    assert jobs.shutdown(), "a thread of the jobs did not end"
    workspace.close(with_backup=False)
