"""Learning from the stream `members` which devices there are and with what keys they sign.

Each replica judges the signed records itself: a server can add no device in the name of a
person, and hide none that another device vouched for by a file.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.keys.entries import BadRecord, DeviceEntry, Record, Revocation, read_record
from mentor_desktop.sync.keys.members import ROLES, Anchors, Members
from mentor_desktop.sync.protocol.batches import BadBatch, Batch, open_batch
from mentor_desktop.sync.protocol.operations import expand
from mentor_desktop.sync.replica.state import Peer, learn, peers

_ADMIN = ROLES[0]
RECORD_ENTITY, RECORD_COLUMN = "member_record", "record"
USER_ENTITY = "member"


def learn_members(raw: StoreConnection, ws: str, anchors: Anchors) -> Members:
    """Fold the records that are here and keep the keys of the devices that count.

    An entry for an id under which the server writes is nobody's. Called inside a transaction of the exchange.
    """
    members = read_members(raw, ws, anchors)
    known = {one.device: one for one in peers(raw)}
    for device, entry in members.entries.items():
        peer, before = _peer(entry, members), known.get(device)
        if before != peer and not (before and before.is_server):
            learn(raw, peer)
    return members


def read_members(
    raw: StoreConnection, ws: str, anchors: Anchors, told: Iterable[Record] = ()
) -> Members:
    """Fold the records that are here, and those that somebody told besides."""
    return _folded(ws, anchors, [*_records(raw), *told])


def records_in(batches: Iterable[Batch]) -> Iterator[Record]:
    """Give every readable record in batches of the members that are not here yet.

    Each stands for itself, whoever signed the batch.
    """
    for batch in batches:
        with suppress(BadBatch):
            for op in expand(open_batch(batch)):
                if op.entity == RECORD_ENTITY:
                    yield from _read(op.values.get(RECORD_COLUMN))


def _folded(ws: str, anchors: Anchors, waiting: list[Record]) -> Members:
    """Take the records until none of those left counts: a file may bring them in any order.

    What a device vouched for before it was revoked stays, so revocations come last.
    """
    members = Members(ws, anchors)
    waiting = sorted(waiting, key=lambda one: isinstance(one, Revocation))
    while True:
        left = [one for one in waiting if members.add(one)]
        if len(left) == len(waiting):
            return members
        waiting = left


def _records(raw: StoreConnection) -> Iterator[Record]:
    """Give every readable record."""
    rows = raw.execute(
        "SELECT vals FROM sync_shelf WHERE entity = ? AND grp = '' ORDER BY row", (RECORD_ENTITY,)
    )
    for (vals,) in rows.fetchall():
        yield from _read(json.loads(vals).get(RECORD_COLUMN))


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
