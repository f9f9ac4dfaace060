"""When deletions of others wait for somebody to agree, and that they wait until then."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.replica.digests import Key
from mentor_desktop.sync.replica.state import Numbers

# More deletions than these of a stream are not applied before somebody agrees.
MASS_ROWS = 500
MASS_SHARE = 0.2
# Fewer are everyday work, whatever share of a small workshop they are.
_FEW_ROWS = 20
_WAITING = "sync_mass_deletion:"


@dataclass(frozen=True)
class MassDeletion:
    """What waits for consent: how many rows of a stream would go, of how many."""

    stream: str
    devices: tuple[str, ...]
    rows: int
    of_rows: int


def mass_deletion(
    raw: StoreConnection,
    numbers: Numbers,
    stream: str,
    deleting: Mapping[int, set[Key]],
    before: Collection[Key],
) -> MassDeletion | None:
    """Return what of a page has to wait; None where it is everyday work.

    `deleting` are the rows that would go, by the number of the device; `before` those that went
    with pages before. Once some wait, none go any more, so that the rest cannot slip through.
    """
    waiting: set[Key] = set().union(*deleting.values())
    total = raw.execute(
        "SELECT count(*) FROM sync_row WHERE stream = ?", (numbers.stream(stream),)
    ).fetchone()[0]
    rows = len(waiting.union(before))
    is_much = rows >= _FEW_ROWS and (rows > MASS_ROWS or rows > MASS_SHARE * total)
    if not waiting or not (is_much or is_waiting(raw, stream)):
        return None
    raw.execute(
        "INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, '1')", (_WAITING + stream,)
    )
    devices = tuple(sorted(numbers.device_of(device) for device in deleting))
    return MassDeletion(stream, devices, len(waiting), total)


def agree(raw: StoreConnection, stream: str) -> None:
    """Let go what waits, and count anew from here on."""
    raw.execute("DELETE FROM local_setting WHERE key = ?", (_WAITING + stream,))


def is_waiting(raw: StoreConnection, stream: str) -> bool:
    """Say whether deletions wait for somebody to agree."""
    found = raw.execute("SELECT 1 FROM local_setting WHERE key = ?", (_WAITING + stream,))
    return found.fetchone() is not None
