"""One table out of a file of bytes, whatever the file calls itself.

What the file is follows from its first bytes, never from its ending. A file that cannot be taken is
refused with one sentence; letters, rows or cells that look wrong are reported on the table, never
put right or left out in silence.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import PurePath

from mentor_desktop.i18n import N_, _, ngettext
from mentor_desktop.services.tables_in.charsets import decode
from mentor_desktop.services.tables_in.collector import collector_paused
from mentor_desktop.services.tables_in.containers import (
    MAX_COLUMNS,
    MAX_ROWS,
    too_many_rows,
    too_wide,
)
from mentor_desktop.services.tables_in.damage import damaged_cells
from mentor_desktop.services.tables_in.raw_table import (
    RawTable,
    RowNote,
    TableKind,
    UnreadableTable,
)
from mentor_desktop.services.tables_in.sheets import read_sheet
from mentor_desktop.services.tables_in.text_tables import DELIMITERS, part

MAX_BYTES = 50_000_000
_ROWS_BEFORE_HEADING = 12
_NOT_TABLES = (
    (b"%PDF", N_("a PDF document")),
    (b"{\\rtf", N_("a text document")),
    (b"\x89PNG", N_("a picture")),
    (b"\xff\xd8\xff", N_("a picture")),
    (b"GIF8", N_("a picture")),
    (b"Rar!", N_("a packed archive")),
    (b"7z\xbc\xaf", N_("a packed archive")),
    (b"\x1f\x8b", N_("a packed archive")),
    (b"SQLite format 3", N_("a database")),
)
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|table|script|meta)", re.IGNORECASE
)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_table(
    data: bytes,
    file_name: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> RawTable:
    """Return the table in a CSV, TSV, TXT, XLSX, XLS or ODS file; cells are always texts.

    `encoding`, `delimiter` and `sheet` are a person's own choices in place of what is found.

    Raises:
        UnreadableTable: the file is empty, larger than 50 MB, longer than 200,000 rows, broken,
            locked, or no table.
    """
    _check_size(data, file_name)
    _check_kind(data)
    with collector_paused():
        return _read(data, file_name, encoding, delimiter, sheet)


def _read(
    data: bytes, file_name: str, encoding: str | None, delimiter: str | None, sheet: str | None
) -> RawTable:
    if data.startswith((_ZIP, _OLE)):
        cells = read_sheet(data, sheet)
        table = _table(file_name, cells.kind, cells.rows, range(1, len(cells.rows) + 1))
        return replace(_with_damage(table), sheet=cells.sheet, sheets=cells.sheets)
    if delimiter is not None and delimiter not in DELIMITERS:
        raise UnreadableTable(
            _("Cells can be separated by a comma, a semicolon or a tab; choose one of these.")
        )
    decoded = decode(data, encoding)
    parted = part(decoded.text, delimiter)
    table = _table(file_name, "csv", parted.rows, parted.lines)
    return replace(
        _with_damage(table, decoded.utf8 or decoded.text.encode("utf-8", "surrogatepass")),
        delimiter=parted.delimiter,
        longest_row=parted.longest_row,
        encoding=decoded.encoding,
        is_encoding_sure=decoded.is_sure,
        alternatives=decoded.alternatives,
    )


def _check_size(data: bytes, file_name: str) -> None:
    name = PurePath(file_name).name
    if len(data) > MAX_BYTES:
        raise UnreadableTable(
            _("“{name}” is larger than {limit} MB: part it into smaller files.").format(
                name=name, limit=MAX_BYTES // 1_000_000
            )
        )
    if not data.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise UnreadableTable(_("“{name}” is empty.").format(name=name))


def _check_kind(data: bytes) -> None:
    for start, kind in _NOT_TABLES:
        if data.startswith(start):
            raise UnreadableTable(
                _("The file is {kind}, not a table: save it as XLSX, ODS or CSV.").format(
                    kind=_(kind)
                )
            )
    if _MARKUP.match(data):
        raise UnreadableTable(
            _(
                "The file is a web page or XML, whatever its ending says: open it in a spreadsheet"
                " program and save it as XLSX."
            )
        )


def _table(
    file_name: str, kind: TableKind, cells: list[list[str]], numbers: Sequence[int]
) -> RawTable:
    """Find the headings, drop blank rows, and make every row as wide as the headings."""
    if not (all(cells) and all(map(str.strip, map(itemgetter(0), cells)))):  # a row may be blank
        filled = [index for index, row in enumerate(cells) if "".join(row).strip()]
        cells = [cells[index] for index in filled]
        numbers = [numbers[index] for index in filled]
    if not cells:
        raise UnreadableTable(_("“{name}” holds no rows.").format(name=PurePath(file_name).name))
    heading = _heading_index(cells, numbers)
    rows, lines = cells[heading + 1 :], numbers[heading + 1 :]
    if len(rows) > MAX_ROWS:
        raise too_many_rows()
    width = _width(cells[heading], rows, is_sheet=kind != "csv")
    if width > MAX_COLUMNS:
        raise too_wide()
    table = RawTable(
        file_name=file_name,
        kind=kind,
        headers=_names(cells[heading], width),
        rows=rows,
        lines=lines,
        header_line=numbers[heading],
    )
    if set(map(len, rows)) <= {width}:
        return table
    return _squared(table, width)


def _heading_index(cells: Sequence[Sequence[str]], numbers: Sequence[int]) -> int:
    """The first row that is about as full as the fullest near the top: below any title.

    A row half as full is the headings too, unless a blank row parts it from the next.
    """
    counts = [sum(1 for cell in row if cell.strip()) for row in cells[:_ROWS_BEFORE_HEADING]]
    for index, count in enumerate(counts[:-1]):
        is_followed = numbers[index + 1] == numbers[index] + 1
        if count * 2 > max(counts) or (count * 2 == max(counts) and is_followed):
            return index
    return counts.index(max(counts))


def _last_filled(row: Sequence[str]) -> int:
    """One past the last cell that holds something."""
    return next((index for index in range(len(row), 0, -1) if row[index - 1].strip()), 0)


def _width(heading: Sequence[str], rows: Sequence[Sequence[str]], *, is_sheet: bool) -> int:
    """Columns of the table: those with a heading and, in a sheet, those with anything in them.

    In a text file, a row longer than the others more likely has a stray delimiter.
    """
    width = _last_filled(heading)
    if max(map(len, rows), default=0) <= width:
        return width
    longer = [_last_filled(row) for row in rows if len(row) > width]
    longer = [length for length in longer if length > width]
    if longer and (is_sheet or len(longer) * 2 > len(rows)):
        return max(longer)
    return width


def _names(heading: Sequence[str], width: int) -> tuple[str, ...]:
    padded = [*heading, *[""] * (width - len(heading))][:width]
    return tuple(
        name.strip("\ufeff\u200b \t\r\n") or _("Column {number}").format(number=index)
        for index, name in enumerate(padded, 1)
    )


def _squared(table: RawTable, width: int) -> RawTable:
    rows: list[list[str]] = []
    lines: list[int] = []
    refused: list[RowNote] = []
    notes: list[RowNote] = []
    for row, line in zip(table.rows, table.lines, strict=True):
        if len(row) > width and _last_filled(row) > width:
            refused.append(RowNote(line, _too_long_sentence(len(row), width)))
            continue
        if len(row) < width and table.kind == "csv":
            notes.append(RowNote(line, _too_short_sentence(len(row), width)))
        rows.append([*row[:width], *[""] * (width - len(row))])
        lines.append(line)
    return replace(table, rows=rows, lines=lines, refused=tuple(refused), notes=tuple(notes))


def _too_long_sentence(cells: int, width: int) -> str:
    return ngettext(
        "The row has {cells} cell, but there are {width} headings: a delimiter or a quotation mark"
        " is out of place.",
        "The row has {cells} cells, but there are {width} headings: a delimiter or a quotation mark"
        " is out of place.",
        cells,
    ).format(cells=cells, width=width)


def _too_short_sentence(cells: int, width: int) -> str:
    return ngettext(
        "The row has only {cells} cell for {width} headings; the missing ones count as empty.",
        "The row has only {cells} cells for {width} headings; the missing ones count as empty.",
        cells,
    ).format(cells=cells, width=width)


def _with_damage(table: RawTable, utf8: bytes | None = None) -> RawTable:
    damaged = damaged_cells(table.headers, table.rows, table.lines, table.header_line, utf8)
    return replace(table, damaged=damaged) if damaged else table
