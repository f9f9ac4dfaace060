"""Rows inserted at once are seen by everything that sees single rows."""

from contextlib import closing

import pytest

from mentor_desktop.ids import new_id
from mentor_desktop.store.bulk import insert_many
from mentor_desktop.store.integrity import stale_derived_tables
from mentor_desktop.store.unit_of_work import UnitOfWork
from mentor_desktop.store.workspace import Workspace

COLUMNS = ("id", "given_name", "family_name", "email")
TEXTS = [
    "name_latin",
    "badge_name",
    "name_on_certificate",
    "phone",
    "country",
    "gender",
    "preferred_language",
    "note",
]
CONSTANTS = {**dict.fromkeys(TEXTS, ""), "roles": "[]", "photo_choice": "not_asked"}


def _insert(uow: UnitOfWork, count: int) -> list[str]:
    rows = [
        (new_id(), "Žiga", f"Čížek{number}", f"user{number}@example.org") for number in range(count)
    ]
    insert_many(uow.raw, "person", COLUMNS, rows, {**CONSTANTS, "created_at": 1})
    return [row[0] for row in rows]


def test_history_order_and_search_hear_of_each_row(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        ids = _insert(uow, 150)
        changes = uow.commit()
    assert changes.entities == {"person": frozenset(ids)}
    with closing(workspace.plain_connection()) as connection:
        assert not stale_derived_tables(connection)
        sql = "SELECT count(*) FROM person_search WHERE person_search MATCH 'cizek149'"
        assert connection.execute(sql).fetchone()[0] == 1


def test_rows_keep_their_order_and_leave_nothing_parked(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        ids = _insert(uow, 20)
        stored = [row[0] for row in uow.raw.execute("SELECT id FROM person ORDER BY rowid")]
        assert stored[-20:] == ids
        assert _insert(uow, 1)
        assert uow.raw.execute("SELECT count(*) FROM temp.sqlite_master").fetchone()[0] == 0


def test_one_bad_row_refuses_all_of_them(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        same = new_id()
        rows = [(same, "Ana", "Nowak", ""), (same, "Ana", "Nowak", "")]
        with pytest.raises(Exception, match="UNIQUE"):
            insert_many(uow.raw, "person", COLUMNS, rows, {**CONSTANTS, "created_at": 1})
        stored = uow.raw.execute("SELECT count(*) FROM person WHERE id = ?", (same,)).fetchone()
        assert stored[0] == 0
