"""What cannot be done is said in one sentence, with exit code 1, and changes nothing."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import SAMPLES, WORKSHOP, Desk, typed

MARKS = ("import", "attendance", SAMPLES / "attendance.csv", "--workshop", WORKSHOP)


@pytest.mark.parametrize(
    "arguments",
    [
        ("frobnicate",),
        ("import",),
        ("import", "nonsense", "file.csv"),
        ("issue", "certificates"),
        ("print", "list", "--workshop", WORKSHOP),
        ("verify",),
        ("demo", "--starts-on", "10 March"),
        ("--lang", "tlh", "check"),
        ("check", "--work", "here"),
    ],
)
def test_wrong_usage_exits_with_2_and_writes_nothing_on_standard_output(
    arguments: tuple[str, ...],
) -> None:
    answer = typed(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.splitlines()[-1].startswith("mentor-desktop")


def test_a_date_that_is_none_is_named(demo: Desk) -> None:
    assert "write it as 2026-03-10" in demo("demo", "--starts-on", "soon").err


def test_another_passphrase_opens_nothing(demo: Desk, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("another one\n", "utf-8")
    answer = Desk(demo.root, wrong)("check")
    assert answer.sentence.startswith("That passphrase does not open this workspace.")
    assert "Traceback" not in answer.err


def test_a_passphrase_file_that_is_not_there_is_named(demo: Desk, tmp_path: Path) -> None:
    missing = tmp_path / "no-passphrase.txt"
    assert str(missing) in Desk(demo.root, missing)("check").sentence


def test_without_passphrase_file_and_terminal_nothing_opens(demo: Desk) -> None:
    answer = typed("--workspace", demo.root, "check")
    assert "--passphrase-file" in answer.sentence


def test_a_folder_without_a_workspace_is_named(demo: Desk, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    answer = Desk(empty, demo.passphrase_file)("check")
    assert str(empty) in answer.sentence
    assert not empty.exists()


def test_a_demo_does_not_go_into_a_folder_with_something_in_it(demo: Desk, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("keep me", "utf-8")
    for folder in (demo.root, tmp_path / "letters"):
        assert str(folder) in Desk(folder, demo.passphrase_file)("demo").sentence
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["one.txt"]
    assert demo.facts("check")["people"] == 60


def test_a_file_that_is_not_there_is_named(demo: Desk, tmp_path: Path) -> None:
    missing = tmp_path / "missing.csv"
    answer = demo("import", "attendance", missing, "--workshop", WORKSHOP)
    assert str(missing) in answer.sentence


def test_a_workshop_that_nobody_knows_is_named(demo: Desk, tmp_path: Path) -> None:
    for arguments in (
        (*MARKS[:3], "--workshop", "WS-1999-01"),
        ("issue", "certificates", "--workshop", "WS-1999-01"),
        ("print", "list", "--workshop", "WS-1999-01", "--out", tmp_path),
    ):
        assert "WS-1999-01" in demo(*arguments).sentence


def test_marks_without_a_workshop_are_refused(demo: Desk) -> None:
    assert "WS-2026-01" in demo(*MARKS[:3]).sentence


def test_another_table_is_not_taken_for_marks(demo: Desk) -> None:
    answer = demo("import", "attendance", SAMPLES / "programme.csv", "--workshop", WORKSHOP)
    assert answer.sentence
    assert demo.facts("check")["marks"] == 0


@pytest.mark.parametrize(
    ("bad_row", "named"),
    [
        ("P002,D1-AM,sleeping,,,", "sleeping"),
        ("P002,D9-AM,present,,,", "D9-AM"),
        ("P999,D1-AM,present,,,", "P999"),
        ("P002,D1-AM,late,25:61,,", "25:61"),
    ],
)
def test_one_bad_row_names_its_line_and_writes_none(
    demo: Desk, tmp_path: Path, bad_row: str, named: str
) -> None:
    file = tmp_path / "marks.csv"
    header, first, _second, *rest = (SAMPLES / "attendance.csv").read_text("utf-8").splitlines()
    file.write_text("\n".join([header, first, bad_row, *rest]) + "\n", "utf-8")
    answer = demo("import", "attendance", file, "--workshop", WORKSHOP)
    assert answer.sentence.startswith("Nothing was imported")
    assert "line 3" in answer.sentence
    assert named in answer.sentence
    assert demo.facts("check")["marks"] == 0


def test_several_bad_rows_are_counted_and_the_first_is_named(demo: Desk, tmp_path: Path) -> None:
    file = tmp_path / "marks.csv"
    file.write_text(
        "participant_id,slot,status\nP001,D1-AM,present\nP002,D1-AM,sleeping\nP003,D9-AM,present\n",
        "utf-8",
    )
    answer = demo("import", "attendance", file, "--workshop", WORKSHOP)
    assert answer.code == 1
    assert "2 lines" in answer.err
    assert demo.facts("check")["marks"] == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(marked: Desk, tmp_path: Path) -> None:
    out = tmp_path / "locked"
    out.mkdir(mode=0o500)
    answer = marked("print", "list", "--workshop", WORKSHOP, "--out", out)
    assert str(out) in answer.sentence


def test_a_place_that_cannot_be_a_folder_is_named(marked: Desk, tmp_path: Path) -> None:
    file = tmp_path / "a-file"
    file.write_text("no folder", "utf-8")
    for arguments in (
        ("print", "list", "--workshop", WORKSHOP, "--out", file),
        ("print", "certificates", "--workshop", WORKSHOP, "--out", file, "--issue"),
        ("backup", file),
    ):
        assert str(file) in marked(*arguments).sentence
    assert file.read_text("utf-8") == "no folder"


def test_a_list_that_was_not_written_is_not_noted_as_printed(marked: Desk, tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    assert marked("print", "list", "--workshop", WORKSHOP, "--out", tmp_path / "a-file").code == 1
    paper = marked.facts("print", "list", "--workshop", WORKSHOP, "--out", tmp_path / "paper")
    first = Path(paper["files"][0]["file"]).name
    again = marked.facts("print", "list", "--workshop", WORKSHOP, "--out", tmp_path / "paper")
    assert first == "WS-2026-01-attendance-list.pdf"
    assert Path(again["files"][0]["file"]).name != first


def test_there_is_nothing_to_print_before_anything_is_issued(marked: Desk, tmp_path: Path) -> None:
    answer = marked("print", "certificates", "--workshop", WORKSHOP, "--out", tmp_path / "paper")
    assert "--issue" in answer.sentence
    assert not (tmp_path / "paper").exists()


def test_a_refusal_puts_no_json_on_standard_output(demo: Desk, tmp_path: Path) -> None:
    answer = demo("verify", tmp_path / "missing.pdf", "--json")
    assert str(tmp_path / "missing.pdf") in answer.sentence
