"""What a user's devices write down about keys: operations of kind `key` in the sealed stream.

* A **card** shows the public keys of a device, of a recovery sheet or of a reader. It signs itself.
* A **statement** is what the holder of a card says: this card is mine too (`add`), may read
  (`reader`), is no longer to be trusted (`revoke`), the sheet was typed in again (`confirm`), this
  epoch exists (`epoch`), is not to be written with (`disable`). It names the statements its author
  had seen last, by hash: a hidden one leaves a gap.
* A **seal** is the key of an epoch, closed for one card.
* A **passphrase copy** is the private half of a recovery sheet under a passphrase.

They are a set that only grows. What counts of it: `standing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

from mentor_desktop.sync.keys.canonical import canonical, digest
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import (
    NO_SIGNATURE,
    BadRecord,
    Id,
    Milliseconds,
    PublicKey,
    Signature,
)

RECOVERY: Final = "recovery"  # stands for the device in the card of a recovery sheet
ENTITY: Final = "journal_key"  # of the operations these records travel in
COLUMN: Final = "record"

Fingerprint = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
EpochId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
Kind: TypeAlias = Literal["add", "reader", "revoke", "confirm", "epoch", "disable"]
_MOST_NAMED = 500
_MOST_SEAL_BYTES = 256
_MOST_RECORD_BYTES = 96 * 1024
_ROW_LETTERS = 32


class Card(msgspec.Struct, frozen=True, tag="card", forbid_unknown_fields=True):
    """Public keys of a device of a user, signed by themselves."""

    ws: Id
    user: Id
    device: Annotated[str, Meta(pattern=r"\A([0-9a-f]{32}|recovery)\Z")]
    sign_key: PublicKey
    seal_key: PublicKey
    signature: Signature

    def signed_bytes(self) -> bytes:
        """Return what the card's own key signed."""
        return canonical("card", *_fields(self))

    @property
    def fingerprint(self) -> str:
        """What names the card: 64 hexadecimal digits over everything in it."""
        return digest("card fingerprint", *_fields(self))


class Statement(msgspec.Struct, frozen=True, tag="statement", forbid_unknown_fields=True):
    """What `by` says about a card or an epoch; `journal` is empty for cards.

    `out` is said of an epoch: the cards that it was not, and is never to be, sealed to.
    """

    ws: Id
    user: Id
    kind: Kind
    by: Fingerprint
    about: Annotated[str, Meta(pattern=r"\A([0-9a-f]{64}|[0-9a-f]{32})\Z")]
    journal: Annotated[str, Meta(pattern=r"\A([0-9a-f]{32})?\Z")]
    prev: Annotated[tuple[Fingerprint, ...], Meta(max_length=_MOST_NAMED)]
    out: Annotated[tuple[Fingerprint, ...], Meta(max_length=_MOST_NAMED)]
    made_at: Milliseconds
    signature: Signature

    def signed_bytes(self) -> bytes:
        """Return what `by` signed."""
        return canonical("key statement", *_fields(self))

    @property
    def hash(self) -> str:
        """What names the statement in the `prev` of later ones."""
        return digest("key statement hash", *_fields(self))


class Seal(msgspec.Struct, frozen=True, tag="seal", forbid_unknown_fields=True):
    """An epoch's key, closed by `by` for the holder of the card `to`."""

    ws: Id
    user: Id
    journal: Id
    epoch: EpochId
    to: Fingerprint
    by: Fingerprint
    sealed: Annotated[bytes, Meta(max_length=_MOST_SEAL_BYTES)]
    signature: Signature

    def signed_bytes(self) -> bytes:
        """Return what `by` signed."""
        return canonical("epoch seal", *_fields(self))

    def context(self) -> bytes:
        """Return what the envelope is bound to."""
        return canonical("epoch", self.ws, self.user, self.journal, self.epoch, self.to)


class PassphraseCopy(msgspec.Struct, frozen=True, tag="copy", forbid_unknown_fields=True):
    """The private half of the recovery sheet `by`, wrapped by a passphrase (Argon2id)."""

    ws: Id
    user: Id
    by: Fingerprint
    salt: Annotated[bytes, Meta(min_length=16, max_length=16)]
    iterations: Annotated[int, Meta(ge=1, le=20)]
    lanes: Annotated[int, Meta(ge=1, le=16)]
    memory_kib: Annotated[int, Meta(ge=128, le=1024 * 1024)]
    wrapped: Annotated[bytes, Meta(max_length=_MOST_SEAL_BYTES)]
    made_at: Milliseconds
    signature: Signature

    def signed_bytes(self) -> bytes:
        """Return what the sheet signed."""
        return canonical("recovery passphrase copy", *_fields(self))


KeyRecord: TypeAlias = Card | Statement | Seal | PassphraseCopy
_AnyRecord = TypeVar("_AnyRecord", Card, Statement, Seal, PassphraseCopy)

_encode = msgspec.json.Encoder(order="deterministic").encode
_decoder: msgspec.json.Decoder[KeyRecord] = msgspec.json.Decoder(
    Card | Statement | Seal | PassphraseCopy
)


@dataclass(frozen=True)
class Holder:
    """Whoever has the private halves of a card: this device, or the recovery sheet just typed in."""

    card: Card
    keys: DeviceKeys = field(repr=False)

    @property
    def fingerprint(self) -> str:
        return self.card.fingerprint

    def signed(self, draft: _AnyRecord) -> _AnyRecord:
        """Return the draft with this holder's signature."""
        return msgspec.structs.replace(draft, signature=self.keys.sign(draft.signed_bytes()))


def make_holder(keys: DeviceKeys, ws: str, user: str, device: str) -> Holder:
    """Return the holder of a device's keys with its card, which is the same each time."""
    draft = Card(ws, user, device, keys.sign_key, keys.seal_key, NO_SIGNATURE)
    return Holder(Holder(draft, keys).signed(draft), keys)


def to_values(record: KeyRecord) -> dict[str, str]:
    """Return the record as the values of an operation."""
    return {COLUMN: _encode(record).decode()}


def row_of(record: KeyRecord) -> str:
    """Return the row id of the record's operation: the same record is the same row."""
    return digest("key record", _encode(record))[:_ROW_LETTERS]


def from_values(values: Mapping[str, object]) -> KeyRecord:
    """Return the record in an operation's values; its signature is not checked here.

    Raises:
        BadRecord: there is none.
    """
    text = values.get(COLUMN)
    if not isinstance(text, str) or len(text) > _MOST_RECORD_BYTES:
        raise BadRecord
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, ValueError) as exc:
        raise BadRecord from exc


def _fields(record: KeyRecord) -> list[str | int | bytes]:
    return [getattr(record, name) for name in record.__struct_fields__ if name != "signature"]
