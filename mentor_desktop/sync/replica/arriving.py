"""Batches that arrive: each is taken into the log of its device, or refused.

What comes early is kept and waits; what comes twice is known by its hash; the same place with
another hash is a fork. A batch that was here without some values is filled with those that come.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.batches import (
    BadBatch,
    Batch,
    Header,
    filled,
    open_batch,
    read_batch,
)
from mentor_desktop.sync.protocol.operations import Content, Op, expand
from mentor_desktop.sync.replica.log import (
    COLUMNS,
    Chain,
    batches_of,
    chain_of,
    ends_at_of,
    insert,
    keep_chain,
    open_since,
    replace_body,
    stored_batch,
)
from mentor_desktop.sync.replica.servers import learn_former_life
from mentor_desktop.sync.replica.state import Numbers, is_purged


@dataclass(frozen=True)
class Fork:
    """Two different batches of one device claim the same place; the first one is kept."""

    stream: str
    device: str
    seq: int


@dataclass(frozen=True)
class Refused:
    """A batch that was not taken: damaged, unsigned, or of another workspace."""

    device: str
    from_seq: int
    code: str


@dataclass
class Taken:
    """What became of a page: `contents` are those that were read, by (device number, first seq).

    `filled` are batches that were here without some values, which came now, with the operations
    that got them.
    """

    fresh: int = 0
    filled: list[tuple[Header, tuple[Op, ...]]] = field(default_factory=list)
    forks: list[Fork] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    contents: dict[tuple[int, int], Content] = field(default_factory=dict)

    def absorb(self, other: "Taken") -> None:
        """Count what became of others too."""
        self.forks += other.forks
        self.refused += other.refused
        self.filled += other.filled
        self.contents |= other.contents


def take(
    raw: StoreConnection,
    numbers: Numbers,
    workspace: str,
    own_device: str,
    stream: str,
    batches: Iterable[Batch],
) -> Taken:
    """Keep the batches of one stream that are new; what they hold is not applied yet."""
    taken = Taken()
    taking = _Taking(raw, numbers, workspace, own_device, stream, taken)
    for batch in batches:
        taking.take(batch)
    return taken


def retry_waiting(raw: StoreConnection, numbers: Numbers, stream: str) -> Taken:
    """Link what waits to what is held by now: a key was learnt, or a gap was filled."""
    taken = Taken()
    number = numbers.stream(stream)
    taking = _Taking(raw, numbers, "", "", stream, taken)
    waiting = "SELECT DISTINCT device FROM sync_batch WHERE stream = ? AND is_applied = 0"
    for (device,) in raw.execute(waiting, (number,)).fetchall():
        taking.link_waiting(device)
    return taken


def has_readable(raw: StoreConnection, stream: str) -> bool:
    """Say whether the next batch of a device waited for a key that is known by now."""
    row = raw.execute(
        "SELECT 1 FROM sync_batch b JOIN sync_stream s ON s.no = b.stream "
        "JOIN sync_peer p ON p.no = b.device "
        "LEFT JOIN sync_applied a ON a.stream = b.stream AND a.device = b.device "
        "WHERE s.stream = ? AND b.is_applied = 0 AND b.ends_at IS NULL "
        "AND p.sign_key IS NOT NULL AND b.from_seq = coalesce(a.held, 0) + 1 LIMIT 1",
        (stream,),
    ).fetchone()
    return row is not None


class _Taking:
    """Puts batches into the log, one after the other."""

    def __init__(
        self,
        raw: StoreConnection,
        numbers: Numbers,
        workspace: str,
        own_device: str,
        stream: str,
        taken: Taken,
    ) -> None:
        self._raw = raw
        self._numbers = numbers
        self._workspace = workspace
        self._own = own_device
        self._name = stream
        self._stream = numbers.stream(stream)
        self._taken = taken
        self._keys = {
            device: Ed25519PublicKey.from_public_bytes(key)
            for device, key in raw.execute(
                "SELECT device, sign_key FROM sync_peer WHERE sign_key IS NOT NULL"
            )
        }

    def take(self, batch: Batch) -> None:
        header = batch.header
        if (header.ws, header.stream) != (self._workspace, self._name) or header.count < 1:
            self._refuse(header, "elsewhere")
            return
        device = self._numbers.device(header.device)
        chain = chain_of(self._raw, self._stream, device)
        known = self._stored_at(device, header.from_seq)
        if known is not None:
            if known.header.hash != header.hash:
                self._fork(header.device, header.from_seq)
            elif known.body != batch.body:
                self._fill(device, known, batch)
            return
        if header.from_seq <= chain.held or header.device == self._own:
            # Between the places of batches that are held, or a life of ours that we do not know.
            self._fork(header.device, header.from_seq)
            return
        key = self._key_of(header)
        if key is not None and self._read(device, batch, key) is None:
            return
        content = self._taken.contents.get((device, header.from_seq))
        insert(
            self._raw,
            self._stream,
            device,
            batch,
            ends_at=None if content is None else ends_at_of(content),
            is_applied=False,
            is_acked=True,
        )
        self._taken.fresh += 1
        if header.from_seq == chain.held + 1:
            self.link_waiting(device)

    def link_waiting(self, device: int) -> None:
        """Lengthen the chain of a device by what waits for just this place."""
        chain = chain_of(self._raw, self._stream, device)
        before = chain.held
        while True:
            row = self._raw.execute(
                f"SELECT {COLUMNS}, ends_at FROM sync_batch WHERE stream = ? AND device = ? "
                "AND from_seq = ? AND is_applied = 0",
                (self._stream, device, chain.held + 1),
            ).fetchone()
            if row is None or not self._link(device, chain, stored_batch(row), row[2]):
                break
        if chain.held != before:
            keep_chain(self._raw, self._stream, device, chain)

    def _link(self, device: int, chain: Chain, batch: Batch, ends_at: int | None) -> bool:
        header = batch.header
        if ends_at is None:
            key = self._key_of(header)
            if key is None:
                return False
            content = self._read(device, batch, key)
            if content is None:
                self._drop(device, header.from_seq)
                return False
            self._raw.execute(
                "UPDATE sync_batch SET ends_at = ? WHERE stream = ? AND device = ? AND from_seq = ?",
                (ends_at_of(content), self._stream, device, header.from_seq),
            )
        if header.prev_hash != chain.hash:
            self._fork(header.device, header.from_seq)
            self._drop(device, header.from_seq)
            return False
        chain.held = header.to_seq
        chain.hash = header.hash
        self._drop_strays(device, header)
        return True

    def _drop_strays(self, device: int, header: Header) -> None:
        """Let go of what waited for a place that this batch covers: it is of another life."""
        strays = self._raw.execute(
            "DELETE FROM sync_batch WHERE stream = ? AND device = ? "
            "AND from_seq > ? AND from_seq <= ?",
            (self._stream, device, header.from_seq, header.to_seq),
        ).rowcount
        if strays:
            self._fork(header.device, header.from_seq + 1)

    def _key_of(self, header: Header) -> Ed25519PublicKey | None:
        """Return the key a batch has to be signed with; None while nobody has named it."""
        if header.device not in self._keys:
            key = learn_former_life(self._raw, header)
            if key is None:
                return None
            self._keys[header.device] = key
        return self._keys[header.device]

    def _read(self, device: int, batch: Batch, key: Ed25519PublicKey) -> Content | None:
        try:
            content = read_batch(batch, key)
        except BadBatch as exc:
            self._refuse(batch.header, exc.code)
            return None
        self._taken.contents[device, batch.header.from_seq] = content
        return content

    def _fill(self, device: int, known: Batch, fuller: Batch) -> None:
        """Keep the values that were kept from this copy until now, once they are proven."""
        key = self._key_of(fuller.header)
        if key is None:
            return
        try:
            content = read_batch(fuller, key)
        except BadBatch as exc:
            self._refuse(fuller.header, exc.code)
            return
        whole, ops = filled(
            known, content, lambda op: is_purged(self._raw, (op.entity, op.row)),
            is_begun=bool(content.actions)
            and self._is_begun_without(device, known.header.from_seq - 1),
        )  # fmt: skip
        if ops:
            replace_body(self._raw, self._stream, device, whole)
            self._taken.filled.append((known.header, ops))

    def _is_begun_without(self, device: int, seq: int) -> bool:
        """Say whether the action that goes on behind an operation lacks values up to there."""
        first = open_since(self._raw, self._stream, device, seq)
        batches = batches_of(self._raw, self._stream, device, first, seq) if first else ()
        ops = (op for one in batches for op in expand(open_batch(one)) if first <= op.seq <= seq)
        return any(op.erased or is_purged(self._raw, (op.entity, op.row)) for op in ops)

    def _stored_at(self, device: int, from_seq: int) -> Batch | None:
        row = self._raw.execute(
            f"SELECT {COLUMNS} FROM sync_batch WHERE stream = ? AND device = ? AND from_seq = ?",
            (self._stream, device, from_seq),
        ).fetchone()
        return None if row is None else stored_batch(row)

    def _drop(self, device: int, from_seq: int) -> None:
        self._raw.execute(
            "DELETE FROM sync_batch WHERE stream = ? AND device = ? AND from_seq = ?",
            (self._stream, device, from_seq),
        )

    def _fork(self, device: str, seq: int) -> None:
        self._taken.forks.append(Fork(self._name, device, seq))

    def _refuse(self, header: Header, code: str) -> None:
        self._taken.refused.append(Refused(header.device, header.from_seq, code))
