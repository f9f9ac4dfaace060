"""The digest of many rows' states: equal exactly when the states are, and cheap to keep up.

256 sums modulo 2**256 of SHA-256(entity, row, state): a row that changes costs one
subtraction and one addition, in any order. `state` is `RowState.digest_text()`.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final
from zlib import crc32

BUCKETS: Final = 256
_SUM_BYTES: Final = 32
_MODULUS: Final = 1 << (8 * _SUM_BYTES)
_APART = "\x00"  # in no name, no id and no JSON


def bucket_of(entity: str, row: str) -> int:
    """Return the number of the bucket that this row is counted in."""
    return crc32(f"{entity}{_APART}{row}".encode()) % BUCKETS


class Buckets:
    """The 256 sums over the rows of one stream."""

    def __init__(self) -> None:
        self._sums = [0] * BUCKETS

    def add(self, entity: str, row: str, state: str) -> None:
        """Count this state of the row."""
        self._sums[bucket_of(entity, row)] += _number(entity, row, state)

    def remove(self, entity: str, row: str, state: str) -> None:
        """Count this state of the row no more."""
        self._sums[bucket_of(entity, row)] -= _number(entity, row, state)

    def add_all(self, states: Iterable[tuple[str, str, str]]) -> None:
        """Count many (entity, row, state)."""
        sums = self._sums
        for entity, row, state in states:
            sums[bucket_of(entity, row)] += _number(entity, row, state)

    def combine(self, other: "Buckets") -> None:
        """Count all that the other has counted, too; it may be a difference."""
        for bucket in range(BUCKETS):
            self._sums[bucket] += int.from_bytes(other.sum_of(bucket))

    def sum_of(self, bucket: int) -> bytes:
        """Return one sum, 32 bytes."""
        return (self._sums[bucket] % _MODULUS).to_bytes(_SUM_BYTES)

    def set_sum(self, bucket: int, sum_: bytes) -> None:
        """Continue from a sum that was kept."""
        if len(sum_) != _SUM_BYTES:
            raise ValueError("a sum has 32 bytes")
        self._sums[bucket] = int.from_bytes(sum_)

    @property
    def root(self) -> bytes:
        """One hash of all sums."""
        return sha256(self.to_bytes()).digest()

    def differing(self, other: "Buckets") -> list[int]:
        """Return the numbers of the buckets whose rows are not the same, in order."""
        return [bucket for bucket in range(BUCKETS) if self.sum_of(bucket) != other.sum_of(bucket)]

    def to_bytes(self) -> bytes:
        """Return all sums, 8 KiB."""
        return b"".join(map(self.sum_of, range(BUCKETS)))

    @classmethod
    def from_bytes(cls, sums: bytes) -> "Buckets":
        """Return the buckets of these sums; raise ValueError when they are not 8 KiB."""
        if len(sums) != BUCKETS * _SUM_BYTES:
            raise ValueError("256 sums of 32 bytes")
        buckets = cls()
        for bucket in range(BUCKETS):
            at = bucket * _SUM_BYTES
            buckets.set_sum(bucket, sums[at : at + _SUM_BYTES])
        return buckets


def _number(entity: str, row: str, state: str) -> int:
    text = f"{entity}{_APART}{row}{_APART}{state}"
    return int.from_bytes(sha256(text.encode()).digest())
