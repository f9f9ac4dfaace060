"""The one line each benchmark prints: figures, limits, and whether they hold.

report("door view", [Check("answer painted, p99 ms", 21.4, at_most=50)], people=20_000)
"""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Check:
    """One figure against its limit; ratios are to a floor measured in the same run."""

    what: str
    measured: float
    at_most: float

    @property
    def holds(self) -> bool:
        """Tell whether the promise is kept."""
        return self.measured <= self.at_most


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value below which `percent` of the values lie; the median for 50.

    Raises:
        statistics.StatisticsError: fewer than two values.
    """
    cuts = statistics.quantiles(values, n=1000, method="inclusive")
    return cuts[min(round(percent * 10), 999) - 1]


def report(promise: str, checks: Sequence[Check], **figures: object) -> None:
    """Print the benchmark's JSON line."""
    line = {
        "promise": promise,
        "holds": all(check.holds for check in checks),
        "checks": [{**asdict(check), "holds": check.holds} for check in checks],
        **figures,
    }
    print(json.dumps(line, ensure_ascii=False), flush=True)
