"""The register of certificates: what was issued, what became of it. Authoritative for questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mentor_desktop.errors import NotFoundError
from mentor_desktop.i18n import _
from mentor_desktop.services.attendance_reading import moment
from mentor_desktop.services.certificate_numbers import full_number, parse_number
from mentor_desktop.store.unit_of_work import Reader

_SELECT = """
SELECT c.id, c.serial, c.holder_name, c.person_id, c.registration_id, c.workshop_id, c.type,
       c.title, c.status, c.issued_on, c.hours_contact, c.language, c.replaces, c.replaced_by,
       c.revocation_reason, c.print_count, c.printed_at, r.list_number
FROM certificate c LEFT JOIN registration r ON r.id = c.registration_id
"""
_IN_LIST_ORDER = " ORDER BY r.list_number IS NULL, r.list_number, c.issued_at, c.serial"


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One line of the register; numbers are complete, with check digits ("MD26-A-00042-67").

    `status`: issued, superseded, revoked or expired. `replaces` and `replaced_by` are numbers, ""
    when none. `hours_contact` is the text on the paper, with a decimal point.
    """

    id: str
    number: str
    serial: str
    holder_name: str
    person_id: str
    registration_id: str
    workshop_id: str
    type: str
    title: str
    status: str
    issued_on: date
    hours_contact: str
    language: str
    replaces: str
    replaced_by: str
    revocation_reason: str
    print_count: int
    printed_at: datetime | None
    list_number: int | None

    @property
    def is_valid(self) -> bool:
        """Whether the certificate stands."""
        return self.status == "issued"


def certificate_rows(uow: Reader, workshop_id: str | None = None) -> list[CertificateRow]:
    """Return the register in list order, of one workshop or of all (newest workshop last)."""
    if workshop_id is None:
        rows = uow.raw.execute(_SELECT + " ORDER BY c.issued_at, r.list_number, c.serial")
    else:
        rows = uow.raw.execute(_SELECT + "WHERE c.workshop_id = ?" + _IN_LIST_ORDER, (workshop_id,))
    return [_row(row) for row in rows]


def certificates_of_person(uow: Reader, person_ids: Sequence[str]) -> list[CertificateRow]:
    """Return what was issued to a person, under any of their merged ids, oldest first."""
    marks = ", ".join("?" * len(person_ids))
    rows = uow.raw.execute(
        _SELECT + f"WHERE c.person_id IN ({marks}) ORDER BY c.issued_at, c.serial",
        tuple(person_ids),
    )
    return [_row(row) for row in rows]


def find_certificate(uow: Reader, number: str) -> CertificateRow:
    """Return the certificate with a number as somebody types it, or with a bare serial.

    Raises:
        ValidationError: not a number, or its check digits do not fit.
        NotFoundError: no such certificate in this register.
    """
    row = certificate_by_serial(uow, number.strip()) or certificate_by_serial(
        uow, parse_number(number)
    )
    if row is None:
        raise NotFoundError(
            _("Certificate {number} is not in this register.").format(number=number.strip())
        )
    return row


def certificate_by_serial(uow: Reader, serial: str) -> CertificateRow | None:
    """Return the certificate with a serial without check digits; None when there is none."""
    row = uow.raw.execute(_SELECT + "WHERE c.serial = ?", (serial,)).fetchone()
    return None if row is None else _row(row)


def _row(row: Any) -> CertificateRow:  # Any: SQL values
    return CertificateRow(
        id=row[0],
        number=full_number(row[1]),
        serial=row[1],
        holder_name=row[2],
        person_id=row[3],
        registration_id=row[4],
        workshop_id=row[5],
        type=row[6],
        title=row[7],
        status=row[8],
        issued_on=date.fromisoformat(row[9]),
        hours_contact=row[10],
        language=row[11],
        replaces=_number(row[12]),
        replaced_by=_number(row[13]),
        revocation_reason=row[14],
        print_count=row[15],
        printed_at=moment(row[16]),
        list_number=row[17],
    )


def _number(serial: str | None) -> str:
    return full_number(serial) if serial else ""
