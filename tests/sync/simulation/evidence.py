"""What really lies in logs and tables: read without the code that is tested, where that is possible."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from hashlib import sha256

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.batches import Batch, expand, open_batch
from mentor_desktop.sync.protocol.operations import Op
from mentor_desktop.sync.replica.log import stored_batch
from tests.sync.simulation.actions import PREFIX, tokens_in
from tests.sync.simulation.devices import Laptop
from tests.sync.simulation.server import Server

Place = tuple[str, str, int]  # stream, device, first number


def server_log(server: Server, ws: str) -> list[tuple[int, Batch]]:
    """Return what the server's log holds of a workspace, in its order."""
    path = server.settings.database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as raw:
        rows = raw.execute("SELECT seq, header, body FROM log WHERE ws = ? ORDER BY seq", (ws,))
        return [(seq, stored_batch((header, body))) for seq, header, body in rows]


def laptop_log(laptop: Laptop) -> list[Batch]:
    """Return what a laptop's log holds."""
    rows = laptop.look.execute("SELECT header, body FROM sync_batch").fetchall()
    return [stored_batch(row) for row in rows]


def all_batches(server: Server, ws: str, laptops: Iterable[Laptop]) -> list[Batch]:
    """Return what lies anywhere.

    A laptop and its copy may have made different ones in one place while neither knows of the
    other.
    """
    everything = [batch for _seq, batch in server_log(server, ws)]
    for laptop in laptops:
        everything += laptop_log(laptop)
    return everything


def known_batches(server: Server, ws: str, laptops: Iterable[Laptop]) -> dict[Place, Batch]:
    """Return every batch of laptops in step; two of one place with different hashes are a mistake."""
    found: dict[Place, Batch] = {}
    for batch in all_batches(server, ws, laptops):
        header = batch.header
        place = (header.stream, header.device, header.from_seq)
        known = found.setdefault(place, batch)
        assert known.header.hash == header.hash, f"two different batches at {place}"
    return found


def operations(batches: dict[Place, Batch]) -> Iterator[tuple[str, Op]]:
    """Give every operation with its stream, the operations of a device in their order."""
    for (stream, _device, _first), batch in sorted(batches.items()):
        for op in expand(open_batch(batch)):
            yield stream, op


def tokens_in_batches(batches: Iterable[Batch]) -> set[str]:
    """Return the values of all actions in batches."""
    return {
        value
        for batch in batches
        for op in expand(open_batch(batch))
        for value in op.values.values()
        if isinstance(value, str) and value.startswith(PREFIX)
    }


def unsealed_tokens(laptop: Laptop) -> set[str]:
    """Return the values of actions that a laptop has not sealed yet."""
    raw = laptop.look
    found: set[str] = set()
    for entity, row, new in _unsealed(raw):
        if new is not None:
            found |= tokens_in(new)
        else:
            found |= _tokens_of_row(raw, entity, row)
    return found


def fingerprint(server: Server, ws: str, laptops: Iterable[Laptop]) -> str:
    """Return what tells two ends of a story apart: rows and digests, and the order of the log.

    Only digests of `members` are left out: its records are named by hashes of keys.
    """
    whole = sha256()
    for laptop in laptops:
        sums = laptop.look.execute(
            "SELECT s.stream, d.sums FROM sync_digest d JOIN sync_stream s ON s.no = d.stream "
            "WHERE s.stream <> 'members' ORDER BY s.stream"
        ).fetchall()
        whole.update(repr((laptop.name, laptop.rows(), sums)).encode())
    for seq, batch in server_log(server, ws):
        header = batch.header
        place = (seq, header.stream, header.device, header.from_seq, header.count)
        whole.update(repr(place).encode())
    return whole.hexdigest()


def _unsealed(raw: StoreConnection) -> list[tuple[str, str, str | None]]:
    rows = raw.execute(
        "SELECT entity, row, new FROM change "
        "WHERE seq > (SELECT sealed_change FROM sync_self) AND kind <> 'delete'"
    )
    return list(rows.fetchall())


def _tokens_of_row(raw: StoreConnection, entity: str, row: str) -> set[str]:
    found = raw.execute(f'SELECT * FROM "{entity}" WHERE id = ?', (row,)).fetchone()
    return {one for one in found or () if isinstance(one, str) and one.startswith(PREFIX)}
