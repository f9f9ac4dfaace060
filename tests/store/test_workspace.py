"""Making, opening and closing a workspace; every refusal is a sentence."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from mentor_desktop.errors import StoreError, ValidationError
from mentor_desktop.store.connection import connect
from mentor_desktop.store.folder import WorkspaceFolder, cloud_service_of, cloud_warning
from mentor_desktop.store.keyfile import KeyFile
from mentor_desktop.store.workspace import Workspace
from tests import factories
from tests.workspaces import FrozenClock, Template


def _crashed_copy(workspace: Workspace, to: Path) -> Path:
    """Copy the folder of a workspace as a power cut would leave it."""
    shutil.copytree(workspace.folder.root, to, ignore=shutil.ignore_patterns("*-shm"))
    return to


def _reopened(root: Path, key: bytes, clock: FrozenClock) -> Workspace:
    return Workspace.open(root, key, clock=clock)


# ---------------------------------------------------------------- making


def test_a_new_workspace_opens_with_passphrase_and_with_recovery_code(
    tmp_path: Path, clock: FrozenClock
) -> None:
    workspace, code = Workspace.create(tmp_path / "w", "five calm words", clock=clock, actor="Rasa")
    assert (workspace.device, workspace.actor) == ("A", "Rasa")
    workspace.close()
    key_file = KeyFile.load(tmp_path / "w" / "workspace.key.json")
    assert key_file.open_with_passphrase("five calm words") == workspace.key
    assert key_file.open_with_recovery_code(code) == workspace.key


@pytest.mark.parametrize("passphrase", ["", "   "])
def test_a_workspace_without_a_passphrase_is_not_made(
    tmp_path: Path, clock: FrozenClock, passphrase: str
) -> None:
    with pytest.raises(ValidationError, match="needs a passphrase"):
        Workspace.create(tmp_path / "w", passphrase, clock=clock)
    assert list((tmp_path / "w").iterdir()) == []


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path, clock: FrozenClock) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(StoreError, match="not empty"):
        Workspace.create(tmp_path, "five calm words", clock=clock)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path, clock: FrozenClock) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        Workspace.create(tmp_path / "file" / "w", "five calm words", clock=clock)


def test_a_workspace_that_was_never_finished_is_made_anew(
    workspace_root: Path, clock: FrozenClock
) -> None:
    folder = WorkspaceFolder(workspace_root)
    folder.mark_unfinished()
    assert not folder.is_workspace()
    workspace, _code = Workspace.create(workspace_root, "five calm words", clock=clock)
    with workspace.reader() as uow:
        assert uow.raw.execute("SELECT count(*) FROM txn").fetchone() == (0,)
    workspace.close()
    assert folder.is_workspace()


def test_a_discarded_workspace_leaves_an_empty_folder(tmp_path: Path, clock: FrozenClock) -> None:
    workspace, _code = Workspace.create(tmp_path / "w", "five calm words", clock=clock)
    with workspace.unit_of_work() as uow:
        uow.blobs.add(b"logo")
        factories.person(uow.session)
        uow.commit()
    workspace.discard()
    assert list((tmp_path / "w").iterdir()) == []


# ---------------------------------------------------------------- opening


def test_a_folder_without_a_workspace_is_a_sentence_and_stays_untouched(
    tmp_path: Path, clock: FrozenClock
) -> None:
    with pytest.raises(StoreError, match="There is no workspace in"):
        _reopened(tmp_path, bytes(32), clock)
    assert list(tmp_path.iterdir()) == []


def test_another_key_is_refused(
    workspace_root: Path, clock: FrozenClock, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(StoreError, match="cannot be opened with this key"):
        _reopened(workspace_root, bytes(32), clock)
    assert capfd.readouterr() == ("", "")


def test_a_second_instance_is_refused_until_the_first_one_closes(
    workspace: Workspace, clock: FrozenClock
) -> None:
    with pytest.raises(StoreError, match="open in another window or command"):
        _reopened(workspace.folder.root, workspace.key, clock)


def test_an_instance_in_another_process_is_refused_too(workspace: Workspace) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from mentor_desktop.store.workspace import Workspace\n"
        "from mentor_desktop.clock import system_clock\n"
        "Workspace.open(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), clock=system_clock)"
    )
    done = _python(code, str(workspace.folder.root), workspace.key.hex())
    assert done.returncode == 1
    assert "StoreError: The workspace" in done.stderr
    assert "is open in another window or command" in done.stderr


def test_a_refused_opening_lets_go_of_the_folder(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    with pytest.raises(StoreError):
        _reopened(workspace_root, bytes(32), clock)
    _reopened(workspace_root, workspace_template.key, clock).close()


def test_a_newer_file_is_refused_and_untouched(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    database = WorkspaceFolder(workspace_root).database
    with closing(connect(database, workspace_template.key)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = database.read_bytes()
    with pytest.raises(StoreError, match="newer version of the program"):
        _reopened(workspace_root, workspace_template.key, clock)
    assert database.read_bytes() == before


def test_a_newer_key_file_is_refused(workspace_root: Path) -> None:
    path = WorkspaceFolder(workspace_root).key_file
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
    with pytest.raises(StoreError, match="newer version of the program"):
        KeyFile.load(path)


@pytest.mark.parametrize("content", [b"", b"no database at all" * 500])
def test_a_file_that_is_no_workspace_is_refused(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock, content: bytes
) -> None:
    WorkspaceFolder(workspace_root).database.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        _reopened(workspace_root, workspace_template.key, clock)


def test_a_missing_database_is_refused_and_not_made(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    database = WorkspaceFolder(workspace_root).database
    database.unlink()
    with pytest.raises(StoreError, match="is missing"):
        _reopened(workspace_root, workspace_template.key, clock)
    assert not database.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_is_a_sentence(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    workspace_root.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="cannot be written"):
            _reopened(workspace_root, workspace_template.key, clock)
    finally:
        workspace_root.chmod(0o700)


def test_a_lock_file_that_cannot_be_written_is_a_sentence(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    lock = WorkspaceFolder(workspace_root).lock
    lock.unlink()
    lock.mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        _reopened(workspace_root, workspace_template.key, clock)


# ---------------------------------------------------------------- after a power cut


def test_a_power_cut_loses_nothing_and_asks_nothing(
    workspace: Workspace, tmp_path: Path, clock: FrozenClock
) -> None:
    with workspace.unit_of_work() as uow:
        of = factories.registration(uow.session)
        slot = factories.slot(uow.session, workshop_id=of.workshop_id)
        factories.attendance_mark(uow.session, registration_id=of.id, slot_id=slot.id)
        other = factories.registration(uow.session, workshop_id=of.workshop_id)
        factories.attendance_mark(uow.session, registration_id=other.id, slot_id=slot.id)
        clock.advance(hours=1, minutes=37, seconds=7)
        uow.commit()
    root = _crashed_copy(workspace, tmp_path / "crashed")
    again = _reopened(root, workspace.key, clock)
    assert not again.was_clean
    assert again.recovery_note == "Restored. Last saved 10:42:07, 2 marks"
    with again.reader() as uow:
        assert uow.raw.execute("SELECT count(*) FROM attendance_mark").fetchone() == (2,)
    again.close()
    clean = _reopened(root, workspace.key, clock)
    assert clean.was_clean
    assert clean.recovery_note == ""
    clean.close()


def test_a_power_cut_of_another_day_names_the_day(
    workspace: Workspace, tmp_path: Path, clock: FrozenClock
) -> None:
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        uow.commit()
    clock.advance(days=1)
    again = _reopened(_crashed_copy(workspace, tmp_path / "crashed"), workspace.key, clock)
    assert again.recovery_note == "Restored. Last saved 10 Mar 2026 09:05:00"
    again.close()


def test_a_power_cut_before_anything_was_saved_says_nothing(
    workspace: Workspace, tmp_path: Path, clock: FrozenClock
) -> None:
    again = _reopened(_crashed_copy(workspace, tmp_path / "crashed"), workspace.key, clock)
    assert not again.was_clean
    assert again.recovery_note == ""
    again.close()


def test_damage_by_a_power_cut_is_found_and_the_newest_backup_named(
    workspace: Workspace, tmp_path: Path, clock: FrozenClock
) -> None:
    from mentor_desktop.store.backup import back_up

    with workspace.unit_of_work() as uow:
        for _ in range(50):
            factories.person(uow.session, note="x" * 4000)
        uow.commit()
    backup = back_up(workspace, "manual")
    with closing(connect(workspace.folder.database, workspace.key)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    root = _crashed_copy(workspace, tmp_path / "crashed")
    with WorkspaceFolder(root).database.open("r+b") as file:
        file.seek(-8 * 4096, 2)
        file.write(b"\xff" * 4096)
    with pytest.raises(StoreError, match=f"is damaged.*{backup.path.name}"):
        _reopened(root, workspace.key, clock)


# ---------------------------------------------------------------- an older file


def test_an_older_file_is_backed_up_before_it_is_touched(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    from alembic.util import CommandError

    from mentor_desktop.store.backup import list_backups, verify_files

    folder = WorkspaceFolder(workspace_root)
    with closing(connect(folder.database, workspace_template.key)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    # There is no way from a revision that never was; what matters is what is left behind.
    with pytest.raises(CommandError):
        _reopened(workspace_root, workspace_template.key, clock)
    (backup,) = list_backups(folder)
    assert verify_files(backup.path).revision == "0000"
    with closing(connect(folder.database, workspace_template.key)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0000",)
        assert connection.execute("SELECT count(*) FROM person_order").fetchone() == (0,)


# ---------------------------------------------------------------- closing


def test_closing_leaves_one_file_and_no_open_log(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    workspace = _reopened(workspace_root, workspace_template.key, clock)
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        uow.commit()
    assert workspace.close(with_backup=False) == ""
    names = sorted(path.name for path in workspace_root.iterdir())
    assert names == ["workspace.db", "workspace.key.json", "workspace.lock"]


def test_a_closed_workspace_is_used_no_more_and_may_be_closed_again(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    workspace = _reopened(workspace_root, workspace_template.key, clock)
    workspace.close()
    assert workspace.close() == ""
    with pytest.raises(RuntimeError, match="closed"):
        workspace.unit_of_work()


def test_closing_backs_up_what_changed_once(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    from mentor_desktop.store.backup import list_backups

    folder = WorkspaceFolder(workspace_root)
    _reopened(workspace_root, workspace_template.key, clock).close()
    assert list_backups(folder) == []
    workspace = _reopened(workspace_root, workspace_template.key, clock)
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        uow.commit()
    workspace.close()
    assert [one.reason for one in list_backups(folder)] == ["close"]
    clock.advance(minutes=1)
    _reopened(workspace_root, workspace_template.key, clock).close()
    assert len(list_backups(folder)) == 1
    list_backups(folder)[0].path.unlink()
    _reopened(workspace_root, workspace_template.key, clock).close()
    assert len(list_backups(folder)) == 1


@pytest.mark.expects_log("closing: The folder .* cannot be written")
def test_a_workspace_closes_even_if_no_backup_can_be_made(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    (workspace_root / "backups").write_text("a file where the folder should be")
    workspace = _reopened(workspace_root, workspace_template.key, clock)
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        uow.commit()
    assert "cannot be written" in workspace.close()
    again = _reopened(workspace_root, workspace_template.key, clock)
    assert again.was_clean
    again.close(with_backup=False)


# ---------------------------------------------------------------- where it lies


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        ("Dropbox/work", "Dropbox"),
        ("OneDrive - School/work", "OneDrive"),
        ("My Drive/work", "Google Drive"),
        ("Library/Mobile Documents/com~apple~CloudDocs/work", "iCloud"),
        ("Nextcloud2/work", "Nextcloud"),
        ("Dropbox (Personal)/work", "Dropbox"),
        ("Library/CloudStorage/GoogleDrive-me@example.org/work", "Google Drive"),
        ("Library/CloudStorage/Box-Box/work", "box-box"),
        ("Documents/dropbox-export notes", ""),
        ("Documents/work", ""),
    ],
)
def test_a_folder_of_a_cloud_program_is_recognised(
    tmp_path: Path, folder: str, service: str
) -> None:
    assert cloud_service_of(tmp_path / folder) == service
    warning = cloud_warning(tmp_path / folder)
    assert f"synchronised by {service}" in warning if service else warning == ""


def test_a_cloud_folder_is_recognised_by_what_its_program_leaves(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / ".sync_journal.db").touch()
    assert cloud_service_of(tmp_path / "shared" / "deep" / "down") == "Nextcloud"


# ---------------------------------------------------------------- cost of a start


def test_opening_loads_nothing_slow(
    workspace_root: Path, workspace_template: Template, tmp_path: Path
) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from mentor_desktop.store.workspace import Workspace\n"
        "import mentor_desktop.store.connection, mentor_desktop.store.folder\n"
        "import mentor_desktop.store.keyfile\n"
        "from mentor_desktop.clock import system_clock\n"
        "root, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])\n"
        "w = Workspace.open(root, key, clock=system_clock)\n"
        "w.plain_connection().execute('SELECT count(*) FROM person')\n"
        "slow = 'sqlalchemy alembic cryptography keyring reportlab zipfile babel PySide6'.split()\n"
        "slow += ['mentor_desktop.store.folding', 'mentor_desktop.store.collation']\n"
        "print([name for name in slow if name in sys.modules])\n"
        "w.close(with_backup=False)"
    )
    done = _python(code, str(workspace_root), workspace_template.key.hex())
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


def _python(code: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    root = Path(__file__).resolve().parents[2]
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
