"""Certificates on paper: one file with many pages, or one file each."""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from mentor_desktop.documents.certificate_back import draw_back_own, draw_back_shared
from mentor_desktop.documents.certificate_front import (
    Front,
    draw_own,
    draw_shared,
    needs_back,
    plan_front,
)
from mentor_desktop.documents.certificate_layout import NAME_MAX_LINES, boxes_for, fit_name
from mentor_desktop.documents.certificate_sheet import CertificateCommon, CertificateSheet
from mentor_desktop.documents.certificate_words import heading, is_known
from mentor_desktop.documents.fonts import load_fonts, require_glyphs
from mentor_desktop.documents.layout import Pen
from mentor_desktop.documents.pdf_file import PdfFile, PdfSeries, Writable
from mentor_desktop.documents.pdf_objects import Properties
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import Language, _
from mentor_desktop.progress import NO_PROGRESS, Progress


class CertificateError(UserFacingError):
    """A certificate cannot be printed as it is."""


def render_certificates(
    sheets: Iterable[CertificateSheet],
    out: Writable,
    *,
    created_at: datetime,
    progress: Progress = NO_PROGRESS,
    total: int = 0,
) -> int:
    """Write certificates into one PDF, a page (or front and back) each; return how many.

    Pages leave memory as they are drawn. A list is checked as a whole before anything is
    drawn; of any other iterable each sheet is checked before its own page, and on an error the
    file is left incomplete: write to a draft and rename it.

    Raises:
        FontError: a character is in no print font.
        CertificateError: a name does not fit, a kind is unknown, or there is nothing to print.
        PictureError: a logo or signature cannot be read.
        Cancelled: through `progress`.
    """
    if isinstance(sheets, Sequence):
        total = len(sheets)
        checked = _Checker()
        for sheet in sheets:
            checked.require_printable(sheet)
    file: PdfFile | None = None
    done = 0
    for done, sheet in enumerate(sheets, start=1):
        if file is None:
            require_printable(sheet)
            file = PdfFile(out, _properties(sheet, created_at, is_single=total == 1))
            painter = _Painter(file)
        painter.add(sheet)
        progress.step(done, max(done, total))
    if file is None:
        raise CertificateError(_("There is no certificate to print; issue certificates first."))
    file.close()
    return done


def certificate_bytes(sheet: CertificateSheet, *, created_at: datetime) -> bytes:
    """Return one certificate as a PDF of its own; raises what `render_certificates` raises."""
    out = io.BytesIO()
    render_certificates([sheet], out, created_at=created_at)
    return out.getvalue()


def render_certificate_files(
    sheets: Iterable[CertificateSheet],
    *,
    created_at: datetime,
    progress: Progress = NO_PROGRESS,
    total: int = 0,
) -> Iterator[tuple[str, bytes]]:
    """Yield a file name ("MD26-A-00042-67.pdf") and a PDF for each certificate.

    Raises what `render_certificates` raises, at the sheet that is at fault.
    """
    done = 0
    for batch in _batches(sheets):
        series = PdfSeries()
        painter = _Painter(series)
        for sheet in batch:
            painter.add(sheet)
            series.end_file(_properties(sheet, created_at, is_single=True))
        for sheet, content in zip(batch, series.files(), strict=True):
            yield f"{sheet.number}.pdf", content
            done += 1
            progress.step(done, max(done, total))


def _batches(sheets: Iterable[CertificateSheet]) -> Iterator[list[CertificateSheet]]:
    remaining = iter(sheets)
    while batch := list(islice(remaining, _FILES_SHARING_FONTS)):
        yield batch


def require_printable(sheet: CertificateSheet) -> None:
    """Check that a sheet can be drawn.

    Raises:
        FontError: a character is in no print font.
        CertificateError: the name needs more than two lines, or the kind is unknown.
    """
    _Checker().require_printable(sheet)


class _Checker:
    """Checks sheets one after the other, what they share only once."""

    def __init__(self) -> None:
        load_fonts()
        self._common: CertificateCommon | None = None

    def require_printable(self, sheet: CertificateSheet) -> None:
        if sheet.common is not self._common:
            if not is_known(sheet.common.kind, sheet.common.delivery_mode):
                raise CertificateError(
                    _(
                        "Certificate {number} is of a kind that only a newer Mentor Desktop can "
                        "print. Update this program, or print the others by their numbers."
                    ).format(number=sheet.number)
                )
            require_glyphs(sheet.common.written_texts())
            self._common = sheet.common
        require_glyphs(sheet.written_texts())
        name = fit_name(sheet.holder_name, boxes_for(sheet.common.orientation).name)
        if not name.lines or len(name.lines) > NAME_MAX_LINES:
            raise CertificateError(
                _(
                    "The name “{name}” does not fit on certificate {number} in two lines; "
                    "agree on a shorter one with its holder and correct “name on certificate”."
                ).format(name=sheet.holder_name, number=sheet.number)
            )


_PLANS_KEPT = 256
_FILES_SHARING_FONTS = 25


class _Painter:
    """Draws sheets into a file or a series; what an issue shares is drawn once."""

    def __init__(self, target: PdfFile | PdfSeries) -> None:
        self._target = target
        self._checker = _Checker()
        self._issues: dict[CertificateCommon, int] = {}
        self._issue: tuple[CertificateCommon, int] | None = None
        self._plans: dict[tuple[object, ...], Front] = {}

    def add(self, sheet: CertificateSheet) -> None:
        """Draw one certificate."""
        self._checker.require_printable(sheet)
        front = self._plan(sheet)
        canvas, paper = self._target.canvas, front.boxes.paper
        pen = Pen(canvas, paper)
        # Facts of another height push the shared ones down: another shared part.
        name = f"Front{self._issue_number(sheet.common)}at{front.shared_height * 10:.0f}"
        canvas.shared(name, lambda: draw_shared(pen, front))
        draw_own(pen, sheet, front)
        self._target.end_page(paper.size_pt)
        if needs_back(front):
            name = f"Back{self._issue_number(sheet.common)}"
            canvas.shared(name, lambda: draw_back_shared(pen, front))
            draw_back_own(pen, sheet, front)
            self._target.end_page(paper.size_pt)

    def _issue_number(self, common: CertificateCommon) -> int:
        if self._issue is None or self._issue[0] is not common:
            self._issue = common, self._issues.setdefault(common, len(self._issues))
        return self._issue[1]

    def _plan(self, sheet: CertificateSheet) -> Front:
        key = (
            self._issue_number(sheet.common),
            sheet.hours_contact,
            sheet.result,
            sheet.birth_on,
            sheet.valid_until,
        )
        if key not in self._plans:
            if len(self._plans) >= _PLANS_KEPT:
                self._plans.clear()
            self._plans[key] = plan_front(sheet)
        return self._plans[key]


def _properties(first: CertificateSheet, created_at: datetime, *, is_single: bool) -> Properties:
    texts = first.common.texts[0]
    name = heading(first.common.kind, Language(texts.language))
    title = f"{name} {first.number} – {first.holder_name}" if is_single else name
    return Properties(title, texts.language, created_at, subject=texts.title)
