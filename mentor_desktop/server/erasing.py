"""Taking the values of purged rows out of all that is kept of a stream; signatures still hold.

The log loses them, what was set aside, and the snapshots, which are taken anew.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from mentor_desktop.server import change_log
from mentor_desktop.server.limits import MOST_KEPT_BYTES
from mentor_desktop.server.tables import folding, log, quarantine, snapshot, snapshot_part
from mentor_desktop.sync.protocol.batches import Batch
from mentor_desktop.sync.protocol.erasing import Eraser, Row
from mentor_desktop.sync.protocol.operations import MOST_INTEGER, Content

# Added to the operations since the last snapshot: more than any stream waits for.
SNAPSHOT_IS_DUE = 1 << 40


@dataclass(frozen=True)
class Known:
    """What is known of a stream up to a number: in which batches there are values to take out.

    Each with whether it goes on with an action that has such a row. `going_on` are the devices
    whose last batch ends within one.
    """

    upto: int = 0
    found: tuple[tuple[int, bool], ...] = ()
    going_on: frozenset[str] = frozenset()


NOTHING_KNOWN = Known()


def erase(
    connection: Connection,
    ws: str,
    stream: str,
    gone: Collection[Row],
    upto: int,
    known: Known = NOTHING_KNOWN,
) -> None:
    """Take out the values of rows that are purged from now on; the log is read up to a number."""
    for number, is_begun in known.found:
        batch = change_log.batch_at(connection, ws, number)
        going_on = [batch.header.device] if is_begun else []
        erase_in_log(connection, ws, [(number, batch)], Eraser(gone.__contains__, going_on))
    eraser = Eraser(gone.__contains__, known.going_on)
    rest = change_log.scanned(connection, ws, stream, upto, known.upto)
    erase_in_log(connection, ws, rest, eraser)
    _erase_aside(connection, ws, stream, eraser)
    _drop_snapshots(connection, ws, stream)


def erase_in_log(
    connection: Connection, ws: str, batches: Iterable[tuple[int, Batch]], eraser: Eraser
) -> None:
    """Take the values of purged rows out of some batches of the log, each with its number."""
    for number, batch in batches:
        body = without(batch, eraser).body
        if body is not batch.body:
            where = (log.c.ws == ws, log.c.seq == number)
            connection.execute(update(log).where(*where).values(body=body, size=len(body)))


def without(batch: Batch, eraser: Eraser) -> Batch:
    """Return a batch without the values of purged rows; itself where it has none of them."""
    return eraser.without(batch, change_log.content_of(batch), most_bytes=MOST_KEPT_BYTES)


def open_from(batch: Batch, content: Content, before: int) -> int:
    """Return the first operation of the action that goes on behind a batch; 0 for none.

    `before`: the same of the batch before it.
    """
    first = before or batch.header.from_seq
    if content.actions:
        first = content.actions[-1].last_seq + 1
    return first if first <= batch.header.to_seq else 0


def rows_named(content: Content, first: int, upto: int = MOST_INTEGER) -> set[Row]:
    """Return the rows that the operations of a batch between two numbers name."""
    return {
        (run.entity, row)
        for run in content.runs
        for seq, row in enumerate(run.rows, run.first_seq)
        if first <= seq <= upto
    }


def is_begun_with(
    connection: Connection,
    ws: str,
    stream: str,
    device: str,
    first: int,
    upto: int,
    are_gone: Callable[[set[Row]], bool],
) -> bool:
    """Tell whether a device named a purged row in the log between two operations."""
    return any(map(are_gone, _named_between(connection, ws, stream, device, first, upto)))


def _named_between(
    connection: Connection, ws: str, stream: str, device: str, first: int, upto: int
) -> Iterator[set[Row]]:
    """Give the rows that operations of a device name, batch by batch."""
    where = (log.c.ws == ws, log.c.stream == stream, log.c.device == device)
    numbers = connection.scalars(
        select(log.c.seq)
        .where(*where, log.c.from_seq <= upto, log.c.from_seq + log.c["count"] > first)
        .order_by(log.c.seq)
    ).all()
    for number in numbers:  # one at a time: an action may be large
        found = connection.execute(
            select(log.c.header, log.c.body).where(log.c.ws == ws, log.c.seq == number)
        ).one()
        yield rows_named(change_log.content_of(change_log.batch_of(found)), first, upto)


def _erase_aside(connection: Connection, ws: str, stream: str, eraser: Eraser) -> None:
    """Do the same in what was set aside, which lies behind the log of its device."""
    key = (quarantine.c.device, quarantine.c.from_seq, quarantine.c.hash)
    where = (quarantine.c.ws == ws, quarantine.c.stream == stream)
    for device, from_seq, hash_ in connection.execute(
        select(*key).where(*where).order_by(*key)
    ).all():
        one = (key[0] == device, key[1] == from_seq, key[2] == hash_)
        row = connection.execute(
            select(quarantine.c.header, quarantine.c.body).where(*where, *one)
        ).one()
        body = without(change_log.batch_of(row), eraser).body
        if body is not row.body:
            connection.execute(update(quarantine).where(*where, *one).values(body=body))


def _drop_snapshots(connection: Connection, ws: str, stream: str) -> None:
    dropped = sum(
        connection.execute(delete(table).where(table.c.ws == ws, table.c.stream == stream)).rowcount
        for table in (snapshot, snapshot_part)
    )
    if dropped:
        connection.execute(
            update(folding)
            .where(folding.c.ws == ws, folding.c.stream == stream)
            .values(fresh=folding.c.fresh + SNAPSHOT_IS_DUE)
        )
