"""What a device holds, told to others in its files, so that theirs need not bring it again.

Signed by the device that tells it, and believed only where both logs are alike: the end of a
chain is named by its hash. Who was told less than there is by now sends more than it need,
never less.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from mentor_desktop.crypto.signatures import is_signed
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import remember, setting
from mentor_desktop.sync.keys.canonical import canonical
from mentor_desktop.sync.keys.entries import NO_SIGNATURE, Id, Milliseconds, Signature
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.acknowledged import hash_at
from mentor_desktop.sync.replica.leaving import left_streams
from mentor_desktop.sync.replica.sealed_streams import owner_of
from mentor_desktop.sync.replica.state import Numbers

_TOLD_BY = "told by "
_MOST_FILES: Final = 100_000


class Held(msgspec.Struct, frozen=True, array_like=True):
    """The operations of a device in a stream that are held from the first to `seq`."""

    stream: str
    device: str
    seq: int
    hash: bytes


class Inventory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `device` held at a time; of the streams `partly` some values were kept from it."""

    ws: Id
    device: Id
    made_at: Milliseconds
    held: tuple[Held, ...]
    partly: tuple[str, ...]
    files: Annotated[tuple[str, ...], Meta(max_length=_MOST_FILES)]
    signature: Signature

    def signed_bytes(self) -> bytes:
        """Return what the device signed."""
        held = [(one.stream, one.device, one.seq, one.hash) for one in self.held]
        return canonical(
            "inventory", self.ws, self.device, self.made_at, held, self.partly, self.files
        )

    def is_by(self, key: bytes) -> bool:
        """Say whether the owner of a key signed it."""
        return is_signed(key, self.signature, self.signed_bytes())


def take_stock(
    raw: StoreConnection,
    files: Iterable[str],
    *,
    partly: Iterable[str],
    with_journal: bool,
    now_ms: int,
) -> Inventory:
    """Return what this copy holds, signed; `files` are addresses of those that are here.

    Of a journal only `with_journal`: nobody else is told that there is one. Nothing of a stream
    that left this device: of its own chain there only the end is here, to go on from.
    """
    own, numbers = state.identity(raw), Numbers(raw)
    left = left_streams(raw)
    rows = raw.execute(
        "SELECT stream, device, held, hash FROM sync_applied WHERE held > 0 ORDER BY stream, device"
    )
    held = [
        Held(numbers.stream_of(stream), numbers.device_of(device), seq, bytes(end))
        for stream, device, seq, end in rows.fetchall()
    ]
    draft = Inventory(
        ws=own.workspace,
        device=own.device,
        made_at=now_ms,
        held=tuple(
            one
            for one in held
            if one.stream not in left and (with_journal or not owner_of(one.stream))
        ),
        partly=tuple(sorted(partly)),
        files=tuple(sorted(files))[:_MOST_FILES],
        signature=NO_SIGNATURE,
    )
    return msgspec.structs.replace(draft, signature=own.signer()(draft.signed_bytes()))


def believe(raw: StoreConnection, told: Inventory) -> None:
    """Keep what a known device tells, unless it told something later before."""
    keys = {peer.device: peer.sign_key for peer in state.peers(raw)}
    key, before = keys.get(told.device), told_by(raw, told.device)
    if key is None or not told.is_by(key):
        return
    if before is None or before.made_at <= told.made_at:
        text = msgspec.json.encode(told).decode()
        remember(raw, **{_TOLD_BY + told.device: text})


def told_by(raw: StoreConnection, device: str) -> Inventory | None:
    """Return what a device told last; None where it never did."""
    kept = setting(raw, _TOLD_BY + device)
    return msgspec.json.decode(kept, type=Inventory) if kept else None


class Lacking:
    """What a reader lacks of the log that is here; of one that told nothing, everything."""

    def __init__(self, raw: StoreConnection, numbers: Numbers, told: Inventory | None) -> None:
        self._raw, self._numbers = raw, numbers
        self._held = {(one.stream, one.device): one for one in told.held} if told else {}
        self._partly = frozenset(told.partly) if told else frozenset()
        self.files_held = frozenset(told.files) if told else frozenset()

    def is_partly_held(self, stream: str) -> bool:
        """Say whether the reader was not given all values of what it holds of a stream."""
        return stream in self._partly

    def held_to(self, stream: str, device: str) -> int:
        """Return up to which operation of a device the reader has the very same log."""
        held = self._held.get((stream, device))
        if held is None:
            return 0
        ours = hash_at(self._raw, self._numbers, device, stream, held.seq)
        return held.seq if ours == held.hash else 0
