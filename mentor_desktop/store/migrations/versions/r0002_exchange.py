"""What a device knows for exchanging changes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the local tables of the exchange, and find an action by its id."""
    op.create_index(op.f("ix_txn_uid"), "txn", ["uid"], unique=False)
    op.create_table(
        "sync_self",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("sign_key", sa.LargeBinary(), nullable=False),
        sa.Column("seal_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_change", sa.Integer(), nullable=False),
        sa.Column("last_hlc", sa.Integer(), nullable=False),
        sa.Column("clock_offset_ms", sa.Integer(), nullable=False),
        sa.Column("known_columns", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_self")),
    )
    op.create_table(
        "sync_peer",
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("sign_key", sa.LargeBinary(), nullable=True),
        sa.Column("seal_key", sa.LargeBinary(), nullable=True),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.Integer(), nullable=True),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_sync_peer")),
        sa.UniqueConstraint("device", name=op.f("uq_sync_peer_device")),
    )
    op.create_table(
        "sync_stream",
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("has_unknown", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_sync_stream")),
        sa.UniqueConstraint("stream", name=op.f("uq_sync_stream_stream")),
    )
    _create_log()
    _create_rows()


def _create_log() -> None:
    op.create_table(
        "sync_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("from_seq", sa.Integer(), nullable=False),
        sa.Column("to_seq", sa.Integer(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("is_applied", sa.Boolean(), nullable=False),
        sa.Column("is_acked", sa.Boolean(), nullable=False),
        sa.Column("ends_at", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_batch")),
    )
    op.create_index(
        op.f("ix_sync_batch_stream_sync_batch_device_sync_batch_from_seq"),
        "sync_batch",
        ["stream", "device", "from_seq"],
        unique=True,
    )
    for name, condition in (("waiting", "is_applied = 0"), ("unsent", "is_acked = 0")):
        op.create_index(
            f"ix_sync_batch_{name}",
            "sync_batch",
            ["stream", "device"],
            unique=False,
            sqlite_where=sa.text(condition),
        )
    op.create_table(
        "sync_applied",
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "device", name=op.f("pk_sync_applied")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sync_refused",
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("settled_at", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint(
            "stream", "device", "first_seq", "last_seq", name=op.f("pk_sync_refused")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sync_resolution",
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("bases", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("change", name=op.f("pk_sync_resolution")),
    )


def _create_rows() -> None:
    op.create_table(
        "sync_row",
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("row", sa.String(), nullable=False),
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hlc", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("entity", "row", name=op.f("pk_sync_row")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_sync_row_conflicts",
        "sync_row",
        ["conflicts"],
        unique=False,
        sqlite_where=sa.text("conflicts > 0"),
    )
    op.create_table(
        "sync_shelf",
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("row", sa.String(), nullable=False),
        sa.Column("grp", sa.String(), nullable=False),
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("vals", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(
            "entity", "row", "grp", "device", "seq", name=op.f("pk_sync_shelf")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sync_parked",
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("row", sa.String(), nullable=False),
        sa.Column("parent_entity", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(
            "entity", "row", "parent_entity", "parent", name=op.f("pk_sync_parked")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_sync_parked_parent_entity_sync_parked_parent"),
        "sync_parked",
        ["parent_entity", "parent"],
        unique=False,
    )
    op.create_table(
        "sync_digest",
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("sums", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_sync_digest")),
    )
    op.create_table(
        "sync_blob",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("is_sealed", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_sync_blob")),
        sqlite_with_rowid=False,
    )
