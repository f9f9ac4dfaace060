"""The transaction in which the exchange writes: whole or not at all, and unheard by capture."""

from collections.abc import Iterator
from contextlib import contextmanager

from mentor_desktop.store.connection import StoreConnection, connect
from mentor_desktop.store.settings import setting
from mentor_desktop.store.workspace import Workspace


def connect_to(workspace: Workspace) -> StoreConnection:
    """Return a new connection to a workspace for the exchange; close it."""
    return connect(workspace.folder.database, workspace.key)


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


def pass_over_foreign(raw: StoreConnection) -> None:
    """Leave what was recorded of others, in this transaction, out of what is sealed."""
    raw.execute("UPDATE sync_self SET sealed_change = (SELECT coalesce(max(seq), 0) FROM change)")
