"""Spoilt letters are found, a repair is offered, and sound names are left alone."""

import pytest

from mentor_desktop.services.tables_in.damage import repaired
from mentor_desktop.services.tables_in.reading import read_table
from tests.services.tables_in.sample_rows import as_csv, misread, sample_rows

FOREIGN_NAMES = [
    ["Guðrún", "Þórður", "Sigríður", "Björk", "Ólafur", "Hafþór", "Ægir", "Jón", "Kristín"],
    ["João", "Conceição", "Inês", "Antônio", "Simões"],
    ["Bjørn", "Søren", "Øyvind", "Åse", "Kjærsti"],
    ["Hélène", "Irène", "François", "Loïc", "Zoë", "Gaëlle"],
    ["Łukasz", "Małgorzata", "Grażyna"],
    ["Özgür", "Çağla", "Şükrü", "Işıl"],
    ["Nicolò", "Niccolò", "Pietà", "Cantù"],
    ["Đặng", "Nguyễn", "Trần"],
    ["КЪНЧО„Е“", "Сірко", "Рівне", "Єва"],
]


@pytest.mark.parametrize("code_page", ["cp1250", "cp1251", "cp1252", "cp1257", "latin-1"])
def test_unicode_read_as_a_code_page_is_found_and_undone(code_page: str) -> None:
    rows = sample_rows()
    spoilt = [[misread(cell, code_page) for cell in row] for row in rows]

    table = read_table(as_csv(spoilt).encode(), "list.csv")
    mended = repaired(table)

    marked = sum(1 for row in rows for cell in row if not cell.isascii())
    assert len(table.damaged) == marked
    assert [tuple(row) for row in table.rows] != list(rows[1:]), "nothing is repaired unasked"
    assert [tuple(row) for row in mended.rows] == list(rows[1:])
    assert not mended.damaged


@pytest.mark.parametrize(
    ("spoilt", "sound"),
    [
        ("Ã…sa", "Åsa"),
        ("KoÄevar-Å turm".replace("Ä", "Ä\x8d").replace("Å ", "Å\xa0"), "Kočevar-Šturm"),
        ("BlaÅ¾ Å¡uÅ¡terÅ¡nik", "Blaž šušteršnik"),
        ("â€žPavyzdysâ€œ", "„Pavyzdys“"),
        ("Ð¦Ð²ÐµÑ‚ÐµÐ»Ð¸Ð½Ð°", "Цветелина"),
        ("РЎРґСЂСѓР¶РµРЅРёРµ", "Сдружение"),
    ],
)
def test_well_known_damage_is_named_by_cell(spoilt: str, sound: str) -> None:
    table = read_table(f"name,org\nAna,A\nBea,{spoilt}\n".encode(), "list.csv")

    assert [(cell.line, cell.column, cell.text, cell.repaired) for cell in table.damaged] == [
        (3, 1, spoilt, sound)
    ]


@pytest.mark.parametrize(
    ("language", "code_page"),
    [("lt", "cp1257"), ("lv", "cp1257"), ("cs", "cp1250"), ("ro", "cp1250"), ("bg", "cp1251")],
)
def test_one_code_page_read_as_another_is_found_and_undone(language: str, code_page: str) -> None:
    cedilla = str.maketrans("șțȘȚ", "şţŞŢ")
    rows = [
        tuple(cell.translate(cedilla).replace("ť", "t").replace("ị", "i") for cell in row)
        for row in sample_rows()
        if row[12] in (language, "preferred_language")
    ]
    rows = [tuple(cell.replace("ễ", "e") for cell in row) for row in rows]
    spoilt = [[cell.encode(code_page).decode("cp1252") for cell in row] for row in rows]

    table = read_table(as_csv(spoilt).encode(), "list.csv")

    assert table.damaged
    assert [tuple(row) for row in repaired(table).rows] == rows[1:]


def test_lost_letters_are_reported_and_cannot_be_repaired() -> None:
    data = "name,web\nŠar\ufffdnas,\n?emgulys,x\nJ?rat?s,http://a.example/?q=1\n".encode()

    table = read_table(data, "list.csv")

    assert [(cell.text, cell.repaired) for cell in table.damaged] == [
        ("Šar\ufffdnas", None),
        ("J?rat?s", None),
    ]
    assert repaired(table).damaged == table.damaged


def test_control_characters_are_reported_and_taken_out_on_request() -> None:
    table = read_table(b"name\nAn\x07a\n", "list.csv")

    assert [(cell.text, cell.repaired) for cell in table.damaged] == [("An\x07a", "Ana")]
    assert list(repaired(table).rows[0]) == ["Ana"]


def test_headings_are_repaired_too() -> None:
    table = read_table("jmÃ©no;pÅ™Ã\xadjmenÃ\xad\nAna;Nová\n".encode(), "list.csv")

    assert repaired(table).headers == ("jméno", "příjmení")
    assert {cell.row for cell in table.damaged} == {-1}
    assert list(repaired(table).rows[0]) == ["Ana", "Nová"]


@pytest.mark.parametrize("names", FOREIGN_NAMES, ids=lambda names: names[0])
def test_sound_names_of_other_languages_are_no_damage(names: list[str]) -> None:
    assert not read_table(as_csv([["name"], *([name] for name in names)]).encode(), "x").damaged


def test_sound_names_in_capitals_are_no_damage() -> None:
    rows = [[cell.upper() for cell in row] for row in sample_rows()]

    assert not read_table(as_csv(rows).encode(), "x").damaged
