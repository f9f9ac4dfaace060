"""Ids made by the device: time-ordered UUIDv7, and UUIDv5 for natural keys.

Ids are 32 lower-case hexadecimal digits: they sort by time as text, and go
through JSON unchanged.
"""

import os
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Namespace of ids that two offline devices must make equal; never changes.
_NAMESPACE = bytes.fromhex("6a1c1b603f0e5b0e9d520d6f2c9e7a11")

_VERSION_7 = 0x7 << 12
# What the milliseconds must be raised by to make room for the version above the counter.
_ROOM_FOR_VERSION = (1 << 16) - (1 << 12)
# A byte with the variant in its upper two bits.
_WITH_VARIANT = bytes(0b10 << 6 | byte & 0b111111 for byte in range(0x100))
# A byte with the version in its upper four.
_WITH_VERSION_5 = bytes(0x50 | byte & 0x0F for byte in range(0x100))
_SEQUENCE_BITS = 12
_NANOSECONDS = 1_000_000  # in a millisecond


class IdSource:
    """Makes ids from a clock and from noise; the ids of one source only grow."""

    def __init__(self, now_ms: Callable[[], int], noise: Callable[[int], bytes]) -> None:
        self._now_ms = now_ms
        self.noise = noise
        self._tick = 0  # the last millisecond and counter used

    def draw(self, count: int) -> list[str]:
        """Return so many fresh ids, in their order."""
        tick = max(self._now_ms() << _SEQUENCE_BITS, self._tick + 1)
        self._tick = tick + count - 1
        noise = bytearray(self.noise(8 * count))
        noise[::8] = noise[::8].translate(_WITH_VARIANT)
        # The counter is the tick's last bits, the version stands before it.
        times = [
            one + (one >> _SEQUENCE_BITS) * _ROOM_FOR_VERSION + _VERSION_7
            for one in range(tick, tick + count)
        ]
        first, second = struct.pack(f">{count}Q", *times).hex(), noise.hex()
        return [first[at : at + 16] + second[at : at + 16] for at in range(0, 16 * count, 16)]


def _system_ms() -> int:
    return time.time_ns() // _NANOSECONDS


_system = IdSource(_system_ms, os.urandom)
_source: ContextVar[IdSource] = ContextVar("ids", default=_system)


@contextmanager
def drawn_from(source: IdSource) -> Iterator[None]:
    """Let everything that is called in this block name things from another source.

    So a simulation is the same each time its seed is. Keys and secrets never come from here.
    """
    before = _source.set(source)
    try:
        yield
    finally:
        _source.reset(before)


def new_id() -> str:
    """Return a fresh UUIDv7 (RFC 9562) as hex; later ids of one process sort later."""
    return new_ids(1)[0]


def new_ids(count: int) -> list[str]:
    """Return so many fresh ids, in their order; many at once cost a third of one by one."""
    return _source.get().draw(count)


def id_noise(count: int) -> bytes:
    """Return random bytes for names that are no UUID; for keys, `crypto` has its own."""
    return _source.get().noise(count)


def derived_id(*parts: str) -> str:
    """Return the id every device derives from the same natural key, e.g. ("registration", w, p)."""
    *others, last = parts
    return derived_ids(others, [last])[0]


def derived_ids(parts: Iterable[str], lasts: Iterable[str]) -> list[str]:
    """Return `derived_id` of keys that differ in their last part only."""
    # Not `uuid`: it asks which platform this is, 2 ms before the first paint. OpenSSL: 3 ms.
    from hashlib import sha1

    start = _NAMESPACE + "".join(f"{part}\x1f" for part in parts).encode()
    made = bytearray().join(
        [sha1(start + last.encode(), usedforsecurity=False).digest()[:16] for last in lasts]
    )
    made[6::16] = made[6::16].translate(_WITH_VERSION_5)
    made[8::16] = made[8::16].translate(_WITH_VARIANT)
    digits = made.hex()
    return [digits[at : at + 32] for at in range(0, len(digits), 32)]
