"""What the code of a certificate is computed from, as one line of small print and back.

The line stands on every certificate, so that anybody with the issuer's key can recompute the
code from the paper. Source: certificate rules, canonical text and serial.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CERTIFICATE_KINDS = (
    "attendance",
    "participation_online",
    "achievement",
    "micro_credential",
    "mentor_qualification",
    "trainer_contribution",
    "mentoring_completion",
    "learning_statement",
)

# The holder's name is printed in at least this size, and nothing else is.
# Source: certificate rules, layout.
NAME_SMALLEST_PT = 24

SEPARATOR = " · "
_ONE_DECIMAL = Decimal("0.1")
_DAY = r"\d{4}-\d\d-\d\d"
SERIAL_PATTERN = r"MD\d\d-[A-Z]{1,4}-\d{5}"
CODE_PATTERN = r"[0-9a-f]{8}"

_LINE = re.compile(
    rf"(?P<serial>{SERIAL_PATTERN})-(?P<check>\d\d) · (?P<holder>.+?) · "
    rf"(?P<kind>{'|'.join(CERTIFICATE_KINDS)}) · (?P<title>.+?) · "
    rf"(?P<starts>{_DAY}) · (?P<ends>{_DAY}) · (?P<hours>\d+\.\d) · (?P<issued>{_DAY}) · "
    rf"(?P<code>{CODE_PATTERN})(?![0-9a-z])"
)
_QR = re.compile(rf"({SERIAL_PATTERN})-(\d\d)/([0-9A-Fa-f]{{8}})(?![0-9A-Za-z])")


@dataclass(frozen=True)
class CertificateRecord:
    """The fields the code covers; `serial` is without its check digits."""

    serial: str
    holder_name: str
    kind: str
    title: str
    starts_on: date
    ends_on: date
    hours_contact: Decimal
    issued_on: date

    def canonical_text(self) -> str:
        """Return the eight lines whose HMAC gives the code, NFC, without a final line end."""
        return "\n".join(self._fields())

    def _fields(self) -> tuple[str, ...]:
        fields = (
            self.serial,
            self.holder_name,
            self.kind,
            self.title,
            self.starts_on.isoformat(),
            self.ends_on.isoformat(),
            str(self.hours_contact.quantize(_ONE_DECIMAL, ROUND_HALF_UP)),
            self.issued_on.isoformat(),
        )
        return tuple(_single_spaced(field) for field in fields)

    def line(self, check: str, code: str) -> str:
        """Return the small print: the canonical fields with check digits and code."""
        serial, *others = self._fields()
        return SEPARATOR.join((f"{serial}-{check}", *others, code))


@dataclass(frozen=True)
class PrintedRecord:
    """A record as found on paper, with the check digits and the code printed beside it."""

    record: CertificateRecord
    check: str
    code: str


def find_records(text: str) -> list[PrintedRecord]:
    """Return every record line in a text; lines may have been wrapped anywhere at a space."""
    flowing = _single_spaced(text)
    return [found for match in _LINE.finditer(flowing) if (found := _from_match(match))]


def _from_match(match: re.Match[str]) -> PrintedRecord | None:
    try:
        record = CertificateRecord(
            serial=match["serial"],
            holder_name=match["holder"],
            kind=match["kind"],
            title=match["title"],
            starts_on=date.fromisoformat(match["starts"]),
            ends_on=date.fromisoformat(match["ends"]),
            hours_contact=Decimal(match["hours"]),
            issued_on=date.fromisoformat(match["issued"]),
        )
    except (ValueError, InvalidOperation):
        return None
    return PrintedRecord(record, match["check"], match["code"])


def same_text(one: str, other: str) -> bool:
    """Say whether two texts have the same letters, however they are spaced or composed."""
    return _single_spaced(one).replace(" ", "") == _single_spaced(other).replace(" ", "")


def qr_text(serial: str, check: str, code: str, verify_url: str = "") -> str:
    """Return what the QR code says: number and code, behind the issuer's address if there is one.

    Upper case, so that the code without an address needs the smallest symbol.
    """
    return f"{verify_url}{serial}-{check}/{code.upper()}"


def find_number_and_code(text: str) -> tuple[str, str, str] | None:
    """Return serial, check digits and code from the text of a QR code; None if it holds none."""
    match = _QR.search(text)
    return (match[1], match[2], match[3].lower()) if match else None


def _single_spaced(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
