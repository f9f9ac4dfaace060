"""Numbers as letters that survive being read aloud and typed from paper."""

import re

BITS = 5
# Crockford's alphabet: no I, L, O, U, so that a code read aloud or from paper survives.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s\-–]")
_GROUP = 4


def to_letters(number: int, count: int) -> str:
    """Return the lowest `count` × 5 bits of a number, highest first."""
    return "".join(_ALPHABET[(number >> (BITS * i)) & 31] for i in reversed(range(count)))


def grouped(letters: str) -> str:
    """Return letters in groups of four."""
    return "-".join(letters[i : i + _GROUP] for i in range(0, len(letters), _GROUP))


def plain(typed: str) -> str:
    """Return letters as they were printed: without groups, in capitals, lookalikes corrected."""
    return _BETWEEN.sub("", typed.upper()).translate(_LOOKALIKES)


def from_letters(letters: str, count: int) -> int | None:
    """Return the number; None when it is not exactly `count` letters of the alphabet."""
    if len(letters) != count or any(letter not in _ALPHABET for letter in letters):
        return None
    number = 0
    for letter in letters:
        number = (number << BITS) | _ALPHABET.index(letter)
    return number
