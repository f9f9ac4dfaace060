"""Ed25519 signatures (RFC 8032) over bytes, with keys as bytes."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mentor_desktop.crypto.symmetric import new_key

SIGNATURE_BYTES = 64


def new_signing_key() -> bytes:
    """Return a random private key; every 32 bytes are one."""
    return new_key()


def public_signing_key(private: bytes) -> bytes:
    """Return the public half of a private key."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign(private: bytes, message: bytes) -> bytes:
    """Return the signature of a message."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(message)


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether the owner of a public key signed exactly this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
