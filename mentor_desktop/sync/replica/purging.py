"""Erasing the values of a row for ever: from the log, the shelf and the record of changes.

Header, id and hash of each operation stay, so that the chains of batches still verify. The row
itself leaves its table in the merge, as any row that is no longer alive.
"""

import json
from collections.abc import Collection, Iterable
from string import Formatter

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.merge.row_state import RowState
from mentor_desktop.sync.protocol.batches import open_batch
from mentor_desktop.sync.protocol.erasing import Eraser
from mentor_desktop.sync.protocol.operations import Content, Op, Run
from mentor_desktop.sync.replica import log
from mentor_desktop.sync.replica.digests import Key
from mentor_desktop.sync.replica.ready import Ready, between
from mentor_desktop.sync.replica.wanted_files import files_in

_IS_PURGED = "instr(state, '],1,[') > 0"  # or says so in other words: `RowState` tells

# Stands in a sentence of history where a name was.
ERASED = "…"


def erase(
    raw: StoreConnection, stream: int, ops: Iterable[Op], ready: Iterable[Ready] = ()
) -> set[str]:
    """Erase what the log and history tell of the rows of these operations, which are purged.

    Also of those with which an action began that came to its end in what was `ready`: a snapshot
    may have brought its beginning. Return the files that was about: also of values that somebody
    wrote over, or that lost.
    """
    return _erase(
        raw, stream, {(op.entity, op.row) for op in ops} | _begun_with(raw, stream, ready)
    )


def erase_all(raw: StoreConnection, stream: int) -> None:
    """Erase what the log and history tell of all purged rows of a stream."""
    rows = raw.execute(
        f"SELECT entity, row, state FROM sync_row WHERE stream = ? AND {_IS_PURGED}", (stream,)
    )
    gone = {(entity, row) for entity, row, text in rows if RowState.from_text(text).purged}
    _erase(raw, stream, gone)


def purged_in(raw: StoreConnection, run: Run) -> set[str]:
    """Return the rows of a run that are purged."""
    found = raw.execute(
        "SELECT r.row, r.state FROM json_each(?) j CROSS JOIN sync_row r ON r.entity = ? "
        f"AND r.row = j.value WHERE {_IS_PURGED}",
        (json.dumps(list(run.rows)), run.entity),
    )
    return {row for row, state in found.fetchall() if RowState.from_text(state).purged}


def _begun_with(raw: StoreConnection, stream: int, ready: Iterable[Ready]) -> set[Key]:
    """Return the purged rows of actions that were applied in part before they ended."""
    gone: set[Key] = set()
    for one in ready:
        first = log.open_since(raw, stream, one.device, one.seq)
        if first:
            for batch in log.batches_of(raw, stream, one.device, first, one.seq):
                for run in between(open_batch(batch), first, one.seq).runs:
                    gone.update((run.entity, row) for row in purged_in(raw, run))
    return gone


def _erase(raw: StoreConnection, stream: int, gone: Collection[Key]) -> set[str]:
    files: set[str] = set()
    if not gone:
        return files
    eraser = Eraser(gone.__contains__)
    rows = raw.execute(
        "SELECT device, header, body FROM sync_batch WHERE stream = ? ORDER BY device, from_seq",
        (stream,),
    )
    for device, *stored in rows.fetchall():
        batch = log.stored_batch(stored)
        content = open_batch(batch)
        emptied = eraser.without(batch, content)
        if emptied is not batch:
            log.replace_body(raw, stream, device, emptied)
            files |= _files_of(content, gone)
    _erase_told(raw, eraser.links)
    for key in sorted(gone):
        _erase_history(raw, key)
    return files


def _files_of(content: Content, rows: Collection[Key]) -> set[str]:
    """Return the files that a batch names for these rows."""
    return {
        address
        for run in content.runs
        for at, row in enumerate(run.rows)
        if (run.entity, row) in rows
        for address in files_in(column[at] for column in run.columns.values())
    }


def fields_of(text: str) -> list[str] | None:
    """Return the named fields of a sentence; None when it is none that can be filled."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return None
    names = [name for _text, name, _spec, _conversion in parts if name is not None]
    plain = all(not spec and not conversion for _text, _name, spec, conversion in parts)
    return names if plain and all(name.isidentifier() for name in names) else None


def _erase_told(raw: StoreConnection, uids: Collection[str]) -> None:
    """Erase whom history names in the sentences of these actions, whatever it has of their rows."""
    found = raw.execute(
        "SELECT t.id, t.action FROM json_each(?) j CROSS JOIN txn t ON t.uid = j.value",
        (json.dumps(sorted(uids)),),
    )
    _empty_sentences(raw, found.fetchall())


def _erase_history(raw: StoreConnection, key: Key) -> None:
    found = raw.execute(
        "SELECT id, action FROM txn WHERE id IN (SELECT txn FROM change WHERE entity = ? AND row = ?)",
        key,
    )
    _empty_sentences(raw, found.fetchall())
    raw.execute("UPDATE change SET old = NULL, new = NULL WHERE entity = ? AND row = ?", key)


def _empty_sentences(raw: StoreConnection, actions: Iterable[tuple[int, str]]) -> None:
    raw.executemany(
        'UPDATE txn SET "values" = ? WHERE id = ?',
        [
            (json.dumps(dict.fromkeys(fields_of(text) or (), ERASED), ensure_ascii=False), number)
            for number, text in actions
        ],
    )
