"""What happened in exchanges that a person should hear of: the last of it, kept over restarts."""

from enum import StrEnum

import msgspec

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import setting

_KEY = "sync_happenings"
_MOST = 20


class What(StrEnum):
    """Kinds of happenings, with the facts they come with."""

    SERVER_RESTORED = "server restored"  # epoch
    SERVER_MOVED = "server moved"  # epoch, name
    ACCESS_ENDED = "access ended"  # stream, name
    ACCESS_BACK = "access back"  # stream, name
    DELETIONS_TAKEN = "deletions taken"  # count
    DELETIONS_KEPT = "deletions kept"  # count


class Happening(msgspec.Struct, frozen=True):
    """One of them; `at` is in milliseconds since 1970."""

    what: str
    at: int
    facts: dict[str, str] = {}


def happenings(raw: StoreConnection) -> list[Happening]:
    """Return the last of them, newest first."""
    kept = setting(raw, _KEY)
    return msgspec.json.decode(kept, type=list[Happening]) if kept else []


def note(raw: StoreConnection, what: What, at: int, **facts: str) -> None:
    """Write one down, in the transaction of the caller."""
    latest = [Happening(what, at, facts), *happenings(raw)][:_MOST]
    raw.execute(
        "INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, ?)",
        (_KEY, msgspec.json.encode(latest).decode()),
    )
