"""Six random words that seal a bundle: shown on one screen, read aloud, typed on the other.

The words are made, not taken from a list: consonant, vowel, consonant, vowel, consonant, and the
last letter is a check over the four others, so that no wrong letter gives another word and the
first four letters say which it is. 2,048 of them are used: six are 66 bits, and Argon2id makes each
guess cost what it costs.
"""

import re
import secrets
from functools import cache
from hashlib import sha256
from itertools import product
from typing import Final

from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _, ngettext

COUNT: Final = 6
SIZE: Final = 2_048
# Letters that nine languages say alike: no c, h, j, q, w, x, y.
_CONSONANTS = "bdfgklmnprstvz"
_VOWELS = "aeiou"
# Fragments that are rude or a slur in one of the nine languages or their neighbours.
_UNWANTED = re.compile(
    "bib|bit|bob|deb|dik|dup|fag|fak|fit|fuk|fut|kak|kok|kuk|kul|kun|kur|kut|mud|naz|neg|nig|pas|"
    "ped|pez|pid|pik|pis|piz|pud|pul|put|rap|sek|sik|tit|tut|vag|vit|zid"
)
_BETWEEN = re.compile(r"[\s,.;\-–]+")
_MOST_CHARACTERS = 200


@cache
def all_words() -> tuple[str, ...]:
    """Return the words in alphabetical order; the same for ever."""
    patterns = product(
        range(len(_CONSONANTS)), range(len(_VOWELS)), range(len(_CONSONANTS)), range(len(_VOWELS))
    )
    made = (_word(*pattern) for pattern in patterns)
    decent = [word for word in made if not _UNWANTED.search(word)]
    by_lot = sorted(decent, key=lambda word: sha256(word.encode()).digest())
    return tuple(sorted(by_lot[:SIZE]))


def new_words() -> str:
    """Return six words drawn at random, with a space between."""
    return " ".join(secrets.choice(all_words()) for _number in range(COUNT))


def plain_words(typed: str) -> str:
    """Return the words as they were shown, however they were typed.

    Raises:
        ValidationError: there are not six, or one of them has a mistyped letter.
    """
    words = [word for word in _BETWEEN.split(typed[:_MOST_CHARACTERS].casefold()) if word]
    if len(words) != COUNT:
        raise ValidationError(
            ngettext(
                "The file opens with six words, and {count} was typed. Type all six in their order.",
                "The file opens with six words, and {count} were typed. "
                "Type all six in their order.",
                len(words),
            ).format(count=len(words))
        )
    known = frozenset(all_words())
    for number, word in enumerate(words, start=1):
        if word not in known:
            raise ValidationError(
                _(
                    "Word {number} of the six has a wrong letter. "
                    "Compare it with the screen that shows the words."
                ).format(number=number)
            )
    return " ".join(words)


def _word(first: int, second: int, third: int, fourth: int) -> str:
    check = -(first + second + third + fourth) % len(_CONSONANTS)
    syllables = _CONSONANTS[first] + _VOWELS[second] + _CONSONANTS[third] + _VOWELS[fourth]
    return syllables + _CONSONANTS[check]
