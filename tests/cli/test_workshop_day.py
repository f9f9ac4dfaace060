"""The whole day as a stranger types it: demo, marks, certificates, papers, and the sums of it."""

import json
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest

from mentor_desktop.documents.readback import read_certificates
from tests.cli.conftest import SAMPLES, WORKSHOP, Desk, typed

EXPECTED = json.loads((SAMPLES / "expected_sums.json").read_text("utf-8"))


def test_the_day_from_an_empty_folder_to_verified_certificates(
    tmp_path: Path, passphrase_file: Path
) -> None:
    desk = Desk(tmp_path / "workspace", passphrase_file)
    made = desk.facts("demo")
    assert made["workshop"] == WORKSHOP
    assert len(made["recovery_code"].split("-")) == 9

    marks = desk.facts("import", "attendance", SAMPLES / "attendance.csv", "--workshop", WORKSHOP)
    assert marks["rows"] == EXPECTED["attendance"]["rows"]
    assert marks["written"] == {"attendance_mark": 342}

    issued = desk.facts("issue", "certificates", "--workshop", WORKSHOP)
    assert len(issued["issued"]) == EXPECTED["attendance"]["eligible"]["minutes_pct"]
    assert len(issued["skipped"]) == len(EXPECTED["attendance"]["not_eligible_by_minutes"])

    paper = desk.facts("print", "list", "--workshop", WORKSHOP, "--out", tmp_path / "paper")
    (listed,) = paper["files"]
    assert Path(listed["file"]).read_bytes().startswith(b"%PDF")

    papers = desk.facts(
        "print", "certificates", "--workshop", WORKSHOP, "--out", tmp_path / "paper"
    )
    files = [Path(one["file"]) for one in papers["files"]]
    assert len(files) == 52
    judged = desk.facts("verify", *files)
    assert judged["genuine"] is True
    assert [one["verdict"] for one in judged["files"]] == ["genuine"] * 52

    whole = desk.facts("check")
    assert (whole["good"], whole["people"], whole["marks"], whole["certificates"]) == (
        True,
        60,
        342,
        52,
    )


def test_the_demo_brings_the_sums_of_the_samples(marked: Desk) -> None:
    from mentor_desktop.clock import system_clock
    from mentor_desktop.services.register import register_grid, total_of
    from mentor_desktop.services.workshops import find_workshop
    from mentor_desktop.services.workspaces import open_with_passphrase
    from tests.cli.conftest import PASSPHRASE

    workspace = open_with_passphrase(marked.root, PASSPHRASE, clock=system_clock)
    with workspace.reader() as uow:
        grid = register_grid(uow, find_workshop(uow, WORKSHOP))
        people = dict(
            uow.raw.execute("SELECT reference, id FROM registration WHERE reference <> ''")
        )
    workspace.close(with_backup=False)

    expected = EXPECTED["attendance"]
    rows = {row.registration_id: row for row in grid.rows if row.is_on_list}
    assert len(rows) == EXPECTED["participants"]["attending"]
    for at, slot in enumerate(grid.slots):
        found = Counter(str(row.cells[at].status) for row in rows.values())
        assert found == expected["status_by_slot"][slot.code], slot.code
    totals = {id_: total_of(grid, row) for id_, row in rows.items()}
    assert sum(total.credited_minutes for total in totals.values()) == expected["credited_minutes"]
    for case in expected["cases"].values():
        total = totals[people[case["participant_id"]]]
        assert total.credited_minutes == case["credited_minutes"], case
        assert total.percent == case["minutes_percent"], case
        assert total.reaches is case["eligible"], case
    assert sum(total.reaches for total in totals.values()) == expected["eligible"]["minutes_pct"]


def test_issuing_again_issues_nothing_new(marked: Desk) -> None:
    first = marked.facts("issue", "certificates", "--workshop", WORKSHOP)
    again = marked.facts("issue", "certificates", "--workshop", WORKSHOP)
    assert len(first["issued"]) == 52
    assert again["issued"] == []
    assert again["skipped"] == first["skipped"]


def test_the_same_marks_imported_twice_are_written_once(marked: Desk) -> None:
    again = marked.facts("import", "attendance", SAMPLES / "attendance.csv", "--workshop", WORKSHOP)
    assert again["written"] == {}
    assert marked.facts("check")["marks"] == 342


def test_a_demo_of_another_day_moves_everything(tmp_path: Path, passphrase_file: Path) -> None:
    desk = Desk(tmp_path / "workspace", passphrase_file)
    desk.good("demo", "--starts-on", "2027-05-04")
    desk.good("import", "attendance", SAMPLES / "attendance.csv", "--workshop", WORKSHOP)
    papers = desk.facts(
        "print",
        "certificates",
        "--workshop",
        WORKSHOP,
        "--out",
        tmp_path,
        "--issue",
        "--single-file",
    )
    (paper,) = papers["files"]
    read = read_certificates(Path(paper["file"]).read_bytes(), "all.pdf")
    assert len(read) == 52
    assert {
        (one.record.starts_on.isoformat(), one.record.ends_on.isoformat())
        for one in read
        if one.record
    } == {("2027-05-04", "2027-05-06")}


def test_certificates_come_one_a_file_or_all_in_one(marked: Desk, tmp_path: Path) -> None:
    marked.good("issue", "certificates", "--workshop", WORKSHOP)
    where = ("print", "certificates", "--workshop", WORKSHOP, "--out")
    single = marked.facts(*where, tmp_path / "one", "--single-file")["files"]
    each = marked.facts(*where, tmp_path / "each")["files"]
    assert len(single) == 1
    assert single[0]["pages"] == sum(one["pages"] for one in each)
    assert len({one["file"] for one in each}) == 52


def test_words_for_a_reader_say_the_same_as_the_facts(marked: Desk, tmp_path: Path) -> None:
    answer = marked.good("issue", "certificates", "--workshop", WORKSHOP)
    first, *rest = answer.out.splitlines()
    assert first == "Issued 52 certificates."
    assert len(rest) == 5
    assert answer.err == ""
    printed = marked.good("print", "list", "--workshop", WORKSHOP, "--out", tmp_path)
    assert str(tmp_path) in printed.out


def test_global_options_stand_before_or_after_the_command(demo: Desk) -> None:
    keys = ("--workspace", demo.root, "--passphrase-file", demo.passphrase_file, "--json")
    before, after = typed(*keys, "check"), typed("check", *keys)
    split = typed(*keys[:2], "check", *keys[2:])
    assert before.code == after.code == split.code == 0
    assert before.facts == after.facts == split.facts


def test_papers_come_in_the_language_asked_for(demo: Desk, tmp_path: Path) -> None:
    where = ("print", "list", "--workshop", WORKSHOP, "--out", tmp_path)
    texts = {}
    for code in ("en", "lt"):
        (paper,) = demo.facts(*where, "--lang", code)["files"]
        page = pypdfium2.PdfDocument(paper["file"])[0]
        texts[code] = page.get_textpage().get_text_range()
    assert "10 March 2026" in texts["en"]
    assert "2026 m. kovo 10 d." in texts["lt"]


@pytest.mark.parametrize("command", [(), ("--lang", "lt")])
def test_without_a_command_the_window_opens(command: tuple[str, ...], tmp_path: Path) -> None:
    from mentor_desktop.cli import run

    opened: list[tuple[Path | None, Path | None]] = []

    def open_window(workspace: Path | None, passphrase_file: Path | None) -> int:
        opened.append((workspace, passphrase_file))
        return 7

    keys = ("--workspace", str(tmp_path), "--passphrase-file", str(tmp_path / "p"))
    assert run([*keys, *command], open_window) == 7
    assert opened == [(tmp_path, tmp_path / "p")]
