"""What runs on the exchange's thread: one engine and one connection, kept from sync to sync.

Making a connection reads the certificates of the system, which takes longer than a small sync.
"""

import random
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from mentor_desktop.changes import Changes
from mentor_desktop.clock import Clock
from mentor_desktop.progress import Progress
from mentor_desktop.services.backups import back_up_before
from mentor_desktop.sync.client import Client
from mentor_desktop.sync.engine import Engine
from mentor_desktop.sync.joining import server_of
from mentor_desktop.sync.replica.mass_deletions import Decision
from mentor_desktop.sync.status import SyncStatus
from mentor_desktop.sync.steps import Steps

T = TypeVar("T")

_MILLISECONDS = 1_000


class Exchanger:
    """Its methods are operations of `Jobs.work`, one at a time; `abort` is for any thread.

    `on_changes` hears of rows that are other than before, on the exchange's thread.
    """

    def __init__(
        self, clock: Clock, on_changes: Callable[[Changes], None] = lambda _changes: None
    ) -> None:
        self._clock = clock
        self._on_changes = on_changes
        self.source = random.SystemRandom()
        self._engine: Engine | None = None
        self._client: Client | None = None
        self._url = ""

    def now_ms(self) -> int:
        """Return the time of this computer in milliseconds since 1970."""
        return round(self._clock().timestamp() * _MILLISECONDS)

    # Any: the workspace; see `jobs.Store`.

    def sync(self, store: Any, progress: Progress) -> SyncStatus:
        """Exchange everything there is; a backup is made before deletions a person agreed to.

        Raises:
            StoreError: the disk or the file refused. Cancelled: what was done is kept.
        """
        engine = self._engine_of(store)
        if engine.wants_backup():
            back_up_before(store, "exchange", progress=progress)
            engine.note_backup()
        return self.drive(self._server(store), engine.sync(progress), progress)

    def decide(
        self, store: Any, _progress: Progress, *, decision: Decision, shown: Mapping[str, int]
    ) -> SyncStatus:
        """Keep what a person decided of deletions; say how things stand."""
        return self._engine_of(store).decide(decision, shown)

    def status(self, store: Any, _progress: Progress) -> SyncStatus:
        """Count what waits, without the server."""
        return self._engine_of(store).status()

    def drive(self, url: str, steps: Steps[T], progress: Progress) -> T:
        """Run steps over the connection to a server.

        Raises:
            SyncTrouble: as the steps do. Cancelled: it was aborted.
        """
        client = self._client_of(url)
        try:
            return client.drive(steps, progress)
        finally:
            if client is not self._client:  # it was aborted, and nobody else has it
                client.close()

    def abort(self) -> None:
        """End what waits for the network at once; the next operation makes a new connection."""
        client, self._client = self._client, None
        if client is not None:
            client.abort()

    def close(self) -> None:
        """End the connection; nothing is under way any more."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _client_of(self, url: str) -> Client:
        if self._client is None or self._url != url:
            self.close()
            self._client, self._url = Client(url), url
        return self._client

    def _engine_of(self, store: Any) -> Engine:
        if self._engine is None:
            self._engine = Engine(
                store,
                self.source,
                now_ms=self.now_ms,
                has_window=True,
                on_changes=self._on_changes,
            )
        return self._engine

    def _server(self, store: Any) -> str:
        raw = store.plain_connection()
        try:
            return server_of(raw)
        finally:
            raw.close()
