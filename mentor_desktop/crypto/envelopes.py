"""Envelopes: content that the owner of one X25519 key opens, and nobody else.

HPKE in its base mode (RFC 9180): X25519, HKDF-SHA-256, AES-256-GCM. An envelope says nothing
about who closed it: whoever needs to know that signs, or compares what was inside.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from mentor_desktop.crypto.symmetric import WrongSecretError, new_key

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def new_receiving_key() -> bytes:
    """Return a random private key; every 32 bytes are one."""
    return new_key()


def public_receiving_key(private: bytes) -> bytes:
    """Return the public half of a private key."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def is_receiving_key(public: bytes) -> bool:
    """Tell whether something can be closed for this public key."""
    try:
        close_envelope(public, b"", b"")
    except ValueError:
        return False
    return True


def close_envelope(public: bytes, content: bytes, context: bytes) -> bytes:
    """Return `content` for the owner of `public` alone; `context` must be the same to open it.

    Raises:
        ValueError: no public key (too short, or a point everybody can open).
    """
    return _SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public), context)


def open_envelope(private: bytes, envelope: bytes, context: bytes) -> bytes:
    """Return what was closed.

    Raises:
        WrongSecretError: for another key or context, or a changed byte.
    """
    try:
        return _SUITE.decrypt(envelope, X25519PrivateKey.from_private_bytes(private), context)
    except (InvalidTag, ValueError) as exc:
        raise WrongSecretError from exc
