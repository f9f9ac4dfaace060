"""Reads certificates back: from the visible page of a PDF, from a picture, from a text.

Only what a person sees counts; attachments, metadata and hidden text are never looked at.
Whether a certificate is genuine is decided elsewhere, with the issuer's register or key.
"""

import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mentor_desktop.documents.certificate_record import (
    NAME_SMALLEST_PT,
    CertificateRecord,
    PrintedRecord,
    find_number_and_code,
    find_records,
    same_text,
)
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _

if TYPE_CHECKING:
    import pypdfium2 as pdfium
    from PIL.Image import Image

    from mentor_desktop.documents.visible_text import VisiblePage

_MOST_PAGES = 5000
_HOURS_GROUPED = 1000  # from here on languages part the thousands, each in its own way
_MOST_SCANNED_PAGES = 50  # pages without text that are drawn and searched for a QR code
_SCAN_SCALE = 2.5  # 180 dpi: a module of the QR code is 6 pixels wide
_LARGEST_PIXELS = 200_000_000  # A4 at 1,200 dpi is 140 million


class ReadbackError(UserFacingError):
    """A file holds no certificate that can be read."""


@dataclass(frozen=True)
class ReadCertificate:
    """A certificate as found; `record` is None where only the QR code could be read.

    `page` counts from 1, 0 for a text. `doubts` are translated sentences that say what on the
    page contradicts itself: empty is good, anything else means that it was altered.
    """

    source: Literal["page", "picture", "text"]
    page: int
    serial: str
    check: str
    code: str
    record: CertificateRecord | None = None
    doubts: tuple[str, ...] = ()


def read_certificates(content: bytes, name: str) -> list[ReadCertificate]:
    """Return the certificates in a PDF, a picture or a text, in page order; at least one.

    `name` is the file's name, for messages.

    Raises:
        ReadbackError: the file is damaged, locked, too large or holds no certificate.
    """
    if content.startswith(b"%PDF") or b"%PDF-" in content[:1024]:
        found = _from_pdf(content, name)
    elif (picture := _open_picture(content, name)) is not None:
        found = list(_from_picture(picture, page=1))
    else:
        found = _from_text(content)
    if not found:
        raise ReadbackError(
            _(
                "No certificate of this program was found in {file}; a scan has to show the "
                "whole QR code, sharp and not too small."
            ).format(file=name)
        )
    return found


def _from_text(content: bytes) -> list[ReadCertificate]:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = content.decode(encoding, errors="replace")
    return [_from_record(printed, "text", 0) for printed in find_records(text)]


def _from_record(
    printed: PrintedRecord,
    source: Literal["page", "text"],
    page: int,
    doubts: tuple[str, ...] = (),
) -> ReadCertificate:
    serial = printed.record.serial
    return ReadCertificate(
        source, page, serial, printed.check, printed.code, printed.record, doubts
    )


def _from_pdf(content: bytes, name: str) -> list[ReadCertificate]:
    import pypdfium2 as pdfium  # 30 ms: only when a PDF is read

    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as exc:
        raise ReadbackError(
            _(
                "{file} cannot be opened: it is damaged or protected with a password. Ask for "
                "the file as it was issued, or photograph the certificate."
            ).format(file=name)
        ) from exc
    try:
        if len(document) > _MOST_PAGES:
            raise ReadbackError(
                _("{file} has too many pages to be read; split it first.").format(file=name)
            )
        return list(_from_pages(document))
    finally:
        document.close()


def _from_pages(document: "pdfium.PdfDocument") -> Iterator[ReadCertificate]:
    from mentor_desktop.documents.visible_text import read_page  # loads PDFium

    scanned = 0
    for index in range(len(document)):
        page = document[index]
        try:
            visible = read_page(page)
            records = find_records(visible.text())
            if records:
                doubts = _doubts(visible, records)
                yield from (_from_record(one, "page", index + 1, doubts) for one in records)
            elif not visible.letters and scanned < _MOST_SCANNED_PAGES:
                scanned += 1
                yield from _from_picture(page.render(scale=_SCAN_SCALE).to_pil(), index + 1)
        finally:
            page.close()


def _doubts(visible: "VisiblePage", records: list[PrintedRecord]) -> tuple[str, ...]:
    """Return what on the page contradicts its own small print."""
    if len(records) > 1:
        return (_("The page shows the small print of more than one certificate."),)
    printed = records[0]
    record = printed.record
    doubts: list[str] = []
    shown = visible.text_of_size(NAME_SMALLEST_PT - 0.5)
    if not same_text(shown, record.holder_name):
        doubts.append(
            _("The large name reads “{shown}”, the small print “{name}”.").format(
                shown=shown, name=record.holder_name
            )
        )
    if visible.is_covered:
        doubts.append(_("Something lies over a text on the page."))
    doubts += [
        _("The {field} of the small print, “{value}”, stands nowhere else on the page.").format(
            field=field, value=value
        )
        for field, value in _not_repeated(printed, visible.text())
    ]
    return tuple(doubts)


def _not_repeated(printed: PrintedRecord, text: str) -> Iterator[tuple[str, str]]:
    """Yield field and value of what the small print says and the rest of the page does not."""
    record = printed.record
    line = _comparable(record.line(printed.check, printed.code))
    rest = _comparable(text).replace(line, " ", 1)
    expected = [
        (_("number"), f"{record.serial}-{printed.check}"),
        (_("code"), printed.code),
        (_("title"), record.title),
        (_("first day"), str(record.starts_on.day)),
        (_("last day"), str(record.ends_on.day)),
        (_("year of issue"), str(record.issued_on.year)),
    ]
    if record.hours_contact < _HOURS_GROUPED:
        expected.append((_("contact hours"), str(record.hours_contact)))
    for field, value in expected:
        if _comparable(value) not in rest:
            yield field, value


def _comparable(text: str) -> str:
    """Return a text without spaces and with one decimal sign: languages write 17,0 or 17.0."""
    return "".join(unicodedata.normalize("NFC", text).split()).replace(",", ".")


def _open_picture(content: bytes, name: str) -> "Image | None":
    from PIL import Image, UnidentifiedImageError  # 20 ms: only when a picture may be read

    try:
        picture = Image.open(io.BytesIO(content))
        if picture.width * picture.height > _LARGEST_PIXELS:
            raise ReadbackError(
                _("The picture {file} is too large; save it with fewer pixels.").format(file=name)
            )
        return picture.convert("L")
    except UnidentifiedImageError:
        return None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as exc:
        raise ReadbackError(
            _("The picture {file} is damaged; scan or photograph the certificate again.").format(
                file=name
            )
        ) from exc


def _from_picture(picture: "Image", page: int) -> Iterator[ReadCertificate]:
    import zxingcpp  # only when a picture is read

    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    for barcode in zxingcpp.read_barcodes(picture, formats=formats):
        found = find_number_and_code(barcode.text)
        if found is not None:
            yield ReadCertificate("picture", page, *found)
