"""Backups hold everything, are read back, and are thinned out."""

import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from mentor_desktop.errors import Cancelled, StoreError
from mentor_desktop.progress import Progress
from mentor_desktop.store.backup import (
    DATABASE,
    KEY_FILE,
    MANIFEST,
    back_up,
    check_database,
    list_backups,
    read_backup,
    read_key_file,
    verify_files,
)
from mentor_desktop.store.backup_rotation import outdated
from mentor_desktop.store.connection import connect
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.workspace import Workspace
from tests import factories
from tests.workspaces import PASSPHRASE, FrozenClock, Template, files_limited_to


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    """Return a workspace with people, gaps in their numbers, and a blob."""
    with workspace.unit_of_work() as uow:
        for number in range(30):
            factories.person(uow.session, family_name=f"Čapek {number}")
        uow.raw.execute("DELETE FROM person WHERE rowid % 3 = 0")
        uow.blobs.add(b"a logo")
        uow.commit()
    return workspace


def _rowids(workspace: Workspace) -> list[tuple[int, str]]:
    with closing(workspace.plain_connection()) as connection:
        return list(connection.execute("SELECT rowid, id FROM person ORDER BY rowid").fetchall())


def test_a_backup_holds_the_whole_workspace(
    filled: Workspace, tmp_path: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    backup = back_up(filled, "manual", tmp_path / "stick")
    assert backup.path.parent == tmp_path / "stick"
    assert (backup.made_at, backup.reason) == (clock(), "manual")
    assert backup.size_bytes == backup.path.stat().st_size
    assert read_backup(backup.path) == backup == verify_files(backup.path)
    with zipfile.ZipFile(backup.path) as archive:
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}
        archive.extract(DATABASE, tmp_path)
        blobs = [name for name in archive.namelist() if name.startswith("blobs/")]
    assert len(blobs) == 1
    with closing(connect(tmp_path / DATABASE, filled.key)) as copy:
        assert copy.execute("SELECT rowid, id FROM person ORDER BY rowid").fetchall() == _rowids(
            filled
        )
        ordered = "SELECT count(*) FROM person_order o JOIN person p ON p.rowid = o.person"
        assert copy.execute(ordered).fetchone() == (20,)
    assert read_key_file(backup.path).open_with_passphrase(PASSPHRASE) == filled.key


def test_nothing_is_left_beside_a_backup(filled: Workspace) -> None:
    back_up(filled, "manual")
    assert [path.suffix for path in filled.folder.backups.iterdir()] == [".mdbackup"]


def test_two_backups_of_one_second_are_two_files(filled: Workspace) -> None:
    assert back_up(filled, "manual").path != back_up(filled, "manual").path
    assert len(list_backups(filled.folder)) == 2


def test_people_can_be_entered_while_a_backup_is_made(filled: Workspace) -> None:
    written, stop = Event(), Event()

    def write() -> None:
        while not stop.is_set():
            with filled.unit_of_work() as uow:
                factories.person(uow.session)
                uow.commit()
            written.set()

    writer = Thread(target=write)
    writer.start()
    try:
        assert written.wait(20)
        backup = back_up(filled, "manual")
    finally:
        stop.set()
        writer.join()
    verify_files(backup.path)


def test_a_cancelled_backup_leaves_no_file(filled: Workspace, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        back_up(filled, "manual", tmp_path, progress=Progress(is_cancelled=lambda: True))
    assert list(tmp_path.glob("*backup*")) == []
    assert list(filled.folder.backups.iterdir()) == []


def test_a_backup_tells_how_far_it_is(filled: Workspace) -> None:
    steps: list[tuple[int, int]] = []
    back_up(filled, "manual", progress=Progress(on_step=lambda *step: steps.append(step)))
    assert steps
    assert all(0 <= done <= total for done, total in steps)


def test_a_place_that_cannot_be_written_is_a_sentence(filled: Workspace, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be written"):
        back_up(filled, "manual", tmp_path / "file" / "deep")


@pytest.mark.parametrize("room_bytes", [40_000, 350_000])
def test_a_full_disk_is_a_sentence_and_leaves_no_half_backup(
    filled: Workspace, tmp_path: Path, room_bytes: int
) -> None:
    with (
        files_limited_to(room_bytes),
        pytest.raises(
            StoreError, match=r"(is full|reported an error), so no backup was made\. Everything"
        ),
    ):
        back_up(filled, "manual", tmp_path)
    assert list(tmp_path.glob("*backup*")) == []
    assert list(filled.folder.backups.iterdir()) == []


@pytest.mark.expects_log("closing: The disk with")
def test_a_full_disk_keeps_nobody_from_closing(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    workspace = Workspace.open(workspace_root, workspace_template.key, clock=clock)
    with workspace.unit_of_work() as uow:
        person = factories.person(uow.session)
        uow.commit()
    with files_limited_to(40_000):
        said = workspace.close()
    assert "so no backup was made. Everything entered is saved" in said
    assert "Nothing of this step was saved" not in said
    again = Workspace.open(workspace_root, workspace_template.key, clock=clock)
    with again.reader() as uow:
        assert uow.raw.execute("SELECT id FROM person").fetchall() == [(person.id,)]
    again.close(with_backup=False)


def test_what_a_killed_program_left_is_cleared_away_when_it_opens_again(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> None:
    folder = WorkspaceFolder(workspace_root)
    folder.backups.mkdir()
    for name in ("draft-1.db", "draft-1.db-wal", "mentor-desktop-x.mdbackup.new"):
        (folder.backups / name).write_bytes(b"half")
    folder.mark_open()
    Workspace.open(workspace_root, workspace_template.key, clock=clock).close()
    assert list(folder.backups.iterdir()) == []


def test_two_backups_at_the_same_time_do_not_disturb_each_other(
    filled: Workspace, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda n: back_up(filled, "manual", tmp_path / str(n)), range(3)))
    assert [verify_files(one.path) for one in made] == made
    assert list(filled.folder.backups.iterdir()) == []


def test_a_damaged_database_is_not_backed_up_as_if_it_were_whole(
    filled: Workspace, tmp_path: Path
) -> None:
    with closing(connect(filled.folder.database, filled.key)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    filled.engine().dispose()
    size = filled.folder.database.stat().st_size
    with filled.folder.database.open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(b"\xff" * 4096)
    before = filled.folder.database.read_bytes()
    with pytest.raises(StoreError, match=r"is damaged|damaged or not a backup"):
        back_up(filled, "manual", tmp_path)
    assert filled.folder.database.read_bytes() == before
    assert list(tmp_path.glob("*backup*")) == []
    # Mended, so that the fixture can close it.
    filled.folder.database.write_bytes(before)


# ---------------------------------------------------------------- reading one


@pytest.mark.parametrize("position", [0.1, 0.5, 0.9])
def test_a_changed_byte_is_noticed(filled: Workspace, tmp_path: Path, position: float) -> None:
    path = back_up(filled, "manual", tmp_path).path
    content = bytearray(path.read_bytes())
    content[int(len(content) * position)] ^= 0x01
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged or not a backup"):
        verify_files(path)


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.99])
def test_a_cut_off_file_is_refused(filled: Workspace, tmp_path: Path, kept: float) -> None:
    path = back_up(filled, "manual", tmp_path).path
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(StoreError, match="damaged or not a backup"):
        read_backup(path)


def test_a_missing_file_and_a_strange_one_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no backup"):
        read_backup(tmp_path / "gone.mdbackup")
    with pytest.raises(StoreError, match="cannot be read"):
        read_backup(tmp_path)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(StoreError, match="damaged or not a backup"):
        read_backup(tmp_path / "other.zip")


def _rewritten(path: Path, **changes: object) -> Path:
    """Write a copy of a backup whose manifest says something else."""
    target = path.with_name("changed.mdbackup")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == MANIFEST:
                content = json.dumps({**json.loads(content), **changes}).encode()
            new.writestr(name, content)
    return target


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"format": 2}, "newer version"),
        ({"format": "x"}, "damaged or not a backup"),
        ({"made_at": "yesterday"}, "damaged or not a backup"),
        ({"made_at": "2026-03-10T09:00:00"}, "damaged or not a backup"),
        ({"files": []}, "damaged or not a backup"),
        ({"files": {}}, "damaged or not a backup"),
        ({"files": {KEY_FILE: {}}}, "damaged or not a backup"),
        ({"files": {KEY_FILE: {"size": 1, "sha256": ""}}}, "damaged or not a backup"),
    ],
)
def test_a_forged_table_of_contents_is_refused(
    filled: Workspace, tmp_path: Path, changes: dict[str, object], sentence: str
) -> None:
    path = _rewritten(back_up(filled, "manual", tmp_path).path, **changes)
    with pytest.raises(StoreError, match=sentence):
        verify_files(path)


def test_a_database_is_checked_with_its_own_key(filled: Workspace, tmp_path: Path) -> None:
    path = back_up(filled, "manual", tmp_path).path
    with zipfile.ZipFile(path) as archive:
        archive.extract(DATABASE, tmp_path)
    assert check_database(tmp_path / DATABASE, filled.key)["person"] == 20
    with pytest.raises(StoreError):
        check_database(tmp_path / DATABASE, bytes(32))


# ---------------------------------------------------------------- thinning out


def test_the_latest_the_days_and_the_months_are_kept() -> None:
    start = datetime(2026, 6, 30, 18, tzinfo=UTC)
    made = {
        Path(f"{day}-{hour}"): start - timedelta(days=day, hours=hour)
        for day in range(400)
        for hour in range(3)
    }
    gone = set(outdated(made))
    kept = sorted((made[path] for path in made if path not in gone), reverse=True)
    assert kept[:10] == sorted(made.values(), reverse=True)[:10]
    assert {one.date() for one in kept} >= {
        (start - timedelta(days=day)).date() for day in range(14)
    }
    assert {(one.year, one.month) for one in kept} == {(2026, month) for month in range(1, 7)}
    assert len(kept) <= 10 + 14 + 6


def test_few_backups_are_all_kept() -> None:
    assert outdated({Path("a"): datetime(2026, 1, 1, tzinfo=UTC)}) == []


def test_automatic_backups_are_thinned_out_and_made_by_hand_stay(
    filled: Workspace, clock: FrozenClock
) -> None:
    by_hand = back_up(filled, "manual").path
    for _ in range(13):
        clock.advance(minutes=5)
        back_up(filled, "import")
    found = list_backups(filled.folder)
    assert [one.reason for one in found] == ["import"] * 10 + ["manual"]
    assert by_hand.exists()
    assert found[0].made_at == clock()


def test_unreadable_files_among_backups_are_passed_over(filled: Workspace) -> None:
    back_up(filled, "manual")
    (filled.folder.backups / "broken.mdbackup").write_bytes(b"x")
    assert len(list_backups(filled.folder)) == 1
