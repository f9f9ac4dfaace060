"""Names of people: kept exactly as written (NFC), joined for showing, warned about, never corrected.

Source: names and sorting. Folding for search is in `store.folding`.
"""

import unicodedata

from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.store.folding import fold, mixed_scripts

_LONGEST = 200


def kept_name(text: str) -> str:
    """Return the name as it is stored: composed (NFC), otherwise untouched.

    Raises:
        ValidationError: a line break or other control character, or more than 200 characters.
    """
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise ValidationError(
            _("The name “{name}” holds a line break or a tab. Type it in one line.").format(
                name=" ".join(text.split())
            )
        )
    if len(text) > _LONGEST:
        raise ValidationError(
            _("A name of {count} characters is too long. Shorten it to {limit}.").format(
                count=len(text), limit=_LONGEST
            )
        )
    return unicodedata.normalize("NFC", text)


def kept_given_name(text: str) -> str:
    """Return the given name as it is stored; everybody has one, also who has no family name.

    Raises:
        ValidationError: it is blank, or `kept_name` refuses it.
    """
    if not text.strip():
        raise ValidationError(
            _("The given name is empty. Type it; who has one name only has it as given name.")
        )
    return kept_name(text)


def full_name(given_name: str, family_name: str) -> str:
    """Return given and family name with a blank between; one alone when the other is empty."""
    return " ".join(part for part in (given_name, family_name) if part)


def certificate_name(given_name: str, family_name: str, name_on_certificate: str) -> str:
    """Return the name certificates show: the holder's own wish, else given and family name."""
    return name_on_certificate or full_name(given_name, family_name)


def name_key(*parts: str) -> str:
    """Return the words of a name folded and in alphabetical order, for comparing two people."""
    return " ".join(sorted(fold(" ".join(parts)).split()))


def name_warnings(*names: str) -> tuple[str, ...]:
    """Return a sentence for each suspicious name; empty when none. Nothing is ever refused for it."""
    return tuple(sentence for name in names for sentence in _warnings_of(name))


def _warnings_of(name: str) -> list[str]:
    found = []
    if mixed_scripts(name):
        found.append(
            _("“{name}” mixes Latin and Cyrillic letters in one word: check the keyboard.").format(
                name=name
            )
        )
    if name != " ".join(name.split()):
        found.append(
            _("“{name}” has a blank too many at its start, its end or inside.").format(name=name)
        )
    return found
