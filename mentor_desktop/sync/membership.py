"""Learning from the stream `members` which devices there are and with what keys they sign.

Each replica judges the signed records itself: a server can add no device in the name of a
person, and hide none that another device vouched for by a file.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.keys.entries import (
    SERVER,
    BadRecord,
    DeviceEntry,
    Record,
    Revocation,
    read_record,
)
from mentor_desktop.sync.keys.members import ROLES, Anchors, Members
from mentor_desktop.sync.protocol.batches import BadBatch, Batch, open_batch
from mentor_desktop.sync.protocol.operations import expand
from mentor_desktop.sync.protocol.streams import MEMBERS
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.state import Peer, learn, peers

_ADMIN = ROLES[0]
RECORD_ENTITY, RECORD_COLUMN = "member_record", "record"
USER_ENTITY = "member"


@dataclass(frozen=True)
class Told:
    """A signed record, and the device that put it among the members ("" where only a file says so).

    `is_held`: the server took it.
    """

    record: Record
    by: str = ""
    is_held: bool = False


def learn_members(raw: StoreConnection, ws: str, anchors: Anchors) -> Members:
    """Fold the records that are here and keep the keys of the devices that count.

    An entry for an id under which the server writes is nobody's. Of one that counted until others
    told who took its invitation first, no more is believed. Called inside a transaction of the
    exchange.
    """
    members = read_members(raw, ws, anchors)
    known = {one.device: one for one in peers(raw)}
    for device, entry in members.entries.items():
        peer, before = _peer(entry, members), known.get(device)
        if before != peer and not (before and before.is_server):
            learn(raw, peer)
    own = state.identity(raw).device
    for entry in members.too_late():
        before = known.get(entry.device)
        if before is not None and before.sign_key is not None and before.device != own:
            learn(raw, replace(before, sign_key=None, seal_key=None, is_admin=False))
    return members


def read_members(
    raw: StoreConnection, ws: str, anchors: Anchors, told: Iterable[Record] = ()
) -> Members:
    """Fold the records that are here, and those that somebody told besides."""
    known = {one.device for one in peers(raw) if one.sign_key is not None}
    return _folded(ws, anchors, [*_records(raw), *map(Told, told)], known)


def records_in(batches: Iterable[Batch]) -> Iterator[Record]:
    """Give every readable record in batches of the members that are not here yet.

    Each stands for itself, whoever signed the batch.
    """
    for batch in batches:
        with suppress(BadBatch):
            for op in expand(open_batch(batch)):
                if op.entity == RECORD_ENTITY:
                    yield from _read(op.values.get(RECORD_COLUMN))


def _folded(ws: str, anchors: Anchors, told: list[Told], known: Collection[str]) -> Members:
    """Take the records until none of those left counts: a file may bring them in any order.

    Of several devices that began with one invitation the first counts (`_precedence`). What a
    device vouched for before it was revoked stays, so revocations come last.
    """
    members = Members(ws, anchors)
    records = [one.record for one in sorted(told, key=lambda one: _precedence(one, known))]
    _add_all(members, [one for one in records if not isinstance(one, Revocation)])
    _add_all(members, [one for one in records if isinstance(one, Revocation)])
    return members


def _add_all(members: Members, records: list[Record]) -> None:
    """Take records until none of those left counts."""
    while records:
        left = [one for one in records if members.add(one)]
        if len(left) == len(records):
            return
        records = left


def _precedence(told: Told, known: Collection[str]) -> tuple[int, bool, int]:
    """Return what sorts the entry first that others agree used its invitation.

    The log has no order that all replicas share, so it is the word of who can tell: the server
    takes one alone, and so does whoever gave the invitation. Before either is heard, whom another
    device took counts before who only says so, and whom this one knows stays.
    """
    entry = told.record
    if not isinstance(entry, DeviceEntry) or entry.invitation is None:
        is_by_server = isinstance(entry, DeviceEntry) and entry.vouched_by == SERVER
        return (0 if is_by_server else 1, False, 0)
    if told.is_held:
        word = 1
    elif told.by == entry.invitation.invited_by:
        word = 2
    else:
        word = 4 if told.by in ("", entry.device) else 3
    return (word, entry.device not in known, entry.made_at)


def _records(raw: StoreConnection) -> Iterator[Told]:
    """Give every readable record, once for each device that told it."""
    rows = raw.execute(
        "SELECT f.vals, p.device, coalesce((SELECT b.is_acked FROM sync_batch b "
        "WHERE b.stream = s.no AND b.device = f.device AND b.from_seq <= f.seq "
        "ORDER BY b.from_seq DESC LIMIT 1), 0) "
        "FROM sync_shelf f JOIN sync_peer p ON p.no = f.device JOIN sync_stream s ON s.stream = ? "
        "WHERE f.entity = ? AND f.grp = '' ORDER BY f.row, p.device",
        (MEMBERS, RECORD_ENTITY),
    )
    for vals, by, is_held in rows.fetchall():
        for record in _read(json.loads(vals).get(RECORD_COLUMN)):
            yield Told(record, by, bool(is_held))


def _read(text: object) -> Iterator[Record]:
    if isinstance(text, str):
        with suppress(BadRecord):
            yield read_record(text)


def _peer(entry: DeviceEntry, members: Members) -> Peer:
    return Peer(
        device=entry.device,
        user=entry.user,
        sign_key=entry.sign_key,
        seal_key=entry.seal_key,
        tag=entry.tag,
        name=entry.name,
        revoked_at=members.revoked_at.get(entry.device),
        is_admin=members.role_of(entry.device) == _ADMIN,
    )
