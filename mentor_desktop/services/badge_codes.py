"""The code on a badge: which registration it is, readable whatever keyboard is switched on.

A USB scanner types as if it were an American keyboard; the computer turns its key strokes into the
letters of the layout in use. The code therefore uses only keys that carry the same letter in every
Latin layout of our countries (no digits: they are `ą č ę` in Lithuania and `+ ě š` in Czechia; no
q w y z, no m and f either, which move in France and in the Lithuanian standard) and that are
distinct letters in the Cyrillic ones. The start mark tells which layout it was.

There is nothing personal in a code: it is the end of the registration's random id.
Source: layouts of xkeyboard-config 2.35; tests/services/keyboard_layouts.py has the whole tables.
"""

import re
import unicodedata

# One key a hexadecimal digit, 0 to f, as on an American keyboard.
_KEYS = "bcdeghjklnprstuv"
_HEX = "0123456789abcdef"

# What the same keys write in Cyrillic layouts. A second row has keys that differ in a relative of
# the layout (BAS phonetic, BEKL, Ukrainian) and cannot be mistaken for another key of the first.
_CYRILLIC_LAYOUTS = (
    ("бцдегхйклнпрстуж", "бцдегхйклнпрстув"),  # Bulgarian phonetic
    ("фъаежгтнвхзияшкэ", "фъаежгтнвхзияшкѣ"),  # Bulgarian BDS
    ("исвупролдтзкыегм", "исвупролдтзкіегм"),  # Russian, Ukrainian
)

_START = "jvl"  # begins no name, and looks different in each layout
_ID_DIGITS = 10  # 40 bits: two of 10,000 registrations share them once in 22,000 workspaces
_CHECK_DIGITS = 2
_CHECK_MODULUS = 251  # the largest prime that two digits hold: finds every single wrong letter
_BEGUN = re.compile(f"{_START}[{_KEYS}]{{3,}}$")
_CODE_LENGTH = len(_START) + _ID_DIGITS + _CHECK_DIGITS

_TO_AMERICAN = [str.maketrans(_KEYS, _KEYS)] + [
    str.maketrans("".join(rows), _KEYS * len(rows)) for rows in _CYRILLIC_LAYOUTS
]


def short_id(registration_id: str) -> str:
    """Return what a badge says about a registration: the last ten digits of its id."""
    return registration_id[-_ID_DIGITS:]


def encode(registration_id: str) -> str:
    """Return the code to print, 15 capital letters: start mark, short id, check letters.

    Capitals fit the compact mode of a QR code (version 1 at error correction Q).
    """
    digits = short_id(registration_id)
    check = (1 - (int(digits, 16) << 4 * _CHECK_DIGITS)) % _CHECK_MODULUS
    body = f"{digits}{check:0{_CHECK_DIGITS}x}".translate(str.maketrans(_HEX, _KEYS))
    return (_START + body).upper()


def decode(typed: str) -> str | None:
    """Return the short id of the registration a scanner typed; none when it is no whole code.

    What stood in the box before the scan is ignored, and so are blanks and Caps Lock. A damaged
    code gives none: ask for another scan or for the name.
    """
    code = _plain(typed)[-_CODE_LENGTH:]
    found = {short for layout in _TO_AMERICAN if (short := _read(code.translate(layout)))}
    return found.pop() if len(found) == 1 else None


def is_scan(typed: str) -> bool:
    """Return whether a scanner has begun to type: start mark and three letters, in any layout.

    No name reads like that, so a search as one types can wait; when the scan is over and `decode`
    gives none, the code was damaged.
    """
    plain = _plain(typed)
    return any(_BEGUN.search(plain.translate(layout)) for layout in _TO_AMERICAN)


def _plain(typed: str) -> str:
    return "".join(unicodedata.normalize("NFC", typed).split()).casefold()


def _read(code: str) -> str | None:
    body = code.removeprefix(_START)
    if len(code) != _CODE_LENGTH or len(body) != _ID_DIGITS + _CHECK_DIGITS:
        return None
    if not set(body) <= set(_KEYS):
        return None
    digits = body.translate(str.maketrans(_KEYS, _HEX))
    return digits[:_ID_DIGITS] if int(digits, 16) % _CHECK_MODULUS == 1 else None
