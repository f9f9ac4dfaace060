"""Devices of one mentor with their journal keys, and a server that hands their records on."""

from collections.abc import Iterable

from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.fingerprints import short_code
from mentor_desktop.sync.keys.journal import Place, open_entry, seal_entry
from mentor_desktop.sync.keys.key_records import (
    Card,
    Holder,
    KeyRecord,
    from_values,
    make_holder,
    to_values,
)
from mentor_desktop.sync.keys.keyring import Keyring
from mentor_desktop.sync.keys.ledger import Ledger
from mentor_desktop.sync.keys.user_keys import UserKeys
from tests.sync.keys.people import WS, hex_id

USER = hex_id(77)
JOURNAL = hex_id(78)
SCHEMA = 2


class Laptop:
    """One device: its holder, what it knows, and the records it has to send."""

    def __init__(self, number: int, user: str = USER) -> None:
        self.id = hex_id(number)
        self.holder: Holder = make_holder(DeviceKeys.make(), WS, user, self.id)
        self.ledger = Ledger(WS, USER)
        self.keys = UserKeys(self.holder, self.ledger, Keyring(WS, USER))
        self.seq = 0

    @property
    def card(self) -> Card:
        return self.holder.card

    @property
    def code(self) -> str:
        return short_code(self.card.fingerprint)

    def sees(self, *others: "Laptop") -> None:
        """Take everything others have, by way of their operations' values, and catch up."""
        for other in others:
            self.takes(other.ledger.records())
        self.keys.catch_up(0)

    def takes(self, records: Iterable[KeyRecord]) -> None:
        assert not self.keys.receive(from_values(to_values(record)) for record in records)

    def write(self, content: bytes, at: int = 0, entry: int = 1) -> tuple[Place, dict[str, str]]:
        epoch, _made = self.keys.writing_epoch(JOURNAL, at)
        self.seq += 1
        place = Place(WS, USER, JOURNAL, hex_id(entry), self.id, self.seq, SCHEMA)
        return place, seal_entry(self.keys.keyring, place, epoch.id, "", content)

    def read(self, written: tuple[Place, dict[str, str]]) -> bytes:
        place, values = written
        return open_entry(self.keys.keyring, place, values)


def pair(one: Laptop, other: Laptop, at: int = 0) -> None:
    """Compare both codes and add each on the other, as a person with both screens does."""
    one.sees(other)
    other.sees(one)
    one.keys.add_device(other.code, at)
    other.keys.add_device(one.code, at)
    one.sees(other)
    other.sees(one)
