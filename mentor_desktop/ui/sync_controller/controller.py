"""When to exchange, never two at a time, and telling the window how things stand."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from mentor_desktop.changes import Changes
from mentor_desktop.clock import Clock
from mentor_desktop.errors import Cancelled, UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.sync.replica.mass_deletions import Decision
from mentor_desktop.sync.replica.transactions import UnfinishedImportError
from mentor_desktop.sync.status import MassChange, State, SyncStatus, pause_before_next
from mentor_desktop.ui.desk import Frame
from mentor_desktop.ui.jobs import Jobs, UnexpectedError
from mentor_desktop.ui.sync_controller import words
from mentor_desktop.ui.sync_controller.exchanger import Exchanger
from mentor_desktop.ui.sync_controller.news import tell_news
from mentor_desktop.ui.sync_controller.team_acts import TeamActs

_MS = 1_000
# Behind a change: a row of quick marks goes as one exchange.
_SOON_MS = 3_000
# Until what waits is counted anew, and between two refreshes of pages during an exchange.
_COUNT_MS, _GATHER_MS = 300, 250


class SyncController(QObject):
    """Exchanges by itself once it has begun: soon after a change, else about once a minute.

    Being offline is no failure: it waits longer each time, and a person may ask at once. `acts`
    are joining, inviting and revoking.

    Emits:
        changed: `status` or `is_syncing` is different.
    """

    changed = Signal()
    _applied = Signal(object)

    def __init__(self, jobs: Jobs, frame: Frame, clock: Clock) -> None:
        super().__init__()
        self._jobs, self._frame, self._clock = jobs, frame, clock
        self._exchanger = Exchanger(clock, self._applied.emit)
        self.acts = TeamActs(jobs, self._exchanger)
        self.status = SyncStatus()
        self.is_syncing = False
        self._has_begun = self._is_announcing = self._again = False
        self._failures = 0
        self._asked: tuple[MassChange, ...] = ()
        self._gathered: dict[str, set[str]] = {}
        self._next = _one_shot(self, 0, self._sync)
        self._count = _one_shot(self, _COUNT_MS, self._count_now)
        self._gather = _one_shot(self, _GATHER_MS, self._announce)
        # It comes from the exchange's thread.
        self._applied.connect(self._on_applied, Qt.ConnectionType.QueuedConnection)
        self.acts.joined.connect(partial(self.sync_now, _("Exchanging for the first time")))
        self.acts.revoked.connect(self._sync)
        jobs.changed.connect(self._on_changed)
        jobs.ended.connect(self._exchanger.close)

    @property
    def is_joined(self) -> bool:
        """Whether there is a server to exchange with, as far as is known by now."""
        return self.status.state is not State.NOT_JOINED

    def begin(self) -> None:
        """Exchange from now on; the workspace has joined a server."""
        if not self._has_begun:
            self._count_now()
            self.sync_now()

    def sync_now(self, title: str = "") -> None:
        """Exchange at once, however long ago the last try was; `title` shows it with Cancel."""
        self._failures = 0
        self._has_begun = True
        if not self.is_joined:
            self.status = SyncStatus(State.IDLE)
        self._sync(title)

    def rest(self) -> None:
        """Exchange no more by itself, until somebody asks."""
        self._has_begun = False
        self._next.stop()

    def consent(self) -> None:
        """Let others' deletions happen here too, after a backup: those that ask, else those kept."""
        self._decide(Decision.TAKE, partial(self.sync_now, _("Backing up, then exchanging")))

    def keep_here(self) -> None:
        """Keep what others deleted; it is asked again when they delete more."""
        self._decide(Decision.KEEP, lambda: None)

    def show(self, status: SyncStatus) -> None:
        """Take this as how things stand, and tell it."""
        self.status = status
        self._frame.set_waiting(words.waiting_line(status, self._clock()))
        self.changed.emit()

    # ---- exchanging

    def _decide(self, decision: Decision, then: Callable[[], object]) -> None:
        """Keep an answer in the store at once: it is not asked again after a restart."""
        about = self.status.mass_changes or self.status.kept_changes
        shown = {one.stream: one.deletions for one in about}
        op = partial(self._exchanger.decide, decision=decision, shown=shown)

        def done(status: SyncStatus) -> None:
            self._asked = status.mass_changes
            self._on_counted(status)
            then()

        self._jobs.work(op, "", done, self._jobs.tell, owner=self, is_beside=True)

    def _sync(self, title: str = "") -> None:
        if not self.is_joined:  # laptops without a server hear of everything by files
            return
        if self.is_syncing:
            self._again = True
            return
        self._next.stop()
        self._set_syncing(is_syncing=True)
        self._jobs.work(
            self._exchanger.sync, title, self._on_synced, self._on_failed, owner=self, is_beside=True,
            on_cancel=self._exchanger.abort,
        )  # fmt: skip

    def _on_synced(self, status: SyncStatus) -> None:
        self._announce()
        tell_news(self._frame, self.status, status)
        if status.mass_changes != self._asked:  # each exchange names it
            self._ask(status.mass_changes)
        is_good = status.state in {State.IDLE, State.NEEDS_CONSENT} and not status.reason
        self._failures = 0 if is_good else self._failures + 1
        self._go_on(status)

    def _on_failed(self, error: UserFacingError) -> None:
        self._announce()
        if isinstance(error, UnexpectedError):
            self.rest()  # once is enough: nobody wants that dialog every minute
        elif not isinstance(error, Cancelled | UnfinishedImportError):
            if str(error) != self.status.reason:
                self._jobs.tell(error)
            self._failures += 1
        is_over_soon = isinstance(error, Cancelled | UnfinishedImportError)
        reason = "" if is_over_soon else str(error)
        self._go_on(replace(self.status, reason=reason))

    def _go_on(self, status: SyncStatus) -> None:
        self._set_syncing(is_syncing=False)
        self.show(status)
        if not self._has_begun:
            return
        if self._again and not self._failures:
            self._next.start(_SOON_MS)
        else:
            pause_s = pause_before_next(status, self._failures, self._exchanger.source)
            self._next.start(round(pause_s * _MS))
        self._again = False

    def _ask(self, mass: tuple[MassChange, ...]) -> None:
        self._asked = mass
        if not mass:
            return
        self._frame.toast(
            _("Others deleted many records. Nothing of that was done here yet."),
            _("Decide"),
            partial(self._frame.go, "sync"),
        )

    # ---- telling

    def _on_changed(self, _changes: Changes) -> None:
        if not self._has_begun or self._is_announcing:
            return
        if self.is_syncing:
            self._again = True
            return
        self._count.start()
        is_sooner = not self._next.isActive() or self._next.remainingTime() > _SOON_MS
        if not self._failures and is_sooner:
            self._next.start(_SOON_MS)

    def _count_now(self) -> None:
        if not self.is_syncing:
            op = self._exchanger.status
            self._jobs.work(
                op, "", self._on_counted, lambda _error: None, owner=self, is_beside=True
            )

    def _on_counted(self, counted: SyncStatus) -> None:
        known = self.status
        state = known.state
        if state in {State.IDLE, State.NEEDS_CONSENT}:
            state = counted.state
        self.show(
            replace(
                counted,
                state=state,
                reason=known.reason,
                skew_s=known.skew_s,
                retry_after_s=known.retry_after_s,
            )
        )

    def _on_applied(self, changes: Changes) -> None:
        for entity, ids in changes.entities.items():
            self._gathered.setdefault(entity, set()).update(ids)
        if not self._gather.isActive():
            self._gather.start()

    def _announce(self) -> None:
        """Let pages refresh, as after a command; nothing was saved and nothing can be undone."""
        self._gather.stop()
        if not self._gathered:
            return
        entities = {name: frozenset(ids) for name, ids in self._gathered.items()}
        self._gathered.clear()
        self._is_announcing = True
        self._jobs.changed.emit(Changes(entities, undoable=False))
        self._is_announcing = False

    def _set_syncing(self, *, is_syncing: bool) -> None:
        self.is_syncing = is_syncing
        self.changed.emit()


def _one_shot(parent: QObject, interval: int, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent, singleShot=True, interval=interval)
    timer.timeout.connect(slot)
    return timer
