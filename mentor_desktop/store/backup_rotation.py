"""Which automatic backups are thinned out: many of late, one a day, one a month."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

KEPT_LATEST = 10
KEPT_DAYS = 14
KEPT_MONTHS = 6


def outdated(backups: Mapping[Path, datetime]) -> list[Path]:
    """Return the backups to delete, oldest first, given when each was made (aware UTC).

    Kept are the latest ten, the last of each of the latest fourteen days that have any,
    and the last of each of the latest six months.
    """
    newest_first = sorted(backups, key=lambda path: (backups[path], path.name), reverse=True)
    kept = set(newest_first[:KEPT_LATEST])
    for pattern, count in (("%Y-%m-%d", KEPT_DAYS), ("%Y-%m", KEPT_MONTHS)):
        last_of: dict[str, Path] = {}
        for path in newest_first:
            last_of.setdefault(backups[path].strftime(pattern), path)
        kept.update(list(last_of.values())[:count])
    return [path for path in reversed(newest_first) if path not in kept]
