"""Bringing a workspace file to the schema of this program, with Alembic inside the app.

Capture is off while a migration runs; capture triggers and derived tables are dropped
before and made again after, because a table rebuild loses triggers silently.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from mentor_desktop.store import capture, derived
from mentor_desktop.store.version import HEAD

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, revision: str = HEAD) -> None:
    """Bring the file up to `revision` (the newest by default) in one transaction."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        capture.drop_triggers(connection)
        derived.drop(connection)
        command.upgrade(alembic_config(connection), revision)
        capture.create_triggers(connection)
        derived.create(connection)
        connection.commit()
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")


def alembic_config(connection: object) -> Config:
    """Return Alembic's configuration bound to one connection."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config
