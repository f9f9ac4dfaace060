"""A part of a snapshot as it comes from the server (`server/snapshots.py`), read and cut."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from mentor_desktop.sync.protocol.operations import MOST_INTEGER, OpId, Value

# What a part of 5,000 rows may measure unpacked: 12 kB a row, more than any has.
_MOST_BYTES = 64 * 1024 * 1024
_VERSION = 1

Values = Mapping[OpId, dict[str, Value]]


class BadPartError(Exception):
    """What came is no part of a snapshot, or of a later program."""


@dataclass(frozen=True)
class MixedRow:
    """A row that was not only created: its state as text, and what competes for its groups."""

    row: str
    state: str
    values: Values


@dataclass(frozen=True)
class PartRows:
    """Some rows of one entity: those only created in columns, then the others."""

    entity: str
    rows: Sequence[str]
    devices: Sequence[str]
    seqs: Sequence[int]
    hlcs: Sequence[int]
    columns: Mapping[str, Sequence[Value]]
    mixed: Sequence[MixedRow]

    @property
    def count(self) -> int:
        """How many rows these are."""
        return len(self.rows) + len(self.mixed)

    @property
    def names(self) -> list[str]:
        """The ids of all rows."""
        return [*self.rows, *(one.row for one in self.mixed)]

    def cut(self, start: int, stop: int) -> "PartRows":
        """Return the rows from `start` to `stop`."""
        plain = slice(start, stop)
        length = len(self.rows)
        return PartRows(
            self.entity,
            self.rows[plain],
            self.devices[plain],
            self.seqs[plain],
            self.hlcs[plain],
            {name: values[plain] for name, values in self.columns.items()},
            self.mixed[max(start - length, 0) : max(stop - length, 0)],
        )


class _Rows(msgspec.Struct):
    e: str
    r: list[str]
    d: list[str]
    q: list[int]
    t: list[int]
    c: dict[str, list[str | int | float | bool | None]]
    mixed: list[tuple[str, str, list[tuple[str, int, dict[str, str | int | float | bool | None]]]]]


class _Body(msgspec.Struct):
    v: int
    entities: list[_Rows]


_decode = msgspec.json.Decoder(_Body).decode


def read_part(content: bytes, entity: str) -> PartRows:
    """Return the rows of a part.

    Raises:
        BadPartError: it is damaged, of another entity, or unpacks to more than any part.
    """
    unpacker = zlib.decompressobj()
    try:
        body = _decode(unpacker.decompress(content, _MOST_BYTES))
    except (zlib.error, msgspec.MsgspecError, UnicodeError) as error:
        raise BadPartError from error
    if body.v != _VERSION or len(body.entities) != 1 or not unpacker.eof:
        raise BadPartError
    (read,) = body.entities
    if read.e != entity or not _is_sound(read):
        raise BadPartError
    mixed = [
        MixedRow(row, state, {OpId(device, seq): said for device, seq, said in values})
        for row, state, values in read.mixed
    ]
    return PartRows(read.e, read.r, read.d, read.q, read.t, read.c, mixed)


def _is_sound(read: _Rows) -> bool:
    length = len(read.r)
    columns: list[Sequence[Any]] = [read.d, read.q, read.t, *read.c.values()]
    names = {*read.r, *(row for row, _state, _values in read.mixed)}
    return (
        all(len(column) == length for column in columns)
        and len(names) == length + len(read.mixed)
        and all(0 < seq <= MOST_INTEGER for seq in read.q)
        and all(0 <= hlc <= MOST_INTEGER for hlc in read.t)
    )
