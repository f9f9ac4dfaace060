"""Any number of devices doing anything with the keys of a journal, offline, with a lying server.

Invariants 25 and 26: whoever is out opens nothing written by somebody who knew; all who trust each
other, and every sheet, open everything; nothing once read is ever lost; nobody left is kept from
writing.
"""

import os
import random

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mentor_desktop.crypto.symmetric import WrongSecretError
from mentor_desktop.errors import NotFoundError
from mentor_desktop.sync.keys.journal import Place, UnreadableEntry
from mentor_desktop.sync.keys.key_records import Holder, KeyRecord
from mentor_desktop.sync.keys.keyring import epoch_id
from mentor_desktop.sync.keys.recovery import holder_of_code
from tests.sync.keys.journal_devices import JOURNAL, USER, Laptop
from tests.sync.keys.people import WS

MOST_LAPTOPS = 5
ROUNDS = 5
EXAMPLES = int(os.environ.get("MENTOR_KEY_EXAMPLES", "30"))
STEPS = 30
Written = tuple[Place, dict[str, str]]
any_laptop = st.integers(0, MOST_LAPTOPS - 1)


class JournalKeys(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.laptops: list[Laptop] = [Laptop(1), Laptop(2)]
        self.sheets: list[tuple[str, Holder]] = []
        # Each entry with the fingerprints its author knew to be out.
        self.written: list[tuple[Written, frozenset[str]]] = []
        self.was_read: set[tuple[int, int]] = set()
        self.clock = 0

    def pick(self, number: int) -> Laptop:
        return self.laptops[number % len(self.laptops)]

    def now(self) -> int:
        self.clock += 1
        return self.clock

    @precondition(lambda self: len(self.laptops) < MOST_LAPTOPS)
    @rule()
    def buy_a_laptop(self) -> None:
        self.laptops.append(Laptop(len(self.laptops) + 1))

    @rule(number=any_laptop)
    def write(self, number: int) -> None:
        laptop = self.pick(number)
        try:
            written = laptop.write(b"entry", self.now())
        except NotFoundError:
            assert laptop.keys.standing.is_revoked
            return
        self.written.append((written, laptop.keys.standing.revoked))

    @rule(number=any_laptop)
    def enable_or_rotate(self, number: int) -> None:
        self.pick(number).keys.enable(JOURNAL, self.now())

    @rule(number=any_laptop)
    def disable(self, number: int) -> None:
        keys = self.pick(number).keys
        epoch = keys.standing.writing_epoch(JOURNAL)
        if epoch:
            keys.disable(JOURNAL, epoch.id, self.now())

    @rule(number=any_laptop, other=any_laptop)
    def add_by_fingerprint(self, number: int, other: int) -> None:
        one, two = self.pick(number), self.pick(other)
        one.takes([two.card])
        if two.card in one.keys.unknown_cards():
            one.keys.add_device(two.code, self.now())

    @rule(number=any_laptop, other=any_laptop)
    def pair(self, number: int, other: int) -> None:
        self.add_by_fingerprint(number, other)
        self.add_by_fingerprint(other, number)

    @precondition(lambda self: len(self.sheets) < 2)
    @rule(number=any_laptop)
    def print_a_sheet(self, number: int) -> None:
        code, _made = self.pick(number).keys.print_sheet(self.now())
        self.sheets.append((code, holder_of_code(code, WS, USER)))

    @precondition(lambda self: self.sheets)
    @rule(number=any_laptop, sheet=st.integers(0, 1))
    def recover(self, number: int, sheet: int) -> None:
        laptop = self.pick(number)
        _code, holder = self.sheets[sheet % len(self.sheets)]
        if holder.fingerprint in laptop.ledger.cards:
            laptop.keys.recover_as(holder, self.now())

    @rule(number=any_laptop, other=any_laptop)
    def revoke(self, number: int, other: int) -> None:
        one, two = self.pick(number), self.pick(other)
        if one is not two and two.card.fingerprint in one.ledger.cards:
            one.keys.revoke(two.card.fingerprint, self.now())

    @precondition(lambda self: self.sheets)
    @rule(number=any_laptop)
    def revoke_a_sheet(self, number: int) -> None:
        laptop, (_code, holder) = self.pick(number), self.sheets[0]
        if laptop.keys.standing.trusts(holder.fingerprint):
            laptop.keys.revoke(holder.fingerprint, self.now())

    @rule(number=any_laptop, other=any_laptop)
    def sync(self, number: int, other: int) -> None:
        self.pick(number).sees(self.pick(other))

    @rule(number=any_laptop, other=any_laptop, seed=st.integers(0, 2**16))
    def server_sends_a_part_in_any_order(self, number: int, other: int, seed: int) -> None:
        records = self.pick(other).ledger.records()
        draw = random.Random(seed)
        part = draw.sample(records, draw.randint(0, len(records)))
        self.pick(number).takes(part)
        self.pick(number).keys.catch_up(self.now())

    @rule(number=any_laptop)
    def restart(self, number: int) -> None:
        laptop = self.pick(number)
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
        self.nobody_out_opens_what_was_written_by_one_who_knew()
        self.everybody_syncs()
        self.nobody_out_opens_what_was_written_by_one_who_knew()
        left = [laptop for laptop in self.laptops if not laptop.keys.standing.is_revoked]
        for one in left:
            assert can_read(one, one.write(b"still", self.now()))
        self.everybody_syncs()
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

    def everybody_syncs(self) -> None:
        for _round in range(ROUNDS):
            for laptop in self.laptops:
                laptop.sees(*self.laptops)

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
        if not trust_each_other(fresh, laptop):
            return  # it trusts the sheet, but nobody whom the sheet trusts ever compared its code
        for written, _out in self.written:
            assert can_read(fresh, written) >= can_read(laptop, written)


def can_read(laptop: Laptop, written: Written) -> bool:
    try:
        return laptop.read(written) in (b"entry", b"still")
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
