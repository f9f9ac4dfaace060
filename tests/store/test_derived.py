"""Order and search of people keep in step with what is stored."""

from contextlib import closing

import pytest
from sqlalchemy import delete, update

from mentor_desktop.models import Person
from mentor_desktop.services.integrity import check_workspace
from mentor_desktop.store.connection import connect
from mentor_desktop.store.integrity import stale_derived_tables
from mentor_desktop.store.workspace import Workspace
from tests import factories

NAMES = ("Čížek", "Dvořák", "Cibulka", "Černý", "Chalupa", "Hora")


def _ordered(workspace: Workspace) -> list[str]:
    with workspace.reader() as uow:
        rows = uow.raw.execute(
            "SELECT p.family_name FROM person_order o JOIN person p ON p.rowid = o.person "
            "ORDER BY o.sort_key"
        ).fetchall()
    return [row[0] for row in rows]


def _found(workspace: Workspace, word: str) -> list[str]:
    with workspace.reader() as uow:
        rows = uow.raw.execute(
            "SELECT p.family_name FROM person_search s JOIN person p ON p.rowid = s.rowid "
            "WHERE person_search MATCH ?",
            (f"{word}*",),
        ).fetchall()
    return sorted(row[0] for row in rows)


@pytest.fixture
def people(workspace: Workspace) -> dict[str, str]:
    """Return the ids of six people by family name."""
    with workspace.unit_of_work() as uow:
        ids = {
            name: factories.person(uow.session, given_name="Jana", family_name=name).id
            for name in NAMES
        }
        uow.commit()
    return ids


def _is_in_step(workspace: Workspace) -> bool:
    with closing(workspace.plain_connection()) as connection:
        return not stale_derived_tables(connection)


@pytest.mark.usefixtures("people")
def test_people_stand_in_the_order_of_the_language(workspace: Workspace) -> None:
    assert _ordered(workspace) == ["Černý", "Chalupa", "Cibulka", "Čížek", "Dvořák", "Hora"]
    workspace.remember_sort_language("cs")
    assert _ordered(workspace) == ["Cibulka", "Černý", "Čížek", "Dvořák", "Hora", "Chalupa"]


@pytest.mark.usefixtures("people")
def test_people_entered_after_a_change_of_language_sort_by_it(workspace: Workspace) -> None:
    workspace.remember_sort_language("cs")
    with workspace.unit_of_work() as uow:
        factories.person(uow.session, family_name="Jelínek")
        uow.session.execute(
            update(Person).where(Person.family_name == "Chalupa").values(family_name="Chytil")
        )
        uow.commit()
    assert _ordered(workspace)[-2:] == ["Chytil", "Jelínek"]
    assert _is_in_step(workspace)


@pytest.mark.usefixtures("people")
def test_a_unit_of_work_that_waited_for_the_change_of_language_follows_it(
    workspace: Workspace,
) -> None:
    # Two connections of the pool were opened when the language was another one.
    with workspace.reader(), workspace.reader():
        workspace.remember_sort_language("cs")
    for name in ("Chytil", "Chvojka"):
        with workspace.reader(), workspace.unit_of_work() as uow:
            uow.session.execute(
                update(Person)
                .where(Person.family_name == _ordered(workspace)[-1])
                .values(family_name=name)
            )
            uow.commit()
        assert _is_in_step(workspace)


def test_search_finds_what_is_typed_without_marks(
    workspace: Workspace, people: dict[str, str]
) -> None:
    assert _found(workspace, "ciz") == ["Čížek"]
    with workspace.unit_of_work() as uow:
        uow.session.execute(
            update(Person).where(Person.id == people["Čížek"]).values(family_name="Stříbrná")
        )
        uow.commit()
    assert _found(workspace, "ciz") == []
    assert _found(workspace, "strib") == ["Stříbrná"]


def test_a_merged_person_leaves_list_and_search(
    workspace: Workspace, people: dict[str, str]
) -> None:
    with workspace.unit_of_work() as uow:
        uow.session.execute(
            update(Person).where(Person.id == people["Hora"]).values(alias_of=people["Čížek"])
        )
        uow.commit()
    assert "Hora" not in _ordered(workspace)
    assert _found(workspace, "hora") == []
    assert _is_in_step(workspace)


@pytest.mark.usefixtures("people")
def test_deleted_people_leave_nothing_behind(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        uow.session.execute(delete(Person))
        uow.commit()
    with workspace.reader() as uow:
        for table in ("person_order", "person_search"):
            assert uow.raw.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


@pytest.mark.usefixtures("people")
def test_tables_made_by_other_rules_are_made_anew_when_opened(workspace: Workspace) -> None:
    root, key, clock = workspace.folder.root, workspace.key, workspace.clock
    with closing(connect(workspace.folder.database, key)) as connection:
        connection.execute("UPDATE local_setting SET value = 'old rules' WHERE key = 'derived'")
        connection.execute("UPDATE person_order SET sort_key = x'00' || person")
    workspace.close(with_backup=False)
    again = Workspace.open(root, key, clock=clock)
    try:
        assert _ordered(again)[:2] == ["Černý", "Chalupa"]
        assert _is_in_step(again)
    finally:
        again.close(with_backup=False)


@pytest.mark.usefixtures("people")
def test_a_check_notices_and_mends_a_table_out_of_step(workspace: Workspace) -> None:
    with closing(connect(workspace.folder.database, workspace.key)) as connection:
        connection.execute("DELETE FROM person_order")
    report = check_workspace(workspace)
    assert report.is_good
    assert report.repaired == ("person_order",)
    assert len(_ordered(workspace)) == len(NAMES)
    assert check_workspace(workspace).repaired == ()
