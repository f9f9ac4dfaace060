"""The digests of streams, kept in step with the states of their rows, and the rows only created."""

from collections.abc import Iterable
from itertools import repeat

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.merge.digest import Buckets, bucket_of
from mentor_desktop.sync.merge.row_state import RowState, plain_text
from mentor_desktop.sync.protocol.operations import Run
from mentor_desktop.sync.replica.state import Numbers

# Table and id.
Key = tuple[str, str]


class Digests:
    """The digests of the streams that are touched, kept until `write`."""

    def __init__(self, raw: StoreConnection) -> None:
        self._raw = raw
        self._buckets: dict[int, Buckets] = {}

    def of(self, stream: int) -> Buckets:
        """Return the buckets of a stream, to be changed."""
        buckets = self._buckets.get(stream)
        if buckets is None:
            row = self._raw.execute(
                "SELECT sums FROM sync_digest WHERE stream = ?", (stream,)
            ).fetchone()
            buckets = Buckets.from_bytes(row[0]) if row else Buckets()
            self._buckets[stream] = buckets
        return buckets

    def change(self, stream: int, key: Key, before: str | None, after: str | None) -> None:
        """Count a row by its new state instead of the one before."""
        if before == after:
            return
        buckets = self.of(stream)
        if before is not None:
            buckets.remove(*key, before)
        if after is not None:
            buckets.add(*key, after)

    def replace(self, stream: int, buckets: Buckets) -> None:
        """Count a stream by sums that were made anew."""
        self._buckets[stream] = buckets

    def write(self) -> None:
        """Store what was touched."""
        self._raw.executemany(
            "INSERT OR REPLACE INTO sync_digest (stream, sums) VALUES (?, ?)",
            [(stream, buckets.to_bytes()) for stream, buckets in self._buckets.items()],
        )


def add_plain_rows(
    raw: StoreConnection, numbers: Numbers, digests: Digests, stream: int, runs: Iterable[Run]
) -> None:
    """Store the rows of a stream that these runs created, and nobody touched since."""
    buckets = digests.of(stream)
    for run in runs:
        entity, device, seqs = run.entity, run.device, range(run.first_seq, run.last_seq + 1)
        number = numbers.device(device)
        raw.executemany(
            "INSERT INTO sync_row (entity, row, stream, device, seq, hlc, state, conflicts) "
            f"VALUES (?, ?, {stream}, {number}, ?, ?, NULL, 0)",
            zip(repeat(entity), run.rows, seqs, run.hlcs, strict=False),
        )
        buckets.add_all(
            (entity, row, plain_text(device, seq, hlc))
            for row, seq, hlc in zip(run.rows, seqs, run.hlcs, strict=True)
        )


def digest_of(raw: StoreConnection, stream: str) -> Buckets:
    """Return the digest of a stream as the server's is compared with it."""
    row = raw.execute(
        "SELECT d.sums FROM sync_digest d JOIN sync_stream s ON s.no = d.stream WHERE s.stream = ?",
        (stream,),
    ).fetchone()
    return Buckets.from_bytes(row[0]) if row else Buckets()


def states_in_bucket(raw: StoreConnection, stream: str, bucket: int) -> dict[Key, str]:
    """Return the digest text of each row of a stream that is counted in a bucket."""
    rows = raw.execute(
        "SELECT r.entity, r.row, p.device, r.seq, r.hlc, r.state FROM sync_row r "
        "JOIN sync_stream s ON s.no = r.stream LEFT JOIN sync_peer p ON p.no = r.device "
        "WHERE s.stream = ?",
        (stream,),
    )
    return {
        (entity, row): plain_text(device, seq, hlc)
        if state is None
        else RowState.from_text(state).digest_text()
        for entity, row, device, seq, hlc, state in rows
        if bucket_of(entity, row) == bucket
    }
