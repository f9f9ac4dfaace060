"""Histories of several devices as Hypothesis draws them, and deliveries of them.

Each device sees what it has received, acts on that, and has a clock of its own that may be
years off. What a device sees comes from the oracle, so that a bug of the fold cannot hide.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import strategies as st

from mentor_desktop.sync.protocol.operations import Op, OpId, receive, tick
from tests.sync.oracle import heads, merged

DEVICES = ("a" * 32, "b" * 32, "c" * 32)
FORGETFUL = DEVICES[2]  # its clock learns nothing: the merge must not lean on clocks
ROWS = ("0" * 31 + "1", "0" * 31 + "2")
GROUPS = ("status", "note")
ENTITY = "mark"
_TEN_YEARS_MS = 315_576_000_000
_NOW_MS = 1_764_000_000_000

Delivery = list[tuple[str, int, int]]  # device, its operations from position, up to


@dataclass
class Device:
    """One device: its operations, and how many of each other's it has received."""

    name: str
    clock: int = 0
    made: list[Op] = field(default_factory=list)
    received: dict[str, int] = field(default_factory=dict)


class History:
    """What several devices did, and saw of each other while they did it."""

    def __init__(self) -> None:
        self.devices = {name: Device(name) for name in DEVICES}
        self.rejected: set[OpId] = set()

    @property
    def ops(self) -> list[Op]:
        return [op for device in self.devices.values() for op in device.made]

    def known_to(self, name: str) -> list[Op]:
        """Return what the device has made and received."""
        device = self.devices[name]
        others = device.received.items()
        return device.made + [op for one, n in others for op in self.devices[one].made[:n]]

    def receive(self, name: str, other: str, most: int) -> None:
        """Let the device receive some of another's next operations."""
        if name == other:
            return
        device, theirs = self.devices[name], self.devices[other].made
        had = device.received.get(other, 0)
        device.received[other] = min(len(theirs), had + most)
        new = theirs[had : device.received[other]]
        device.clock = receive(device.clock, max((op.hlc for op in new), default=0))

    def act(self, name: str, kind: str, row: str, group: str, now_ms: int) -> Op:
        """Let the device do something to a row, knowing what it knows."""
        device = self.devices[name]
        of_row = [op for op in self.known_to(name) if op.row == row]
        device.clock = tick(0 if name == FORGETFUL else device.clock, max(0, now_ms))
        seen = merged(of_row).get((ENTITY, row)) if kind == "delete" else None
        op = Op(
            device=name,
            seq=len(device.made) + 1,
            hlc=device.clock,
            entity=ENTITY,
            row=row,
            kind=kind,
            group=group if kind == "set" else "",
            values={group: len(device.made)} if kind in ("create", "set") else {},
            base=tuple(sorted(heads(of_row, group))) if kind == "set" else (),
            seen=dict(seen.touched) if seen else {},
        )
        device.made.append(op)
        return op


@st.composite
def histories(draw: st.DrawFn, *, most_steps: int = 30) -> History:
    """Draw a history; many devices create the same rows, and few steps are quiet."""
    history = History()
    kinds = ("create", "set", "set", "set", "delete", "restore", "receive", "receive")
    for _ in range(draw(st.integers(1, most_steps))):
        name = draw(st.sampled_from(DEVICES))
        # One in twenty purges: it ends a row, and with it what could be seen of it.
        kind = "purge" if draw(st.integers(0, 19)) == 0 else draw(st.sampled_from(kinds))
        if kind == "receive":
            history.receive(name, draw(st.sampled_from(DEVICES)), draw(st.integers(1, 6)))
            continue
        off_ms = draw(st.sampled_from((0, 1, -1, 60_000, _TEN_YEARS_MS, -_TEN_YEARS_MS)))
        row, group = draw(st.sampled_from(ROWS)), draw(st.sampled_from(GROUPS))
        history.act(name, kind, row, group, _NOW_MS + off_ms)
    if draw(st.booleans()):
        ids = [op.id for op in history.ops]
        history.rejected = set(draw(st.lists(st.sampled_from(ids), max_size=3))) if ids else set()
    return history


@st.composite
def deliveries(draw: st.DrawFn, history: History) -> Delivery:
    """Draw an order that keeps each device's, in parts of any size, some of them again."""
    waiting = {name: 0 for name, device in history.devices.items() if device.made}
    delivery: Delivery = []
    while waiting:
        name = draw(st.sampled_from(sorted(waiting)))
        at, end = waiting.pop(name), len(history.devices[name].made)
        stop = min(end, at + draw(st.integers(1, 6)))
        delivery.append((name, max(0, at - draw(st.sampled_from((0, 0, 1, 4)))), stop))
        if stop < end:
            waiting[name] = stop
    return delivery + [(name, 0, stop) for name, _, stop in delivery[: draw(st.integers(0, 2))]]


def parts(history: History, delivery: Delivery) -> Iterator[list[Op]]:
    """Yield the operations of each part of a delivery."""
    for name, start, stop in delivery:
        yield history.devices[name].made[start:stop]
