"""What one field may hold: each rule returns the value as it is stored, or says what is wrong.

A rule never guesses: it refuses with one sentence that names the value and the way out.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import Language, _
from mentor_desktop.models.base import FIRST_YEAR, LARGEST_NUMBER, LAST_YEAR
from mentor_desktop.services.choices import Choices

# Any: each rule takes what a form or a file gives for its own field and returns what is stored.
Rule = Callable[[Any], Any]

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_OID = re.compile(r"E\d{8}")
_PIC = re.compile(r"\d{9}")
_LANGUAGE = re.compile(r"[a-z]{2,3}([_-][A-Za-z]{2,4})?")
_COUNTRY_LENGTH = 2
# Codes that have a name in the language data but are no countries.
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_FIRST_BIRTH_YEAR = 1900
_LAST_BIRTH_YEAR = 2100
_WHOLE_PERCENT = 100
_LONGEST_LINE = 500


def line(value: str) -> str:
    """Return a text of one line, composed and without outer blanks."""
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) > _LONGEST_LINE:
        raise ValidationError(
            _("A text of {count} characters is too long here. Shorten it to {limit}.").format(
                count=len(text), limit=_LONGEST_LINE
            )
        )
    return " ".join(text.split())


def note(value: str) -> str:
    """Return a text of any length, composed, its lines kept."""
    return unicodedata.normalize("NFC", value).strip()


def required(rule: Rule, sentence: Callable[[], str]) -> Rule:
    """Return the rule that also refuses an empty value, with the sentence."""

    def check(value: object) -> object:
        stored = rule(value)
        if not stored:
            raise ValidationError(sentence())
        return stored

    return check


def one_of(choices: Choices, *, may_be_empty: bool = False) -> Rule:
    """Return the rule of a field with a closed list of codes."""

    def check(value: str) -> str:
        if value in choices or (may_be_empty and not value):
            return value
        raise ValidationError(
            _("“{value}” is not one of the choices here: {choices}.").format(
                value=value, choices=", ".join(choices)
            )
        )

    return check


def some_of(choices: Choices) -> Rule:
    """Return the rule of a field with several codes of a closed list; each is kept once."""
    check = one_of(choices)

    def check_all(values: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(check(value) for value in values))

    return check_all


def codes(values: Iterable[str]) -> list[str]:
    """Return free codes, each once, in the order given."""
    return list(dict.fromkeys(line(value) for value in values if value.strip()))


def email(value: str) -> str:
    """Return the address without blanks around it, or an empty text.

    Raises:
        ValidationError: it does not have the shape name@place.
    """
    address = unicodedata.normalize("NFC", value).strip()
    if address and not _EMAIL.fullmatch(address):
        raise ValidationError(
            _(
                "“{value}” is not an e-mail address. Type it like name@example.org or leave it empty."
            ).format(value=value)
        )
    return address


def oid(value: str) -> str:
    """Return the organisation id of National Agencies: E and eight digits, or empty."""
    text = value.strip().upper()
    if text and not _OID.fullmatch(text):
        raise ValidationError(
            _("“{value}” is not an OID. An OID is the letter E and eight digits.").format(
                value=value
            )
        )
    return text


def pic(value: str) -> str:
    """Return the participant identification code of Brussels: nine digits, or empty."""
    text = value.strip()
    if text and not _PIC.fullmatch(text):
        raise ValidationError(
            _("“{value}” is not a PIC. A PIC has nine digits.").format(value=value)
        )
    return text


def country(value: str) -> str:
    """Return the ISO 3166 code of a country in capitals, or empty.

    Raises:
        ValidationError: no country has this code.
    """
    code = value.strip().upper()
    if code and (
        len(code) != _COUNTRY_LENGTH
        or code in _NO_COUNTRIES
        or not (code.isascii() and code.isalpha())
        or Language("en").country(code) == code
    ):
        raise ValidationError(
            _("“{value}” is not a country code. Use two letters such as LT or RO.").format(
                value=value
            )
        )
    return code


def language(value: str) -> str:
    """Return a language code such as "lt", or empty."""
    code = value.strip()
    if code and not _LANGUAGE.fullmatch(code):
        raise ValidationError(
            _("“{value}” is not a language code. Use two letters such as lt or ro.").format(
                value=value
            )
        )
    return code


def languages(values: Iterable[str]) -> list[str]:
    """Return language codes, each once, in the order given."""
    return list(dict.fromkeys(code for code in map(language, values) if code))


def birth_year(value: int | str | None) -> int | None:
    """Return the year of birth; None when not told. `people` checks that it is in the past.

    Raises:
        ValidationError: no year between 1900 and 2100.
    """
    if value is None or value == "":
        return None
    year = whole_number(value)
    if not _FIRST_BIRTH_YEAR <= year <= _LAST_BIRTH_YEAR:
        raise ValidationError(
            _("{year} is not a year of birth. Type four digits or leave it empty.").format(
                year=value
            )
        )
    return year


def whole_number(value: int | str) -> int:
    """Return a whole number that is not negative, and not larger than a column can hold."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = -1
    if number > LARGEST_NUMBER:
        raise ValidationError(_("{value} is too large a number here.").format(value=value))
    if number < 0:
        raise ValidationError(_("“{value}” is not a whole number.").format(value=value))
    return number


def optional_number(value: int | str | None) -> int | None:
    """Return a whole number, or None for nothing."""
    return None if value in (None, "") else whole_number(value)


def percent(value: int | str) -> int:
    """Return a whole percentage from 0 to 100."""
    number = whole_number(value)
    if number > _WHOLE_PERCENT:
        raise ValidationError(_("{value} % is more than the whole.").format(value=value))
    return number


def time_zone(value: str) -> str:
    """Return the name of a time zone such as Europe/Vilnius.

    Raises:
        ValidationError: this computer knows no such zone.
    """
    try:
        ZoneInfo(value)
    except (KeyError, OSError, ValueError) as exc:  # ZoneInfoNotFoundError is a KeyError
        raise ValidationError(_unknown_zone(value)) from exc
    return value


def texts(value: Mapping[str, str]) -> dict[str, str]:
    """Return texts by language, composed; languages with an empty text are left out."""
    kept = {language(code): note(text) for code, text in value.items()}
    return {code: text for code, text in kept.items() if code and text}


def a_date(value: date | None) -> date | None:
    """Return the date; a time of day is a mistake of the caller.

    Raises:
        ValidationError: nothing is stored of so long ago, or so far ahead.
    """
    if isinstance(value, datetime):
        raise TypeError("a date, not a time")
    if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(
            _("{date} is too far from today. Type a year of four digits.").format(
                date=value.isoformat()
            )
        )
    return value


def same(value: Any) -> Any:  # Any: whatever the column holds
    """Return the value as it is."""
    return value


def require_order(starts_on: date | None, ends_on: date | None) -> None:
    """Check that a period does not end before it starts.

    Raises:
        ValidationError: it does.
    """
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise ValidationError(
            _("The end ({ends_on}) lies before the start ({starts_on}).").format(
                ends_on=ends_on.isoformat(), starts_on=starts_on.isoformat()
            )
        )


def _unknown_zone(value: str) -> str:
    return _("“{value}” is not a time zone. Choose one such as Europe/Vilnius.").format(value=value)
