"""The bytes that are signed, hashed and bound to ciphertexts: JSON lists in one fixed order."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeAlias

import msgspec

Field: TypeAlias = str | int | bytes | Sequence["Field"] | None

_encode = msgspec.json.Encoder().encode


def canonical(purpose: str, *fields: Field) -> bytes:
    """Return the bytes for `fields`; `purpose` keeps them apart from bytes for anything else."""
    return _encode([f"mentor {purpose} 1", *fields])


def digest(purpose: str, *fields: Field) -> str:
    """Return the SHA-256 of the canonical bytes as 64 hexadecimal digits."""
    return sha256(canonical(purpose, *fields)).hexdigest()
