"""People: added, changed, listed and found; names are kept as written."""

import unicodedata

import pytest

from mentor_desktop.errors import ConflictError, NotFoundError, ValidationError
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.names import name_warnings
from mentor_desktop.services.people import (
    add_person,
    change_person,
    person_card,
    person_order,
    person_rows,
    remove_person,
    search_people,
)
from tests import factories

SEARCHED = [
    ("Цветелина", "Крайчева", "Tsvetelina Kraycheva", "tsvet"),
    ("Щерьо", "Желязовски", "", "shter"),
    ("Божидар", "Пъстърков", "", "pastarkov"),
    ("Đurđica", "Hadžimejlić-Žagar", "", "durd"),
    ("Šarūnas", "Žemgulys", "", "sarunas"),
    ("Åsa", "Öhrnmark", "", "ohrn"),
    ("Ștefania", "Mărgineanu", "", "stefania"),
    ("Ştefania", "Cedilla", "", "stefania"),
    ("Thị Lan Anh", "Nguyễn", "", "nguyen"),
    ("Юлия", "Чакърова", "Yulia Chakarova", "yuliya"),
    ("Юлия", "Чакърова", "Yulia Chakarova", "yulia"),
]


def add(workspace, given, family="", **fields):
    with workspace.unit_of_work() as uow:
        return created_id(add_person(uow, given_name=given, family_name=family, **fields), "person")


def card(workspace, person_id):
    with workspace.reader() as uow:
        return person_card(uow, person_id)


def names_of(workspace, text):
    with workspace.reader() as uow:
        return [row.name for row in search_people(uow, text)]


def test_an_added_person_has_every_field_that_was_given(workspace) -> None:
    person_id = add(
        workspace,
        "Юлия",
        "Чакърова",
        name_latin="Yulia Chakarova",
        badge_name="Юлия",
        email=" yulia@example.org ",
        phone="+359 2 000",
        country="bg",
        gender="female",
        birth_year="1992",
        roles=["teacher", "mentor", "teacher"],
        preferred_language="bg",
        photo_choice="yes_all",
        note="speaks\nslowly",
        organisation="Гимназия Пример",
    )
    shown = card(workspace, person_id)
    assert (shown.name, shown.certificate_name) == ("Юлия Чакърова", "Юлия Чакърова")
    assert (shown.email, shown.country, shown.birth_year) == ("yulia@example.org", "BG", 1992)
    assert shown.roles == ("teacher", "mentor")
    assert (shown.organisation, shown.phone, shown.note) == (
        "Гимназия Пример",
        "+359 2 000",
        "speaks\nslowly",
    )
    assert shown.photo_choice_at is not None
    assert shown.warnings == ()


def test_a_name_is_composed_and_otherwise_kept_as_typed(workspace) -> None:
    person_id = add(workspace, unicodedata.normalize("NFD", "ştefania"), " D’ARCY ")
    shown = card(workspace, person_id)
    assert (shown.given_name, shown.family_name) == ("ştefania", " D’ARCY ")
    assert len(shown.warnings) == 1


def test_a_combining_mark_without_a_composed_form_survives(workspace) -> None:
    assert card(workspace, add(workspace, "Oluwaṣeun", "Adéṣínà-Ọ̀nà")).family_name == (
        unicodedata.normalize("NFC", "Adéṣínà-Ọ̀nà")
    )


def test_a_word_of_two_scripts_is_warned_about_and_kept(workspace) -> None:
    mixed = "Аnna"  # the first letter is Cyrillic
    assert card(workspace, add(workspace, mixed)).given_name == mixed
    assert "Аnna" in name_warnings(mixed)[0]
    assert name_warnings("Юлия Yulia", "Šarūnas") == ()


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("email", "office", "office"),
        ("email", "a@b", "a@b"),
        ("birth_year", "1885", "1885"),
        ("birth_year", "2027", "2027"),
        ("birth_year", "12.3.1990", "12.3.1990"),
        ("gender", "f", "f"),
        ("photo_choice", "maybe", "maybe"),
        ("country", "XX", "XX"),
        ("country", "Lithuania", "Lithuania"),
        ("preferred_language", "Lithuanian", "Lithuanian"),
        ("family_name", "two\nlines", "two lines"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(workspace, field, value, named) -> None:
    with workspace.unit_of_work() as uow, pytest.raises(ValidationError, match=named):
        add_person(uow, given_name="Anna", **{field: value})
    with workspace.reader() as uow:
        assert len(person_order(uow)) == 0


def test_a_person_without_a_given_name_is_refused(workspace) -> None:
    with workspace.unit_of_work() as uow, pytest.raises(ValidationError, match="given name"):
        add_person(uow, given_name="  ", family_name="Müller")


def test_a_field_nobody_knows_is_a_mistake_of_the_program(workspace) -> None:
    with workspace.unit_of_work() as uow, pytest.raises(TypeError, match="passport"):
        add_person(uow, given_name="Anna", passport="1")


def test_a_person_with_one_name_only_is_shown_without_a_blank(workspace) -> None:
    assert card(workspace, add(workspace, "Wulandari")).name == "Wulandari"


def test_people_are_listed_in_the_order_of_the_family_name(workspace) -> None:
    for given, family in (("Ana", "Zupan"), ("Wulandari", ""), ("Élodie", "Martin"), ("Bo", "Ek")):
        add(workspace, given, family)
    with workspace.reader() as uow:
        rows = person_rows(uow, person_order(uow))
    assert [row.name for row in rows] == ["Bo Ek", "Élodie Martin", "Wulandari", "Ana Zupan"]


def test_rows_come_in_the_order_asked_for_and_leave_out_who_is_gone(workspace) -> None:
    add(workspace, "A", "A", organisation="Zavod", roles=["mentor"])
    add(workspace, "B", "B")
    with workspace.reader() as uow:
        first, second = person_order(uow)
        rows = person_rows(uow, [second, 999, first])
    assert [row.number for row in rows] == [second, first]
    assert (rows[1].organisation, rows[1].roles) == ("Zavod", ("mentor",))


@pytest.mark.parametrize(("given", "family", "latin", "typed"), SEARCHED)
def test_a_person_is_found_on_any_keyboard(workspace, given, family, latin, typed) -> None:
    add(workspace, "Somebody", "Else")
    add(workspace, given, family, name_latin=latin)
    assert names_of(workspace, typed) == [f"{given} {family}"]


def test_a_person_is_found_by_badge_name_and_by_e_mail(workspace) -> None:
    add(workspace, "Ondřej", "Křížala", badge_name="Ondra", email="o.kriz@example.org")
    add(workspace, "Other", "Person", email="kriz@example.com")
    assert names_of(workspace, "ondra") == ["Ondřej Křížala"]
    assert names_of(workspace, "o.kriz@ex") == ["Ondřej Křížala"]
    assert names_of(workspace, "kriz@example.org") == []


def test_an_address_is_found_among_many_of_the_same_domain_and_local_part(workspace) -> None:
    with workspace.unit_of_work() as uow:
        for number in range(450):
            factories.person(uow.session, email=f"info@school{number}.example.org")
        factories.person(uow.session, given_name="Zoe", family_name="", email="info@zavod.example")
        uow.commit()
    assert names_of(workspace, "info@zav") == ["Zoe"]
    assert len(names_of(workspace, "info@school44")) == 11


def test_every_typed_word_must_begin_a_word_of_the_person(workspace) -> None:
    add(workspace, "Ana", "Nagy")
    add(workspace, "Anatol", "Nagy")
    add(workspace, "Ana", "Berg")
    assert names_of(workspace, "nag an") == ["Ana Nagy", "Anatol Nagy"]
    assert names_of(workspace, "ana") == ["Ana Berg", "Ana Nagy", "Anatol Nagy"]
    assert names_of(workspace, "agy") == []


@pytest.mark.parametrize("typed", ["", "  ", '"', "*", "' OR 1", "a AND (", "NEAR(", "-", "^ -"])
def test_no_sign_breaks_a_search(workspace, typed) -> None:
    add(workspace, "Zoe", "Quist")
    assert names_of(workspace, typed) == []


def test_a_changed_person_is_found_by_the_new_name_only(workspace) -> None:
    person_id = add(workspace, "Ana", "Novák")
    with workspace.unit_of_work() as uow:
        changes = change_person(uow, person_id, family_name="Dvořák", email="ana@example.org")
    assert changes.action == "Changed Ana Dvořák"
    assert names_of(workspace, "dvorak") == ["Ana Dvořák"]
    assert names_of(workspace, "novak") == []


def test_badge_and_certificate_follow_a_corrected_name(workspace) -> None:
    person_id = add(workspace, "Ana", "Novak", badge_name="Ana", name_on_certificate="Ana Novak")
    with workspace.unit_of_work() as uow:
        change_person(uow, person_id, name_is_confirmed=True)
    with workspace.unit_of_work() as uow:
        change_person(uow, person_id, given_name="Anna", family_name="Nováková")
    shown = card(workspace, person_id)
    assert (shown.badge_name, shown.certificate_name) == ("Anna", "Anna Nováková")
    assert shown.name_confirmed_at is None


def test_a_name_wished_for_on_the_certificate_outlives_a_correction(workspace) -> None:
    person_id = add(workspace, "Ana", "Novak", name_on_certificate="Dr. Ana Novak-Lipa")
    with workspace.unit_of_work() as uow:
        change_person(uow, person_id, family_name="Nováková")
    assert card(workspace, person_id).certificate_name == "Dr. Ana Novak-Lipa"


def test_an_unknown_person_is_not_found(workspace) -> None:
    with workspace.reader() as uow, pytest.raises(NotFoundError):
        person_card(uow, "0" * 32)


def test_somebody_entered_by_mistake_goes_and_who_was_registered_stays(workspace) -> None:
    mistake, known = add(workspace, "Anna"), add(workspace, "Ana", "Ek")
    with workspace.unit_of_work() as uow:
        factories.registration(uow.session, person_id=known)
        uow.commit()
    with workspace.unit_of_work() as uow:
        remove_person(uow, mistake)
    with workspace.unit_of_work() as uow, pytest.raises(ConflictError, match="Ana Ek"):
        remove_person(uow, known)
    assert names_of(workspace, "an") == ["Ana Ek"]
