"""One user action on the store: it commits whole or leaves nothing.

`UnitOfWork` writes under one txn; `Reader` sees one snapshot and cannot write. Both
are handed to use cases as `uow`. Not thread-safe: one thread uses one at a time.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from mentor_desktop.changes import Changes
from mentor_desktop.clock import Clock
from mentor_desktop.i18n import _
from mentor_desktop.models import Txn
from mentor_desktop.ids import new_id
from mentor_desktop.store.blobs import Blobs
from mentor_desktop.store.connection import StoreConnection


@dataclass(frozen=True)
class Author:
    """Who writes, and on which device (its tag, "A" for the first)."""

    device: str
    actor: str


class Reader:
    """A consistent view of the store for queries; opened and closed by `with`."""

    def __init__(self, engine: Engine, clock: Clock, author: Author, blobs: Blobs) -> None:
        self._engine = engine
        self.clock = clock
        self.device = author.device
        self.actor = author.actor
        self.blobs = blobs
        self.session: Session

    def __enter__(self) -> Self:
        # Use cases hand rows on as frozen dataclasses, so nothing must outlive the commit.
        self.session = Session(self._engine, expire_on_commit=False)
        self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._end()
        finally:
            self.session.close()

    @property
    def raw(self) -> StoreConnection:
        """The plain connection under the session, for bulk reads and writes."""
        connection = self.session.connection().connection.driver_connection
        assert isinstance(connection, StoreConnection)
        return connection

    def _begin(self) -> None:
        self.raw.execute("PRAGMA query_only = ON")
        self.raw.execute("BEGIN")

    def _end(self) -> None:
        # Before the session gives the connection back to the pool, where a writer may take it.
        raw = self.raw
        raw.execute("ROLLBACK")
        raw.execute("PRAGMA query_only = OFF")


class UnitOfWork(Reader):
    """One user action. Leaving the block without `commit()` rolls everything back."""

    def __init__(self, engine: Engine, clock: Clock, author: Author, blobs: Blobs) -> None:
        super().__init__(engine, clock, author, blobs)
        self._action = ""
        self._values: dict[str, str] = {}
        self._undoes: int | None = None
        self._undoable = True
        self.txn = 0
        self._is_committed = False

    def describe(self, action: str, **values: Any) -> None:  # Any: whatever formats into the sentence
        """Name the action for history and toast: an `N_()` sentence and its named fields."""
        self._action = action
        self._values = {name: str(value) for name, value in values.items()}

    def mark_as_undo_of(self, txn: int) -> None:
        """Say that this action takes back another one."""
        self._undoes = txn

    def forbid_undo(self) -> None:
        """Keep this action out of undo, because paper or a serial has already left the house."""
        self._undoable = False

    def commit(self) -> Changes:
        """Make the action durable and return what it changed; writing nothing is fine.

        Raises:
            sqlcipher3.dbapi2.Error: the disk refused; nothing was kept.
        """
        self.session.flush()
        raw = self.raw
        rows = raw.execute("SELECT DISTINCT entity, row FROM change WHERE txn = ?", (self.txn,)).fetchall()
        if rows:
            self.session.add(self._txn_row())
            self.session.flush()
        # Before the commit: it gives the connection back to the pool.
        raw.current_txn = None
        self.session.commit()
        self._is_committed = True
        if not rows:
            return Changes()
        entities: dict[str, set[str]] = {}
        for entity, row in rows:
            entities.setdefault(entity, set()).add(row)
        return Changes(
            entities={entity: frozenset(ids) for entity, ids in entities.items()},
            txn=self.txn,
            action=_(self._action).format(**self._values),
            undoable=self._undoable,
        )

    def _txn_row(self) -> Txn:
        return Txn(
            id=self.txn,
            uid=new_id(),
            at=self.clock(),
            device=self.device,
            actor=self.actor,
            action=self._action,
            values=self._values,
            undoes=self._undoes,
            undoable=self._undoable,
        )

    def _begin(self) -> None:
        # IMMEDIATE: two writers meet here and wait, never in the middle of the work.
        self.session.connection().execute(text("BEGIN IMMEDIATE"))
        last = self.raw.execute("SELECT coalesce(max(id), 0) FROM txn").fetchone()
        self.txn = int(last[0]) + 1
        self.raw.current_txn = self.txn

    def _end(self) -> None:
        if not self._is_committed:
            self.raw.current_txn = None
            self.session.rollback()
