"""Which operations count: rejected ones do not, nor what only an admin may do and somebody else did.

In a sealed stream its owner's devices count and nobody else, the server included: they may erase,
and nothing of theirs can be rejected, for nobody could see what that takes away.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.merge.fold import rejected_span
from mentor_desktop.sync.merge.spans import Spans
from mentor_desktop.sync.protocol.operations import PURGE, REJECT, Op
from mentor_desktop.sync.replica.sealed_streams import owner_of
from mentor_desktop.sync.replica.state import Numbers

REASON = "reason"
# Of the record of a device that is known by another one, or whose invitation another device used:
# no work of a person is in it, and nobody could share it again.
_SETTLED = frozenset({"member_taken", "member_used"})
_OF_ADMINS = frozenset({PURGE, REJECT})


@dataclass(frozen=True)
class Rejection:
    """Operations of one device that count as never made."""

    device: str
    first: int
    last: int
    reason: str


class Rules:
    """What counts in one stream: read once, lengthened as rejections arrive."""

    def __init__(self, raw: StoreConnection, numbers: Numbers, stream: int) -> None:
        self._raw = raw
        self._numbers = numbers
        self._stream = stream
        self._rejected: dict[str, Spans] = {}
        self._written: set[tuple[str, int, int]] = set()
        for device, first, last in raw.execute(
            "SELECT device, first_seq, last_seq FROM sync_refused WHERE stream = ?", (stream,)
        ):
            self._know(numbers.device_of(device), first, last)
        self._admins = {
            device for (device,) in raw.execute("SELECT device FROM sync_peer WHERE is_admin")
        }
        owner = owner_of(numbers.stream_of(stream))
        owned = "SELECT device FROM sync_peer WHERE user = ?"
        self._owned = {one for (one,) in raw.execute(owned, (owner,))} if owner else None

    @property
    def rejects_something(self) -> bool:
        """Say whether anything of the stream was rejected at all."""
        return bool(self._rejected)

    def counts(self, op: Op) -> bool:
        """Say whether an operation has an effect."""
        if self._owned is not None:
            return op.device in self._owned and op.kind != REJECT
        if op.kind in _OF_ADMINS and op.device not in self._admins:
            return False
        return op.device not in self._rejected or op.seq not in self._rejected[op.device]

    def reject(self, rejections: Iterable[Rejection]) -> list[Rejection]:
        """Write down what is rejected from now on; return what was not before."""
        new = []
        for one in rejections:
            if (one.device, one.first, one.last) in self._written:
                continue
            self._know(one.device, one.first, one.last)
            new.append(one)
            self._raw.execute(
                "INSERT INTO sync_refused (stream, device, first_seq, last_seq, reason, settled_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    self._stream,
                    self._numbers.device(one.device),
                    one.first,
                    one.last,
                    one.reason,
                    0 if one.reason in _SETTLED else None,
                ),
            )
        return new

    def _know(self, device: str, first: int, last: int) -> None:
        self._written.add((device, first, last))
        self._rejected.setdefault(device, Spans()).add(first, last)


def rejection_of(op: Op) -> Rejection | None:
    """Return what a rejection names; None where it names nothing that can be."""
    span = rejected_span(op)
    return None if span is None else Rejection(*span, str(op.values.get(REASON, "")))
