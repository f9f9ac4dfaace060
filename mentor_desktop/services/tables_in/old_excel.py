"""Sheets of the binary XLS format.

Read in plain Python and not by the parser of the other formats: a damaged or malicious XLS makes
that one ask for hundreds of gigabytes, which ends the process. Slower, and nobody has long ones.
"""

import io
import struct
from collections.abc import Sequence
from datetime import datetime
from typing import Any  # xlrd has no types

import xlrd
from xlrd.biffh import error_text_from_code
from xlrd.compdoc import CompDocError
from xlrd.xldate import XLDateError, xldate_as_datetime

from mentor_desktop.services.tables_in.containers import damaged_file, locked

# What xlrd meets in files that are broken: it trusts the counts and offsets it reads.
_BROKEN = (
    xlrd.XLRDError,
    CompDocError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    TypeError,
    ValueError,
)
_FIRST_DAY_OF_DATES = 1  # serial numbers below are times of day without a date

OldCell = str | float | bool | datetime


class OldWorkbook:
    """An XLS file's sheets by name, in the workbook's order."""

    def __init__(self, data: bytes) -> None:
        """Open the workbook.

        Raises:
            UnreadableTable: it is broken or asks for a password.
        """
        try:
            self._book: Any = xlrd.open_workbook(  # untyped library
                file_contents=data, logfile=io.StringIO(), ragged_rows=True, on_demand=True
            )
        except _BROKEN as exc:
            if "encrypted" in str(exc):
                raise locked() from exc
            raise damaged_file() from exc

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._book.sheet_names())

    @property
    def visible_names(self) -> tuple[str, ...]:
        hidden = list(self._book._sheet_visibility)  # noqa: SLF001  no public way in xlrd
        return tuple(
            name for index, name in enumerate(self.names) if not any(hidden[index : index + 1])
        )

    def rows(self, name: str) -> Sequence[Sequence[OldCell]]:
        """Return the cells of a sheet; rows are as long as they are filled.

        Raises:
            UnreadableTable: the sheet is broken.
        """
        try:
            sheet = self._book.sheet_by_name(name)
            return [[self._value(cell) for cell in sheet.row(row)] for row in range(sheet.nrows)]
        except _BROKEN as exc:
            raise damaged_file() from exc

    def _value(self, cell: Any) -> OldCell:  # untyped library
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return str(error_text_from_code.get(cell.value, ""))
        if cell.ctype == xlrd.XL_CELL_DATE:
            return self._moment(cell.value)
        if cell.ctype == xlrd.XL_CELL_NUMBER:
            return float(cell.value)
        return str(cell.value)

    def _moment(self, serial: float) -> OldCell:
        try:
            moment: datetime = xldate_as_datetime(serial, self._book.datemode)
        except XLDateError:
            return serial
        return f"{moment:%H:%M}" if serial < _FIRST_DAY_OF_DATES else moment
