"""Headings in nine languages find their fields; what is not certain says so."""

import csv

import pytest

from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import set_language
from mentor_desktop.services.tables_in.fields import Field, TableOf
from mentor_desktop.services.tables_in.headers import (
    CATALOGUES,
    Mapping,
    fields_of,
    label_of,
    propose_mapping,
)
from mentor_desktop.services.tables_in.people_fields import ANY_NAME, FAMILY_FIRST
from mentor_desktop.services.tables_in.words import LANGUAGES, key_of, words_by_language
from tests.services.tables_in.sample_rows import SAMPLES

SAMPLE_FILES: dict[str, TableOf] = {
    "participants.csv": "participants",
    "programme.csv": "programme",
    "workshop_plan.csv": "plan",
    "attendance.csv": "attendance",
    "project.csv": "project",
    "organisations.csv": "organisations",
}
KINDS: list[TableOf] = list(CATALOGUES)

# One list of people, its headings in each language in the order: given, family, e-mail,
# organisation, country, gender, year of birth.
PEOPLE_HEADINGS = {
    "en": "First name;Last name;E-mail;Organisation;Country;Gender;Year of birth",
    "ro": "Prenume;Nume;E-mail;Organizația;Țara;Gen;Anul nașterii",
    "cs": "Jméno;Příjmení;E-mail;Organizace;Země;Pohlaví;Rok narození",
    "bg": "Име;Фамилия;Имейл;Организация;Държава;Пол;Година на раждане",
    "sl": "Ime;Priimek;E-pošta;Organizacija;Država;Spol;Leto rojstva",
    "lt": "Vardas;Pavardė;El. paštas;Organizacija;Šalis;Lytis;Gimimo metai",
    "lv": "Vārds;Uzvārds;E-pasts;Organizācija;Valsts;Dzimums;Dzimšanas gads",
    "sv": "Förnamn;Efternamn;E-post;Organisation;Land;Kön;Födelseår",
    "fi": "Etunimi;Sukunimi;Sähköposti;Organisaatio;Maa;Sukupuoli;Syntymävuosi",
}
PEOPLE_FIELDS = (
    "given_name", "family_name", "email", "organisation", "country", "gender", "birth_year",
)  # fmt: skip


def found(headers: list[str], kind: TableOf = "participants") -> list[str | None]:
    return [one.field for one in propose_mapping(headers, kind).columns]


def all_fields() -> list[Field]:
    return [field for kind in KINDS for field in fields_of(kind)] + [ANY_NAME, FAMILY_FIRST]


@pytest.mark.parametrize("field", all_fields(), ids=lambda field: field.name)
def test_every_field_has_headings_in_nine_languages(field: Field) -> None:
    words = words_by_language(field.words)

    assert set(words) == set(LANGUAGES)
    assert all(key_of(word) for of_language in words.values() for word in of_language)


@pytest.mark.parametrize("kind", KINDS)
def test_no_heading_stands_for_two_fields(kind: TableOf) -> None:
    meaning: dict[str, str] = {}
    for field in fields_of(kind):
        for words in words_by_language(field.words).values():
            for word in words:
                assert meaning.setdefault(key_of(word), field.name) == field.name, word


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_of_a_list_of_people_are_certain_in_every_language(language: str) -> None:
    mapping = propose_mapping(PEOPLE_HEADINGS[language].split(";"), "participants")

    assert [one.field for one in mapping.columns] == list(PEOPLE_FIELDS)
    assert {one.certainty for one in mapping.columns} == {"certain"}
    assert not mapping.missing
    assert not mapping.notes


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_alone_finds_its_field(kind: TableOf, language: str) -> None:
    for field in fields_of(kind):
        for word in words_by_language(field.words)[language]:
            for heading in (word, word.upper(), f"{word} *", f"{word} (2026)"):
                assert found([heading], kind) == [field.name], heading


@pytest.mark.parametrize(("file", "kind"), SAMPLE_FILES.items())
def test_the_sample_files_are_mapped_completely(file: str, kind: TableOf) -> None:
    with (SAMPLES / file).open(encoding="utf-8", newline="") as opened:
        headings = next(csv.reader(opened))

    mapping = propose_mapping(headings, kind)

    assert [one.field for one in mapping.columns] == headings
    assert {one.certainty for one in mapping.columns} == {"certain"}
    assert not mapping.missing


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (["Nume", "Prenume"], ["family_name", "given_name"]),
        (["Name", "Surname"], ["given_name", "family_name"]),
        (["First name", "Name"], ["given_name", "family_name"]),
        (["Name"], ["full_name"]),
        (["Vardas"], ["full_name"]),
        (["Given name", "Family name", "Full name"], ["given_name", "family_name", None]),
        (["Given name", "Family name", "Name"], ["given_name", "family_name", None]),
    ],
)
def test_a_column_called_name_holds_what_the_others_leave(
    headings: list[str], fields: list[str | None]
) -> None:
    assert found(headings) == fields


@pytest.mark.parametrize(
    ("heading", "order"),
    [
        ("Nume și prenume", "family_first"),
        ("Pavardė, vardas", "family_first"),
        ("Sukunimi ja etunimi", "family_first"),
        ("Име и фамилия", "given_first"),
        ("Vardas ir pavardė", "given_first"),
    ],
)
def test_whole_names_are_noted_with_their_order(heading: str, order: str) -> None:
    mapping = propose_mapping([heading], "participants")

    assert mapping.column_of("full_name") == 0
    assert mapping.name_order == order
    assert any("whole names" in note for note in mapping.notes)
    assert not mapping.missing


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("What is your first name?", "given_name"),
        ("Emial", "email"),
        ("Organistion", "organisation"),
        ("Which organisation sends you?", "organisation"),
        ("Jūsų pavardė", "family_name"),
        ("Telefoonnumber", "phone"),
    ],
)
def test_questions_and_slips_are_likely_and_noted(heading: str, field: str) -> None:
    mapping = propose_mapping(
        [heading, "given name" if field != "given_name" else "x"], "participants"
    )

    assert mapping.columns[0].field == field
    assert mapping.columns[0].certainty == "likely"
    assert any(heading in note for note in mapping.notes)


def test_headings_in_two_languages_are_certain() -> None:
    mapping = propose_mapping(
        ["Vardas / First name", "Šalis | Country", "El. paštas\nE-mail"], "participants"
    )

    assert [one.field for one in mapping.columns] == ["given_name", "country", "email"]
    assert {one.certainty for one in mapping.columns} == {"certain"}


def test_of_two_columns_for_one_field_the_surer_one_is_taken() -> None:
    mapping = propose_mapping(["Your e-mail please", "E-mail", "email"], "participants")

    assert [one.field for one in mapping.columns] == [None, "email", None]


@pytest.mark.parametrize("heading", ["Timestamp", "Column 7", "T-shirt", "x", "№", ""])
def test_unknown_headings_are_left_out(heading: str) -> None:
    assert found(["given name", heading]) == ["given_name", None]


def test_what_is_missing_is_named() -> None:
    mapping = propose_mapping(["E-mail", "half-day"], "attendance")

    assert [[field.name for field in group] for group in mapping.missing] == [["status"]]
    assert mapping.notes == ("There is no column for “Attendance”; it is needed.",)
    assert "Given name / Whole name" in propose_mapping(["E-mail"], "participants").notes[0]


def test_a_person_corrects_the_mapping() -> None:
    mapping = propose_mapping(["Who", "Mail"], "participants")
    assert mapping.missing

    corrected = mapping.with_field(0, "full_name").with_name_order("family_first")

    assert not corrected.missing
    assert corrected.columns[0].certainty == "chosen"
    assert corrected.name_order == "family_first"
    assert mapping.missing, "a mapping never changes"


def test_a_field_chosen_anew_leaves_its_old_column() -> None:
    mapping = propose_mapping(["Name", "Mail", "Mail 2"], "participants")

    corrected = mapping.with_field(2, "email")

    assert [one.field for one in corrected.columns] == ["full_name", None, "email"]
    assert corrected.with_field(2, None).column_of("email") is None


@pytest.mark.parametrize(
    ("index", "field"), [(5, "email"), (-1, "email"), (0, "shoe_size"), (0, "email.lt")]
)
def test_an_impossible_choice_is_refused(index: int, field: str) -> None:
    mapping: Mapping = propose_mapping(["Name"], "participants")

    with pytest.raises(ValidationError):
        mapping.with_field(index, field)


def test_one_column_for_each_language() -> None:
    mapping = propose_mapping(["session_title", "Title_lt", "title [ro]", "Rubrik"], "plan")

    assert mapping.column_of("session_title") == 0
    assert mapping.columns_by_language("session_title") == {"lt": 1, "ro": 2}
    corrected = mapping.with_field(3, "session_title.sv")
    assert corrected.columns_by_language("session_title") == {"lt": 1, "ro": 2, "sv": 3}
    assert label_of("plan", "session_title.lt") == "Title (lt)"


def test_labels_are_translated() -> None:
    set_language("en_XA")

    assert label_of("participants", "email")
