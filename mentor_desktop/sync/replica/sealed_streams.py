"""What holds for sealed streams alone: who keeps one, and what a copy wrote and cannot say again.

The values of a sealed stream are bound to the number of their operation. A copy that becomes
another device cannot just put them under its own numbers: they wait here until the journal is
open and seals them anew (`sync.journal`).
"""

import json
from base64 import b64decode, b64encode

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import setting
from mentor_desktop.sync.protocol.batches import Batch
from mentor_desktop.sync.protocol.operations import KEY, Op
from mentor_desktop.sync.protocol.streams import is_stream, parse_stream
from mentor_desktop.sync.replica import log
from mentor_desktop.sync.replica.state import Identity

# The one workshop this copy was given.
ONLY_WORKSHOP = "handed_workshop"
_TO_SEAL_ANEW = "journal_to_seal_anew"


def owner_of(stream: str) -> str:
    """Return the user whose sealed stream this is, "" for all other streams."""
    if not is_stream(stream):
        return ""
    parsed = parse_stream(stream)
    return parsed.owner if parsed.is_sealed else ""


def may_hold(raw: StoreConnection, stream: str, own: Identity) -> bool:
    """Say whether this copy keeps a stream: a sealed one its user's own whole copies alone."""
    owner = owner_of(stream)
    return not owner or (owner == own.user and not setting(raw, ONLY_WORKSHOP))


def is_bound(op: Op) -> bool:
    """Say whether an operation of a sealed stream stands and falls with its number."""
    return op.kind != KEY


def keep_to_seal_anew(raw: StoreConnection, batches: list[Batch]) -> None:
    """Keep what is to be sealed anew, in the transaction of the caller."""
    kept: list[list[str]] = json.loads(setting(raw, _TO_SEAL_ANEW) or "[]")
    for batch in batches:
        parts = (log.header_bytes(batch), batch.body)
        kept.append([b64encode(one).decode() for one in parts])
    _keep(raw, kept)


def to_seal_anew(raw: StoreConnection) -> list[Batch]:
    """Return what is to be sealed anew, oldest first; of it those operations that are bound."""
    kept: list[list[str]] = json.loads(setting(raw, _TO_SEAL_ANEW) or "[]")
    return [log.stored_batch([b64decode(one) for one in parts]) for parts in kept]


def forget_to_seal_anew(raw: StoreConnection) -> None:
    """Note that all of it is sealed anew, in the transaction that holds it."""
    _keep(raw, [])


def _keep(raw: StoreConnection, kept: list[list[str]]) -> None:
    raw.execute(
        "INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, ?)",
        (_TO_SEAL_ANEW, json.dumps(kept)),
    )
