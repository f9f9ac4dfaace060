"""Tokens for devices that sign what `sync.keys.sessions` says."""

from mentor_desktop.crypto.signatures import new_signing_key, public_signing_key
from mentor_desktop.server import refusals
from mentor_desktop.server.accounts import find_member
from mentor_desktop.server.refusals import Refusal
from mentor_desktop.server.service import Service
from mentor_desktop.sync.keys.sessions import LIFETIME_MS, Session, make_token, why_no_session

# Stands in for the key of who is not known: the same work, the same time.
NOBODY = public_signing_key(new_signing_key())


def open_session(
    service: Service, ws: str, device: str, at: int, signature: bytes
) -> tuple[str, int]:
    """Return a token and when it ends, in milliseconds since 1970.

    A revoked device gets one too: all it can do is hand in what it never sent, into quarantine.

    Raises:
        Refusal: 401 `clock` with the server's time, when `at` is far from it: sign that instead;
            401 `unknown_device` for a wrong signature and for everybody unknown alike.
    """
    now = service.now_ms()
    member = service.database.read(ws, lambda one: find_member(one, ws, device))
    key = member.sign_bytes if member else NOBODY
    reason = why_no_session(key, ws, device, at, signature, now=now)
    if reason == "clock":
        raise Refusal("clock", "Sign the server's time.", server_time=now)
    if reason or member is None:
        raise refusals.unknown_device()
    session = Session(ws, device, member.access.user, now + LIFETIME_MS)
    return make_token(service.keys.token_key, session), session.expires_at
