"""Which half-day is on, and what part of the day that is. Pure; needs no store.

Source: trainer's walkthrough, an afternoon slot becomes current at its first counted minute.
"""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import Literal, Protocol, TypeVar

DayPart = Literal["morning", "afternoon", "evening"]
_NOON, _EVENING = 12, 17


class HalfDay(Protocol):
    """What is asked of a half-day: its date in the workshop's zone and its first counted minute."""

    @property
    def held_on(self) -> date:
        """The day it belongs to."""
        ...

    @property
    def counts_from(self) -> datetime:
        """Its first counted minute."""
        ...


H = TypeVar("H", bound=HalfDay)


def current_half_day(half_days: Sequence[H], now: datetime, zone: tzinfo) -> H | None:
    """Return the half-day that is on; None on a day without one.

    Before the first counted minute of the day its first half-day is on; a later one takes over
    at its own first counted minute, so the lunch break still belongs to the morning.
    """
    today = now.astimezone(zone).date()
    of_today = sorted(
        (one for one in half_days if one.held_on == today), key=lambda one: one.counts_from
    )
    begun = [one for one in of_today if one.counts_from <= now]
    return begun[-1] if begun else (of_today[0] if of_today else None)


def day_part(local: datetime) -> DayPart:
    """Return the part of the day a local time belongs to."""
    if local.hour < _NOON:
        return "morning"
    return "afternoon" if local.hour < _EVENING else "evening"
