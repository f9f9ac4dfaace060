"""What a copy of a workspace knows about itself (`local_setting`): never exchanged or undone."""

from __future__ import annotations

from mentor_desktop.store.connection import PlainConnection


def setting(connection: PlainConnection, name: str) -> str:
    """Return one local setting; "" when it was never made."""
    sql = "SELECT value FROM local_setting WHERE key = ?"
    row = connection.execute(sql, (name,)).fetchone()
    return str(row[0]) if row else ""


def settings_under(connection: PlainConnection, prefix: str) -> dict[str, str]:
    """Return what is kept under names that begin so, by the rest of the name."""
    rows = connection.execute(
        "SELECT key, value FROM local_setting WHERE key >= ?1 AND key < ?1 || char(0x10FFFF) "
        "ORDER BY key",
        (prefix,),
    )
    return {key.removeprefix(prefix): value for key, value in rows.fetchall()}


def remember(connection: PlainConnection, **values: str) -> None:
    """Keep local settings, all of them or none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.executemany(
            "INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, ?)", list(values.items())
        )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
