"""Words, dates and numbers in the reader's language (gettext and Babel).

The language of the window or the command is set once by the entry point with
`set_language`; it is process-wide like the locale, which is why `_` is a plain
function. A document takes a `Language` of its own instead.
"""

from __future__ import annotations

import gettext as gettext_module
import os
import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Literal

from mentor_desktop.config import translations_path

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo
    from decimal import Decimal

    from babel import Locale

DOMAIN = "messages"
SOURCE_LANGUAGE = "en"
_ENGLISH = "en_GB"  # whose names and patterns the source language has
PSEUDO_LANGUAGE = "en_XA"
DOCUMENT_LANGUAGES = ("en", "ro", "cs", "bg", "sl", "lt", "lv", "sv", "fi")

DateStyle = Literal["short", "medium", "long", "full", "weekday"]

# Day and month without the year, the way each language writes it with a weekday.
_WEEKDAY_SKELETON = "MMMMEEEEd"
_WEEKDAY_FIELD, _MONTH_FIELD = re.compile(r"([Ec])[Ec]*"), re.compile(r"[ML]+")
# The day in a CLDR date pattern, outside quotes ("y 'm'. MMMM d 'd'.").
_DAY_IN_PATTERN = re.compile(r"(?P<before>^(?:[^'d]|'[^']*')*)(?P<day>d+)(?P<dot>\.?)")


def N_(message: str) -> str:
    """Mark a constant for translation; translate it with `_` when it is shown."""
    return message


@cache
def _catalogue(code: str) -> gettext_module.NullTranslations:
    if code == SOURCE_LANGUAGE:  # the texts themselves; looking for a catalogue costs 1 ms
        return gettext_module.NullTranslations()
    return gettext_module.translation(DOMAIN, translations_path(), [code], fallback=True)


@cache
def _locale(babel_code: str) -> Locale:
    """Return Babel's names and patterns of a language; finding them takes it 0.2 ms each time.

    Those of English where there is no such language: others may have written any code.
    """
    from babel import Locale, UnknownLocaleError  # not before the first paint: 20 ms

    try:
        return Locale.parse(babel_code)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_ENGLISH)


def system_language() -> str:
    """Return the language of this computer if the window speaks it, else English."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        code = os.environ.get(variable, "")[:2].lower()
        if code in available_languages():
            return code
    return SOURCE_LANGUAGE


def available_languages() -> tuple[str, ...]:
    """Return the languages the window can be shown in: English and each compiled catalogue."""
    found = sorted(
        path.parent.parent.name for path in translations_path().glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    )
    return (SOURCE_LANGUAGE, *(code for code in found if code != SOURCE_LANGUAGE))


class Language:
    """One language's words, dates and numbers; `code` is a gettext code such as "lt"."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._words = _catalogue(code)
        self._babel_code = _ENGLISH if code in (SOURCE_LANGUAGE, PSEUDO_LANGUAGE) else code

    @property
    def _names(self) -> Locale:
        return _locale(self._babel_code)

    def gettext(self, message: str) -> str:
        """Return the message in this language, in English where there is no translation."""
        return self._words.gettext(message) if message else ""

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the plural form that fits `n` in this language."""
        return self._words.ngettext(singular, plural, n)

    def date_range(self, first: date, last: date) -> str:
        """Return "10–12 March 2026"; both dates in full when the month differs; one if equal."""
        from babel.dates import format_date, get_date_format  # not before the first paint: 25 ms

        if first == last:
            return self.date(first)
        if (first.year, first.month) != (last.year, last.month):
            return f"{self.date(first)} – {self.date(last)}"
        pattern = str(get_date_format("long", self._names).pattern)
        with_both = _DAY_IN_PATTERN.sub(
            rf"\g<before>'{first.day}'\g<dot>–\g<day>\g<dot>", pattern, count=1
        )
        return str(format_date(last, with_both, locale=self._names))

    def date(self, value: date, style: DateStyle = "long") -> str:
        """Return a date: "10 March 2026" (long); "weekday" gives "Tuesday 10 March"."""
        from babel.dates import format_date  # not before the first paint: 25 ms

        pattern = self._weekday_pattern() if style == "weekday" else style
        return format_date(value, pattern, locale=self._names)

    def _weekday_pattern(self) -> str:
        """Return day and month with the weekday in this language's order, both in full."""
        from babel.dates import match_skeleton  # see `date`

        skeletons = self._names.datetime_skeletons
        nearest = match_skeleton(_WEEKDAY_SKELETON, skeletons)
        assert nearest is not None, "CLDR has a date with a weekday in every language"
        whole = _MONTH_FIELD.sub("MMMM", str(skeletons[nearest].pattern))
        return _WEEKDAY_FIELD.sub(lambda found: found[1] * 4, whole)

    def time(self, value: datetime, zone: tzinfo | None = None, *, seconds: bool = False) -> str:
        """Return the time of day, "09:07" or "09:07:31", in `zone` (this computer's if None)."""
        return value.astimezone(zone).strftime("%H:%M:%S" if seconds else "%H:%M")

    def number(self, value: Decimal | float, decimals: int = 0) -> str:
        """Return a number with a fixed count of decimals and this language's separators."""
        from babel.numbers import format_decimal  # not before the first paint: 10 ms

        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(value, pattern, locale=self._names)

    def country(self, code: str) -> str:
        """Return a country's name for its ISO code; the code itself when it is not known."""
        return str(self._names.territories.get(code, code))

    def language_name(self, code: str) -> str:
        """Return a language's name, "Lithuanian" for "lt"; the code itself when not known."""
        return str(self._names.languages.get(code, code))

    def load(self) -> None:
        """Load what dates, numbers and names come from, on any thread: 30 ms and 5 MB, once.

        Else the first picture with a date, a number or a country in it pays for it.
        """
        from datetime import date  # not before the first paint either: 1 ms

        self.date(date.min)
        self.number(0)
        self.country("")

    def own_name(self) -> str:
        """Return the language's name in itself, "lietuvių" for Lithuanian."""
        return Language(self.code).language_name(self.code)


class _Current:
    """The one holder of the process's language."""

    def __init__(self) -> None:
        self.language = Language(SOURCE_LANGUAGE)


_current = _Current()


def set_language(code: str) -> None:
    """Show everything from now on in the given language (English where unknown)."""
    _current.language = Language(code or SOURCE_LANGUAGE)


def current_language() -> Language:
    """Return the language of the window or command."""
    return _current.language


def _(message: str) -> str:
    """Return the message in the current language."""
    return _current.language.gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the plural form for `n` in the current language."""
    return _current.language.ngettext(singular, plural, n)


def text_in(texts: Mapping[str, str], preferred: str) -> str:
    """Return a text kept by language: the preferred one, then English, then any; "" when none."""
    for code in (preferred, SOURCE_LANGUAGE):
        if texts.get(code):
            return texts[code]
    return next((text for text in texts.values() if text), "")
