"""Entries of devices among the members of a workspace, what widens them, and what ends them.

An entry says which user a device belongs to and what its public keys are, and somebody vouches
for it: a device of the same user (a restored copy, a second laptop), a device of somebody who may
invite, an invitation such a device signed, or the server. Which of them count: `members`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

from mentor_desktop.sync.keys.canonical import canonical, digest

SERVER: Final = "server"  # vouches and revokes with its own key

Sign: TypeAlias = Callable[[bytes], bytes]
MOST_NAME: Final = 200  # characters
Id = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
Voucher = Annotated[str, Meta(pattern=r"\A([0-9a-f]{32}|server)\Z")]
Name = Annotated[str, Meta(max_length=MOST_NAME, pattern=r"\A[^\x00]*\Z")]
Word = Annotated[str, Meta(pattern=r"\A[a-z_]{1,32}\Z")]
Tag = Annotated[str, Meta(pattern=r"\A[A-Z]{0,4}\Z")]
PublicKey = Annotated[bytes, Meta(min_length=32, max_length=32)]
Signature = Annotated[bytes, Meta(min_length=64, max_length=64)]
Milliseconds = Annotated[int, Meta(ge=0, lt=2**53)]
_MOST_RECORD_BYTES = 16 * 1024
_MOST_WORKSHOPS = 100


class BadRecord(Exception):
    """Bytes from outside that are no entry, invitation or revocation."""


class SignedInvitation(msgspec.Struct, frozen=True, tag="invitation", forbid_unknown_fields=True):
    """Leave for one new device, given by `invited_by`; `key` belongs to the invitation's secret."""

    ws: Id
    id: Annotated[str, Meta(pattern=r"\A[0-9A-Z]{8}\Z")]
    user: Id
    name: Name
    role: Word
    workshops: Annotated[tuple[str, ...], Meta(max_length=_MOST_WORKSHOPS)]
    invited_by: Id
    key: PublicKey
    made_at: Milliseconds
    expires_at: Milliseconds
    signature: Signature

    def signed_bytes(self) -> bytes:
        """Return what `invited_by` signed."""
        return canonical("invitation", *_all_but_signature(self))


class DeviceEntry(msgspec.Struct, frozen=True, tag="device", forbid_unknown_fields=True):
    """A device of a user; signed by `vouched_by`, or by the key of an invitation of that device."""

    ws: Id
    device: Id
    user: Id
    name: Name
    role: Word
    tag: Tag
    sign_key: PublicKey
    seal_key: PublicKey
    made_at: Milliseconds
    vouched_by: Voucher
    signature: Signature
    invitation: SignedInvitation | None = None

    def signed_bytes(self) -> bytes:
        """Return what the voucher signed."""
        *fields, invitation = _all_but_signature(self)
        return canonical("device entry", *fields, invitation.signature if invitation else b"")

    @property
    def hash(self) -> str:
        """Return the hash of everything in the entry, its signature too."""
        return digest("device entry hash", self.signed_bytes(), self.signature)


class Revocation(msgspec.Struct, frozen=True, tag="revocation", forbid_unknown_fields=True):
    """The end of a device's access, signed by `revoked_by`."""

    ws: Id
    device: Id
    revoked_by: Voucher
    made_at: Milliseconds
    signature: Signature

    def signed_bytes(self) -> bytes:
        """Return what `revoked_by` signed."""
        return canonical("device revocation", *_all_but_signature(self))


class Grant(msgspec.Struct, frozen=True, tag="grant", forbid_unknown_fields=True):
    """More for a device than it was invited to, signed by `granted_by`; it takes nothing away."""

    ws: Id
    device: Id
    role: Word
    workshops: Annotated[tuple[str, ...], Meta(max_length=_MOST_WORKSHOPS)]
    granted_by: Voucher
    made_at: Milliseconds
    signature: Signature

    def signed_bytes(self) -> bytes:
        """Return what `granted_by` signed."""
        return canonical("device grant", *_all_but_signature(self))


Record: TypeAlias = DeviceEntry | Revocation | Grant
_AnyRecord = TypeVar("_AnyRecord", DeviceEntry, Revocation, Grant, SignedInvitation)

NO_SIGNATURE: Final = bytes(64)  # of a draft, until `signed`

_encode = msgspec.json.Encoder(order="deterministic").encode
_record_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(
    DeviceEntry | Revocation | Grant
)
_decode_invitation = msgspec.json.Decoder(SignedInvitation).decode


def signed(draft: _AnyRecord, sign: Sign) -> _AnyRecord:
    """Return the draft with the signature of the key behind `sign`.

    Raises:
        BadRecord: nobody would take it.
    """
    return _checked(msgspec.structs.replace(draft, signature=sign(draft.signed_bytes())))


def to_bytes(record: Record | SignedInvitation) -> bytes:
    """Return the record as it is sent and kept."""
    return _encode(record)


def read_record(content: bytes | str) -> Record:
    """Return the entry, grant or revocation in these bytes; its signature is not checked here.

    Raises:
        BadRecord: it is none.
    """
    _check_size(content)
    try:
        return _record_decoder.decode(content)
    except (msgspec.DecodeError, ValueError) as exc:
        raise BadRecord from exc


def read_invitation(content: bytes | str) -> SignedInvitation:
    """Return the signed invitation in these bytes; its signature is not checked here.

    Raises:
        BadRecord: it is none.
    """
    _check_size(content)
    try:
        return _decode_invitation(content)
    except (msgspec.DecodeError, ValueError) as exc:
        raise BadRecord from exc


def _check_size(content: bytes | str) -> None:
    if len(content) > _MOST_RECORD_BYTES:
        raise BadRecord


def _checked(record: _AnyRecord) -> _AnyRecord:
    content = _encode(record)
    _check_size(content)
    try:
        return msgspec.json.decode(content, type=type(record))
    except (msgspec.DecodeError, ValueError) as exc:
        raise BadRecord from exc


def _all_but_signature(record: Record | SignedInvitation) -> list[Any]:
    return [getattr(record, name) for name in record.__struct_fields__ if name != "signature"]
