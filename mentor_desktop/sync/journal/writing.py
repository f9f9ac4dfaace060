"""Entries as operations: sealed with the number they get, and sealed anew under another one."""

from typing import TypeAlias

from mentor_desktop.errors import NotFoundError
from mentor_desktop.i18n import _
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.journal.entries import CONTENT, ENTRY
from mentor_desktop.sync.journal.issuing import Issue
from mentor_desktop.sync.journal.reading import Made
from mentor_desktop.sync.journal.view import View
from mentor_desktop.sync.keys.journal import Place, UnreadableEntry, open_entry, seal_entry
from mentor_desktop.sync.merge.fold import REASON
from mentor_desktop.sync.protocol.batches import open_batch
from mentor_desktop.sync.protocol.operations import (
    CREATE,
    DELETE,
    PURGE,
    SET,
    Op,
    OpId,
    Value,
    expand,
)
from mentor_desktop.sync.replica.batching import SCHEMA
from mentor_desktop.sync.replica.sealed_streams import forget_to_seal_anew, is_bound, to_seal_anew

# The versions of an entry that a person saw; None for all that are here.
Seen: TypeAlias = tuple[OpId, ...] | None
_CLOCK_COUNTER_BITS = 16
_ERASED_BY_AUTHOR = "author"


def write_entry(view: View, issue: Issue, entry: str, content: bytes, seen: Seen, at_ms: int) -> Op:
    """Add a version of an entry, after the records of a new epoch where it needs one.

    Raises:
        ValidationError: it is too long. NotFoundError: this device was taken out.
    """
    epoch, made = view.keys.writing_epoch(view.owner.user, at_ms)
    for record in made:
        issue.add_key(record)
    heads = view.entries.heads(entry) if seen is None else seen
    return _add(view, issue, entry, content, epoch.id, heads)


def delete_entry(view: View, issue: Issue, entry: str, *, for_ever: bool = False) -> None:
    """Delete or erase an entry.

    Raises:
        NotFoundError: there is none.
    """
    state = view.entries.state_of(entry)
    if not state.creates or state.purged:
        raise NotFoundError(_("This entry is not in the journal any more."))
    if for_ever:
        issue.add(PURGE, ENTRY, entry, {REASON: _ERASED_BY_AUTHOR})
    else:
        issue.add(DELETE, ENTRY, entry, seen=state.touched)


def seal_anew(raw: StoreConnection, view: View, issue: Issue, at_ms: int) -> None:
    """Write again what waits under a name this copy lost; all of it, or nothing while a key lacks."""
    if view.keys.standing.is_revoked:
        return
    waiting = [
        Made(op, batch.header.schema)
        for batch in to_seal_anew(raw)
        for op in expand(open_batch(batch))
        if is_bound(op)
    ]
    try:
        opened = {
            made.op.id: open_entry(
                view.keys.keyring, view.owner.place(made.op, made.schema), made.op.values
            )
            for made in waiting
            if made.op.kind in (CREATE, SET)
        }
    except UnreadableEntry:
        return
    if not waiting:
        return
    epoch, records = view.keys.writing_epoch(view.owner.user, at_ms)
    for record in records:
        issue.add_key(record)
    moved: dict[OpId, OpId] = {}
    for made in waiting:
        op = made.op
        if op.id in opened:
            # Of names that this copy lost nobody hears: nothing may wait for them.
            base = {moved.get(one, one) for one in op.base}
            new = _add(view, issue, op.row, opened[op.id], epoch.id, tuple(sorted(base)), op.hlc)
        else:
            seen = dict(op.seen)
            through = [new.seq for old, new in moved.items() if old.seq <= seen.get(old.device, 0)]
            if through:
                seen[issue.device] = max(through)
            new = issue.add(op.kind, op.entity, op.row, op.values, seen=seen, at_ms=_ms(op.hlc))
        moved[op.id] = new.id
    forget_to_seal_anew(raw)


def _add(
    view: View,
    issue: Issue,
    entry: str,
    content: bytes,
    epoch: str,
    heads: tuple[OpId, ...],
    hlc: int = 0,
) -> Op:
    owner, state = view.owner, view.entries.state_of(entry)
    place = Place(owner.ws, owner.user, owner.user, entry, issue.device, issue.next_seq, SCHEMA)
    prev = view.entries.last_hash(issue.device)
    values: dict[str, Value] = {**seal_entry(view.keys.keyring, place, epoch, prev, content)}
    at_ms = _ms(hlc) if hlc else None
    if state.creates:
        op = issue.add(SET, ENTRY, entry, values, group=CONTENT, base=heads, at_ms=at_ms)
    else:
        op = issue.add(CREATE, ENTRY, entry, values, at_ms=at_ms)
    # What comes next in this very action follows it; reading it from the log changes nothing more.
    view.entries.take(Made(op, SCHEMA))
    return op


def _ms(hlc: int) -> int:
    return hlc >> _CLOCK_COUNTER_BITS
