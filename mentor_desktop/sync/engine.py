"""The exchange of one workspace with its server, as a generator of steps.

No socket, no clock and no sleep of its own: it yields requests and waits, is sent replies,
and calls the store, which is local. It may be ended between any two steps, or with the
program, and begun again: whatever is done twice is done once.
"""

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import _
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import remember, setting
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.blobs import BlobQueue, Notes, remove_unwanted
from mentor_desktop.sync.counting import counted
from mentor_desktop.sync.course import Course
from mentor_desktop.sync.exchange import Exchange
from mentor_desktop.sync.joining import server_of, workspace_id
from mentor_desktop.sync.journal.open_journal import OpenJournal
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.pulling import EpochChanged
from mentor_desktop.sync.pushing import ForkFound
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.beginning import LogIncompleteError
from mentor_desktop.sync.replica.happenings import What, happenings, note
from mentor_desktop.sync.replica.mass_deletions import (
    Decision,
    decide,
    note_backup,
    waiting_deletions,
)
from mentor_desktop.sync.replica.transactions import connected, writing
from mentor_desktop.sync.session import get_token
from mentor_desktop.sync.status import MassChange, State, SyncStatus
from mentor_desktop.sync.steps import Steps
from mentor_desktop.sync.troubles import AccessEnded, Refused, SignInNeeded, Unreachable, busy

_LAST_SUCCESS = "sync_last_success"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Engine:
    """Syncs a workspace again and again; `sync` is run by a client, one at a time.

    `now_ms` is this computer's time, `source` spreads retries, `on_changes` hears of rows that
    are other than before, in the thread that drives the sync. `journal` is the user's while it is
    open: what others need of its keys is then made on the way.
    """

    def __init__(
        self,
        workspace: Workspace,
        source: random.Random,
        *,
        now_ms: Callable[[], int],
        has_window: bool = False,
        on_changes: Callable[[Changes], None] = lambda _changes: None,
        is_paused: Callable[[], bool] = lambda: False,
        journal: Callable[[], OpenJournal | None] = lambda: None,
    ) -> None:
        self._workspace = workspace
        self._now_ms = now_ms
        self._has_window = has_window
        self._on_changes = on_changes
        self._line = Line(source, self._get_token)
        self._exchange: Exchange | None = None
        self._source = source
        self._is_paused = is_paused
        self._journal = journal
        self._ws = workspace_id(workspace)
        self._file_notes = Notes()

    def sync(
        self, progress: Progress = NO_PROGRESS, *, consent: Collection[str] = ()
    ) -> Steps[SyncStatus]:
        """Exchange changes, then files, and return how things stand afterwards.

        `consent` names the streams in which a person agreed to a mass change.

        Raises:
            StoreError: the disk or the file refused; what was done until then is kept.
            Cancelled: the same.
        """
        with connected(self._workspace) as raw:
            if not state.is_joined(raw):
                return SyncStatus()
            own = state.identity(raw)
            if self._exchange is not None and self._exchange.own.device != own.device:
                self._line.sign_in_again()  # it joined anew under another name
            exchange = self._exchange = Exchange(
                raw,
                own,
                self._line,
                self._now_ms,
                self._workspace.gate,
                self._has_window,
                self._on_changes,
                progress,
            )
            course = Course(self._workspace, exchange, consent, self._journal())
            status = yield from self._ended(raw, course, progress)
            remove_unwanted(raw, self._workspace.blobs())
            return self._told(raw, replace(status, skew_s=course.skew_s))

    def status(self) -> SyncStatus:
        """Return how things stand without asking the server."""
        with connected(self._workspace) as raw:
            if not state.is_joined(raw):
                return SyncStatus()
            return self._counted(raw, SyncStatus(State.IDLE))

    def decide(self, decision: Decision, shown: Mapping[str, int]) -> SyncStatus:
        """Keep what a person decided of deletions, by stream how many were shown; say how it stands."""
        with connected(self._workspace) as raw:
            with self._workspace.gate.closed(), writing(raw):
                rows = decide(raw, decision, shown)
                if rows and decision == Decision.KEEP:
                    note(raw, What.DELETIONS_KEPT, self._now_ms(), count=str(rows))
            return self._counted(raw, SyncStatus(State.IDLE))

    def wants_backup(self) -> bool:
        """Say whether a backup is to be made before the next sync: it takes much away."""
        with connected(self._workspace) as raw:
            return any(
                one.decision == Decision.TAKE and not one.is_backed_up
                for one in waiting_deletions(raw).values()
            )

    def note_backup(self) -> None:
        """Hear that it was made."""
        with connected(self._workspace) as raw, self._workspace.gate.closed(), writing(raw):
            note_backup(raw)

    def _ended(self, raw: StoreConnection, course: Course, progress: Progress) -> Steps[SyncStatus]:
        try:
            yield from course.run()
            files = self._files(raw)
            yield from files.steps(self._line, progress)
        except AccessEnded as trouble:
            return SyncStatus(State.ACCESS_ENDED, str(trouble))
        except SignInNeeded as trouble:
            return SyncStatus(State.NEEDS_SIGN_IN, str(trouble))
        except Unreachable as trouble:
            return self._offline(raw, trouble)
        except (EpochChanged, ForkFound):  # two nodes that do not agree, while one takes over
            return self._offline(raw, busy())
        except (Refused, LogIncompleteError) as trouble:
            return SyncStatus(State.IDLE, str(trouble))
        if not (course.refused or course.has_left):
            remember(raw, **{_LAST_SUCCESS: str(self._now_ms())})
        reason = ""
        if waits := course.refused or files.trouble:
            reason = str(waits)
        elif course.has_left:
            reason = _("Much that others did comes in when nobody marks for a few seconds.")
        return SyncStatus(State.IDLE, reason)

    def _offline(self, raw: StoreConnection, trouble: Unreachable) -> SyncStatus:
        reason = str(trouble.at(server_of(raw)))
        if self._has_window and trouble.is_passing:
            reason = _("{reason} It is tried again by itself.").format(reason=reason)
        return SyncStatus(State.OFFLINE, reason, retry_after_s=trouble.retry_after_s)

    def _told(self, raw: StoreConnection, status: SyncStatus) -> SyncStatus:
        told = self._counted(raw, status)
        if told.state is State.OFFLINE and (told.waiting_changes or told.waiting_files):
            waits = _("{reason} Changes wait on this computer.").format(reason=told.reason)
            return replace(told, reason=waits)
        return told

    def _counted(self, raw: StoreConnection, status: SyncStatus) -> SyncStatus:
        last = setting(raw, _LAST_SUCCESS)
        at = _EPOCH + timedelta(milliseconds=int(last)) if last else None
        counts = counted(raw)
        mass, kept = (
            tuple(
                MassChange(stream, one.rows, one.of_rows)
                for stream, one in waiting_deletions(raw).items()
                if one.decision == decision
            )
            for decision in ("", Decision.KEEP)
        )
        return replace(
            status,
            state=State.NEEDS_CONSENT if mass and status.state is State.IDLE else status.state,
            mass_changes=mass,
            kept_changes=kept,
            last_success_at=at,
            waiting_files=self._files(raw).files().waiting,
            waiting_changes=counts.waiting,
            not_shared=counts.not_shared,
            conflicts=counts.conflicts,
            parked=counts.parked,
            happenings=tuple(happenings(raw)),
        )

    def _files(self, raw: StoreConnection) -> BlobQueue:
        return BlobQueue(
            raw,
            self._ws,
            self._workspace.blobs(),
            self._source,
            now_ms=self._now_ms,
            notes=self._file_notes,
            is_paused=self._is_paused,
        )

    def _get_token(self) -> Steps[str]:
        assert self._exchange is not None, "asked for during a sync only"
        return (yield from get_token(self._line, self._exchange.own, self._now_ms))
