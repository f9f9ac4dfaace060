"""Is this certificate genuine? From a file alone, and with the issuer's register."""

from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest

from tests.cli.conftest import PASSPHRASE, WORKSHOP, Desk, typed


@pytest.fixture(scope="module")
def issued(_marked: Desk, tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, list[Path]]:
    folder = tmp_path_factory.mktemp("issued")
    desk = _marked.copy_to(folder / "workspace")
    desk.good("issue", "certificates", "--workshop", WORKSHOP)
    papers = desk.facts("print", "certificates", "--workshop", WORKSHOP, "--out", folder / "paper")
    return desk, [Path(one["file"]) for one in papers["files"]]


def visible_text(paper: Path) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(paper))


def test_each_certificate_is_genuine_and_says_for_whom(issued: tuple[Desk, list[Path]]) -> None:
    desk, files = issued
    answer = desk.good("verify", *files)
    lines = answer.out.splitlines()
    assert len(lines) == 52
    assert all(": Genuine: " in line for line in lines)
    assert any(" for Oluwaṣeun Adéṣínà-Ọ̀nà, " in line for line in lines)


def test_a_certificate_read_as_text_is_genuine_too(
    issued: tuple[Desk, list[Path]], tmp_path: Path
) -> None:
    desk, files = issued
    text = tmp_path / "certificate.txt"
    text.write_text(visible_text(files[0]), "utf-8")
    assert desk.facts("verify", text)["genuine"] is True


def test_a_picture_of_a_certificate_is_found_by_its_qr_code(
    issued: tuple[Desk, list[Path]], tmp_path: Path
) -> None:
    desk, files = issued
    picture = tmp_path / "scan.png"
    pypdfium2.PdfDocument(files[0])[0].render(scale=3).to_pil().save(picture)
    (found,) = desk.facts("verify", picture)["files"]
    assert found["verdict"] == "genuine"
    assert "Compare the sheet itself" in found["sentence"]


def test_every_certificate_with_a_changed_letter_is_refused(
    issued: tuple[Desk, list[Path]], tmp_path: Path
) -> None:
    desk, files = issued
    forged = []
    for paper, said in zip(files, desk.facts("verify", *files)["files"], strict=True):
        name, text = said["holder_name"], visible_text(paper)
        assert name in text
        changed = name[:-1] + ("x" if name[-1] != "x" else "y")
        forged.append(tmp_path / f"{paper.stem}.txt")
        forged[-1].write_text(text.replace(name, changed), "utf-8")
    answer = desk("verify", *forged)
    assert (answer.code, answer.out) == (1, "")
    refused = answer.err.splitlines()
    assert len(refused) == 52
    for file, line in zip(forged, refused, strict=True):
        assert line.startswith(f"{file}: Altered: "), line


def test_a_pdf_drawn_anew_with_another_name_is_refused(
    issued: tuple[Desk, list[Path]], tmp_path: Path
) -> None:
    from dataclasses import replace

    from sqlalchemy import select

    from mentor_desktop.clock import system_clock
    from mentor_desktop.documents.certificate import certificate_bytes
    from mentor_desktop.models import Certificate
    from mentor_desktop.services.certificate_sheets import sheets_of
    from mentor_desktop.services.workspaces import open_with_passphrase

    desk, _files = issued
    workspace = open_with_passphrase(desk.root, PASSPHRASE, clock=system_clock)
    with workspace.reader() as uow:
        sheet = next(sheets_of(uow, uow.session.scalars(select(Certificate).limit(1)).all()))
    workspace.close(with_backup=False)
    forged = tmp_path / "forged.pdf"
    forgery = replace(sheet, holder_name="Jonas Jonaitis")
    forged.write_bytes(certificate_bytes(forgery, created_at=datetime(2026, 3, 12, tzinfo=UTC)))
    answer = desk("verify", forged, "--json")
    assert answer.code == 1
    (found,) = answer.facts["files"]
    assert (found["verdict"], found["altered"]) == ("altered", ["holder_name"])
    assert "Jonas Jonaitis" in answer.err


def test_without_a_workspace_it_says_not_known_here(issued: tuple[Desk, list[Path]]) -> None:
    answer = typed("verify", issued[1][0])
    assert "Not known here: MD" in answer.sentence


def test_without_a_workspace_a_wrong_number_is_still_found(
    issued: tuple[Desk, list[Path]], tmp_path: Path
) -> None:
    number = issued[1][0].stem
    text = tmp_path / "certificate.txt"
    forged = number[:-1] + ("1" if number[-1] != "1" else "2")
    text.write_text(visible_text(issued[1][0]).replace(number, forged), "utf-8")
    assert "Altered: " in typed("verify", text).sentence


def test_the_register_of_another_issuer_does_not_know_it(
    issued: tuple[Desk, list[Path]], tmp_path: Path, passphrase_file: Path
) -> None:
    other = Desk(tmp_path / "other", passphrase_file)
    other.good("demo")
    assert "Not known here: " in other("verify", issued[1][0]).sentence


def test_good_ones_go_to_standard_output_and_bad_ones_to_standard_error(
    issued: tuple[Desk, list[Path]], tmp_path: Path
) -> None:
    desk, files = issued
    forged = tmp_path / "forged.txt"
    forged.write_text(visible_text(files[0]).replace("17.0", "19.0"), "utf-8")
    answer = desk("verify", files[0], forged)
    assert answer.code == 1
    assert answer.out.startswith(f"{files[0]}: Genuine: ")
    assert answer.err.startswith(f"{forged}: Altered: ")


def test_a_file_without_a_certificate_is_refused(
    issued: tuple[Desk, list[Path]], tmp_path: Path
) -> None:
    for name, content in (
        ("a.pdf", b"%PDF-1.7 broken"),
        ("b.txt", b"hello"),
        ("c.png", b"\x89PNG"),
    ):
        (tmp_path / name).write_bytes(content)
        assert name in issued[0]("verify", tmp_path / name).sentence


def test_a_workspace_that_was_named_must_be_there(
    issued: tuple[Desk, list[Path]], tmp_path: Path
) -> None:
    answer = Desk(tmp_path / "nowhere", issued[0].passphrase_file)("verify", issued[1][0])
    assert str(tmp_path / "nowhere") in answer.sentence
