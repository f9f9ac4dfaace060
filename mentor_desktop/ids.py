"""Ids made by the device: time-ordered UUIDv7, and UUIDv5 for natural keys.

Ids are 32 lower-case hexadecimal digits: they sort by time as text, and go
through JSON unchanged.
"""

import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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
        noises = struct.unpack(f"={count}Q", self.noise(8 * count))
        return [
            f"{one >> _SEQUENCE_BITS:012x}{_VERSION_7 | one & _SEQUENCE:04x}"
            f"{_VARIANT_RFC | noise & _NOISE:016x}"
            for one, noise in enumerate(noises, tick)
        ]


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
    # Not `uuid`: it asks which platform this is, 2 ms before the first paint. OpenSSL: 3 ms.
    from hashlib import sha1

    name = "\x1f".join(parts).encode()
    digest = sha1(_NAMESPACE + name, usedforsecurity=False).digest()
    number = int.from_bytes(digest[:16]) & _REST | _MADE_FROM_NAME
    return f"{number:032x}"
