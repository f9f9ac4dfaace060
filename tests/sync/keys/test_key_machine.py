"""Any number of devices doing anything with the keys of a journal, offline, with a lying server.

Invariants 25 and 26: whoever is out opens nothing written by somebody who knew; all who trust each
other, and every sheet, open everything; nothing once read is ever lost; nobody left is kept from
writing.
"""

import os
import random
from collections.abc import Callable

import pytest
from hypothesis import Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from mentor_desktop.crypto.symmetric import WrongSecretError
from mentor_desktop.errors import NotFoundError
from mentor_desktop.sync.keys.journal import Place, UnreadableEntry
from mentor_desktop.sync.keys.key_records import Holder, KeyRecord
from mentor_desktop.sync.keys.keyring import epoch_id
from mentor_desktop.sync.keys.recovery import holder_of_code
from tests.sync.keys.journal_devices import JOURNAL, USER, Laptop
from tests.sync.keys.people import WS

LAPTOPS = 4
MOST_SHEETS = 2
ROUNDS = 3
EXAMPLES = int(os.environ.get("MENTOR_KEY_EXAMPLES", "25"))
STEPS = 15
Written = tuple[Place, dict[str, str]]


class JournalKeys(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.laptops = [Laptop(n + 1) for n in range(LAPTOPS)]
        self.sheets: list[tuple[str, Holder]] = []
        # Each entry with the fingerprints its author knew to be out.
        self.written: list[tuple[Written, frozenset[str]]] = []
        self.was_read: set[tuple[int, int]] = set()
        self.put_out: set[str] = set()
        self.draw = random.Random(0)

    def now(self) -> int:
        """Return what a clock shows that may be set to anything."""
        return self.draw.randint(0, 1_000)

    @initialize(seed=st.integers(0, 2**32), paired=st.sampled_from([4, 3, 2, 0]))
    def begin(self, seed: int, paired: int) -> None:
        """Most people have some laptops paired already when things begin to happen."""
        self.draw = random.Random(seed)
        if paired:
            self.laptops[0].keys.enable(JOURNAL, self.now())
        for other in range(1, paired):
            self.pair((0, other))
        if self.draw.random() < 0.5:
            self.print_a_sheet(0)
        self.everybody_syncs(paired)

    @rule(noise=st.integers(0, 2**32))
    def anything_happens(self, noise: int) -> None:
        """Do one of the things below. Rules of their own were tried: mostly one of them, again and again."""
        self.draw = random.Random(f"{self.draw.random()} {noise}")
        one, other = self.draw.sample(range(LAPTOPS), 2)
        to_one, to_two = self.acts_of_one(), self.acts_of_two()
        number = self.draw.randrange(len(to_one) + len(to_two))
        if number < len(to_one):
            note(f"{to_one[number].__name__} {one}")
            to_one[number](one)
        else:
            act = to_two[number - len(to_one)]
            note(f"{act.__name__} {one} {other}")
            act((one, other))

    def acts_of_one(self) -> list[Callable[[int], None]]:
        return [
            self.write, self.write, self.enable_or_rotate, self.disable, self.print_a_sheet,
            self.recover, self.revoke_a_sheet, self.restart,
        ]  # fmt: skip

    def acts_of_two(self) -> list[Callable[[tuple[int, int]], None]]:
        return [
            self.add_by_fingerprint, self.pair, self.revoke, self.sync, self.sync,
            self.server_sends_a_part_in_any_order, self.server_sends_a_part_in_any_order,
        ]  # fmt: skip

    def write(self, number: int) -> None:
        laptop = self.laptops[number]
        try:
            written = laptop.write(b"entry", self.now())
        except NotFoundError:
            assert laptop.keys.standing.is_revoked
            return
        assert can_read(laptop, written)
        self.written.append((written, laptop.keys.standing.revoked))

    def enable_or_rotate(self, number: int) -> None:
        self.laptops[number].keys.enable(JOURNAL, self.now())

    def disable(self, number: int) -> None:
        keys = self.laptops[number].keys
        for epoch in keys.standing.writing_epochs(JOURNAL)[:1]:
            keys.disable(JOURNAL, epoch.id, self.now())

    def add_by_fingerprint(self, two: tuple[int, int]) -> None:
        one, other = (self.laptops[n] for n in two)
        one.takes([other.card])
        if other.card in one.keys.unknown_cards():
            one.keys.add_device(other.code, self.now())

    def pair(self, two: tuple[int, int]) -> None:
        self.add_by_fingerprint(two)
        self.add_by_fingerprint((two[1], two[0]))

    def print_a_sheet(self, number: int) -> None:
        if len(self.sheets) == MOST_SHEETS:
            return
        code, _made = self.laptops[number].keys.print_sheet(self.now())
        self.sheets.append((code, holder_of_code(code, WS, USER)))

    def recover(self, number: int) -> None:
        laptop = self.laptops[number]
        if laptop.card.fingerprint in self.put_out:
            return  # whoever has the code opens everything: nobody gives it to a thief
        for _code, holder in self.sheets[: self.draw.randint(0, MOST_SHEETS)]:
            if holder.fingerprint in laptop.ledger.cards:
                laptop.keys.recover_as(holder, self.now())

    def revoke(self, two: tuple[int, int]) -> None:
        one, other = (self.laptops[n] for n in two)
        if other.card.fingerprint in one.ledger.cards:
            one.keys.revoke(other.card.fingerprint, self.now())
            self.put_out.add(other.card.fingerprint)

    def revoke_a_sheet(self, number: int) -> None:
        for _code, holder in self.sheets[:1]:
            if self.laptops[number].keys.standing.trusts(holder.fingerprint):
                self.laptops[number].keys.revoke(holder.fingerprint, self.now())

    def sync(self, two: tuple[int, int]) -> None:
        one, other = (self.laptops[n] for n in two)
        one.sees(other)

    def server_sends_a_part_in_any_order(self, two: tuple[int, int]) -> None:
        one, other = (self.laptops[n] for n in two)
        records = other.ledger.records()
        one.takes(self.draw.sample(records, self.draw.randint(0, len(records))))
        one.keys.catch_up(self.now())

    def restart(self, number: int) -> None:
        laptop = self.laptops[number]
        records = laptop.ledger.records()
        kept = laptop.keys.keyring.to_bytes()
        before = laptop.keys.standing
        laptop.ledger = type(laptop.ledger)(WS, USER, records)
        keyring = type(laptop.keys.keyring).from_bytes(WS, USER, kept)
        laptop.keys = type(laptop.keys)(laptop.holder, laptop.ledger, keyring)
        assert laptop.keys.standing == before

    @invariant()
    def nothing_once_read_is_lost(self) -> None:
        for n, (written, _out) in enumerate(self.written):
            for m, laptop in enumerate(self.laptops):
                if can_read(laptop, written):
                    self.was_read.add((n, m))
                else:
                    assert (n, m) not in self.was_read

    def teardown(self) -> None:
        for _again in range(2):
            for number in range(LAPTOPS):
                self.write(number)
            self.nobody_out_opens_what_was_written_by_one_who_knew()
            self.everybody_syncs()
            self.nobody_out_opens_what_was_written_by_one_who_knew()
            self.nothing_once_read_is_lost()
        left = [laptop for laptop in self.laptops if not laptop.keys.standing.is_revoked]
        for one in left:
            assert not one.keys.standing.gaps
            assert not one.keys.bad_seals
            for other in left:
                if trust_each_other(one, other):
                    assert one.keys.standing.trusted == other.keys.standing.trusted
                    assert one.keys.keyring.names() == other.keys.keyring.names()
            for code, sheet in self.sheets:
                if one.keys.standing.trusts(sheet.fingerprint):
                    self.sheet_opens_what_a_device_opens(code, one)

    def everybody_syncs(self, count: int = LAPTOPS) -> None:
        for _round in range(ROUNDS):
            for laptop in self.laptops[:count]:
                laptop.sees(*self.laptops[:count])

    def nobody_out_opens_what_was_written_by_one_who_knew(self) -> None:
        everything = [r for laptop in self.laptops for r in laptop.ledger.records()]
        known: dict[str, set[str]] = {}
        for laptop in self.laptops:
            own = {epoch for _journal, epoch in laptop.keys.keyring.names()}
            known[laptop.card.fingerprint] = own | openable(laptop.holder, everything)
        for _code, sheet in self.sheets:
            known[sheet.fingerprint] = openable(sheet, everything)
        for (_place, values), out in self.written:
            for fingerprint in out:
                assert values["epoch"] not in known.get(fingerprint, set())

    def sheet_opens_what_a_device_opens(self, code: str, laptop: Laptop) -> None:
        fresh = Laptop(99)
        fresh.takes(laptop.ledger.records())
        fresh.keys.recover(code, self.now())
        if not fresh.keys.standing.trusts(laptop.card.fingerprint):
            return  # it trusts the sheet, but nobody whom the sheet trusts ever compared its code
        for written, _out in self.written:
            assert can_read(fresh, written) >= can_read(laptop, written)


def can_read(laptop: Laptop, written: Written) -> bool:
    try:
        return laptop.read(written) == b"entry"
    except UnreadableEntry as refusal:
        if refusal.reason != "key":
            raise
        return False


def trust_each_other(one: Laptop, other: Laptop) -> bool:
    return one.keys.standing.trusts(other.card.fingerprint) and other.keys.standing.trusts(
        one.card.fingerprint
    )


def openable(holder: Holder, records: list[KeyRecord]) -> set[str]:
    """Return every epoch that a thief with this holder's keys gets out of all that was ever sent."""
    found = set()
    for record in records:
        if not hasattr(record, "sealed"):
            continue
        try:
            key = holder.keys.open(record.sealed, record.context())
        except WrongSecretError:
            continue
        found.add(epoch_id(WS, USER, JOURNAL, key))
    return found


TestJournalKeys = JournalKeys.TestCase
# A failing run is shown as it was: shrinking it takes minutes.
TestJournalKeys.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=STEPS, phases=(Phase.explicit, Phase.generate)
)
TestJournalKeys.pytestmark = [pytest.mark.slow]
