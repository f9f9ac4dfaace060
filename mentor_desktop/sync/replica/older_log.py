"""The log before the snapshot a stream began with: kept as it comes, applied already.

Signatures and chains are looked at as with any other batch. What it rejected is noted, so that
folding from the log comes to what the snapshot said.
"""

from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.batches import BadBatch, Batch, Header, purged, read_batch
from mentor_desktop.sync.protocol.operations import PURGE, REJECT, Content, expand
from mentor_desktop.sync.replica import log
from mentor_desktop.sync.replica.beginning import (
    Beginning,
    Filled,
    beginning_of,
    keep_beginning,
)
from mentor_desktop.sync.replica.purging import erase_all, purged_in
from mentor_desktop.sync.replica.refusals import Rules, rejection_of
from mentor_desktop.sync.replica.servers import learn_former_life
from mentor_desktop.sync.replica.state import Cursor, Numbers
from mentor_desktop.sync.replica.transactions import writing

# As often a log is asked for again in which a batch was missing or could not be verified.
MOST_ROUNDS = 3


def keep_older(
    raw: StoreConnection, numbers: Numbers, ws: str, stream: str, batches: Iterable[Batch]
) -> list[Batch]:
    """Keep the batches from before the snapshot and return the others, in the caller's transaction."""
    begun = beginning_of(raw, stream)
    if begun is None or not begun.is_loaded:
        return list(batches)
    keeping = _Keeping(raw, numbers, stream, begun)
    rest = [
        one
        for one in batches
        if (one.header.ws, one.header.stream) != (ws, stream) or not keeping.take(one)
    ]
    if keeping.count:
        keep_beginning(raw, stream, begun)
        if begun.is_filled:
            # Of an action that is cut over two batches only the whole log tells what it named.
            erase_all(raw, numbers.stream(stream))
    return rest


def keep_page(
    raw: StoreConnection, ws: str, stream: str, batches: Iterable[Batch], reached: Cursor
) -> None:
    """Keep a page that was pulled of the older log, and up to where it reached."""
    with writing(raw):
        keep_older(raw, Numbers(raw), ws, stream, batches)
        begun = beginning_of(raw, stream)
        if begun is None:
            return
        begun.epoch, begun.since = reached.epoch, reached.since
        if reached.since >= begun.seq:
            begun.rounds += 1
            begun.since = begun.seq if begun.rounds >= MOST_ROUNDS else 0
        keep_beginning(raw, stream, begun)


class _Keeping:
    """Lengthens the log of each device from its beginning up to the snapshot."""

    def __init__(
        self, raw: StoreConnection, numbers: Numbers, stream: str, begun: Beginning
    ) -> None:
        self._raw = raw
        self._numbers = numbers
        self._stream = numbers.stream(stream)
        self._begun = begun
        self._rules = Rules(raw, numbers, self._stream)
        self._keys = {
            device: Ed25519PublicKey.from_public_bytes(key)
            for device, key in raw.execute(
                "SELECT device, sign_key FROM sync_peer WHERE sign_key IS NOT NULL"
            )
        }
        self.count = 0

    def take(self, batch: Batch) -> bool:
        """Keep a batch that comes next; say whether it is from before the snapshot and not here."""
        header = batch.header
        filled = self._begun.filled.get(header.device, Filled())
        if not filled.seq < header.to_seq <= self._begun.applied.get(header.device, 0):
            return False
        if (header.from_seq, header.prev_hash) == (filled.seq + 1, filled.hash):
            content = self._read(batch)
            if content is not None:
                self._keep(batch, content)
        return True

    def _read(self, batch: Batch) -> Content | None:
        key = self._key_of(batch.header)
        if key is None:
            return None
        try:
            return read_batch(batch, key)
        except BadBatch:
            return None

    def _key_of(self, header: Header) -> Ed25519PublicKey | None:
        key = self._keys.get(header.device) or learn_former_life(self._raw, header)
        if key is not None:
            self._keys[header.device] = key
        return key

    def _keep(self, batch: Batch, content: Content) -> None:
        gone = self._purged(content)
        device = self._numbers.device(batch.header.device)
        kept = purged(batch, gone) if gone else batch
        log.add_older(self._raw, self._stream, device, kept, content)
        self._begun.filled[batch.header.device] = Filled(batch.header.to_seq, batch.header.hash)
        self.count += 1
        for run in content.runs:
            if run.kind == REJECT:
                for op in expand(Content((run,), ())):
                    rejection = rejection_of(op) if self._rules.counts(op) else None
                    if rejection is not None:
                        self._rules.reject([rejection])

    def _purged(self, content: Content) -> list[int]:
        """Return the operations whose values nobody may keep: their rows were purged."""
        gone: list[int] = []
        for run in content.runs:
            if run.kind == PURGE or run.erased:
                continue
            rows = purged_in(self._raw, run)
            gone += [run.first_seq + at for at, row in enumerate(run.rows) if row in rows]
        return gone
