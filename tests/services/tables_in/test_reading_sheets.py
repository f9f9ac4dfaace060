"""Spreadsheets: cells as a person sees them, and nothing that a broken or hostile file can do."""

import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import odfdo
import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from mentor_desktop.errors import UserFacingError
from mentor_desktop.services.tables_in.raw_table import UnreadableTable
from mentor_desktop.services.tables_in.reading import read_table
from tests.services.tables_in.sample_rows import sample_rows, zipped

OLD_FILE = Path(__file__).with_name("people.xls")
SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ODS_HEAD = (
    '<?xml version="1.0"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="S">'
)
ODS_TAIL = "</table:table></office:spreadsheet></office:body></office:document-content>"
ODS_CELL = '<table:table-cell{} office:value-type="string"><text:p>x</text:p></table:table-cell>'


def saved(workbook: Workbook) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def xlsx_of(rows: object, title: str = "Sheet") -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in rows:  # type: ignore[attr-defined]
        sheet.append(row)
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    return saved(workbook)


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def xlsx_with_sheet(cells: str) -> bytes:
    parts = parts_of(xlsx_of([["name"]]))
    parts[SHEET] = f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'.encode()
    return zipped(parts)


def ods_of(rows: str, manifest: str = "") -> bytes:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    head = (
        '<?xml version="1.0"?><manifest:manifest'
        ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
    )
    return zipped(
        {
            "mimetype": kind.encode(),
            "META-INF/manifest.xml": (
                f"{head}{manifest}</manifest:file-entry></manifest:manifest>"
            ).encode(),
            "content.xml": (ODS_HEAD + rows + ODS_TAIL).encode(),
        }
    )


def test_the_sample_comes_back_equal_from_xlsx() -> None:
    rows = sample_rows()

    table = read_table(xlsx_of(rows), "participants.csv")

    assert table.kind == "xlsx"
    assert table.headers == rows[0]
    assert tuple(tuple(row) for row in table.rows) == rows[1:]
    assert list(table.lines)[:2] == [2, 3]


def test_the_sample_comes_back_equal_from_ods() -> None:
    rows = sample_rows()
    document = odfdo.Document("spreadsheet")
    document.body.clear()
    sheet = odfdo.Table("People", width=len(rows[0]), height=len(rows))
    sheet.set_values(rows)
    document.body.append(sheet)
    out = io.BytesIO()
    document.save(out)

    table = read_table(out.getvalue(), "participants.ods")

    assert table.kind == "ods"
    assert table.sheet == "People"
    assert table.headers == rows[0]
    assert tuple(tuple(row) for row in table.rows) == rows[1:]


@pytest.mark.parametrize("name", ["people.xls", "people.xlsx", "people.csv", "people"])
def test_the_ending_of_the_name_does_not_matter(name: str) -> None:
    table = read_table(OLD_FILE.read_bytes(), name)

    assert table.kind == "xls"
    assert table.sheet == "Dalyviai"
    assert table.headers == ("vardas", "pavardė", "gimimo metai", "data", "telefonas")
    assert [list(row) for row in table.rows] == [
        ["Šarūnas", "Žemgulys", "1991", "2026-03-10", "+37060000000"],
        ["Цветелина", "Крайчева", "1987.5", "", "=1+1"],
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (45.5, "45.5"),
        (0.1 + 0.2, "0.3"),
        (37060000000, "37060000000"),
        (-3, "-3"),
        (True, "TRUE"),
        (dt.date(2026, 3, 10), "2026-03-10"),
        (dt.datetime(2026, 3, 10, 10, 30), "2026-03-10 10:30"),  # noqa: DTZ001  sheets know no zones
        (dt.time(9, 5), "09:05"),
        (dt.time(9, 5, 7), "09:05:07"),
        (dt.timedelta(hours=30), "30:00"),
        ("+37060000000", "+37060000000"),
        ("=1+1", "=1+1"),
        ("'=x", "'=x"),
        ("007", "007"),
        ("two\nlines", "two\nlines"),
        ("Ọ̀nà", "Ọ̀nà"),
    ],
)
def test_cells_are_the_texts_a_person_sees(value: object, text: str) -> None:
    table = read_table(xlsx_of([["name", "value"], ["Ana", value]]), "x.xlsx")

    assert table.rows[0][1] == text


def test_the_first_visible_sheet_with_cells_is_taken_and_all_are_named() -> None:
    workbook = Workbook()
    workbook.active.title = "Empty"
    hidden = workbook.create_sheet("Hidden")
    hidden.append(["secret"])
    hidden.sheet_state = "hidden"
    workbook.create_sheet("List").append(["name"])
    workbook["List"].append(["Ana"])
    workbook.create_sheet("Other").append(["x"])

    table = read_table(saved(workbook), "x.xlsx")

    assert table.sheet == "List"
    assert table.sheets == ("Empty", "Hidden", "List", "Other")
    assert read_table(saved(workbook), "x.xlsx", sheet="Other").headers == ("x",)
    with pytest.raises(UnreadableTable, match="no sheet “Gone”"):
        read_table(saved(workbook), "x.xlsx", sheet="Gone")


def test_rows_are_counted_as_the_program_counts_them() -> None:
    rows = [["Participants"], [], ["given", "family"], ["Ana", "B"], [], ["Bea", "C"]]

    table = read_table(xlsx_of(rows), "x.xlsx")

    assert table.headers == ("given", "family")
    assert table.header_line == 3
    assert list(table.lines) == [4, 6]


def test_a_stray_column_of_a_sheet_gets_a_number() -> None:
    table = read_table(xlsx_of([["given", "family"], ["Ana", "B", None, "note"]]), "x.xlsx")

    assert table.headers == ("given", "family", "Column 3", "Column 4")
    assert list(table.rows[0]) == ["Ana", "B", "", "note"]


def test_colour_without_text_far_out_is_no_table() -> None:
    workbook = Workbook()
    workbook.active.append(["name"])
    workbook.active.append(["Ana"])
    workbook.active["XFD1048576"].font = Font(bold=True)

    assert [list(row) for row in read_table(saved(workbook), "x.xlsx").rows] == [["Ana"]]


def bomb_of_zeros() -> bytes:
    parts = parts_of(xlsx_of([["name"]]))
    parts["xl/worksheets/sheet2.xml"] = b" " * 301_000_000
    return zipped(parts)


def liar() -> bytes:
    """A sheet that says it unpacks to a few bytes and goes on."""
    parts = parts_of(xlsx_of([["name"]]))
    data = bytearray(zipped(parts))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo(SHEET)
    entry = data.rindex(SHEET.encode()) - 46
    data[entry + 24 : entry + 28] = (info.file_size - 40).to_bytes(4, "little")
    return bytes(data)


def shared_text_bomb() -> bytes:
    parts = parts_of(xlsx_of([["name"]]))
    parts["xl/sharedStrings.xml"] = (
        f'<sst xmlns="{MAIN}"><si><t>{"x" * 1_000_000}</t></si></sst>'.encode()
    )
    row = '<row><c t="s"><v>0</v></c></row>'
    parts[SHEET] = (
        f'<worksheet xmlns="{MAIN}"><sheetData>{row * 2000}</sheetData></worksheet>'.encode()
    )
    return zipped(parts)


def far_corner() -> bytes:
    return xlsx_with_sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="150000"><c r="ZZ150000"><v>1</v></c></row>'
    )


def ods_cell_times(rows: int, columns: int) -> bytes:
    cell = ODS_CELL.format(f' table:number-columns-repeated="{columns}"')
    start = f'<table:table-row table:x="a>b" table:number-rows-repeated="{rows}">'
    return ods_of(f"{start}{cell}</table:table-row>")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (bomb_of_zeros, "unpacks to far more"),
        (liar, "damaged"),
        (shared_text_bomb, "unpacks to far more"),
        (far_corner, "unpacks to far more"),
        (
            lambda: xlsx_with_sheet('<row r="9999999"><c r="A9999999"><v>1</v></c></row>'),
            "more than 200,000 rows",
        ),
        (lambda: xlsx_with_sheet("<row r='1'><c\nr = 'XFD1'><v>1</v></c></row>"), "702 columns"),
        (lambda: ods_cell_times(1_048_576, 1), "more than 200,000 rows"),
        (lambda: ods_cell_times(1, 16_384), "702 columns"),
        (lambda: ods_cell_times(100_000, 700), "unpacks to far more"),
        (lambda: ods_of("", "<manifest:encryption-data/>"), "password"),
        (lambda: zipped({"word/document.xml": b"<w/>"}), "no spreadsheet"),
        (lambda: zipped({"xl/workbook.bin": b"x"}), "no spreadsheet"),
        (lambda: xlsx_with_sheet(""), "no sheet with a table"),
        (lambda: xlsx_of([["name"]])[:-40], "damaged"),
        (lambda: OLD_FILE.read_bytes()[:3000], "damaged"),
        (
            lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_a_hostile_or_broken_file_gets_one_sentence(
    make: Callable[[], bytes], sentence: str
) -> None:
    with pytest.raises(UnreadableTable) as caught:
        read_table(make(), "x.xlsx")

    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


def damaged(data: bytes, seed: int) -> bytes:
    chance = random.Random(seed)
    spoilt = bytearray(data)
    for _ in range(chance.randint(1, 20)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    if chance.random() < 0.2:
        del spoilt[chance.randrange(len(spoilt)) :]
    return bytes(spoilt)


def read_or_refuse(data: bytes) -> None:
    try:
        table = read_table(data, "x.xlsx")
    except UserFacingError as refused:
        sentence = str(refused)
    else:
        assert all(len(row) == len(table.headers) for row in table.rows)
        return
    assert sentence.endswith(".")


def test_a_hundred_damaged_workbooks_are_read_or_refused() -> None:
    data = xlsx_of(sample_rows())
    for seed in range(100):
        read_or_refuse(damaged(data, seed))


def test_a_hundred_workbooks_with_damaged_parts_are_read_or_refused() -> None:
    parts = parts_of(xlsx_of(sample_rows()[:9]))
    for seed in range(100):
        spoilt = {name: damaged(body, seed) if body else body for name, body in parts.items()}
        one = list(parts)[seed % len(parts)]
        read_or_refuse(zipped(parts | {one: spoilt[one]}))


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_a_hundred_damaged_files_of_the_other_kinds_are_read_or_refused(kind: str) -> None:
    row = f"<table:table-row>{ODS_CELL.format('') * 3}</table:table-row>"
    for seed in range(100):
        if kind == "xls":
            read_or_refuse(damaged(OLD_FILE.read_bytes(), seed))
        else:
            parts = parts_of(ods_of(row * 4))
            parts["content.xml"] = damaged(parts["content.xml"], seed)
            read_or_refuse(zipped(parts))
