"""What the server keeps: tables in portable SQL, each split by workspace.

`ws` is the first column of every primary key, unique key and index, so that a workspace is
one partition, and can be moved as one. No database sequence anywhere: numbers come from the
counter in `workspace`, the last row a push touches.

Times are milliseconds since 1970 in UTC. Rows of `ws` '' belong to the server itself.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

SERVER = ""  # the workspace id of what belongs to the server itself
PARTITIONED = {"postgresql_partition_by": "HASH (ws)"}

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, key: str, *columns: Any, **options: Any) -> Table:  # Any: as Table takes
    return Table(
        name,
        metadata,
        Column("ws", String(64), nullable=False),
        *columns,
        PrimaryKeyConstraint("ws", *key.split()),
        **options,
    )


def _id(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, String(64), nullable=optional)


def _number(name: str, *, optional: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=optional)


def _text(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, Text, nullable=optional)


def _bytes(name: str, *, optional: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=optional)


# `version` of the tables, and the like.
meta = _table("meta", "name", _id("name"), _text("value"))

# `head` counts batches of the workspace, gapless, in commit order; `access` grows with each
# change of users, devices and rights, so that a push notices one that overtook it.
workspace = Table(
    "workspace",
    metadata,
    Column("ws", String(64), primary_key=True),
    _id("epoch"),
    _number("head"),
    _number("access"),
    _number("created_at"),
    _text("founders"),  # JSON: device -> signing key of devices that vouch for themselves
    # What it keeps (`room`). Programs of the version before make rows without it.
    Column("bytes", BigInteger, nullable=False, server_default="0"),
)

# The last batch of each stream; and, apart so that merging never holds up a push, up to where
# its rows are merged, with the last number and hash of each device there (JSON).
stream = _table("stream", "stream", _id("stream"), _number("head"))
folding = _table(
    "folding",
    "stream",
    _id("stream"),
    _number("folded"),
    _number("fresh"),  # operations merged since the last snapshot
    _text("ends"),
)

account = _table(
    "account",
    "user",
    _id("user"),
    _text("name"),
    Column("role", String(16), nullable=False),
    _text("workshops"),  # JSON list of workshop ids; ["*"] for all
    _number("disabled_at", optional=True),
)

device = _table(
    "device",
    "device",
    _id("device"),
    _id("user"),
    Column("sign_key", String(64), nullable=False),
    _text("tag"),
    _text("name"),
    _number("added_at"),
    _number("seen_at"),
    _number("seen_seq"),
    _number("revoked_at", optional=True),
    Index("ix_device_user", "ws", "user"),
)

# The signed entries and revocations that count, in the order in which they came to do.
member_record = _table("member_record", "number", _number("number"), _bytes("content"))

# Only the hash of an invitation's secret. All lie under `ws` '': what is read aloud names no
# workspace. `for_ws` is empty when the first device brings its own, or makes a new one.
invitation = _table(
    "invitation",
    "id",
    Column("id", String(8), nullable=False),
    Column("hash", String(64), nullable=False),
    _id("for_ws"),
    Column("role", String(16), nullable=False),
    _text("workshops"),
    _id("user"),  # empty for a new user
    # The device that made it; empty for the command line, and in rows of the versions before.
    Column("invited_by", String(64), nullable=False, server_default=""),
    _number("expires_at"),
    _id("used_ws"),  # empty until it is used
    _id("used_by"),
)

# The change log: batches as they came. `header` and `body` are sent out again unchanged.
log = _table(
    "log",
    "seq",
    _number("seq"),
    _id("stream"),
    _id("device"),
    _number("from_seq"),
    _number("count"),
    _bytes("header"),
    _bytes("body"),
    _number("size"),
    _number("at"),
    UniqueConstraint("ws", "stream", "device", "from_seq"),
    Index("ix_log_stream", "ws", "stream", "seq"),
    **PARTITIONED,
)

# The end of each device's chain in each stream; `open_from` is the first operation of an action
# that has not ended yet (0 for none), `open_reason` why it is refused (empty when it is not).
tail = _table(
    "tail",
    "stream device",
    _id("stream"),
    _id("device"),
    _number("last_seq"),
    _bytes("last_hash"),
    _number("archived"),  # up to where a verified backup holds it
    _number("open_from"),
    _text("open_reason"),
)

# Batches of a device without any right to the stream: kept, listed, never handed on.
quarantine = _table(
    "quarantine",
    "stream device from_seq hash",
    _id("stream"),
    _id("device"),
    _number("from_seq"),
    Column("hash", String(64), nullable=False),
    _number("count"),
    _text("reason"),
    _bytes("header"),
    _bytes("body"),
    _number("at"),
)

# Rows merged behind the push: the state, and apart from it the values.
merged = _table(
    "merged",
    "stream entity row",
    _id("stream"),
    _text("entity"),  # of any program: up to 128 characters
    _id("row"),
    Column("bucket", Integer, nullable=False),
    _text("state"),
    _text("vals"),  # JSON: [device, seq, values] of each operation that competes
    Index("ix_merged_bucket", "ws", "stream", "bucket"),
    **PARTITIONED,
)

rejected = _table(
    "rejected",
    "stream device first_seq",
    _id("stream"),
    _id("device"),
    _number("first_seq"),
    _number("last_seq"),
    _text("reason"),
)

digest = _table(
    "digest", "stream", _id("stream"), _number("at_seq"), _bytes("sums"), _bytes("root")
)

snapshot = _table(
    "snapshot",
    "stream",
    _id("stream"),
    _number("at_seq"),
    _number("rows"),
    _text("manifest"),
)

snapshot_part = _table(
    "snapshot_part",
    "stream hash",
    _id("stream"),
    Column("hash", String(64), nullable=False),
    _number("at_seq"),
    _bytes("content"),
)

# `size` of one that is not sealed yet: what came of it. `sealed_at`: last, by anybody.
blob = _table(
    "blob",
    "hash",
    Column("hash", String(64), nullable=False),
    _number("size"),
    _number("started_at"),
    _number("sealed_at", optional=True),
)

# Who showed that they hold the content, chunk by chunk, and for which stream. Programs of the
# version before make rows without a size.
blob_chunk = _table(
    "blob_chunk",
    "hash stream chunk",
    Column("hash", String(64), nullable=False),
    _id("stream"),
    _number("chunk"),
    Column("size", BigInteger, nullable=False, server_default="0"),
)

# A blob is read through a stream.
blob_stream = _table(
    "blob_stream", "hash stream", Column("hash", String(64), nullable=False), _id("stream")
)

# What administrators and the server did: ids and reasons, no personal data.
audit = _table(
    "audit",
    "at id",
    _number("at"),
    _id("id"),
    _id("action"),
    _id("device"),
    _text("facts"),
)
