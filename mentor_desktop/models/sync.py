"""What a device knows for exchanging changes: never captured, in no stream, not in history.

Devices are numbered locally (`SyncPeer.no`), streams too (`SyncStream.no`): a row of the large
tables then holds two small numbers instead of two long texts. What each table is for:
docs/sync.md, "The device's store".
"""

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mentor_desktop.models.base import Base

# Rows in the order of their key and nothing else: half the pages of a table with an index.
_BY_KEY = {"sqlite_with_rowid": False}


class SyncSelf(Base):
    """Who this copy is: one row, made when it joins a workspace that is shared.

    `device` is the incarnation the keys were made for. Changes up to `sealed_change` are sealed.
    `clock_offset_ms` is what the server's clock shows more than this computer's.
    """

    __tablename__ = "sync_self"

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    device: Mapped[str]
    user: Mapped[str]
    sign_key: Mapped[bytes]
    seal_key: Mapped[bytes]
    sealed_change: Mapped[int] = mapped_column(default=0)
    last_hlc: Mapped[int] = mapped_column(default=0)
    clock_offset_ms: Mapped[int] = mapped_column(default=0)
    known_columns: Mapped[str] = mapped_column(default="")


class SyncPeer(Base):
    """A device that is known, this one too; its keys are public ones.

    What a device with `is_admin` rejects or purges counts: the server's, and those of admins.
    """

    __tablename__ = "sync_peer"

    no: Mapped[int] = mapped_column(primary_key=True)
    device: Mapped[str] = mapped_column(unique=True)
    user: Mapped[str] = mapped_column(default="")
    sign_key: Mapped[bytes | None] = mapped_column(default=None)
    seal_key: Mapped[bytes | None] = mapped_column(default=None)
    tag: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    revoked_at: Mapped[int | None] = mapped_column(default=None)
    is_admin: Mapped[bool] = mapped_column(default=False)


class SyncStream(Base):
    """A stream with the place up to which it was pulled; `epoch` is the server's life."""

    __tablename__ = "sync_stream"

    no: Mapped[int] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(unique=True)
    epoch: Mapped[str] = mapped_column(default="")
    since: Mapped[int] = mapped_column(default=0)
    has_unknown: Mapped[bool] = mapped_column(default=False)


class SyncBatch(Base):
    """The log: sealed batches as they came, own and foreign.

    `is_applied` when every operation of it is. `ends_at` is the last operation in it that ends an
    action, 0 when none does, NULL while the signature could not be checked.
    """

    __tablename__ = "sync_batch"
    __table_args__ = (
        Index(None, "stream", "device", "from_seq", unique=True),
        Index("ix_sync_batch_waiting", "stream", "device", sqlite_where=text("is_applied = 0")),
        Index("ix_sync_batch_unsent", "stream", "device", sqlite_where=text("is_acked = 0")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stream: Mapped[int]
    device: Mapped[int]
    from_seq: Mapped[int]
    to_seq: Mapped[int]
    header: Mapped[bytes]
    body: Mapped[bytes]
    is_applied: Mapped[bool]
    is_acked: Mapped[bool]
    ends_at: Mapped[int | None] = mapped_column(default=None)


class SyncApplied(Base):
    """How far one device's operations in one stream are applied, and the chain of its batches.

    `seq` is the last applied operation. `held` and `hash` are the end of the last batch that
    follows the one before without a gap.
    """

    __tablename__ = "sync_applied"
    __table_args__ = _BY_KEY

    stream: Mapped[int] = mapped_column(primary_key=True)
    device: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    held: Mapped[int]
    hash: Mapped[bytes]


class SyncRow(Base):
    """The merged state of one row.

    A row that was only created needs no more than the version of that: `state` is NULL.
    `conflicts` counts its groups with several heads.
    """

    __tablename__ = "sync_row"
    __table_args__ = (
        Index("ix_sync_row_conflicts", "conflicts", sqlite_where=text("conflicts > 0")),
        _BY_KEY,
    )

    entity: Mapped[str] = mapped_column(primary_key=True)
    row: Mapped[str] = mapped_column(primary_key=True)
    stream: Mapped[int]
    device: Mapped[int]
    seq: Mapped[int]
    hlc: Mapped[int]
    state: Mapped[str | None] = mapped_column(default=None)
    conflicts: Mapped[int] = mapped_column(default=0)


class SyncShelf(Base):
    """Values of a head that the tables do not show: of losers, dead and parked rows.

    `grp` is the operation's own group, empty for a create. `vals` is JSON of column to value.
    """

    __tablename__ = "sync_shelf"
    __table_args__ = _BY_KEY

    entity: Mapped[str] = mapped_column(primary_key=True)
    row: Mapped[str] = mapped_column(primary_key=True)
    grp: Mapped[str] = mapped_column(primary_key=True)
    device: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    vals: Mapped[str]


class SyncParked(Base):
    """A row that is alive and lacks this parent, so that no table can hold it."""

    __tablename__ = "sync_parked"
    __table_args__ = (Index(None, "parent_entity", "parent"), _BY_KEY)

    entity: Mapped[str] = mapped_column(primary_key=True)
    row: Mapped[str] = mapped_column(primary_key=True)
    parent_entity: Mapped[str] = mapped_column(primary_key=True)
    parent: Mapped[str] = mapped_column(primary_key=True)


class SyncRefused(Base):
    """Operations that were rejected and count as never made ("Not shared").

    `settled_at` is when somebody dealt with own ones, by sending them again or letting them go.
    """

    __tablename__ = "sync_refused"
    __table_args__ = _BY_KEY

    stream: Mapped[int] = mapped_column(primary_key=True)
    device: Mapped[int] = mapped_column(primary_key=True)
    first_seq: Mapped[int] = mapped_column(primary_key=True)
    last_seq: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[int | None] = mapped_column(default=None)


class SyncDigest(Base):
    """The digest of the rows of one stream: 256 sums of 32 bytes, one after the other."""

    __tablename__ = "sync_digest"

    stream: Mapped[int] = mapped_column(primary_key=True)
    sums: Mapped[bytes]


class SyncResolution(Base):
    """A change, not sealed yet, that decides a conflict: `bases` are all heads, as JSON."""

    __tablename__ = "sync_resolution"

    change: Mapped[int] = mapped_column(primary_key=True)
    bases: Mapped[str]


class SyncBlob(Base):
    """A file that records refer to: whether the server has it whole, and when to try again."""

    __tablename__ = "sync_blob"
    __table_args__ = _BY_KEY

    address: Mapped[str] = mapped_column(primary_key=True)
    is_sealed: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[int] = mapped_column(default=0)
