"""Entries: a ciphertext opens at its own place, whole, or is refused with a sentence."""

import dataclasses
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop.errors import ValidationError
from mentor_desktop.sync.keys.journal import (
    LARGEST_BUCKET,
    Finding,
    Link,
    Place,
    UnreadableEntry,
    bucket_of,
    check_links,
    is_written_late,
    open_entry,
    seal_entry,
)
from mentor_desktop.sync.keys.keyring import Keyring
from tests.sync.keys.journal_devices import JOURNAL, SCHEMA, USER, Laptop, pair
from tests.sync.keys.people import WS, hex_id

PLACE = Place(WS, USER, JOURNAL, hex_id(1), hex_id(2), 3, SCHEMA)
PREV = "f" * 64


def new_ring() -> tuple[Keyring, str]:
    keyring = Keyring(WS, USER)
    return keyring, keyring.add_new(JOURNAL)


@given(content=st.binary(max_size=2_000))
def test_an_entry_opens_at_its_place(content: bytes) -> None:
    keyring, epoch = new_ring()
    assert open_entry(keyring, PLACE, seal_entry(keyring, PLACE, epoch, PREV, content)) == content


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ws", "b" * 32), ("user", hex_id(5)), ("journal", hex_id(5)), ("entry", hex_id(5)),
        ("device", hex_id(5)), ("seq", 4), ("schema", 3),
    ],
)  # fmt: skip
def test_an_entry_opens_nowhere_else(name: str, value: object) -> None:
    keyring, epoch = new_ring()
    values = seal_entry(keyring, PLACE, epoch, PREV, b"x")
    elsewhere = dataclasses.replace(PLACE, **{name: value})
    rings = [keyring]
    if name in ("ws", "user", "journal"):  # the same key, were it known there under the same id
        other = Keyring(elsewhere.ws, elsewhere.user)
        key = keyring.get(JOURNAL, epoch)
        assert key is not None
        other._keys[elsewhere.journal, epoch] = key
        rings.append(other)
    for ring in rings:
        with pytest.raises(UnreadableEntry):
            open_entry(ring, elsewhere, values)


def test_every_changed_bit_is_refused_and_reported() -> None:
    keyring, epoch = new_ring()
    values = seal_entry(keyring, PLACE, epoch, PREV, b"content")
    for name, text in values.items():
        content = text.encode()
        for bit in range(8 * len(content)):
            changed = bytearray(content)
            changed[bit // 8] ^= 1 << (bit % 8)
            with pytest.raises(UnreadableEntry) as caught:
                open_entry(keyring, PLACE, values | {name: changed.decode("latin-1")})
            assert caught.value.reason == ("key" if name == "epoch" else "changed")


@pytest.mark.parametrize("spelling", ["bits", "newline", "unpadded"])
def test_another_spelling_of_the_same_ciphertext_is_refused(spelling: str) -> None:
    keyring, epoch = new_ring()
    values = seal_entry(keyring, PLACE, epoch, PREV, bytes(300))
    text = values["sealed"]
    assert text.endswith("==")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    changed = {
        "bits": text[:-3] + letters[letters.index(text[-3]) | 1] + "==",
        "newline": text + "\n",
        "unpadded": text[:-2],
    }[spelling]
    assert changed != text
    with pytest.raises(UnreadableEntry):
        open_entry(keyring, PLACE, values | {"sealed": changed})


def test_random_changes_of_a_large_entry_are_refused() -> None:
    draw = random.Random(1)
    keyring, epoch = new_ring()
    values = seal_entry(keyring, PLACE, epoch, PREV, draw.randbytes(200_000))
    text = values["sealed"]
    for _ in range(200):
        at = draw.randrange(len(text))
        letter = draw.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\n")
        if letter != text[at]:
            with pytest.raises(UnreadableEntry):
                open_entry(keyring, PLACE, values | {"sealed": text[:at] + letter + text[at + 1 :]})


def test_two_ciphertexts_swapped_do_not_open() -> None:
    keyring, epoch = new_ring()
    places = [dataclasses.replace(PLACE, seq=n, entry=hex_id(n % 2)) for n in range(6)]
    values = [seal_entry(keyring, place, epoch, PREV, b"x") for place in places]
    for i, place in enumerate(places):
        for j, other in enumerate(values):
            if i == j:
                assert open_entry(keyring, place, other) == b"x"
                continue
            with pytest.raises(UnreadableEntry):
                open_entry(keyring, place, other)


def test_an_entry_of_one_epoch_does_not_open_as_another() -> None:
    keyring, epoch = new_ring()
    other = keyring.add_new(JOURNAL)
    values = seal_entry(keyring, PLACE, epoch, PREV, b"x")
    with pytest.raises(UnreadableEntry, match="changed"):
        open_entry(keyring, PLACE, values | {"epoch": other})
    key = keyring.get(JOURNAL, epoch)
    assert key is not None
    keyring._keys[JOURNAL, other] = key  # also where the same key had two names
    with pytest.raises(UnreadableEntry, match="changed"):
        open_entry(keyring, PLACE, values | {"epoch": other})


@pytest.mark.parametrize(
    "values",
    [
        {}, {"sealed": None}, {"sealed": "", "epoch": "", "prev": ""},
        {"sealed": 1, "epoch": "e", "prev": ""}, {"sealed": "x", "epoch": "e", "prev": None},
    ],
)  # fmt: skip
def test_missing_values_are_not_an_empty_entry(values: dict[str, object]) -> None:
    keyring, _epoch = new_ring()
    with pytest.raises(UnreadableEntry):
        open_entry(keyring, PLACE, values)


@given(size=st.integers(0, 5_000))
def test_sizes_are_hidden_in_buckets(size: int) -> None:
    keyring, epoch = new_ring()
    sealed = seal_entry(keyring, PLACE, epoch, PREV, bytes(size))["sealed"]
    same = seal_entry(keyring, PLACE, epoch, PREV, bytes(bucket_of(size) - 4))["sealed"]
    assert len(sealed) == len(same)
    bucket = bucket_of(size)
    assert bucket >= 256
    assert bucket & (bucket - 1) == 0
    assert bucket == 256 or bucket // 2 < size + 4


def test_an_entry_too_long_is_refused_with_a_sentence() -> None:
    keyring, epoch = new_ring()
    seal_entry(keyring, PLACE, epoch, PREV, bytes(LARGEST_BUCKET - 4))
    with pytest.raises(ValidationError, match="too long"):
        seal_entry(keyring, PLACE, epoch, PREV, bytes(LARGEST_BUCKET - 3))


def test_a_withheld_operation_shows_as_a_gap() -> None:
    links = [Link("d", seq, f"h{seq}", f"h{seq - 1}" if seq > 1 else "") for seq in range(1, 6)]
    assert check_links(links) == []
    assert check_links(reversed(links), {"d": (5, "h5")}) == []
    for hidden in range(4):
        rest = links[:hidden] + links[hidden + 1 :]
        assert check_links(rest) == [Finding("d", hidden + 2, "gap")]


def test_a_truncated_journal_is_noticed_by_who_saw_its_end() -> None:
    links = [Link("d", seq, f"h{seq}", f"h{seq - 1}" if seq > 1 else "") for seq in range(1, 6)]
    assert check_links(links[:3], {"d": (5, "h5")}) == [Finding("d", 5, "truncated")]
    assert check_links([], {"d": (5, "h5")}) == [Finding("d", 5, "truncated")]


def test_a_rewritten_operation_is_noticed() -> None:
    links = [Link("d", 1, "h1", ""), Link("d", 1, "other", "")]
    assert check_links(links) == [Finding("d", 1, "fork")]
    assert check_links(links[1:], {"d": (1, "h1")}) == [Finding("d", 1, "fork")]


def test_who_wrote_with_an_old_epoch_while_offline_is_flagged() -> None:
    one, other, lost = Laptop(1), Laptop(2), Laptop(3)
    one.keys.enable(JOURNAL, 10)
    for peer in (other, lost):
        pair(one, peer)
    other.sees(one, lost)
    place, values = other.write(b"late", at=60)
    one.keys.revoke(lost.card.fingerprint, 50)
    standing = one.keys.standing
    assert is_written_late(standing, JOURNAL, values["epoch"], 60)
    assert not is_written_late(standing, JOURNAL, values["epoch"], 40)
    assert one.read((place, values)) == b"late"
    other.sees(one)
    _place, values = other.write(b"x", at=70)
    assert not is_written_late(standing, JOURNAL, values["epoch"], 70)


def test_a_keyring_is_kept_and_not_shown() -> None:
    keyring, epoch = new_ring()
    key = keyring.get(JOURNAL, epoch)
    assert key is not None
    again = Keyring.from_bytes(WS, USER, keyring.to_bytes())
    assert again == keyring
    assert again.names() == [(JOURNAL, epoch)]
    assert key.hex() not in repr(keyring)
    assert repr(key) not in repr(keyring)
    with pytest.raises(ValueError):  # noqa: PT011
        Keyring.from_bytes(WS, USER, b"{}")
