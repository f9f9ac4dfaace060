"""What a process counts about itself, in the text format of Prometheus. No personal data."""

import os
import threading
from collections import defaultdict
from collections.abc import Mapping

PREFIX = "mentor_"


class Meter:
    """Counters, and the sum, number and maximum of observed durations; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, float] = defaultdict(float)
        self._maxima: dict[str, float] = defaultdict(float)

    def add(self, name: str, amount: float = 1) -> None:
        """Count something; `name` ends in `_total` and may carry labels in braces."""
        with self._lock:
            self._counts[name] += amount

    def observe(self, name: str, value: float) -> None:
        """Take one duration or size into `name`'s sum, number and maximum."""
        with self._lock:
            self._counts[f"{name}_sum"] += value
            self._counts[f"{name}_count"] += 1
            self._maxima[f"{name}_max"] = max(self._maxima[f"{name}_max"], value)

    def exposition(self, gauges: Mapping[str, float]) -> str:
        """Return all figures of this process, and `gauges` measured just now.

        A maximum starts anew with each reading.
        """
        with self._lock:
            own = {**self._counts, **self._maxima}
            self._maxima.clear()
        process = f'process="{os.getpid()}"'
        lines = [f"{_labelled(name, process)} {value:.6g}" for name, value in sorted(own.items())]
        lines += [f"{PREFIX}{name} {value:.6g}" for name, value in sorted(gauges.items())]
        return "\n".join(lines) + "\n"


def _labelled(name: str, label: str) -> str:
    stem, brace, rest = name.partition("{")
    return f"{PREFIX}{stem}{{{label},{rest}" if brace else f"{PREFIX}{stem}{{{label}}}"
