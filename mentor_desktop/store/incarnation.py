"""Noticing that a workspace is a copy of itself, before it gives out a number twice.

Serials and marks carry the tag of the device that made them. A copied folder, or an old
one put back, would give the same numbers again; so each copy in use has a random
incarnation, kept in the store and, beside the settings of the person, in a small file
that says where it lies and how far it was. Where the two disagree it is a copy, and the
copy takes a tag of its own.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

from mentor_desktop.ids import id_noise
from mentor_desktop.store.atomic import write_file

# Without vowels, so that no tag is a word; the first device's A never comes from here.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_FAIR = 256 // len(_LETTERS) * len(_LETTERS)  # from here on a byte would favour some letters
LONGEST_TAG = 4
_EXTENSION = 2
_DRAWS = 1_000
_INCARNATION_BYTES = 16


@dataclass(frozen=True)
class Sighting:
    """Where an incarnation was last open, and the number of the last txn it had then."""

    path: str
    workspace_id: str
    last_txn: int


class Incarnations:
    """What this person on this computer knows of the workspaces opened here."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, incarnation: str, sighting: Sighting) -> bool:
        """Write down where an incarnation is; False where the folder cannot be written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_file(self._file(incarnation), json.dumps(asdict(sighting)).encode())
        except OSError:
            return False
        return True

    def seen(self, incarnation: str) -> Sighting | None:
        """Return what is known of an incarnation; None when it was never open here."""
        try:
            stored = json.loads(self._file(incarnation).read_text("utf-8"))
            return Sighting(
                path=str(stored["path"]),
                workspace_id=str(stored["workspace_id"]),
                last_txn=int(stored["last_txn"]),
            )
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _file(self, incarnation: str) -> Path:
        return self._folder / f"{incarnation}.json"


def new_incarnation() -> str:
    """Return a random incarnation."""
    return id_noise(_INCARNATION_BYTES).hex()


def is_copy(seen: Sighting | None, now: Sighting, *, is_workspace_at: Collection[str]) -> bool:
    """Say whether what is being opened is another copy than the one that was seen.

    `is_workspace_at` are the paths, of the two, where this same workspace lies today: one
    that was moved is no copy, one that was left behind makes this one a copy.
    """
    if seen is None or now.last_txn < seen.last_txn:
        return True
    return seen.path != now.path and seen.path in is_workspace_at


def new_tag(tag: str, taken: Collection[str]) -> str:
    """Return the tag of a copy: the old one with letters drawn by lot, four at most.

    By lot, because two copies of one backup know nothing of each other; the tags given
    from hand to hand (A, AA, AB) add one letter and so stay apart from most of these.
    """
    stems = [tag[: LONGEST_TAG - _EXTENSION]] * _DRAWS + [""] * _DRAWS
    for stem in stems:
        drawn = stem + _letters(_EXTENSION)
        if drawn not in taken:
            return drawn
    return _letters(LONGEST_TAG)


def _letters(count: int) -> str:
    drawn = ""
    while len(drawn) < count:
        (one,) = id_noise(1)
        if one < _FAIR:
            drawn += _LETTERS[one % len(_LETTERS)]
    return drawn
