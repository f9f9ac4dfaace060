"""People are found by names typed on any keyboard, and nobody by a wrong one."""

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop.store.folding import (
    fold,
    fold_all,
    fold_name,
    fold_names,
    fold_people,
    fold_person,
    matches,
    mixed_scripts,
    query_words,
)

SAMPLE = Path(__file__).parents[2] / "resources" / "samples" / "participants.csv"
BULGARIAN = "абвгдежзийклмнопрстуфхцчшщъьюя"
LETTERS_OF_THE_LANGUAGES = "ăâîșțřůěčšžďťňđąęėįųūāēģīķļņåäöáéíóúýőűøłßæïçñọạ’'-"


def people() -> dict[str, str]:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        return {
            row["participant_id"]: fold_person(
                row["given_name"],
                row["family_name"],
                row["badge_name"],
                row["name_latin"],
                row["email"],
            )
            for row in csv.DictReader(file)
        }


def found(query: str) -> list[str]:
    return [person for person, folded in people().items() if matches(query, folded)]


@pytest.mark.parametrize(
    ("typed", "person"),
    [
        ("tsvet", "P016"),
        ("shter", "P017"),
        ("pastarkov", "P021"),
        ("durd", "P027"),
        ("sarunas", "P030"),
        ("ohrn", "P043"),
        ("stefania", "P001"),
        ("nguyen", "P013"),
        ("yuliya", "P018"),
        ("yulia", "P018"),
        ("Юлия", "P018"),
        ("пъст", "P021"),
        ("Šarūnas", "P030"),
        ("yevheniia", "P060"),
        ("Їжач", "P060"),
        ("o'hanr", "P055"),
        ("ohanr", "P055"),
        ("O’Hanr", "P055"),
        ("d'arcy", "P058"),
        ("adesina", "P056"),
        ("ona", "P056"),
        ("wulan", "P051"),
        ("feath", "P057"),
        ("bozhidar.past", "P021"),
        ("asa.ohrnmark@example.org", "P043"),
        ("lan anh", "P013"),
        ("visan ion", "P002"),
    ],
)
def test_a_typed_name_finds_exactly_one_person(typed: str, person: str) -> None:
    assert found(typed) == [person]


def test_two_people_of_the_same_name_are_both_found() -> None:
    assert found("elena mun") == ["P007", "P008"]
    assert found("mun ele") == ["P007", "P008"]


def test_the_shared_office_address_finds_both_who_use_it() -> None:
    assert found("secretariat.liceu@example.org") == ["P003", "P007"]


def test_the_domain_of_the_addresses_finds_nobody() -> None:
    assert found("exam") == []
    assert found("org") == []


def test_the_middle_of_a_word_finds_nobody() -> None:
    assert found("unteanu") == []


def test_every_typed_word_must_match() -> None:
    assert found("elena brizkova") == []


def test_a_query_without_letters_matches_everybody() -> None:
    assert len(found(" . @ ")) == 60


def test_s_and_t_with_comma_and_with_cedilla_are_the_same() -> None:
    comma, cedilla = "\u0218tefania \u021aăranu", "\u015etefania \u0162ăranu"
    assert fold(comma) == fold(cedilla) == "stefania taranu"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Mărgineanu", "margineanu"),
        ("Đurđica", "durdica"),
        ("Łukasz", "lukasz"),
        ("Sørensen", "sorensen"),
        ("Weiß", "weiss"),
        ("STRAẞE", "strasse"),
        ("D’Arcy", "d'arcy"),
        ("Щерьо Желязовски", "shteryo zhelyazovski"),
        ("Цветелина", "tsvetelina"),
        ("Хаджиянкова", "hadzhiyankova"),
        ("Дюлгярски", "dyulgyarski"),
        ("Кийко", "kiyko"),
        ("Їжаченко", "yizhachenko"),
        ("Ґалаґан", "galagan"),
        ("Алёна Ыкина", "alyona ykina"),
        ("Ђорђевић", "djordjevic"),
        ("Adéṣínà-Ọ̀nà", "adesina-ona"),
        ("Ǆemal", "dzemal"),
        ("Ｔａｒｏ", "taro"),
        ("Ελένη", "ελενη"),
        ("Modul 10", "modul 10"),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_the_official_table_of_bulgarian_letters() -> None:
    official = "a b v g d e zh z i y k l m n o p r s t u f h ts ch sh sht a y yu ya"
    assert [fold(letter) for letter in BULGARIAN] == official.split()
    assert fold(BULGARIAN.upper()) == fold(BULGARIAN)


def test_short_i_written_with_a_combining_breve_is_short_i() -> None:
    assert fold(unicodedata.normalize("NFD", "Ивайло")) == "ivaylo"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.sampled_from(LETTERS_OF_THE_LANGUAGES + BULGARIAN)))
def test_composed_and_decomposed_spelling_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text(alphabet=st.sampled_from(LETTERS_OF_THE_LANGUAGES + BULGARIAN)))
def test_names_of_the_languages_fold_to_plain_ascii(text: str) -> None:
    folded = fold(text)
    assert folded.isascii()
    assert folded == folded.lower()


@given(st.text(st.characters(exclude_characters="@")), st.integers(1, 10))
def test_the_beginning_of_a_name_finds_it(name: str, length: int) -> None:
    for word in query_words(name):
        assert matches(word[:length], fold_person(name))


@pytest.mark.parametrize(
    "slip",
    [
        "Eвгения",  # Latin E
        "Иванoв",  # Latin o
        "Mарија",  # Latin M
        "Петрова Іванna",
        "Nikolay и Kалина",  # Latin K
    ],
)
def test_a_slip_between_keyboards_in_one_word_is_seen(slip: str) -> None:
    assert mixed_scripts(slip)
    assert mixed_scripts(unicodedata.normalize("NFD", slip))


@pytest.mark.parametrize(
    "name", ["Евгения", "Elena", "Пример Ltd", "Петров-Smith", "Їжаченко", "Đurđica", "Adéṣínà", ""]
)
def test_words_of_one_script_raise_no_warning(name: str) -> None:
    assert not mixed_scripts(name)


@given(st.lists(st.tuples(*[st.text(max_size=12)] * 5), max_size=6))
def test_many_at_once_are_folded_as_one_by_one(people: list[tuple[str, ...]]) -> None:
    columns = [[person[place] for person in people] for place in range(5)]
    assert fold_people(*columns) == [fold_person(*person) for person in people]
    assert fold_all(columns[0]) == list(map(fold, columns[0]))
    assert fold_names(*columns[:2]) == list(map(fold_name, *columns[:2]))
