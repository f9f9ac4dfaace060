"""Collecting files that nothing refers to, and uploads that never came to an end.

A file is referred to where its address stands in any value of any operation in the log of its
workspace: what is shown, what lost, what was overwritten and what was rejected, and what was set
aside. Values that were purged are gone from there. What stands in a user's own sealed stream
cannot be read here, so that a file sent for such a one is never collected.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, Select, delete, func, select

from mentor_desktop.server import audit, room
from mentor_desktop.server.change_log import batch_of, content_of
from mentor_desktop.server.limits import GRACE_DAYS
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import (
    blob,
    blob_chunk,
    blob_stream,
    log,
    quarantine,
)
from mentor_desktop.server.workspaces import workspace_ids
from mentor_desktop.sync.protocol.batches import Batch

_DAY_MS = 86_400_000
_SEALED_STREAMS = "u:%"
_BATCHES_AT_ONCE = 64
_ADDRESS_DIGITS = 64
_ADDRESSES = re.compile(r"[0-9a-f]{64,}")


@dataclass(frozen=True)
class Collected:
    """What was taken away (or would be)."""

    files: int = 0
    unfinished: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class _Candidate:
    """A file old enough; `at` is when it was sealed last, or began to arrive."""

    address: str
    size: int
    at: int
    is_sealed: bool


def collect(service: Service, days: int = GRACE_DAYS, *, is_trial: bool = False) -> Collected:
    """Take away what nothing refers to in any workspace; return what it was."""
    found = [collect_in(service, ws, days, is_trial=is_trial) for ws in workspace_ids(service)]
    return Collected(
        sum(one.files for one in found),
        sum(one.unfinished for one in found),
        sum(one.bytes for one in found),
    )


def collect_in(
    service: Service, ws: str, days: int = GRACE_DAYS, *, is_trial: bool = False
) -> Collected:
    """Take away what nothing in a workspace refers to and is at least so many days old.

    Each file in a transaction of its own, which looks at what came since. With `is_trial`
    nothing is touched.
    """
    now = service.now_ms()
    old = service.database.read(ws, lambda one: _candidates(one, ws, now - days * _DAY_MS))
    sealed = {one.address for one in old if one.is_sealed}
    upto, unused = _unused(service, ws, sealed) if sealed else (0, set())
    gone: list[_Candidate] = []
    for one in old:
        work = partial(_take_away, service, ws, one, upto, now)
        is_garbage = not one.is_sealed or one.address in unused
        if is_garbage and (is_trial or service.database.write(ws, work)):
            gone.append(one)
    if not is_trial:
        service.database.write(ws, partial(room.recount, ws=ws))
    files = sum(one.is_sealed for one in gone)
    return Collected(files, len(gone) - files, sum(one.size for one in gone))


def _candidates(connection: Connection, ws: str, before: int) -> list[_Candidate]:
    private = (
        select(table.c.hash).where(table.c.ws == ws, table.c.stream.like(_SEALED_STREAMS))
        for table in (blob_stream, blob_chunk)
    )
    at = func.coalesce(blob.c.sealed_at, blob.c.started_at)
    rows = connection.execute(
        select(blob.c.hash, blob.c.size, at.label("at"), blob.c.sealed_at)
        .where(blob.c.ws == ws, at <= before, *(blob.c.hash.not_in(one) for one in private))
        .order_by(blob.c.hash)
    )
    return [_Candidate(row.hash, row.size, row.at, row.sealed_at is not None) for row in rows]


def _unused(service: Service, ws: str, addresses: set[str]) -> tuple[int, set[str]]:
    """Return up to which batch was looked, and which of the addresses stood nowhere there."""
    unused, upto = set(addresses), 0
    aside = select(quarantine.c.header, quarantine.c.body).where(quarantine.c.ws == ws)
    unused -= service.database.read(ws, lambda one: _named(_read(one, aside), unused))
    while unused:
        rows = service.database.read(ws, partial(_page, ws=ws, since=upto))
        if not rows:
            break
        upto = rows[-1][0]
        unused -= _named((batch for _number, batch in rows), unused)
    return upto, unused


def _page(connection: Connection, ws: str, since: int) -> list[tuple[int, Batch]]:
    rows = connection.execute(
        select(log.c.seq, log.c.header, log.c.body)
        .where(log.c.ws == ws, log.c.seq > since)
        .order_by(log.c.seq)
        .limit(_BATCHES_AT_ONCE)
    )
    return [(row.seq, batch_of(row)) for row in rows]


def _read(connection: Connection, wanted: Select[tuple[bytes, bytes]]) -> Iterator[Batch]:
    return map(batch_of, connection.execute(wanted.execution_options(yield_per=_BATCHES_AT_ONCE)))


def _named(batches: Iterable[Batch], addresses: Collection[str]) -> set[str]:
    """Return which of these addresses stand in the values of these batches."""
    found: set[str] = set()
    for batch in batches:
        for run in content_of(batch).runs:
            for values in run.columns.values():
                for value in values:
                    if isinstance(value, str) and len(value) >= _ADDRESS_DIGITS:
                        found.update(one for one in _in(value) if one in addresses)
    return found


def _in(value: str) -> Iterator[str]:
    """Give what may be an address in a text: as many as it has digits, so nobody keeps them."""
    for digits in _ADDRESSES.findall(value):
        for start in range(len(digits) - _ADDRESS_DIGITS + 1):
            yield digits[start : start + _ADDRESS_DIGITS]


def _take_away(
    service: Service, ws: str, one: _Candidate, upto: int, now: int, connection: Connection
) -> bool:
    """Take a file away unless something changed since it was looked at; tell whether it was.

    The workspace's row stays locked: no push is under way that could refer to the file, and
    sealing it again waits and then finds nothing.
    """
    room.take(service, connection, ws, 0)
    where = (blob.c.ws == ws, blob.c.hash == one.address)
    row = connection.execute(
        select(blob.c.started_at, blob.c.sealed_at).where(*where).with_for_update()
    ).one_or_none()
    is_same = row is not None and one.at == (row.sealed_at or row.started_at)
    if not is_same or _is_used(connection, ws, one, upto, now):
        return False
    for table in (blob_chunk, blob_stream, blob):
        connection.execute(delete(table).where(table.c.ws == ws, table.c.hash == one.address))
    room.take(service, connection, ws, -one.size)
    # Before the commit: behind it somebody else may have brought the same file again.
    service.blobs.remove(ws, one.address)
    audit.record(connection, ws, now, "collected", hash=one.address[:16])
    return True


def _is_used(connection: Connection, ws: str, one: _Candidate, upto: int, now: int) -> bool:
    """Tell whether what came since the look refers to a file."""
    if not one.is_sealed:
        return False
    later = select(log.c.header, log.c.body).where(log.c.ws == ws, log.c.seq > upto)
    aside = select(quarantine.c.header, quarantine.c.body).where(
        quarantine.c.ws == ws, quarantine.c.at >= now
    )
    return any(_named(_read(connection, wanted), {one.address}) for wanted in (later, aside))
