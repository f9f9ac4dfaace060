"""Numbers and codes of certificates: a counter on this device, a key inside the workspace.

A number is given once and never again; the key never leaves the encrypted store.
Source: certificate rules, serial and verification.
"""

import re
import secrets
from decimal import Decimal
from typing import Final

from mentor_desktop.documents.certificate_record import CertificateRecord
from mentor_desktop.models import Certificate
from mentor_desktop.services.attendance_reading import Event
from mentor_desktop.services.certificate_numbers import (
    check_digits,
    make_serial,
    verification_code,
)
from mentor_desktop.services.settings import put_secret, secret
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

ISSUER_KEY: Final = "certificate_issuer_key"
_KEY_BYTES = 32
_CENTURY = 100
_COUNTER_DIGITS = 5
_HOURS = re.compile(r"\d{1,6}(\.\d{1,4})?", re.ASCII)


def issuer_key(uow: Reader) -> bytes | None:
    """Return the key behind the codes of this workspace.

    None before the first issue, and on a device that may not issue.
    """
    stored = secret(uow, ISSUER_KEY)
    return bytes.fromhex(stored) if stored else None


def number_certificate(uow: UnitOfWork, certificate: Certificate, event: Event) -> None:
    """Give a certificate its date, number and code; everything else is filled in already."""
    certificate.issued_at = uow.clock()
    certificate.issued_on = certificate.issued_at.astimezone(event.zone).date()
    year = certificate.issued_on.year
    certificate.serial = make_serial(year, uow.device, _next_counter(uow, year))
    certificate.check_digits = check_digits(certificate.serial)
    certificate.code = verification_code(_issuer_key(uow), record_of(certificate))


def stored_hours(text: str) -> Decimal:
    """Return the hours of a certificate; none where somebody else wrote what is no number."""
    return Decimal(text) if _HOURS.fullmatch(text) else Decimal()


def record_of(certificate: Certificate) -> CertificateRecord:
    """Return what the code of a certificate covers."""
    return CertificateRecord(
        serial=certificate.serial,
        holder_name=certificate.holder_name,
        kind=certificate.type,
        title=certificate.title,
        starts_on=certificate.starts_on,
        ends_on=certificate.ends_on,
        hours_contact=stored_hours(certificate.hours_contact),
        issued_on=certificate.issued_on,
    )


def _next_counter(uow: UnitOfWork, year: int) -> int:
    """Return this device's next number of a year, above every one it ever gave.

    The counter stays on this device; after a restore the device has another tag.
    """
    key = f"certificate_counter:{uow.device}:{year}"
    stored = uow.raw.execute("SELECT value FROM local_setting WHERE key = ?", (key,)).fetchone()
    prefix = f"MD{year % _CENTURY:02d}-{uow.device}-"
    last = uow.raw.execute(
        "SELECT max(serial) FROM certificate WHERE serial BETWEEN ? AND ?",
        (prefix, prefix + "9" * _COUNTER_DIGITS),
    ).fetchone()[0]
    largest = int(last[-_COUNTER_DIGITS:]) if last else 0
    counter = max(int(stored[0]) if stored else 0, largest) + 1
    uow.raw.execute(
        "INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, ?)", (key, str(counter))
    )
    return counter


def _issuer_key(uow: UnitOfWork) -> bytes:
    """Return the key of the codes, made at random the first time; it never leaves the store."""
    known = issuer_key(uow)
    if known is not None:
        return known
    key = secrets.token_bytes(_KEY_BYTES)
    put_secret(uow, ISSUER_KEY, key.hex())
    uow.session.flush()
    return key
