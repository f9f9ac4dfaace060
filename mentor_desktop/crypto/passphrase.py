"""Keys from passphrases by Argon2id (RFC 9106)."""

import os
import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from mentor_desktop.crypto.symmetric import KEY_BYTES

_SALT_BYTES = 16


@dataclass(frozen=True)
class Argon2Cost:
    """Cost of one derivation; the default takes about 0.12 s on a laptop of 2024 (64 MiB)."""

    iterations: int = 3
    lanes: int = 4
    memory_kib: int = 64 * 1024


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
