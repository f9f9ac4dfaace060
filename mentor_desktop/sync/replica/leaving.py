"""Taking a stream off this device, because the right to read it ended.

Rows, log, shelf and what history says of them go. What stays is what this device made and did not
share: its operations in the log, and what the records are called that they are about. When the
right comes back the device goes on under another name, as a copy does: its log has lost its
beginning, and what it made is fetched like everybody's.
"""

import json
from collections.abc import Iterable, Iterator

import msgspec

from mentor_desktop.changes import Changes
from mentor_desktop.store import person_order
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import setting, settings_under
from mentor_desktop.sync.protocol.batches import open_batch, purged
from mentor_desktop.sync.protocol.streams import workshop_of
from mentor_desktop.sync.replica import log, state
from mentor_desktop.sync.replica.beginning import forget_beginning
from mentor_desktop.sync.replica.digests import Key
from mentor_desktop.sync.replica.entities import entities
from mentor_desktop.sync.replica.happenings import What, note
from mentor_desktop.sync.replica.mass_deletions import agree
from mentor_desktop.sync.replica.not_shared import NotShared, list_not_shared
from mentor_desktop.sync.replica.purging import ERASED, fields_of
from mentor_desktop.sync.replica.recompute import undo_rows
from mentor_desktop.sync.replica.sealing import seal_rest
from mentor_desktop.sync.replica.state import Numbers
from mentor_desktop.sync.replica.transactions import pass_over_foreign, writing

_KEY = "left "
_NAMED_BY = (("person_id", "person"), ("registration_id", "registration"))
_NAMES = ("code", "name", "title", "serial", "print_id")


class Left(msgspec.Struct):
    """A stream that left: as which device, and what things are called, by "table row"."""

    device: str
    at: int
    name: str = ""
    names: dict[str, str] = {}


def left(raw: StoreConnection, stream: str) -> Left | None:
    """Return how a stream left this device; None where it did not."""
    kept = setting(raw, _KEY + stream)
    return msgspec.json.decode(kept, type=Left) if kept else None


def left_streams(raw: StoreConnection) -> dict[str, Left]:
    """Return the streams that left."""
    kept = settings_under(raw, _KEY)
    return {stream: msgspec.json.decode(value, type=Left) for stream, value in kept.items()}


def names_of_left(raw: StoreConnection) -> dict[str, str]:
    """Return what records are called that are not here any more, by "table row"."""
    return {key: name for one in left_streams(raw).values() for key, name in one.names.items()}


def name_key(entity: str, row: str) -> str:
    """Return under what the name of a record is kept."""
    return f"{entity} {row}"


def has_copy(raw: StoreConnection, stream: str) -> bool:
    """Say whether anything of a stream is here that others know."""
    if state.cursor(raw, stream).since:
        return True
    row = raw.execute(
        "SELECT 1 FROM sync_batch b JOIN sync_stream s ON s.no = b.stream "
        "JOIN sync_peer p ON p.no = b.device "
        "WHERE s.stream = ? AND p.device <> (SELECT device FROM sync_self) LIMIT 1",
        (stream,),
    ).fetchone()
    return row is not None


def leave_stream(raw: StoreConnection, stream: str, at: int) -> Changes:
    """Take everything of a stream off this device that is not its own and unshared.

    Raises:
        UnfinishedImportError: an import is written in parts and has not come to its end.
    """
    with writing(raw):
        seal_rest(raw)
        number = Numbers(raw).stream(stream)
        unshared = [one for one in list_not_shared(raw) if one.stream == stream]
        kept = _kept_note(raw, stream, at, unshared)
        rows = raw.execute("SELECT entity, row FROM sync_row WHERE stream = ?", (number,))
        gone = rows.fetchall()
        _erase_history(raw, number, {made.at for one in unshared for made in one.made})
        _empty_log(raw, number, unshared)
        forget_beginning(raw, stream)
        agree(raw, stream)
        raw.execute("UPDATE sync_stream SET epoch = '', since = 0 WHERE no = ?", (number,))
        undo_rows(raw, stream)
        person_order.pack_if_due(raw)
        raw.execute(
            "INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, ?)",
            (_KEY + stream, msgspec.json.encode(kept).decode()),
        )
        note(raw, What.ACCESS_ENDED, at, stream=stream, name=kept.name)
        pass_over_foreign(raw)
    return _touched(gone)


def begin_anew(raw: StoreConnection, stream: str, at: int) -> Changes:
    """Forget what was left of a stream that this device, by another name, may read again."""
    with writing(raw):
        seal_rest(raw)
        numbers = Numbers(raw)
        number, own = numbers.stream(stream), numbers.device(state.identity(raw).device)
        kept = left(raw, stream)
        for table in ("sync_batch", "sync_applied"):
            raw.execute(f"DELETE FROM {table} WHERE stream = ? AND device <> ?", (number, own))
        raw.execute("UPDATE sync_stream SET epoch = '', since = 0 WHERE no = ?", (number,))
        rows = raw.execute("SELECT entity, row FROM sync_row WHERE stream = ?", (number,))
        gone = rows.fetchall()
        undo_rows(raw, stream)
        raw.execute("DELETE FROM local_setting WHERE key = ?", (_KEY + stream,))
        note(raw, What.ACCESS_BACK, at, stream=stream, name=kept.name if kept else "")
        pass_over_foreign(raw)
    return _touched(gone)


def is_of_left(raw: StoreConnection, txn: int) -> bool:
    """Say whether what an action did is not here any more, because its stream left."""
    if not left_streams(raw):
        return False
    row = raw.execute(
        "SELECT 1 FROM change c WHERE c.txn = ? AND NOT EXISTS "
        "(SELECT 1 FROM sync_row r WHERE r.entity = c.entity AND r.row = c.row) LIMIT 1",
        (txn,),
    ).fetchone()
    return row is not None


def _touched(keys: Iterable[Key]) -> Changes:
    touched: dict[str, set[str]] = {}
    for entity, row in keys:
        touched.setdefault(entity, set()).add(row)
    return Changes({name: frozenset(rows) for name, rows in touched.items()})


def _empty_log(raw: StoreConnection, number: int, unshared: Iterable[NotShared]) -> None:
    """Take the batches out that others know; of a rejected operation's batch, all but that."""
    numbers = Numbers(raw)
    own = numbers.device(state.identity(raw).device)
    ranges = [(numbers.device(one.device), one.first, one.last) for one in unshared]
    rows = raw.execute(
        "SELECT device, from_seq, to_seq, header, body FROM sync_batch WHERE stream = ? "
        "AND NOT (device = ? AND is_acked = 0)",
        (number, own),
    ).fetchall()
    for device, first, last, *stored in rows:
        wanted = [(a, b) for whose, a, b in ranges if whose == device and a <= last and b >= first]
        if not wanted:
            raw.execute(
                "DELETE FROM sync_batch WHERE stream = ? AND device = ? AND from_seq = ?",
                (number, device, first),
            )
            continue
        batch = log.stored_batch(stored)
        erased = {
            run.first_seq + place
            for run in open_batch(batch).runs
            if run.erased
            for place in range(len(run.rows))
        }
        others = [
            seq
            for seq in range(first, last + 1)
            if seq not in erased and not any(a <= seq <= b for a, b in wanted)
        ]
        if others:
            log.replace_body(raw, number, device, purged(batch, others))
    raw.execute("DELETE FROM sync_applied WHERE stream = ? AND device <> ?", (number, own))


def _erase_history(raw: StoreConnection, number: int, unshared_at: set[int]) -> None:
    """Erase what history tells of the rows of a stream; own unshared changes keep their values."""
    of_stream = (
        "(c.entity, c.row) IN (SELECT entity, row FROM sync_row WHERE stream = ?1)"  # by its index
    )
    raw.execute(
        "CREATE TEMP TABLE leaving AS SELECT DISTINCT t.id, t.action, t.at IN "
        "(SELECT value FROM json_each(?2)) AND t.undoable AS is_kept "
        f"FROM change c JOIN txn t ON t.id = c.txn WHERE {of_stream}",
        (number, json.dumps(sorted(unshared_at))),
    )
    raw.execute(
        f"UPDATE change AS c SET old = NULL, new = NULL WHERE {of_stream} "
        "AND c.txn IN (SELECT id FROM leaving WHERE NOT is_kept) "
        "AND (c.old IS NOT NULL OR c.new IS NOT NULL)",
        (number,),
    )
    for (text,) in raw.execute("SELECT DISTINCT action FROM leaving WHERE NOT is_kept").fetchall():
        emptied = json.dumps(dict.fromkeys(fields_of(text) or (), ERASED), ensure_ascii=False)
        raw.execute(
            'UPDATE txn SET "values" = ? WHERE id IN '
            "(SELECT id FROM leaving WHERE NOT is_kept AND action = ?)",
            (emptied, text),
        )
    raw.execute("UPDATE txn SET undoable = 0 WHERE id IN (SELECT id FROM leaving)")
    raw.execute("DROP TABLE leaving")


def _kept_note(raw: StoreConnection, stream: str, at: int, unshared: Iterable[NotShared]) -> Left:
    before = left(raw, stream)
    workshop = workshop_of(stream)
    kept = Left(
        device=state.identity(raw).device,
        at=at,
        name=(_name(raw, "workshop", workshop) if workshop else "")
        or (before.name if before else ""),
        names=dict(before.names) if before else {},
    )
    for entity, row in {key for one in unshared for key in _told(one)}:
        if found := _name(raw, entity, row):
            kept.names[name_key(entity, row)] = found
    return kept


def _told(one: NotShared) -> Iterator[Key]:
    """Give the records that own operations name: their own, and those they refer to."""
    for op in one.ops:
        yield op.entity, op.row
        known = entities().get(op.entity)
        for column, parent in known.parents if known else ():
            if op.values.get(column):
                yield parent, str(op.values[column])


def _name(raw: StoreConnection, entity: str, row: str) -> str:
    """Return what a person calls a record; empty where it has no name or is not here."""
    known = entities().get(entity)
    if known is None:
        return ""
    found = raw.execute(
        f'SELECT {", ".join(known.columns)} FROM "{entity}" WHERE id = ?', (row,)
    ).fetchone()
    if found is None:
        return ""
    values = dict(zip(known.columns, found, strict=True))
    for column, parent in _NAMED_BY:
        if values.get(column):
            return _name(raw, parent, str(values[column]))
    person = f"{values.get('given_name') or ''} {values.get('family_name') or ''}".strip()
    return person or next((str(values[one]) for one in _NAMES if values.get(one)), "")
