"""Invitations: a secret as a link, as letters to read aloud, and as a key that signs one entry.

The server keeps the hash of the secret only. Somebody without a server at hand signs the
invitation with a device instead (`entries.SignedInvitation`) and the secret, which travels in a
bundle, becomes the key that signs the new device's entry.
"""

from __future__ import annotations

import hmac
import os
import re
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

import msgspec

from mentor_desktop.crypto.letters import from_letters, grouped, plain, to_letters
from mentor_desktop.crypto.signatures import public_signing_key, sign
from mentor_desktop.crypto.symmetric import derive
from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.ids import id_noise
from mentor_desktop.sync.keys.entries import (
    Sign,
    SignedInvitation,
    signed,
)

SECRET_BYTES: Final = 16
_ID_BITS, _ID_LETTERS = 40, 8
_CHECK_BITS, _SECRET_LETTERS = 12, 28  # 128 bits of secret, 12 of check
# The largest prime of 12 bits: no single wrong letter and no two neighbours swapped leave the rest
# of a division by it as it was.
_CHECK_PRIME = 4093
_WORKSPACE = re.compile(r"([0-9a-f]{32})?")
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\[[0-9a-fA-F:]{2,45}\](:[0-9]{1,5})?")
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
_MOST_CHARACTERS = 1_000


@dataclass(frozen=True)
class Invitation:
    """Leave to join. `server` is "https://host"; empty `ws` when only the server knows it."""

    server: str
    ws: str
    id: str
    secret: bytes = field(repr=False)

    @property
    def link(self) -> str:
        """The link to send; what follows # is never sent to a server by a browser."""
        return f"{self.server}/join#{self.ws}.{self.id}.{_letters(self.id, self.secret)[8:]}"

    @property
    def qr_text(self) -> str:
        """The text for a QR code: the link."""
        return self.link

    @property
    def code(self) -> str:
        """Id, secret and check as nine groups of four, to read aloud or write down."""
        return grouped(_letters(self.id, self.secret))

    @property
    def hash(self) -> str:
        """What a server keeps of the secret."""
        return hash_of(self.secret)

    @property
    def public_key(self) -> bytes:
        """The key that the entry of the invited device is checked with."""
        return public_signing_key(_signing_key(self.secret))

    def sign(self, message: bytes) -> bytes:
        """Return the signature of whoever has the secret."""
        return sign(_signing_key(self.secret), message)


def new_invitation(server: str, ws: str) -> Invitation:
    """Return an invitation with a random id and secret."""
    invitation_id = to_letters(int.from_bytes(id_noise(_ID_BITS // 8)), _ID_LETTERS)
    return Invitation(server, ws, invitation_id, os.urandom(SECRET_BYTES))


def hash_of(secret: bytes) -> str:
    """Return what a server keeps of a secret: 64 hexadecimal digits that do not give it away."""
    return sha256(b"mentor invitation secret 1" + secret).hexdigest()


def is_secret_of(hash_: str, secret: bytes) -> bool:
    """Tell in constant time whether a server's hash belongs to this secret."""
    return hmac.compare_digest(hash_.encode(), hash_of(secret).encode())


def parse_invitation(typed: str, server: str = "") -> Invitation:
    """Return the invitation in a link, or in the letters of its code with `server` beside them.

    Raises:
        ValidationError: a letter is missing or mistyped, or the server's address is none.
    """
    text = typed.strip()[:_MOST_CHARACTERS]
    head, hash_mark, rest = text.partition("#")
    if not hash_mark:
        # Looked at first: what is no code needs no server.
        code = _from_letters("", "", plain(text))
        return replace(code, server=checked_server(server))
    ws, _dot, letters = rest.partition(".")
    if not _WORKSPACE.fullmatch(ws) or not head.endswith("/join"):
        raise _mistyped()
    return _from_letters(
        checked_server(head.removesuffix("/join")), ws, plain(letters.replace(".", ""))
    )


def sign_invitation(
    invitation: Invitation, draft: SignedInvitation, sign_as_inviter: Sign
) -> SignedInvitation:
    """Return the invitation as its giver's device signs it; workspace, id and key are filled in.

    Raises:
        BadRecord: the draft has a field nobody would take.
    """
    whole = msgspec.structs.replace(
        draft, ws=invitation.ws, id=invitation.id, key=invitation.public_key
    )
    return signed(whole, sign_as_inviter)


def _from_letters(server: str, ws: str, letters: str) -> Invitation:
    number = from_letters(letters, _ID_LETTERS + _SECRET_LETTERS)
    if number is None:
        raise _mistyped()
    value, check = number >> _CHECK_BITS, number & ((1 << _CHECK_BITS) - 1)
    if value % _CHECK_PRIME != check:
        raise _mistyped()
    secret = (value & ((1 << (8 * SECRET_BYTES)) - 1)).to_bytes(SECRET_BYTES)
    return Invitation(server, ws, letters[:_ID_LETTERS], secret)


def _letters(invitation_id: str, secret: bytes) -> str:
    high = from_letters(invitation_id, _ID_LETTERS)
    assert high is not None, "ids are made here"
    value = (high << (8 * SECRET_BYTES)) | int.from_bytes(secret)
    number = (value << _CHECK_BITS) | (value % _CHECK_PRIME)
    return to_letters(number, _ID_LETTERS + _SECRET_LETTERS)


def _signing_key(secret: bytes) -> bytes:
    return derive(secret, "invitation signing key")


def checked_server(address: str) -> str:
    """Return "https://host[:port]"; plain HTTP is for this very computer only.

    Raises:
        ValidationError: devices would refuse it; why, and what to do.
    """
    try:
        parts = urlsplit(address.strip().rstrip("/"))
        is_local = parts.scheme == "http" and parts.hostname in LOCAL_HOSTS
        is_plain = not (parts.path or parts.query or parts.fragment) and parts.port != 0
    except ValueError:
        is_local = is_plain = False
        parts = urlsplit("")
    if is_plain and parts.scheme == "http" and not is_local and _HOST.fullmatch(parts.netloc):
        raise ValidationError(
            _("http works only on the server's own computer; ask for an https address.")
        )
    if (
        not is_plain
        or not (parts.scheme == "https" or is_local)
        or not _HOST.fullmatch(parts.netloc)
    ):
        raise ValidationError(
            _(
                "The server's address should look like https://sync.example.org. "
                "Copy it again from the invitation."
            )
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _mistyped() -> ValidationError:
    return ValidationError(
        _(
            "This invitation is incomplete or has a mistyped character. Copy the whole link again, "
            "or compare the nine groups of four one by one."
        )
    )
