"""The sections inside a bundle, and the table of what is in it.

A section is a letter, its length and its bytes: `B` a batch as in a push, `F` a file, `I` an offer
to a new device, `A` its answer, `H` what the sender holds, and last `C`, the contents.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from mentor_desktop.crypto.signatures import is_signed
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.sync.keys.entries import (
    DeviceEntry,
    Id,
    Milliseconds,
    PublicKey,
    SignedInvitation,
    Tag,
)
from mentor_desktop.sync.keys.invitations import SECRET_BYTES, Invitation
from mentor_desktop.sync.protocol.batches import BadBatch, Batch, read_frames

BATCH, FILE, OFFER, ANSWER, HELD, CONTENTS = b"B", b"F", b"I", b"A", b"H", b"C"
VERSION: Final = 1
MOST_FILE_BYTES: Final = 64 << 20  # of one file that rides along; it is held in memory
_MOST_BYTES = {
    BATCH: 3 << 20,  # one that a purge made larger, not compressed, and its header
    FILE: MOST_FILE_BYTES,
    OFFER: 64 << 10,
    ANSWER: 64 << 10,
    HELD: 16 << 20,
    CONTENTS: 16 << 20,
}
_HEAD = struct.Struct(">cQ")

Count = Annotated[int, Meta(ge=0)]
_Struct = TypeVar("_Struct", bound=msgspec.Struct)


class Span(msgspec.Struct, frozen=True, array_like=True):
    """Operations of one device in one stream, without a gap."""

    stream: str
    device: str
    from_seq: int
    to_seq: int


class Contents(msgspec.Struct, frozen=True):
    """What a bundle holds, and who made it when (milliseconds since 1970)."""

    version: int
    ws: Id
    made_by: Id
    made_at: Milliseconds
    spans: tuple[Span, ...]
    batches: Count
    files: Count
    has_offer: bool
    has_answer: bool


class Offer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An invitation for a new device with its secret, and the sender to whom the answer is sealed.

    `tag` is the one the new device writes under. `server_key` (empty where there is no server) and
    `founders` are whom the sender believes without another's word.
    """

    invitation: SignedInvitation
    secret: Annotated[bytes, Meta(min_length=SECRET_BYTES, max_length=SECRET_BYTES)]
    sender: DeviceEntry
    tag: Tag = ""
    server_key: Annotated[bytes, Meta(max_length=32)] = b""
    founders: Mapping[Id, PublicKey] = {}

    def __repr__(self) -> str:
        return f"Offer({self.invitation!r}, sender={self.sender!r})"

    def signer(self) -> Invitation:
        """Return the invitation whose secret signs the new device's entry."""
        return Invitation("", self.invitation.ws, self.invitation.id, self.secret)

    @property
    def is_sound(self) -> bool:
        """Whether the sender gave this invitation, and the secret is its own."""
        given, sender = self.invitation, self.sender
        return (
            (given.ws, given.invited_by) == (sender.ws, sender.device)
            and given.key == self.signer().public_key
            and is_signed(sender.sign_key, given.signature, given.signed_bytes())
        )


class Tally:
    """Counts what goes in or comes out, so that both sides can compare."""

    def __init__(self) -> None:
        self.workspaces: set[str] = set()
        self._spans: dict[tuple[str, str], list[list[int]]] = {}
        self._counts = dict.fromkeys(_MOST_BYTES, 0)

    def count(self, kind: bytes) -> int:
        """Count one section and return how many of its kind there were."""
        self._counts[kind] += 1
        return self._counts[kind]

    def add_batch(self, batch: Batch) -> None:
        """Note the operations of a batch."""
        header = batch.header
        self.workspaces.add(header.ws)
        spans = self._spans.setdefault((header.stream, header.device), [])
        if spans and spans[-1][1] + 1 == header.from_seq:
            spans[-1][1] = header.to_seq
        else:
            spans.append([header.from_seq, header.to_seq])

    def contents(self, ws: str, made_by: str, made_at: int) -> Contents:
        """Return the table of all that was counted."""
        return Contents(
            VERSION, ws, made_by, made_at,
            tuple(Span(*name, *span) for name, spans in self._spans.items() for span in spans),
            self._counts[BATCH], self._counts[FILE],
            self._counts[OFFER] == 1, self._counts[ANSWER] == 1,
        )  # fmt: skip


def section(kind: bytes, content: bytes) -> bytes:
    """Return a section; raise ValueError when no reader would take it."""
    if len(content) > _MOST_BYTES[kind]:
        raise ValueError("a section of a bundle is too large")
    return _HEAD.pack(kind, len(content)) + content


def read_sections(parts: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield letter and bytes of each section; nothing may follow the contents.

    Raises:
        StoreError: this is not a row of sections.
    """
    pending, kind = bytearray(), b""
    for part in parts:
        pending += part
        while (found := _first(pending)) is not None:
            if kind == CONTENTS:
                raise damaged()
            kind, content = found
            del pending[: _HEAD.size + len(content)]
            yield kind, content
    if pending or kind != CONTENTS:
        raise damaged()


def decoded(content: bytes, kind: type[_Struct]) -> _Struct:
    """Return the struct in a section.

    Raises:
        StoreError: there is none.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError) as exc:
        raise damaged() from exc


def batch_in(content: bytes) -> Batch:
    """Return the one batch in a section; its signature is checked by whoever applies it.

    Raises:
        StoreError: there is not exactly one.
    """
    try:
        (batch,) = read_frames(content)
    except (BadBatch, ValueError) as exc:
        raise damaged() from exc
    return batch


def damaged() -> StoreError:
    """Return the sentence for a bundle whose seal is right and whose inside is not."""
    return StoreError(
        _(
            "What is in this file does not fit together. "
            "Make it again on the other computer, with the newest version of the program."
        )
    )


def _first(pending: bytearray) -> tuple[bytes, bytes] | None:
    """Return the first section; None while it is not all there."""
    if len(pending) < _HEAD.size:
        return None
    kind, size = _HEAD.unpack_from(pending)
    if size > _MOST_BYTES.get(kind, -1):
        raise damaged()
    end = _HEAD.size + size
    return (kind, bytes(pending[_HEAD.size : end])) if len(pending) >= end else None
