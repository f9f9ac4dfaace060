"""Reading certificates back: every name, every way in, and what a forger tries."""

import io
import random

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest
from PIL import Image

from mentor_desktop.documents.certificate import certificate_bytes, render_certificates
from mentor_desktop.documents.certificate_sheet import Orientation
from mentor_desktop.documents.readback import ReadbackError, ReadCertificate, read_certificates
from mentor_desktop.documents.recovery_sheet import RecoverySheet, render_recovery_sheet
from tests.documents.paper import (
    NOW,
    certificate,
    common,
    page_texts,
    sample_certificates,
    texts,
    with_text,
    with_white_box,
)

LINE_OF_ANOTHER = (
    "MD26-A-00043-13 · Somebody Else · attendance · Another Course · 2026-03-10 · 2026-03-12 · "
    "17.0 · 2026-03-12 · 0123abcd"
)


def read_one(content: bytes) -> ReadCertificate:
    (found,) = read_certificates(content, "file.pdf")
    return found


def as_picture(content: bytes, dpi: int) -> Image.Image:
    document = pdfium.PdfDocument(content)
    try:
        return document[0].render(scale=dpi / 72).to_pil()
    finally:
        document.close()


def saved(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_all_sample_names_come_back_as_they_were_printed(orientation: Orientation) -> None:
    sheets = list(sample_certificates(common(orientation=orientation)))
    out = io.BytesIO()
    render_certificates(sheets, out, created_at=NOW)

    found = read_certificates(out.getvalue(), "all.pdf")

    assert [one.record for one in found] == [sheet.record() for sheet in sheets]
    assert [(one.check, one.code) for one in found] == [(s.check, s.code) for s in sheets]
    assert [one.page for one in found] == list(range(1, 61))
    assert {one.doubts for one in found} == {()}


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_a_page_in_two_languages_with_a_back_is_read_once(orientation: Orientation) -> None:
    shared = common(
        texts=(texts(), texts("bg", title="Менторство", place="Бърно")),
        orientation=orientation,
        has_back=True,
    )
    sheet = certificate(shared, is_duplicate=True, replaces="MD26-A-00012-31")

    found = read_one(certificate_bytes(sheet, created_at=NOW))

    assert found.record == sheet.record()
    assert found.doubts == ()


@pytest.mark.parametrize("dpi", [100, 150, 300])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_scan_gives_number_and_code(dpi: int, kind: str) -> None:
    content = certificate_bytes(certificate(), created_at=NOW)

    found = read_one(saved(as_picture(content, dpi), kind))

    assert (found.source, found.serial, found.check, found.code) == (
        "picture",
        "MD26-A-00042",
        "67",
        "ac783efa",
    )
    assert found.record is None


@pytest.mark.parametrize("angle", [-7, 90, 180])
def test_a_crooked_noisy_photograph_is_read(angle: int) -> None:
    sheet = certificate(common(verify_url="https://verify.example.org/c/"))
    picture = as_picture(certificate_bytes(sheet, created_at=NOW), 150).convert("L")
    noise = random.Random(7)
    speckled = picture.point(lambda value: value * 0.8 + 20)
    for _ in range(20_000):
        at = noise.randrange(speckled.width), noise.randrange(speckled.height)
        speckled.putpixel(at, noise.randrange(256))
    turned = speckled.rotate(angle, expand=True, fillcolor=120)

    assert read_one(saved(turned, "JPEG")).code == sheet.code


def test_a_scan_inside_a_pdf_is_read() -> None:
    picture = as_picture(certificate_bytes(certificate(), created_at=NOW), 200)
    out = io.BytesIO()
    picture.convert("RGB").save(out, "pdf")

    found = read_one(out.getvalue())

    assert (found.source, found.page, found.code) == ("picture", 1, "ac783efa")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_file_is_read(encoding: str) -> None:
    sheet = certificate(holder_name="Oluwaṣeun Adéṣínà-Ọ̀nà")
    text = page_texts(certificate_bytes(sheet, created_at=NOW))[0]

    found = read_one(text.encode(encoding))

    assert found.source == "text"
    assert found.record == sheet.record()


def test_another_name_written_over_the_large_one_is_noticed() -> None:
    content = certificate_bytes(certificate(), created_at=NOW)
    covered = with_white_box(content, x=70, y=320, width=480, height=80)
    forged = with_text(covered, "Somebody Else", x=74, y=345, size=36)

    doubts = read_one(forged).doubts

    assert any("Somebody Else" in doubt for doubt in doubts)
    assert any("lies over" in doubt for doubt in doubts)


def test_a_picture_over_a_fact_is_noticed() -> None:
    content = certificate_bytes(certificate(), created_at=NOW)
    page = page_texts(content)[0]
    assert "17.0 h" in page

    forged = with_white_box(content, x=595, y=440, width=100, height=30)

    assert any("lies over" in doubt for doubt in read_one(forged).doubts)


def test_a_large_name_that_was_taken_away_is_noticed() -> None:
    document = pdfium.PdfDocument(certificate_bytes(certificate(), created_at=NOW))
    page = document[0]
    for one in list(page.get_objects(max_depth=1)):
        left, _bottom, right, top = one.get_bounds()
        if one.type == pdfium_c.FPDF_PAGEOBJ_TEXT and right - left > 250 and top > 300:
            page.remove_obj(one)
    page.gen_content()
    out = io.BytesIO()
    document.save(out)
    document.close()

    assert any("The large name reads “”" in doubt for doubt in read_one(out.getvalue()).doubts)


@pytest.mark.parametrize("mode", [3, 7])
def test_hidden_text_is_never_read(mode: int) -> None:
    content = certificate_bytes(certificate(), created_at=NOW)

    found = read_one(with_text(content, LINE_OF_ANOTHER, x=70, y=200, size=6, mode=mode))

    assert found.record == certificate().record()


def test_small_print_of_another_certificate_is_a_doubt_on_both() -> None:
    content = certificate_bytes(certificate(), created_at=NOW)

    found = read_certificates(with_text(content, LINE_OF_ANOTHER, x=70, y=300, size=6), "x.pdf")

    assert len(found) == 2
    assert all("more than one" in one.doubts[0] for one in found)


def test_a_page_whose_facts_differ_from_its_small_print_is_a_doubt() -> None:
    other = certificate(common(texts=(texts(title="Another Course"),)), serial="MD26-A-00050")
    content = certificate_bytes(other, created_at=NOW)
    line_of_other = page_texts(content)[0].splitlines()[-1]
    assert line_of_other.startswith("MD26-A-00050-67")
    # The foot is papered over with the small print of a genuine certificate.
    covered = with_white_box(content, x=70, y=20, width=700, height=18)
    genuine = certificate()
    line = genuine.record().line(genuine.check, genuine.code)
    forged = with_text(covered, line.replace("Giedrė Ąžuolynienė", "G"), x=74, y=30, size=6)

    for found in read_certificates(forged, "x.pdf"):
        assert found.doubts


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "No certificate"),
        (b"hello", "No certificate"),
        (b"%PDF-1.7 broken", "cannot be opened"),
        (b"\x89PNG\r\n\x1a\nbroken", "No certificate|damaged"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "No certificate|damaged"),
        (bytes(range(256)) * 40, "No certificate"),
    ],
)
def test_other_files_get_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(ReadbackError, match=words):
        read_certificates(content, "strange.bin")


def test_a_pdf_of_ours_that_is_no_certificate_gets_a_sentence() -> None:
    sheet = RecoverySheet("Workspace", "7K2M-Q9TX-4HVB", NOW.date())

    with pytest.raises(ReadbackError, match=r"strange\.pdf"):
        read_certificates(render_recovery_sheet(sheet, created_at=NOW), "strange.pdf")


def test_a_picture_without_a_code_gets_a_sentence() -> None:
    with pytest.raises(ReadbackError, match="QR code"):
        read_certificates(saved(Image.new("L", (300, 300), 200), "PNG"), "blank.png")


def test_a_cut_off_pdf_gets_a_sentence() -> None:
    content = certificate_bytes(certificate(), created_at=NOW)
    for length in range(200, len(content), 4000):
        try:
            found = read_certificates(content[:length], "cut.pdf")
        except ReadbackError:
            continue
        assert found[0].record in {None, certificate().record()}
