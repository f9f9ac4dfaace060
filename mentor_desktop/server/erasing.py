"""Taking the values of purged rows out of all that is kept of a stream; signatures still hold.

The log loses them, what was set aside, and the snapshots, which are taken anew.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, select, update

from mentor_desktop.server import change_log
from mentor_desktop.server.limits import MOST_KEPT_BYTES
from mentor_desktop.server.tables import folding, log, quarantine, snapshot, snapshot_part
from mentor_desktop.sync.protocol.batches import Batch, purged
from mentor_desktop.sync.protocol.operations import PURGE

# Added to the operations since the last snapshot: more than any stream waits for.
SNAPSHOT_IS_DUE = 1 << 40

Row = tuple[str, str]  # entity, row


def erase(connection: Connection, ws: str, stream: str, gone: Collection[Row], upto: int) -> None:
    """Take out the values of rows that are purged from now on; the log is read up to a number."""
    erase_in_log(connection, ws, change_log.scanned(connection, ws, stream, upto), gone)
    _erase_aside(connection, ws, stream, gone)
    _drop_snapshots(connection, ws, stream)


def erase_in_log(
    connection: Connection, ws: str, batches: Iterable[tuple[int, Batch]], gone: Collection[Row]
) -> None:
    """Take the values of purged rows out of some batches of the log, each with its number."""
    for number, batch in batches:
        body = without(batch, gone).body
        if body is not batch.body:
            where = (log.c.ws == ws, log.c.seq == number)
            connection.execute(update(log).where(*where).values(body=body, size=len(body)))


def without(batch: Batch, gone: Collection[Row]) -> Batch:
    """Return a batch without the values of purged rows; itself where it has none of them."""
    seqs = [
        run.first_seq + at
        for run in change_log.content_of(batch).runs
        if run.kind != PURGE
        for at, row in enumerate(run.rows)
        if (run.entity, row) in gone
    ]
    return purged(batch, seqs, most_bytes=MOST_KEPT_BYTES) if seqs else batch


def _erase_aside(connection: Connection, ws: str, stream: str, gone: Collection[Row]) -> None:
    key = (quarantine.c.device, quarantine.c.from_seq, quarantine.c.hash)
    where = (quarantine.c.ws == ws, quarantine.c.stream == stream)
    for device, from_seq, hash_ in connection.execute(select(*key).where(*where)).all():
        one = (key[0] == device, key[1] == from_seq, key[2] == hash_)
        row = connection.execute(
            select(quarantine.c.header, quarantine.c.body).where(*where, *one)
        ).one()
        body = without(change_log.batch_of(row), gone).body
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
