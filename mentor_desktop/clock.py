"""Where the time comes from: a callable handed down from the entry points.

Tests, screenshots and reference prints hand down a frozen one.
"""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the computer's time as an aware UTC datetime."""
    return datetime.now(UTC)
