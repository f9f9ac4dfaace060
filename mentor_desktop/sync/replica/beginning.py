"""How a stream began with a snapshot of the server, until the log before it is here too.

Kept beside the settings of this copy, written in the transaction of what it tells of. While
there is one, the log does not say what the rows are: nothing may be folded from it.
"""

import msgspec

from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import setting
from mentor_desktop.sync.merge.digest import Buckets
from mentor_desktop.sync.protocol.batches import NO_HASH
from mentor_desktop.sync.protocol.messages import Part

_KEY = "snapshot of "


class Filled(msgspec.Struct):
    """Up to where the log of one device is here, from its beginning, and the hash at its end."""

    seq: int = 0
    hash: bytes = NO_HASH


class Beginning(msgspec.Struct, kw_only=True):
    """A snapshot as the server told of it, and how far it and the log before it are here.

    `parts` stand in the order they are loaded; the first `loaded` are in the tables, and `rows` of
    the next one. `sums` is the digest of what was loaded. The log is here up to `since`, as a pull
    counts, and up to `filled` of each device; `rounds` is how often it was asked for to its end.
    """

    epoch: str
    seq: int
    parts: list[Part]
    applied: dict[str, int]
    chains: dict[str, bytes]
    root: bytes
    loaded: int = 0
    rows: int = 0
    sums: bytes = Buckets().to_bytes()
    since: int = 0
    rounds: int = 0
    filled: dict[str, Filled] = {}

    @property
    def is_loaded(self) -> bool:
        """Say whether the whole snapshot is in the tables."""
        return self.loaded == len(self.parts)

    @property
    def is_filled(self) -> bool:
        """Say whether the log before the snapshot is here to its last batch."""
        return self.is_loaded and all(
            (one := self.filled.get(device, Filled())).seq == seq
            and one.hash == self.chains[device]
            for device, seq in self.applied.items()
        )


class LogIncompleteError(UserFacingError):
    """The log of a stream is not here to its beginning, and what was asked for needs it."""

    def __init__(self, stream: str) -> None:
        super().__init__(
            _(
                "The older history is not on this computer yet. Exchange with the server, then try again."
            )
        )
        self.stream = stream


def beginning_of(raw: StoreConnection, stream: str) -> Beginning | None:
    """Return how a stream began; None where the log tells everything."""
    kept = setting(raw, _KEY + stream)
    return msgspec.json.decode(kept, type=Beginning) if kept else None


def keep_beginning(raw: StoreConnection, stream: str, begun: Beginning) -> None:
    """Store how far a beginning is, in the transaction of the caller; filled, it is no more."""
    if begun.is_filled:
        forget_beginning(raw, stream)
        return
    raw.execute(
        "INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, ?)",
        (_KEY + stream, msgspec.json.encode(begun).decode()),
    )


def forget_beginning(raw: StoreConnection, stream: str) -> None:
    """Let the log tell everything again, in the transaction of the caller."""
    raw.execute("DELETE FROM local_setting WHERE key = ?", (_KEY + stream,))


def require_whole_log(raw: StoreConnection, stream: str) -> None:
    """Look that the log of a stream says what its rows are.

    Raises:
        LogIncompleteError: it begins behind a snapshot.
    """
    if setting(raw, _KEY + stream):
        raise LogIncompleteError(stream)
