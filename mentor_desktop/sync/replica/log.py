"""The log of sealed batches: what is held of each device, what waits, what is missing.

The batches of one device in one stream form a chain. What comes early is kept and waits; what
comes twice is known by its hash; the same place with another hash is a fork.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.batches import NO_HASH, BadBatch, Batch, Header, read_batch
from mentor_desktop.sync.protocol.operations import Content
from mentor_desktop.sync.replica.servers import learn_former_life
from mentor_desktop.sync.replica.state import Numbers

_COLUMNS = "header, body"


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


@dataclass(frozen=True)
class Gap:
    """Operations of a device that are missing before others that wait."""

    device: str
    first: int
    last: int


@dataclass
class Taken:
    """What became of a page: `contents` are those that were read, by (device number, first seq)."""

    fresh: int = 0
    forks: list[Fork] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    contents: dict[tuple[int, int], Content] = field(default_factory=dict)

    def absorb(self, other: "Taken") -> None:
        """Count what became of others too."""
        self.forks += other.forks
        self.refused += other.refused
        self.contents |= other.contents


@dataclass
class Chain:
    """How far one device is applied and held in one stream."""

    seq: int = 0
    held: int = 0
    hash: bytes = NO_HASH


def chain_of(raw: StoreConnection, stream: int, device: int) -> Chain:
    """Return how far a device is in a stream; nothing yet where it is new."""
    row = raw.execute(
        "SELECT seq, held, hash FROM sync_applied WHERE stream = ? AND device = ?", (stream, device)
    ).fetchone()
    return Chain(*row) if row else Chain()


def keep_chain(raw: StoreConnection, stream: int, device: int, chain: Chain) -> None:
    """Store how far a device is."""
    raw.execute(
        "INSERT OR REPLACE INTO sync_applied (stream, device, seq, held, hash) VALUES (?, ?, ?, ?, ?)",
        (stream, device, chain.seq, chain.held, chain.hash),
    )


def applied_of(raw: StoreConnection, numbers: Numbers, stream: int) -> dict[str, int]:
    """Return the last applied operation of each device in a stream."""
    rows = raw.execute("SELECT device, seq FROM sync_applied WHERE stream = ?", (stream,))
    return {numbers.device_of(device): seq for device, seq in rows}


def add_own(raw: StoreConnection, stream: int, device: int, batch: Batch, ends_at: int) -> None:
    """Append a batch this device just sealed: applied already, not sent yet."""
    _insert(raw, stream, device, batch, ends_at=ends_at, is_applied=True, is_acked=False)


def add_older(
    raw: StoreConnection, stream: int, device: int, batch: Batch, content: Content
) -> None:
    """Keep a batch whose operations are in the rows already: a snapshot brought them."""
    _insert(raw, stream, device, batch, ends_at=_ends_at(content), is_applied=True, is_acked=True)


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


def missing(raw: StoreConnection, numbers: Numbers, stream: str) -> list[Gap]:
    """Return the operations that others wait for, by device."""
    number = numbers.stream(stream)
    rows = raw.execute(
        "SELECT device, from_seq, to_seq FROM sync_batch WHERE stream = ? AND is_applied = 0 "
        "ORDER BY device, from_seq",
        (number,),
    ).fetchall()
    gaps = []
    reached: dict[int, int] = {}
    for device, first, last in rows:
        if device not in reached:
            reached[device] = chain_of(raw, number, device).held
        if first > reached[device] + 1:
            gaps.append(Gap(numbers.device_of(device), reached[device] + 1, first - 1))
        reached[device] = max(reached[device], last)
    return gaps


def batches_of(
    raw: StoreConnection, stream: int, device: int, first: int, last: int
) -> Iterator[Batch]:
    """Give the batches that hold the operations `first` to `last` of a device, in order."""
    rows = raw.execute(
        f"SELECT {_COLUMNS} FROM sync_batch WHERE stream = ? AND device = ? AND to_seq >= ? "
        "AND from_seq <= ? ORDER BY from_seq",
        (stream, device, first, last),
    )
    for row in rows.fetchall():
        yield stored_batch(row)


def stored_batch(row: Sequence[bytes]) -> Batch:
    """Return a batch from the two columns that hold it."""
    return Batch(_HEADERS.decode(row[0]), row[1])


def header_bytes(batch: Batch) -> bytes:
    """Return the column that holds a batch's header."""
    return msgspec.msgpack.encode(batch.header)


def replace_body(raw: StoreConnection, stream: int, device: int, batch: Batch) -> None:
    """Put a purged batch in the place of the one with the same header."""
    raw.execute(
        "UPDATE sync_batch SET body = ? WHERE stream = ? AND device = ? AND from_seq = ?",
        (batch.body, stream, device, batch.header.from_seq),
    )


_HEADERS = msgspec.msgpack.Decoder(Header)


def _insert(
    raw: StoreConnection,
    stream: int,
    device: int,
    batch: Batch,
    *,
    ends_at: int | None,
    is_applied: bool,
    is_acked: bool,
) -> None:
    raw.execute(
        "INSERT INTO sync_batch (stream, device, from_seq, to_seq, header, body, is_applied, "
        "is_acked, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            stream,
            device,
            batch.header.from_seq,
            batch.header.to_seq,
            header_bytes(batch),
            batch.body,
            is_applied,
            is_acked,
            ends_at,
        ),
    )


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
        known = self._hash_at(device, header.from_seq)
        if known is not None:
            if known != header.hash:
                self._fork(header.device, header.from_seq)
            return
        if header.from_seq <= chain.held or header.device == self._own:
            # Between the places of batches that are held, or a life of ours that we do not know.
            self._fork(header.device, header.from_seq)
            return
        key = self._key_of(header)
        if key is not None and self._read(device, batch, key) is None:
            return
        content = self._taken.contents.get((device, header.from_seq))
        _insert(
            self._raw,
            self._stream,
            device,
            batch,
            ends_at=None if content is None else _ends_at(content),
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
                f"SELECT {_COLUMNS}, ends_at FROM sync_batch WHERE stream = ? AND device = ? "
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
                (_ends_at(content), self._stream, device, header.from_seq),
            )
        if header.prev_hash != chain.hash:
            self._fork(header.device, header.from_seq)
            self._drop(device, header.from_seq)
            return False
        chain.held = header.to_seq
        chain.hash = header.hash
        return True

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

    def _hash_at(self, device: int, from_seq: int) -> bytes | None:
        row = self._raw.execute(
            "SELECT header FROM sync_batch WHERE stream = ? AND device = ? AND from_seq = ?",
            (self._stream, device, from_seq),
        ).fetchone()
        return None if row is None else _HEADERS.decode(row[0]).hash

    def _drop(self, device: int, from_seq: int) -> None:
        self._raw.execute(
            "DELETE FROM sync_batch WHERE stream = ? AND device = ? AND from_seq = ?",
            (self._stream, device, from_seq),
        )

    def _fork(self, device: str, seq: int) -> None:
        self._taken.forks.append(Fork(self._name, device, seq))

    def _refuse(self, header: Header, code: str) -> None:
        self._taken.refused.append(Refused(header.device, header.from_seq, code))


def _ends_at(content: Content) -> int:
    return max((action.last_seq for action in content.actions), default=0)
