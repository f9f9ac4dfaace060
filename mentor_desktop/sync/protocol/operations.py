"""Operations: what one device did to one row, one by one and in columns; and their clock.

Definitions: docs/sync.md, 1. Bytes, hashes and signatures are in `batches`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, NamedTuple, TypeAlias

Value: TypeAlias = str | int | float | bool | None

CREATE: Final = "create"
SET: Final = "set"
DELETE: Final = "delete"
RESTORE: Final = "restore"
PURGE: Final = "purge"
REJECT: Final = "reject"
KEY: Final = "key"

MOST_INTEGER: Final = 2**63 - 1  # what SQLite and PostgreSQL keep
_COUNTER_BITS = 16


class OpId(NamedTuple):
    """Which operation of a stream: the device that made it and its dense number there."""

    device: str
    seq: int


class Version(NamedTuple):
    """What ranks heads: later is larger, ties go by device and number."""

    hlc: int
    device: str
    seq: int


@dataclass(frozen=True, slots=True)
class Op:
    """One operation; `erased` is the hash of its values when they were purged."""

    device: str
    seq: int
    hlc: int
    entity: str
    row: str
    kind: str
    group: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    base: tuple[OpId, ...] = ()
    seen: Mapping[str, int] = field(default_factory=dict)
    ends: bool = False
    erased: bytes = b""

    @property
    def id(self) -> OpId:
        return OpId(self.device, self.seq)

    @property
    def version(self) -> Version:
        return Version(self.hlc, self.device, self.seq)


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive operations of one shape, in columns: what the hot path works on.

    Every column is as long as `rows`; so are `bases`, `seens` and `erased` unless they are
    empty, which says that no operation of the run has one. A purged run has `erased`, the
    hashes of its values, and no columns.
    """

    device: str
    first_seq: int
    entity: str
    kind: str
    group: str
    hlcs: Sequence[int]
    rows: Sequence[str]
    columns: Mapping[str, Sequence[Value]]
    bases: Sequence[tuple[OpId, ...]] = ()
    seens: Sequence[Mapping[str, int]] = ()
    erased: Sequence[bytes] = ()

    @property
    def last_seq(self) -> int:
        return self.first_seq + len(self.rows) - 1

    def part(self, start: int, stop: int) -> "Run":
        """Return the operations from position `start` up to, not with, `stop`."""
        return Run(
            device=self.device,
            first_seq=self.first_seq + start,
            entity=self.entity,
            kind=self.kind,
            group=self.group,
            hlcs=self.hlcs[start:stop],
            rows=self.rows[start:stop],
            columns={name: column[start:stop] for name, column in self.columns.items()},
            bases=self.bases[start:stop],
            seens=self.seens[start:stop],
            erased=self.erased[start:stop],
        )


@dataclass(frozen=True, slots=True)
class Action:
    """What a person did: the operations up to `last_seq`, and how to tell it.

    `text` is a message of the catalogue, `values` fill its fields; `erased` is the hash of
    the values when they were purged. `at` is in milliseconds since 1970 (UTC).
    """

    last_seq: int
    at: int
    actor: str
    text: str
    values: Mapping[str, str] = field(default_factory=dict)
    undoes: str = ""
    link: str = ""
    erased: bytes = b""


@dataclass(frozen=True, slots=True)
class Content:
    """The operations of a batch and the actions that end in it, both in order."""

    runs: tuple[Run, ...]
    actions: tuple[Action, ...]

    @property
    def count(self) -> int:
        return sum(len(run.rows) for run in self.runs)


def runs_of(ops: Iterable[Op]) -> tuple[Run, ...]:
    """Return the operations, consecutive ones of a device, as runs of one shape each."""
    return tuple(_run(list(alike)) for _, alike in groupby(ops, key=_shape))


def expand(content: Content) -> Iterator[Op]:
    """Yield the operations one by one, in order."""
    ending = {action.last_seq for action in content.actions}
    for run in content.runs:
        names = tuple(run.columns)
        columns = tuple(run.columns.values())
        for at, (row, hlc) in enumerate(zip(run.rows, run.hlcs, strict=True)):
            seq = run.first_seq + at
            yield Op(
                device=run.device,
                seq=seq,
                hlc=hlc,
                entity=run.entity,
                row=row,
                kind=run.kind,
                group=run.group,
                values={name: column[at] for name, column in zip(names, columns, strict=True)},
                base=run.bases[at] if run.bases else (),
                seen=run.seens[at] if run.seens else {},
                ends=seq in ending,
                erased=run.erased[at] if run.erased else b"",
            )


def tick(last_hlc: int, now_ms: int) -> int:
    """Return the time of a new operation: 48 bits of milliseconds, 16 of counter.

    It grows from call to call whatever the clock does, until the last number that a
    database can keep; there it stays, and versions go by device and number.
    """
    return min(max(now_ms << _COUNTER_BITS, last_hlc + 1), MOST_INTEGER)


def begun_at(ms: int) -> int:
    """Return the first time of a millisecond, as an operation has it."""
    return min(ms << _COUNTER_BITS, MOST_INTEGER)


def first_ms(hlc: int) -> int:
    """Return the first millisecond that begins at the time of an operation, or after it."""
    return -(-hlc >> _COUNTER_BITS)


def ticks(last_hlc: int, now_ms: int, count: int) -> Sequence[int]:
    """Return the times of so many new operations, as `tick` gives them one by one."""
    first = tick(last_hlc, now_ms)
    if first + count - 1 <= MOST_INTEGER:
        return range(first, first + count)
    return [min(first + place, MOST_INTEGER) for place in range(count)]


def receive(last_hlc: int, seen_hlc: int) -> int:
    """Return the clock of a device that was shown `seen_hlc`, the largest of a page."""
    return min(max(last_hlc, seen_hlc), MOST_INTEGER)


def _shape(op: Op) -> tuple[object, ...]:
    return op.device, op.entity, op.kind, op.group, tuple(sorted(op.values)), bool(op.erased)


def _run(ops: list[Op]) -> Run:
    first = ops[0]
    return Run(
        device=first.device,
        first_seq=first.seq,
        entity=first.entity,
        kind=first.kind,
        group=first.group,
        hlcs=[op.hlc for op in ops],
        rows=[op.row for op in ops],
        columns={name: [op.values[name] for op in ops] for name in sorted(first.values)},
        bases=[op.base for op in ops] if any(op.base for op in ops) else (),
        seens=[op.seen for op in ops] if any(op.seen for op in ops) else (),
        erased=[op.erased for op in ops] if first.erased else (),
    )
