"""Made-up names that must never lie readable on a disk, and the search for them.

Whoever adds a way in or out (a command, a page, an export) adds a step to
`canary_program.STEPS` or a command to `test_canaries.COMMANDS`; the search stays the same.
"""

import base64
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from mentor_desktop.store.folding import fold

# Long, unlike any word of the program, in several scripts.
CANARIES = {
    "given name": "Žvirbleliukė",
    "family name": "Kanarėlytė-Quetzalovska",
    "cyrillic name": "Синигерчева",
    "e-mail": "zvirbleliuke.kanarelyte@quetzal.example",
    "phone": "+37061234567890",
    "note": "Xylophonbirne geht früher wegen der Fähre",
    "support request": "Qwertzhalal-Mittagessen",
    "organisation": "Kolibrių gimnazija Plaštakė",
    "mark note": "Vėluojantis troleibusas Wombatgasse",
}
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Hit:
    """A canary that was found."""

    what: str
    path: Path
    how: str


def forms(text: str) -> dict[str, bytes]:
    """Return every way of writing a text that a file could hold it in, by name."""
    found: dict[str, bytes] = {}
    spellings = {
        "as is": text,
        "lower case": text.lower(),
        "folded": fold(text),
        "upper": text.upper(),
    }
    for name, spelling in spellings.items():
        found[f"{name}, UTF-8"] = spelling.encode()
        found[f"{name}, UTF-16 LE"] = spelling.encode("utf-16-le")
        found[f"{name}, UTF-16 BE"] = spelling.encode("utf-16-be")
        found[f"{name}, escaped as JSON"] = json.dumps(spelling)[1:-1].encode()
        found[f"{name}, escaped as Python"] = spelling.encode("unicode_escape")
        found[f"{name}, percent-encoded"] = quote(spelling).encode()
    found["base64"] = base64.b64encode(text.encode())[:-4]
    return found


def _needles(canaries: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
    for what in canaries:
        texts = {CANARIES[what], *CANARIES[what].split()}
        for text in texts:
            if len(text) < 8:
                continue  # a short word is no proof
            for how, needle in forms(text).items():
                yield what, how, needle


def search(folders: Iterable[Path]) -> list[Hit]:
    """Return every canary in any byte or name of any file below the folders."""
    needles = list(
        {needle: (what, how, needle) for what, how, needle in _needles(CANARIES)}.values()
    )
    longest = max(len(needle) for _what, _how, needle in needles)
    hits = []
    for folder in folders:
        for path in (path for path in folder.rglob("*") if not path.is_symlink()):
            name = os.fsencode(path.name)
            for block in (name, *_blocks(path, longest)):
                hits += [Hit(what, path, how) for what, how, needle in needles if needle in block]
    return list(dict.fromkeys(hits))


def _blocks(path: Path, overlap: int) -> Iterator[bytes]:
    if not path.is_file():
        return
    with path.open("rb") as file:
        kept = b""
        while chunk := file.read(_CHUNK_BYTES):
            yield kept + chunk
            kept = chunk[-overlap:]
