"""Recovery codes: random enough to need no slow derivation, with a check against mistyping."""

import os

from cryptography.hazmat.primitives import hashes

from mentor_desktop.crypto.letters import BITS, from_letters, grouped, plain, to_letters
from mentor_desktop.crypto.symmetric import WrongSecretError, derive

_RECOVERY_BYTES = 20
_CHECK_BITS = 20
_RECOVERY_CHARACTERS = (_RECOVERY_BYTES * 8 + _CHECK_BITS) // BITS


def key_from_recovery_code(code: str, context: str) -> bytes:
    """Return the wrapping key of a recovery code.

    Raises:
        WrongSecretError: the code is not one that was ever printed (letters missing or mistyped).
    """
    return derive(_recovery_secret(code), f"recovery:{context}")


def new_recovery_code() -> str:
    """Return 160 random bits and a check as nine groups of four characters."""
    secret = os.urandom(_RECOVERY_BYTES)
    number = (int.from_bytes(secret) << _CHECK_BITS) | _check_of(secret)
    return grouped(to_letters(number, _RECOVERY_CHARACTERS))


def _recovery_secret(code: str) -> bytes:
    number = from_letters(plain(code), _RECOVERY_CHARACTERS)
    if number is None:
        raise WrongSecretError
    secret = (number >> _CHECK_BITS).to_bytes(_RECOVERY_BYTES)
    if number & ((1 << _CHECK_BITS) - 1) != _check_of(secret):
        raise WrongSecretError
    return secret


def _check_of(secret: bytes) -> int:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(secret)
    return int.from_bytes(digest.finalize()[:4]) >> (32 - _CHECK_BITS)
