"""A copy that was copied or restored goes on as another device.

What it sealed under its old name was given to others, or may have been: it stays as it is, and is
offered to the server under that name (`former`). What the server does not take then is made anew
under the new name, with the same times and values, and so is what was never sealed: the old
numbers may be in use by the other copy. An operation that is made anew names the old one as seen,
so that the two are no conflict if it comes; not behind a fork, and not where it was never sealed:
there another operation has the old number.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from mentor_desktop.ids import new_id
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import remember, setting
from mentor_desktop.sync.protocol.batches import NO_HASH, Batch, open_batch
from mentor_desktop.sync.protocol.operations import SET, Action, Op, OpId, expand, runs_of
from mentor_desktop.sync.protocol.streams import MOST_BASES
from mentor_desktop.sync.replica import acknowledged, log, state
from mentor_desktop.sync.replica.batching import add_batches
from mentor_desktop.sync.replica.digests import Digests
from mentor_desktop.sync.replica.foreign_history import ForeignHistory
from mentor_desktop.sync.replica.log import Chain
from mentor_desktop.sync.replica.merging import Folded, Merge
from mentor_desktop.sync.replica.recompute import fold_rows
from mentor_desktop.sync.replica.refusals import Rules
from mentor_desktop.sync.replica.sealed_streams import is_bound, keep_to_seal_anew, owner_of
from mentor_desktop.sync.replica.sealing import seal_rest
from mentor_desktop.sync.replica.state import Identity, Numbers
from mentor_desktop.sync.replica.transactions import writing

_FORKED = "sync_forked"
_FORMER = "sync_former"


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


def note_fork(raw: StoreConnection, common: Mapping[str, int] | None = None) -> None:
    """Write down that somebody else uses the numbers of this device for something else.

    In the streams of `common` behind its numbers, as a file told; without it, as a server told,
    wherever that does not hold what is here.
    """
    remember(raw, **{_FORKED: json.dumps(common)})


def is_forked(raw: StoreConnection) -> bool:
    """Say whether a server told that somebody else uses the numbers of this device."""
    told = setting(raw, _FORKED)
    return bool(told) and not isinstance(json.loads(told), dict)


def former(raw: StoreConnection) -> list[str]:
    """Return the devices this copy was whose sealed operations no server was offered yet."""
    found: list[str] = json.loads(setting(raw, _FORMER) or "[]")
    return found


def go_on_as(raw: StoreConnection, new: NewDevice, *, is_offered: bool = True) -> Identity:
    """Become another device, in one transaction.

    Where all of it was offered to a server, what that does not hold is made anew; else only what
    cannot be the other copy's: what was not sealed, and what lies behind a fork.

    Raises:
        UnfinishedImportError: an import is written in parts and has not come to its end.
    """
    with writing(raw):
        old = state.identity(raw).device
        parts = _parts(raw, old, is_offered=is_offered)
        # The tables say what the log says only where nothing waits to be sealed.
        seal_rest(raw)
        own = state.take_over(
            raw,
            device=new.device,
            sign_key=new.sign_key,
            seal_key=new.seal_key,
            tag=new.tag,
            name=new.name,
            user=new.user,
        )
        _make_all_anew(raw, own, old, parts)
        if not is_offered:
            _keep_former(raw, [*former(raw), old])
        return own


def make_rest_anew(raw: StoreConnection, old: str) -> None:
    """Make anew what a server did not take of a device this copy was, after it was offered.

    Raises:
        UnfinishedImportError: an import is written in parts and has not come to its end.
    """
    with writing(raw):
        _make_former_anew(raw, old, is_offered=True)
        _keep_former(raw, [one for one in former(raw) if one != old])


def make_forked_anew(raw: StoreConnection, old: str, common: Mapping[str, int]) -> None:
    """Make anew what lies behind these numbers of a device this copy was, by stream.

    There the other copy has something else, as a file told; the rest is still to be offered.

    Raises:
        UnfinishedImportError: as `make_rest_anew`.
    """
    note_fork(raw, common)
    with writing(raw):
        _make_former_anew(raw, old, is_offered=False)


def _make_former_anew(raw: StoreConnection, old: str, *, is_offered: bool) -> None:
    seal_rest(raw)
    parts = _parts(raw, old, is_offered=is_offered)
    _make_all_anew(raw, state.identity(raw), old, parts)


def _keep_former(raw: StoreConnection, devices: list[str]) -> None:
    raw.execute(
        "INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, ?)",
        (_FORMER, json.dumps(devices)),
    )


@dataclass(frozen=True)
class _Part:
    """Of one stream: what stays under the old name, and up to where that means one thing to all.

    `common_to` is the last operation of the batches that both copies have; the action it is in may
    end later.
    """

    kept_to: int = 0
    common_to: int = 0
    shared_to: int = 0


def _parts(raw: StoreConnection, device: str, *, is_offered: bool) -> dict[str, _Part]:
    """Return by stream what stays under the name of a device: actions that are whole."""
    numbers, told, is_everywhere = Numbers(raw), setting(raw, _FORKED), is_forked(raw)
    places: dict[str, int] = json.loads(told) if told and not is_everywhere else {}
    number = numbers.device(device)
    last = raw.execute(
        "SELECT stream, max(to_seq) FROM sync_batch WHERE device = ? GROUP BY stream", (number,)
    )
    parts = {}
    for stream, last_seq in last.fetchall():
        name = numbers.stream_of(stream)
        stays_to = 0 if is_offered or is_everywhere else places.get(name, last_seq)
        ended = raw.execute(
            "SELECT max(ends_at) FROM sync_batch "
            "WHERE stream = ? AND device = ? AND (is_acked OR to_seq <= ?)",
            (stream, number, stays_to),
        ).fetchone()[0]
        is_apart = is_everywhere or name in places
        shared_to = (ended or 0) if is_apart else last_seq
        parts[name] = _Part(ended or 0, min(stays_to, places.get(name, 0)), shared_to)
    return parts


def _make_all_anew(
    raw: StoreConnection, own: Identity, old: str, parts: Mapping[str, _Part]
) -> None:
    numbers = Numbers(raw)
    for stream in acknowledged.unacknowledged_streams(raw, numbers, old):
        _make_anew(raw, numbers, own, old, stream, parts.get(stream, _Part()))
    raw.execute("DELETE FROM local_setting WHERE key = ?", (_FORKED,))


def _make_anew(
    raw: StoreConnection, numbers: Numbers, own: Identity, old: str, stream: str, part: _Part
) -> None:
    number = numbers.stream(stream)
    ops, actions, batches = _taken_out(raw, numbers, number, old, part)
    if not ops:
        return
    bound: list[Op] = []
    if owner_of(stream):
        keep_to_seal_anew(raw, batches)
        bound = [op for op in ops if is_bound(op)]
        ops = [op for op in ops if not is_bound(op)]
    chain = log.chain_of(raw, number, numbers.device(own.device))
    first = chain.seq + 1
    moved = {op.id: OpId(own.device, first + at) for at, op in enumerate(ops)}
    fresh = [_renamed(op, moved, part.shared_to) for op in ops]
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
    raw: StoreConnection, numbers: Numbers, stream: int, old: str, part: _Part
) -> tuple[list[Op], list[Action], list[Batch]]:
    """Take out of the log what does not stay; return it: it is to be made anew.

    That begins with an action. Batches with a part of it that others hold too stay in the log,
    and like everywhere else they wait there for its end.
    """
    device, kept_to = numbers.device(old), part.kept_to
    place = (stream, device)
    rows = raw.execute(
        "SELECT header, body FROM sync_batch WHERE stream = ? AND device = ? AND to_seq > ? "
        "ORDER BY from_seq",
        (*place, kept_to),
    )
    batches = [log.stored_batch(row) for row in rows.fetchall()]
    contents = [open_batch(batch) for batch in batches]
    raw.execute(
        "DELETE FROM sync_batch WHERE stream = ? AND device = ? AND is_acked = 0 "
        "AND from_seq > ? AND to_seq > ?",
        (*place, kept_to, part.common_to),
    )
    raw.execute(
        "UPDATE sync_batch SET is_applied = 0 WHERE stream = ? AND device = ? AND to_seq > ?",
        (*place, kept_to),
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
        log.keep_chain(raw, stream, device, Chain(kept_to, header.to_seq, header.hash))
    ops = [op for content in contents for op in expand(content) if op.seq > kept_to]
    actions = [one for content in contents for one in content.actions if one.last_seq > kept_to]
    return ops, actions, batches


def _renamed(op: Op, moved: Mapping[OpId, OpId], shared_to: int) -> Op:
    """Return an operation under its new id; what it saw, under the ids it has now.

    Of the old ones it saw what both copies share, and no more.
    """
    new = moved[op.id]
    base = tuple(moved.get(one, one) for one in op.base)
    if op.kind == SET and op.seq <= shared_to:
        base = (op.id, *base)
    seen = dict(op.seen)
    through = [moved[one].seq for one in moved if one.seq <= op.seen.get(one.device, 0)]
    if through:
        seen[new.device] = max(through)
        seen[op.device] = min(seen[op.device], shared_to)
    return replace(
        op,
        device=new.device,
        seq=new.seq,
        base=base[:MOST_BASES],
        seen={one: last for one, last in seen.items() if last},
    )
