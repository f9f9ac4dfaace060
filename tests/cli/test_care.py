"""Backups, the way back, and the check."""

from contextlib import closing
from pathlib import Path

import pytest

from mentor_desktop.store.connection import connect
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.keyfile import KeyFile
from tests.cli.conftest import SAMPLES, WORKSHOP, Desk, typed

PAGE_BYTES = 4096
MARKS = ("import", "attendance", SAMPLES / "attendance.csv", "--workshop", WORKSHOP)


def test_a_backup_restored_elsewhere_is_the_same_workspace(marked: Desk, tmp_path: Path) -> None:
    marked.good("issue", "certificates", "--workshop", WORKSHOP)
    before = marked.facts("check")
    backup = marked.facts("backup", tmp_path / "stick")
    assert backup["verified"] is True
    assert Path(backup["file"]).stat().st_size == backup["size_bytes"]

    other = Desk(tmp_path / "new-laptop" / "workspace", marked.passphrase_file)
    restored = other.facts("restore", backup["file"])
    assert restored["replaced"] == ""
    assert other.facts("check") == before
    papers = other.facts("print", "certificates", "--workshop", WORKSHOP, "--out", tmp_path / "p")
    assert marked.facts("verify", *(one["file"] for one in papers["files"]))["genuine"] is True


def test_a_restore_keeps_what_it_replaces_and_is_undone_by_another(
    demo: Desk, tmp_path: Path
) -> None:
    empty = demo.facts("backup", tmp_path)["file"]
    demo.good(*MARKS)
    restored = demo.facts("restore", empty)
    assert demo.facts("check")["marks"] == 0
    demo.good("restore", restored["replaced"])
    assert demo.facts("check")["marks"] == 342


def test_a_restore_says_which_day_came_back_and_where_the_other_is(
    demo: Desk, tmp_path: Path
) -> None:
    backup = demo.facts("backup", tmp_path)["file"]
    first, second = demo.good("restore", backup).out.splitlines()
    assert first.startswith(f"Restored {demo.root} as it was on ")
    assert ".mdbackup" in second


def test_the_recovery_code_opens_a_backup(tmp_path: Path, passphrase_file: Path) -> None:
    desk = Desk(tmp_path / "workspace", passphrase_file)
    code = desk.facts("demo")["recovery_code"]
    backup = desk.facts("backup", tmp_path / "stick")["file"]
    sheet = tmp_path / "sheet.txt"
    sheet.write_text(code + "\n", "utf-8")
    Desk(tmp_path / "new", sheet).good("restore", backup)
    assert Desk(tmp_path / "new", passphrase_file).facts("check")["people"] == 60


def test_what_is_no_backup_is_refused_and_nothing_is_touched(demo: Desk, tmp_path: Path) -> None:
    damaged = Path(demo.facts("backup", tmp_path)["file"])
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    for file in (damaged, demo.passphrase_file, tmp_path / "missing.mdbackup"):
        assert str(file) in demo("restore", file).sentence
    assert demo.facts("check")["people"] == 60


def test_another_secret_does_not_restore(demo: Desk, tmp_path: Path) -> None:
    backup = demo.facts("backup", tmp_path)["file"]
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("another\n", "utf-8")
    target = tmp_path / "new"
    assert str(backup) in Desk(target, wrong)("restore", backup).sentence
    assert not target.exists()


@pytest.mark.expects_log("closing: .* is damaged")
def test_a_check_finds_a_changed_byte(marked: Desk) -> None:
    database = marked.root / "workspace.db"
    # Nothing reads this page while the workspace is opened.
    page = _root_page(marked, "ix_certificate_serial")
    content = bytearray(database.read_bytes())
    content[(page - 1) * PAGE_BYTES + 100] ^= 0xFF
    database.write_bytes(content)
    for backup in (marked.root / "backups").iterdir():
        backup.unlink()  # so that closing makes one, and meets the page too
    answer = marked("check")
    assert answer.code == 1
    assert "damaged" in answer.err
    assert "Traceback" not in answer.err


def _root_page(desk: Desk, name: str) -> int:
    folder = WorkspaceFolder(desk.root)
    passphrase = desk.passphrase_file.read_text().strip()
    key = KeyFile.load(folder.key_file).open_with_passphrase(passphrase)
    with closing(connect(folder.database, key)) as connection:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        return int(connection.execute(sql, (name,)).fetchone()[0])


def test_a_check_says_what_is_there_in_words(marked: Desk) -> None:
    answer = marked.good("check")
    assert answer.out == (
        "Everything is whole. People: 60, marks: 342, certificates: 0, files: 0.\n"
    )


def test_a_second_copy_of_the_workspace_makes_other_serials(marked: Desk, tmp_path: Path) -> None:
    backup = marked.facts("backup", tmp_path / "stick")["file"]
    other = Desk(tmp_path / "second", marked.passphrase_file)
    other.good("restore", backup)
    here = marked.facts("issue", "certificates", "--workshop", WORKSHOP)["issued"]
    there = other.facts("issue", "certificates", "--workshop", WORKSHOP)["issued"]
    assert not set(here) & set(there)


def test_a_command_on_no_workspace_at_all_says_so() -> None:
    assert "There is no workspace" in typed("check").sentence
