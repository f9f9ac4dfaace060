"""Erasing the values of a row for ever: from the log, the shelf and the record of changes.

Header, id and hash of each operation stay, so that the chains of batches still verify. The row
itself leaves its table in the merge, as any row that is no longer alive.
"""

import json
from collections.abc import Iterable
from string import Formatter

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.batches import open_batch, purged
from mentor_desktop.sync.protocol.operations import PURGE, Op
from mentor_desktop.sync.replica import log
from mentor_desktop.sync.replica.digests import Key
from mentor_desktop.sync.replica.wanted_files import files_in

# Stands in a sentence of history where a name was.
ERASED = "…"


def erase(raw: StoreConnection, stream: int, ops: Iterable[Op]) -> set[str]:
    """Erase what the log and history tell of the rows of these operations, which are purged.

    Return the files that was about: also of values that somebody wrote over, or that lost.
    """
    keys = {(op.entity, op.row) for op in ops}
    files: set[str] = set()
    if not keys:
        return files
    rows = raw.execute(
        "SELECT device, header, body FROM sync_batch WHERE stream = ? ORDER BY id", (stream,)
    )
    for device, *stored in rows.fetchall():
        batch = log.stored_batch(stored)
        found = [
            (run, at)
            for run in open_batch(batch).runs
            if run.kind != PURGE and not run.erased
            for at, row in enumerate(run.rows)
            if (run.entity, row) in keys
        ]
        if found:
            gone = [run.first_seq + at for run, at in found]
            log.replace_body(raw, stream, device, purged(batch, gone))
        for run, at in found:
            files |= files_in(column[at] for column in run.columns.values())
    for key in sorted(keys):
        _erase_history(raw, key)
    return files


def fields_of(text: str) -> list[str] | None:
    """Return the named fields of a sentence; None when it is none that can be filled."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return None
    names = [name for _text, name, _spec, _conversion in parts if name is not None]
    plain = all(not spec and not conversion for _text, _name, spec, conversion in parts)
    return names if plain and all(name.isidentifier() for name in names) else None


def _erase_history(raw: StoreConnection, key: Key) -> None:
    actions = raw.execute(
        "SELECT id, action FROM txn WHERE id IN (SELECT txn FROM change WHERE entity = ? AND row = ?)",
        key,
    ).fetchall()
    raw.executemany(
        'UPDATE txn SET "values" = ? WHERE id = ?',
        [
            (json.dumps(dict.fromkeys(fields_of(text) or (), ERASED), ensure_ascii=False), number)
            for number, text in actions
        ],
    )
    raw.execute("UPDATE change SET old = NULL, new = NULL WHERE entity = ? AND row = ?", key)
