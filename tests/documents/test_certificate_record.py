"""The line of small print that the code of a certificate is computed from."""

import hashlib
import hmac
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop.documents.certificate_record import (
    CERTIFICATE_KINDS,
    CertificateRecord,
    find_number_and_code,
    find_records,
    qr_text,
)

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


def test_the_worked_example_gives_131_bytes_and_its_code() -> None:
    text = RECORD.canonical_text().encode()

    assert len(text) == 131
    assert hmac.new(b"test-key", text, hashlib.sha256).hexdigest().startswith("ac783efa")


def test_a_decomposed_name_gives_the_same_code() -> None:
    decomposed = CertificateRecord(
        **{**RECORD.__dict__, "holder_name": "Giedre\u0307 A\u0328z\u030cuolyniene\u0307"}
    )

    assert decomposed.canonical_text() == RECORD.canonical_text()


@pytest.mark.parametrize(
    ("hours", "printed"), [("17", "17.0"), ("16.25", "16.3"), ("13.25", "13.3"), ("0.05", "0.1")]
)
def test_hours_have_one_decimal_rounded_half_up(hours: str, printed: str) -> None:
    record = CertificateRecord(**{**RECORD.__dict__, "hours_contact": Decimal(hours)})

    assert record.canonical_text().splitlines()[6] == printed


def test_a_line_wrapped_anywhere_is_found() -> None:
    line = RECORD.line("67", "ac783efa")

    found = find_records("before\n" + line.replace(" ", "\n", 9) + "\nafter")

    assert [(one.record, one.check, one.code) for one in found] == [(RECORD, "67", "ac783efa")]


@given(
    name=st.text(alphabet="aÉ'’ ·-Жọ\u0300", min_size=1, max_size=40).filter(str.strip),
    title=st.text(alphabet="Xy ·|,&", min_size=1, max_size=40).filter(str.strip),
    kind=st.sampled_from(CERTIFICATE_KINDS),
    hours=st.decimals(0, 2000, places=1),
)
def test_any_record_is_read_back_as_it_was_written(
    name: str, title: str, kind: str, hours: Decimal
) -> None:
    record = CertificateRecord(
        **{
            **RECORD.__dict__,
            "holder_name": name,
            "title": title,
            "kind": kind,
            "hours_contact": hours,
        }
    )

    (found,) = find_records(record.line("67", "ac783efa"))

    assert found.record.canonical_text() == record.canonical_text()


@pytest.mark.parametrize(
    "damaged",
    [
        RECORD.line("67", "ac783ef"),
        RECORD.line("6", "ac783efa"),
        RECORD.line("67", "ac783efa").replace("attendance", "presence"),
        RECORD.line("67", "ac783efa").replace("2026-03-10", "2026-13-40"),
        "",
    ],
)
def test_a_damaged_line_is_no_record(damaged: str) -> None:
    assert find_records(damaged) == []


@pytest.mark.parametrize("address", ["", "https://verify.example.org/c/"])
def test_the_qr_code_carries_number_and_code(address: str) -> None:
    text = qr_text("MD26-AAB-00042", "67", "ac783efa", address)

    assert find_number_and_code(text) == ("MD26-AAB-00042", "67", "ac783efa")


@pytest.mark.parametrize("text", ["", "https://example.org", "MD26-A-00042-67", "WIFI:S:x;;"])
def test_other_qr_codes_are_none_of_ours(text: str) -> None:
    assert find_number_and_code(text) is None
