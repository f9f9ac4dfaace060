"""Several values in one cell, the way spreadsheets hold them: with semicolons."""

from mentor_desktop.services.tables_in.values import Refusal, parse_language


def parse_list(text: str) -> tuple[str, ...]:
    """Return the values of a cell like "slides; card set", blanks around them left out."""
    return tuple(part for one in text.replace("\n", ";").split(";") if (part := one.strip()))


def parse_languages(text: str) -> tuple[str, ...] | Refusal:
    """Return the codes of languages in a cell like "en; ro" or "English, Romanian"."""
    codes = []
    for part in parse_list(text.replace(",", ";")):
        code = parse_language(part)
        if isinstance(code, Refusal):
            return code
        codes.append(code)
    return tuple(dict.fromkeys(codes))
