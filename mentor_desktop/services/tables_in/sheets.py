"""Sheets of XLSX, XLS and ODS files, every cell as the text a person sees there."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from mentor_desktop.i18n import _
from mentor_desktop.services.tables_in.containers import (
    MAX_COLUMNS,
    MAX_ROWS,
    check_ods,
    check_workbook,
    checked_parts,
    damaged_file,
    locked,
    repacked,
    too_many_rows,
    too_wide,
)
from mentor_desktop.services.tables_in.old_excel import OldWorkbook
from mentor_desktop.services.tables_in.raw_table import TableKind, UnreadableTable

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_NAME_OF_LOCKED = "EncryptedPackage".encode("utf-16-le")
_WHOLE_NUMBERS = 1e15  # beyond it a double has no digits left for the units
_SECONDS_PER_MINUTE, _SECONDS_PER_HOUR = 60, 3600

Cell = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True, slots=True)
class SheetCells:
    """The cells of one sheet from its first row on, and what else the file holds."""

    kind: TableKind
    rows: list[list[str]]
    sheet: str
    sheets: tuple[str, ...]


def read_sheet(data: bytes, sheet: str | None = None) -> SheetCells:
    """Return one sheet of a spreadsheet; by default the first visible one that has cells.

    Raises:
        UnreadableTable: the file is broken, locked or too large, is no spreadsheet, or has no such
            sheet.
    """
    if data.startswith(_OLE):
        return _read_old(data, sheet)
    kind, source = _checked(data)
    try:
        with CalamineWorkbook.from_filelike(source) as workbook:
            return _read_new(workbook, kind, sheet)
    except PasswordError as exc:
        raise locked() from exc
    except (CalamineError, OSError, ValueError) as exc:
        raise damaged_file() from exc
    except BaseException as exc:
        if type(exc).__name__ == "PanicException":  # the parser's own alarm is no Exception
            raise damaged_file() from exc
        raise


def _checked(data: bytes) -> tuple[TableKind, io.BytesIO]:
    """Tell the kind by what the archive holds, and refuse what the parser must not see."""
    parts = checked_parts(data)
    if "xl/workbook.xml" in parts:
        check_workbook(parts)
        return "xlsx", repacked(parts)
    if parts.get("mimetype", b"").startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        check_ods(parts)
        return "ods", repacked(parts)
    raise UnreadableTable(
        _("The file is no spreadsheet: save the table as XLSX, ODS or CSV and choose that file.")
    )


def _read_new(workbook: CalamineWorkbook, kind: TableKind, wanted: str | None) -> SheetCells:
    names = tuple(workbook.sheet_names)
    visible = tuple(
        one.name for one in workbook.sheets_metadata if one.visible == SheetVisibleEnum.Visible
    )
    for name in _candidates(names, visible, wanted):
        sheet = workbook.get_sheet_by_name(name)
        if sheet.end is not None:
            return SheetCells(kind, _texts(sheet), name, names)
    raise _no_table()


def _read_old(data: bytes, wanted: str | None) -> SheetCells:
    if _OLE_NAME_OF_LOCKED in data:
        raise locked()
    book = OldWorkbook(data)
    for name in _candidates(book.names, book.visible_names, wanted):
        rows = book.rows(name)
        if rows:
            return SheetCells("xls", _as_texts(rows), name, book.names)
    raise _no_table()


def _candidates(
    names: tuple[str, ...], visible: tuple[str, ...], wanted: str | None
) -> tuple[str, ...]:
    """Sheets to look at in turn: the one asked for, else the visible ones, else all."""
    if wanted is None:
        return visible or names
    if wanted not in names:
        raise UnreadableTable(
            _("The spreadsheet has no sheet “{name}”: choose one of its sheets.").format(
                name=wanted
            )
        )
    return (wanted,)


def _no_table() -> UnreadableTable:
    return UnreadableTable(_("The spreadsheet has no sheet with a table in it."))


def _texts(sheet: CalamineSheet) -> list[list[str]]:
    last_row, last_column = sheet.end or (0, 0)
    if last_row > MAX_ROWS:
        raise too_many_rows()
    if last_column >= MAX_COLUMNS:
        raise too_wide()
    return _as_texts(sheet.to_python(skip_empty_area=False))


def _as_texts(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    return [[cell if isinstance(cell, str) else cell_text(cell) for cell in row] for row in rows]


def cell_text(cell: Cell) -> str:
    """Return a cell as text: whole numbers without a point, dates ISO, times as HH:MM."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return (
                str(int(cell))
                if cell.is_integer() and abs(cell) < _WHOLE_NUMBERS
                else f"{cell:.15g}"
            )
        case datetime():
            return _moment(cell)
        case time():
            return cell.isoformat("seconds" if cell.second else "minutes")
        case timedelta():
            return _duration(cell)
        case _:
            return str(cell)


def _moment(value: datetime) -> str:
    if value.time() == time():
        return value.date().isoformat()
    return value.isoformat(" ", "seconds" if value.second else "minutes")


def _duration(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    hours, rest = divmod(abs(seconds), _SECONDS_PER_HOUR)
    minutes, seconds_left = divmod(rest, _SECONDS_PER_MINUTE)
    text = f"{hours:02}:{minutes:02}" + (f":{seconds_left:02}" if seconds_left else "")
    return f"-{text}" if seconds < 0 else text
