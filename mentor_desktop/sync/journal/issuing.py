"""Writing operations into the sealed stream: no edit of a table makes them, so capture hears none.

They are made, sealed and signed in one transaction, with the number they will have; so there is
no time at which anything readable lies in the workspace's file.
"""

from collections.abc import Mapping

from mentor_desktop.changes import Changes
from mentor_desktop.ids import new_id
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.keys.key_records import ENTITY, KeyRecord, row_of, to_values
from mentor_desktop.sync.protocol.operations import (
    KEY,
    Action,
    Op,
    OpId,
    Value,
    runs_of,
    tick,
)
from mentor_desktop.sync.protocol.streams import MOST_BASES
from mentor_desktop.sync.replica import log
from mentor_desktop.sync.replica.applying import apply_own
from mentor_desktop.sync.replica.batching import add_batches
from mentor_desktop.sync.replica.state import Numbers, identity


class Issue:
    """One action under way, in the transaction of the caller; everything own is sealed before.

    Neither who acts nor what they do is said beside the operations: the server reads actions.
    """

    def __init__(self, raw: StoreConnection, stream: str, at_ms: int) -> None:
        self.raw = raw
        self._own = identity(raw)
        self._stream = stream
        self._numbers = Numbers(raw)
        self._number = self._numbers.stream(stream)
        self._device = self._numbers.device(self._own.device)
        self._chain = log.chain_of(raw, self._number, self._device)
        self._first = self._chain.seq + 1
        self._at_ms = at_ms + self._own.clock_offset_ms
        self._hlc = self._own.last_hlc
        self._ops: list[Op] = []

    @property
    def device(self) -> str:
        """Whose operations these are."""
        return self._own.device

    @property
    def has_something(self) -> bool:
        """Whether anything was added."""
        return bool(self._ops)

    @property
    def next_seq(self) -> int:
        """The number of the operation that is added next."""
        return self._first + len(self._ops)

    def add_key(self, record: KeyRecord) -> None:
        """Add a record about keys."""
        self.add(KEY, ENTITY, row_of(record), to_values(record))

    def add(
        self,
        kind: str,
        entity: str,
        row: str,
        values: Mapping[str, Value] | None = None,
        *,
        group: str = "",
        base: tuple[OpId, ...] = (),
        seen: Mapping[str, int] | None = None,
        at_ms: int | None = None,
    ) -> Op:
        """Add an operation and return it; `at_ms` is another time than that of the action."""
        self._hlc = tick(self._hlc, self._at_ms if at_ms is None else at_ms)
        op = Op(
            device=self._own.device,
            seq=self.next_seq,
            hlc=self._hlc,
            entity=entity,
            row=row,
            kind=kind,
            group=group,
            values=dict(values or {}),
            base=base[:MOST_BASES],
            seen=dict(seen or {}),
        )
        self._ops.append(op)
        return op

    def finish(self) -> Changes:
        """Append what was added to the log and return which rows are other than before."""
        if not self._ops:
            return Changes()
        last = self._ops[-1].seq
        self._chain.seq = last
        action = Action(last, self._at_ms, "", "", link=new_id())
        add_batches(
            self.raw, self._own, self._stream, self._number, self._device, self._chain,
            runs_of(self._ops), [action],
        )  # fmt: skip
        self.raw.execute("UPDATE sync_self SET last_hlc = ?", (self._hlc,))
        return apply_own(self.raw, self._numbers, self._stream, self._device, last, self._first)
