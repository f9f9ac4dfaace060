"""A large file of participants: others write in between, and it stays one action all the same."""

import json
from collections.abc import Callable

import pytest

from mentor_desktop.errors import Cancelled, StoreError
from mentor_desktop.progress import Progress
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.history import undo
from mentor_desktop.services.imports.run import (
    ImportRequest,
    apply_import,
    preview_import,
    run_import,
)
from mentor_desktop.services.integrity import check_workspace
from mentor_desktop.services.registrations import add_walk_in
from mentor_desktop.store.staging import ROWS_A_PART, AtHand
from mentor_desktop.store.workspace import Workspace
from tests import factories
from tests.workspaces import files_limited_to

PEOPLE = 4 * ROWS_A_PART + 10
CODE = "WS-1"
# Of a disk that is nearly full: less than one commit of an import needs.
ROOM_BYTES = 200_000


class BusyWorkspace:
    """A workspace where something happens right after an import was promised."""

    def __init__(self, workspace: Workspace, meanwhile: Callable[[], object]) -> None:
        self._meanwhile = meanwhile
        self._workspace = workspace
        self.unit_of_work = workspace.unit_of_work
        self.reader = workspace.reader

    def finish_staged(self, at_hand: AtHand) -> None:
        self._meanwhile()
        self._workspace.finish_staged(at_hand)


@pytest.fixture
def workshop_id(workspace: Workspace) -> str:
    with workspace.unit_of_work() as uow:
        workshop = factories.workshop(uow.session, code=CODE)
        uow.commit()
        return workshop.id


def _request(family: str = "Family", people: int = PEOPLE) -> ImportRequest:
    lines = [
        f"G{number},{family}{number},{family}.{number}@example.org,School {number % 7},LT"
        for number in range(people)
    ]
    content = "given_name,family_name,email,organisation,country\n" + "\n".join(lines)
    return ImportRequest("participants", "people.csv", content.encode(), workshop=CODE)


def _numbers(workspace: Workspace) -> list[int]:
    with workspace.reader() as uow:
        rows = uow.raw.execute("SELECT list_number FROM registration ORDER BY list_number")
        return [row[0] for row in rows.fetchall()]


def _count(workspace: Workspace, table: str) -> int:
    with workspace.reader() as uow:
        return int(uow.raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _walk_in(workspace: Workspace, workshop_id: str, given_name: str = "Ola") -> str:
    with workspace.unit_of_work() as uow:
        changes = add_walk_in(uow, workshop_id, given_name=given_name)
    return created_id(changes, "registration")


def test_everybody_is_numbered_in_the_order_of_the_list(
    workspace: Workspace, workshop_id: str
) -> None:
    run_import(workspace, _request())
    assert _numbers(workspace) == list(range(1, PEOPLE + 1))
    with workspace.reader() as uow:
        names = uow.raw.execute(
            "SELECT family_name FROM person JOIN registration ON person_id = person.id "
            "ORDER BY list_number"
        ).fetchall()
    assert [name for (name,) in names] == [f"Family{number}" for number in range(PEOPLE)]
    report = check_workspace(workspace)
    assert (report.problems, report.repaired) == ((), ())


def test_who_walks_in_before_the_rest_is_there_gets_the_number_after(
    workspace: Workspace, workshop_id: str
) -> None:
    came: list[str] = []
    busy = BusyWorkspace(workspace, lambda: came.append(_walk_in(workspace, workshop_id)))
    run_import(busy, _request())
    assert _numbers(workspace) == list(range(1, PEOPLE + 2))
    with workspace.reader() as uow:
        sql = "SELECT list_number FROM registration WHERE id = ?"
        assert uow.raw.execute(sql, (came[0],)).fetchone() == (PEOPLE + 1,)


def test_a_second_import_goes_on_numbering(workspace: Workspace, workshop_id: str) -> None:
    run_import(workspace, _request())
    run_import(workspace, _request("Other"))
    assert _numbers(workspace) == list(range(1, 2 * PEOPLE + 1))


def test_two_imports_at_once_are_both_there_whole(workspace: Workspace, workshop_id: str) -> None:
    busy = BusyWorkspace(workspace, lambda: run_import(workspace, _request("Other")))
    first = run_import(busy, _request())
    assert len(first.changes.entities["person"]) == PEOPLE
    assert _count(workspace, "person") == 2 * PEOPLE
    assert _numbers(workspace) == list(range(1, 2 * PEOPLE + 1))


def test_what_was_changed_lists_every_row(workspace: Workspace, workshop_id: str) -> None:
    changes = run_import(workspace, _request()).changes
    for entity, ids in changes.entities.items():
        with workspace.reader() as uow:
            sql = f"SELECT count(*) FROM {entity} WHERE id IN (SELECT value FROM json_each(?))"
            assert uow.raw.execute(sql, (json.dumps(sorted(ids)),)).fetchone() == (len(ids),)
        assert len(ids) == _count(workspace, entity)


def test_undo_takes_the_whole_import_back_and_nothing_else(
    workspace: Workspace, workshop_id: str
) -> None:
    busy = BusyWorkspace(workspace, lambda: _walk_in(workspace, workshop_id))
    txn = run_import(busy, _request()).changes.txn
    assert txn is not None
    with workspace.unit_of_work() as uow:
        undone = undo(uow, txn).txn
    assert (_count(workspace, "person"), _count(workspace, "organisation")) == (1, 0)
    assert undone is not None
    with workspace.unit_of_work() as uow:
        undo(uow, undone)
    assert _count(workspace, "person") == PEOPLE + 1


def test_cancelling_before_it_is_promised_leaves_nothing(
    workspace: Workspace, workshop_id: str
) -> None:
    with pytest.raises(Cancelled):
        run_import(workspace, _request(), progress=Progress(is_cancelled=lambda: True))
    assert _count(workspace, "person") == 0
    assert _count(workspace, "staged_part") == 0


def _on_a_full_disk(workspace: Workspace) -> None:
    """Import while the disk has room for the promise and a little more."""

    class Store(BusyWorkspace):
        def finish_staged(self, at_hand: AtHand) -> None:
            log = workspace.folder.database.with_name(workspace.folder.database.name + "-wal")
            with files_limited_to(log.stat().st_size + ROOM_BYTES):
                workspace.finish_staged(at_hand)

    run_import(Store(workspace, lambda: None), _request())


def test_a_disk_that_is_full_after_the_promise_keeps_the_import(
    workspace: Workspace, workshop_id: str
) -> None:
    with pytest.raises(StoreError, match=r"The import is kept, but the disk with .* refused"):
        _on_a_full_disk(workspace)
    written = _count(workspace, "person")
    assert 0 < written < PEOPLE
    # Whoever comes meanwhile is not in its way.
    _walk_in(workspace, workshop_id)
    workspace.finish_staged()
    assert _count(workspace, "person") == PEOPLE + 1
    assert _numbers(workspace) == list(range(1, PEOPLE + 2))
    assert check_workspace(workspace).problems == ()


@pytest.mark.usefixtures("workshop_id")
@pytest.mark.expects_log("opening: The import is kept, but the disk with .* refused")
def test_a_full_disk_keeps_nobody_from_opening_and_the_next_opening_writes_the_rest(
    workspace: Workspace,
) -> None:
    with pytest.raises(StoreError):
        _on_a_full_disk(workspace)
    root, key = workspace.folder.root, workspace.key
    workspace.close(with_backup=False)
    size = workspace.folder.database.stat().st_size
    with files_limited_to(size - 1):
        opened = Workspace.open(root, key, clock=workspace.clock)
        assert _count(opened, "person") < PEOPLE
    opened.close(with_backup=False)
    again = Workspace.open(root, key, clock=workspace.clock)
    assert _count(again, "person") == PEOPLE
    assert _count(again, "staged_part") == 0
    assert check_workspace(again).problems == ()
    again.close(with_backup=False)


def test_who_came_in_after_the_file_was_read_has_one_place(
    workspace: Workspace, workshop_id: str
) -> None:
    run_import(workspace, _request(people=10))
    with workspace.unit_of_work() as uow:
        workshop = factories.workshop(uow.session, code="WS-2")
        uow.commit()
    preview = preview_import(
        workspace, ImportRequest("participants", "a.csv", _request().content, workshop="WS-2")
    )
    with workspace.unit_of_work() as uow:
        known = uow.raw.execute("SELECT id FROM person ORDER BY id LIMIT 1").fetchone()[0]
        factories.registration(uow.session, workshop_id=workshop.id, person_id=known)
        uow.commit()
    apply_import(workspace, preview)
    with workspace.reader() as uow:
        rows = uow.raw.execute(
            "SELECT person_id FROM registration WHERE workshop_id = ?", (workshop.id,)
        ).fetchall()
    assert len(rows) == len(set(rows)) == PEOPLE
