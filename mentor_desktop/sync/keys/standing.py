"""Whom a device trusts with its user's journal, and which epochs it may write with.

Trust starts at the device itself and follows statements: who was compared and added, whom those
added. It is a function of the set of records, never of their order, and never of the server:

* A revocation by anybody ever trusted counts, for ever, whatever arrives. What the revoked said
  counts as far as the revoker had seen it; of two who revoke each other both are out. That costs a
  person who lost a laptop a new device at worst; the other way a thief could stay.
* An epoch names who was out when it was made. That counts as a revocation too, so that one who is
  not told of the revocation still does not seal to the revoked.
* An epoch is written with when its maker is trusted now and it names everybody who is out.
* What a statement names as seen and nobody delivered is a gap, and shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mentor_desktop.sync.keys.key_records import RECOVERY, Card, Kind, Statement
from mentor_desktop.sync.keys.ledger import Ledger


@dataclass(frozen=True)
class Epoch:
    """An epoch of a journal's keys; `may_write` when nothing speaks against it."""

    journal: str
    id: str
    made_by: str
    made_at: int
    may_write: bool


@dataclass(frozen=True)
class Standing:
    """What counts, seen from one card. Cards are sorted by fingerprint.

    `trusted` are the user's own, with this one and the recovery sheets; `gaps` are hashes of
    statements that others name and nobody delivered; `heads` is what a new statement names.
    """

    own: str
    trusted: tuple[Card, ...]
    readers: tuple[Card, ...]
    revoked: frozenset[str]
    epochs: Mapping[tuple[str, str], Epoch]
    confirmed: frozenset[str]
    gaps: frozenset[str]
    heads: tuple[str, ...]

    @property
    def receivers(self) -> tuple[Card, ...]:
        """Everybody an epoch is sealed to."""
        return self.trusted + self.readers

    @property
    def is_revoked(self) -> bool:
        """Whether another device of the user took this one out."""
        return self.own in self.revoked

    @property
    def recovery_sheets(self) -> tuple[Card, ...]:
        """The sheets that open everything."""
        return tuple(card for card in self.trusted if card.device == RECOVERY)

    @property
    def has_confirmed_sheet(self) -> bool:
        """Whether a sheet was typed in again; until then a warning stands."""
        return any(card.fingerprint in self.confirmed for card in self.recovery_sheets)

    def writing_epochs(self, journal: str) -> list[Epoch]:
        """Return the epochs to write with, newest first; empty when a new one must be made."""
        fitting = [e for e in self.epochs.values() if e.journal == journal and e.may_write]
        return sorted(fitting, key=lambda epoch: (epoch.made_at, epoch.id), reverse=True)

    def trusts(self, fingerprint: str) -> bool:
        """Tell whether a card is one of the user's own that count now."""
        return any(card.fingerprint == fingerprint for card in self.trusted)


def standing_of(ledger: Ledger, own: str) -> Standing:
    """Return what counts of a ledger, seen from the card with the fingerprint `own`."""
    return _Evaluation(ledger, own).result()


class _Evaluation:
    """One pass over a ledger. Sets of statements are bits of whole numbers: bit n is `all[n]`."""

    def __init__(self, ledger: Ledger, own: str) -> None:
        self.cards = ledger.cards
        self.user = ledger.user
        self.own = own
        self.all = _parents_first(ledger)
        self.bit = {statement.hash: 1 << n for n, statement in enumerate(self.all)}
        self.gaps = {p for s in self.all for p in s.prev if p not in self.bit}
        # What each statement's author had seen, the statement itself too.
        self.history: dict[str, int] = {}
        for statement in self.all:
            seen = self.bit[statement.hash]
            for parent in statement.prev:
                seen |= self.history.get(parent, 0)
            self.history[statement.hash] = seen
        self.ever_trusted = self._reachable(void=0)
        # Whoever is out, with what the one who said so had seen.
        self.endings = [
            (gone, self.history[s.hash])
            for s in self.all
            if s.by in self.ever_trusted
            for gone in (s.out if s.kind == "epoch" else (s.about,) if s.kind == "revoke" else ())
        ]
        self.revoked = frozenset(gone for gone, _seen in self.endings)
        self.void = self._void()
        self.reach = self._reachable(self.void)

    def result(self) -> Standing:
        reading = {s.about for s in self._counting("reader")} - self.revoked - self.reach
        confirmed = (s.by for s in self.all if s.kind == "confirm" and s.by == s.about)
        return Standing(
            own=self.own,
            trusted=tuple(self.cards[one] for one in sorted(self.reach - self.revoked)),
            readers=tuple(self.cards[one] for one in sorted(reading & self.cards.keys())),
            revoked=self.revoked,
            epochs=self._epochs(),
            confirmed=frozenset(confirmed),
            gaps=frozenset(self.gaps),
            heads=self._heads(),
        )

    def _reachable(self, void: int) -> set[str]:
        """Return the user's own cards that "add" statements lead to from here, this one first."""
        own_cards = {name for name, card in self.cards.items() if card.user == self.user}
        added: dict[str, set[str]] = {}
        for statement in self.all:
            if statement.kind == "add" and not self.bit[statement.hash] & void:
                added.setdefault(statement.by, set()).add(statement.about)
        found, new = set[str](), {self.own} & self.cards.keys()
        while new:
            found |= new
            next_ones = set[str]().union(*(added.get(one, ()) for one in new))
            new = (next_ones & own_cards) - found
        return found

    def _void(self) -> int:
        """Return what those who are out said, and whoever put them out had not seen."""
        void = 0
        for gone, seen in self.endings:
            for statement in self.all:
                if statement.by == gone and not self.bit[statement.hash] & seen:
                    void |= self.bit[statement.hash]
        return void

    def _counting(self, kind: Kind) -> Iterator[Statement]:
        for statement in self.all:
            is_void = self.bit[statement.hash] & self.void
            if statement.kind == kind and statement.by in self.reach and not is_void:
                yield statement

    def _epochs(self) -> dict[tuple[str, str], Epoch]:
        disabled = {(s.journal, s.about) for s in self._counting("disable")}
        epochs: dict[tuple[str, str], Epoch] = {}
        for s in self.all:
            if s.kind != "epoch" or s.by not in self.ever_trusted:
                continue
            name = (s.journal, s.about)
            may_write = (
                s.by in self.reach - self.revoked
                and self.revoked <= set(s.out)
                and name not in disabled
            )
            said = Epoch(*name, s.by, s.made_at, may_write)
            known = epochs.get(name)
            if known is None or _rank(said) > _rank(known):
                epochs[name] = said
        return epochs

    def _heads(self) -> tuple[str, ...]:
        ours = [s for s in self.all if s.by in self.ever_trusted]
        named = {parent for statement in ours for parent in statement.prev}
        return tuple(sorted(s.hash for s in ours if s.hash not in named))


def _rank(epoch: Epoch) -> tuple[bool, int, str]:
    return epoch.may_write, epoch.made_at, epoch.made_by


def _parents_first(ledger: Ledger) -> list[Statement]:
    """Return the statements so that each comes after what it names; hashes allow no circle."""
    order: dict[str, Statement] = {}
    for first in ledger.statements:
        stack = [first]
        while stack:
            hash_ = stack.pop()
            if hash_ in order:
                continue
            statement = ledger.statements[hash_]
            todo = [p for p in statement.prev if p in ledger.statements and p not in order]
            if todo:
                stack += [hash_, *todo]
            else:
                order[hash_] = statement
    return list(order.values())
