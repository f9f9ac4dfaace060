"""Where the time comes from, and in which zone it is shown.

The time is a callable handed down from the entry points.

Tests, screenshots and reference prints hand down a frozen one.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the computer's time as an aware UTC datetime."""
    return datetime.now(UTC)


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone of this name; UTC where this computer does not know it.

    What a colleague wrote with another list of zones must not keep a page from being shown.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError
        return ZoneInfo("UTC")
