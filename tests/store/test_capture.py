"""Every edit of a captured table is written down, however it is made."""

import json
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Date, Integer, delete, insert, update
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from mentor_desktop.models import AttendanceMark, Base, Organisation, Person, Synced
from mentor_desktop.models.base import UtcDateTime
from mentor_desktop.store import capture
from mentor_desktop.store.change_log import changes_of
from mentor_desktop.store.connection import connect
from mentor_desktop.store.unit_of_work import Reader
from mentor_desktop.store.workspace import Workspace
from tests import factories

# Ways of exchange and history that are not themselves edits.
NOT_CAPTURED = {"txn", "change", "local_setting"}


def _changes(uow: Reader, txn: int | None = None) -> list[tuple[Any, ...]]:
    sql = 'SELECT entity, row, kind, "group", old, new FROM change'
    if txn is None:
        return list(uow.raw.execute(sql + " ORDER BY seq").fetchall())
    return list(uow.raw.execute(sql + " WHERE txn = ? ORDER BY seq", (txn,)).fetchall())


def _another(column: Column[Any], value: Any) -> Any:  # noqa: PLR0911  # one for each type
    """Return a valid value that differs from the present one."""
    if isinstance(column.type, Boolean):
        return not value
    if isinstance(column.type, UtcDateTime):
        return (value or datetime.fromisoformat("2026-01-01T00:00:00Z")) + timedelta(seconds=1)
    if isinstance(column.type, Date):
        return (value or date(2026, 1, 1)) + timedelta(days=1)
    if isinstance(column.type, Integer):
        return (value or 0) + 1
    if isinstance(value, dict):
        return {**value, "sv": "ny text"}
    if isinstance(value, list):
        return [*value, "more"]
    return f"{value or ''}x"


def test_every_table_is_captured_or_knows_why_not() -> None:
    left_out = set(Base.metadata.tables) - set(capture.captured_tables())
    assert {name for name in left_out if not name.startswith("sync_")} == NOT_CAPTURED


def test_every_column_belongs_to_exactly_one_group() -> None:
    for model in capture.captured_tables().values():
        columns = [name for group in capture.groups_of(model).values() for name in group]
        expected = [column.name for column in model.__table__.columns if column.name != "id"]
        assert sorted(columns) == sorted(expected), model.__tablename__


@pytest.mark.parametrize(
    "entity",
    sorted(name for name, model in capture.captured_tables().items() if not model.append_only),
)
def test_a_change_of_any_column_is_written_down_with_its_group(
    workspace: Workspace, entity: str
) -> None:
    with workspace.unit_of_work() as uow:
        rows = factories.one_of_each(uow.session)
        uow.commit()
    model = capture.captured_tables()[entity]
    row_id = str(getattr(rows[entity], "id"))  # noqa: B009  # declared on Synced
    groups = {name: group for group, names in capture.groups_of(model).items() for name in names}
    for column in model.__table__.columns:
        if column.name == "id":
            continue
        with workspace.unit_of_work() as uow:
            uow.raw.execute("PRAGMA defer_foreign_keys = ON")
            row = uow.session.get_one(model, row_id)
            setattr(row, column.name, _another(column, getattr(row, column.name)))
            uow.session.flush()
            written = _changes(uow, uow.txn)
        assert [one[:4] for one in written] == [(entity, row_id, "set", groups[column.name])]
        old, new = json.loads(written[0][4]), json.loads(written[0][5])
        assert set(old) == set(new) == set(capture.groups_of(model)[groups[column.name]])
        assert old[column.name] != new[column.name]


@pytest.mark.parametrize("entity", sorted(capture.captured_tables()))
def test_creating_and_deleting_keep_every_column(workspace: Workspace, entity: str) -> None:
    with workspace.unit_of_work() as uow:
        row_id = str(getattr(factories.one_of_each(uow.session)[entity], "id"))  # noqa: B009
        stored = uow.raw.execute(f'SELECT * FROM "{entity}" WHERE id = ?', (row_id,))
        names = [one[0] for one in stored.description]
        values = dict(zip(names, stored.fetchone(), strict=True))
        uow.raw.execute("PRAGMA defer_foreign_keys = ON")
        if capture.captured_tables()[entity].append_only:
            uow.raw.execute("DELETE FROM registration")
        uow.raw.execute(f'DELETE FROM "{entity}" WHERE id = ?', (row_id,))
        written = [one for one in changes_of(uow.raw, uow.txn) if one.row == row_id]
    assert values.pop("id") == row_id
    assert [(one.entity, one.kind) for one in written] == [(entity, "create"), (entity, "delete")]
    assert (written[0].old, written[0].new) == ({}, values)
    assert (written[1].old, written[1].new) == (values, {})


@pytest.mark.parametrize("entity", sorted(capture.captured_tables()))
def test_creating_writes_no_values_twice(workspace: Workspace, entity: str) -> None:
    with workspace.unit_of_work() as uow:
        row_id = str(getattr(factories.one_of_each(uow.session)[entity], "id"))  # noqa: B009
        written = [one for one in _changes(uow, uow.txn) if one[:2] == (entity, row_id)]
    assert [one[2:] for one in written] == [("create", "", None, None)]


def test_a_bulk_update_is_captured_row_by_row(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        people = [factories.person(uow.session, country="LT") for _ in range(3)]
        uow.commit()
    with workspace.unit_of_work() as uow:
        uow.session.execute(update(Person).values(country="CZ"))
        changes = uow.commit()
    assert changes.entities == {"person": frozenset(person.id for person in people)}


def test_raw_sql_is_captured(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        uow.commit()
    with workspace.unit_of_work() as uow:
        uow.raw.execute("UPDATE person SET note = 'raw'")
        uow.raw.execute("DELETE FROM person")
        uow.commit()
    with workspace.reader() as uow:
        assert [one[2] for one in _changes(uow)] == ["create", "set", "delete"]


def test_bulk_inserts_are_captured(workspace: Workspace) -> None:
    rows = [{"given_name": f"G{n}", "created_at": factories.MORNING} for n in range(10)]
    with workspace.unit_of_work() as uow:
        uow.session.execute(insert(Person), rows)
        changes = uow.commit()
    assert len(changes.entities["person"]) == 10


def test_replacing_a_row_is_a_deletion_and_a_creation(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        school = factories.organisation(uow.session, name="Old")
        uow.commit()
    with workspace.unit_of_work() as uow:
        columns = [column.name for column in Organisation.__table__.columns]
        values = ", ".join("'New'" if name == "name" else f'"{name}"' for name in columns)
        uow.raw.execute(f"REPLACE INTO organisation SELECT {values} FROM organisation")
        uow.commit()
    with workspace.reader() as uow:
        kinds = [(kind, row) for _entity, row, kind, *_rest in _changes(uow)]
    assert kinds == [(kind, school.id) for kind in ("create", "delete", "create")]


def test_a_value_written_again_is_no_change(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        factories.person(uow.session, note="same")
        uow.commit()
    with workspace.unit_of_work() as uow:
        uow.session.execute(update(Person).values(note="same"))
        assert not uow.commit()


def test_a_program_without_our_functions_cannot_write(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        uow.commit()
    with closing(dbapi2.connect(str(workspace.folder.database))) as foreign:
        foreign.execute(f"PRAGMA key = \"x'{workspace.key.hex()}'\"")
        foreign.execute("PRAGMA cipher_hmac_algorithm = HMAC_SHA256")
        assert foreign.execute("SELECT count(*) FROM person").fetchone() == (1,)
        for sql in ("UPDATE person SET note = 'x'", "DELETE FROM person"):
            with pytest.raises(dbapi2.OperationalError, match="no such function"):
                foreign.execute(sql)


def test_a_write_outside_a_unit_of_work_is_refused(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        uow.commit()
    with (
        closing(connect(workspace.folder.database, workspace.key)) as connection,
        pytest.raises(dbapi2.OperationalError, match="user-defined function raised"),
    ):
        connection.execute("UPDATE person SET note = 'x'")


def test_a_write_after_the_commit_is_refused(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        person = factories.person(uow.session)
        uow.commit()
        person.note = "too late"
        with pytest.raises(DBAPIError):
            uow.session.flush()


def test_an_id_never_changes(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        factories.organisation(uow.session)
        with pytest.raises(dbapi2.IntegrityError, match="ids never change"):
            uow.raw.execute("UPDATE organisation SET id = 'other'")


@pytest.mark.parametrize(
    "statement", [update(AttendanceMark).values(note="x"), delete(AttendanceMark)]
)
def test_marks_are_neither_changed_nor_removed(workspace: Workspace, statement: Any) -> None:
    with workspace.unit_of_work() as uow:
        factories.attendance_mark(uow.session)
        uow.commit()
    with workspace.unit_of_work() as uow, pytest.raises(DBAPIError, match="append-only"):
        uow.session.execute(statement)


def test_a_mark_goes_after_its_registration(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        factories.attendance_mark(uow.session)
        uow.commit()
    with workspace.unit_of_work() as uow:
        uow.raw.execute("PRAGMA defer_foreign_keys = ON")
        uow.raw.execute("DELETE FROM registration")
        uow.raw.execute("DELETE FROM attendance_mark")
        assert set(uow.commit().entities) == {"registration", "attendance_mark"}


def test_a_table_added_tomorrow_is_captured_too() -> None:
    statements = capture.trigger_statements()
    for entity, model in capture.captured_tables().items():
        kinds = ("create", "delete", "set", "keep" if model.append_only else "id")
        assert {f"capture_{entity}_{kind}" for kind in kinds} <= set(statements)
    assert issubclass(Person, Synced)


def test_the_author_of_a_change_is_kept(workspace: Workspace, tmp_path: Path) -> None:
    workspace.remember_actor("Jonas")
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        changes = uow.commit()
    with workspace.reader() as uow:
        row = uow.raw.execute(
            "SELECT actor, device, at FROM txn WHERE id = ?", (changes.txn,)
        ).fetchone()
    assert row == ("Jonas", "A", 1773129900000)
