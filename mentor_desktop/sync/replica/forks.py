"""Two lives of one device met: what the server holds stands, what came by a file gives way.

A copy that nobody noticed wrote under the name of the other one. It makes its operations anew as
a device of its own when it hears of that, this copy those that are its own; until then they leave
this log.
"""

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.batches import NO_HASH
from mentor_desktop.sync.replica import log
from mentor_desktop.sync.replica.beginning import require_whole_log
from mentor_desktop.sync.replica.log import Chain, chain_of
from mentor_desktop.sync.replica.recompute import repair_stream
from mentor_desktop.sync.replica.state import Numbers
from mentor_desktop.sync.replica.succession import former, make_rest_anew, note_fork
from mentor_desktop.sync.replica.transactions import writing


def give_way(raw: StoreConnection, stream: str, device: str) -> bool:
    """Take out what no server is known to hold of a device; False where there is nothing.

    Raises:
        LogIncompleteError: the log begins behind a snapshot; nothing was changed.
    """
    if device in former(raw):
        note_fork(raw)
        make_rest_anew(raw, device)
        return True
    with writing(raw):
        require_whole_log(raw, stream)
        numbers = Numbers(raw)
        place = (numbers.stream(stream), numbers.device(device))
        first = raw.execute(
            "SELECT min(from_seq) FROM sync_batch WHERE stream = ? AND device = ? AND is_acked = 0",
            place,
        ).fetchone()[0]
        if first is None:
            return False
        raw.execute(
            "DELETE FROM sync_batch WHERE stream = ? AND device = ? AND is_acked = 0", place
        )
        if first <= chain_of(raw, *place).held:
            _cut_chain(raw, *place, first)
    repair_stream(raw, stream)
    return True


def _cut_chain(raw: StoreConnection, stream: int, device: int, first: int) -> None:
    """Let the chain of a device end before an operation; what lies behind it waits for what comes."""
    place = (stream, device, first)
    raw.execute(
        "UPDATE sync_batch SET is_applied = 0 WHERE stream = ? AND device = ? AND from_seq > ?",
        place,
    )
    last = raw.execute(
        "SELECT header, body FROM sync_batch WHERE stream = ? AND device = ? AND to_seq < ? "
        "ORDER BY from_seq DESC LIMIT 1",
        place,
    ).fetchone()
    chain = Chain(0, 0, NO_HASH)
    if last is not None:
        header = log.stored_batch(last).header
        applied = min(chain_of(raw, stream, device).seq, header.to_seq)
        chain = Chain(applied, header.to_seq, header.hash)
    log.keep_chain(raw, stream, device, chain)
