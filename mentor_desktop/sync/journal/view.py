"""What the log of a journal comes to, kept in memory while the journal is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync import joining
from mentor_desktop.sync.journal.entries import ENTRY, Entries, Owner
from mentor_desktop.sync.journal.lock import OpenLock
from mentor_desktop.sync.journal.reading import LogChangedError, Made, Reader
from mentor_desktop.sync.keys.entries import BadRecord
from mentor_desktop.sync.keys.journal import Finding
from mentor_desktop.sync.keys.key_records import ENTITY, Holder, KeyRecord, from_values
from mentor_desktop.sync.keys.keyring import Keyring
from mentor_desktop.sync.keys.ledger import Ledger
from mentor_desktop.sync.keys.user_keys import UserKeys
from mentor_desktop.sync.membership import read_members
from mentor_desktop.sync.protocol.operations import KEY, PURGE, Op
from mentor_desktop.sync.replica import log
from mentor_desktop.sync.replica.purging import erase
from mentor_desktop.sync.replica.state import Numbers, identity


@dataclass
class View:
    """Keys and entries as the log has them; `is_known` when this device's card is in it."""

    owner: Owner
    device: str
    keys: UserKeys
    entries: Entries
    is_known: bool
    _ledger: Ledger
    _reader: Reader
    _opened: OpenLock
    _stream: str
    _has_erased: bool = False

    @staticmethod
    def of(raw: StoreConnection, opened: OpenLock, stream: str) -> View:
        """Read the whole log; the keys of a device that this copy became are made now."""
        own = identity(raw)
        owner = Owner(own.workspace, own.user)
        holder = _holder(raw, opened, own.device)
        ledger = Ledger(owner.ws, owner.user)
        keys = UserKeys(holder, ledger, Keyring(owner.ws, owner.user))
        view = View(
            owner, own.device, keys, Entries(owner), False, ledger, Reader(stream), opened, stream
        )
        view._take(view._reader.new(raw))
        return view

    def has_news(self, raw: StoreConnection) -> bool:
        """Say whether the log holds more than this, or another device is this copy."""
        return self._reader.has_news(raw) or identity(raw).device != self.device

    def gone_on(self, raw: StoreConnection) -> View:
        """Return the view with what came since."""
        if not self._reader.has_news(raw):
            return self
        try:
            self._take(self._reader.new(raw))
        except LogChangedError:
            return View.of(raw, self._opened, self._stream)
        return self

    def erase(self, raw: StoreConnection) -> None:
        """Erase from the log what the author's devices erased for ever; once for each time it is read.

        Not when it arrives, as elsewhere: the server could claim that a device is the author's.
        """
        if self._has_erased:
            return
        numbers = Numbers(raw)
        if ops := self.entries.erasing():
            erase(raw, numbers.stream(self._stream), ops)
        self._has_erased = True

    def gaps(self, raw: StoreConnection) -> list[Finding]:
        """Return what is missing before operations that wait in the log."""
        missing = log.missing(raw, Numbers(raw), self._stream)
        return [Finding(one.device, one.first, "gap") for one in missing]

    def device_of(self, fingerprint: str) -> str:
        """Return whose card this is, `RECOVERY` for a sheet, "" where nobody showed it."""
        card = self._ledger.cards.get(fingerprint)
        return card.device if card else ""

    def with_former(self, raw: StoreConnection, fingerprint: str) -> list[str]:
        """Return a card with those of the devices its copy was before: it has their keys too."""
        entries = read_members(raw, self.owner.ws, joining.anchors(raw)).entries
        found, device = set[str](), self.device_of(fingerprint)
        while (entry := entries.get(device)) is not None and device not in found:
            found.add(device)
            # Whoever came by an invitation is another copy than the one it came from.
            device = "" if entry.invitation else entry.vouched_by
        others = (one for one in self.keys.standing.trusted if one.device in found)
        return list(dict.fromkeys([fingerprint, *(one.fingerprint for one in others)]))

    def _take(self, found: list[Made]) -> None:
        records = [one for made in found if (one := _record(made.op)) is not None]
        self.is_known = self.is_known or self.keys.card in records
        if records:
            self.keys.receive(records)
        for made in found:
            if made.op.entity == ENTRY:
                self.entries.take(made)
                self._has_erased = self._has_erased and made.op.kind != PURGE
        self.entries.believe(frozenset(self._believed()))

    def _believed(self) -> Iterator[str]:
        """Give the devices of the author: those that were compared, also if they are out by now."""
        standing, cards = self.keys.standing, self._ledger.cards
        yield from (card.device for card in standing.trusted)
        yield from (cards[one].device for one in standing.revoked & cards.keys())


def _record(op: Op) -> KeyRecord | None:
    """Return what an operation says about keys; None where it says nothing that can be read."""
    if op.kind != KEY or op.entity != ENTITY:
        return None
    try:
        return from_values(op.values)
    except BadRecord:
        return None


def _holder(raw: StoreConnection, opened: OpenLock, device: str) -> Holder:
    known = {one.card.device: one for one in opened.holders(raw)}
    return known.get(device) or opened.make_holder(raw, device)
