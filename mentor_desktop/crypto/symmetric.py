"""Random keys, keys derived from them, and content sealed under one."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESGCMSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


class WrongSecretError(Exception):
    """The passphrase, code or key does not open this, or a byte of it was changed."""


def new_key() -> bytes:
    """Return a random 256-bit key."""
    return os.urandom(KEY_BYTES)


def derive(key: bytes, purpose: str) -> bytes:
    """Return the key for one purpose, derived from a random key (HKDF-SHA-256)."""
    return HKDF(
        algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()
    ).derive(key)


def wrap(wrapping_key: bytes, key: bytes, context: str) -> str:
    """Return `key` sealed under `wrapping_key`, as base64; `context` must be the same to open it."""
    return base64.b64encode(seal(wrapping_key, key, context)).decode()


def unwrap(wrapping_key: bytes, wrapped: str, context: str) -> bytes:
    """Return the key inside `wrapped`.

    Raises:
        WrongSecretError: another wrapping key, another context, or a damaged text.
    """
    try:
        sealed = base64.b64decode(wrapped, validate=True)
    except ValueError as exc:
        raise WrongSecretError from exc
    return unseal(wrapping_key, sealed, context)


def seal(key: bytes, content: bytes, context: str) -> bytes:
    """Return `content` encrypted and authenticated together with `context`."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    """Return what was sealed.

    Raises:
        WrongSecretError: another key or context, or a changed byte.
    """
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as exc:
        raise WrongSecretError from exc


def seal_value(key: bytes, content: bytes, context: bytes) -> bytes:
    """Return `content` sealed so that a nonce drawn twice tells no more than equality.

    AES-256-GCM-SIV (RFC 8452), for the many small values under one key.
    """
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCMSIV(key).encrypt(nonce, content, context)


def unseal_value(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """Return what `seal_value` sealed.

    Raises:
        WrongSecretError: another key or context, or a changed byte.
    """
    try:
        return AESGCMSIV(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
    except (InvalidTag, ValueError) as exc:
        raise WrongSecretError from exc
