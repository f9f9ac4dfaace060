"""Attendance marks: what each says, and which of several counts.

Marks are append-only events written on several laptops; a merge is their union. Pure functions on
frozen dataclasses. Source: attendance rules, two or more laptops.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mentor_desktop.services.time_spans import Span, union, whole_minute


class Status(StrEnum):
    """What a mark says about one person in one slot; a walk-in is a source, not a status."""

    EXPECTED = "expected"
    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    PARTIAL = "partial"
    REMOTE = "remote"
    EXCUSED = "excused"
    ABSENT = "absent"
    NOT_REQUIRED = "not_required"

    @classmethod
    def stored(cls, text: str) -> "Status":
        """Return what a stored mark says; one that only a newer program knows says nothing here."""
        return _STORED.get(text, cls.EXPECTED)


_STORED = {one.value: one for one in Status}

ATTENDED = frozenset(
    {Status.PRESENT, Status.LATE, Status.LEFT_EARLY, Status.PARTIAL, Status.REMOTE}
)


@dataclass(frozen=True)
class Mark:
    """One entry of the append-only attendance record of a registration in a slot.

    `id` is a UUIDv7 in lowercase hex, so comparing ids compares times of writing. `gaps` are the
    stretches away between arriving and leaving.
    """

    id: str
    status: Status
    device: str = ""
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    gaps: tuple[Span, ...] = ()
    minutes_override: int | None = None
    supersedes: frozenset[str] = frozenset()

    @property
    def lacks_times(self) -> bool:
        """Whether the status promises a time that is not there, so nothing can be taken off."""
        if self.minutes_override is not None:
            return False
        if self.status is Status.LATE:
            return self.arrived_at is None
        if self.status is Status.LEFT_EARLY:
            return self.left_at is None
        if self.status is Status.PARTIAL:
            return self.arrived_at is None and self.left_at is None and not self.gaps
        return False


@dataclass(frozen=True)
class Resolution:
    """Which mark counts now for one registration in one slot.

    `current` are the marks nobody supersedes, smallest version first; `counting` is none when there
    is no mark at all, which means `expected`.
    """

    current: tuple[Mark, ...]
    counting: Mark | None
    has_conflict: bool


def resolve(marks: Iterable[Mark]) -> Resolution:
    """Return which of the marks of one registration in one slot counts; order does not matter.

    `expected` loses to any other mark. Several that say the same are one; several that differ are a
    conflict, and the largest version (id, then device) counts until a person has chosen.
    """
    current = current_marks(marks)
    saying = [mark for mark in current if mark.status is not Status.EXPECTED] or list(current)
    return Resolution(
        current=current,
        counting=saying[-1] if saying else None,
        has_conflict=len({_statement(mark) for mark in saying}) > 1,
    )


def current_marks(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return the marks that no other mark supersedes, smallest version first.

    Marks that supersede each other in a circle (a damaged exchange) are all returned rather than
    none, so that the difference is shown and nothing vanishes.
    """
    unique = list({mark.id: mark for mark in sorted(marks, key=_version)}.values())
    superseded = {old for mark in unique for old in mark.supersedes if old != mark.id}
    return tuple(mark for mark in unique if mark.id not in superseded) or tuple(unique)


def _version(mark: Mark) -> tuple[str, str]:
    return mark.id, mark.device


def _statement(mark: Mark) -> tuple[object, ...]:
    """What the mark says about the person; who wrote it and when is no difference."""
    return (
        mark.status,
        mark.arrived_at and whole_minute(mark.arrived_at),
        mark.left_at and whole_minute(mark.left_at),
        union(mark.gaps),
        mark.minutes_override,
    )
