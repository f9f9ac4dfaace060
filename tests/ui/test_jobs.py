import gc
import importlib
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from mentor_desktop.changes import Changes
from mentor_desktop.clock import Clock
from mentor_desktop.errors import Cancelled, UserFacingError, ValidationError
from mentor_desktop.progress import Progress
from mentor_desktop.ui.first_paint import FirstPaint
from mentor_desktop.ui.jobs import Failure, Jobs, Store, UnexpectedError, importing
from mentor_desktop.ui.owned_jobs import OwnedJobs
from tests.ui.conftest import NOW
from tests.ui.stores import SqliteStore, Uow, add_person


def refuse(_uow: object) -> Changes:
    raise ValidationError("The name is empty. Write one.")


def break_down(_uow: object) -> Changes:
    raise ZeroDivisionError("a bug")


def settle(qtbot: QtBot, jobs: Jobs) -> None:
    qtbot.waitUntil(lambda: jobs.pending == 0)


def test_commands_run_in_the_order_they_were_given(jobs: Jobs, qtbot: QtBot) -> None:
    names: list[list[str]] = []
    for number in range(20):
        jobs.command(partial(add_person, name=str(number)))
    settle(qtbot, jobs)
    jobs.query(Uow.names, names.append)
    settle(qtbot, jobs)
    assert names == [[str(number) for number in range(20)]]


def test_everything_runs_off_the_window_and_arrives_on_it(
    jobs: Jobs, store: SqliteStore, qtbot: QtBot
) -> None:
    arrived: list[int] = []
    jobs.command(partial(add_person, name="a"), lambda _c: arrived.append(threading.get_ident()))
    jobs.query(Uow.names, lambda _n: arrived.append(threading.get_ident()))
    settle(qtbot, jobs)
    here = threading.get_ident()
    assert arrived == [here, here]
    assert here not in store.threads


def test_command_announces_what_changed_and_when(jobs: Jobs, qtbot: QtBot) -> None:
    told: list[object] = []
    jobs.changed.connect(told.append)
    jobs.saved.connect(told.append)
    jobs.command(partial(add_person, name="Elena"))
    settle(qtbot, jobs)
    assert told == [Changes({"person": frozenset({"Elena"})}, 1, "Added Elena"), NOW]


def test_command_that_changed_nothing_announces_nothing(jobs: Jobs, qtbot: QtBot) -> None:
    done: list[Changes] = []
    with qtbot.assertNotEmitted(jobs.changed), qtbot.assertNotEmitted(jobs.saved):
        jobs.command(lambda _uow: Changes(), done.append)
        settle(qtbot, jobs)
    assert done == [Changes()]


def test_failure_nobody_handles_is_told(jobs: Jobs, qtbot: QtBot) -> None:
    with qtbot.waitSignal(jobs.failed) as seen:
        jobs.command(refuse)
    failure: Failure = seen.args[0]
    assert str(failure.error) == "The name is empty. Write one."
    assert failure.report == ""


def test_failure_that_is_handled_is_not_told_again(jobs: Jobs, qtbot: QtBot) -> None:
    errors: list[UserFacingError] = []
    with qtbot.assertNotEmitted(jobs.failed):
        jobs.query(refuse, lambda _rows: None, errors.append)
        settle(qtbot, jobs)
    assert [str(error) for error in errors] == ["The name is empty. Write one."]


def test_bug_is_reported_even_where_failures_are_handled(jobs: Jobs, qtbot: QtBot) -> None:
    errors: list[UserFacingError] = []
    with qtbot.waitSignal(jobs.failed) as seen:
        jobs.command(break_down, on_failure=errors.append)
    assert "ZeroDivisionError: a bug" in seen.args[0].report
    assert isinstance(errors[0], UnexpectedError)
    assert "ZeroDivisionError" not in str(errors[0])


def test_page_that_died_gets_nothing(jobs: Jobs, qtbot: QtBot) -> None:
    page, gate, got = QObject(), threading.Event(), []

    def slow(_uow: Uow) -> str:
        gate.wait(5)
        return "late"

    OwnedJobs(jobs, page).query(slow, got.append)
    OwnedJobs(jobs, page).command(partial(add_person, name="kept"), got.append)
    delete(page)
    with qtbot.waitSignal(jobs.changed):  # what it wrote is announced all the same
        gate.set()
    settle(qtbot, jobs)
    assert got == []


def test_failed_write_of_a_dead_page_is_still_told(jobs: Jobs, qtbot: QtBot) -> None:
    page, handled = QObject(), []
    with qtbot.waitSignal(jobs.failed):
        OwnedJobs(jobs, page).command(refuse, on_failure=handled.append)
        delete(page)
    assert handled == []


def test_newer_query_with_the_same_key_replaces_the_older(jobs: Jobs, qtbot: QtBot) -> None:
    page, gate, got, ran = QObject(), threading.Event(), [], []

    def search(text: str, _uow: Uow) -> str:
        ran.append(text)
        gate.wait(5)
        return text

    mine = OwnedJobs(jobs, page)
    for text in ("m", "mu", "mun", "munt"):
        mine.query(partial(search, text), got.append, key="search")
    mine.query(lambda _uow: "other", got.append, key="other")
    gate.set()
    settle(qtbot, jobs)
    assert sorted(got) == ["munt", "other"]
    assert "mun" not in ran, "a query nobody waits for was run"


def test_commands_run_while_long_work_runs(jobs: Jobs, qtbot: QtBot) -> None:
    gate, results = threading.Event(), []

    def work(store: Store, progress: Progress) -> str:
        progress.step(1, 2)
        assert gate.wait(5)
        return "imported"

    with qtbot.waitSignal(jobs.work_started) as seen:
        jobs.work(work, "Importing", results.append)
    jobs.command(partial(add_person, name="at the door"))
    with qtbot.waitSignal(jobs.saved):
        pass
    assert results == []
    qtbot.waitUntil(lambda: seen.args[0].fraction == 0.5)
    gate.set()
    settle(qtbot, jobs)
    assert results == ["imported"]


def test_cancelled_work_stops_at_its_next_step_and_says_nothing(jobs: Jobs, qtbot: QtBot) -> None:
    results: list[str] = []

    def work(_store: Store, progress: Progress) -> str:
        for number in range(10_000):
            progress.step(number, 10_000)
            sleep(0.001)
        return "finished"

    started = jobs.work(work, "Importing", results.append)
    with qtbot.assertNotEmitted(jobs.failed), qtbot.waitSignal(jobs.work_ended):
        started.cancel()
    assert results == []
    assert started.done < 10_000


def test_cancelled_work_tells_who_wants_to_know(jobs: Jobs, qtbot: QtBot) -> None:
    errors: list[UserFacingError] = []
    gate = threading.Event()

    def work(_store: Store, progress: Progress) -> None:
        gate.wait(5)
        progress.check()

    started = jobs.work(work, "Importing", None, errors.append)
    started.cancel()
    gate.set()
    settle(qtbot, jobs)
    assert [type(error) for error in errors] == [Cancelled]


def test_work_that_changed_something_refreshes_the_pages(jobs: Jobs, qtbot: QtBot) -> None:
    def work(store: Any, _progress: Progress) -> Changes:
        with store.unit_of_work() as uow:
            return add_person(uow, name="Elena")

    with qtbot.waitSignals([jobs.changed, jobs.saved]):
        jobs.work(work, "Importing")


def test_module_is_loaded_off_the_window(jobs: Jobs, qtbot: QtBot) -> None:
    loaded: list[str] = []
    jobs.load("wave", lambda module: loaded.append(module.__name__))
    settle(qtbot, jobs)
    assert loaded == ["wave"]


@pytest.fixture
def two_kinds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package of which `shown` is Qt's and needs `beside`, and both tell who imported them."""
    told = (
        "from threading import current_thread, main_thread\n"
        "is_window = current_thread() is main_thread()\n"
    )
    files = {
        "kinds/__init__.py": "",
        "kinds/beside.py": told,
        "kinds/shown/__init__.py": "",
        "kinds/shown/leaf.py": told,
        "kinds/shown/page.py": (
            f"from kinds.beside import is_window as beside\nfrom kinds.shown import leaf\n{told}"
        ),
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(importing, "_OF_QT", ("kinds.shown",))
    importlib.import_module("kinds")
    yield
    for name in [one for one in sys.modules if one.partition(".")[0] == "kinds"]:
        del sys.modules[name]


@pytest.mark.usefixtures("two_kinds")
def test_what_is_qts_is_imported_on_the_thread_of_the_window(jobs: Jobs, qtbot: QtBot) -> None:
    loaded: list[Any] = []
    jobs.load("kinds.shown.page", loaded.append)
    settle(qtbot, jobs)
    (page,) = loaded
    assert (page.is_window, page.leaf.is_window, page.beside) == (True, True, False)


def test_module_that_is_missing_is_reported(jobs: Jobs, qtbot: QtBot) -> None:
    with qtbot.waitSignal(jobs.failed) as seen:
        jobs.load("mentor_desktop.ui.pages.nowhere", lambda _module: None)
    assert "ModuleNotFoundError" in seen.args[0].report


def test_modules_are_warmed_up_one_after_the_other(jobs: Jobs, qtbot: QtBot) -> None:
    modules = ["colorsys", "wave"]
    for name in modules:
        sys.modules.pop(name, None)
    jobs.warm_up(modules)
    settle(qtbot, jobs)
    assert {"colorsys", "wave"} <= sys.modules.keys()


def test_held_back_jobs_begin_when_the_window_is_painted(jobs: Jobs, qtbot: QtBot) -> None:
    got: list[str] = []
    jobs.hold_back()
    jobs.query(lambda _uow: "rows", got.append)
    jobs.draw(lambda: "picture", got.append)
    window = QWidget()
    qtbot.addWidget(window)
    FirstPaint(window, partial(jobs.warm_up, ()))
    qtbot.wait(50)
    assert got == []
    window.show()
    settle(qtbot, jobs)
    assert sorted(got) == ["picture", "rows"]


def test_held_back_jobs_begin_without_a_picture_too(jobs: Jobs, qtbot: QtBot) -> None:
    got: list[str] = []
    jobs.hold_back()
    jobs.query(lambda _uow: "rows", got.append)
    window = QWidget()
    qtbot.addWidget(window)
    FirstPaint(window, partial(jobs.warm_up, ()))
    qtbot.waitUntil(lambda: got == ["rows"], timeout=5_000)


class Circle(QObject):
    """What only the collector takes away; it tells on which thread that was."""

    def __init__(self, ended_on: list[int]) -> None:
        super().__init__()
        self.itself = self
        self._ended_on = ended_on

    def __del__(self) -> None:
        self._ended_on.append(threading.get_ident())


def test_rubbish_is_collected_on_the_windows_thread_alone(jobs: Jobs, qtbot: QtBot) -> None:
    ended_on: list[int] = []
    for _circle in range(3):
        Circle(ended_on)
        # Enough new objects for Python's own collector, on a thread of the jobs.
        jobs.query(lambda _uow: [[number] for number in range(100_000)], lambda _found: None)
        settle(qtbot, jobs)
    several = [[number] for number in range(10_000)]
    qtbot.waitUntil(lambda: len(ended_on) == 3, timeout=10_000)
    assert several
    assert set(ended_on) == {threading.get_ident()}


def test_collector_rests_until_the_last_module_is_warm(jobs: Jobs, qtbot: QtBot) -> None:
    ended_on: list[int] = []
    jobs.warm_up(["colorsys", "mentor_desktop.ui.pages.nowhere"], lambda: sleep(1.2))
    Circle(ended_on)
    several = [[number] for number in range(10_000)]
    settle(qtbot, jobs)
    assert ended_on == []
    assert gc.get_freeze_count() > len(several)


def test_without_threads_python_collects_by_itself(
    store: SqliteStore, clock: Clock, qtbot: QtBot
) -> None:
    first, second = Jobs(store, clock), Jobs(store, clock)
    assert not gc.isenabled()
    first.shutdown()
    first.shutdown()
    assert not gc.isenabled()
    second.shutdown()
    assert gc.isenabled()


def test_shutdown_finishes_every_write(store: SqliteStore, clock: Clock, qtbot: QtBot) -> None:
    jobs = Jobs(store, clock)
    for number in range(50):
        jobs.command(partial(add_person, name=str(number)))
    assert jobs.shutdown()
    with store.reader() as uow:
        assert len(uow.names()) == 50


def test_shutdown_cancels_work_and_drops_what_is_only_read(
    store: SqliteStore, clock: Clock, qtbot: QtBot
) -> None:
    jobs, got = Jobs(store, clock), []

    def work(_store: Store, progress: Progress) -> None:
        while True:
            progress.check()
            sleep(0.001)

    jobs.work(work, "Endless")
    jobs.query(Uow.names, got.append)
    assert jobs.shutdown()
    qtbot.wait(0)
    assert got == []


def test_nothing_is_taken_after_shutdown(store: SqliteStore, clock: Clock, qtbot: QtBot) -> None:
    jobs = Jobs(store, clock)
    jobs.shutdown()
    jobs.command(partial(add_person, name="late"))
    assert jobs.pending == 0


@pytest.mark.parametrize(
    ("elapsed", "done", "left"), [(0.5, 10, None), (10, 50, 10), (30, 75, 10), (10, 0, None)]
)
def test_time_left_follows_the_pace_so_far(elapsed: float, done: int, left: int | None) -> None:
    from mentor_desktop.ui.work import Work

    times = iter([0.0, elapsed])
    work = Work("Importing", now=lambda: next(times))
    work.start().step(done, 100)
    assert work.seconds_left == left
