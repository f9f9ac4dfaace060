"""Secrets of a workspace in a table of their own, which not every device is given."""

import sqlalchemy as sa
from alembic import op

from mentor_desktop.ids import derived_id

revision = "0003"
down_revision = "0002"

_KEY = "certificate_issuer_key"


def upgrade() -> None:
    """Create the table, and move the key behind the codes of certificates there.

    With what is recorded of it: that is what is sealed when the workspace is shared. Where it was
    shared already others have the key, and it stays where they know it.
    """
    op.create_table(
        "secret_setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_setting")),
    )
    connection = op.get_bind()
    if connection.exec_driver_sql("SELECT 1 FROM sync_self").fetchone() is not None:
        return
    ids = (derived_id("secret_setting", _KEY), derived_id("workspace_setting", _KEY))
    connection.exec_driver_sql(
        "INSERT INTO secret_setting (id, name, value) "
        "SELECT ?, name, value FROM workspace_setting WHERE id = ?",
        ids,
    )
    connection.exec_driver_sql("DELETE FROM workspace_setting WHERE id = ?", ids[1:])
    connection.exec_driver_sql(
        "UPDATE change SET entity = 'secret_setting', row = ? "
        "WHERE entity = 'workspace_setting' AND row = ?",
        ids,
    )
