"""The record of changes tells every value, whatever became of the row since."""

import json
import random

from mentor_desktop.models import Organisation
from mentor_desktop.store.change_log import changes_after, changes_of
from mentor_desktop.store.workspace import Workspace
from tests import factories

STEPS = 120


def _create(workspace: Workspace, **values: str) -> tuple[str, int]:
    with workspace.unit_of_work() as uow:
        school = factories.organisation(uow.session, **values)
        uow.commit()
    return school.id, uow.txn


def _set(workspace: Workspace, row_id: str, **values: str) -> None:
    with workspace.unit_of_work() as uow:
        school = uow.session.get_one(Organisation, row_id)
        for name, value in values.items():
            setattr(school, name, value)
        uow.commit()


def _created(workspace: Workspace, txn: int) -> dict[str, object]:
    with workspace.reader() as uow:
        (change,) = changes_of(uow.raw, txn)
    assert change.kind == "create"
    return dict(change.new)


def test_a_created_row_is_told_as_it_was_created(workspace: Workspace) -> None:
    row_id, txn = _create(workspace, name="First", city="Vilnius")
    before = _created(workspace, txn)
    _set(workspace, row_id, name="Second")
    _set(workspace, row_id, name="Third", city="Kaunas")
    assert _created(workspace, txn) == before
    assert (before["name"], before["city"]) == ("First", "Vilnius")


def test_a_row_that_went_is_told_as_it_was_created(workspace: Workspace) -> None:
    row_id, txn = _create(workspace, name="First")
    before = _created(workspace, txn)
    _set(workspace, row_id, name="Second")
    with workspace.unit_of_work() as uow:
        uow.raw.execute("DELETE FROM organisation")
        uow.commit()
    assert _created(workspace, txn) == before


def test_a_row_created_again_under_its_id_is_another_creation(workspace: Workspace) -> None:
    row_id, first = _create(workspace, name="First", city="Vilnius")
    with workspace.unit_of_work() as uow:
        uow.raw.execute("DELETE FROM organisation")
        uow.commit()
    _row_id, second = _create(workspace, id=row_id, name="Again", city="Brno")
    _set(workspace, row_id, city="Praha")
    assert _created(workspace, first)["name"] == "First"
    assert _created(workspace, first)["city"] == "Vilnius"
    assert _created(workspace, second)["name"] == "Again"
    assert _created(workspace, second)["city"] == "Brno"


def test_values_an_older_program_wrote_down_are_taken(workspace: Workspace) -> None:
    _row_id, txn = _create(workspace, name="First")
    with workspace.unit_of_work() as uow:
        uow.raw.execute("UPDATE change SET new = ?", (json.dumps({"name": "As written"}),))
        factories.person(uow.session)
        uow.commit()
    assert _created(workspace, txn) == {"name": "As written"}


def test_changes_after_a_number_come_in_order_and_in_parts(workspace: Workspace) -> None:
    ids = [_create(workspace, name=f"School {number}")[0] for number in range(5)]
    _set(workspace, ids[0], name="Renamed")
    with workspace.reader() as uow:
        everything = changes_after(uow.raw, 0)
        assert [one.row for one in everything] == [*ids, ids[0]]
        assert everything[-1].old == {"name": "School 0"}
        assert everything[-1].new == {"name": "Renamed"}
        assert changes_after(uow.raw, everything[1].seq) == everything[2:]
        assert changes_after(uow.raw, everything[1].seq, limit=2) == everything[2:4]
        assert changes_after(uow.raw, everything[-1].seq) == []


def test_replaying_the_record_gives_the_table_back(workspace: Workspace) -> None:
    dice = random.Random(8)
    for number in range(STEPS):
        with workspace.unit_of_work() as uow:
            ids = [row[0] for row in uow.raw.execute("SELECT id FROM organisation ORDER BY id")]
            what = dice.choice(("create", "set", "set", "delete")) if ids else "create"
            if what == "create":
                factories.organisation(uow.session, name=f"N{number}")
            elif what == "set":
                school = uow.session.get_one(Organisation, dice.choice(ids))
                setattr(school, dice.choice(("name", "city", "legal_representative")), f"V{number}")
            else:
                uow.raw.execute("DELETE FROM organisation WHERE id = ?", (dice.choice(ids),))
            uow.commit()
    told: dict[str, dict[str, object]] = {}
    with workspace.reader() as uow:
        for change in changes_after(uow.raw, 0):
            if change.kind == "delete":
                assert told.pop(change.row) == change.old
            else:
                told.setdefault(change.row, {}).update(change.new)
        stored = uow.raw.execute("SELECT * FROM organisation")
        names = [one[0] for one in stored.description]
        rows = [dict(zip(names, row, strict=True)) for row in stored.fetchall()]
    assert told == {str(row.pop("id")): row for row in rows}
