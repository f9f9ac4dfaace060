"""Entries of a journal as values that only its owner's devices open.

The value of an operation in the sealed stream is {"sealed", "epoch", "prev"}: ciphertext, the epoch
whose key opens it, and the hash of the author's operation on an entry before this one. The key of
an entry is derived from that of the epoch. The ciphertext is bound to its workspace, user, journal,
entry, epoch, device, number, schema and `prev`: it opens nowhere else. An operation that is issued
again under another number is sealed again.

The size that others see is that of a bucket: the next of 256 · 2ⁿ bytes.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from mentor_desktop.crypto.symmetric import WrongSecretError, derive, seal_value, unseal_value
from mentor_desktop.errors import UserFacingError, ValidationError
from mentor_desktop.i18n import N_, _
from mentor_desktop.sync.keys.canonical import canonical
from mentor_desktop.sync.keys.keyring import Keyring
from mentor_desktop.sync.keys.standing import Standing

SMALLEST_BUCKET: Final = 256
# Base64 of it and everything around still fits into one batch.
LARGEST_BUCKET: Final = 512 * 1024
_LENGTH_BYTES = 4
_VERSION = b"\x01"

_NO_KEY = N_(
    "This entry was written with a key that this computer does not have. "
    "Sync, or add this computer on another device of yours."
)
_CHANGED = N_(
    "This entry was changed or swapped on its way and is not shown. "
    "Another device of yours may still have it as it was written."
)


class UnreadableEntry(UserFacingError):
    """An entry that does not open; `reason` is "key" or "changed". Never shown as an empty one."""

    def __init__(self, reason: Literal["key", "changed"]) -> None:
        super().__init__(_(_NO_KEY if reason == "key" else _CHANGED))
        self.reason = reason


@dataclass(frozen=True)
class Place:
    """Where a value stands: the operation it is the value of."""

    ws: str
    user: str
    journal: str
    entry: str
    device: str
    seq: int
    schema: int


def seal_entry(
    keyring: Keyring, place: Place, epoch: str, prev: str, content: bytes
) -> dict[str, str]:
    """Return the values of an operation; `prev` is "" for the author's first entry.

    Raises:
        ValidationError: the entry is too long.
        UnreadableEntry: this device does not have the epoch.
    """
    key = _entry_key(keyring, place, epoch)
    sealed = _VERSION + seal_value(key, _padded(content), _context(place, epoch, prev))
    return {"sealed": base64.b64encode(sealed).decode(), "epoch": epoch, "prev": prev}


def open_entry(keyring: Keyring, place: Place, values: Mapping[str, object]) -> bytes:
    """Return what was sealed at this place.

    Raises:
        UnreadableEntry: the epoch's key is not here, or something was changed or moved.
    """
    epoch, prev, text = values.get("epoch"), values.get("prev"), values.get("sealed")
    if not (isinstance(epoch, str) and isinstance(prev, str) and isinstance(text, str)):
        raise UnreadableEntry("changed")
    key = _entry_key(keyring, place, epoch)
    try:
        sealed = base64.b64decode(text, validate=True)
        if sealed[:1] != _VERSION or base64.b64encode(sealed).decode() != text:
            raise UnreadableEntry("changed")
        return _unpadded(unseal_value(key, sealed[1:], _context(place, epoch, prev)))
    except (WrongSecretError, binascii.Error, ValueError) as exc:
        raise UnreadableEntry("changed") from exc


def is_written_late(standing: Standing, journal: str, epoch: str, written_at: int) -> bool:
    """Tell whether an entry was written with an epoch that should not have been in use any more.

    Its author was offline while somebody was taken out: accepted, and flagged.
    """
    in_use = standing.writing_epochs(journal)
    if not in_use or epoch in {one.id for one in in_use}:
        return False
    return written_at > min(one.made_at for one in in_use)


@dataclass(frozen=True)
class Link:
    """An operation on an entry in its author's chain; `hash` is the operation's, as hex."""

    device: str
    seq: int
    hash: str
    prev: str


Flaw: TypeAlias = Literal["gap", "fork", "truncated"]


@dataclass(frozen=True)
class Finding:
    """Something withheld: before `seq` of `device` (gap), at it (fork), or from it on (truncated)."""

    device: str
    seq: int
    flaw: Flaw


def check_links(
    links: Iterable[Link], remembered: Mapping[str, tuple[int, str]] | None = None
) -> list[Finding]:
    """Return what is missing from the chains of all authors, sorted.

    `remembered` is the newest operation this device ever saw of each author: number and hash.
    """
    chains: dict[str, dict[int, Link]] = {}
    findings: set[tuple[str, int, Flaw]] = set()
    for link in links:
        known = chains.setdefault(link.device, {}).setdefault(link.seq, link)
        if known != link:
            findings.add((link.device, link.seq, "fork"))
    for device, chain in chains.items():
        expected = ""
        for seq in sorted(chain):
            if chain[seq].prev != expected:
                findings.add((device, seq, "gap"))
            expected = chain[seq].hash
    for device, (seq, hash_) in (remembered or {}).items():
        found = chains.get(device, {}).get(seq)
        if found is None:
            findings.add((device, seq, "truncated"))
        elif found.hash != hash_:
            findings.add((device, seq, "fork"))
    return [Finding(*finding) for finding in sorted(findings)]


def bucket_of(size: int) -> int:
    """Return how many bytes content of this size takes before sealing."""
    bucket = SMALLEST_BUCKET
    while bucket < size + _LENGTH_BYTES:
        bucket *= 2
    return bucket


def _padded(content: bytes) -> bytes:
    bucket = bucket_of(len(content))
    if bucket > LARGEST_BUCKET:
        raise ValidationError(
            _("This entry is too long to keep. Divide it in two, or attach it as a file.")
        )
    return (len(content).to_bytes(_LENGTH_BYTES) + content).ljust(bucket, b"\0")


def _unpadded(padded: bytes) -> bytes:
    size = int.from_bytes(padded[:_LENGTH_BYTES])
    content = padded[_LENGTH_BYTES : _LENGTH_BYTES + size]
    if _padded(content) != padded:
        raise ValueError
    return content


def _entry_key(keyring: Keyring, place: Place, epoch: str) -> bytes:
    key = keyring.get(place.journal, epoch)
    if key is None or (keyring.ws, keyring.user) != (place.ws, place.user):
        raise UnreadableEntry("key")
    return derive(key, canonical("entry key", place.entry).decode())


def _context(place: Place, epoch: str, prev: str) -> bytes:
    return canonical(
        "journal entry", place.ws, place.user, place.journal, place.entry, epoch,
        place.device, place.seq, place.schema, prev,
    )  # fmt: skip
