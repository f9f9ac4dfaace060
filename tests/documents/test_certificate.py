"""Certificates: what stands on them, how large, and what stops them."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest

from mentor_desktop.documents.certificate import (
    CertificateError,
    certificate_bytes,
    render_certificate_files,
    render_certificates,
    require_printable,
)
from mentor_desktop.documents.certificate_layout import boxes_for, fit_name
from mentor_desktop.documents.certificate_record import CERTIFICATE_KINDS
from mentor_desktop.documents.certificate_sheet import CertificateSheet, Orientation
from mentor_desktop.documents.certificate_words import CertificateRule, rule_sentence
from mentor_desktop.documents.fonts import FontError
from mentor_desktop.documents.layout import width_mm
from mentor_desktop.documents.logo import Logo
from mentor_desktop.documents.pictures import PictureError
from mentor_desktop.documents.visible_text import read_page
from mentor_desktop.errors import Cancelled
from mentor_desktop.i18n import Language
from mentor_desktop.progress import Progress
from tests.documents.paper import (
    DISCLAIMER,
    FUNDING,
    NOW,
    OUTCOMES,
    certificate,
    common,
    full_name,
    logos,
    page_texts,
    participants,
    picture,
    sample_certificates,
    texts,
)

IMAGE = pdfium_c.FPDF_PAGEOBJ_IMAGE
ORIENTATIONS: tuple[Orientation, ...] = ("landscape", "portrait")


def pages(sheet: CertificateSheet) -> list[str]:
    return [" ".join(text.split()) for text in page_texts(certificate_bytes(sheet, created_at=NOW))]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_certificate_says_what_it_says(
    orientation: Orientation, like_reference: Callable[[str, bytes], None]
) -> None:
    sheet = certificate(common(orientation=orientation))

    like_reference(f"certificate-{orientation}", certificate_bytes(sheet, created_at=NOW))


def test_a_certificate_in_two_languages_with_everything(
    like_reference: Callable[[str, bytes], None],
) -> None:
    shared = common(
        texts=(
            texts(modules=("M1 Foundations", "M2 Listening"), quality_assurance="peer review"),
            texts(
                "bg",
                title="Менторство и взаимен коучинг",
                place="Бърно",
                country="Чехия",
                outcomes=("дава обратна връзка",),
            ),
        ),
        hours_total=Decimal(75),
        eqf_level=5,
        credits="about 2.5–3, not awarded",
        has_back=True,
    )
    sheet = certificate(
        shared,
        holder_name="Цветелина Крайчева",
        holder_name_latin="Tsvetelina Kraycheva",
        birth_on=date(1987, 5, 4),
        result="passed",
        valid_until=date(2029, 3, 12),
        replaces="MD26-A-00012-31",
        is_duplicate=True,
    )

    like_reference("certificate-two-languages", certificate_bytes(sheet, created_at=NOW))


@pytest.mark.parametrize("kind", CERTIFICATE_KINDS)
def test_each_kind_has_its_own_heading(kind: str) -> None:
    front = pages(certificate(common(kind=kind)))[0]

    assert ("attendance" in front) == (kind == "attendance") or kind in front
    assert "This is to certify that" in front


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("person", participants(), ids=lambda person: person["participant_id"])
def test_every_sample_name_is_large_and_fits_in_two_lines(
    person: dict[str, str], orientation: Orientation
) -> None:
    box = boxes_for(orientation).name

    found = fit_name(full_name(person), box)

    assert found.style.size >= 24
    assert len(found.lines) <= 2
    assert all(width_mm(line, found.style) <= box.width for line in found.lines)
    assert " ".join(found.lines) == full_name(person)


def test_the_name_is_the_largest_text_on_the_page() -> None:
    shortest = certificate(holder_name="Caoimhe Mac Giolla Phádraig-Featherstonehaugh")
    document = pdfium.PdfDocument(certificate_bytes(shortest, created_at=NOW))
    try:
        visible = read_page(document[0])
    finally:
        document.close()

    assert visible.text_of_size(24) == shortest.holder_name


def test_a_name_for_more_than_two_lines_is_refused_with_a_way_out() -> None:
    with pytest.raises(CertificateError, match="agree on a shorter one"):
        require_printable(certificate(holder_name="Bartholomäus " * 12))


@pytest.mark.parametrize("unknown", [{"kind": "badge"}, {"delivery_mode": "hologram"}])
@pytest.mark.parametrize("as_iterator", [True, False])
def test_what_only_a_newer_program_can_print_is_a_sentence(
    unknown: dict[str, str], as_iterator: bool
) -> None:
    common = replace(certificate().common, **unknown)
    sheets = [certificate(common=common)]
    with pytest.raises(CertificateError, match="Update this program"):
        render_certificates(iter(sheets) if as_iterator else sheets, io.BytesIO(), created_at=NOW)


def test_nothing_is_written_when_any_name_lacks_a_letter() -> None:
    out = io.BytesIO()
    sheets = [certificate(), certificate(holder_name="Amélie 🎓")]

    with pytest.raises(FontError, match="Amélie 🎓"):
        render_certificates(sheets, out, created_at=NOW)

    assert out.getvalue() == b""


def test_the_rule_funding_and_disclaimer_stand_on_one_page() -> None:
    (front,) = pages(certificate())

    for sentence in ("at least 80 % of the counted time", FUNDING, DISCLAIMER, *OUTCOMES):
        assert sentence in front


def test_what_the_front_has_no_room_for_stands_on_the_back() -> None:
    many = tuple(f"learning outcome number {number} " + "word " * 20 for number in range(12))

    front, back = pages(certificate(common(texts=(texts(outcomes=many),))))

    assert "learning outcome number 11" not in front
    assert "learning outcome number 11" in back
    assert "MD26-A-00042-67" in back
    assert "Giedrė Ąžuolynienė" in back


def test_long_small_print_moves_to_the_back_and_the_funding_stays() -> None:
    wording = texts(disclaimer="Sample disclaimer with many words. " * 30)

    front, back = pages(certificate(common(texts=(wording,))))

    assert FUNDING in front
    assert "many words" not in front
    assert "at least 80 %" in back
    assert back.count("Sample disclaimer") == 30


def test_a_duplicate_and_a_replacement_say_so() -> None:
    plain, marked = (
        pages(certificate()),
        pages(certificate(is_duplicate=True, replaces="MD26-A-00012-31")),
    )

    assert "Duplicate" not in plain[0]
    assert "Duplicate" in marked[0]
    assert "Replaces no. MD26-A-00012-31." in marked[0]


def test_a_birth_date_is_off_by_default() -> None:
    assert "Date of birth" not in pages(certificate())[0]
    assert "4 May 1987" in pages(certificate(birth_on=date(1987, 5, 4)))[0]


def test_pages_come_in_the_order_of_the_sheets() -> None:
    out = io.BytesIO()
    sheets = list(sample_certificates(count=60))

    assert render_certificates(sheets, out, created_at=NOW) == 60

    printed = page_texts(out.getvalue())
    assert [sheet.number in text for sheet, text in zip(sheets, printed, strict=True)] == [
        True
    ] * 60


def test_two_issues_in_one_file_keep_their_own_words() -> None:
    other = common(texts=(texts(title="Another Course"),))
    out = io.BytesIO()

    render_certificates([certificate(), certificate(other)], out, created_at=NOW)

    first, second = page_texts(out.getvalue())
    assert "Another Course" not in first
    assert "Another Course" in second


def test_different_hours_move_nothing_and_stand_on_their_own_page() -> None:
    out = io.BytesIO()
    sheets = [certificate(hours_contact=Decimal(hours)) for hours in ("17.0", "13.6")]

    render_certificates(sheets, out, created_at=NOW)

    first, second = page_texts(out.getvalue())
    assert "13.6 h" not in first
    assert "13.6 h" in second


def test_files_of_their_own_are_named_by_number() -> None:
    files = dict(render_certificate_files(sample_certificates(count=30), created_at=NOW))

    assert list(files)[:2] == ["MD26-A-00001-67.pdf", "MD26-A-00002-67.pdf"]
    assert all(len(page_texts(content)) == 1 for content in files.values())
    assert "Dzintra Bērzkalēja-Ozola" not in page_texts(files["MD26-A-00001-67.pdf"])[0]


def test_nothing_to_print_is_a_sentence() -> None:
    with pytest.raises(CertificateError, match="issue certificates first"):
        render_certificates([], io.BytesIO(), created_at=NOW)


def test_cancelling_stops_between_two_sheets() -> None:
    seen: list[int] = []
    progress = Progress(lambda done, total: seen.append(done), lambda: len(seen) == 3)

    with pytest.raises(Cancelled):
        render_certificates(
            sample_certificates(count=10), io.BytesIO(), created_at=NOW, progress=progress
        )

    assert seen == [1, 2, 3]


@pytest.mark.parametrize("content", [b"", b"<svg/>", picture(30, 30, "red")[:60]])
def test_a_logo_that_is_no_picture_is_named(content: bytes) -> None:
    broken = common(logos=(*logos(), Logo(content, "partner.svg")))

    with pytest.raises(PictureError, match=r"partner\.svg"):
        certificate_bytes(certificate(broken), created_at=NOW)


def test_no_logo_is_larger_than_the_funders_emblem() -> None:
    wide = Logo(picture(2000, 300, "#334455"), "wide.png")
    emblem = Logo(picture(300, 200, "#003399"), "emblem.png", is_funder=True)
    content = certificate_bytes(certificate(common(logos=(wide, emblem))), created_at=NOW)
    document = pdfium.PdfDocument(content)
    try:
        # The QR code is the third picture; it stands at the foot of the page.
        boxes = sorted(one.get_bounds() for one in document[0].get_objects(filter=[IMAGE]))
    finally:
        document.close()

    first, second = [
        (right - left) * (top - bottom) for left, bottom, right, top in boxes if bottom > 400
    ]
    assert first >= second * 0.999


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (CertificateRule("minutes_pct", Decimal(80)), "at least 80 % of the counted time"),
        (CertificateRule("slots_pct", Decimal(75)), "at least 75 % of the half-days"),
        (CertificateRule("all_slots"), "every half-day"),
        (CertificateRule("named_items", items=("Triads", "Closing")), "Triads, Closing"),
    ],
)
def test_the_sentence_names_the_rule(rule: CertificateRule, words: str) -> None:
    assert words in rule_sentence(rule, Language("en"))


def test_the_sentence_gives_minutes_and_hours() -> None:
    rule = CertificateRule("minutes_pct", Decimal(80), counted_minutes=1020)

    assert "1,020 minutes (17.0 hours)" in rule_sentence(rule, Language("en"))
    assert rule_sentence(replace(rule, kind="none"), Language("en")) == ""
