"""The keyring: the epochs of a user's journals that one device has opened.

It only grows, and it is kept in the encrypted store. The id of an epoch follows from its key, so
that nobody can hand out another key under a known id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec

from mentor_desktop.crypto.envelopes import close_envelope
from mentor_desktop.crypto.symmetric import KEY_BYTES, WrongSecretError, derive, new_key
from mentor_desktop.sync.keys.canonical import canonical
from mentor_desktop.sync.keys.entries import NO_SIGNATURE
from mentor_desktop.sync.keys.key_records import Card, Holder, Seal
from mentor_desktop.sync.keys.ledger import Ledger
from mentor_desktop.sync.keys.standing import Standing

EpochName: TypeAlias = tuple[str, str]  # journal, epoch
_ID_LETTERS = 32


@dataclass
class Keyring:
    """Keys of epochs by journal and epoch id."""

    ws: str
    user: str
    _keys: dict[EpochName, bytes] = field(default_factory=dict, repr=False)

    @staticmethod
    def from_bytes(ws: str, user: str, stored: bytes) -> Keyring:
        """Return the keyring that `to_bytes` gave.

        Raises:
            ValueError: this is no keyring of that user.
        """
        keyring = Keyring(ws, user)
        for journal, key in msgspec.json.decode(stored, type=list[tuple[str, bytes]]):
            keyring.add(journal, key)
        return keyring

    def to_bytes(self) -> bytes:
        """Return all keys, for the encrypted store."""
        return msgspec.json.encode(
            [(journal, key) for (journal, _epoch), key in sorted(self._keys.items())]
        )

    def add(self, journal: str, key: bytes) -> str:
        """Keep a key and return the id of its epoch."""
        epoch = epoch_id(self.ws, self.user, journal, key)
        self._keys[journal, epoch] = key
        return epoch

    def add_new(self, journal: str) -> str:
        """Make a key at random, keep it and return the id of its epoch."""
        return self.add(journal, new_key())

    def get(self, journal: str, epoch: str) -> bytes | None:
        """Return the key of an epoch; None when this device never opened it."""
        return self._keys.get((journal, epoch))

    def __contains__(self, name: EpochName) -> bool:
        return name in self._keys

    def names(self) -> list[EpochName]:
        """Return the journals and epochs that open, sorted."""
        return sorted(self._keys)

    def open_seals(self, ledger: Ledger, standing: Standing, holder: Holder) -> list[Seal]:
        """Open what is sealed to `holder` and made by somebody trusted; return seals that do not fit.

        An epoch that nobody trusted made is left alone: it may be the server's own.
        """
        bad: list[Seal] = []
        for seal in ledger.seals.values():
            name = (seal.journal, seal.epoch)
            if seal.to != holder.fingerprint or name in self or name not in standing.epochs:
                continue
            try:
                key = holder.keys.open(seal.sealed, seal.context())
            except WrongSecretError:
                bad.append(seal)
                continue
            if (
                len(key) != KEY_BYTES
                or epoch_id(self.ws, self.user, seal.journal, key) != seal.epoch
            ):
                bad.append(seal)
            else:
                self._keys[name] = key
        return [seal for seal in bad if (seal.journal, seal.epoch) not in self]

    def missing_seals(self, ledger: Ledger, standing: Standing, holder: Holder) -> list[Seal]:
        """Return a seal of each opened epoch for each receiver who has none from a trusted card.

        Nobody gets one whose maker knew him to be out, also where that statement is withheld: an
        epoch that is known counts as one (`standing`).
        """
        trusted = {card.fingerprint for card in standing.trusted}
        there = {(s.journal, s.epoch, s.to) for s in ledger.seals.values() if s.by in trusted}
        return [
            self._seal(holder, journal, epoch, card)
            for journal, epoch in self.names()
            if (journal, epoch) in standing.epochs
            for card in standing.receivers
            if (journal, epoch, card.fingerprint) not in there
        ]

    def _seal(self, holder: Holder, journal: str, epoch: str, to: Card) -> Seal:
        draft = Seal(
            self.ws,
            self.user,
            journal,
            epoch,
            to.fingerprint,
            holder.fingerprint,
            b"",
            NO_SIGNATURE,
        )
        closed = close_envelope(to.seal_key, self._keys[journal, epoch], draft.context())
        return holder.signed(msgspec.structs.replace(draft, sealed=closed))


def epoch_id(ws: str, user: str, journal: str, key: bytes) -> str:
    """Return the id of the epoch that has this key: 32 hexadecimal digits."""
    purpose = canonical("epoch id", ws, user, journal).decode()
    return derive(key, purpose).hex()[:_ID_LETTERS]
