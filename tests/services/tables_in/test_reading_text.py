"""Text files: whatever code page, delimiter and line ends, the same table comes out."""

import pytest

from mentor_desktop.services.tables_in.raw_table import UnreadableTable
from mentor_desktop.services.tables_in.reading import MAX_BYTES, read_table
from tests.services.tables_in.sample_rows import (
    CEDILLA,
    CODE_PAGES,
    as_csv,
    people_speaking,
    sample_rows,
)

HOME_PAGES = {
    "ro": ["cp1250"],
    "cs": ["cp1250"],
    "sl": ["cp1250"],
    "bg": ["cp1251"],
    "lt": ["cp1257"],
    "lv": ["cp1257"],
    "sv": ["cp1252"],
    "fi": ["cp1252", "cp1257"],
    "en": [],
}
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]
NEWLINES = ["\n", "\r\n", "\r"]


def with_cedillas(row: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(cell.translate(CEDILLA) for cell in row)


def fits(row: tuple[str, ...], code_page: str) -> bool:
    try:
        return bool("".join(row).encode(code_page))
    except UnicodeEncodeError:
        return False


def encodings_of(language: str) -> list[str]:
    return UNICODE + HOME_PAGES[language]


@pytest.mark.parametrize("newline", NEWLINES, ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize(
    ("language", "encoding"),
    [(language, encoding) for language in HOME_PAGES for encoding in encodings_of(language)],
)
def test_names_come_back_equal(language: str, encoding: str, delimiter: str, newline: str) -> None:
    rows = people_speaking(language)
    if encoding in CODE_PAGES:
        rows = [row for row in map(with_cedillas, rows) if fits(row, encoding)]
    assert len(rows) > 4
    data = as_csv(rows, delimiter, newline).encode(encoding)

    table = read_table(data, "list.csv")

    assert table.headers == rows[0]
    assert [tuple(row) for row in table.rows] == rows[1:]
    assert table.delimiter == delimiter
    assert list(table.lines) == list(range(2, len(rows) + 1))
    assert not table.damaged
    assert not table.refused


@pytest.mark.parametrize(
    ("name", "code_page"),
    [
        ("Šarūnas Žemgulys", "cp1257"),
        ("Ķaucis-Zīle", "cp1257"),
        ("Květoslava Břízková", "cp1250"),
        ("Mărgineanu", "cp1250"),
        ("Црвена Цветелина", "cp1251"),
        ("Åsa Öhrnmark", "cp1252"),
        ("Siobhán Núñez", "cp1252"),
    ],
)
def test_one_name_is_enough_to_tell_the_code_page(name: str, code_page: str) -> None:
    data = f"name,country\n{name},XX\n".encode(code_page)

    assert read_table(data, "list.csv").rows[0][0] == name


def test_other_readings_stand_side_by_side_with_the_chosen_one() -> None:
    data = as_csv(people_speaking("lt")).encode("cp1257")

    table = read_table(data, "list.csv")

    assert table.encoding is not None
    assert table.encoding.name == "cp1257"
    assert table.is_encoding_sure
    assert "Šarūnas" in table.encoding.samples
    western = next(choice for choice in table.alternatives if choice.name == "cp1252")
    place = table.encoding.samples.index("Šarūnas")
    assert western.samples[place] == "Ðarûnas"


def test_a_person_may_choose_another_encoding() -> None:
    data = as_csv(people_speaking("lt")).encode("cp1257")

    table = read_table(data, "list.csv", encoding="cp1250")

    assert table.encoding is not None
    assert table.encoding.name == "cp1250"
    assert "Đarűnas" in {row[0] for row in table.rows}
    assert "cp1257" in {choice.name for choice in table.alternatives}


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(UnreadableTable, match="koi7"):
        read_table(b"name\nAna\n", "list.csv", encoding="koi7")


def test_a_doubtful_code_page_says_so() -> None:
    data = "name;country\nAïcha;SE\n".encode("cp1252")

    table = read_table(data, "list.csv")

    assert not table.is_encoding_sure
    assert table.alternatives


def test_one_bad_byte_does_not_turn_unicode_into_a_code_page() -> None:
    data = as_csv(people_speaking("lt")).encode().replace("Ūla".encode(), b"\xffla", 1)

    table = read_table(data, "list.csv")

    assert table.encoding is not None
    assert table.encoding.name == "utf-8"
    assert [cell.text for cell in table.damaged] == ["\ufffdla"]


def test_quotes_line_breaks_and_delimiters_inside_cells_are_kept() -> None:
    data = (
        b'name,org,note\r\n"O""Neill, Ann","Vzorov\xc3\xa1 d\xc3\xadlna; s.r.o.","line 1\r\nline 2"\r\n'
        b"Bea,,\r\n"
    )

    table = read_table(data, "list.csv")

    assert list(table.rows[0]) == ['O"Neill, Ann', "Vzorová dílna; s.r.o.", "line 1\r\nline 2"]
    assert list(table.lines) == [2, 4]


def test_blank_lines_are_left_out_and_lines_still_count_right() -> None:
    table = read_table(b"name,country\n\nAna,RO\n,\n  , \n\nBea,SE\n\n", "list.csv")

    assert [row[0] for row in table.rows] == ["Ana", "Bea"]
    assert list(table.lines) == [3, 7]


def test_a_title_above_the_headings_is_skipped() -> None:
    table = read_table(b"Participants 2026;;\n;;\nname;country;city\nAna;RO;Iasi\n", "list.csv")

    assert table.headers == ("name", "country", "city")
    assert table.header_line == 3
    assert list(table.lines) == [4]


def test_the_delimiter_hint_of_a_spreadsheet_program_is_no_row() -> None:
    table = read_table(b"sep=;\r\nname;country\r\nAna, Maria;RO\r\n", "list.csv")

    assert table.headers == ("name", "country")
    assert list(table.rows[0]) == ["Ana, Maria", "RO"]
    assert list(table.lines) == [3]


def test_commas_in_names_do_not_make_columns() -> None:
    table = read_table(b"name\nMunteanu, Elena\nOzola, Dzintra\n", "list.txt")

    assert table.headers == ("name",)
    assert [row[0] for row in table.rows] == ["Munteanu, Elena", "Ozola, Dzintra"]


def test_a_row_with_too_many_cells_is_refused_by_line() -> None:
    table = read_table(b"name,org,country\nAna,A,RO\nBea,B, Ltd,SE\nCy,C,FI\n", "list.csv")

    assert [row[0] for row in table.rows] == ["Ana", "Cy"]
    assert [note.line for note in table.refused] == [3]
    assert "4 cells" in table.refused[0].sentence
    assert "3 headings" in table.refused[0].sentence


def test_a_row_with_too_few_cells_is_taken_with_a_note() -> None:
    table = read_table(b"name,org,country\nAna,A,RO\nBea\nCy,C,FI\n", "list.csv")

    assert list(table.rows[1]) == ["Bea", "", ""]
    assert [note.line for note in table.notes] == [3]


def test_a_column_without_heading_gets_a_number() -> None:
    table = read_table(b"name,,country\nAna,x,RO\nBea,y,SE\n", "list.csv")

    assert table.headers == ("name", "Column 2", "country")


@pytest.mark.parametrize("cell", ["=1+1", "+37060000000", "-5", "@here", "'=x", "''+1", "' =1"])
def test_formula_like_cells_are_text(cell: str) -> None:
    table = read_table(f"name,phone\nAna,{cell}\n".encode(), "list.csv")

    assert table.rows[0][1] == cell.removeprefix("'")


@pytest.mark.parametrize("word", ["O'Hanrahan", "'Twas", "d'Arcy-Quinnell", "'"])
def test_other_apostrophes_stay(word: str) -> None:
    assert read_table(f"name,x\n{word},1\n".encode(), "list.csv").rows[0][0] == word


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "“list.csv” is empty."),
        (b"\xef\xbb\xbf\r\n \r\n", "“list.csv” is empty."),
        (b",,\n,,\n", "no rows"),
        (b'name,org\nAna,"A\nBea,B\nCy,C\n', "quotation marks in line 2"),
        (b'name,org\nAna,"A" B, C\nBea,"B\n', "quotation marks in line 2"),
        (b"name,org\nAna,A\nB\0ea,B\n", "Line 3 holds characters that are no text"),
        (b"name,org\nAna,A\nBea," + b"x" * 140_000 + b"\n", "line 3 has more than"),
        (b"%PDF-1.7\n1 0 obj", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"{\\rtf1\\ansi", "text document"),
        (b"<html><table><tr><td>Ana</td></tr></table></html>", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "web page or XML"),
        (b"\x1f\x8b\x08\x00", "packed archive"),
        (b"a," * 800 + b"\n", "more than 702 columns"),
        (b"x" * (MAX_BYTES + 1), "larger than 50 MB"),
        (b"name\n" + b"a\n" * 200_001, "more than 200,000 rows"),
    ],
    ids=lambda value: value if isinstance(value, str) else "data",
)
def test_what_is_no_table_gets_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableTable) as caught:
        read_table(data, "folder/list.csv")

    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_delimiter_nobody_uses_is_refused() -> None:
    with pytest.raises(UnreadableTable, match="semicolon"):
        read_table(b"a|b\n", "list.csv", delimiter="|")


def test_odd_quotation_marks_are_forgiven_where_every_row_still_fits() -> None:
    table = read_table(b'name,org\nAna,"Punte" Ltd\nBea,B\n', "list.csv")

    assert [list(row) for row in table.rows] == [["Ana", "Punte Ltd"], ["Bea", "B"]]


def test_the_whole_sample_comes_back_equal() -> None:
    rows = sample_rows()

    table = read_table(as_csv(rows).encode(), "participants.csv")

    assert table.headers == rows[0]
    assert tuple(tuple(row) for row in table.rows) == rows[1:]
    assert not table.damaged
