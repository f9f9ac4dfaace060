"""Tables for other programs: CSV and XLSX, cells in, bytes out; the same cells, the same bytes.

What stands in a cell stays what it is: a name that begins with = is a text in both, and our own
reader brings it back equal. XLSX is written here and not by a library because those keep the rows
in temporary files on the way, where names of participants have no place.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache

from mentor_desktop.documents.formula_guard import guard
from mentor_desktop.documents.workbook import workbook_bytes
from mentor_desktop.i18n import PSEUDO_LANGUAGE, SOURCE_LANGUAGE

Cell = str | int | float | Decimal | date | datetime | time | None

_NEEDS_QUOTES = re.compile('[",;\t\r\n]|^[ \u00a0]|[ \u00a0]$|^$')
# Neither XML nor any reader of CSV can hold these.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: its name, headings, and rows as wide as the headings."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def to_csv(headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, language: str) -> bytes:
    """Return a CSV file that Excel opens by double click on a computer of that language.

    UTF-8 with its mark; semicolons where numbers have a decimal comma. Dates are ISO, times HH:MM.
    """
    comma = _decimal_symbol(language) == ","
    delimiter = ";" if comma else ","
    lines = [
        delimiter.join(_csv_cell(cell, comma=comma) for cell in row) for row in (headers, *rows)
    ]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-8")


def to_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook: headings bold and frozen, columns as wide as their texts.

    Raises:
        ValidationError: a text is longer than a cell may hold; CSV has no such limit.
    """
    return workbook_bytes(
        [
            (sheet.title, [_clean_row(sheet.headers), *map(_clean_row, sheet.rows)])
            for sheet in sheets
        ]
    )


def _clean_row(row: Sequence[Cell]) -> list[Cell]:
    return [_UNWRITABLE.sub("", cell) if isinstance(cell, str) else cell for cell in row]


def _csv_cell(cell: Cell, *, comma: bool) -> str:
    if isinstance(cell, str):
        text = guard(_UNWRITABLE.sub("", cell))
        return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text
    match cell:
        case None:
            text = ""
        case bool():
            text = "TRUE" if cell else "FALSE"
        case float() | Decimal():
            text = f"{cell:f}" if isinstance(cell, Decimal) else f"{cell:.15g}"
            text = text.replace(".", ",") if comma else text
        case datetime():
            text = cell.isoformat(" ", "minutes")
        case date():
            text = cell.isoformat()
        case time():
            text = cell.isoformat("minutes")
        case _:
            text = str(cell)
    return text


@cache
def _decimal_symbol(language: str) -> str:
    from babel.numbers import get_decimal_symbol  # not before somebody exports: 10 ms

    return get_decimal_symbol(SOURCE_LANGUAGE if language == PSEUDO_LANGUAGE else language)
