"""One user action on the store: it commits whole or leaves nothing.

`UnitOfWork` writes under one txn; `Reader` sees one snapshot and cannot write. Both
are handed to use cases as `uow`. Not thread-safe: one thread uses one at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mentor_desktop.changes import Changes
from mentor_desktop.clock import Clock
from mentor_desktop.i18n import _
from mentor_desktop.ids import new_id
from mentor_desktop.models import Person, Txn
from mentor_desktop.store import person_order, staging
from mentor_desktop.store.blobs import Blobs
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.opened_file import OpenedFile
from mentor_desktop.store.refusals import explained
from mentor_desktop.store.row_size import require_room
from mentor_desktop.store.settings import setting
from mentor_desktop.store.staging import KeptPart, Part
from mentor_desktop.store.write_gate import WriteGate


@dataclass(frozen=True)
class Author:
    """Who writes, and on which device (its tag, "A" for the first)."""

    device: str
    actor: str


class Reader:
    """A consistent view of the store for queries; opened and closed by `with`.

    Raises on leaving:
        StoreError: the disk or the file refused; nothing was kept.
    """

    def __init__(
        self, engine: Engine, clock: Clock, author: Author, blobs: Blobs, file: OpenedFile
    ) -> None:
        self._engine = engine
        self._file = file
        self._raw: StoreConnection | None = None
        self.clock = clock
        self.device = author.device
        self.actor = author.actor
        self.blobs = blobs
        self.session: Session

    def __enter__(self) -> Self:
        # Use cases hand rows on as frozen dataclasses, so nothing must outlive the commit.
        self.session = Session(self._engine, expire_on_commit=False)
        try:
            raw = self.session.connection().connection.driver_connection
            assert isinstance(raw, StoreConnection)
            self._raw = raw
            self._begin(raw)
        except BaseException as exc:
            self._leave(exc)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave(error)

    @property
    def raw(self) -> StoreConnection:
        """The plain connection under the session, for bulk reads and writes."""
        assert self._raw is not None, "outside its with block"
        return self._raw

    def _begin(self, raw: StoreConnection) -> None:
        raw.execute("PRAGMA query_only = ON")
        raw.execute("BEGIN")

    def _leave(self, error: BaseException | None) -> None:
        if self._raw is not None:
            self._raw.current_txn = None
            self._raw = None
        # Rolls back what was not committed and gives the connection back.
        self.session.close()
        if error is None or self._is_own_fault(error):
            return
        known = explained(error, self._file.folder)
        if known is not None:
            raise known from error

    def _is_own_fault(self, error: BaseException) -> bool:
        # A file that a use case could not read is that use case's to explain; a write in
        # a reader is a bug, not a read-only disk.
        name = getattr(getattr(error, "orig", error), "sqlite_errorname", "")
        return isinstance(error, OSError) or name == "SQLITE_READONLY"


class UnitOfWork(Reader):
    """One user action. Leaving the block without `commit()` rolls everything back."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        author: Author,
        blobs: Blobs,
        file: OpenedFile,
        gate: WriteGate,
    ) -> None:
        super().__init__(engine, clock, author, blobs, file)
        self._gate = gate
        self.promised: dict[tuple[int, int], KeptPart] = {}
        self._action = ""
        self._values: dict[str, str] = {}
        self._undoes: int | None = None
        self._undoable = True
        self.txn = 0

    def describe(
        self, action: str, /, **values: Any
    ) -> None:  # Any: what formats into the sentence
        """Name the action for history and toast: an `N_()` sentence and its named fields."""
        self._action = action
        self._values = {name: str(value) for name, value in values.items()}

    def mark_as_undo_of(self, txn: int) -> None:
        """Say that this action takes back another one."""
        self._undoes = txn

    def forbid_undo(self) -> None:
        """Keep this action out of undo: paper or a serial has already left the house."""
        self._undoable = False

    def promise(self, parts: Sequence[Part]) -> None:
        """Keep rows that belong to this action and are written after its commit, part by part.

        `Workspace.finish_staged` must follow the commit, and gets what is `promised`.
        """
        self.promised |= staging.keep(self.raw, self.txn, parts)

    def commit(self) -> Changes:
        """Make the action durable and return what it changed; writing nothing is fine.

        Raises:
            StoreError: the file is no longer where it was; nothing was saved.
            ValidationError: a record is larger than can be exchanged; nothing was saved.
        """
        self.session.flush()
        raw = self.raw
        entities: dict[str, set[str]] = {}
        for entity, row in raw.execute("SELECT entity, row FROM change WHERE txn = ?", (self.txn,)):
            entities.setdefault(entity, set()).add(row)
        for part in self.promised.values():
            entities.setdefault(part.batch.table, set()).update(part.batch.column("id"))
        # Before the commit: nothing may fail once it is durable.
        sentence = _(self._action).format(**self._values)
        if entities:
            require_room(raw, self.txn, entities)
            if Person.__tablename__ in entities:
                person_order.pack_if_due(raw)
            self.session.add(self._txn_row())
            self.session.flush()
            self._file.require_in_place()
        # Before the commit: it gives the connection back, perhaps to another thread.
        raw.current_txn = None
        self._raw = None
        self.session.commit()
        if not entities:
            return Changes()
        return Changes(
            entities={entity: frozenset(ids) for entity, ids in entities.items()},
            txn=self.txn,
            action=sentence,
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

    def _begin(self, raw: StoreConnection) -> None:
        raw.execute("PRAGMA query_only = OFF")
        # IMMEDIATE: two writers meet here and wait, never in the middle of the work.
        with self._gate.passing():
            raw.execute("BEGIN IMMEDIATE")
        last = raw.execute("SELECT coalesce(max(id), 0) FROM txn").fetchone()
        self.txn = int(last[0]) + 1
        raw.current_txn = self.txn
        # Another connection may have changed it; stale keys would leave rows behind.
        raw.sort_language = setting(raw, "sort_language") or raw.sort_language

    def _is_own_fault(self, error: BaseException) -> bool:
        return isinstance(error, OSError)
