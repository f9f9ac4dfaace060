"""Which files records refer to, and which have to leave this computer: written down before they do.

A file is no row and in no transaction. What is written down here outlives a power cut between the
removal of a record and that of its file (`blobs.remove_unwanted`).
"""

import json
import re
from collections.abc import Iterable

from mentor_desktop.store.blobs import is_address
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import setting
from mentor_desktop.sync.protocol.batches import open_batch
from mentor_desktop.sync.protocol.operations import Value
from mentor_desktop.sync.protocol.streams import PEOPLE
from mentor_desktop.sync.replica.log import stored_batch

# Which records refer to files; all of them travel in one stream.
_REFERENCES = (
    "SELECT scan FROM consent WHERE scan <> ''",
    "SELECT each.value FROM project, json_each(iif(json_valid(logos), logos, '[]')) AS each",
)
_REFERRING = ("consent", "project")
_KEY = "sync_unwanted_files"
# Within a list, too.
_ADDRESSES = re.compile("[0-9a-f]{64}")


def wanted_files(raw: StoreConnection) -> set[str]:
    """Return the addresses of all files that records refer to; what is no address names none."""
    said = {str(row[0]) for sql in _REFERENCES for row in raw.execute(sql).fetchall()}
    return set(filter(is_address, said))


def files_in(values: Iterable[Value]) -> set[str]:
    """Return the addresses of files that values of a record name."""
    return {one for text in values if isinstance(text, str) for one in _ADDRESSES.findall(text)}


def files_once_named(raw: StoreConnection) -> set[str]:
    """Return the addresses that records may name again: of what was deleted, lost, or waits.

    Not those of records that were erased: nothing here knows them any more.
    """
    shelf = "SELECT vals FROM sync_shelf WHERE entity IN (?, ?)"
    named = files_in(vals for (vals,) in raw.execute(shelf, _REFERRING).fetchall())
    log = (
        "SELECT b.header, b.body FROM sync_batch b JOIN sync_stream s ON s.no = b.stream "
        "WHERE s.stream = ?"
    )
    for stored in raw.execute(log, (PEOPLE,)).fetchall():
        for run in open_batch(stored_batch(stored)).runs:
            if run.entity in _REFERRING:
                named = named.union(*map(files_in, run.columns.values()))
    return named


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
