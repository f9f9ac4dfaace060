"""Words for a terminal, which takes some characters for orders."""

from collections.abc import Iterable
from typing import TextIO


def say(lines: Iterable[str], file: TextIO) -> None:
    """Print lines; what a stranger put into a name is no order to the terminal and no line more."""
    for line in lines:
        print("".join(map(_shown, line)), file=file)


def _shown(character: str) -> str:
    return character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
