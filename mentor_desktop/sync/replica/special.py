"""Operations that no edit makes: an admin erases a row for ever, or rejects what was shared.

Also a signed record among the members, which lies in no table.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import N_, _
from mentor_desktop.ids import new_id
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.merge.fold import REJECTED_DEVICE, REJECTED_FIRST, REJECTED_LAST
from mentor_desktop.sync.protocol.operations import (
    CREATE,
    PURGE,
    REJECT,
    Action,
    Op,
    Value,
    runs_of,
    tick,
)
from mentor_desktop.sync.protocol.streams import MOST_NAME_LENGTH
from mentor_desktop.sync.replica import log
from mentor_desktop.sync.replica.applying import apply_own
from mentor_desktop.sync.replica.batching import add_batches
from mentor_desktop.sync.replica.digests import Key
from mentor_desktop.sync.replica.refusals import REASON, Rejection, Rules
from mentor_desktop.sync.replica.sealing import seal_rest
from mentor_desktop.sync.replica.state import Numbers, identity
from mentor_desktop.sync.replica.transactions import writing

# What a rejection is about, where other operations name their table.
_OPERATIONS = "operation"


@dataclass(frozen=True)
class Author:
    """Who does it and when, in milliseconds since 1970."""

    actor: str
    at_ms: int


def purge_row(
    raw: StoreConnection, entity: str, row: str, *, reason: str, author: Author
) -> Changes:
    """Erase all values of a row for ever, here and on every device that hears of it.

    Raises:
        ValidationError: this device belongs to no admin, no reason is given, or nobody knows the row.
    """
    if not reason.strip():
        raise ValidationError(_("Say why this is to be erased for ever."))
    with writing(raw):
        seal_rest(raw)
        known = raw.execute(
            "SELECT s.stream FROM sync_row r JOIN sync_stream s ON s.no = r.stream "
            "WHERE r.entity = ? AND r.row = ?",
            (entity, row),
        ).fetchone()
        if known is None:
            raise ValidationError(_("This was never shared, or is not here any more."))
        return _do(raw, known[0], entity, row, PURGE, {REASON: reason.strip()}, ERASED_ROW, author)


def reject_operations(
    raw: StoreConnection, stream: str, rejection: Rejection, *, author: Author
) -> Changes:
    """Make operations of a device count as never made, on every device that hears of it.

    Raises:
        ValidationError: this device belongs to no admin.
    """
    values: dict[str, Value] = {
        REJECTED_DEVICE: rejection.device,
        REJECTED_FIRST: rejection.first,
        REJECTED_LAST: rejection.last,
        REASON: rejection.reason,
    }
    with writing(raw):
        seal_rest(raw)
        return _do(raw, stream, _OPERATIONS, rejection.device, REJECT, values, REJECTED, author)


def add_record(
    raw: StoreConnection,
    stream: str,
    key: Key,
    values: Mapping[str, Value],
    text: str,
    author: Author,
    name: str = "",
) -> Changes:
    """Create a row that is in no table, in the transaction of the caller; `name` is told in `text`."""
    seal_rest(raw)
    return _do(raw, stream, *key, CREATE, dict(values), text, author, {"name": name})


REVOKED = N_("Ended the access of the computer of {name}")
ADDED = N_("Added the computer of {name}")
GRANTED = N_("Gave more rights to the computer of {name}")
ERASED_ROW = N_("Erased a record for ever")
REJECTED = N_("Rejected changes of a device")


def _do(
    raw: StoreConnection,
    stream: str,
    entity: str,
    row: str,
    kind: str,
    values: dict[str, Value],
    text: str,
    author: Author,
    said: Mapping[str, str] | None = None,
) -> Changes:
    own = identity(raw)
    numbers = Numbers(raw)
    number, device = numbers.stream(stream), numbers.device(own.device)
    chain = log.chain_of(raw, number, device)
    chain.seq += 1
    at_ms = author.at_ms + own.clock_offset_ms
    op = Op(
        device=own.device,
        seq=chain.seq,
        hlc=tick(own.last_hlc, at_ms),
        entity=entity,
        row=row,
        kind=kind,
        values=values,
    )
    if kind != CREATE and not Rules(raw, numbers, number).counts(op):
        raise ValidationError(_("Only an administrator of this workspace can do this."))
    actor = author.actor[:MOST_NAME_LENGTH]
    action = Action(chain.seq, author.at_ms, actor, text, said or {}, link=new_id())
    add_batches(raw, own, stream, number, device, chain, runs_of([op]), [action])
    raw.execute("UPDATE sync_self SET last_hlc = ?", (op.hlc,))
    return apply_own(raw, numbers, stream, device, op.seq)
