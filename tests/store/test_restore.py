"""A backup comes back into a new folder or over what is there, which can itself come back."""

import json
import shutil
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from mentor_desktop.errors import Cancelled, StoreError
from mentor_desktop.progress import Progress
from mentor_desktop.store import restore as restoring
from mentor_desktop.store.atomic import write_file
from mentor_desktop.store.backup import DATABASE, back_up, list_backups
from mentor_desktop.store.connection import connect
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.keyfile import KeyFile, change_passphrase
from mentor_desktop.store.restore import restore, unlock
from mentor_desktop.store.workspace import Workspace
from tests import factories
from tests.workspaces import PASSPHRASE, FrozenClock, Template


def _add(workspace: Workspace, name: str) -> None:
    with workspace.unit_of_work() as uow:
        factories.person(uow.session, given_name=name)
        uow.blobs.add(name.encode())
        uow.commit()


def _names(root: Path, key: bytes) -> list[str]:
    with closing(connect(WorkspaceFolder(root).database, key)) as connection:
        rows = connection.execute("SELECT given_name FROM person ORDER BY rowid").fetchall()
    return [row[0] for row in rows]


@pytest.fixture
def yesterday(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock, tmp_path: Path
) -> Path:
    """Return a backup with Ona in it; the workspace has Ona and Asta by now, and is closed."""
    workspace = Workspace.open(workspace_root, workspace_template.key, clock=clock)
    _add(workspace, "Ona")
    path = back_up(workspace, "manual", tmp_path / "stick").path
    _add(workspace, "Asta")
    clock.advance(days=1)
    workspace.close(with_backup=False)
    return path


def test_a_backup_comes_back_on_a_bare_computer_with_the_passphrase_alone(
    yesterday: Path, tmp_path: Path, clock: FrozenClock
) -> None:
    root = tmp_path / "elsewhere" / "new"
    restored = restore(yesterday, root, unlock(yesterday, PASSPHRASE), clock=clock)
    assert restored.replaced is None
    key = KeyFile.load(root / "workspace.key.json").open_with_passphrase(PASSPHRASE)
    workspace = Workspace.open(root, key, clock=clock)
    assert workspace.was_clean
    with workspace.reader() as uow:
        assert uow.blobs.addresses()
        assert uow.blobs.read(uow.blobs.addresses()[0]) == b"Ona"
    workspace.close(with_backup=False)
    assert _names(root, key) == ["Ona"]


def test_the_recovery_code_opens_a_backup_too(
    yesterday: Path, workspace_template: Template
) -> None:
    assert unlock(yesterday, workspace_template.recovery_code) == workspace_template.key
    with pytest.raises(StoreError, match="Neither that passphrase nor recovery code"):
        unlock(yesterday, "something else")


def test_what_is_replaced_can_be_restored_in_turn(
    yesterday: Path, workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    key = workspace_template.key
    first = restore(yesterday, workspace_root, key, clock=clock)
    assert _names(workspace_root, key) == ["Ona"]
    assert first.replaced is not None
    assert [one.path for one in list_backups(WorkspaceFolder(workspace_root))] == [first.replaced]
    restore(first.replaced, workspace_root, key, clock=clock)
    assert _names(workspace_root, key) == ["Ona", "Asta"]
    workspace = Workspace.open(workspace_root, key, clock=clock)
    with workspace.reader() as uow:
        assert {uow.blobs.read(one) for one in uow.blobs.addresses()} == {b"Ona", b"Asta"}
    workspace.close(with_backup=False)


def test_the_passphrase_of_today_stays_and_opens_the_backup(
    yesterday: Path, workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    path, key = WorkspaceFolder(workspace_root).key_file, workspace_template.key
    change_passphrase(path, key, "another five calm words")
    assert unlock(yesterday, "another five calm words", root=workspace_root) == key
    with pytest.raises(StoreError):
        unlock(yesterday, "another five calm words")
    restore(yesterday, workspace_root, key, clock=clock)
    assert KeyFile.load(path).open_with_passphrase("another five calm words") == key
    with pytest.raises(StoreError):
        KeyFile.load(path).open_with_passphrase(PASSPHRASE)


def test_a_damaged_workspace_is_kept_as_it_is(
    yesterday: Path, workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    folder = WorkspaceFolder(workspace_root)
    folder.database.write_bytes(b"ruined")
    restored = restore(yesterday, workspace_root, workspace_template.key, clock=clock)
    assert restored.replaced is not None
    assert (restored.replaced / folder.database.name).read_bytes() == b"ruined"
    assert (restored.replaced / folder.key_file.name).exists()
    assert len(list((restored.replaced / "blobs").iterdir())) == 2
    assert _names(workspace_root, workspace_template.key) == ["Ona"]


def test_another_workspace_in_the_place_is_kept_as_it_is(
    yesterday: Path, tmp_path: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    root = tmp_path / "other"
    other, _code = Workspace.create(root, "other calm words", clock=clock)
    _add(other, "Petras")
    other_key = other.key
    other.close(with_backup=False)
    restored = restore(yesterday, root, workspace_template.key, clock=clock)
    assert _names(root, workspace_template.key) == ["Ona"]
    assert restored.replaced is not None
    shutil.copytree(restored.replaced, tmp_path / "again")
    assert _names(tmp_path / "again", other_key) == ["Petras"]
    key_file = KeyFile.load(tmp_path / "again" / "workspace.key.json")
    assert key_file.open_with_passphrase("other calm words") == other_key


def test_the_log_of_a_killed_program_is_not_replayed_into_the_restored_file(
    yesterday: Path,
    workspace_root: Path,
    workspace_template: Template,
    clock: FrozenClock,
    tmp_path: Path,
) -> None:
    workspace = Workspace.open(workspace_root, workspace_template.key, clock=clock)
    _add(workspace, "Rūta")
    root = tmp_path / "crashed"
    shutil.copytree(workspace_root, root, ignore=shutil.ignore_patterns("*-shm"))
    workspace.close(with_backup=False)
    assert WorkspaceFolder(root).write_ahead_log.stat().st_size
    restored = restore(yesterday, root, workspace_template.key, clock=clock)
    assert _names(root, workspace_template.key) == ["Ona"]
    assert WorkspaceFolder(root).was_closed_cleanly()
    assert restored.replaced is not None
    restore(restored.replaced, root, workspace_template.key, clock=clock)
    assert _names(root, workspace_template.key) == ["Ona", "Asta", "Rūta"]


# ---------------------------------------------------------------- refusals


def _state(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.suffix not in {".lock", ".mdbackup"}
    }


def test_an_open_workspace_is_not_replaced(
    yesterday: Path, workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    workspace = Workspace.open(workspace_root, workspace_template.key, clock=clock)
    with pytest.raises(StoreError, match="open in another window"):
        restore(yesterday, workspace_root, workspace_template.key, clock=clock)
    workspace.close(with_backup=False)


def test_a_damaged_backup_changes_nothing(
    yesterday: Path, workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    content = bytearray(yesterday.read_bytes())
    content[len(content) // 2] ^= 1
    yesterday.write_bytes(content)
    before = _state(workspace_root)
    with pytest.raises(StoreError, match="damaged or not a backup"):
        restore(yesterday, workspace_root, workspace_template.key, clock=clock)
    assert _state(workspace_root) == before


def test_another_key_changes_nothing(
    yesterday: Path, workspace_root: Path, clock: FrozenClock
) -> None:
    before = _state(workspace_root)
    with pytest.raises(StoreError, match="cannot be opened with this key"):
        restore(yesterday, workspace_root, bytes(32), clock=clock)
    assert _state(workspace_root) == before


def test_a_backup_of_a_newer_program_changes_nothing(
    yesterday: Path, workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    newer = yesterday.with_name("newer.mdbackup")
    with zipfile.ZipFile(yesterday) as old, zipfile.ZipFile(newer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "backup.json":
                content = json.dumps({**json.loads(content), "revision": "9999"}).encode()
            new.writestr(name, content)
    before = _state(workspace_root)
    with pytest.raises(StoreError, match="newer version"):
        restore(newer, workspace_root, workspace_template.key, clock=clock)
    assert _state(workspace_root) == before


@pytest.mark.parametrize("name", ["../evil", "blobs/../../evil", "/evil", "blobs/x", "other.db"])
def test_a_backup_with_strange_files_is_refused(
    yesterday: Path, tmp_path: Path, workspace_template: Template, clock: FrozenClock, name: str
) -> None:
    import hashlib

    evil = tmp_path / "evil.mdbackup"
    with zipfile.ZipFile(yesterday) as old, zipfile.ZipFile(evil, "w") as new:
        manifest = json.loads(old.read("backup.json"))
        for one in old.namelist():
            if one != "backup.json":
                new.writestr(one, old.read(one))
        new.writestr(name, b"evil")
        digest = hashlib.sha256(b"evil").hexdigest()
        manifest["files"][name] = {"size": 4, "sha256": digest}
        new.writestr("backup.json", json.dumps(manifest))
    with pytest.raises(StoreError, match="damaged or not a backup"):
        restore(evil, tmp_path / "deep" / "w", workspace_template.key, clock=clock)
    assert not list(tmp_path.rglob("evil"))
    assert not WorkspaceFolder(tmp_path / "deep" / "w").is_workspace()


def test_a_folder_with_other_things_is_left_alone(
    yesterday: Path, tmp_path: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    root = tmp_path / "papers"
    root.mkdir()
    (root / "thesis.txt").write_text("mine")
    with pytest.raises(StoreError, match="not empty"):
        restore(yesterday, root, workspace_template.key, clock=clock)
    assert [path.name for path in root.iterdir()] == ["thesis.txt"]


def test_a_cancelled_restore_changes_nothing(
    yesterday: Path, workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    before = _state(workspace_root)
    steps = []

    def is_cancelled() -> bool:
        steps.append(1)
        return len(steps) > 5

    with pytest.raises(Cancelled):
        restore(
            yesterday,
            workspace_root,
            workspace_template.key,
            clock=clock,
            progress=Progress(is_cancelled=is_cancelled),
        )
    assert _state(workspace_root) == before


# ---------------------------------------------------------------- a power cut in the middle


def _prepared(root: Path, backup: Path, key: bytes) -> WorkspaceFolder:
    """Do a restore up to the moment its marker is written."""
    folder = WorkspaceFolder(root)
    with zipfile.ZipFile(backup) as archive:
        folder.restoring.mkdir()
        archive.extractall(folder.restoring)
    (folder.restoring / "backup.json").unlink()
    with closing(connect(folder.restoring / DATABASE, key)) as connection:
        connection.execute("DELETE FROM local_setting WHERE key = 'incarnation'")
    return folder


@pytest.mark.parametrize("aside", ["", "backups/replaced-x"])
@pytest.mark.parametrize("moved", [0, 1, 2, 3])
def test_a_power_cut_after_the_marker_is_finished_at_the_next_opening(
    yesterday: Path,
    workspace_root: Path,
    workspace_template: Template,
    clock: FrozenClock,
    moved: int,
    aside: str,
) -> None:
    folder = _prepared(workspace_root, yesterday, workspace_template.key)
    if aside:
        (workspace_root / aside).mkdir(parents=True)
    write_file(folder.restore_marker, json.dumps({"aside": aside}).encode())
    for path in (folder.database, folder.key_file, folder.blobs)[:moved]:
        if path.is_dir():
            shutil.rmtree(path)
        (folder.restoring / path.name).replace(path)
    workspace = Workspace.open(workspace_root, workspace_template.key, clock=clock)
    workspace.close(with_backup=False)
    assert _names(workspace_root, workspace_template.key) == ["Ona"]
    assert not folder.restoring.exists()
    assert not folder.restore_marker.exists()
    assert len(list(folder.blobs.iterdir())) == 1


def test_a_power_cut_before_the_marker_leaves_the_old_workspace(
    yesterday: Path, workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    folder = _prepared(workspace_root, yesterday, workspace_template.key)
    workspace = Workspace.open(workspace_root, workspace_template.key, clock=clock)
    workspace.close(with_backup=False)
    assert _names(workspace_root, workspace_template.key) == ["Ona", "Asta"]
    assert not folder.restoring.exists()


def test_finishing_what_is_finished_changes_nothing(workspace_root: Path) -> None:
    before = _state(workspace_root)
    restoring.finish(WorkspaceFolder(workspace_root))
    restoring.finish(WorkspaceFolder(workspace_root))
    assert _state(workspace_root) == before
