"""Write the pseudo-locale en_XA: accented, 40 % longer English that still reads.

What stays plain ASCII in a screenshot was never marked for translation; what loses its
closing bracket is clipped. Fields in braces, tags and `&` shortcuts come through unchanged.

Usage: python tools/pseudo_locale.py translations/messages.pot OUT.po
"""

import itertools
import math
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

GROWTH = 0.4
_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ACCENTED = "ÅƁĈĐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçđéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýž"
_ACCENTS = str.maketrans(_PLAIN, _ACCENTED)
_FILLER = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# A field, an escaped brace, a tag, an HTML entity: none of them is text.
_KEPT = re.compile(r"(\{\{|\}\}|\{[^{}]*\}|<[^<>]+>|&[a-z]+;)")


def pseudo(text: str) -> str:
    """Return `text` accented, in brackets, at least 40 % longer; "" stays ""."""
    if not text.strip():
        return text
    pieces = _KEPT.split(text)
    pieces[::2] = [piece.translate(_ACCENTS) for piece in pieces[::2]]
    return f"[{''.join(pieces)}{_padding(math.ceil(len(text) * GROWTH))}]"


def _padding(length: int) -> str:
    padding = ""
    words = itertools.cycle(_FILLER)
    while len(padding) < length:
        padding += " " + next(words)
    return padding


def pseudo_catalogue(template: Catalog) -> Catalog:
    """Return the catalogue of en_XA for every message of the template."""
    made = Catalog(locale="en_US", domain="messages", charset="utf-8", fuzzy=False)
    for message in template:
        if not message.id:
            continue
        if message.pluralizable:
            text: str | tuple[str, ...] = tuple(pseudo(one) for one in message.id)
        else:
            text = pseudo(str(message.id))
        made.add(message.id, text, context=message.context)
    return made


def main(source: str, target: str) -> int:
    """Write the pseudo-locale of a template."""
    with Path(source).open("rb") as stream:
        template = read_po(stream)
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = pseudo_catalogue(template)
    for message in made:
        message.flags.discard("python-format")  # Babel takes "{value} % is" for one
    with path.open("wb") as stream:
        write_po(stream, made, width=0, no_location=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
