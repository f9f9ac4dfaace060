"""The SQLAlchemy engine over encrypted connections."""

from pathlib import Path

from sqlalchemy import Engine, QueuePool, create_engine
from sqlcipher3 import dbapi2

from mentor_desktop.store.connection import connect

# One writer, two readers and one long job at a time.
_POOL_SIZE = 4


def make_engine(database: Path, key: bytes) -> Engine:
    """Return an engine with a small pool; the key travels in no URL, values in no error text."""
    return create_engine(
        "sqlite://",
        creator=lambda: connect(database, key),
        module=dbapi2,
        poolclass=QueuePool,
        pool_size=_POOL_SIZE,
        # The connection used last has in its cache what was written last.
        pool_use_lifo=True,
        max_overflow=0,
        # Names of participants would reach a log with the text of an error.
        hide_parameters=True,
    )
