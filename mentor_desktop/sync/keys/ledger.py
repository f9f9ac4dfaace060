"""All key records of one user that a device has seen, and which of them are really signed.

A set: adding in any order, twice or from two sources gives the same. Nothing is ever taken out,
so that an old state sent again by a server changes nothing.
"""

from collections.abc import Iterable
from typing import TypeAlias

from mentor_desktop.crypto.envelopes import is_receiving_key
from mentor_desktop.crypto.signatures import is_signed
from mentor_desktop.sync.keys.key_records import (
    Card,
    KeyRecord,
    PassphraseCopy,
    Seal,
    Statement,
    row_of,
)

_Signed: TypeAlias = Statement | Seal | PassphraseCopy


class Ledger:
    """The key records of the user `user` in the workspace `ws`."""

    def __init__(self, ws: str, user: str, records: Iterable[KeyRecord] = ()) -> None:
        self.ws = ws
        self.user = user
        self.cards: dict[str, Card] = {}
        self.statements: dict[str, Statement] = {}
        self.seals: dict[str, Seal] = {}
        self.copies: dict[str, PassphraseCopy] = {}
        # By the fingerprint of the card they wait for, until it comes.
        self._waiting: dict[str, dict[str, _Signed]] = {}
        self.add_all(records)

    def add_all(self, records: Iterable[KeyRecord]) -> list[str]:
        """Add records; return the reasons why some were refused."""
        reasons = [self.add(record) for record in records]
        return [reason for reason in reasons if reason]

    def add(self, record: KeyRecord) -> str:
        """Add a record; return why it is refused, "" when it is kept (or waits for its card)."""
        if record.ws != self.ws or (not isinstance(record, Card) and record.user != self.user):
            return "place"
        if isinstance(record, Card):
            return self._add_card(record)
        card = self.cards.get(record.by)
        if card is None:
            self._waiting.setdefault(record.by, {})[row_of(record)] = record
            return ""
        return self._add_signed(record, card)

    def records(self) -> list[KeyRecord]:
        """Return everything kept, what waits too, in no order that means anything."""
        kept: list[KeyRecord] = [*self.cards.values(), *self.statements.values()]
        kept += [*self.seals.values(), *self.copies.values()]
        for waiting in self._waiting.values():
            kept += waiting.values()
        return kept

    @property
    def waiting(self) -> frozenset[str]:
        """Fingerprints of cards that something kept was signed by, and that did not come yet."""
        return frozenset(self._waiting)

    def _add_card(self, card: Card) -> str:
        fingerprint = card.fingerprint
        if fingerprint in self.cards:
            return ""
        if not is_signed(card.sign_key, card.signature, card.signed_bytes()):
            return "signature"
        if not is_receiving_key(card.seal_key):
            return "key"
        self.cards[fingerprint] = card
        for record in self._waiting.pop(fingerprint, {}).values():
            self._add_signed(record, card)
        return ""

    def _add_signed(self, record: _Signed, card: Card) -> str:
        if self._has(record):
            return ""
        if not is_signed(card.sign_key, record.signature, record.signed_bytes()):
            return "signature"
        if isinstance(record, Statement):
            self.statements[record.hash] = record
        elif isinstance(record, Seal):
            self.seals[row_of(record)] = record
        else:
            self.copies[row_of(record)] = record
        return ""

    def _has(self, record: _Signed) -> bool:
        """Tell whether this very record is kept: what was checked once is not checked again."""
        if isinstance(record, Statement):
            return self.statements.get(record.hash) == record
        return row_of(record) in (self.seals if isinstance(record, Seal) else self.copies)
