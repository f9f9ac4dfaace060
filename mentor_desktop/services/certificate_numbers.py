"""Certificate numbers, their check digits, and the code that ties a paper to its register.

A number is `MD26-A-00042-67`: year of issue, tag of the issuing device, that device's counter, two
check digits (ISO 7064 mod 97-10). The first four parts are the serial. What the code covers is
`documents.certificate_record`. Source: certificate rules, serial and verification.
"""

import hashlib
import hmac
import re
import unicodedata

from mentor_desktop.documents.certificate_record import CertificateRecord
from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _

LAST_COUNTER = 99_999
CODE_LENGTH = 8

_MODULUS = 97
_CENTURY = 100
_TAG = re.compile(r"[A-Z]{1,4}")
_NUMBER = re.compile(r"MD(\d\d)([A-Z]{1,4})(\d{5})(\d\d)", re.ASCII)
_SERIAL = re.compile(r"MD\d\d-[A-Z]{1,4}-\d{5}", re.ASCII)
_BETWEEN = re.compile(r"[\s\-‐‑‒–—−./_]+")
_EXAMPLE = "MD26-A-00042-67"

# Cyrillic letters that look like the Latin ones of a number, typed on the keyboard that was on.
_LOOK_ALIKE = str.maketrans("АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS")


def make_serial(year: int, device: str, counter: int) -> str:
    """Return the serial without check digits, `MD26-A-00042`; `year` is the year of issue.

    Raises:
        ValidationError: the device has used up its 99,999 numbers of the year.
        ValueError: the device tag is not one to four letters, or the counter is below 1.
    """
    if not _TAG.fullmatch(device) or counter < 1:
        raise ValueError(f"no serial for device {device!r} and counter {counter}")
    if counter > LAST_COUNTER:
        raise ValidationError(
            _(
                "This device has given all its certificate numbers of {year}. "
                "Issue the others on another device."
            ).format(year=year)
        )
    return f"MD{year % _CENTURY:02d}-{device}-{counter:05d}"


def check_digits(serial: str) -> str:
    """Return the two check digits of a serial, hyphens or not (ISO 7064 mod 97-10)."""
    return f"{_MODULUS + 1 - _remainder(serial + '00'):02d}"


def full_number(serial: str) -> str:
    """Return the serial with its check digits, as it is printed: `MD26-A-00042-67`.

    What is no serial stays what it is: others may have written anything there.
    """
    if not _SERIAL.fullmatch(serial):
        return serial
    return f"{serial}-{check_digits(serial)}"


def parse_number(typed: str) -> str:
    """Return the serial of a typed certificate number.

    Small letters, blanks, missing or other hyphens and Cyrillic look-alikes are read as meant.

    Raises:
        ValidationError: it has not the shape of a number, or its check digits do not fit.
    """
    upper = unicodedata.normalize("NFKC", typed).upper().translate(_LOOK_ALIKE)
    match = _NUMBER.fullmatch(_BETWEEN.sub("", upper))
    if match is None:
        raise ValidationError(
            _("“{typed}” is not a certificate number. It looks like {example}.").format(
                typed=typed.strip(), example=_EXAMPLE
            )
        )
    year, device, counter, check = match.groups()
    serial = f"MD{year}-{device}-{counter}"
    if check != check_digits(serial):
        raise ValidationError(
            _(
                "The number {number} holds a slip: its last two digits do not fit the others. "
                "Compare it with the paper, letter by letter."
            ).format(number=f"{serial}-{check}")
        )
    return serial


def verification_code(key: bytes, record: CertificateRecord) -> str:
    """Return the 8 characters printed on a certificate: they change with anything it says.

    Composed and decomposed spelling of a name give the same code.
    """
    text = record.canonical_text().encode("utf-8")
    return hmac.new(key, text, hashlib.sha256).hexdigest()[:CODE_LENGTH]


def code_fits(key: bytes, record: CertificateRecord, printed: str) -> bool:
    """Return whether the code on a paper is the one of what the paper says."""
    typed = _BETWEEN.sub("", printed).lower().encode("utf-8")
    return hmac.compare_digest(verification_code(key, record).encode("utf-8"), typed)


def _remainder(text: str) -> int:
    """Return the number modulo 97, letters read as A = 10 to Z = 35."""
    return int("".join(str(int(c, 36)) for c in text if c != "-")) % _MODULUS
