"""What goes out as CSV or XLSX comes back equal, runs nowhere, and is the same every time."""

import csv
import datetime as dt
import io
import tempfile
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from mentor_desktop.documents.formula_guard import guard, looks_like_formula, unguard
from mentor_desktop.documents.tables_out import Cell, Sheet, to_csv, to_xlsx
from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import DOCUMENT_LANGUAGES
from mentor_desktop.services.tables_in.reading import read_table
from tests.services.tables_in.sample_rows import sample_rows

HEADERS = ("given name", "phone", "note")
NASTY = [
    "=HYPERLINK(\"http://evil.example\",\"x\")", "=1+1", "+37060000000", "-5", "@SUM(A1)", " =1",
    "\t=1", "\n=1", "'=1", "''+1", "＝1", "'", "'O’Hanrahan", "O'Hanrahan", "a;b,c\td", 'say "x"',
    "two\r\nlines", "one\nline", "_x0041_", "_x005F_x0041_", "<b>&amp;</b>", " lead and trail ",
    "007", "1e5", "Ọ̀nà", "Їжаченко", "sep=;", "#N/A", "TRUE", "2026-03-10", "\u00a0x",
]  # fmt: skip

# Letters, signs that programs run or split at, quotes, blanks; never characters no file can hold.
TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("=+-@'\"\t\r\n ,;_x0041F&<>ș\u00a0＝"),
        st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff\ufffd"),
    ),
    max_size=12,
)
ROWS = st.lists(
    st.tuples(st.text(alphabet="ĀbČdĖ", min_size=1, max_size=3), TEXTS, TEXTS),
    min_size=1,
    max_size=5,
)


def rows_of(data: bytes) -> list[tuple[str, ...]]:
    return [tuple(row) for row in read_table(data, "x").rows]


@pytest.mark.parametrize("language", DOCUMENT_LANGUAGES)
def test_the_sample_comes_back_equal_from_csv(language: str) -> None:
    headers, *rows = sample_rows()

    data = to_csv(headers, rows, language=language)

    table = read_table(data, "x.csv")
    assert table.headers == headers
    assert [tuple(row) for row in table.rows] == rows
    assert not table.damaged
    assert table.delimiter == ("," if language == "en" else ";")


def test_the_sample_comes_back_equal_from_xlsx() -> None:
    headers, *rows = sample_rows()

    table = read_table(to_xlsx([Sheet("People", headers, rows)]), "x.xlsx")

    assert table.sheet == "People"
    assert table.headers == headers
    assert [tuple(row) for row in table.rows] == rows


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_come_back_equal(text: str) -> None:
    rows = [("Ana", text, ""), ("Bea", "", text)]

    assert rows_of(to_csv(HEADERS, rows, language="en")) == rows
    assert rows_of(to_csv(HEADERS, rows, language="lt")) == rows
    assert rows_of(to_xlsx([Sheet("x", HEADERS, rows)])) == rows


@given(rows=ROWS, language=st.sampled_from(["en", "fi"]))
def test_any_text_comes_back_equal_from_csv(rows: list[tuple[str, ...]], language: str) -> None:
    assert rows_of(to_csv(HEADERS, rows, language=language)) == rows


@given(rows=ROWS)
def test_any_text_comes_back_equal_from_xlsx(rows: list[tuple[str, ...]]) -> None:
    assert rows_of(to_xlsx([Sheet("x", HEADERS, rows)])) == rows


@given(TEXTS)
def test_a_guarded_text_never_runs_and_comes_back(text: str) -> None:
    guarded = guard(text)

    assert unguard(guarded) == text
    assert guarded.startswith("'") or not looks_like_formula(guarded)


@given(rows=ROWS)
def test_no_cell_of_a_csv_begins_like_a_formula(rows: list[tuple[str, ...]]) -> None:
    text = to_csv(HEADERS, rows, language="en").decode("utf-8-sig")

    for row in csv.reader(io.StringIO(text, newline="")):
        for cell in row:
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    data = to_xlsx([Sheet("x", HEADERS, [("Ana", text, "") for text in NASTY])])

    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}
    assert [cell.value for cell in sheet["B"][1:4]] == NASTY[:3]
    assert sheet["B2"].number_format == "@"


def test_a_csv_has_the_mark_and_the_line_ends_that_programs_expect() -> None:
    data = to_csv(("a", "b"), [("x", "y")], language="en")

    assert data == b"\xef\xbb\xbfa,b\r\nx,y\r\n"


def test_numbers_dates_and_times_are_written_for_the_language() -> None:
    row: tuple[Cell, ...] = (
        1.75, Decimal("2.50"), 3, dt.date(2026, 3, 10), dt.time(9, 5), True, None
    )  # fmt: skip

    assert to_csv("abcdefg", [row], language="en").endswith(
        b"\r\n1.75,2.50,3,2026-03-10,09:05,TRUE,\r\n"
    )
    assert to_csv("abcdefg", [row], language="cs").endswith(
        b"\r\n1,75;2,50;3;2026-03-10;09:05;TRUE;\r\n"
    )


def test_numbers_dates_and_times_of_a_workbook_are_real_ones() -> None:
    moment = dt.datetime(2026, 3, 10, 9, 5)  # noqa: DTZ001  sheets know no zones
    row: tuple[Cell, ...] = (
        1.75,
        Decimal("2.50"),
        3,
        dt.date(2026, 3, 10),
        dt.time(9, 5),
        True,
        moment,
    )

    data = to_xlsx([Sheet("x", tuple("abcdefg"), [row])])

    cells = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[1]
    assert cells == [1.75, 2.5, 3.0, dt.date(2026, 3, 10), dt.time(9, 5), True, moment]
    assert rows_of(data) == [
        ("1.75", "2.5", "3", "2026-03-10", "09:05", "TRUE", "2026-03-10 09:05")
    ]


def test_a_workbook_is_pleasant_to_read() -> None:
    rows = [("Ana", "+37060000000", "long " * 40)]

    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx([Sheet("List", HEADERS, rows)])))["List"]

    assert sheet.freeze_panes == "A2"
    assert all(cell.font.bold for cell in sheet[1])
    assert sheet.column_dimensions["B"].width == len("+37060000000") + 2
    assert sheet.column_dimensions["C"].width == 60
    assert sheet.page_setup.orientation == "landscape"


def test_several_sheets_have_valid_titles() -> None:
    titles = ["People", "people", "a/b:c*d?e[f]g\\h", "x" * 40, "x" * 40, "", "'q'"]

    data = to_xlsx([Sheet(title, ("a",), [("1",)]) for title in titles])

    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == [
        "People", "people 2", "a-b-c-d-e-f-g-h", "x" * 31, "x" * 27 + " 2", "6", "q"
    ]  # fmt: skip


def test_characters_that_no_file_can_hold_are_left_out() -> None:
    rows = [("A\x00n\x07a", "\ud800", "\uffff")]

    assert rows_of(to_csv(HEADERS, rows, language="en")) == [("Ana", "", "")]
    assert rows_of(to_xlsx([Sheet("x", HEADERS, rows)])) == [("Ana", "", "")]


def test_a_text_too_long_for_a_cell_is_refused_for_xlsx_only() -> None:
    rows = [("Ana", "", "š" * 32_768)]

    with pytest.raises(ValidationError, match="cell C2"):
        to_xlsx([Sheet("x", HEADERS, rows)])
    assert rows_of(to_csv(HEADERS, rows, language="en")) == rows


def test_a_table_without_rows_is_a_table() -> None:
    assert read_table(to_xlsx([Sheet("x", HEADERS, [])]), "x").headers == HEADERS
    assert read_table(to_csv(HEADERS, [], language="en"), "x").headers == HEADERS


def test_the_same_cells_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    headers, *rows = sample_rows()
    first = to_xlsx([Sheet("People", headers, rows)])
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)

    assert to_xlsx([Sheet("People", headers, rows)]) == first
    assert to_csv(headers, rows, language="lt") == to_csv(headers, rows, language="lt")
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}
        assert not [name for name in archive.namelist() if "docProps" in name]


def test_nothing_is_written_to_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))

    to_xlsx([Sheet("x", HEADERS, [("Ana", "1", "")] * 2000)])

    assert not list(tmp_path.iterdir())
