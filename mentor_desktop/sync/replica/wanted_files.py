"""Which files records refer to, and which have to leave this computer: written down before they do.

A file is no row and in no transaction. What is written down here outlives a power cut between the
removal of a record and that of its file (`blobs.remove_unwanted`).
"""

import json
from collections.abc import Iterable

from mentor_desktop.store.blobs import is_address
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import setting

# Which records refer to files; all of them travel in one stream.
_REFERENCES = (
    "SELECT scan FROM consent WHERE scan <> ''",
    "SELECT each.value FROM project, json_each(iif(json_valid(logos), logos, '[]')) AS each",
)
_KEY = "sync_unwanted_files"


def wanted_files(raw: StoreConnection) -> set[str]:
    """Return the addresses of all files that records refer to; what is no address names none."""
    said = {str(row[0]) for sql in _REFERENCES for row in raw.execute(sql).fetchall()}
    return set(filter(is_address, said))


def note_unwanted(raw: StoreConnection, addresses: Iterable[str]) -> None:
    """Write down files that leave unless a record refers to them, in the transaction of the caller."""
    _keep(raw, unwanted_files(raw).union(addresses))


def unwanted_files(raw: StoreConnection) -> set[str]:
    """Return what was written down; a record may refer to some of it."""
    return set(json.loads(setting(raw, _KEY) or "[]"))


def forget_unwanted(raw: StoreConnection, addresses: Iterable[str]) -> None:
    """Take these off the list, in the transaction of the caller."""
    _keep(raw, unwanted_files(raw).difference(addresses))


def _keep(raw: StoreConnection, addresses: set[str]) -> None:
    raw.execute(
        "INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, ?)",
        (_KEY, json.dumps(sorted(addresses))),
    )
