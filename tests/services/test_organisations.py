"""Organisations: kept with their codes, found however their name is typed."""

import pytest

from mentor_desktop.errors import ConflictError, ValidationError
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.organisations import (
    add_organisation,
    change_organisation,
    find_or_prepare,
    find_organisation,
    organisation_card,
    organisation_rows,
    remove_organisation,
)
from mentor_desktop.services.people import add_person


def add(workspace, name, **fields):
    with workspace.unit_of_work() as uow:
        return created_id(add_organisation(uow, name=name, **fields), "organisation")


def test_an_added_organisation_has_every_field_that_was_given(workspace) -> None:
    organisation_id = add(
        workspace,
        "VšĮ „Pavyzdžio tiltai“",
        short_name="Tiltai",
        sector="ngo",
        subtype="association",
        kind="own",
        country="LT",
        city="Kaunas",
        address="Gatvė 1\nLT-44000 Kaunas",
        oid="e10000001",
        pic="123456789",
        website="https://example.org",
        project_roles=["coordinator", "hosting"],
        legal_representative="Rasa Pavyzdė",
        legal_representative_function="direktorė",
    )
    with workspace.reader() as uow:
        card = organisation_card(uow, organisation_id)
    assert (card.oid, card.pic, card.kind) == ("E10000001", "123456789", "own")
    assert card.address == "Gatvė 1\nLT-44000 Kaunas"
    assert card.project_roles == ("coordinator", "hosting")
    assert card.legal_representative_function == "direktorė"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("oid", "E1234567"),
        ("oid", "12345678"),
        ("pic", "12345678"),
        ("pic", "12345678X"),
        ("sector", "shop"),
        ("kind", "friend"),
        ("project_roles", ["boss"]),
        ("name", "  "),
    ],
)
def test_a_code_of_another_shape_is_refused(workspace, field, value) -> None:
    organisation_id = add(workspace, "Zavod Primer")
    with workspace.unit_of_work() as uow, pytest.raises(ValidationError):
        change_organisation(uow, organisation_id, **{field: value})


@pytest.mark.parametrize(
    "typed", ["zavod PRIMER d.o.o", "Zavod „Primer“, d. o. o.", "ZAVOD PRIMER D. O. O."]
)
def test_an_organisation_is_found_however_its_name_is_typed(workspace, typed) -> None:
    organisation_id = add(workspace, "Zavod Primer, d. o. o.", country="SI")
    with workspace.reader() as uow:
        assert find_organisation(uow, typed, "SI") == organisation_id


def test_the_same_name_in_another_country_is_another_organisation(workspace) -> None:
    first = add(workspace, "Caritas", country="LT")
    with workspace.reader() as uow:
        assert find_organisation(uow, "Caritas", "RO") is None
        assert find_organisation(uow, "Caritas") == first


def test_a_new_organisation_is_prepared_once(workspace) -> None:
    with workspace.unit_of_work() as uow:
        first = find_or_prepare(uow, "Föreningen Exempelbron", "SE")
        assert find_or_prepare(uow, "föreningen exempelbron", "SE") == first
        uow.commit()
    with workspace.reader() as uow:
        assert [row.id for row in organisation_rows(uow)] == [first]


def test_the_list_counts_people_and_sorts_by_name(workspace) -> None:
    add(workspace, "Zavod")
    add(workspace, "Asociația")
    with workspace.unit_of_work() as uow:
        add_person(uow, given_name="Ana", organisation="Zavod")
    with workspace.reader() as uow:
        rows = organisation_rows(uow)
    assert [(row.name, row.people) for row in rows] == [("Asociația", 0), ("Zavod", 1)]


def test_an_organisation_in_use_is_not_removed(workspace) -> None:
    used, free = add(workspace, "Zavod"), add(workspace, "Empty")
    with workspace.unit_of_work() as uow:
        add_person(uow, given_name="Ana", organisation_id=used)
    with workspace.unit_of_work() as uow, pytest.raises(ConflictError, match="1 place"):
        remove_organisation(uow, used)
    with workspace.unit_of_work() as uow:
        assert remove_organisation(uow, free).entities == {"organisation": frozenset({free})}
