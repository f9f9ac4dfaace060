"""One action commits whole or leaves nothing, and what the world refuses is a sentence."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlcipher3 import dbapi2

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import N_
from mentor_desktop.models import LocalSetting, Person, Registration, Txn
from mentor_desktop.store.unit_of_work import UnitOfWork
from mentor_desktop.store.workspace import Workspace
from tests import factories
from tests.workspaces import FrozenClock, files_limited_to


def _people(workspace: Workspace) -> int:
    with workspace.reader() as uow:
        return int(uow.raw.execute("SELECT count(*) FROM person").fetchone()[0])


def _do(workspace: Workspace, work: Callable[[UnitOfWork], object]) -> None:
    with workspace.unit_of_work() as uow:
        work(uow)
        uow.commit()


def _write_much(uow: UnitOfWork) -> None:
    for _ in range(100):
        factories.person(uow.session, note="x" * 4000)


def test_a_commit_says_what_changed(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        person = factories.person(uow.session, given_name="Ștefania")
        uow.describe(N_("Added {name}"), name=person.given_name)
        changes = uow.commit()
    assert changes.entities == {"person": frozenset({person.id})}
    assert changes.action == "Added Ștefania"
    assert changes.txn == 1
    assert changes.undoable


def test_leaving_without_a_commit_keeps_nothing(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
    assert _people(workspace) == 0


def test_an_error_keeps_nothing_and_goes_on(workspace: Workspace) -> None:
    def fail(uow: UnitOfWork) -> None:
        factories.person(uow.session)
        raise KeyError("bug")

    with pytest.raises(KeyError):
        _do(workspace, fail)
    assert _people(workspace) == 0
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        assert uow.commit().txn == 1


def test_writing_nothing_leaves_no_action(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        changes = uow.commit()
    assert not changes
    assert changes.txn is None
    with workspace.reader() as uow:
        assert uow.session.scalars(select(Txn)).all() == []


def test_local_settings_are_kept_but_are_no_action(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        uow.session.add(LocalSetting(key="something", value="1"))
        assert not uow.commit()
    with workspace.reader() as uow:
        assert uow.session.get_one(LocalSetting, "something").value == "1"


def test_an_action_knows_its_author_and_time(workspace: Workspace, clock: FrozenClock) -> None:
    clock.advance(hours=1)
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        uow.forbid_undo()
        changes = uow.commit()
    with workspace.reader() as uow:
        row = uow.session.get_one(Txn, changes.txn)
    assert (row.at, row.device, row.actor) == (clock(), "A", "Rasa")
    assert not row.undoable
    assert not changes.undoable


def test_a_sentence_that_does_not_fit_its_fields_saves_nothing(workspace: Workspace) -> None:
    def misspell(uow: UnitOfWork) -> None:
        factories.person(uow.session)
        uow.describe(N_("Added {name}"), nmae="Ona")

    with pytest.raises(KeyError):
        _do(workspace, misspell)
    assert _people(workspace) == 0


def test_a_reader_cannot_write(workspace: Workspace) -> None:
    with (
        pytest.raises(dbapi2.OperationalError, match="readonly"),
        workspace.reader() as uow,
    ):
        uow.raw.execute("INSERT INTO local_setting VALUES ('a', 'b')")
    with pytest.raises(DBAPIError, match="readonly"), workspace.reader() as uow:
        factories.person(uow.session)
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        assert uow.commit()


def test_a_reader_sees_one_moment(workspace: Workspace) -> None:
    with workspace.reader() as before:
        assert before.raw.execute("SELECT count(*) FROM person").fetchone() == (0,)
        with workspace.unit_of_work() as uow:
            factories.person(uow.session)
            uow.commit()
        assert before.raw.execute("SELECT count(*) FROM person").fetchone() == (0,)
    assert _people(workspace) == 1


def test_an_orphan_is_refused(workspace: Workspace) -> None:
    orphan = Registration(workshop_id="no", person_id="no", registered_at=factories.MORNING)
    with pytest.raises(IntegrityError):
        _do(workspace, lambda uow: uow.session.add(orphan))


def test_the_text_of_an_error_names_nobody(workspace: Workspace) -> None:
    def twice(uow: UnitOfWork) -> None:
        for _ in range(2):
            factories.person(uow.session, id="same", given_name="Secretname")
            uow.session.expunge_all()

    with pytest.raises(IntegrityError) as caught:
        _do(workspace, twice)
    assert "Secretname" not in str(caught.value)


# ---------------------------------------------------------------- the world refuses


def test_a_full_disk_is_a_sentence_and_keeps_what_was_there(workspace: Workspace) -> None:
    _do(workspace, lambda uow: factories.person(uow.session))

    def fill(uow: UnitOfWork) -> None:
        uow.raw.execute("PRAGMA max_page_count = 1")
        _write_much(uow)

    with pytest.raises(StoreError, match=r"The disk with .* is full\. Nothing of this step"):
        _do(workspace, fill)
    workspace.engine().dispose()
    assert _people(workspace) == 1
    _do(workspace, _write_much)


def test_a_disk_that_refuses_at_the_commit_is_a_sentence_too(workspace: Workspace) -> None:
    with (
        files_limited_to(64 * 1024),
        pytest.raises(StoreError, match=r"reported an error|is full"),
    ):
        _do(workspace, _write_much)
    assert _people(workspace) == 0
    _do(workspace, _write_much)


def test_a_workspace_that_is_busy_too_long_is_a_sentence(workspace: Workspace) -> None:
    with workspace.unit_of_work():
        with workspace.engine().connect() as waiting:
            waiting.exec_driver_sql("PRAGMA busy_timeout = 1")
        with pytest.raises(StoreError, match="is busy"):
            workspace.unit_of_work().__enter__()


@pytest.mark.expects_log("closing: .* is damaged")
def test_a_file_that_was_damaged_meanwhile_is_a_sentence(workspace: Workspace) -> None:
    _do(workspace, _write_much)
    workspace.engine().dispose()
    with workspace.folder.database.open("r+b") as file:
        file.seek(20 * 4096)
        file.write(b"\xff" * 40_000)
    with pytest.raises(StoreError, match="is damaged"), workspace.reader() as uow:
        uow.raw.execute("SELECT sum(length(note)) FROM person").fetchone()


def test_more_readers_than_connections_wait_for_each_other(workspace: Workspace) -> None:
    with workspace.reader(), workspace.reader(), workspace.unit_of_work() as uow:
        factories.person(uow.session)
        uow.commit()
    with workspace.reader() as uow:
        assert len(uow.session.scalars(select(Person)).all()) == 1
