"""Ids made by the device: time-ordered UUIDv7, and UUIDv5 for natural keys.

Ids are 32 lower-case hexadecimal digits: they sort by time as text, and go
through JSON unchanged.
"""

import os
import struct
import time

# Namespace of ids that two offline devices must make equal; never changes.
_NAMESPACE = bytes.fromhex("6a1c1b603f0e5b0e9d520d6f2c9e7a11")

_VERSION_7 = 0x7 << 12
_VERSION_5 = 0x5 << 76
_VARIANT_RFC = 0b10 << 62
# Where the version and the variant stand in the whole number.
_REST = ((1 << 128) - 1) ^ ((0xF << 76) | (0b11 << 62))
_MADE_FROM_NAME = _VERSION_5 | _VARIANT_RFC
_SEQUENCE_BITS = 12
_SEQUENCE = (1 << _SEQUENCE_BITS) - 1
_NOISE = (1 << 62) - 1


class _Last:
    """The last millisecond and counter used, so that ids of one process only grow."""

    def __init__(self) -> None:
        self.tick = 0


_last = _Last()


def new_id() -> str:
    """Return a fresh UUIDv7 (RFC 9562) as hex; later ids of one process sort later."""
    return new_ids(1)[0]


def new_ids(count: int) -> list[str]:
    """Return so many fresh ids, in their order; many at once cost a third of one by one."""
    tick = (time.time_ns() // 1_000_000) << _SEQUENCE_BITS
    tick = max(tick, _last.tick + 1)
    _last.tick = tick + count - 1
    return [
        f"{one >> _SEQUENCE_BITS:012x}{_VERSION_7 | one & _SEQUENCE:04x}"
        f"{_VARIANT_RFC | noise & _NOISE:016x}"
        for one, noise in enumerate(struct.unpack(f"={count}Q", os.urandom(8 * count)), tick)
    ]


def derived_id(*parts: str) -> str:
    """Return the id every device derives from the same natural key, e.g. ("registration", w, p)."""
    # Not `uuid`: it asks which platform this is, 2 ms before the first paint. OpenSSL: 3 ms.
    from hashlib import sha1

    name = "\x1f".join(parts).encode()
    digest = sha1(_NAMESPACE + name, usedforsecurity=False).digest()
    number = int.from_bytes(digest[:16]) & _REST | _MADE_FROM_NAME
    return f"{number:032x}"
