"""Tables out, and back in: equal, and harmless in a spreadsheet."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import SAMPLES, WORKSHOP, Desk


def rows(content: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))


def exported(desk: Desk, kind: str, path: Path) -> list[dict[str, str]]:
    """Return the rows of a table as text, from either kind of file."""
    said = desk.facts("export", kind, "--workshop", WORKSHOP, "--out", path)
    assert said["file"] == str(path)
    if path.suffix == ".csv":
        text = path.read_text("utf-8-sig")
        delimiter = csv.Sniffer().sniff(text.splitlines()[0], ",;\t").delimiter
        found = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    else:
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        head, *body = sheet.iter_rows(values_only=True)
        found = [
            {str(name): str(cell or "") for name, cell in zip(head, row, strict=True)}
            for row in body
        ]
    assert said["rows"] == len(found)
    return found


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_people_and_marks_come_back_equal(
    marked: Desk, tmp_path: Path, passphrase_file: Path, suffix: str
) -> None:
    people, marks = tmp_path / f"people{suffix}", tmp_path / f"marks{suffix}"
    before = [exported(marked, "participants", people), exported(marked, "attendance", marks)]
    assert (len(before[0]), len(before[1])) == (60, 342)

    other = Desk(tmp_path / "other", passphrase_file)
    other.good("demo", "--starts-on", "2026-03-10")
    again = other.facts("import", "participants", people, "--workshop", WORKSHOP)
    assert again["rows"] == 60
    other.good("import", "attendance", marks, "--workshop", WORKSHOP)
    after = [
        exported(other, "participants", tmp_path / f"people-again{suffix}"),
        exported(other, "attendance", tmp_path / f"marks-again{suffix}"),
    ]
    assert after == before
    assert other.facts("check")["people"] == 60


def test_the_exported_people_are_those_of_the_sample(marked: Desk, tmp_path: Path) -> None:
    found = {
        row["participant_id"]: row for row in exported(marked, "participants", tmp_path / "p.csv")
    }
    for row in rows((SAMPLES / "participants.csv").read_text("utf-8")):
        for column in ("given_name", "family_name", "email", "organisation", "country"):
            assert found[row["participant_id"]][column] == row[column], (row, column)


def test_certificates_and_organisations_are_tables_too(marked: Desk, tmp_path: Path) -> None:
    marked.good("issue", "certificates", "--workshop", WORKSHOP)
    certificates = exported(marked, "certificates", tmp_path / "certificates.xlsx")
    assert len(certificates) == 52
    assert {row["status"] for row in certificates} == {"issued"}
    assert len(exported(marked, "organisations", tmp_path / "organisations.csv")) >= 30


def test_a_cell_that_looks_like_a_formula_is_text(demo: Desk, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "given_name,family_name,email,organisation\n=1+1,@Kazlauskas,plus@example.org,-Minus e. V.\n",
        "utf-8",
    )
    demo.good("import", "participants", file, "--workshop", WORKSHOP)
    out = tmp_path / "out.xlsx"
    demo.good("export", "participants", "--workshop", WORKSHOP, "--out", out)
    sheet = openpyxl.load_workbook(out).active
    assert sheet is not None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_another_ending_and_a_missing_workshop_are_refused(demo: Desk, tmp_path: Path) -> None:
    assert ".pdf" in demo("export", "participants", "--out", tmp_path / "p.pdf").sentence
    assert not (tmp_path / "p.pdf").exists()
    assert WORKSHOP in demo("export", "attendance", "--out", tmp_path / "a.csv").sentence
