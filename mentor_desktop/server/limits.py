"""How much one device or one address may ask of a process, and how long it waits then.

Token buckets in memory: nothing is shared, so N processes allow N times as much.
"""

import random
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Network, ip_address

from mentor_desktop.server.refusals import Refusal

MOST_BODY_BYTES = 8 * 1024 * 1024
MOST_CHUNK_BYTES = 4 * 1024 * 1024
MOST_JSON_BYTES = 64 * 1024
MOST_KEPT_BYTES = 64 * 1024 * 1024  # of a batch in the log, unpacked: older programs took more
MOST_BATCHES = 64
MOST_VALUES = 100_000  # of one push to the members, all held at once
MOST_PULL_BYTES = 4 * 1024 * 1024
MOST_QUARANTINE_BYTES = 64 * 1024 * 1024  # of one device
GRACE_DAYS = 30  # a file may wait for the record that refers to it

_JITTER = 0.5
_MOST_NAMES = 100_000  # buckets kept; the longest unused is forgotten first


def line_of(address: str) -> str:
    """Return what counts as one address: that of IPv4, of IPv6 the network of 64 bits.

    Whoever has a line with IPv6 has all 2**64 of it. What is no address comes back as it is.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((found.packed[:8] + bytes(8), 64)))


class RateLimit:
    """So many a second over time, so many at once."""

    def __init__(
        self, per_second: float, burst: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._now = per_second, float(burst), now
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, cost: float = 1.0) -> None:
        """Count one request of a device or an address.

        What costs more than all of it is paid with all of it.

        Raises:
            Refusal: 429 with the seconds to wait, spread at random so that not all come back at once.
        """
        cost = min(cost, self._burst)
        with self._lock:
            now = self._now()
            left, at = self._buckets.pop(name, (self._burst, now))
            left = min(self._burst, left + (now - at) * self._rate)
            allowed = left >= cost
            self._buckets[name] = (left - cost if allowed else left, now)
            if len(self._buckets) > _MOST_NAMES:
                self._buckets.popitem(last=False)
        if not allowed:
            wait = (cost - left) / self._rate * (1 + random.random() * _JITTER)
            raise Refusal(
                "too_many", "Wait a moment before the next request.", retry_after_s=int(wait) + 1
            )
