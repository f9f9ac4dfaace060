"""The same person twice: found, hinted at, merged, kept apart."""

import pytest

from mentor_desktop.errors import ConflictError, ValidationError
from mentor_desktop.services.attendance import mark
from mentor_desktop.services.duplicates import (
    keep_apart,
    merge_people,
    possible_duplicates,
    similar_people,
)
from mentor_desktop.services.people import person_card, person_order, search_people
from mentor_desktop.services.registrations import correct_name, registration_rows
from tests import factories


def person(workspace, given, family="", **values):
    with workspace.unit_of_work() as uow:
        row = factories.person(
            uow.session, given_name=given, family_name=family, **({"email": ""} | values)
        )
        uow.commit()
        return row.id


def place(workspace, workshop_id, person_id, **values):
    with workspace.unit_of_work() as uow:
        row = factories.registration(
            uow.session, workshop_id=workshop_id, person_id=person_id, **values
        )
        uow.commit()
        return row.id


def merge(workspace, keep, other):
    with workspace.unit_of_work() as uow:
        return merge_people(uow, keep=keep, merge=other)


def card(workspace, person_id):
    with workspace.reader() as uow:
        return person_card(uow, person_id)


def pairs(workspace):
    with workspace.reader() as uow:
        return [
            (pair.first.name, pair.second.name, pair.reason) for pair in possible_duplicates(uow)
        ]


@pytest.fixture
def workshop(workspace):
    """A workshop with one half-day."""
    with workspace.unit_of_work() as uow:
        item = factories.agenda_item(uow.session)
        uow.commit()
        return item.workshop_id, item.slot_id


def test_one_name_and_one_year_is_a_likely_duplicate(workspace) -> None:
    person(workspace, "Şarūnas", "Žemgulys", birth_year=1991)
    person(workspace, "Zemgulys", "Sarunas", birth_year=1991)
    assert [reason for *_names, reason in pairs(workspace)] == ["same_name_and_year"]


def test_two_elena_munteanu_of_different_years_are_two(workspace) -> None:
    person(workspace, "Elena", "Munteanu", birth_year=1999, email="office@example.org")
    person(workspace, "Elena", "Munteanu", birth_year=1972, email="elena@example.org")
    assert pairs(workspace) == []


def test_a_missing_year_leaves_the_question_open(workspace) -> None:
    person(workspace, "Elena", "Munteanu", birth_year=1999)
    person(workspace, "Elena", "Munteanu")
    assert [reason for *_names, reason in pairs(workspace)] == ["same_name"]


def test_a_latin_form_meets_the_same_name_entered_in_latin(workspace) -> None:
    person(workspace, "Юлия", "Чакърова", name_latin="Yulia Chakarova", birth_year=1992)
    person(workspace, "Yulia", "Chakarova", birth_year=1992)
    assert [reason for *_names, reason in pairs(workspace)] == ["same_name_and_year"]


def test_a_shared_address_is_a_hint_unless_it_is_an_office(workspace) -> None:
    for given in ("A", "B"):
        person(workspace, given, "X", email="Two@example.org")
    for given in "CDEF":
        person(workspace, given, "Y", email="office@example.org")
    assert pairs(workspace) == [("A X", "B X", "same_email")]


def test_likeliest_pairs_come_first(workspace) -> None:
    person(workspace, "Z", "Hint", email="z@example.org")
    person(workspace, "A", "Other", email="z@example.org")
    person(workspace, "Same", "Name", birth_year=1990)
    person(workspace, "Same", "Name", birth_year=1990)
    assert [reason for *_names, reason in pairs(workspace)] == [
        "same_name_and_year",
        "same_email",
    ]


def test_as_many_pairs_are_listed_as_were_asked_for(workspace) -> None:
    for _number in range(5):
        person(workspace, "Same", "Name", birth_year=1990)
    with workspace.reader() as uow:
        assert len(possible_duplicates(uow)) == 10
        assert len(possible_duplicates(uow, limit=3)) == 3


def test_people_kept_apart_are_not_asked_about_again(workspace) -> None:
    first = person(workspace, "Elena", "Munteanu")
    second = person(workspace, "Elena", "Munteanu")
    with workspace.unit_of_work() as uow:
        keep_apart(uow, first=second, second=first)
    assert pairs(workspace) == []


@pytest.mark.parametrize(
    ("given", "family", "email", "expected"),
    [
        ("Jurate", "Sniaukstaite", "", ["Jūratė Šniaukštaitė"]),
        ("Jūrate", "Sniaukstaitė", "", ["Jūratė Šniaukštaitė"]),
        ("Juratė", "Šniaukštait", "", ["Jūratė Šniaukštaitė"]),
        ("Jurgita", "Petraitė", "", []),
        ("Somebody", "Else", "J.S@example.org", ["Jūratė Šniaukštaitė"]),
        ("Yulia", "Chakarova", "", ["Юлия Чакърова"]),
    ],
)
def test_who_is_being_entered_may_be_here_already(
    workspace, given, family, email, expected
) -> None:
    person(workspace, "Jūratė", "Šniaukštaitė", email="j.s@example.org", birth_year=1986)
    person(workspace, "Юлия", "Чакърова", name_latin="Yulia Chakarova")
    with workspace.reader() as uow:
        found = similar_people(uow, given_name=given, family_name=family, email=email)
    assert [row.name for row in found] == expected


def test_a_namesake_of_another_year_is_no_hint(workspace) -> None:
    person(workspace, "Elena", "Munteanu", birth_year=1999)
    with workspace.reader() as uow:
        assert (
            similar_people(uow, given_name="Elena", family_name="Munteanu", birth_year=1972) == []
        )
        assert len(similar_people(uow, given_name="Elena", family_name="Munteanu")) == 1


def test_a_merged_person_is_read_as_the_other_everywhere(workspace, workshop) -> None:
    keep = person(workspace, "Jūratė", "Šniaukštaitė")
    other = person(workspace, "Jurate", "Sniaukstaite")
    registration = place(workspace, workshop[0], other)
    merge(workspace, keep, other)
    assert card(workspace, other).id == keep
    assert card(workspace, keep).merged_ids == (other,)
    assert [one.registration_id for one in card(workspace, keep).workshops] == [registration]
    with workspace.reader() as uow:
        assert [row.name for row in registration_rows(uow, workshop[0])] == ["Jūratė Šniaukštaitė"]
        assert len(person_order(uow)) == 1
        assert [row.id for row in search_people(uow, "sniau")] == [keep]
        assert possible_duplicates(uow) == []


def test_what_is_missing_is_taken_over_and_nothing_is_overwritten(workspace) -> None:
    keep = person(workspace, "Ana", "Ek", email="ana@example.org", roles=["mentor"])
    other = person(
        workspace,
        "Anna",
        "Ek",
        email="old@example.org",
        phone="+370 1",
        birth_year=1990,
        gender="female",
        roles=["trainer"],
        note="Sings",
    )
    merge(workspace, keep, other)
    shown = card(workspace, keep)
    assert (shown.name, shown.email) == ("Ana Ek", "ana@example.org")
    assert (shown.phone, shown.birth_year, shown.gender) == ("+370 1", 1990, "female")
    assert (shown.roles, shown.note) == (("mentor", "trainer"), "Sings")


@pytest.mark.parametrize(
    ("mine", "theirs", "result"),
    [
        ("not_asked", "yes_all", "yes_all"),
        ("yes_all", "not_asked", "yes_all"),
        ("yes_all", "no", "no"),
        ("group_only", "yes_all", "group_only"),
    ],
)
def test_without_a_time_the_stricter_photo_choice_remains(workspace, mine, theirs, result) -> None:
    keep = person(workspace, "A", photo_choice=mine)
    other = person(workspace, "A", photo_choice=theirs)
    merge(workspace, keep, other)
    assert card(workspace, keep).photo_choice == result


def test_the_later_photo_choice_remains_where_both_times_are_known(workspace, clock) -> None:
    keep = person(workspace, "A", photo_choice="no", photo_choice_at=clock.now)
    clock.advance(hours=1)
    other = person(workspace, "A", photo_choice="yes_all", photo_choice_at=clock.now)
    merge(workspace, keep, other)
    shown = card(workspace, keep)
    assert (shown.photo_choice, shown.photo_choice_at) == ("yes_all", clock.now)


def test_merging_merged_people_goes_to_the_one_that_remains(workspace) -> None:
    first, second, third = (person(workspace, "A", str(index)) for index in range(3))
    merge(workspace, second, first)
    merge(workspace, third, second)
    assert card(workspace, first).id == third
    assert set(card(workspace, third).merged_ids) == {first, second}
    with pytest.raises(ValidationError, match="one person already"):
        merge(workspace, first, third)
    with workspace.unit_of_work() as uow:
        correct_name(uow, first, "New", "Name")
    assert card(workspace, third).name == "New Name"


def test_of_two_places_the_one_with_marks_remains(workspace, workshop) -> None:
    workshop_id, slot_id = workshop
    keep, other = person(workspace, "A", "A"), person(workspace, "B", "B")
    listed = place(workspace, workshop_id, keep, list_number=12)
    walked_in = place(workspace, workshop_id, other, state="attending", list_number=54)
    with workspace.unit_of_work() as uow:
        mark(uow, registration_id=walked_in, slot_id=slot_id, status="present")
    merge(workspace, keep, other)
    with workspace.reader() as uow:
        found = {row.id: (row.name, row.state) for row in registration_rows(uow, workshop_id)}
    assert found == {walked_in: ("A A", "attending"), listed: ("A A", "cancelled")}


def test_without_marks_the_place_on_the_list_beats_the_waiting_list(workspace, workshop) -> None:
    keep, other = person(workspace, "A", "A"), person(workspace, "B", "B")
    waiting = place(workspace, workshop[0], keep, state="waiting_list", support_request="Vegan")
    confirmed = place(workspace, workshop[0], other)
    merge(workspace, keep, other)
    with workspace.reader() as uow:
        rows = {row.id: row for row in registration_rows(uow, workshop[0])}
    assert (rows[confirmed].state, rows[waiting].state) == ("confirmed", "cancelled")
    assert rows[confirmed].has_support_request


def test_two_places_with_marks_are_not_merged_away(workspace, workshop) -> None:
    workshop_id, slot_id = workshop
    keep, other = person(workspace, "A", "A"), person(workspace, "B", "B")
    places = [
        place(workspace, workshop_id, one, list_number=number)
        for number, one in ((12, keep), (54, other))
    ]
    for registration_id in places:
        with workspace.unit_of_work() as uow:
            mark(uow, registration_id=registration_id, slot_id=slot_id, status="present")
    with pytest.raises(ConflictError, match="rows 12 and 54"):
        merge(workspace, keep, other)
    with workspace.unit_of_work() as uow:
        mark(uow, registration_id=places[1], slot_id=slot_id, status="expected")
    merge(workspace, keep, other)
    assert card(workspace, other).id == keep
