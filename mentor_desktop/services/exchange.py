"""Whether this workspace exchanges changes with a server: asked before anything is loaded for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from mentor_desktop.store.connection import StoreConnection


def is_joined(connection: StoreConnection, _now: datetime) -> bool:
    """Say whether this copy has joined a server; made for `Jobs.glance`."""
    # Who exchanges files with another laptop is a device too, and has no server.
    sql = "SELECT 1 FROM local_setting WHERE key = 'sync_server' AND value <> ''"
    return connection.execute(sql).fetchone() is not None


def has_other_laptops(connection: StoreConnection, _now: datetime) -> bool:
    """Say whether files go between this copy and other laptops, without a server."""
    return not is_joined(connection, _now) and (
        connection.execute("SELECT 1 FROM sync_self").fetchone() is not None
    )
