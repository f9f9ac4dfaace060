"""Comparing rows at the end of a sync: digests of buckets, and the states of one bucket."""

from sqlalchemy import Connection, func, select

from mentor_desktop.server.accounts import reader_of
from mentor_desktop.server.merged_rows import read_merged
from mentor_desktop.server.refusals import Refusal
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import digest, merged
from mentor_desktop.sync.keys.sessions import Session
from mentor_desktop.sync.merge.digest import Buckets
from mentor_desktop.sync.protocol.messages import (
    DigestReply,
    DigestRequest,
    RowsReply,
    RowsRequest,
    RowText,
)

# Of one answer; a stream of two million rows has some 8,000 in a bucket, of a hundred characters.
MOST_ROWS = 20_000
MOST_CHARACTERS = 8_000_000


def differing(service: Service, caller: Session, asked: DigestRequest) -> DigestReply:
    """Return which buckets are not the same at a number of the log.

    Raises:
        Refusal: 409 `behind` when the rows are merged up to another number (`last_seq`).
    """

    def work(connection: Connection) -> DigestReply:
        reader_of(connection, caller, asked.ws, asked.stream)
        at_seq, sums = _digest(connection, asked.ws, asked.stream)
        if at_seq != asked.at_seq:
            raise Refusal(
                "behind",
                "The rows are merged up to another number.",
                last_seq=at_seq,
                retry_after_s=1,
            )
        return DigestReply(differing=sums.differing(Buckets.from_bytes(asked.sums)))

    return service.database.read(asked.ws, work)


def bucket_rows(service: Service, caller: Session, asked: RowsRequest) -> RowsReply:
    """Return the states of the rows of one bucket, and at which number of the log.

    Raises:
        Refusal: 413 `too_large` for a bucket that somebody filled with rows made for it, or large ones.
    """

    def work(connection: Connection) -> RowsReply:
        reader_of(connection, caller, asked.ws, asked.stream)
        at_seq, _sums = _digest(connection, asked.ws, asked.stream)
        where = (
            merged.c.ws == asked.ws,
            merged.c.stream == asked.stream,
            merged.c.bucket == asked.bucket,
        )
        # Before any of them is in memory.
        size = func.coalesce(func.sum(func.length(merged.c.state)), 0)
        count, length = connection.execute(select(func.count(), size).where(*where)).one()
        if count > MOST_ROWS or length > MOST_CHARACTERS:
            raise Refusal("too_large", "There is too much in this bucket.")
        rows = connection.execute(
            select(merged.c.entity, merged.c.row, merged.c.state)
            .where(*where)
            .order_by(merged.c.entity, merged.c.row)
        ).all()
        texts = [(row, read_merged(row.state, "[]").was) for row in rows]
        return RowsReply(
            at_seq=at_seq,
            rows=[RowText(row.entity, row.row, text) for row, text in texts if text is not None],
        )

    return service.database.read_consistently(asked.ws, work)


def _digest(connection: Connection, ws: str, stream: str) -> tuple[int, Buckets]:
    found = connection.execute(
        select(digest.c.at_seq, digest.c.sums).where(digest.c.ws == ws, digest.c.stream == stream)
    ).one_or_none()
    return (found.at_seq, Buckets.from_bytes(found.sums)) if found else (0, Buckets())
