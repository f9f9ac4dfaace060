"""The journal keys of this copy, under a passphrase of their own.

Whoever opens the workspace does not open the journal with it: the keys that seals are made for are
not those a device signs in with, and they lie here wrapped. Everything else about the journal
follows from them and the stream. A copy of the folder has the keys of the device it was copied
from, which then vouch for its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from mentor_desktop import crypto
from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import setting
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.key_records import Holder, make_holder

_LOCK, _KEYS = "journal_lock", "journal_keys"


class _Lock(msgspec.Struct):
    """The key of the lock, wrapped by the passphrase."""

    salt: bytes
    iterations: int
    lanes: int
    memory_kib: int
    wrapped: str


class _Kept(msgspec.Struct):
    device: str
    wrapped: bytes


@dataclass(frozen=True)
class OpenLock:
    """An opened lock. Its keys are read and kept within the transactions of the caller."""

    ws: str
    user: str
    _key: bytes = field(repr=False)

    def holders(self, raw: StoreConnection) -> list[Holder]:
        """Return whoever this copy is or was in the journal, oldest first."""
        return [
            make_holder(DeviceKeys.from_bytes(self._opened(one)), self.ws, self.user, one.device)
            for one in _kept(raw)
        ]

    def make_holder(self, raw: StoreConnection, device: str) -> Holder:
        """Make the keys of a device and keep them."""
        keys = DeviceKeys.make()
        wrapped = crypto.seal(self._key, keys.to_bytes(), self._context(device))
        kept = [*_kept(raw), _Kept(device, wrapped)]
        _keep(raw, _KEYS, msgspec.json.encode(kept))
        return make_holder(keys, self.ws, self.user, device)

    def _opened(self, kept: _Kept) -> bytes:
        return crypto.unseal(self._key, kept.wrapped, self._context(kept.device))

    def _context(self, device: str) -> str:
        return f"journal keys of {self.ws} {self.user} {device}"


def is_set_up(raw: StoreConnection) -> bool:
    """Say whether this copy has journal keys."""
    return bool(setting(raw, _LOCK))


def set_up(
    raw: StoreConnection, ws: str, user: str, passphrase: str, cost: crypto.Argon2Cost | None = None
) -> OpenLock:
    """Make a lock; keys under an earlier one, whose passphrase was lost, are given up.

    Raises:
        ValidationError: the passphrase is empty.
    """
    if not passphrase.strip():
        raise ValidationError(_("The journal needs a passphrase of its own. Type one."))
    used, salt, key = cost or crypto.Argon2Cost(), crypto.new_salt(), crypto.new_key()
    wrapping = crypto.key_from_passphrase(passphrase, salt, used)
    wrapped = crypto.wrap(wrapping, key, _context(ws, user))
    lock = _Lock(salt, used.iterations, used.lanes, used.memory_kib, wrapped)
    _keep(raw, _LOCK, msgspec.json.encode(lock))
    _keep(raw, _KEYS, b"[]")
    return OpenLock(ws, user, key)


def unlock(raw: StoreConnection, ws: str, user: str, passphrase: str) -> OpenLock:
    """Return the lock of this copy, opened.

    Raises:
        ValidationError: the passphrase is another one.
    """
    lock = msgspec.json.decode(setting(raw, _LOCK), type=_Lock)
    cost = crypto.Argon2Cost(lock.iterations, lock.lanes, lock.memory_kib)
    wrapping = crypto.key_from_passphrase(passphrase, lock.salt, cost)
    try:
        return OpenLock(ws, user, crypto.unwrap(wrapping, lock.wrapped, _context(ws, user)))
    except crypto.WrongSecretError:
        raise ValidationError(
            _(
                "That passphrase does not open the journal. "
                "Check Caps Lock and the keyboard language; it is not that of the workspace."
            )
        ) from None


def _context(ws: str, user: str) -> str:
    return f"journal lock of {ws} {user}"


def _kept(raw: StoreConnection) -> list[_Kept]:
    return msgspec.json.decode(setting(raw, _KEYS), type=list[_Kept])


def _keep(raw: StoreConnection, name: str, value: bytes) -> None:
    raw.execute(
        "INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, ?)", (name, value.decode())
    )
