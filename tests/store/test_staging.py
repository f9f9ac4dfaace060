"""What was promised is written whole, whatever comes between: a mark, a kill, a deletion."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mentor_desktop.clock import system_clock
from mentor_desktop.errors import NotFoundError
from mentor_desktop.ids import new_id
from mentor_desktop.services.history import next_undo, undo
from mentor_desktop.store import person_order, staging
from mentor_desktop.store.bulk import Batch, batch_of_rows
from mentor_desktop.store.change_log import changes_after, changes_of
from mentor_desktop.store.connection import StoreConnection, connect
from mentor_desktop.store.integrity import stale_derived_tables
from mentor_desktop.store.schema import rebuild_derived
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.store.write_gate import WriteGate
from tests import factories
from tests.workspaces import Template

PEOPLE = 3 * staging.ROWS_A_PART + 7
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
CONSTANTS = {
    **dict.fromkeys(TEXTS, ""),
    "roles": "[]",
    "photo_choice": "not_asked",
    "created_at": 1,
}
COLUMNS = ("id", "given_name", "family_name", "email", "organisation_id")


class PowerCutError(Exception):
    """Stands for the end of the program."""


def _people(organisation_id: str | None = None) -> Batch:
    rows = [
        (new_id(), "Žiga", f"Čížek{number}", f"user{number}@example.org", organisation_id)
        for number in range(PEOPLE)
    ]
    return batch_of_rows("person", COLUMNS, rows, CONSTANTS)


def _promise(workspace: Workspace, batch: Batch) -> int:
    with workspace.unit_of_work() as uow:
        uow.promise(staging.pack(batch))
        uow.describe("Imported")
        changes = uow.commit()
    assert changes.entities == {"person": frozenset(row[0] for row in batch.rows)}
    return uow.txn


@contextmanager
def _connection(workspace: Workspace) -> Iterator[StoreConnection]:
    with closing(connect(workspace.folder.database, workspace.key)) as connection:
        yield connection


def _write_some(workspace: Workspace, parts: int) -> None:
    """Write so many parts, then lose the power."""

    class Gate(WriteGate):
        """Somebody always waits, so each part has a commit of its own."""

        is_wanted = True  # type: ignore[assignment]  # as good as a property

        @contextmanager
        def closed(self) -> Iterator[None]:
            nonlocal parts
            if not parts:
                raise PowerCutError
            parts -= 1
            yield

    with _connection(workspace) as connection, pytest.raises(PowerCutError):
        staging.finish(connection, Gate(), lambda: None)


def _count(workspace: Workspace, sql: str) -> int:
    with closing(workspace.plain_connection()) as connection:
        return int(connection.execute(sql).fetchone()[0])


def test_a_promise_kept_says_what_a_plain_insert_says(workspace: Workspace) -> None:
    batch = _people()
    txn = _promise(workspace, batch)
    assert _count(workspace, "SELECT count(*) FROM person") == 0
    workspace.finish_staged()
    with workspace.reader() as uow:
        told = changes_of(uow.raw, txn)
        stored = uow.raw.execute(
            "SELECT id, given_name, family_name, email, organisation_id FROM person ORDER BY rowid"
        ).fetchall()
        assert not stale_derived_tables(uow.raw)
    assert stored == batch.rows
    assert [one.row for one in told] == [row[0] for row in batch.rows]
    assert {one.kind for one in told} == {"create"}
    assert _count(workspace, "SELECT count(*) FROM staged_part") == 0


@pytest.mark.parametrize("parts", range(5))
def test_what_a_killed_program_left_is_written_at_the_next_opening(
    workspace_root: Path, workspace_template: Template, parts: int
) -> None:
    workspace = Workspace.open(workspace_root, workspace_template.key, clock=system_clock)
    batch = _people()
    txn = _promise(workspace, batch)
    _write_some(workspace, parts)
    written = min(parts * staging.ROWS_A_PART, PEOPLE)
    assert _count(workspace, "SELECT count(*) FROM person") == written
    workspace.engine().dispose()
    workspace._lock.release()

    again = Workspace.open(workspace_root, workspace_template.key, clock=system_clock)
    with again.reader() as uow:
        assert len(changes_of(uow.raw, txn)) == PEOPLE
        assert not stale_derived_tables(uow.raw)
    assert _count(again, "SELECT count(*) FROM person") == PEOPLE
    again.close(with_backup=False)


def test_parts_at_hand_are_written_as_those_that_are_read_back(workspace: Workspace) -> None:
    stored, batch = [], _people()
    for is_at_hand in (True, False):
        with workspace.unit_of_work() as uow:
            uow.promise(staging.pack(batch))
            promised = dict(uow.promised) if is_at_hand else {}
            txn = uow.commit().txn
        assert txn is not None
        workspace.finish_staged(promised)
        with workspace.reader() as uow:
            rows = uow.raw.execute("SELECT * FROM person ORDER BY id").fetchall()
            told = [(one.row, one.kind, one.new) for one in changes_of(uow.raw, txn)]
            assert not stale_derived_tables(uow.raw)
        stored.append((rows, told))
        with workspace.unit_of_work() as uow:
            undo(uow, txn)
    assert len(stored[0][0]) == PEOPLE
    assert stored[0] == stored[1]


def test_parts_at_hand_of_another_action_are_not_taken_for_its_own(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        uow.promise(staging.pack(_people()))
        uow.commit()
    workspace.finish_staged()
    stale, batch = dict(uow.promised), _people()
    _promise(workspace, batch)
    workspace.finish_staged(stale)
    with workspace.reader() as uow:
        ids = {row[0] for row in uow.raw.execute("SELECT id FROM person")}
    assert ids > set(batch.column("id"))


def test_half_an_action_can_neither_be_undone_nor_exchanged(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        factories.organisation(uow.session)
        before = uow.commit().txn
    txn = _promise(workspace, _people())
    _write_some(workspace, 1)
    with workspace.unit_of_work() as uow:
        factories.organisation(uow.session)
        after = uow.commit().txn
    with workspace.reader() as uow:
        assert {one.txn for one in changes_after(uow.raw, 0)} == {before}
        latest = next_undo(uow)
        assert latest is not None
        assert latest.txn == after
    with workspace.unit_of_work() as uow, pytest.raises(NotFoundError):
        undo(uow, txn)
    workspace.finish_staged()
    with workspace.reader() as uow:
        assert {one.txn for one in changes_after(uow.raw, 0)} == {before, txn, after}
    with workspace.unit_of_work() as uow:
        undo(uow, txn)
    assert _count(workspace, "SELECT count(*) FROM person") == 0


def _computed(workspace: Workspace) -> dict[str, list[tuple[object, ...]]]:
    """Return what the tables that are computed of people hold, the full-text index word by word."""
    with _connection(workspace) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE temp.word USING fts5vocab(main, person_search, instance)"
        )
        order = connection.execute("SELECT sort_key, person FROM person_order ORDER BY 1, 2")
        words = connection.execute("SELECT term, doc FROM word ORDER BY term, doc")
        return {"order": order.fetchall(), "words": words.fetchall()}


def test_people_written_in_parts_are_found_and_sorted_as_if_made_anew(
    workspace: Workspace,
) -> None:
    names = [("Žiga", "Čížek"), ("Ana-Maria", "d’Arcy"), ("Ивайло", "Щърбанов"), ("Sun", "")]
    rows = [
        (new_id(), *names[number % 4], names[number % 3][0], f"a.b_{number}@Example.org", None)
        for number in range(PEOPLE)
    ]
    columns = ("id", "given_name", "family_name", "badge_name", "email", "organisation_id")
    constants = {name: value for name, value in CONSTANTS.items() if name != "badge_name"}
    _promise(workspace, batch_of_rows("person", columns, rows, constants))
    workspace.finish_staged()
    written = _computed(workspace)
    assert len(written["order"]) == PEOPLE
    rebuild_derived(workspace.engine())
    assert _computed(workspace) == written


def test_a_number_that_was_somebody_elses_is_taken_up(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        uow.commit()
    with workspace.unit_of_work() as uow:
        uow.raw.execute("DELETE FROM person")
        uow.commit()
    _promise(workspace, _people())
    workspace.finish_staged()
    with workspace.reader() as uow:
        assert not stale_derived_tables(uow.raw)
        assert len(person_order.read(uow.raw)) == PEOPLE


def test_the_record_tells_it_in_one_piece_where_it_was_promised(workspace: Workspace) -> None:
    first, second = _people(), _people()
    txns = [_promise(workspace, first)]
    _write_some(workspace, 1)
    with workspace.unit_of_work() as uow:
        uow.raw.execute("UPDATE person SET note = 'met' WHERE id = ?", (first.rows[0][0],))
        met = uow.commit().txn
    txns.append(_promise(workspace, second))
    workspace.finish_staged()
    with workspace.reader() as uow:
        told = changes_after(uow.raw, 0)
        record = uow.raw.execute("SELECT seq, txn FROM change ORDER BY seq").fetchall()
    assert [txn for _seq, txn in record] == [txns[0]] * PEOPLE + [met] + [txns[1]] * PEOPLE
    assert [seq for seq, _txn in record] == list(range(1, 2 * PEOPLE + 2))
    rows = [row[0] for row in first.rows] + [first.rows[0][0]] + [row[0] for row in second.rows]
    assert [one.row for one in told] == rows
    assert told[0].new["note"] == ""


def test_who_is_left_out_is_not_in_the_record(workspace: Workspace) -> None:
    batch = _people()
    txn = _promise(workspace, batch)
    there = {batch.rows[3][0], batch.rows[-1][0]}
    for person_id in there:
        with workspace.unit_of_work() as uow:
            factories.person(uow.session, id=person_id)
            uow.commit()
    workspace.finish_staged()
    with workspace.reader() as uow:
        told = changes_of(uow.raw, txn)
    assert [one.row for one in told] == [row[0] for row in batch.rows if row[0] not in there]


def test_a_reference_that_went_meanwhile_is_left_empty(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        school = factories.organisation(uow.session)
        uow.commit()
    _promise(workspace, _people(school.id))
    with workspace.unit_of_work() as uow:
        uow.raw.execute("DELETE FROM organisation")
        uow.commit()
    workspace.finish_staged()
    sql = "SELECT count(*) FROM person WHERE organisation_id IS NULL"
    assert _count(workspace, sql) == PEOPLE


def test_who_is_there_already_is_not_written_again(workspace: Workspace) -> None:
    batch = _people()
    _promise(workspace, batch)
    with workspace.unit_of_work() as uow:
        factories.person(uow.session, id=batch.rows[3][0], given_name="At the door")
        uow.commit()
    workspace.finish_staged()
    assert _count(workspace, "SELECT count(*) FROM person") == PEOPLE
    sql = "SELECT count(*) FROM person WHERE given_name = 'At the door'"
    assert _count(workspace, sql) == 1


def test_a_row_that_cannot_be_without_what_went_is_left_out(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        workshop = factories.workshop(uow.session)
        people = [factories.person(uow.session) for _ in range(3)]
        uow.commit()
    constants = {
        "workshop_id": workshop.id,
        "role": "participant",
        "source": "manual",
        "state": "registered",
        "sending_country": "",
        "is_partner_staff": 0,
        "reference": "",
        "support_request": "",
        "registered_at": 1,
    }
    rows = [(new_id(), one.id, number) for number, one in enumerate(people, 1)]
    columns = ("id", "person_id", "list_number")
    batch = batch_of_rows("registration", columns, rows, constants, {"list_number": 40})
    with workspace.unit_of_work() as uow:
        uow.promise(staging.pack(batch))
        uow.commit()
    with workspace.unit_of_work() as uow:
        uow.raw.execute("DELETE FROM person WHERE id = ?", (people[1].id,))
        uow.commit()
    workspace.finish_staged()
    with workspace.reader() as uow:
        stored = uow.raw.execute("SELECT person_id, list_number FROM registration ORDER BY 2")
        assert stored.fetchall() == [(people[0].id, 41), (people[2].id, 43)]


def test_a_commit_that_is_refused_promises_nothing(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        uow.promise(staging.pack(_people()))
    workspace.finish_staged()
    assert _count(workspace, "SELECT count(*) FROM person") == 0
    assert _count(workspace, "SELECT count(*) FROM txn") == 0


def test_an_older_workspace_gets_the_table_when_it_is_opened(
    workspace_root: Path, workspace_template: Template
) -> None:
    with closing(connect(workspace_root / "workspace.db", workspace_template.key)) as connection:
        connection.execute("DROP TABLE staged_part")
    workspace = Workspace.open(workspace_root, workspace_template.key, clock=system_clock)
    _promise(workspace, _people())
    workspace.finish_staged()
    assert _count(workspace, "SELECT count(*) FROM person") == PEOPLE
    workspace.close(with_backup=False)
