"""The curriculum: programme, modules, units and learning outcomes.

Hours are kept in whole minutes, so that sums compare exactly; the total of a part is
always computed, never stored.
"""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from mentor_desktop.models.base import Synced


class Programme(Synced):
    """A course as a whole; `licence` is one of the open licences or a reservation."""

    __tablename__ = "programme"
    stream = "programme"
    field_groups = {"hours": ("minutes_f2f", "minutes_online", "minutes_self")}

    code: Mapped[str]
    title: Mapped[dict[str, str]] = mapped_column(default=dict)
    delivery_mode: Mapped[str] = mapped_column(default="")
    minutes_f2f: Mapped[int] = mapped_column(default=0)
    minutes_online: Mapped[int] = mapped_column(default=0)
    minutes_self: Mapped[int] = mapped_column(default=0)
    eqf_level: Mapped[int | None] = mapped_column(default=None)
    assessment: Mapped[str] = mapped_column(default="")
    languages: Mapped[list[str]] = mapped_column(default=list)
    licence: Mapped[str] = mapped_column(default="")


class ProgrammePart(Synced):
    """A module, or a unit inside a module; `kind` says which, `parent_id` what it lies in.

    A module's parent is empty. `seq` orders the parts of one parent.
    """

    __tablename__ = "programme_part"
    stream = "programme"
    field_groups = {"hours": ("minutes_f2f", "minutes_online", "minutes_self")}

    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    parent_id: Mapped[str | None] = mapped_column(
        ForeignKey("programme_part.id"), index=True, default=None
    )
    kind: Mapped[str]
    code: Mapped[str]
    seq: Mapped[int]
    title: Mapped[dict[str, str]] = mapped_column(default=dict)
    delivery_mode: Mapped[str] = mapped_column(default="")
    minutes_f2f: Mapped[int] = mapped_column(default=0)
    minutes_online: Mapped[int] = mapped_column(default=0)
    minutes_self: Mapped[int] = mapped_column(default=0)
    eqf_level: Mapped[int | None] = mapped_column(default=None)
    methods: Mapped[list[str]] = mapped_column(default=list)
    assessment: Mapped[str] = mapped_column(default="")
    materials: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[list[str]] = mapped_column(default=list)
    licence: Mapped[str] = mapped_column(default="")


class LearningOutcome(Synced):
    """What a learner knows, can do or answers for at the end of a part.

    `type`: knowledge, skill or responsibility_autonomy.
    """

    __tablename__ = "learning_outcome"
    stream = "programme"

    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    part_id: Mapped[str] = mapped_column(ForeignKey("programme_part.id"), index=True)
    code: Mapped[str]
    seq: Mapped[int]
    type: Mapped[str]
    text: Mapped[dict[str, str]] = mapped_column(default=dict)
