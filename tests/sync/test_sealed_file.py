"""Sealed files: every part in its place, or one sentence and nothing."""

import io
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop.errors import StoreError, UserFacingError, ValidationError
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.words import new_words
from mentor_desktop.sync.sealed_file import (
    Lid,
    PartWriter,
    lid_for_key,
    lid_for_words,
    read_lid,
    read_parts,
)
from tests.cheap import CHEAP

KEYS = DeviceKeys.make()
PART = 16
SEALED = PART + 16


def written(content: bytes, lid: Lid, part: int = PART) -> bytes:
    file = io.BytesIO()
    writer = PartWriter(file, lid, part)
    writer.write(content)
    writer.close()
    return file.getvalue()


def read(sealed: bytes, opener: str | DeviceKeys = KEYS, part: int = PART) -> bytes:
    file = io.BytesIO(sealed)
    lid = read_lid(file, opener)
    return b"".join(read_parts(file, lid, part))


@given(content=st.binary(max_size=100), portions=st.lists(st.integers(0, 30), max_size=6))
def test_content_comes_back_in_whatever_portions_it_came(
    content: bytes, portions: list[int]
) -> None:
    file = io.BytesIO()
    writer = PartWriter(file, lid_for_key(KEYS.seal_key), PART)
    at = 0
    for portion in portions:
        writer.write(content[at : at + portion])
        at += portion
    writer.write(content[at:])
    writer.close()
    assert read(file.getvalue()) == content


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, 2 * PART, 5 * PART + 3])
def test_every_changed_bit_is_refused(size: int) -> None:
    sealed = written(bytes(size), lid_for_key(KEYS.seal_key))
    for bit in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(StoreError):
            read(bytes(changed))


@pytest.mark.parametrize("size", [0, 1, PART, 3 * PART, 3 * PART + 1])
def test_every_shortened_and_lengthened_file_is_refused(size: int) -> None:
    sealed = written(bytes(size), lid_for_key(KEYS.seal_key))
    for length in range(len(sealed)):
        with pytest.raises(StoreError):
            read(sealed[:length])
    for more in (b"\0", bytes(SEALED), sealed, sealed[-SEALED:]):
        with pytest.raises(StoreError):
            read(sealed + more)


def test_parts_in_any_other_order_or_twice_are_refused() -> None:
    lid = lid_for_key(KEYS.seal_key)
    sealed = written(bytes(range(4 * PART)), lid)
    start, body = sealed[: len(lid.start)], sealed[len(lid.start) :]
    parts = [body[at : at + SEALED] for at in range(0, len(body), SEALED)]
    assert len(parts) == 4
    for count in range(1, 6):
        for order in itertools.product(range(4), repeat=count):
            if order == (0, 1, 2, 3):
                continue
            with pytest.raises(StoreError):
                read(start + b"".join(parts[n] for n in order))


def test_a_part_or_the_beginning_of_another_file_is_refused() -> None:
    one, other = (lid_for_key(KEYS.seal_key) for _ in range(2))
    files = [written(bytes(3 * PART), lid) for lid in (one, other)]
    at = len(one.start)
    mixed = files[0][: at + SEALED] + files[1][at + SEALED :]
    for sealed in (mixed, files[0][:at] + files[1][at:]):
        with pytest.raises(StoreError):
            read(sealed)


def test_a_cut_off_end_says_so() -> None:
    lid = lid_for_key(KEYS.seal_key)
    sealed = written(bytes(3 * PART), lid)
    for parts in (1, 2):
        with pytest.raises(StoreError, match="end of this file is missing"):
            read(sealed[: len(lid.start) + parts * SEALED])


def test_parts_before_a_damaged_one_are_the_ones_written() -> None:
    lid = lid_for_key(KEYS.seal_key)
    content = bytes(range(3 * PART))
    file = io.BytesIO(written(content, lid)[:-1])
    parts = read_parts(file, read_lid(file, KEYS), PART)
    assert [next(parts), next(parts)] == [content[:PART], content[PART : 2 * PART]]
    with pytest.raises(StoreError):
        next(parts)


def test_words_open_what_they_closed_and_nothing_else_does() -> None:
    words, others = new_words(), new_words()
    sealed = written(b"content", lid_for_words(words, CHEAP))
    assert read(sealed, words.upper()) == b"content"
    swapped = " ".join(reversed(words.split()))
    for wrong in (others, swapped):
        with pytest.raises(ValidationError, match="do not open this file"):
            read(sealed, wrong)
    with pytest.raises(ValidationError, match="has a wrong letter"):
        read(sealed, words[:-1] + "x")
    with pytest.raises(StoreError, match="opens with six words"):
        read(sealed, KEYS)


def test_every_changed_bit_of_a_lid_for_words_is_refused() -> None:
    words = new_words()
    lid = lid_for_words(words, CHEAP)
    sealed = written(b"content", lid)
    for bit in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << (bit % 8)
        if 8 * 18 + 8 * 16 <= bit < 8 * 18 + 8 * 28:
            continue  # the cost: see the next test
        with pytest.raises(UserFacingError):
            read(bytes(changed), words)


@pytest.mark.parametrize(
    "cost",
    [(0, 1, 64), (21, 1, 64), (1, 0, 64), (1, 17, 999), (1, 1, 7), (1, 1, 2**21), (1, 16, 64)],
)
def test_a_cost_that_would_freeze_the_computer_is_refused_at_once(
    cost: tuple[int, int, int],
) -> None:
    words = new_words()
    sealed = bytearray(written(b"content", lid_for_words(words, CHEAP)))
    sealed[34:46] = b"".join(number.to_bytes(4) for number in cost)
    with pytest.raises(StoreError, match="damaged"):
        read(bytes(sealed), words)
    sealed[34:46] = b"".join(number.to_bytes(4) for number in (2, 1, 64))
    with pytest.raises(ValidationError, match="do not open"):
        read(bytes(sealed), words)


def test_a_file_for_another_device_does_not_open() -> None:
    sealed = written(b"content", lid_for_key(KEYS.seal_key))
    with pytest.raises(StoreError, match="another laptop"):
        read(sealed, DeviceKeys.make())
    with pytest.raises(StoreError, match="has the workspace already"):
        read(sealed, new_words())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"MentorBundle\n", bytes(500)])
def test_another_file_says_so(content: bytes) -> None:
    with pytest.raises(StoreError, match="not a file of exchanged changes"):
        read(content)


def test_a_newer_version_says_so() -> None:
    sealed = bytearray(written(b"content", lid_for_key(KEYS.seal_key)))
    sealed[16] = 2
    with pytest.raises(StoreError, match="newer version"):
        read(bytes(sealed))


def test_equal_content_looks_different_and_its_key_is_not_shown() -> None:
    words = new_words()
    lids = [lid_for_words(words, CHEAP), lid_for_words(words, CHEAP)]
    assert lids[0].key != lids[1].key
    files = [written(bytes(64), lid)[len(lid.start) :] for lid in lids]
    assert files[0] != files[1]
    assert repr(lids[0].key)[2:-1] not in repr(lids[0])
