"""Valid papers with the sample participants; set only what a test is about."""

import csv
import hashlib
import hmac
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageDraw

from mentor_desktop.documents.attendance_sheet import (
    AttendanceList,
    ListDay,
    ListHead,
    ListRow,
    ListSlot,
    OrganisationAddress,
)
from mentor_desktop.documents.certificate_sheet import (
    CertificateCommon,
    CertificateSheet,
    CertificateTexts,
    Issuer,
    Signatory,
)
from mentor_desktop.documents.certificate_words import CertificateRule, rule_sentence
from mentor_desktop.documents.logo import Logo
from mentor_desktop.documents.visible_text import read_page
from mentor_desktop.i18n import Language

ROOT = Path(__file__).resolve().parents[2]
REFERENCES = Path(__file__).resolve().parent / "references"
NOW = datetime(2026, 3, 12, 16, tzinfo=UTC)
POINTS_PER_MM = 72 / 25.4

OUTCOMES = (
    "explain what mentoring is, what it is not, and where its limits are",
    "agree with a mentee on aims, rhythm and confidentiality",
    "listen actively and ask open questions in a first meeting",
    "give feedback that is specific, respectful and usable",
)
FUNDING = "Sample text: paste the funding statement of your own grant agreement here."
DISCLAIMER = "Sample text: paste the disclaimer of your own grant agreement here."


@cache
def participants() -> tuple[dict[str, str], ...]:
    """Return the 60 sample participants."""
    path = ROOT / "resources" / "samples" / "participants.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def full_name(person: dict[str, str]) -> str:
    """Return given and family name as they are printed."""
    return f"{person['given_name']} {person['family_name']}".strip()


def picture(width: int, height: int, colour: str) -> bytes:
    """Return a PNG with soft, transparent edges."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((0, 0, width, height), fill=colour)
    out = io.BytesIO()
    image.save(out, "png")
    return out.getvalue()


@cache
def logos() -> tuple[Logo, ...]:
    """Return a host's logo and a funder's emblem, in this order."""
    return (
        Logo(picture(600, 180, "#0b6b5d"), "host.png"),
        Logo(picture(600, 400, "#003399"), "emblem.png", is_funder=True),
    )


def texts(language: str = "en", **values: object) -> CertificateTexts:
    """Return the wording of a certificate."""
    rule = CertificateRule("minutes_pct", Decimal(80), counted_minutes=1020)
    wording = CertificateTexts(
        language=language,
        title="Mentoring and Peer Coaching for Youth Training",
        place="Brno",
        country="Czechia",
        rule_text=rule_sentence(rule, Language(language)),
        outcomes=OUTCOMES,
        funding_statement=FUNDING,
        disclaimer=DISCLAIMER,
    )
    return replace(wording, **values)  # type: ignore[arg-type]  # a test sets what it is about


def common(**values: object) -> CertificateCommon:
    """Return what the certificates of an issue share."""
    shared = CertificateCommon(
        kind="attendance",
        texts=(texts(),),
        starts_on=date(2026, 3, 10),
        ends_on=date(2026, 3, 12),
        issuer=Issuer(
            "Vzorové centrum mládeže, z. s.",
            "Vzorová 12, 602 00 Brno, Czechia",
            "certificates@example.org",
            "OID E10000000",
        ),
        signatories=(
            Signatory("Mgr. Květoslava Břízková", "Director"),
            Signatory("Ștefania Mărgineanu", "Lead trainer"),
        ),
        logos=logos(),
        project_number="2025-1-CZ01-KA220-YOU-000000000",
        delivery_mode="face_to_face",
        issue_place="Brno",
    )
    return replace(shared, **values)  # type: ignore[arg-type]  # a test sets what it is about


KEY = b"test-key"


def certificate(shared: CertificateCommon | None = None, **values: object) -> CertificateSheet:
    """Return the certificate of the worked example, with the right code for its fields."""
    sheet = CertificateSheet(
        common=shared or common(),
        serial="MD26-A-00042",
        check="67",
        code="",
        holder_name="Giedrė Ąžuolynienė",
        hours_contact=Decimal("17.0"),
        issued_on=date(2026, 3, 12),
    )
    sheet = replace(sheet, **values)  # type: ignore[arg-type]  # a test sets what it is about
    return replace(sheet, code=sheet.code or code_of(sheet))


def code_of(sheet: CertificateSheet) -> str:
    """Return the verification code."""
    text = sheet.record().canonical_text().encode()
    return hmac.new(KEY, text, hashlib.sha256).hexdigest()[:8]


def sample_certificates(
    shared: CertificateCommon | None = None, count: int = 60
) -> Iterator[CertificateSheet]:
    """Yield certificates for the sample participants, over and over until there are enough."""
    shared = shared or common()
    people = participants()
    for index in range(count):
        person = people[index % len(people)]
        yield certificate(
            shared,
            serial=f"MD26-A-{index + 1:05d}",
            holder_name=full_name(person),
            holder_name_latin=person["name_latin"],
        )


def list_row(number: int, person: dict[str, str]) -> ListRow:
    """Return a sample participant as a row of an attendance list."""
    return ListRow(
        number,
        person["family_name"],
        person["given_name"],
        person["name_latin"],
        person["organisation"],
        person["country"],
        person["role"].replace("_", " "),
        person["email"],
    )


def attendance_list(rows: int = 53, days: int = 1, **values: object) -> AttendanceList:
    """Return the list printed before the first day: the confirmed participants."""
    confirmed = [one for one in participants() if one["registration"] == "confirmed"]
    head = ListHead(
        activity_type="Pilot training",
        activity_title="Mentoring and Peer Coaching for Youth Training",
        host="Vzorové centrum mládeže, z. s.",
        venue="Dům mládeže Vzor",
        address="Vzorová 12, 602 00 Brno",
        country="Czechia",
        project_title="Mentors for Young People on the Move",
        project_number="2025-1-CZ01-KA220-YOU-000000000",
        funding_statement=FUNDING,
        logos=logos(),
        data_notice="We keep this list to prove to the funder who took part. Questions: "
        "privacy@example.org.",
        representative="Dalibor Žďárek",
        representative_function="předseda spolku",
    )
    slots = (ListSlot("D1-AM", "10:00–12:30"), ListSlot("D1-PM", "13:30–17:20"))
    organisations = sorted({one["organisation"] for one in confirmed})
    sheet = AttendanceList(
        head=head,
        days=tuple(
            ListDay(date(2026, 3, 10 + day), slots, f"WS-2026-01-D{day + 1}-7K2")
            for day in range(days)
        ),
        rows=tuple(list_row(n, one) for n, one in enumerate(confirmed[:rows], start=1)),
        trainers=(
            ListRow(1, "Lead", "Trainer", organisation="Vzor", place="Czechia", role="trainer"),
        ),
        organisations=tuple(OrganisationAddress(name, "Exampleroad 1") for name in organisations),
    )
    return replace(sheet, **values)  # type: ignore[arg-type]  # a test sets what it is about


def page_texts(content: bytes) -> list[str]:
    """Return the text of each page as PDFium reads it, line ends as \\n."""
    document = pdfium.PdfDocument(content)
    try:
        return [
            document[index].get_textpage().get_text_range().replace("\r\n", "\n")
            for index in range(len(document))
        ]
    finally:
        document.close()


def visible_texts(content: bytes) -> list[str]:
    """Return the text of each page as the program reads it: marks with their letters."""
    document = pdfium.PdfDocument(content)
    try:
        return [read_page(document[index]).text() for index in range(len(document))]
    finally:
        document.close()


def font_names(content: bytes) -> set[str]:
    """Return the names of all embedded and named fonts, subset prefixes left out."""
    return {name.split(b"+")[-1].decode() for name in _names_after(content, b"/BaseFont")}


def _names_after(content: bytes, key: bytes) -> Iterator[bytes]:
    for part in content.split(key)[1:]:
        yield part.split(b"/", 1)[1].split()[0].rstrip(b">")


def text_in_box(
    content: bytes, page: int, left: float, top: float, right: float, bottom: float
) -> str:
    """Return the text inside a box given in mm from the top left corner of a page."""
    document = pdfium.PdfDocument(content)
    try:
        one = document[page]
        height = one.get_height()
        return str(
            one.get_textpage().get_text_bounded(
                left=left * POINTS_PER_MM,
                bottom=height - bottom * POINTS_PER_MM,
                right=right * POINTS_PER_MM,
                top=height - top * POINTS_PER_MM,
            )
        ).strip()
    finally:
        document.close()


def with_text(
    content: bytes, text: str, *, x: float, y: float, size: float, mode: int = 0
) -> bytes:
    """Return a PDF with a line of text written onto its first page, as a forger would."""
    document = pdfium.PdfDocument(content)
    page = document[0]
    added = pdfium_c.FPDFPageObj_NewTextObj(document.raw, b"Helvetica", size)
    encoded = (text + "\x00").encode("utf-16-le")
    pdfium_c.FPDFText_SetText(
        added, (pdfium_c.FPDF_WCHAR * (len(encoded) // 2)).from_buffer_copy(encoded)
    )
    pdfium_c.FPDFTextObj_SetTextRenderMode(added, mode)
    pdfium_c.FPDFPageObj_Transform(added, 1, 0, 0, 1, x, y)
    pdfium_c.FPDFPage_InsertObject(page.raw, added)
    return _saved(document, page)


def with_white_box(content: bytes, *, x: float, y: float, width: float, height: float) -> bytes:
    """Return a PDF with a white rectangle over its first page (points from the bottom left)."""
    document = pdfium.PdfDocument(content)
    page = document[0]
    added = pdfium_c.FPDFPageObj_CreateNewRect(x, y, width, height)
    pdfium_c.FPDFPageObj_SetFillColor(added, 255, 255, 255, 255)
    pdfium_c.FPDFPath_SetDrawMode(added, pdfium_c.FPDF_FILLMODE_ALTERNATE, False)
    pdfium_c.FPDFPage_InsertObject(page.raw, added)
    return _saved(document, page)


def _saved(document: pdfium.PdfDocument, page: pdfium.PdfPage) -> bytes:
    pdfium_c.FPDFPage_GenerateContent(page.raw)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()
