"""Ids made by the device: time-ordered UUIDv7, and UUIDv5 for natural keys.

Ids are 32 lower-case hexadecimal digits: they sort by time as text, and go
through JSON unchanged.
"""

import os
import time
import uuid

# Namespace of ids that two offline devices must make equal; never changes.
_NAMESPACE = uuid.UUID("6a1c1b60-3f0e-5b0e-9d52-0d6f2c9e7a11")

_VERSION_7 = 0x7 << 12
_VARIANT_RFC = 0b10 << 62
_SEQUENCE_BITS = 12
_RANDOM_BITS = 62


class _Last:
    """The last millisecond and counter used, so that ids of one process only grow."""

    def __init__(self) -> None:
        self.tick = 0


_last = _Last()


def new_id() -> str:
    """Return a fresh UUIDv7 (RFC 9562) as hex; later ids of one process sort later."""
    tick = (time.time_ns() // 1_000_000) << _SEQUENCE_BITS
    tick = max(tick, _last.tick + 1)
    _last.tick = tick
    milliseconds, sequence = tick >> _SEQUENCE_BITS, tick & ((1 << _SEQUENCE_BITS) - 1)
    noise = int.from_bytes(os.urandom(8)) & ((1 << _RANDOM_BITS) - 1)
    high = (milliseconds << 16) | _VERSION_7 | sequence
    return f"{(high << 64) | _VARIANT_RFC | noise:032x}"


def derived_id(*parts: str) -> str:
    """Return the id every device derives from the same natural key, e.g. ("registration", w, p)."""
    return uuid.uuid5(_NAMESPACE, "\x1f".join(parts)).hex
