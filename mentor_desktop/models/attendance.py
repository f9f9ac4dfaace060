"""Marks of attendance: append-only events that name the marks they take the place of."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mentor_desktop.models.base import Synced


class AttendanceMark(Synced):
    """What was known about one person in one slot when it was written down.

    The current mark is the one nobody supersedes. `gaps` are absences within the slot
    as [from, to] in milliseconds of UTC, for `partial`. `tz_offset_min` keeps the
    device's own offset at `at`. `signed` says what the paper list shows for it: None
    until somebody compared. `correction_reason` is given for changes after the closing.
    """

    __tablename__ = "attendance_mark"
    stream = "workshop_id"
    __table_args__ = (Index(None, "registration_id", "slot_id"),)
    append_only = True
    belongs_by = ("registration_id", "slot_id")

    workshop_id: Mapped[str] = mapped_column(ForeignKey("workshop.id"), index=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"))
    slot_id: Mapped[str] = mapped_column(ForeignKey("slot.id"), index=True)
    status: Mapped[str]
    arrived_at: Mapped[datetime | None] = mapped_column(default=None)
    left_at: Mapped[datetime | None] = mapped_column(default=None)
    gaps: Mapped[list[list[int]]] = mapped_column(default=list)
    minutes_override: Mapped[int | None] = mapped_column(default=None)
    method: Mapped[str]
    by: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    tz_offset_min: Mapped[int] = mapped_column(default=0)
    device: Mapped[str]
    reason_code: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    signed: Mapped[bool | None] = mapped_column(default=None)
    correction_reason: Mapped[str] = mapped_column(default="")
    supersedes: Mapped[list[str]] = mapped_column(default=list)
