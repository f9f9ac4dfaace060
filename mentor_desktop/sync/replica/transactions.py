"""The transaction in which the exchange writes: whole or not at all, and unheard by capture."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlcipher3 import dbapi2

from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.store.connection import StoreConnection, connect
from mentor_desktop.store.refusals import explained
from mentor_desktop.store.settings import setting
from mentor_desktop.store.staging import has_unfinished
from mentor_desktop.store.workspace import Workspace


class UnfinishedImportError(UserFacingError):
    """A large import is promised and not written to its end; nothing was changed. Try again soon."""

    def __init__(self) -> None:
        super().__init__(_("An import is being written. Try again in a moment."))


def connect_to(workspace: Workspace) -> StoreConnection:
    """Return a new connection to a workspace for the exchange; close it."""
    return connect(workspace.folder.database, workspace.key)


@contextmanager
def connected(workspace: Workspace) -> Iterator[StoreConnection]:
    """Give a connection to a workspace for one exchange.

    Raises:
        StoreError: the disk or the file refused what was done with it.
    """
    try:
        with closing(workspace.exchange_connection()) as raw:
            yield raw
    except (dbapi2.Error, OSError) as error:
        raise explained(error, workspace.folder.root) or error from error


@contextmanager
def writing(raw: StoreConnection) -> Iterator[None]:
    """Commit what is written inside the block, or nothing of it.

    References are checked at the end: children may come before their parents within a page.
    """
    raw.is_capture_silent = True
    try:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("PRAGMA defer_foreign_keys = ON")
        # Another connection may have changed it; stale keys would leave rows behind.
        raw.sort_language = setting(raw, "sort_language") or raw.sort_language
        yield
        raw.execute("COMMIT")
    except BaseException:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        raise
    finally:
        raw.is_capture_silent = False


def require_whole_actions(raw: StoreConnection) -> None:
    """Look that no action of this device waits to be written.

    Sealed now it would be cut in two, and what is applied now would count as sealed with its rest.
    What must stay true until a commit is looked at within its transaction.

    Raises:
        UnfinishedImportError: one waits.
    """
    if has_unfinished(raw):
        raise UnfinishedImportError


def pass_over_foreign(raw: StoreConnection) -> None:
    """Leave what was recorded of others, in this transaction, out of what is sealed."""
    raw.execute("UPDATE sync_self SET sealed_change = (SELECT coalesce(max(seq), 0) FROM change)")
