"""A copy that was copied or restored goes on as another device.

What the server acknowledged of the old device stays as it is. What it did not is made anew under
the new one, with the same times and values: the old numbers may be in use by the other copy. Each
operation that is made anew names the old one as seen, so that the two are no conflict if it comes;
not behind a fork, where another operation has the old number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mentor_desktop.ids import new_id
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import remember, setting
from mentor_desktop.sync.protocol.batches import NO_HASH, Batch, open_batch
from mentor_desktop.sync.protocol.operations import SET, Action, Op, OpId, expand, runs_of
from mentor_desktop.sync.replica import acknowledged, log, state
from mentor_desktop.sync.replica.batching import add_batches
from mentor_desktop.sync.replica.digests import Digests
from mentor_desktop.sync.replica.foreign_history import ForeignHistory
from mentor_desktop.sync.replica.log import Chain
from mentor_desktop.sync.replica.merging import Folded, Merge
from mentor_desktop.sync.replica.recompute import fold_rows
from mentor_desktop.sync.replica.refusals import Rules
from mentor_desktop.sync.replica.sealed_streams import is_bound, keep_to_seal_anew, owner_of
from mentor_desktop.sync.replica.state import Identity, Numbers
from mentor_desktop.sync.replica.transactions import writing

_FORKED = "sync_forked"


@dataclass(frozen=True)
class NewDevice:
    """The keys that were made for the new device, and how it is called.

    `user` is empty where it is one more device of the same.
    """

    device: str
    sign_key: bytes
    seal_key: bytes
    tag: str
    name: str
    user: str = ""


def is_another_copy(raw: StoreConnection) -> bool:
    """Say whether this copy has to go on as another device before it exchanges anything."""
    return state.identity(raw).device != setting(raw, "incarnation")


def note_fork(raw: StoreConnection) -> None:
    """Write down that somebody else uses the numbers of this device for something else."""
    remember(raw, **{_FORKED: "1"})


def go_on_as(raw: StoreConnection, new: NewDevice) -> Identity:
    """Become another device, in one transaction; what nobody acknowledged is made anew."""
    with writing(raw):
        old = state.identity(raw).device
        own = state.take_over(
            raw,
            device=new.device,
            sign_key=new.sign_key,
            seal_key=new.seal_key,
            tag=new.tag,
            name=new.name,
            user=new.user,
        )
        numbers = Numbers(raw)
        is_forked = bool(setting(raw, _FORKED))
        for stream in acknowledged.unacknowledged_streams(raw, numbers, old):
            _make_anew(raw, numbers, own, old, stream, is_forked=is_forked)
        raw.execute("DELETE FROM local_setting WHERE key = ?", (_FORKED,))
        return own


def _make_anew(
    raw: StoreConnection,
    numbers: Numbers,
    own: Identity,
    old: str,
    stream: str,
    *,
    is_forked: bool,
) -> None:
    number = numbers.stream(stream)
    ops, actions, batches = _taken_out(raw, numbers, number, old)
    bound: list[Op] = []
    if owner_of(stream):
        keep_to_seal_anew(raw, batches)
        bound = [op for op in ops if is_bound(op)]
        ops = [op for op in ops if not is_bound(op)]
    chain = log.chain_of(raw, number, numbers.device(own.device))
    first = chain.seq + 1
    moved = {op.id: OpId(own.device, first + at) for at, op in enumerate(ops)}
    fresh = [_renamed(op, moved, is_forked=is_forked) for op in ops]
    keys = {(op.entity, op.row) for op in (*fresh, *bound)}
    digests = Digests(raw)
    merge = Merge(
        raw,
        numbers,
        number,
        digests,
        ForeignHistory(raw, numbers),
        log.applied_of(raw, numbers, number),
        Rules(raw, numbers, number),
    )
    folded = fold_rows(raw, numbers, number, keys.__contains__)
    merge.renew({key: folded.get(key, Folded()) for key in keys}, 0)
    merge.add(fresh, [0] * len(fresh))
    # What the tables show is the same as before, so nothing is history.
    merge.finish((), with_history=False)
    digests.write()
    if not fresh:
        return
    chain.seq += len(fresh)
    if owner_of(stream):  # several actions, of which a part stays, are one without a word
        told = [Action(chain.seq, actions[-1].at, "", "", link=new_id())]
    else:
        told = [replace(one, last_seq=moved[OpId(old, one.last_seq)].seq) for one in actions]
    add_batches(raw, own, stream, number, numbers.device(own.device), chain, runs_of(fresh), told)


def _taken_out(
    raw: StoreConnection, numbers: Numbers, stream: int, old: str
) -> tuple[list[Op], list[Action], list[Batch]]:
    """Take out of the log what nobody acknowledged; return what is to be made anew.

    That begins with the first action that is not acknowledged whole. The batches of it that are
    acknowledged stay in the log, and like everywhere else they wait there for its end.
    """
    device = numbers.device(old)
    place = (stream, device)
    ended = raw.execute(
        "SELECT coalesce(max(ends_at), 0) FROM sync_batch "
        "WHERE stream = ? AND device = ? AND is_acked = 1",
        place,
    ).fetchone()[0]
    rows = raw.execute(
        "SELECT header, body FROM sync_batch WHERE stream = ? AND device = ? AND to_seq > ? "
        "ORDER BY from_seq",
        (*place, ended),
    )
    batches = [log.stored_batch(row) for row in rows.fetchall()]
    contents = [open_batch(batch) for batch in batches]
    raw.execute("DELETE FROM sync_batch WHERE stream = ? AND device = ? AND is_acked = 0", place)
    raw.execute(
        "UPDATE sync_batch SET is_applied = 0 WHERE stream = ? AND device = ? AND to_seq > ?",
        (*place, ended),
    )
    last = raw.execute(
        "SELECT header, body FROM sync_batch WHERE stream = ? AND device = ? "
        "ORDER BY from_seq DESC LIMIT 1",
        place,
    ).fetchone()
    if last is None:
        log.keep_chain(raw, stream, device, Chain(0, 0, NO_HASH))
    else:
        header = log.stored_batch(last).header
        log.keep_chain(raw, stream, device, Chain(ended, header.to_seq, header.hash))
    ops = [op for content in contents for op in expand(content) if op.seq > ended]
    actions = [one for content in contents for one in content.actions if one.last_seq > ended]
    return ops, actions, batches


def _renamed(op: Op, moved: Mapping[OpId, OpId], *, is_forked: bool) -> Op:
    """Return an operation under its new id; what it saw, under the ids it has now."""
    new = moved[op.id]
    base = tuple(moved.get(one, one) for one in op.base)
    if op.kind == SET and not is_forked:
        base = (*base, op.id)
    seen = dict(op.seen)
    through = [moved[one].seq for one in moved if one.seq <= op.seen.get(one.device, 0)]
    if through:
        seen[new.device] = max(through)
        if is_forked:  # of the old ones it saw what both lives share, and no more
            seen[op.device] = min(one.seq for one in moved) - 1
    return replace(
        op,
        device=new.device,
        seq=new.seq,
        base=base,
        seen={one: last for one, last in seen.items() if last},
    )
