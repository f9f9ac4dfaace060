"""What a cell means: each function returns a value or, as `Refusal`, the reason why not.

Nothing is guessed: what could mean two things is refused. Empty cells are the caller's concern; a
blank text is refused like any other that has no meaning.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TypeVar

from mentor_desktop.i18n import _
from mentor_desktop.services.tables_in import value_words
from mentor_desktop.services.tables_in.places import country_code, language_code
from mentor_desktop.services.tables_in.words import codes_by_key, key_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text cannot be taken: one sentence for the person who has to correct it."""

    sentence: str


Parser = Callable[[str], T | Refusal]

_EMAIL = re.compile(r"[^@\s<>()\",;]+@[^@\s<>()\",;]+\.[^@\s<>()\",;.]{2,}")
# Many at once, a zero after each and some empty; each is one that _EMAIL takes too.
PLAIN_EMAILS = re.compile(r"(?:(?:[\w.+-]++@[\w-]++(?:\.[\w-]{2,}+)++)?\0)*+", re.ASCII)
_EMAIL_WITH_NAME = re.compile(r"[^<>]*<\s*([^<>\s]+)\s*>")
_YEAR_FIRST = re.compile(
    r"(\d{4})\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{1,2})\.?(?:[T ]0?0:00(?::00(?:\.0+)?)?Z?)?"
)
_DAY_FIRST = re.compile(r"(\d{1,2})\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{4})\.?(?:\s*(?:г|g|m|r)\.?)?")
_SHORT_YEAR = re.compile(r"\d{1,2}\s*[-./]\s*\d{1,2}\s*[-./]\s*\d{2}\.?")
_TIME = re.compile(
    r"(?:\d{4}-\d{2}-\d{2}[T ])?(?:(?:klo|kl|ob|plkst|ora|val|в)\.?\s*)?"
    r"(\d{1,2})\s*[:.h]\s*(\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*(am|pm|a\.m\.|p\.m\.|h|ч\.?|val\.?)?",
    re.IGNORECASE,
)
_SPAN = re.compile(r"\s*(?:-|–|—|\bto\b)\s*")
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_MONTHS, _NOON = 12, 12
_QUOTED = 60  # characters of a cell that a sentence quotes
_HOURS = re.compile(r"(\d+)\s*:\s*([0-5]\d)")
_MAX_HOURS = 100_000
_MINUTES_PER_HOUR, _EQF_LEVELS = 60, 8

# Letters for a gender that in one language stand for the other one elsewhere.
_LITHUANIAN_MAN, _AMBIGUOUS_M = "v", "m"
_OTHER_LETTERS_FOR_WOMEN = frozenset({"f", "z", "zh", "s", "k", "n", "w"})


def shortened(text: str) -> str:
    """Return a text as a sentence can quote it."""
    bare = text.strip()
    return bare if len(bare) <= _QUOTED else f"{bare[:_QUOTED]}…"


def _refused(sentence: str, text: str) -> Refusal:
    return Refusal(sentence.format(text=shortened(text)))


# ------------------------------------------------------------------ words


@cache
def _codes(name: str) -> Mapping[str, str]:
    return codes_by_key(vars(value_words)[name])


def _code(name: str, text: str) -> str | None:
    return _codes(name).get(key_of(text))


def parse_gender(text: str, letters: frozenset[str] = frozenset()) -> str | Refusal:
    """Return the gender's code.

    `letters` are the one-letter entries of the whole column, folded: "M" beside "V" is Lithuanian
    for a woman, beside "F" it is a man, and alone it could be either.
    """
    key = key_of(text)
    if key == _AMBIGUOUS_M:
        if _LITHUANIAN_MAN in letters:
            return "female"
        if letters.isdisjoint(_OTHER_LETTERS_FOR_WOMEN):
            return _refused(
                _("“{text}” can mean a man or, in Lithuanian, a woman: write the whole word."), text
            )
        return "male"
    return _codes("GENDERS").get(key) or _refused(
        _(
            "“{text}” is no gender that is known here: write female, male, non_binary or undisclosed."
        ),
        text,
    )


def parse_yes_no(text: str) -> bool | Refusal:
    """Return whether the text says yes."""
    if text.strip() in {"-", "–", "—"}:
        return False
    code = _code("YES_NO", text)
    if code is None:
        return _refused(_("“{text}” is neither yes nor no."), text)
    return code == "yes"


def parse_photo_choice(text: str) -> str | Refusal:
    """Return yes_all, group_only, no or not_asked."""
    return _code("PHOTO_CHOICES", text) or _refused(
        _("“{text}” is no photo choice: write yes, group_only, no or not_asked."), text
    )


def parse_sector(text: str) -> str | Refusal:
    """Return education, business, ngo, public or other."""
    return _code("SECTORS", text) or _refused(
        _("“{text}” is no sector: write education, business, ngo, public or other."), text
    )


def parse_registration(text: str) -> str | Refusal:
    """Return the state of a registration, or walk_in, which is a source and not a state."""
    return _code("REGISTRATIONS", text) or _refused(
        _(
            "“{text}” is no state of a registration: write confirmed, walk_in, cancelled or another."
        ),
        text,
    )


def parse_attendance(text: str) -> str | Refusal:
    """Return the status of a mark; the letters P L V T R E A N are known in every language."""
    return _code("ATTENDANCE", text) or _refused(
        _("“{text}” is no mark of attendance: write present, late, left_early, absent or another."),
        text,
    )


def parse_relation(text: str) -> str | Refusal:
    """Return own, partner or external."""
    return _code("RELATIONS", text) or _refused(
        _("“{text}” says nothing about the project: write own, partner or external."), text
    )


def parse_item_type(text: str) -> str | Refusal:
    """Return the type of an agenda item."""
    return _code("ITEM_TYPES", text) or _refused(
        _("“{text}” is no type of agenda item: write learning, break, meal or another."), text
    )


def parse_funder(text: str) -> str | Refusal:
    """Return erasmus_plus, nordplus, national or other."""
    return _code("FUNDERS", text) or _refused(
        _(
            "“{text}” is no programme that is known here: write Erasmus+, Nordplus, national or other."
        ),
        text,
    )


def parse_funding_model(text: str) -> str | Refusal:
    """Return unit_cost, lump_sum, real_cost or none."""
    return _code("FUNDING_MODELS", text) or _refused(
        _("“{text}” is no way of funding: write unit_cost, lump_sum, real_cost or none."), text
    )


def parse_row_type(text: str) -> str | Refusal:
    """Return programme, module, unit or outcome."""
    return _code("ROW_TYPES", text) or _refused(
        _("“{text}” is no part of a programme: write programme, module, unit or outcome."), text
    )


def parse_outcome_type(text: str) -> str | Refusal:
    """Return knowledge, skill or responsibility_autonomy."""
    return _code("OUTCOME_TYPES", text) or _refused(
        _("“{text}” is no type of outcome: write knowledge, skill or responsibility_autonomy."),
        text,
    )


def parse_delivery_mode(text: str) -> str | Refusal:
    """Return the code of a way of delivery."""
    return _code("DELIVERY_MODES", text) or _refused(
        _("“{text}” is no way of delivery: write face_to_face, online_live, blended or another."),
        text,
    )


def parse_country(text: str) -> str | Refusal:
    """Return the ISO code of a country given by code or name."""
    return country_code(text) or _refused(
        _("“{text}” is no country that is known here: write its name or two-letter code."), text
    )


def parse_language(text: str) -> str | Refusal:
    """Return the code of a language given by code or name."""
    return language_code(text) or _refused(
        _("“{text}” is no language that is known here: write its name or two-letter code."), text
    )


def parse_email(text: str) -> str | Refusal:
    """Return an address that has the shape of one; "Ana <ana@example.org>" gives the address."""
    address = text.strip()
    if named := _EMAIL_WITH_NAME.fullmatch(address):
        address = named.group(1)
    if _EMAIL.fullmatch(address):
        return address
    return _refused(_("“{text}” is no e-mail address."), text)


# ----------------------------------------------------- dates, times, numbers


def parse_date(text: str) -> date | Refusal:
    """Return a date written 2026-03-10, 10.3.2026 or 10/3/2026 (the day comes first)."""
    stripped = text.strip()
    if found := _YEAR_FIRST.fullmatch(stripped):
        year, month, day = map(int, found.groups())
    elif found := _DAY_FIRST.fullmatch(stripped):
        day, month, year = map(int, found.groups())
        if month > _MONTHS >= day:
            return _refused(
                _("“{text}” has the month first: write the day, then the month, then the year."),
                text,
            )
    elif _SHORT_YEAR.fullmatch(stripped):
        return _refused(_("“{text}” has a short year: write it with four digits."), text)
    else:
        return _refused(_("“{text}” is no date: write it like 2026-03-10 or 10.3.2026."), text)
    try:
        return date(year, month, day)
    except ValueError:
        return _refused(_("“{text}” is a date that does not exist."), text)


def parse_time(text: str) -> time | Refusal:
    """Return a time of day written 10:30 or 10.30, to the minute."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return _refused(_("“{text}” is no time of day: write it like 10:30."), text)
    hour, minute, half = int(found.group(1)), int(found.group(2)), (found.group(4) or "").lower()
    if half.startswith(("a", "p")):
        if not 1 <= hour <= _NOON:
            return _refused(_("“{text}” is no time of day: write it like 10:30."), text)
        hour = hour % _NOON + (_NOON if half.startswith("p") else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return _refused(_("“{text}” is a time that does not exist."), text)


def parse_span(text: str) -> tuple[time, time] | Refusal:
    """Return a span of time within a day, written 10:30-11:00."""
    ends = [parse_time(part) for part in _SPAN.split(text.strip())]
    if len(ends) == 2:  # noqa: PLR2004  from and to
        first, last = ends
        if isinstance(first, time) and isinstance(last, time) and first < last:
            return first, last
    return _refused(_("“{text}” is no span of time: write it like 10:30-11:00."), text)


def parse_birth_year(text: str) -> int | Refusal:
    """Return a year of birth; of a whole date only the year is taken."""
    stripped = text.strip()
    if stripped.isdecimal():
        year = int(stripped[:9])
    else:
        whole = parse_date(stripped)
        if isinstance(whole, Refusal):
            return _refused(_("“{text}” is no year of birth: write it with four digits."), text)
        year = whole.year
    if _FIRST_YEAR <= year < _LAST_YEAR:
        return year
    return _refused(_("“{text}” is no year of birth: write it with four digits."), text)


def parse_whole_number(text: str) -> int | Refusal:
    """Return a number that counts something: 0 or more."""
    stripped = text.strip()
    if stripped.isdecimal() and len(stripped) <= len(str(_MAX_HOURS)):
        return int(stripped)
    return _refused(_("“{text}” is no whole number."), text)


def parse_eqf_level(text: str) -> int | Refusal:
    """Return a level of the European Qualifications Framework, 1 to 8."""
    level = parse_whole_number(text)
    if isinstance(level, int) and 1 <= level <= _EQF_LEVELS:
        return level
    return _refused(_("“{text}” is no EQF level: write a number from 1 to 8."), text)


def parse_hours(text: str) -> Decimal | Refusal:
    """Return hours written 1.5, 1,5 or 1:30."""
    stripped = text.strip().removesuffix("h").strip()
    if clock := _HOURS.fullmatch(stripped):
        return Decimal(int(clock.group(1))) + Decimal(int(clock.group(2))) / _MINUTES_PER_HOUR
    try:
        hours = Decimal(stripped.replace(",", "."))
    except InvalidOperation:
        return _refused(_("“{text}” is no number of hours."), text)
    if hours.is_finite() and 0 <= hours <= _MAX_HOURS:
        return hours
    return _refused(_("“{text}” is no number of hours."), text)
