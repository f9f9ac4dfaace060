"""Numbers that find their own slips, and codes that refuse a changed letter."""

import unicodedata
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop.documents.certificate_record import CertificateRecord
from mentor_desktop.errors import ValidationError
from mentor_desktop.services.certificate_numbers import (
    check_digits,
    code_fits,
    full_number,
    make_serial,
    parse_number,
    verification_code,
)

KEY = b"test-key"
RECORD = CertificateRecord(
    serial="MD26-A-00042",
    holder_name="Giedrė Ąžuolynienė",
    kind="attendance",
    title="Mentoring and Peer Coaching for Youth Training",
    starts_on=date(2026, 3, 10),
    ends_on=date(2026, 3, 12),
    hours_contact=Decimal("17.0"),
    issued_on=date(2026, 3, 12),
)
tags = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=4)
serials = st.builds(make_serial, st.integers(2020, 2099), tags, st.integers(1, 99_999))


@pytest.mark.parametrize(("serial", "check"), [("MD26A00042", "67"), ("MD26B00007", "96")])
def test_the_worked_check_digits(serial: str, check: str) -> None:
    assert check_digits(serial) == check


def test_a_number_is_written_with_year_device_counter_and_check() -> None:
    assert full_number(make_serial(2026, "A", 42)) == "MD26-A-00042-67"
    assert make_serial(2107, "AB", 7) == "MD07-AB-00007"


@pytest.mark.parametrize("strange", ["", "MD26", "MD26-A-00042\0", "md26-a-00042", "<b>"])
def test_what_is_no_serial_is_shown_as_it_is(strange: str) -> None:
    assert full_number(strange) == strange


@given(serials)
def test_the_whole_number_leaves_one_modulo_97(serial: str) -> None:
    digits = "".join(str(int(c, 36)) for c in full_number(serial).replace("-", ""))
    assert int(digits) % 97 == 1
    assert len(check_digits(serial)) == 2


@given(serials)
def test_what_is_printed_is_read_back(serial: str) -> None:
    assert parse_number(full_number(serial)) == serial


@pytest.mark.parametrize(
    "typed",
    [
        "MD26-A-00042-67",
        "md26-a-00042-67",
        "  MD26 A 00042 67 ",
        "MD26A0004267",
        "MD26–A–00042–67",
        "МD26-А-00042-67",  # Cyrillic М and А
        "ＭＤ26-Ａ-00042-67",
    ],
)
def test_a_number_typed_in_another_way_is_the_same(typed: str) -> None:
    assert parse_number(typed) == "MD26-A-00042"


@given(serials, st.data())
def test_one_wrong_letter_or_digit_is_always_refused(serial: str, data: st.DataObject) -> None:
    number = full_number(serial).replace("-", "")
    place = data.draw(st.integers(2, len(number) - 1))
    kind = "0123456789" if number[place].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    wrong = data.draw(st.sampled_from(kind.replace(number[place], "")))
    with pytest.raises(ValidationError, match="slip"):
        parse_number(number[:place] + wrong + number[place + 1 :])


@given(serials, st.data())
def test_two_digits_changed_round_are_refused(serial: str, data: st.DataObject) -> None:
    number = full_number(serial)
    place = data.draw(st.integers(len(number) - 8, len(number) - 5))
    turned = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if turned != number:
        with pytest.raises(ValidationError):
            parse_number(turned)


@pytest.mark.parametrize(
    "typed", ["", "42", "MD26-00042-67", "MD26-ABCDE-00042-67", "MD26-A-0042-67", "AB26-A-00042-67"]
)
def test_what_is_no_number_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValidationError, match="MD26-A-00042-67"):
        parse_number(typed)


def test_the_last_counter_is_followed_by_a_sentence() -> None:
    assert make_serial(2026, "A", 99_999) == "MD26-A-99999"
    with pytest.raises(ValidationError, match="2026"):
        make_serial(2026, "A", 100_000)


@pytest.mark.parametrize("device", ["", "a", "ABCDE", "A1", "Ą"])
def test_a_device_tag_is_one_to_four_letters(device: str) -> None:
    with pytest.raises(ValueError, match="device"):
        make_serial(2026, device, 1)


def test_the_worked_code() -> None:
    assert len(RECORD.canonical_text().encode()) == 131
    assert verification_code(KEY, RECORD) == "ac783efa"


def test_a_decomposed_name_has_the_same_code() -> None:
    decomposed = replace(RECORD, holder_name=unicodedata.normalize("NFD", RECORD.holder_name))
    assert decomposed.holder_name != RECORD.holder_name
    assert verification_code(KEY, decomposed) == "ac783efa"


@pytest.mark.parametrize(
    "changed",
    [
        {"serial": "MD26-A-00043"},
        {"holder_name": "Giedrė Ąžuolyniene"},
        {"holder_name": "Giedrė ąžuolynienė"},
        {"kind": "achievement"},
        {"title": "Mentoring and Peer Coaching for Youth Trainings"},
        {"starts_on": date(2026, 3, 9)},
        {"ends_on": date(2026, 3, 13)},
        {"hours_contact": Decimal("17.1")},
        {"issued_on": date(2026, 3, 13)},
    ],
)
def test_a_changed_letter_is_refused(changed: dict[str, object]) -> None:
    assert not code_fits(KEY, replace(RECORD, **changed), "ac783efa")


def test_another_issuer_has_another_code() -> None:
    assert not code_fits(b"other-key", RECORD, "ac783efa")


@pytest.mark.parametrize("printed", ["ac783efa", "AC783EFA", " ac78 3efa\n", "AC78-3EFA"])
def test_a_code_is_read_however_it_is_grouped(printed: str) -> None:
    assert code_fits(KEY, RECORD, printed)


@pytest.mark.parametrize("printed", ["", "ac783ef", "ac783efb", "ąc783efa"])
def test_another_code_does_not_fit(printed: str) -> None:
    assert not code_fits(KEY, RECORD, printed)
