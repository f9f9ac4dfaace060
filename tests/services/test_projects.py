"""Projects: numbers are compared with known patterns, texts kept by language, logos kept as files."""

from datetime import date

import pytest

from mentor_desktop.errors import ConflictError, ValidationError
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.projects import (
    add_logo,
    add_project,
    change_project,
    logo,
    project_card,
    project_number_warnings,
    project_rows,
    remove_logo,
    remove_project,
)
from mentor_desktop.services.workshops import add_workshop

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


def add(workspace, **fields):
    given = {"title": "Mentors for All", "number": "2017-3-RO01-KA205-000000"}
    with workspace.unit_of_work() as uow:
        return created_id(add_project(uow, **(given | fields)), "project")


def card(workspace, project_id):
    with workspace.reader() as uow:
        return project_card(uow, project_id)


def test_an_added_project_has_every_field_that_was_given(workspace) -> None:
    project_id = add(
        workspace,
        acronym="M4A",
        programme="erasmus_plus",
        action="KA205",
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 12, 31),
        funding_model="lump_sum",
        granting_authority="National Agency",
        funding_statement={"en": "Funded by …", "lt": "Finansuoja …"},
        disclaimer={"en": "Views are those of …"},
        retention_rule="5 years after the final payment",
    )
    shown = card(workspace, project_id)
    assert (shown.programme, shown.funding_model, shown.acronym) == (
        "erasmus_plus",
        "lump_sum",
        "M4A",
    )
    assert shown.funding_statement == {"en": "Funded by …", "lt": "Finansuoja …"}
    assert shown.warnings == ()


def test_a_text_typed_in_one_language_leaves_the_others_alone(workspace) -> None:
    project_id = add(workspace, funding_statement={"en": "Old", "lt": "Sena"})
    with workspace.unit_of_work() as uow:
        change_project(uow, project_id, funding_statement="New")
    with workspace.unit_of_work() as uow:
        change_project(uow, project_id, funding_statement={"lt": ""})
    assert card(workspace, project_id).funding_statement == {"en": "New"}


@pytest.mark.parametrize(
    "number",
    [
        "2017-3-RO01-KA205-000000",
        "2021-1-LT01-KA220-YOU-000012345",
        "NPHZ-2014/10078",
        "101087654",
    ],
)
def test_known_project_numbers_pass_without_a_word(number) -> None:
    assert project_number_warnings(number) == ()


def test_an_unknown_number_is_warned_about_and_kept(workspace) -> None:
    shown = card(workspace, add(workspace, number="PROJECT 7"))
    assert shown.number == "PROJECT 7"
    assert "PROJECT 7" in shown.warnings[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"number": " "},
        {"programme": "moon"},
        {"funding_model": "gift"},
        {"starts_on": date(2027, 1, 1), "ends_on": date(2026, 1, 1)},
    ],
)
def test_a_field_that_cannot_be_is_refused(workspace, fields) -> None:
    with pytest.raises(ValidationError):
        add(workspace, **fields)


def test_a_logo_comes_back_and_can_be_taken_off(workspace) -> None:
    project_id = add(workspace)
    with workspace.unit_of_work() as uow:
        add_logo(uow, project_id, PNG)
    (address,) = card(workspace, project_id).logos
    with workspace.reader() as uow:
        assert logo(uow, address) == PNG
    with workspace.unit_of_work() as uow:
        remove_logo(uow, project_id, address)
    assert card(workspace, project_id).logos == ()


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"%PDF-1.7", PNG + b"x" * 6_000_000])
def test_a_file_that_cannot_be_printed_is_no_logo(workspace, content) -> None:
    project_id = add(workspace)
    with workspace.unit_of_work() as uow, pytest.raises(ValidationError):
        add_logo(uow, project_id, content)


def test_a_project_with_workshops_stays(workspace) -> None:
    project_id = add(workspace)
    with workspace.unit_of_work() as uow:
        add_workshop(
            uow,
            code="WS-1",
            title="T",
            starts_on=date(2026, 3, 10),
            time_zone="Europe/Riga",
            project_id=project_id,
        )
    with workspace.reader() as uow:
        assert [row.workshops for row in project_rows(uow)] == [1]
    with workspace.unit_of_work() as uow, pytest.raises(ConflictError, match="1 workshop"):
        remove_project(uow, project_id)
