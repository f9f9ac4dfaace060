"""A workspace: one folder with an encrypted file, its blobs, its backups and its key file.

Opening is quick and needs no SQLAlchemy; the first unit of work loads it.
"""

from __future__ import annotations

import logging
import shutil
from contextlib import closing
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from sqlcipher3 import dbapi2

from mentor_desktop import config
from mentor_desktop.clock import Clock
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.store import device, opening
from mentor_desktop.store.connection import StoreConnection, connect, sort_language
from mentor_desktop.store.folder import InstanceLock, WorkspaceFolder
from mentor_desktop.store.incarnation import Incarnations
from mentor_desktop.store.keyfile import KeyFile, no_workspace
from mentor_desktop.store.opened_file import OpenedFile
from mentor_desktop.store.refusals import explained, explained_of_backup
from mentor_desktop.store.settings import remember, setting
from mentor_desktop.store.version import HEAD
from mentor_desktop.store.write_gate import WriteGate

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from mentor_desktop.crypto import Argon2Cost
    from mentor_desktop.store.blobs import Blobs
    from mentor_desktop.store.staging import AtHand
    from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

_log = logging.getLogger(__name__)


class Workspace:
    """An opened workspace; `close()` it. One process has it open at a time.

    `recovery_note` is the sentence to show after an unclean close, else empty. `device` is this
    device's tag, "A" for the first; `actor` the name that is signed under what is written.
    `gate` is passed by whoever begins to write, and closed for each part of something long.
    """

    def __init__(
        self, folder: WorkspaceFolder, key: bytes, clock: Clock, lock: InstanceLock
    ) -> None:
        self.folder = folder
        self.clock = clock
        self.was_clean = True
        self.recovery_note = ""
        self._key = key
        self._lock = lock
        self._engine: Engine | None = None
        self._file: OpenedFile  # since the first connection
        # The one the workspace was opened with, until somebody takes it: a second costs 5 ms.
        self._at_hand: StoreConnection | None = None
        self._engine_lock = Lock()
        self.gate = WriteGate()
        self._is_closed = False
        self._incarnations = Incarnations(config.device_dir())
        self.device = ""
        self.actor = ""

    @staticmethod
    def create(
        root: Path,
        passphrase: str,
        *,
        clock: Clock,
        actor: str = "",
        language: str = "en",
        new: device.Newcomer | None = None,
        cost: Argon2Cost | None = None,
    ) -> tuple[Workspace, str]:
        """Make a workspace in an empty or new folder; return it, opened, and its recovery code.

        `new` is given for a further device of a workspace that exists, `cost` for another price
        of trying a passphrase.

        Raises:
            StoreError: something is in the folder already, or it cannot be written.
            ValidationError: the passphrase is empty.
        """
        from mentor_desktop import crypto  # 40 ms that opening with a kept key never pays

        folder = WorkspaceFolder(root)
        new = new or device.first_of_all()
        _require_empty(folder)
        lock = _locked(folder)
        key = crypto.new_key()
        workspace = Workspace(folder, key, clock, lock)
        try:
            _clear(folder)
            folder.mark_unfinished()
            key_file, code = KeyFile.make(new.workspace_id, key, passphrase, cost)
            key_file.save(folder.key_file)
            connect(folder.database, key, create=True).close()
            _upgrade(folder, key)
            with closing(connect(folder.database, key)) as connection:
                device.begin(connection, folder, workspace._incarnations, new)
                remember(connection, actor=actor, sort_language=language)
                workspace._settle(connection)
            folder.mark_open()
            folder.mark_finished()
        except BaseException as exc:
            workspace.discard()
            known = explained(exc, root)
            if known is not None:
                raise known from exc
            raise
        return workspace, code

    @staticmethod
    def open(root: Path, key: bytes, *, clock: Clock) -> Workspace:
        """Open a workspace with its raw key (`KeyFile.open_with_passphrase` gives it).

        A file left by a killed program is read through once, and `recovery_note` says so.

        Raises:
            StoreError: open elsewhere, another key, a newer schema, or a damaged file.
        """
        folder = WorkspaceFolder(root)
        if not folder.is_workspace() and not folder.restore_marker.exists():
            raise no_workspace(root)
        lock = _locked(folder)
        workspace = Workspace(folder, key, clock, lock)
        try:
            workspace._prepare()
        except BaseException as exc:
            lock.release()
            known = explained(exc, root)
            if known is not None:
                raise known from exc
            raise
        return workspace

    @property
    def key(self) -> bytes:
        """The raw key, for the keyring and for backups; never for a log or a URL."""
        return self._key

    def plain_connection(self) -> StoreConnection:
        """Return a plain connection that can read only: the first page's query, checks.

        It is the caller's own, to be closed before the workspace is.
        """
        connection, self._at_hand = self._at_hand, None
        if connection is None:
            connection = connect(self.folder.database, self._key)
        # The one at hand may be older than a change of language.
        connection.sort_language = sort_language(connection)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def exchange_connection(self) -> StoreConnection:
        """Return a new plain connection for the exchange with other devices; close it."""
        return connect(self.folder.database, self._key)

    def become_another_device(self) -> str:
        """Make this copy a device of its own, because others wrote under its name; return its tag."""
        with closing(self.exchange_connection()) as connection:
            self.device = device.become_another(connection, self.folder, self._incarnations)
        return self.device

    def write_as(self, tag: str) -> None:
        """Give what is done here from now on another tag; this stays the device it is."""
        with closing(self.exchange_connection()) as connection:
            remember(connection, device=tag)
        self.device = tag

    def unit_of_work(self) -> UnitOfWork:
        """Return a unit of work to be entered with `with`."""
        from mentor_desktop.store.unit_of_work import Author, UnitOfWork  # SQLAlchemy: 180 ms

        author = Author(self.device, self.actor)
        return UnitOfWork(self.engine(), self.clock, author, self.blobs(), self._file, self.gate)

    def reader(self) -> Reader:
        """Return a read-only view to be entered with `with`."""
        from mentor_desktop.store.unit_of_work import Author, Reader  # SQLAlchemy: 180 ms

        author = Author(self.device, self.actor)
        return Reader(self.engine(), self.clock, author, self.blobs(), self._file)

    def finish_staged(self, at_hand: AtHand = MappingProxyType({})) -> None:
        """Write what units of work promised (`UnitOfWork.promise`), letting others write between.

        `at_hand` are parts that need not be read back, as the unit of work has them.

        Raises:
            StoreError: the disk or the file refused; the rest follows at the next call or opening.
        """
        with self.engine().connect() as connection:
            raw = cast(StoreConnection, connection.connection.driver_connection)
            raw.execute("PRAGMA query_only = OFF")
            opening.finish_staged(raw, self.folder, self._file, self.gate, at_hand)

    def engine(self) -> Engine:
        """Return the SQLAlchemy engine, made at the first call."""
        from mentor_desktop.store.engine import make_engine  # SQLAlchemy: 180 ms
        from mentor_desktop.store.schema import bring_up_to_date

        with self._engine_lock:
            if self._is_closed:
                raise RuntimeError("the workspace is closed")
            if self._engine is None:
                engine = make_engine(self.folder.database, self._key)
                bring_up_to_date(engine)
                self._engine = engine
            return self._engine

    def close(self, *, with_backup: bool = True) -> str:
        """Back up what changed, fold the log into the file and let go of the folder.

        Returns the sentence to show when no backup could be made, else "". Closes all the same;
        closing twice is harmless.
        """
        # zipfile: only at the end.
        from mentor_desktop.store.automatic_backup import back_up_changes

        problem = ""
        try:
            if not self._dispose():
                return ""
            if with_backup:
                problem = back_up_changes(self.folder, self._key, self.clock)
            with closing(connect(self.folder.database, self._key)) as connection:
                device.note(connection, self.folder, self._incarnations)
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.folder.mark_closed()
        except (StoreError, dbapi2.Error, OSError) as exc:
            # A full disk must not keep anybody from closing; the log is folded in next time.
            problem = str(explained_of_backup(exc, self.folder.root) or exc)
        finally:
            self._lock.release()
        if problem:
            _log.warning("closing: %s", problem)
        return problem

    def discard(self) -> None:
        """Take back a workspace that was only just made: the folder is empty again."""
        self._dispose()
        _clear(self.folder)
        self._lock.release()
        self.folder.lock.unlink(missing_ok=True)

    def remember_sort_language(self, language: str) -> None:
        """Sort people the way `language` does from now on; the order is computed anew."""
        from mentor_desktop.store.schema import change_sort_language  # SQLAlchemy: 180 ms

        change_sort_language(self.engine(), language)

    def remember_actor(self, actor: str) -> None:
        """Sign what is written from now on with another name."""
        with closing(connect(self.folder.database, self._key)) as connection:
            remember(connection, actor=actor)
        self.actor = actor

    def _dispose(self) -> bool:
        """End every connection; False when that was done before."""
        with self._engine_lock:
            was_open, self._is_closed = not self._is_closed, True
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None
            if self._at_hand is not None:
                self._at_hand.close()
                self._at_hand = None
        return was_open

    def _prepare(self) -> None:
        if self.folder.restore_marker.exists() or self.folder.restoring.exists():
            from mentor_desktop.store.restore import finish  # zipfile: only after a power cut

            finish(self.folder)
        self.was_clean = self.folder.was_closed_cleanly()
        if not self.was_clean:
            from mentor_desktop.store.backup import remove_drafts  # zipfile: only after a power cut

            remove_drafts(self.folder)
        connection = connect(self.folder.database, self._key)
        try:
            if not self.was_clean:
                opening.check_after_unclean_close(connection, self.folder)
            is_older = opening.read_revision(connection, self.folder) < HEAD
            if not self.was_clean:
                self.recovery_note = opening.recovery_note(connection, self.clock)
            try:
                # With the triggers it was promised under; an upgrade would know other columns.
                file = OpenedFile(self.folder.database)
                opening.finish_staged(connection, self.folder, file, self.gate)
            except StoreError as exc:
                if is_older:
                    raise
                # A full disk must not keep anybody from looking at what is there.
                _log.warning("opening: %s", exc)
            if is_older:
                from mentor_desktop.store.backup import back_up  # zipfile: only before a migration

                connection.close()
                back_up(self, "migration")
                _upgrade(self.folder, self._key)
                connection = connect(self.folder.database, self._key)
            self._settle(connection)
            self.folder.mark_open()
        except BaseException:
            connection.close()
            raise
        self._at_hand = connection

    def _settle(self, connection: StoreConnection) -> None:
        self._file = OpenedFile(self.folder.database)
        self.device = device.settle(connection, self.folder, self._incarnations)
        self.actor = setting(connection, "actor")

    def blobs(self) -> Blobs:
        """Return the files of the workspace."""
        from mentor_desktop.store.blobs import Blobs  # with it comes crypto: 40 ms

        return Blobs(self.folder.blobs, self._key)


def _upgrade(folder: WorkspaceFolder, key: bytes) -> None:
    # Alembic: 200 ms, only when there is something to do.
    from mentor_desktop.store.engine import make_engine
    from mentor_desktop.store.schema import upgrade

    engine = make_engine(folder.database, key)
    try:
        upgrade(engine)
    finally:
        engine.dispose()


def _locked(folder: WorkspaceFolder) -> InstanceLock:
    lock = InstanceLock(folder.lock)
    lock.acquire()
    return lock


def _require_empty(folder: WorkspaceFolder) -> None:
    known = {path.name for path in folder.own_files()} if folder.is_unfinished() else set()
    known |= {folder.lock.name}
    try:
        folder.root.mkdir(parents=True, exist_ok=True)
        occupied = any(path.name not in known for path in folder.root.iterdir())
    except OSError as exc:
        raise explained(exc, folder.root) or exc from exc
    if occupied:
        raise StoreError(
            _("The folder {path} is not empty. Choose a new or an empty one.").format(
                path=folder.root
            )
        )


def _clear(folder: WorkspaceFolder) -> None:
    """Remove what a workspace just begun consists of; the lock file stays."""
    for path in folder.own_files():
        if path != folder.lock:
            path.unlink(missing_ok=True)
    for path in (folder.blobs, folder.backups):
        shutil.rmtree(path, ignore_errors=True)
