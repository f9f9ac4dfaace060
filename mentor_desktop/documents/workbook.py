"""The bytes of an XLSX workbook: the few parts of Office Open XML that a plain table needs.

Nothing is written but what is asked for: no author, no date, no temporary file, always the same
bytes for the same cells. Source: ECMA-376 part 1, SpreadsheetML.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice

from mentor_desktop.documents.formula_guard import looks_like_formula
from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _

Cell = str | int | float | Decimal | date | datetime | time | None
Rows = Sequence[Sequence[Cell]]

MAX_TEXT = 32_767  # UTF-16 units in one cell
_MAX_TITLE = 31
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # would be read back as one character
_MADE_AT = (1980, 1, 1, 0, 0, 0)  # the first day a zip archive knows
_SYSTEM_UNIX, _MODE = 3, 0o600 << 16
_DAY_ZERO = date(1899, 12, 30)
_SECONDS_A_DAY = 86_400
_LETTERS = 26
_MIN_WIDTH, _MAX_WIDTH, _ROWS_MEASURED = 8, 60, 500  # characters

# Places in the list of formats of _STYLES.
_PLAIN, _HEADING, _TEXT, _WRAPPED, _DATE, _TIME, _MOMENT = range(7)

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="hh:mm"/>'
    '<numFmt numFmtId="166" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE8EDF2"/></patternFill></fill></fills>'
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '<border><left/><right/><top/><bottom style="thin"><color rgb="FF8A97A3"/></bottom><diagonal/>'
    "</border></borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="7"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1"'
    ' applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
    '<alignment vertical="center" wrapText="1"/></xf>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"'
    ' applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def workbook_bytes(sheets: Sequence[tuple[str, Rows]]) -> bytes:
    """Return a workbook of sheets by title; the first row of each is its headings.

    Raises:
        ValidationError: a text is longer than a cell may hold.
    """
    titles = _unique_titles([title for title, _rows in sheets])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "[Content_Types].xml", _content_types(len(sheets)))
        _add(archive, "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        _add(archive, "xl/workbook.xml", _workbook(titles))
        parts = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
        _add(archive, "xl/_rels/workbook.xml.rels", _relations([*parts, ("styles", "styles.xml")]))
        _add(archive, "xl/styles.xml", _STYLES)
        for number, (title, rows) in enumerate(sheets, 1):
            _add(archive, f"xl/worksheets/sheet{number}.xml", "".join(_sheet(title, rows)))
    return out.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: str) -> None:
    info = zipfile.ZipInfo(name, _MADE_AT)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system, info.external_attr = _SYSTEM_UNIX, _MODE
    archive.writestr(info, content.encode("utf-8"))


def _unique_titles(wanted: Iterable[str]) -> list[str]:
    """Titles as a workbook takes them: 31 characters, no signs of references, each once."""
    titles: list[str] = []
    taken: set[str] = set()
    for number, title in enumerate(wanted, 1):
        base = _NOT_IN_TITLES.sub("-", title).strip("' ")[:_MAX_TITLE] or str(number)
        unique, count = base, 1
        while unique.casefold() in taken:
            count += 1
            unique = f"{base[: _MAX_TITLE - 4]} {count}"
        taken.add(unique.casefold())
        titles.append(unique)
    return titles


def _content_types(sheets: int) -> str:
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in range(1, sheets + 1)
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{parts}</Types>'
    )


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def _workbook(titles: Iterable[str]) -> str:
    sheets = "".join(
        f'<sheet name="{_escaped(title)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, title in enumerate(titles, 1)
    )
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'


def _sheet(title: str, rows: Rows) -> Iterator[str]:
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/>{_columns(rows)}<sheetData>'
    )
    letters = [_column_letters(index) for index in range(max(map(len, rows), default=0))]
    for number, row in enumerate(rows, 1):
        cells = "".join(
            _cell(f"{column}{number}", value, is_heading=number == 1, sheet=title)
            for column, value in zip(letters, row, strict=False)
        )
        yield f'<row r="{number}">{cells}</row>'
    yield '</sheetData><pageSetup orientation="landscape" fitToHeight="0"/></worksheet>'


def _columns(rows: Rows) -> str:
    widths: dict[int, int] = {}
    for row in islice(rows, _ROWS_MEASURED):
        for index, value in enumerate(row):
            longest = (
                max((len(line) for line in str(value).splitlines()), default=0) if value else 0
            )
            widths[index] = max(widths.get(index, _MIN_WIDTH), min(longest + 2, _MAX_WIDTH))
    entries = "".join(
        f'<col min="{index + 1}" max="{index + 1}" width="{width}" customWidth="1"/>'
        for index, width in sorted(widths.items())
    )
    return f"<cols>{entries}</cols>" if entries else ""


def _column_letters(index: int) -> str:
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def _cell(place: str, value: Cell, *, is_heading: bool, sheet: str) -> str:
    style, kind = "", ""
    match value:
        case None | "":
            return ""
        case str():
            return _text_cell(place, value, is_heading=is_heading, sheet=sheet)
        case bool():
            kind, number = ' t="b"', str(int(value))
        case datetime():
            days = (value.date() - _DAY_ZERO).days
            style, number = f' s="{_MOMENT}"', repr(days + _day_part(value.time()))
        case date():
            style, number = f' s="{_DATE}"', str((value - _DAY_ZERO).days)
        case time():
            style, number = f' s="{_TIME}"', repr(_day_part(value))
        case _:
            number = str(value)
    return f'<c r="{place}"{style}{kind}><v>{number}</v></c>'


def _text_cell(place: str, text: str, *, is_heading: bool, sheet: str) -> str:
    if len(text) * 2 > MAX_TEXT and len(text.encode("utf-16-le")) > 2 * MAX_TEXT:
        raise ValidationError(
            _(
                "The text in cell {place} of sheet “{sheet}” is longer than a spreadsheet cell may"
                " be ({limit} characters): export it as CSV."
            ).format(place=place, sheet=sheet, limit=MAX_TEXT)
        )
    style = _PLAIN
    if is_heading:
        style = _HEADING
    elif "\n" in text:
        style = _WRAPPED
    elif looks_like_formula(text) or text[0].isdigit():
        style = _TEXT  # stays a text also when somebody edits the cell
    content = _escaped(_ESCAPED.sub("_x005F_", text)).replace("\r", "&#13;")
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{space}>{content}</t></is></c>'


def _day_part(value: time) -> float:
    return (value.hour * 3600 + value.minute * 60 + value.second) / _SECONDS_A_DAY


def _escaped(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
