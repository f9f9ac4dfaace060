"""A workspace: one folder with an encrypted file, its blobs, its backups and its key file.

Opening is quick and needs no SQLAlchemy; the first unit of work loads it.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from mentor_desktop.clock import Clock
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.ids import new_id
from mentor_desktop.store.connection import StoreConnection, connect
from mentor_desktop.store.folder import InstanceLock, WorkspaceFolder
from mentor_desktop.store.keyfile import KeyFile
from mentor_desktop.store.version import HEAD

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from mentor_desktop.store.blobs import Blobs
    from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

FIRST_DEVICE = "A"
# One writer, two readers and one long job at a time.
_POOL_SIZE = 4


class Workspace:
    """An opened workspace; `close()` it. One process has it open at a time."""

    def __init__(self, folder: WorkspaceFolder, key: bytes, clock: Clock, lock: InstanceLock, *, was_clean: bool) -> None:
        self.folder = folder
        self.clock = clock
        self.was_clean = was_clean
        self._key = key
        self._lock = lock
        self._engine: Engine | None = None
        self._engine_lock = Lock()
        self._device = FIRST_DEVICE
        self._actor = ""

    @staticmethod
    def create(root: Path, passphrase: str, *, clock: Clock, actor: str = "", language: str = "en") -> tuple[Workspace, str]:
        """Make a workspace in an empty or new folder; return it, opened, and its recovery code.

        Raises:
            StoreError: something is in the folder already, or it cannot be written.
        """
        from mentor_desktop import crypto  # 40 ms that opening with a kept key never pays

        folder = WorkspaceFolder(root)
        _require_empty(root)
        key = crypto.new_key()
        key_file, code = KeyFile.make(new_id(), key, passphrase)
        lock = _locked(folder)
        connect(folder.database, key).close()
        workspace = Workspace(folder, key, clock, lock, was_clean=True)
        workspace._upgrade()
        workspace._remember("device", FIRST_DEVICE)
        workspace._remember("actor", actor)
        workspace._remember("sort_language", language)
        workspace._actor = actor
        # Last, so that a folder with a key file is always a whole workspace.
        key_file.save(folder.key_file)
        folder.mark_open()
        return workspace, code

    @staticmethod
    def open(root: Path, key: bytes, *, clock: Clock) -> Workspace:
        """Open a workspace with its raw key (`KeyFile.open_with_passphrase` gives it).

        Raises:
            StoreError: open elsewhere, another key, a newer schema, or a damaged file.
        """
        folder = WorkspaceFolder(root)
        lock = _locked(folder)
        try:
            workspace = Workspace(folder, key, clock, lock, was_clean=folder.was_closed_cleanly())
            workspace._check_and_prepare()
        except BaseException:
            lock.release()
            raise
        folder.mark_open()
        return workspace

    @property
    def device(self) -> str:
        """This device's tag, "A" for the first."""
        return self._device

    @property
    def key(self) -> bytes:
        """The raw key, for the keyring and for backups; never for a log or a URL."""
        return self._key

    def plain_connection(self) -> StoreConnection:
        """Return a new plain connection, for the first page's query and for bulk checks."""
        return connect(self.folder.database, self._key)

    def unit_of_work(self) -> UnitOfWork:
        """Return a unit of work to be entered with `with`."""
        from mentor_desktop.store.unit_of_work import Author, UnitOfWork  # SQLAlchemy: 180 ms

        return UnitOfWork(self.engine(), self.clock, Author(self._device, self._actor), self._blobs())

    def reader(self) -> Reader:
        """Return a read-only view to be entered with `with`."""
        from mentor_desktop.store.unit_of_work import Author, Reader  # SQLAlchemy: 180 ms

        return Reader(self.engine(), self.clock, Author(self._device, self._actor), self._blobs())

    def engine(self) -> Engine:
        """Return the SQLAlchemy engine, made at the first call."""
        with self._engine_lock:
            if self._engine is None:
                self._engine = self._make_engine()
            return self._engine

    def close(self) -> None:
        """Fold the log into the file, close every connection and let go of the folder."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        connection = self.plain_connection()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        self.folder.mark_closed()
        self._lock.release()

    def remember_sort_language(self, language: str) -> None:
        """Sort people the way `language` does from now on; the order is computed anew."""
        from mentor_desktop.store import derived  # SQLAlchemy: 180 ms

        if self._recall("sort_language") == language:
            return
        self._remember("sort_language", language)
        self.engine().dispose()
        with self.engine().connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            derived.drop(connection)
            derived.create(connection)
            connection.commit()

    def remember_actor(self, actor: str) -> None:
        """Sign what is written from now on with another name."""
        self._remember("actor", actor)
        self._actor = actor

    def _make_engine(self) -> Engine:
        from sqlalchemy import QueuePool, create_engine  # 180 ms: never before the first paint
        from sqlcipher3 import dbapi2

        return create_engine(
            "sqlite://",
            creator=self.plain_connection,
            module=dbapi2,
            poolclass=QueuePool,
            pool_size=_POOL_SIZE,
            max_overflow=0,
        )

    def _check_and_prepare(self) -> None:
        connection = self.plain_connection()
        try:
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        finally:
            connection.close()
        if revision > HEAD:
            raise StoreError(
                _("This workspace was made by a newer version of the program. Update the program to open it.")
            )
        if revision < HEAD:
            self._upgrade()
        self._device = self._recall("device") or FIRST_DEVICE
        self._actor = self._recall("actor")

    def _upgrade(self) -> None:
        from mentor_desktop.store import schema  # Alembic: 200 ms, only when there is something to do

        schema.upgrade(self.engine())

    def _blobs(self) -> Blobs:
        from mentor_desktop.store.blobs import Blobs  # with it comes crypto: 40 ms

        return Blobs(self.folder.blobs, self._key)

    def _recall(self, name: str) -> str:
        connection = self.plain_connection()
        try:
            row = connection.execute("SELECT value FROM local_setting WHERE key = ?", (name,)).fetchone()
        finally:
            connection.close()
        return str(row[0]) if row else ""

    def _remember(self, name: str, value: str) -> None:
        connection = self.plain_connection()
        try:
            connection.execute("INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, ?)", (name, value))
        finally:
            connection.close()


def _locked(folder: WorkspaceFolder) -> InstanceLock:
    lock = InstanceLock(folder.lock)
    lock.acquire()
    return lock


def _require_empty(root: Path) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
        occupied = any(path.name != "workspace.lock" for path in root.iterdir())
    except OSError as exc:
        raise StoreError(_("The folder {path} cannot be written. Choose another one.").format(path=root)) from exc
    if occupied:
        raise StoreError(_("The folder {path} is not empty. Choose a new or an empty one.").format(path=root))
