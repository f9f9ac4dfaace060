"""Transactions of one workspace: tried again where the database asks for it, timed, bounded.

All SQL that differs between databases is in `dialect`. A connection never leaves the thread
that took it, and no state outlives a transaction, so poolers in between do no harm.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from mentor_desktop.server import refusals
from mentor_desktop.server.dialect import EVERYWHERE, Dialect, dialect_for
from mentor_desktop.server.metrics import Meter

T = TypeVar("T")

TRIES = 6
_PAUSE_S = 0.02  # doubled with each further try, and spread at random
_RETRY_AFTER_S = (2, 8)


class OvertakenError(Exception):
    """Somebody else changed what this transaction had read; it is tried again from its start."""


class Database:
    """One database with many workspaces in it."""

    def __init__(self, url: str, meter: Meter | None = None) -> None:
        self.dialect: Dialect = dialect_for(url)
        self.engine = self.dialect.engine(url)
        self._meter = meter or Meter()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def read(self, ws: str, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads in one transaction that sees this workspace alone."""
        return self._tried(ws, work, writes=False)

    def write(self, ws: str, work: Callable[[Connection], T]) -> T:
        """Return what `work` answers, with what it wrote committed; it may run several times.

        Raises:
            Refusal: 503 when the database did not come to it in time; nothing was written.
        """
        return self._tried(ws, work, writes=True)

    def read_consistently(self, ws: str, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads in several statements as of one moment."""
        return self._tried(ws, work, writes=False, consistently=True)

    def read_everywhere(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads across workspaces: for folding, metrics and administrators."""
        return self._tried(EVERYWHERE, work, writes=False)

    def read_everywhere_consistently(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads across workspaces as of one moment: for backups."""
        return self._tried(EVERYWHERE, work, writes=False, consistently=True)

    def write_everywhere(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` answers after writing across workspaces: for restoring."""
        return self._tried(EVERYWHERE, work, writes=True)

    def enter(self, connection: Connection, ws: str) -> None:
        """Let the rest of the running transaction see another workspace."""
        self.dialect.enter(connection, ws)

    def _tried(
        self,
        ws: str,
        work: Callable[[Connection], T],
        *,
        writes: bool,
        consistently: bool = False,
    ) -> T:
        for attempt in range(TRIES):
            if attempt:
                time.sleep(random.uniform(0.5, 1.5) * _PAUSE_S * 2**attempt)
            try:
                with self._transaction(ws, writes, consistently) as connection:
                    return work(connection)
            except OvertakenError:
                self._meter.add("overtaken_total")
            except PoolTimeoutError as error:
                raise self._busy() from error
            except DBAPIError as error:
                if self.dialect.is_busy(error):
                    raise self._busy() from error
                if not (self.dialect.is_retryable(error) or error.connection_invalidated):
                    raise
                self._meter.add("retried_total")
        raise self._busy()

    def _busy(self) -> refusals.Refusal:
        self._meter.add("busy_total")
        return refusals.busy(random.randint(*_RETRY_AFTER_S))

    @contextmanager
    def _transaction(self, ws: str, writes: bool, consistently: bool) -> Iterator[Connection]:
        engine = self.engine.execution_options(mentor_writes=writes)
        if consistently:
            engine = engine.execution_options(isolation_level=self.dialect.consistent)
        started = time.monotonic()
        with engine.connect() as connection, connection.begin():
            self.dialect.begin(connection, ws, writes=writes)
            self._meter.observe("lock_wait_s", time.monotonic() - started)
            yield connection
        self._meter.observe("transaction_s", time.monotonic() - started)
