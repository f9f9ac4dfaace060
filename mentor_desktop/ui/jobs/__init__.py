"""Work off the window's thread: the only place with threads.

    jobs.command(op)             writes, one after the other; `op(uow) -> Changes`
    jobs.query(op, on_success)   reads; `op(uow)` returns frozen rows
    jobs.work(op, title)         something long, with progress and Cancel; `op(store, progress)`
    jobs.draw(op, on_success)    computes a picture; `op()`
    jobs.load(module, then)      imports a module

Results arrive on the window's thread. A failure nobody handles is emitted as `failed`,
so no page can forget it.
"""

import importlib
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple, Protocol, TypeVar
from weakref import WeakKeyDictionary, ref

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from mentor_desktop.changes import Changes
from mentor_desktop.clock import Clock
from mentor_desktop.errors import Cancelled, UserFacingError
from mentor_desktop.i18n import N_, _
from mentor_desktop.progress import Progress
from mentor_desktop.ui.jobs.collecting import Collector
from mentor_desktop.ui.jobs.importing import import_some, prepare
from mentor_desktop.ui.jobs.lanes import Lane
from mentor_desktop.ui.work import Work

T = TypeVar("T")

_READERS = 2
_GIVE_WAY_S = 0.0005
_BUG = N_("Something went wrong that should not have. What was saved before is safe.")


class Store(Protocol):
    """What jobs need of a workspace. Any: the window may not know the unit of work's type."""

    def unit_of_work(self) -> AbstractContextManager[Any]:
        """Open a unit of work that writes; rolled back unless committed."""

    def reader(self) -> AbstractContextManager[Any]:
        """Open a unit of work that only reads."""

    def plain_connection(self) -> Any:
        """Return a new plain connection, for `Jobs.glance`."""


class UnexpectedError(UserFacingError):
    """A bug, told to the person in one sentence; the report carries the rest."""


class Failure(NamedTuple):
    """An error nobody handled; `report` is the traceback of a bug, empty for expected ones."""

    error: UserFacingError
    report: str = ""


class _Task(NamedTuple):
    """What one lane runs, and what becomes of its result on the window's thread."""

    run: Callable[[], object]
    succeed: Callable[[Any], None]  # Any: the result of `run`
    fail: Callable[[Failure], None]
    is_wanted: Callable[[], bool] = lambda: True


def failure_of_bug(report: str) -> Failure:
    """Return what a person is shown of a bug: one sentence, and the report behind it."""
    return Failure(UnexpectedError(_(_BUG)), report)


class Jobs(QObject):
    """Runs operations on a workspace for the window.

    Emits:
        changed: `Changes`, after each command that wrote something.
        saved: aware UTC `datetime` of that moment.
        failed: `Failure`, when the caller gave no `on_failure`, and for every bug.
        work_started, work_ended: `Work`, where it has a title.
        ended: every thread that could be waited for is gone.
    """

    changed = Signal(object)
    saved = Signal(object)
    failed = Signal(object)
    work_started = Signal(object)
    work_ended = Signal(object)
    ended = Signal()
    _arrived = Signal()

    def __init__(self, store: Store, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._clock = clock
        self._outcomes: deque[Callable[[], None]] = deque()
        self._newest: WeakKeyDictionary[QObject, dict[str, object]] = WeakKeyDictionary()
        self._works: list[Work] = []
        self._pending = 0
        self._glancing: Any = None  # Any: a plain connection, made by the first glance
        self._is_closed = False
        self._writer = Lane("writer")
        self._readers = Lane("reader", _READERS)
        self._long = Lane("work")
        self._beside = Lane("beside")
        self._drawing = Lane("drawing")
        self._loader = Lane("loader")
        # A thread that computes gives way to the window's after this, not after 5 ms each time.
        sys.setswitchinterval(_GIVE_WAY_S)
        self._arrived.connect(self._deliver_one, Qt.ConnectionType.QueuedConnection)
        self._collector = Collector(self)

    @property
    def pending(self) -> int:
        """How many operations have not been delivered yet."""
        return self._pending

    def command(
        self,
        op: Callable[[Any], Changes],  # Any: see `Store`
        on_success: Callable[[Changes], None] | None = None,
        on_failure: Callable[[UserFacingError], None] | None = None,
        *,
        owner: QObject | None = None,
    ) -> None:
        """Write: run `op(uow)` after all commands before it, then announce what changed."""
        alive = _is_alive(owner)

        def run() -> tuple[Changes, object]:
            with self._store.unit_of_work() as uow:
                changes = op(uow)
            return changes, self._clock()

        def succeed(outcome: tuple[Changes, object]) -> None:
            if on_success and alive():
                on_success(outcome[0])
            self._announce(*outcome)

        def fail(failure: Failure) -> None:  # a failed write is never silent
            self._fail(failure, on_failure if alive() else None)

        self._submit(self._writer, _Task(run, succeed, fail))

    def query(
        self,
        op: Callable[[Any], T],  # Any: see `Store`
        on_success: Callable[[T], None],
        on_failure: Callable[[UserFacingError], None] | None = None,
        *,
        owner: QObject | None = None,
        key: str = "",
    ) -> None:
        """Read: run `op(uow)` beside others; a newer query of the same owner and key replaces it."""

        def run() -> T:
            with self._store.reader() as uow:
                return op(uow)

        self._read(self._readers, run, on_success, on_failure, owner, key)

    def glance(self, op: Callable[[Any, datetime], T]) -> T:  # Any: see `Store`
        """Read at once, on the window's thread: one plain query of a few milliseconds.

        `op(connection, now)`. The first page is painted from it, before SQLAlchemy is loaded.
        """
        if self._glancing is None:
            self._glancing = self._store.plain_connection()
        return op(self._glancing, self._clock())

    def draw(
        self,
        op: Callable[[], T],
        on_success: Callable[[T], None],
        on_failure: Callable[[UserFacingError], None] | None = None,
        *,
        owner: QObject | None = None,
        key: str = "",
    ) -> None:
        """Compute something without the workspace, one after the other (pdfium takes one thread)."""
        self._read(self._drawing, op, on_success, on_failure, owner, key)

    def load(
        self,
        module: str,
        then: Callable[[ModuleType], None],
        on_failure: Callable[[UserFacingError], None] | None = None,
        *,
        owner: QObject | None = None,
    ) -> None:
        """Import a module behind the window's back and hand it to `then`.

        What of it is Qt's is imported on the window's thread, a little at a time.
        """
        alive = _is_alive(owner)

        def go_on(left: list[str]) -> None:
            try:
                has_more = import_some(left)
            except Exception:  # noqa: BLE001 as in `_run`
                self._fail(failure_of_bug(traceback.format_exc()), on_failure if alive() else None)
                return
            if has_more:
                self._pending += 1
                QTimer.singleShot(0, self, partial(again, left))
            elif alive():
                then(importlib.import_module(module))

        def again(left: list[str]) -> None:
            self._pending -= 1
            if not self._is_closed and alive():
                go_on(left)

        self._read(self._loader, partial(prepare, module), go_on, on_failure, owner)

    def hold_back(self) -> None:
        """Read, draw and load nothing until `warm_up`: the first paint goes first."""
        for lane in (self._readers, self._drawing, self._loader):
            lane.hold_back()

    def warm_up(self, modules: Iterable[str], last: Callable[[], object] = lambda: None) -> None:
        """Import modules that will be needed soon, then run `last` on the same thread.

        A `load` asked for meanwhile comes in between.
        The collector of rubbish rests meanwhile and leaves alone what was loaded: looking
        through all of it held up the window for 50 to 80 ms, again and again.
        """
        waiting = deque(modules)
        self._collector.rest()
        for lane in (self._readers, self._drawing, self._loader):
            lane.begin()

        def load_next(_module: ModuleType | None = None) -> None:
            if waiting:
                self.load(waiting.popleft(), load_next, lambda _error: load_next())
            else:
                self._read(self._loader, last, end, lambda _error: end(), None)

        def end(_loaded: object = None) -> None:
            self._collector.leave_alone()

        load_next()

    def work(
        self,
        op: Callable[[Any, Progress], T],  # Any: a `Store`; use cases know the real one
        title: str,
        on_success: Callable[[T], None] | None = None,
        on_failure: Callable[[UserFacingError], None] | None = None,
        *,
        owner: QObject | None = None,
        is_beside: bool = False,
        on_cancel: Callable[[], object] = lambda: None,
    ) -> Work:
        """Run something long beside commands; `op(store, progress)`. Shown with Cancel.

        Without a title nobody is shown it. `is_beside` runs it at the same time as other work:
        an exchange waits for no import. Cancelled work calls `on_failure` with `Cancelled`, or
        says nothing; `on_cancel` is for what waits without looking at its progress.
        """
        work, alive = Work(title, on_cancel=on_cancel), _is_alive(owner)

        def succeed(outcome: tuple[T, object]) -> None:
            self._end(work)
            result, at = outcome
            if on_success and alive():
                on_success(result)
            if isinstance(result, Changes):
                self._announce(result, at)

        def fail(failure: Failure) -> None:
            self._end(work)
            self._fail(failure, on_failure if alive() else None)

        def run() -> tuple[T, object]:
            return op(self._store, work.start()), self._clock()

        self._works.append(work)
        self._submit(self._beside if is_beside else self._long, _Task(run, succeed, fail))
        if title:
            self.work_started.emit(work)
        return work

    def tell(self, error: UserFacingError) -> None:
        """Show an error's sentence as if nobody had handled it."""
        self.failed.emit(Failure(error))

    def shutdown(self, timeout_s: float = 10.0) -> bool:
        """Finish the writes, cancel the rest and end the threads; False when one did not end."""
        self._is_closed = True
        for work in self._works:
            work.cancel()
        lanes = (
            self._readers, self._drawing, self._loader, self._beside, self._long, self._writer,
        )  # fmt: skip
        for lane in lanes:
            lane.close(finish=lane is self._writer)
        ended = [lane.join(timeout_s) for lane in lanes]  # each one, whatever the others did
        if self._glancing is not None:
            self._glancing.close()
            self._glancing = None
        if all(ended):
            self._collector.end()
        self.ended.emit()
        return all(ended)

    def _read(
        self,
        lane: Lane,
        run: Callable[[], T],
        on_success: Callable[[T], None],
        on_failure: Callable[[UserFacingError], None] | None,
        owner: QObject | None,
        key: str = "",
    ) -> None:
        alive = _is_alive(owner)
        marks = self._newest.setdefault(owner or self, {}) if key else {}
        mark = marks[key] = object()

        def is_wanted() -> bool:
            return alive() and marks[key] is mark

        def fail(failure: Failure) -> None:
            if is_wanted():
                self._fail(failure, on_failure)

        self._submit(lane, _Task(run, on_success, fail, is_wanted))

    def _submit(self, lane: Lane, task: _Task) -> None:
        if self._is_closed:
            return
        self._pending += 1
        lane.submit(lambda: self._run(task))

    def _run(self, task: _Task) -> None:
        """Run one task (its lane's thread) and queue what follows."""
        if not task.is_wanted():
            self._post(lambda: None)
            return
        try:
            result = task.run()
        except UserFacingError as error:
            failure = Failure(error)
        except Exception as error:  # noqa: BLE001 the edge of the program: a bug becomes a report
            failure = failure_of_bug(traceback.format_exc())
            failure.error.__cause__ = error
        else:
            self._post(lambda: task.succeed(result) if task.is_wanted() else None)
            return
        self._post(lambda: task.fail(failure))

    def _post(self, outcome: Callable[[], None]) -> None:
        self._outcomes.append(outcome)
        if not self._is_closed and isValid(self):
            self._arrived.emit()

    def _deliver_one(self) -> None:
        self._pending -= 1
        outcome = self._outcomes.popleft()
        if not self._is_closed:
            outcome()

    def _announce(self, changes: Changes, saved_at: object) -> None:
        if changes:
            self.changed.emit(changes)
            self.saved.emit(saved_at)

    def _fail(self, failure: Failure, on_failure: Callable[[UserFacingError], None] | None) -> None:
        if on_failure:
            on_failure(failure.error)
        is_silent = on_failure is not None or isinstance(failure.error, Cancelled)
        if failure.report or not is_silent:
            self.failed.emit(failure)

    def _end(self, work: Work) -> None:
        self._works.remove(work)
        if work.title:
            self.work_ended.emit(work)


def _is_alive(owner: QObject | None) -> Callable[[], bool]:
    """Return a question that does not keep the owner alive: is it still there?"""
    if owner is None:
        return lambda: True
    held = ref(owner)

    def alive() -> bool:
        there = held()
        return there is not None and isValid(there)

    return alive
