"""Texts kept by language: which one is typed, and which one is shown."""

from collections.abc import Mapping

from mentor_desktop.i18n import PSEUDO_LANGUAGE, SOURCE_LANGUAGE, current_language, text_in


def text_language() -> str:
    """Return the language that texts typed into the window are in."""
    code = current_language().code
    return SOURCE_LANGUAGE if code == PSEUDO_LANGUAGE else code


def by_language(value: str | Mapping[str, str]) -> dict[str, str]:
    """Return texts by language; a bare text is in the language of the window."""
    return {text_language(): value} if isinstance(value, str) else dict(value)


def shown_text(texts: Mapping[str, str]) -> str:
    """Return the text in the window's language, else English, else any."""
    return text_in(texts, text_language())


def missing_languages(texts: Mapping[str, str], languages: list[str]) -> list[str]:
    """Return the languages that have no text, in the order asked for."""
    return [code for code in languages if not texts.get(code, "").strip()]


def one_line(address: str) -> str:
    """Return an address typed in several lines as it stands in one, its lines parted by commas."""
    lines = (line.strip().rstrip(",") for line in address.splitlines())
    return ", ".join(line for line in lines if line)
