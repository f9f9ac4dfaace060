"""Keys of a workspace: made at random, wrapped by a passphrase and by a recovery code.

Argon2id (RFC 9106) turns the passphrase into a wrapping key; AES-256-GCM wraps the
workspace key; the recovery code is random enough to need no slow derivation.
"""

import base64
import os
import re
import unicodedata
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_SALT_BYTES = 16
_NONCE_BYTES = 12

_RECOVERY_BYTES = 20
_CHECK_BITS = 20
_GROUP = 4
# Crockford's alphabet: no I, L, O, U, so that a code read aloud or from paper survives.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_RECOVERY_CHARACTERS = (_RECOVERY_BYTES * 8 + _CHECK_BITS) // 5


class WrongSecretError(Exception):
    """The passphrase or recovery code does not open this key."""


@dataclass(frozen=True)
class Argon2Cost:
    """Cost of one derivation; the default takes about 0.12 s on a laptop of 2024 (64 MiB)."""

    iterations: int = 3
    lanes: int = 4
    memory_kib: int = 64 * 1024


def new_key() -> bytes:
    """Return a random 256-bit key."""
    return os.urandom(KEY_BYTES)


def new_salt() -> bytes:
    """Return a random salt for `key_from_passphrase`."""
    return os.urandom(_SALT_BYTES)


def key_from_passphrase(passphrase: str, salt: bytes, cost: Argon2Cost) -> bytes:
    """Return the wrapping key of a passphrase; equal for every way of typing the same letters."""
    kdf = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )
    return kdf.derive(unicodedata.normalize("NFKC", passphrase).encode())


def key_from_recovery_code(code: str, context: str) -> bytes:
    """Return the wrapping key of a recovery code.

    Raises:
        WrongSecretError: the code is not one that was ever printed (letters missing or mistyped).
    """
    return derive(_recovery_secret(code), f"recovery:{context}")


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
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    """Return what was sealed.

    Raises:
        WrongSecretError: another key or context, or a changed byte.
    """
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as exc:
        raise WrongSecretError from exc


def new_recovery_code() -> str:
    """Return 160 random bits and a check as nine groups of four characters."""
    secret = os.urandom(_RECOVERY_BYTES)
    number = (int.from_bytes(secret) << _CHECK_BITS) | _check_of(secret)
    letters = "".join(
        _ALPHABET[(number >> (5 * i)) & 31] for i in reversed(range(_RECOVERY_CHARACTERS))
    )
    return "-".join(letters[i : i + _GROUP] for i in range(0, len(letters), _GROUP))


def _recovery_secret(code: str) -> bytes:
    letters = re.sub(r"[\s\-–]", "", code.upper()).translate(_LOOKALIKES)
    if len(letters) != _RECOVERY_CHARACTERS or any(letter not in _ALPHABET for letter in letters):
        raise WrongSecretError
    number = 0
    for letter in letters:
        number = (number << 5) | _ALPHABET.index(letter)
    secret = (number >> _CHECK_BITS).to_bytes(_RECOVERY_BYTES)
    if number & ((1 << _CHECK_BITS) - 1) != _check_of(secret):
        raise WrongSecretError
    return secret


def _check_of(secret: bytes) -> int:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(secret)
    return int.from_bytes(digest.finalize()[:4]) >> (32 - _CHECK_BITS)
