"""What Ctrl+K finds: hits, where they come from, and how typed words match them."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

Act = Callable[[], object]


class Hit(NamedTuple):
    """One thing found: `text` with a quieter `detail` behind it, and what Enter does."""

    text: str
    act: Act
    detail: str = ""
    icon: str = "right"
    keys: str = ""


# Asks for hits and gets them later, on the window's thread; called once for each change of the text.
Provider = Callable[[str, Callable[[Sequence[Hit]], None]], None]


def no_hits(_text: str, answer: Callable[[Sequence[Hit]], None]) -> None:
    """Find nothing: the provider of a window without a workspace."""
    answer(())


def matching(text: str, hits: Iterable[Hit]) -> list[Hit]:
    """Return the hits in whose text or detail each typed word begins a word; all when none is typed."""
    wanted = folded(text).split()
    return [hit for hit in hits if _begins_each(wanted, folded(f"{hit.text} {hit.detail}").split())]


def folded(text: str) -> str:
    """Return a text without case and accents, for comparing what was typed with what is shown."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()


def _begins_each(wanted: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in wanted)
