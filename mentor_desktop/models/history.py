"""What was changed, by which user action: one record serves history and undo.

Rows of `change` are written by triggers only (`store.capture`).
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mentor_desktop.models.base import Base


class Txn(Base):
    """One user action. `undoes` names the txn it takes back."""

    __tablename__ = "txn"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    device: Mapped[str]
    actor: Mapped[str] = mapped_column(default="")
    action: Mapped[str] = mapped_column(default="")
    values: Mapped[dict[str, str]] = mapped_column(default=dict)
    undoes: Mapped[int | None] = mapped_column(default=None)
    undoable: Mapped[bool] = mapped_column(default=True)


class Change(Base):
    """One created or deleted row, or one changed group of a row.

    `kind`: create, set or delete. `group` is empty for create and delete. `old` and
    `new` are JSON objects of column to stored value; a create has neither, and an older
    program wrote its `new`: read through `store.change_log`.
    """

    __tablename__ = "change"
    __table_args__ = (Index(None, "entity", "row"),)

    seq: Mapped[int] = mapped_column(primary_key=True)
    txn: Mapped[int] = mapped_column(
        ForeignKey("txn.id", deferrable=True, initially="DEFERRED"), index=True
    )
    entity: Mapped[str]
    row: Mapped[str]
    kind: Mapped[str]
    group: Mapped[str] = mapped_column(default="")
    old: Mapped[str | None] = mapped_column(default=None)
    new: Mapped[str | None] = mapped_column(default=None)


class LocalSetting(Base):
    """What this copy of the workspace knows about itself: never exchanged, never undone."""

    __tablename__ = "local_setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
