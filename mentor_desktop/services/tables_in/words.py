"""Words in nine languages that stand for one of our codes, and how they are compared.

A table of words is written code by code, the languages in the order of `LANGUAGES` with a bar
between them, words of one language with commas.
"""

import re
from collections.abc import Mapping

from mentor_desktop.store.folding import fold

LANGUAGES = ("en", "ro", "cs", "bg", "sl", "lt", "lv", "sv", "fi")
_NOT_IN_WORDS = re.compile(r"[\W_]+")


def plain_words(text: str) -> list[str]:
    """Return the folded words of a text, signs and underscores taken as blanks."""
    return [word for word in _NOT_IN_WORDS.split(fold(text)) if word]


def key_of(text: str) -> str:
    """Return the form in which words are compared: "E-mail" and "email" are one; "✓" is itself."""
    return "".join(plain_words(text)) or text.strip()


def words_by_language(entry: str) -> dict[str, list[str]]:
    """Return the words of one code for each language."""
    parts = entry.split("|")
    return {
        language: [word.strip() for word in part.split(",")]
        for language, part in zip(LANGUAGES, parts, strict=True)
    }


def codes_by_key(table: Mapping[str, str]) -> dict[str, str]:
    """Return code by compared word; the code itself is a word for it, the first entry wins."""
    codes = {key_of(code): code for code in table}
    for code, entry in table.items():
        for words in words_by_language(entry).values():
            for word in words:
                codes.setdefault(key_of(word), code)
    return codes
