"""Spreadsheet files looked into before they are parsed.

The parser is fast and trusting: a cell said to stand in the last corner of a sheet, or one long
text that a million cells point to, makes it ask for more memory than there is, which ends the whole
process. So the parts are unpacked here with a limit, their checksums compared, and their claims
counted; the parser gets what was checked, packed anew.
"""

import io
import re
import zipfile
import zlib
from itertools import pairwise

from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.tables_in.raw_table import UnreadableTable

MAX_ROWS = 200_000
MAX_COLUMNS = 702  # ZZ
_MAX_CELLS = 8_000_000  # 200,000 rows of 40 columns
_MAX_UNPACKED_BYTES = 300_000_000
_MAX_PARTS = 5_000
_MAX_TEXT_BYTES = 500_000_000
_TABLE_PARTS = re.compile(
    r"mimetype|(?!docProps|customXml|xl/(?:media|drawings|charts|theme|printerSettings))"
    r".+\.(?:xml|rels)"
)
_SHARED_TEXTS = "xl/sharedstrings.xml"
_SLICE, _OVERLAP = 4_000_000, 64
_CELL_COLUMN = re.compile(rb"""["'\s]r\s*=\s*["']\s*([A-Za-z]+)""")
_CELL_ROW = re.compile(rb"""["'\s]r\s*=\s*["']\s*[A-Za-z]*([0-9]+)""")
_SHARED_CELL = re.compile(
    rb"""\bt\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v[^>]*>\s*(\d+)\s*<""", re.DOTALL
)
_SHARED_ITEM = re.compile(rb"<(?:\w+:)?si\b")
_EMPTY_CELL = re.compile(rb"<(?:\w+:)?c\b[^<>]*(?:/>|>\s*</(?:\w+:)?c\s*>)")
_EMPTY_ROW = re.compile(rb"<(?:\w+:)?row\b[^<>]*(?:/>|>\s*</(?:\w+:)?row\s*>)")
_ODS_TAG = re.compile(
    rb"<table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)>"
)
_ROWS_REPEATED = re.compile(rb"""number-rows-repeated\s*=\s*["'](\d+)""")
_COLUMNS_REPEATED = re.compile(rb"""number-columns-repeated\s*=\s*["'](\d+)""")
_LETTERS = 26


def too_many_rows() -> UnreadableTable:
    """The error for a table that is longer than any list of people."""
    return UnreadableTable(
        _("The table has more than {limit} rows: part it into smaller files.").format(
            limit=current_language().number(MAX_ROWS)
        )
    )


def too_wide() -> UnreadableTable:
    """The error for a table with more columns than any person made."""
    return UnreadableTable(
        _("The table has more than {limit} columns: delete those that are not needed.").format(
            limit=MAX_COLUMNS
        )
    )


def damaged_file() -> UnreadableTable:
    """The error for a spreadsheet that is broken."""
    return UnreadableTable(
        _(
            "The spreadsheet is damaged and cannot be opened: open it in the program it was made"
            " with and save it again."
        )
    )


def _too_large() -> UnreadableTable:
    return UnreadableTable(
        _(
            "The spreadsheet unpacks to far more than a table needs, so it was not opened: copy the"
            " rows into a new spreadsheet."
        )
    )


def checked_parts(data: bytes) -> dict[str, bytes]:
    """Return the parts of a zipped spreadsheet that hold its table, unpacked.

    Raises:
        UnreadableTable: the file is broken, a checksum is wrong, or it unpacks beyond all measure.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _unpacked(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as exc:
        raise damaged_file() from exc
    except (ValueError, RuntimeError, LookupError) as exc:  # odd names, encrypted parts
        raise damaged_file() from exc


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    infos = [info for info in archive.infolist() if _TABLE_PARTS.fullmatch(info.filename)]
    claimed = sum(info.file_size for info in infos)
    if len(infos) > _MAX_PARTS or claimed > _MAX_UNPACKED_BYTES:
        raise _too_large()
    # Reading stops at the size an entry claims, and a wrong claim fails its checksum.
    return {info.filename: archive.read(info) for info in infos}


def repacked(parts: dict[str, bytes]) -> io.BytesIO:
    """Return the checked parts as an archive for the parser."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, body in parts.items():
            archive.writestr(zipfile.ZipInfo(name), body)
    out.seek(0)
    return out


def check_workbook(parts: dict[str, bytes]) -> None:
    """Refuse an XLSX whose sheets claim more cells or text than fits.

    Raises:
        UnreadableTable: more than 200,000 rows or 702 columns, or too much of both.
    """
    texts: list[int] | None = None
    for name, body in parts.items():
        if name.lower() == _SHARED_TEXTS or name.endswith(".rels"):
            continue
        if b"\0" in body:  # UTF-16 or junk: neither we nor the parser could count it
            raise damaged_file()
        fault = _fault(*_extent(body))
        if fault is not None:  # perhaps only rows and cells that carry a colour and no text
            fault = _fault(*_extent(_EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", body))))
        if fault is not None:
            raise fault
        texts = _text_sizes(parts) if texts is None else texts
        if _text_bytes(body, texts) > _MAX_TEXT_BYTES:
            raise _too_large()


def _fault(rows: int, columns: int) -> UnreadableTable | None:
    if rows > MAX_ROWS + 1:
        return too_many_rows()
    if columns > MAX_COLUMNS:
        return too_wide()
    return _too_large() if rows * columns > _MAX_CELLS else None


def _extent(body: bytes) -> tuple[int, int]:
    rows = columns = 0
    for start in range(0, len(body), _SLICE):
        piece = body[start : start + _SLICE + _OVERLAP]
        for letters in set(_CELL_COLUMN.findall(piece)):
            columns = max(columns, _column_number(letters))
        numbers = set(_CELL_ROW.findall(piece))
        rows = max(rows, max((int(digits[:10]) for digits in numbers), default=0))
    return rows, columns


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:8].upper():
        number = number * _LETTERS + letter - ord("A") + 1
    return number


def _text_sizes(parts: dict[str, bytes]) -> list[int]:
    shared = next((body for name, body in parts.items() if name.lower() == _SHARED_TEXTS), b"")
    starts = [match.start() for match in _SHARED_ITEM.finditer(shared)]
    return [end - start for start, end in pairwise([*starts, len(shared)])]


def _text_bytes(body: bytes, sizes: list[int]) -> int:
    """How many bytes the texts of a sheet come to once each cell has its own copy."""
    longest = max(sizes, default=0)
    if body.count(b"<") * longest <= _MAX_TEXT_BYTES:
        return 0
    total = 0
    for match in _SHARED_CELL.finditer(body):
        index = int(match.group(1)[:10])
        total += sizes[index] if index < len(sizes) else 0
    return total


def check_ods(parts: dict[str, bytes]) -> None:
    """Refuse an ODS that is locked or repeats cells beyond all measure.

    Raises:
        UnreadableTable: more than 200,000 rows or 702 columns, too much of both, or a password.
    """
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise locked()
    body = parts.get("content.xml", b"")
    if b"\0" in body:
        raise damaged_file()
    rows = columns = row = column = repeat = copied = 0
    for tag in _ODS_TAG.finditer(body):
        kind, attributes = tag.groups()
        if kind == b"table":
            _check_ods_extent(rows, columns, copied)
            rows = columns = row = column = repeat = 0
        elif kind == b"table-row":
            row, column = row + repeat, 0
            repeat = _repeated(_ROWS_REPEATED, attributes)
        else:
            times = _repeated(_COLUMNS_REPEATED, attributes)
            column += times
            if not attributes.endswith(b"/") or b"value" in attributes:
                rows, columns = row + repeat, max(columns, column)
                copied += (body.find(b"</table:", tag.end()) - tag.end()) * (times * repeat - 1)
    _check_ods_extent(rows, columns, copied)


def _check_ods_extent(rows: int, columns: int, copied: int) -> None:
    if fault := _fault(rows, columns):
        raise fault
    if copied > _MAX_TEXT_BYTES:
        raise _too_large()


def _repeated(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    found = pattern.search(attributes)
    return int(found.group(1)[:10]) if found else 1


def locked() -> UnreadableTable:
    """The error for a spreadsheet that asks for a password."""
    return UnreadableTable(
        _(
            "The spreadsheet is protected with a password: open it, take the password off and save"
            " it again."
        )
    )
