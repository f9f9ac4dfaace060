"""A table as it was read: headings and texts, where each row stands, and what looks wrong.

Nothing here knows what a column means; that is `headers` and `rows`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mentor_desktop.errors import ValidationError

TableKind = Literal["csv", "xlsx", "xls", "ods"]
HEADING = -1  # stands for the row of headings where a row is asked for


class UnreadableTable(ValidationError):
    """The file cannot be read as a table; nothing was taken from it."""


@dataclass(frozen=True, slots=True)
class EncodingChoice:
    """One way to read the bytes: the codec, its name for people, words read that way.

    `samples` of the choices of one table stand side by side: the same words in the same order.
    """

    name: str
    label: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowNote:
    """Something a person should know about one row; `line` as their program counts it."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class DamagedCell:
    """A cell whose letters were spoilt before the file came here.

    `row` is an index into `RawTable.rows` (`HEADING` for a heading); `repaired` is the text as it
    probably was, None when the letters are lost.
    """

    row: int
    line: int
    column: int
    text: str
    repaired: str | None


@dataclass(frozen=True)
class RawTable:
    """Headings and rows of texts, each row as wide as the headings.

    `lines` holds, for each row, the line of the text file or the row of the sheet where it begins,
    counted from 1. Rows that are empty throughout are left out. `refused` are rows that cannot be
    told apart into columns; `notes` are rows taken with a doubt. `longest_row` is in characters,
    None where it was not counted.
    """

    file_name: str
    kind: TableKind
    headers: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    header_line: int = 1
    encoding: EncodingChoice | None = None
    is_encoding_sure: bool = True
    alternatives: tuple[EncodingChoice, ...] = ()
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    damaged: tuple[DamagedCell, ...] = ()
    refused: tuple[RowNote, ...] = ()
    notes: tuple[RowNote, ...] = ()
    longest_row: int | None = None
