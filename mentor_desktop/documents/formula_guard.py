"""Cells that a spreadsheet program would run as a formula, made harmless and back again.

Excel and LibreOffice run what begins with = + - @, also after blanks, in a text file they open. An
apostrophe in front makes it a text. Taking one apostrophe off what was guarded brings every text
back as it was, guarded ones and those with apostrophes of their own.
Source: OWASP, CSV injection; the wide forms run where the system's language is Japanese.
"""

import re

_RUNS = re.compile(r"['\s]*[=+\-@＝＋－＠]")
_PERHAPS_GUARDED = re.compile(r"'['\s=+\-@＝＋－＠]")
_GUARDED = re.compile(r"'['\s]*[=+\-@＝＋－＠]")


def looks_like_formula(text: str) -> bool:
    """Tell whether a spreadsheet program might run the text."""
    return _RUNS.match(text) is not None


def guard(text: str) -> str:
    """Return the text so that no spreadsheet program runs it."""
    return f"'{text}" if _RUNS.match(text) else text


def unguard(text: str) -> str:
    """Return a guarded text as it was before; any other text as it is."""
    return text[1:] if _GUARDED.match(text) else text


def may_hold_guarded(text: str) -> bool:
    """Tell whether any cell of a whole file may be guarded; quicker than to ask each cell."""
    return _PERHAPS_GUARDED.search(text) is not None
