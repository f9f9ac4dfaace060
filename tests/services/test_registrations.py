"""Registrations: who attends, the numbers on the list, walk-ins, corrected names."""

import pytest

from mentor_desktop.errors import ConflictError, NotFoundError, ValidationError
from mentor_desktop.models import AttendanceMark
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.organisations import organisation_rows
from mentor_desktop.services.people import person_card
from mentor_desktop.services.registrations import (
    add_walk_in,
    change_registration,
    correct_name,
    give_list_numbers,
    let_known_person_in,
    next_list_number,
    register_person,
    registration_counts,
    registration_rows,
    support_request_of,
)
from tests import factories


@pytest.fixture
def workshop_id(workspace):
    with workspace.unit_of_work() as uow:
        workshop = factories.workshop(uow.session, code="WS-1")
        uow.commit()
        return workshop.id


def person(workspace, given, family="", **values):
    with workspace.unit_of_work() as uow:
        row = factories.person(uow.session, given_name=given, family_name=family, **values)
        uow.commit()
        return row.id


def register(workspace, workshop_id, given, family="", state="confirmed", **fields):
    person_id = person(workspace, given, family)
    with workspace.unit_of_work() as uow:
        changes = register_person(uow, workshop_id, person_id, state=state, **fields)
    return created_id(changes, "registration")


def rows(workspace, workshop_id):
    with workspace.reader() as uow:
        return registration_rows(uow, workshop_id)


def number_all(workspace, workshop_id):
    with workspace.unit_of_work() as uow:
        give_list_numbers(uow, workshop_id)
        uow.commit()


def test_numbers_are_given_in_the_order_of_the_list_to_who_stands_on_it(workspace, workshop_id):
    register(workspace, workshop_id, "Ana", "Zupan")
    register(workspace, workshop_id, "Bo", "Ek")
    register(workspace, workshop_id, "Wait", "Aa", state="waiting_list")
    register(workspace, workshop_id, "Gone", "Ab", state="cancelled")
    number_all(workspace, workshop_id)
    assert [(row.name, row.list_number) for row in rows(workspace, workshop_id)] == [
        ("Bo Ek", 1),
        ("Ana Zupan", 2),
        ("Wait Aa", None),
        ("Gone Ab", None),
    ]


def test_who_comes_onto_a_numbered_list_gets_the_next_number(workspace, workshop_id) -> None:
    register(workspace, workshop_id, "Ana", "Zupan")
    number_all(workspace, workshop_id)
    waiting = register(workspace, workshop_id, "Wait", "Aa", state="waiting_list")
    with workspace.unit_of_work() as uow:
        changes = change_registration(uow, waiting, state="confirmed")
    assert changes.action == "Wait Aa is now: Confirmed"
    assert [row.list_number for row in rows(workspace, workshop_id)] == [1, 2]


def test_a_number_is_never_given_to_somebody_else(workspace, workshop_id) -> None:
    first = register(workspace, workshop_id, "Ana", "Zupan")
    number_all(workspace, workshop_id)
    with workspace.unit_of_work() as uow:
        change_registration(uow, first, state="cancelled")
    register(workspace, workshop_id, "Bo", "Ek")
    assert {row.name: row.list_number for row in rows(workspace, workshop_id)} == {
        "Ana Zupan": 1,
        "Bo Ek": 2,
    }


def test_a_registration_has_the_same_id_on_every_device(workspace, workshop_id) -> None:
    first = register(workspace, workshop_id, "Ana")
    with workspace.unit_of_work() as uow:
        change_registration(uow, first, state="cancelled")
    (row,) = rows(workspace, workshop_id)
    with workspace.unit_of_work() as uow:
        register_person(uow, workshop_id, row.person_id, state="confirmed")
    (again,) = rows(workspace, workshop_id)
    assert (again.id, again.state) == (first, "confirmed")


def test_nobody_stands_on_a_list_twice(workspace, workshop_id) -> None:
    register(workspace, workshop_id, "Ana", "Ek")
    (row,) = rows(workspace, workshop_id)
    with workspace.unit_of_work() as uow, pytest.raises(ConflictError, match="Ana Ek"):
        register_person(uow, workshop_id, row.person_id)


def test_the_sending_country_falls_back_to_the_organisation_then_to_the_person(
    workspace, workshop_id
) -> None:
    with workspace.unit_of_work() as uow:
        organisation = factories.organisation(uow.session, name="Zavod", country="SI").id
        uow.commit()
    one = person(workspace, "A", "A", organisation_id=organisation, country="CZ")
    two = person(workspace, "B", "B", country="CZ")
    three = person(workspace, "C", "C", country="CZ")
    with workspace.unit_of_work() as uow:
        register_person(uow, workshop_id, one)
    with workspace.unit_of_work() as uow:
        register_person(uow, workshop_id, two)
    with workspace.unit_of_work() as uow:
        register_person(uow, workshop_id, three, sending_country="se", sending_org_id=organisation)
    found = rows(workspace, workshop_id)
    assert [row.sending_country for row in found] == ["SI", "CZ", "SE"]
    assert [row.organisation for row in found] == ["Zavod", "", "Zavod"]


def test_needs_are_kept_apart_from_the_list(workspace, workshop_id) -> None:
    registration_id = register(workspace, workshop_id, "Ana", support_request="Vegan lunch")
    (row,) = rows(workspace, workshop_id)
    assert row.has_support_request
    assert "Vegan" not in repr(row)
    with workspace.reader() as uow:
        assert support_request_of(uow, registration_id) == "Vegan lunch"


@pytest.mark.parametrize(
    "fields",
    [{"state": "maybe"}, {"role": "boss"}, {"source": "rumour"}, {"sending_country": "ZZ"}],
)
def test_a_field_that_cannot_be_is_refused(workspace, workshop_id, fields) -> None:
    registration_id = register(workspace, workshop_id, "Ana")
    with workspace.unit_of_work() as uow, pytest.raises(ValidationError):
        change_registration(uow, registration_id, **fields)


def test_a_walk_in_comes_at_the_end_of_the_list_with_everything_in_one_action(
    workspace, workshop_id
) -> None:
    for index in range(53):
        register(workspace, workshop_id, "Given", f"Family {index:02d}")
    with workspace.unit_of_work() as uow:
        slot_id = factories.agenda_item(uow.session, workshop_id=workshop_id).slot_id
        uow.commit()
    with workspace.unit_of_work() as uow:
        changes = add_walk_in(
            uow,
            workshop_id,
            given_name="Євгенія",
            family_name="Аб",
            organisation="ГО «Приклад Молоді»",
            country="UA",
            slot_id=slot_id,
        )
    assert changes.action == "Євгенія Аб came without registration (row 54)"
    found = rows(workspace, workshop_id)
    last = found[-1]
    assert (last.name, last.list_number, last.source, last.state) == (
        "Євгенія Аб",
        54,
        "walk_in",
        "attending",
    )
    assert (last.organisation, last.sending_country) == ("ГО «Приклад Молоді»", "UA")
    assert registration_counts(found).attending == 54
    assert registration_counts(found).walk_ins == 1
    with workspace.reader() as uow:
        (mark,) = uow.session.query(AttendanceMark).all()
    assert (mark.status, mark.registration_id, mark.slot_id) == ("present", last.id, slot_id)


def test_a_late_walk_in_is_marked_late(workspace, workshop_id, clock) -> None:
    with workspace.unit_of_work() as uow:
        slot_id = factories.agenda_item(uow.session, workshop_id=workshop_id).slot_id
        uow.commit()
    clock.advance(minutes=30)
    with workspace.unit_of_work() as uow:
        add_walk_in(uow, workshop_id, given_name="Late", slot_id=slot_id)
    with workspace.reader() as uow:
        (mark,) = uow.session.query(AttendanceMark).all()
    assert (mark.status, mark.arrived_at) == ("late", clock.now)


def test_a_walk_in_of_a_known_organisation_adds_no_second_one(workspace, workshop_id) -> None:
    for given in ("A", "B"):
        with workspace.unit_of_work() as uow:
            add_walk_in(uow, workshop_id, given_name=given, organisation="Zavod", country="SI")
    with workspace.reader() as uow:
        assert [row.people for row in organisation_rows(uow)] == [2]


def test_a_person_of_the_workspace_can_walk_in_too(workspace, workshop_id) -> None:
    person_id = person(workspace, "Ana", "Ek")
    with workspace.unit_of_work() as uow:
        let_known_person_in(uow, workshop_id, person_id=person_id)
    (row,) = rows(workspace, workshop_id)
    assert (row.person_id, row.list_number, row.source) == (person_id, 1, "walk_in")


def test_a_walk_in_without_a_given_name_leaves_nothing(workspace, workshop_id) -> None:
    with workspace.unit_of_work() as uow, pytest.raises(ValidationError):
        add_walk_in(uow, workshop_id, given_name="", organisation="Zavod")
    with workspace.reader() as uow:
        assert organisation_rows(uow) == []
        assert next_list_number(uow, workshop_id) == 1


def test_a_corrected_name_is_right_everywhere(workspace, workshop_id) -> None:
    register(workspace, workshop_id, "Jurate", "Sniaukstaite")
    (row,) = rows(workspace, workshop_id)
    with workspace.unit_of_work() as uow:
        changes = correct_name(uow, row.person_id, "Jūratė", "Šniaukštaitė")
    assert changes.action == "Corrected Jurate Sniaukstaite to Jūratė Šniaukštaitė"
    assert rows(workspace, workshop_id)[0].name == "Jūratė Šniaukštaitė"
    with workspace.reader() as uow:
        assert person_card(uow, row.person_id).certificate_name == "Jūratė Šniaukštaitė"


def test_an_unknown_workshop_is_not_found(workspace) -> None:
    with workspace.unit_of_work() as uow, pytest.raises(NotFoundError):
        add_walk_in(uow, "0" * 32, given_name="Ana")
