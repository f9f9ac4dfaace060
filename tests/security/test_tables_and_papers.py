"""Formulas stay text both ways by the command line; papers hold what belongs on them."""

import csv
import io
import zipfile
from pathlib import Path

import pypdfium2

from tests.canaries import CANARIES
from tests.cli.conftest import PASSPHRASE, SAMPLES, WORKSHOP, typed

FORMULAS = (
    "=HYPERLINK(\"http://x.example\";\"a\")",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
)  # fmt: skip


def _desk(tmp_path: Path) -> tuple[object, ...]:
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    always = ("--workspace", tmp_path / "workspace", "--passphrase-file", secret)
    assert typed(*always, "demo", "--starts-on", "2026-03-10").code == 0
    return always


def _import_people(always: tuple[object, ...], tmp_path: Path) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["given_name", "family_name", "email", "organisation", "access_needs"])
    for number, formula in enumerate(FORMULAS):
        email = f"guest{number}@quetzal.example"
        needs = CANARIES["support request"]
        writer.writerow([f"Guest{number}", "Quetzal", email, formula, needs])
    file = tmp_path / "people.csv"
    file.write_text(text.getvalue(), "utf-8")
    answer = typed(*always, "import", "participants", file, "--workshop", WORKSHOP)
    assert answer.code == 0, answer.err


def test_formulas_are_harmless_in_what_a_command_exports(tmp_path: Path) -> None:
    always = _desk(tmp_path)
    _import_people(always, tmp_path)
    for name in ("out.csv", "out.xlsx"):
        out = tmp_path / name
        answer = typed(*always, "export", "participants", "--workshop", WORKSHOP, "--out", out)
        assert answer.code == 0, answer.err
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))))
    guests = [row for row in rows if "Quetzal" in row.values()]
    assert len(guests) == len(FORMULAS)
    for row in guests:
        for value in row.values():
            assert not value.startswith(("=", "-", "@", "\t", "\r")), value
            assert not value.startswith("+"), value
    with zipfile.ZipFile(tmp_path / "out.xlsx") as book:
        sheets = [book.read(one) for one in book.namelist() if "worksheets/" in one]
    assert not any(b"<f>" in one or b"<f " in one for one in sheets)


def test_what_was_exported_comes_back_equal(tmp_path: Path) -> None:
    always = _desk(tmp_path)
    _import_people(always, tmp_path)
    export = ("export", "participants", "--workshop", WORKSHOP, "--out")
    for name in ("one.csv", "one.xlsx"):
        out = tmp_path / name
        assert typed(*always, *export, out).code == 0
        answer = typed(*always, "import", "participants", out, "--workshop", WORKSHOP, "--json")
        assert answer.code == 0, answer.err
        again = out.with_stem("two")
        assert typed(*always, *export, again).code == 0
        if name.endswith("csv"):
            assert again.read_bytes() == out.read_bytes()


def _words(folder: Path) -> str:
    words = []
    for path in folder.rglob("*.pdf"):
        document = pypdfium2.PdfDocument(path)
        words += [page.get_textpage().get_text_bounded() for page in document]
        words.append(path.name)
    assert words
    return " ".join(" ".join(words).split())


def test_no_paper_shows_a_need_and_no_list_an_address(tmp_path: Path) -> None:
    always = _desk(tmp_path)
    _import_people(always, tmp_path)
    marks = ("import", "attendance", SAMPLES / "attendance.csv", "--workshop", WORKSHOP)
    assert typed(*always, *marks).code == 0
    assert typed(*always, "issue", "certificates", "--workshop", WORKSHOP).code == 0
    rows = csv.DictReader((SAMPLES / "participants.csv").read_text("utf-8-sig").splitlines())
    addresses = {row["email"] for row in rows if row["email"]}
    assert len(addresses) > 50
    for kind in ("list", "certificates"):
        out = tmp_path / kind
        answer = typed(*always, "print", kind, "--workshop", WORKSHOP, "--out", out)
        assert answer.code == 0, answer.err
        words = _words(out)
        assert CANARIES["support request"] not in words
        assert "quetzal.example" not in words
        # The organiser's own address stands in the notice; a participant's stands nowhere.
        assert not [one for one in addresses if one in words]
    assert "Quetzal" in _words(tmp_path / "list")
