"""The keys of one device: one to sign with, one to receive with. They are never changed.

A copied or restored workspace is a new device: it makes keys of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mentor_desktop.crypto.envelopes import (
    new_receiving_key,
    open_envelope,
    public_receiving_key,
)
from mentor_desktop.crypto.signatures import new_signing_key, public_signing_key, sign
from mentor_desktop.crypto.symmetric import KEY_BYTES


@dataclass(frozen=True)
class DeviceKeys:
    """Both private halves; keep them in the encrypted store and nowhere else."""

    signing: bytes = field(repr=False)
    receiving: bytes = field(repr=False)

    @staticmethod
    def make() -> DeviceKeys:
        """Return keys made at random."""
        return DeviceKeys(new_signing_key(), new_receiving_key())

    @staticmethod
    def from_bytes(stored: bytes) -> DeviceKeys:
        """Return the keys that `to_bytes` gave.

        Raises:
            ValueError: these are not the keys of a device.
        """
        if len(stored) != 2 * KEY_BYTES:
            raise ValueError("not the keys of a device")
        return DeviceKeys(stored[:KEY_BYTES], stored[KEY_BYTES:])

    def to_bytes(self) -> bytes:
        """Return both private halves, for the encrypted store."""
        return self.signing + self.receiving

    @property
    def sign_key(self) -> bytes:
        """The public half others check signatures with."""
        return public_signing_key(self.signing)

    @property
    def seal_key(self) -> bytes:
        """The public half others close envelopes with."""
        return public_receiving_key(self.receiving)

    def sign(self, message: bytes) -> bytes:
        """Return the device's signature of a message."""
        return sign(self.signing, message)

    def open(self, envelope: bytes, context: bytes) -> bytes:
        """Return what was closed for this device.

        Raises:
            WrongSecretError: for another device or context, or a changed byte.
        """
        return open_envelope(self.receiving, envelope, context)
