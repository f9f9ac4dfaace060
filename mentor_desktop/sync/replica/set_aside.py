"""Streams in which a server takes nothing of this device: what waits there is "Not shared".

It stays in the log and is offered again with every exchange, so that it goes by itself once the
right is back. Kept beside the settings of this copy: a restart forgets none of it.
"""

import msgspec

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import setting, settings_under

_KEY = "set aside in "


class Aside(msgspec.Struct):
    """Why and since when (milliseconds since 1970) a server sets aside what it is sent.

    Own operations up to `dismissed_to` are listed no more: somebody looked at them.
    """

    reason: str
    at: int
    dismissed_to: int = 0


def aside_of(raw: StoreConnection, stream: str) -> Aside | None:
    """Return the note of a stream; None where its changes are taken."""
    kept = setting(raw, _KEY + stream)
    return msgspec.json.decode(kept, type=Aside) if kept else None


def asides(raw: StoreConnection) -> dict[str, Aside]:
    """Return the notes by stream."""
    kept = settings_under(raw, _KEY)
    return {stream: msgspec.json.decode(value, type=Aside) for stream, value in kept.items()}


def note_aside(raw: StoreConnection, stream: str, reason: str, at: int) -> None:
    """Write down that nothing is taken, in the transaction of the caller; the first time counts."""
    known = aside_of(raw, stream)
    if known is None or known.reason != reason:
        _keep(raw, stream, Aside(reason, at, known.dismissed_to if known else 0))


def dismiss_to(raw: StoreConnection, stream: str, seq: int) -> None:
    """List own operations up to a number no more, or again from there on."""
    known = aside_of(raw, stream)
    if known is not None:
        _keep(raw, stream, Aside(known.reason, known.at, seq))


def forget_aside(raw: StoreConnection, stream: str) -> None:
    """Write down that changes of a stream are taken again, in the transaction of the caller."""
    raw.execute("DELETE FROM local_setting WHERE key = ?", (_KEY + stream,))


def _keep(raw: StoreConnection, stream: str, aside: Aside) -> None:
    raw.execute(
        "INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, ?)",
        (_KEY + stream, msgspec.json.encode(aside).decode()),
    )
