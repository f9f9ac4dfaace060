"""Backups and the check as a person meets them."""

from contextlib import closing
from pathlib import Path

import pytest

from mentor_desktop.errors import Cancelled, StoreError
from mentor_desktop.progress import Progress
from mentor_desktop.services import backups
from mentor_desktop.services.integrity import check_workspace
from mentor_desktop.store.connection import connect
from mentor_desktop.store.workspace import Workspace
from tests import factories
from tests.workspaces import PASSPHRASE, FrozenClock, Template


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    """Return a workspace with one row of everything and a logo."""
    with workspace.unit_of_work() as uow:
        factories.one_of_each(uow.session)
        factories.project(uow.session, logos=[uow.blobs.add(b"logo")])
        uow.commit()
    return workspace


def test_a_backup_is_listed_with_its_reason_in_words(filled: Workspace, clock: FrozenClock) -> None:
    made = backups.back_up_now(filled)
    clock.advance(minutes=1)
    backups.back_up_before(filled, "import")
    rows = backups.backup_rows(filled)
    assert [row.reason for row in rows] == ["Before an import", "By hand"]
    assert rows[1] == made == backups.describe_backup(made.path)


def test_a_backup_comes_back_with_passphrase_or_code(
    filled: Workspace, workspace_template: Template, tmp_path: Path, clock: FrozenClock
) -> None:
    made = backups.back_up_now(filled, tmp_path / "stick")
    for number, secret in enumerate((PASSPHRASE, workspace_template.recovery_code)):
        root = tmp_path / f"new{number}"
        backups.restore_backup(made.path, root, secret, clock=clock)
        restored = Workspace.open(root, filled.key, clock=clock)
        report = check_workspace(restored)
        restored.close(with_backup=False)
        assert report.is_good
        assert (report.people > 0, report.files) == (True, 1)


def test_a_wrong_passphrase_is_a_sentence(
    filled: Workspace, tmp_path: Path, clock: FrozenClock
) -> None:
    made = backups.back_up_now(filled)
    with pytest.raises(StoreError, match="Neither that passphrase nor recovery code"):
        backups.restore_backup(made.path, tmp_path / "new", "wrong", clock=clock)
    assert not (tmp_path / "new").exists()


# ---------------------------------------------------------------- check


def test_a_whole_workspace_has_no_problems(filled: Workspace) -> None:
    report = check_workspace(filled)
    assert report.is_good
    assert report.problems == ()
    assert report.repaired == ()
    assert (report.marks, report.certificates, report.files) == (1, 1, 1)


def test_a_missing_file_is_a_problem(filled: Workspace) -> None:
    (blob,) = filled.folder.blobs.iterdir()
    blob.unlink()
    report = check_workspace(filled)
    assert not report.is_good
    assert "missing or damaged" in report.problems[0]


def test_a_changed_byte_in_a_file_is_a_problem(filled: Workspace) -> None:
    (blob,) = filled.folder.blobs.iterdir()
    blob.write_bytes(blob.read_bytes()[:-1] + b"x")
    assert len(check_workspace(filled).problems) == 1


def test_a_changed_byte_in_the_database_is_a_problem(filled: Workspace) -> None:
    with closing(connect(filled.folder.database, filled.key)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    filled.engine().dispose()
    content = bytearray(filled.folder.database.read_bytes())
    damaged = bytes(content[:-100]) + bytes([content[-100] ^ 1]) + bytes(content[-99:])
    filled.folder.database.write_bytes(damaged)
    report = check_workspace(filled)
    filled.folder.database.write_bytes(content)
    assert any("The database is damaged" in problem for problem in report.problems)


def test_a_record_that_points_nowhere_is_a_problem(filled: Workspace) -> None:
    with closing(connect(filled.folder.database, filled.key)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.is_capture_silent = True
        connection.execute("DELETE FROM person")
    problems = check_workspace(filled).problems
    assert any("point" in problem and "missing" in problem for problem in problems)


def test_a_key_file_of_another_workspace_is_a_problem(filled: Workspace) -> None:
    from mentor_desktop.store.keyfile import KeyFile

    before = filled.folder.key_file.read_bytes()
    KeyFile.make("other", bytes(32), "x y z")[0].save(filled.folder.key_file)
    report = check_workspace(filled)
    filled.folder.key_file.write_bytes(before)
    assert any("belongs to another workspace" in problem for problem in report.problems)


def test_a_damaged_newest_backup_is_a_problem(filled: Workspace) -> None:
    path = backups.back_up_now(filled).path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert any(path.name in problem for problem in check_workspace(filled).problems)


def test_a_check_can_be_cancelled(filled: Workspace) -> None:
    with pytest.raises(Cancelled):
        check_workspace(filled, progress=Progress(is_cancelled=lambda: True))
