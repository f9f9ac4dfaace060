"""What lies in the log and may be applied: whole actions, without a gap before them."""

from collections.abc import Collection
from dataclasses import dataclass

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.operations import Content
from mentor_desktop.sync.replica.state import Numbers


@dataclass(slots=True)
class Ready:
    """Operations of one device that may be applied: after `seq`, up to `limit`."""

    device: int
    seq: int
    limit: int


def has_ready(raw: StoreConnection, stream: str) -> bool:
    """Say whether anything could be applied."""
    return bool(ready_actions(raw, Numbers(raw).stream(stream), 1))


def ready_actions(
    raw: StoreConnection, stream: int, most: int = 0, without: Collection[int] = ()
) -> list[Ready]:
    """Return what each device has between its last applied operation and its last whole action.

    Of `most` batches that end an action, the first ones, device by device; 0 for all. Nothing of
    the devices in `without`.
    """
    found: list[Ready] = []
    left = most or -1
    for device, seq, held in raw.execute(
        "SELECT device, seq, held FROM sync_applied WHERE stream = ? AND held > seq ORDER BY device",
        (stream,),
    ).fetchall():
        if device in without:
            continue
        ends = raw.execute(
            "SELECT count(*), max(ends_at) FROM (SELECT ends_at FROM sync_batch WHERE stream = ? "
            "AND device = ? AND is_applied = 0 AND to_seq <= ? AND ends_at > ? "
            "ORDER BY from_seq LIMIT ?)",
            (stream, device, held, seq, left),
        ).fetchone()
        if ends[0]:
            found.append(Ready(device, seq, ends[1]))
            left -= ends[0] if most else 0
        if most and not left:
            break
    return found


def between(content: Content, first: int, last: int) -> Content:
    """Return the operations from `first` to `last` of a batch."""
    runs = []
    for run in content.runs:
        start = max(first - run.first_seq, 0)
        stop = min(last - run.first_seq + 1, len(run.rows))
        if start < stop:
            runs.append(run if (start, stop) == (0, len(run.rows)) else run.part(start, stop))
    actions = tuple(one for one in content.actions if first <= one.last_seq <= last)
    return Content(tuple(runs), actions)
