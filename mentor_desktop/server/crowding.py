"""How much one row may come to hold: each step that touches it reads and writes all of it.

What competes in a row, and what is awaited there, grows without end under somebody who never says
what they saw, or names what never comes. No work of a person comes near these bounds: a device
names what it saw, its own first of all. What goes beyond them counts as never made, and the
server says so to everybody (`rejecting`): so all rows stay alike.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, select

from mentor_desktop.server import change_log, own_batches, rejecting
from mentor_desktop.server.change_log import Rejection
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import workspace
from mentor_desktop.sync.merge.fold import REASON
from mentor_desktop.sync.merge.row_state import RowState
from mentor_desktop.sync.merge.spans import Spans
from mentor_desktop.sync.protocol.operations import (
    CREATE,
    DELETE,
    KEY,
    REJECT,
    SET,
    Op,
    OpId,
    Value,
)

CROWDED = "crowded"  # why it was rejected

# In bytes of values. A head, and an operation that is awaited, take as long as so many of these.
_ENTRY = 1024
MOST_OWN = 4 * 1024 * 1024  # of one device's heads: eight of the largest records there are
MOST_AWAITED = 4 * 1024 * 1024  # of what did not come yet
MOST = 16 * 1024 * 1024  # of all

# Rows that so little is stored of, and done to, are in bounds: nothing is counted.
_FEW_OPS = 2
_FEW_NAMED = 200
_SMALL_STATE = 4 * 1024
_SMALL_VALUES = 1024 * 1024

_encode = msgspec.json.Encoder().encode
_Values = Mapping[OpId, Mapping[str, Value]]


class Room:
    """What is in one row, counted while operations come in."""

    def __init__(self, state: RowState, values: _Values) -> None:
        self._state = state
        self._sizes = {op: len(_encode(its)) for op, its in values.items()}
        self.own: Counter[str] = Counter()
        for heads in (state.creates, *state.heads.values()):
            for op in heads:
                self.own[op.device] += _ENTRY
        for op, size in self._sizes.items():
            self.own[op.device] += size
        self._awaited = _ENTRY * (len(state.early) + len(state.deleted.keys() - state.touched))
        self._all = self.own.total() + _ENTRY * (len(state.early) + len(state.deleted))

    def take(self, op: Op, applied: Mapping[str, int]) -> bool:
        """Count an operation that is about to be folded; False, and nothing, when it is too much.

        `applied` is that of the fold. What makes nothing larger that is too large is never too much.
        """
        own: Counter[str] = Counter()
        if op.kind == DELETE:
            fresh = op.seen.keys() - self._state.deleted
            awaited, others = len(fresh - self._state.touched.keys()), len(fresh)
        elif op.seq <= self._state.touched.get(op.device, 0):
            return True
        elif op.kind == SET:
            own, others = self._of_set(op, applied)
            awaited = others
        elif op.kind in (CREATE, KEY):
            own, others = self._of_create(op)
            awaited = others
        else:
            return True
        grown = (
            (self.own[op.device], own[op.device], MOST_OWN),
            (self._awaited, _ENTRY * awaited, MOST_AWAITED),
            (self._all, own.total() + _ENTRY * others, MOST),
        )
        if any(more > 0 and before + more > most for before, more, most in grown):
            return False
        self.own.update(own)
        self._awaited += _ENTRY * awaited
        self._all += own.total() + _ENTRY * others
        return True

    def _of_set(self, op: Op, applied: Mapping[str, int]) -> tuple[Counter[str], int]:
        """Return by device how much larger a set makes it, and how many more are awaited."""
        state, own = self._state, Counter[str]()
        known = state.heads.get(op.group)
        heads = state.creates if known is None else known
        named = {one for one in op.base if one != op.id}
        replaced = named & heads.keys()
        awaited = {
            (op.group, one)
            for one in named - replaced
            if one.seq > max(state.touched.get(one.device, 0), applied.get(one.device, 0))
        } - state.early
        if known is None:
            for one in heads:
                own[one.device] += _ENTRY
        for one in replaced:
            own[one.device] -= _ENTRY + (0 if one in state.creates else self._sizes.get(one, 0))
        if (op.group, op.id) in state.early:
            return own, len(awaited) - 1
        if op.id in op.base:  # so it never is a head
            return own, len(awaited)
        own[op.device] += _ENTRY + self._size(op)
        return own, len(awaited)

    def _of_create(self, op: Op) -> tuple[Counter[str], int]:
        groups = self._state.heads
        come = sum((group, op.id) in self._state.early for group in groups)
        size = _ENTRY * (1 + len(groups) - come) + self._size(op)
        return Counter({op.device: size}), -come

    def _size(self, op: Op) -> int:
        size = self._sizes[op.id] = len(_encode(op.values))
        return size


def is_small(state: str, values: str, ops: Sequence[Op]) -> bool:
    """Tell whether a row, as it is stored, stays in bounds for certain when these come in."""
    return (
        len(ops) <= _FEW_OPS
        and len(state) <= _SMALL_STATE
        and len(values) <= _SMALL_VALUES
        and sum(len(op.base) + len(op.seen) for op in ops) <= _FEW_NAMED
    )


def reject(
    service: Service, connection: Connection, ws: str, stream: str, crowded: Mapping[str, Spans]
) -> None:
    """Say to everybody which operations, by device, do not count."""
    if not crowded:
        return
    version = connection.execute(
        select(workspace.c.access).where(workspace.c.ws == ws)
    ).scalar_one()
    for device, spans in sorted(crowded.items()):
        rejections = [Rejection(first, last, CROWDED) for first, last in spans]
        count = own_batches.batches_for(len(rejections))
        taken = change_log.take_numbers(connection, ws, count, version, changes_access=False)
        rejecting.reject(service, connection, ws, stream, device, rejections, taken.before + 1)


def of_what_was_merged(
    service: Service, connection: Connection, ws: str, ops: Sequence[Op]
) -> list[Op]:
    """Return the rejections among operations, but those of what was never merged.

    The server said so itself when it left it out.
    """
    rejects = [op for op in ops if op.kind == REJECT]
    if all(op.values.get(REASON) != CROWDED for op in rejects):
        return rejects
    epoch = connection.execute(select(workspace.c.epoch).where(workspace.c.ws == ws)).scalar_one()
    own = service.keys.device_in(epoch)
    return [op for op in rejects if op.device != own or op.values.get(REASON) != CROWDED]
