"""Reading the operations of a sealed stream from the log: each once, then only what is new."""

from collections.abc import Iterator
from dataclasses import dataclass

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.batches import Header, open_batch
from mentor_desktop.sync.protocol.hashes import op_hash
from mentor_desktop.sync.protocol.operations import Op, expand
from mentor_desktop.sync.replica import log
from mentor_desktop.sync.replica.refusals import Rules
from mentor_desktop.sync.replica.state import Numbers


@dataclass(frozen=True)
class Made:
    """An operation with the schema of its batch, which its ciphertext is bound to."""

    op: Op
    schema: int

    @property
    def hash(self) -> str:
        """The operation's hash, as the next one on an entry names it."""
        return op_hash(self.op).hex()


@dataclass(frozen=True)
class _Place:
    """The last batch of a device that was read."""

    from_seq: int
    last_seq: int
    hash: bytes


class LogChangedError(Exception):
    """What was read is not in the log any more: two lives of a device met. Read all of it again."""


class Reader:
    """Gives the applied operations of one stream; those of each device in their order."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._read: dict[str, _Place] = {}

    def has_news(self, raw: StoreConnection) -> bool:
        """Say whether `new` would give anything or raise."""
        read = {device: place.last_seq for device, place in self._read.items()}
        return self._applied(raw, Numbers(raw)) != read

    def new(self, raw: StoreConnection) -> list[Made]:
        """Return what was applied since the last time; within a transaction of the caller.

        Raises:
            LogChangedError: begin again with a new reader.
        """
        numbers = Numbers(raw)
        applied = self._applied(raw, numbers)
        if self._read.keys() - applied.keys():
            raise LogChangedError
        if not applied:
            return []
        stream = numbers.stream(self._stream)
        rules = Rules(raw, numbers, stream)
        found: list[Made] = []
        for device, seq in sorted(applied.items()):
            before = self._read.get(device)
            if before is not None:
                self._check(raw, stream, numbers.device(device), before, seq)
            first = before.last_seq + 1 if before else 1
            for header, op in _operations(raw, stream, numbers.device(device), first, seq):
                if rules.counts(op):
                    found.append(Made(op, header.schema))
                last = min(seq, header.to_seq)
                self._read[device] = _Place(header.from_seq, last, header.hash)
        return found

    def _applied(self, raw: StoreConnection, numbers: Numbers) -> dict[str, int]:
        if self._stream not in numbers.known_streams():
            return {}
        applied = log.applied_of(raw, numbers, numbers.stream(self._stream))
        return {device: seq for device, seq in applied.items() if seq}

    def _check(
        self, raw: StoreConnection, stream: int, device: int, before: _Place, seq: int
    ) -> None:
        there = next(log.batches_of(raw, stream, device, before.from_seq, before.from_seq), None)
        if seq < before.last_seq or there is None or there.header.hash != before.hash:
            raise LogChangedError


def _operations(
    raw: StoreConnection, stream: int, device: int, first: int, last: int
) -> Iterator[tuple[Header, Op]]:
    for batch in log.batches_of(raw, stream, device, first, last):
        for op in expand(open_batch(batch)):
            if first <= op.seq <= last:
                yield batch.header, op
