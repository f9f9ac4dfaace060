"""Sessions: what a device signs to get a token, and tokens any server process makes and checks.

A token names workspace, device, user and its end under a MAC of the secret that the servers of
one installation share. Whether the device still has access is read with each request, so that
revoking works at once. Times are milliseconds since 1970; the caller brings the clock.
"""

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from mentor_desktop.crypto.signatures import is_signed
from mentor_desktop.sync.keys.canonical import canonical
from mentor_desktop.sync.keys.device import DeviceKeys

LIFETIME_MS: Final = 3_600_000
# How far `at` may be from the server's clock. A device with a wrong clock is told the server's time
# with the refusal and signs again with that: nobody is locked out, no signature is good for long.
TOLERANCE_MS: Final = 300_000
_MOST_TOKEN_CHARACTERS = 1_024
_ID_BYTES, _IDS_BYTES, _TIME_BYTES = 16, 48, 8
_FOUR = 4


@dataclass(frozen=True)
class Session:
    """Whom a token was made for, and until when."""

    ws: str
    device: str
    user: str
    expires_at: int


class BadToken(Exception):
    """No token of this server (`code` "token") or one that has ended ("expired")."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def sign_session(keys: DeviceKeys, ws: str, device: str, at: int) -> bytes:
    """Return the signature a device asks for a token with; `at` is its clock."""
    return keys.sign(_asked(ws, device, at))


def why_no_session(
    sign_key: bytes, ws: str, device: str, at: int, signature: bytes, *, now: int
) -> str:
    """Return "" when the device may have a token, else "signature" or "clock".

    "clock" is said of good signatures only: send the server's time with it.
    """
    if not is_signed(sign_key, signature, _asked(ws, device, at)):
        return "signature"
    return "" if abs(now - at) <= TOLERANCE_MS else "clock"


def make_token(secret: bytes, session: Session) -> str:
    """Return a token for a session; it goes with every request, so it is short."""
    ids = (session.ws, session.device, session.user)
    payload = b"".join(map(bytes.fromhex, ids)) + session.expires_at.to_bytes(_TIME_BYTES)
    return f"{_text(payload)}.{_text(_mac(secret, payload))}"


def read_token(secrets: Sequence[bytes], token: str, *, now: int) -> Session:
    """Return the session of a token made with one of the secrets (the new and the old one).

    Raises:
        BadToken: it was made by somebody else, or has ended.
    """
    try:
        payload, mac = (_bytes(part) for part in token[:_MOST_TOKEN_CHARACTERS].split("."))
    except ValueError as exc:
        raise BadToken("token") from exc
    if not any(hmac.compare_digest(mac, _mac(secret, payload)) for secret in secrets):
        raise BadToken("token")
    ws, device, user = (
        payload[start : start + _ID_BYTES].hex() for start in range(0, _IDS_BYTES, _ID_BYTES)
    )
    session = Session(ws, device, user, int.from_bytes(payload[_IDS_BYTES:]))
    if session.expires_at <= now:
        raise BadToken("expired")
    return session


def _asked(ws: str, device: str, at: int) -> bytes:
    return canonical("session", ws, device, at)


def _mac(secret: bytes, payload: bytes) -> bytes:
    return hmac.new(secret, b"mentor token 2" + payload, sha256).digest()


def _text(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _bytes(part: str) -> bytes:
    padded = part + "=" * (-len(part) % _FOUR)
    decoded = base64.b64decode(padded, altchars=b"-_", validate=True)
    if _text(decoded) != part:  # unused bits of the last letter: one token has one text
        raise ValueError
    return decoded
