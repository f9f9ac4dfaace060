"""The list on which holders sign for their certificates."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from mentor_desktop.documents.fonts import BOLD, load_fonts, require_glyphs
from mentor_desktop.documents.layout import (
    A4_PORTRAIT,
    ACCENT,
    LABEL,
    LINE,
    MUTED,
    PAPER,
    SMALL,
    Pen,
    Style,
    fit,
)
from mentor_desktop.documents.logo import Logo
from mentor_desktop.documents.pdf_file import PdfFile
from mentor_desktop.documents.pdf_objects import Properties
from mentor_desktop.documents.pictures import draw_logos
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import Language, _

_MARGIN_MM = 12.0
_WIDTH = A4_PORTRAIT.width - 2 * _MARGIN_MM
_HEAD_MM = 37.0
_TABLE_HEAD_MM = 8.0
_FOOT_MM = 22.0
_ROW_MM = 11.5
_PAD_MM = 1.6
ROWS_PER_PAGE = int(
    (A4_PORTRAIT.height - 2 * _MARGIN_MM - _HEAD_MM - _TABLE_HEAD_MM - _FOOT_MM) // _ROW_MM
)

_KIND = Style(BOLD, 8, ACCENT)
_TITLE = Style(BOLD, 14, leading=1.16)
_NAME = Style(BOLD, 10, leading=1.16)
_CELL = Style(size=8.6, leading=1.16)
_SECOND = Style(size=7.2, colour=MUTED, leading=1.16)
_COLUMN_HEAD = Style(BOLD, 7.6)

# Left edge and width; the last one is for the signature.
_COLUMNS = ((0.0, 9.0), (9.0, 66.0), (75.0, 35.0), (110.0, 34.0), (144.0, 42.0))


@dataclass(frozen=True)
class HandOverRow:
    """A certificate on the list; `serial` with its check digits."""

    number: int
    serial: str
    name: str
    name_latin: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class HandOverList:
    """The list; rows are printed in the order given."""

    activity_title: str
    starts_on: date
    ends_on: date
    host: str
    print_id: str
    rows: tuple[HandOverRow, ...]
    place: str = ""
    project_number: str = ""
    logos: tuple[Logo, ...] = ()
    language: str = "en"

    def written_texts(self) -> Iterator[str]:
        """Yield every text that is printed."""
        yield from (self.activity_title, self.host, self.print_id, self.place)
        yield self.project_number
        for row in self.rows:
            yield from (row.serial, row.name, row.name_latin, row.organisation)


class HandOverError(UserFacingError):
    """A hand-over list cannot be printed as it is."""


def render_hand_over_list(sheet: HandOverList, *, created_at: datetime) -> bytes:
    """Return the list as a PDF with name, certificate number and room for a signature.

    Raises:
        HandOverError: there is no certificate to hand over.
        FontError: a character is in no print font.
        PictureError: a logo cannot be read.
    """
    if not sheet.rows:
        raise HandOverError(_("There is no certificate to hand over; issue certificates first."))
    load_fonts()
    require_glyphs(sheet.written_texts())
    language = Language(sheet.language)
    out = io.BytesIO()
    title = f"{language.gettext('Hand-over of certificates')} – {sheet.activity_title}"
    file = PdfFile(out, Properties(title, sheet.language, created_at, subject=sheet.print_id))
    pen = Pen(file.canvas, A4_PORTRAIT)
    pages = -(-len(sheet.rows) // ROWS_PER_PAGE)
    for page in range(pages):
        _draw_head(pen, sheet, language, page + 1, pages)
        rows = sheet.rows[page * ROWS_PER_PAGE : (page + 1) * ROWS_PER_PAGE]
        _draw_table(pen, rows, language)
        _draw_foot(pen, language)
        file.end_page(A4_PORTRAIT.size_pt)
    file.close()
    return out.getvalue()


def _draw_head(pen: Pen, sheet: HandOverList, language: Language, page: int, pages: int) -> None:
    right = _MARGIN_MM + _WIDTH
    pen.text(right, _MARGIN_MM + 3, sheet.print_id, _COLUMN_HEAD.sized(8.5), "right")
    number = language.gettext("Page {page} of {count}").format(page=page, count=pages)
    pen.text(right, _MARGIN_MM + 7, number, SMALL, "right")
    draw_logos(pen, sheet.logos, _MARGIN_MM, _MARGIN_MM, width=_WIDTH - 60, height=10)
    y = _MARGIN_MM + 17
    pen.text(_MARGIN_MM, y, language.gettext("Hand-over of certificates"), _KIND)
    title = fit(sheet.activity_title, _TITLE, _WIDTH, smallest=10, max_lines=2)
    y = pen.lines(_MARGIN_MM, y + 6, title)
    dates = language.date_range(sheet.starts_on, sheet.ends_on)
    facts = (dates, sheet.place, sheet.host, sheet.project_number)
    line = " · ".join(fact for fact in facts if fact)
    pen.lines(_MARGIN_MM, y, fit(line, _CELL, _WIDTH, smallest=6.5, max_lines=2))


def _draw_table(pen: Pen, rows: tuple[HandOverRow, ...], language: Language) -> None:
    top = _MARGIN_MM + _HEAD_MM
    pen.fill(_MARGIN_MM, top, _WIDTH, _TABLE_HEAD_MM, PAPER)
    heads = (
        # Translators: heading of a narrow column with row numbers.
        language.gettext("No."),
        language.gettext("Name"),
        language.gettext("Organisation"),
        language.gettext("Certificate number"),
        language.gettext("Received: date and signature"),
    )
    for head, (x, width) in zip(heads, _COLUMNS, strict=True):
        found = fit(head, _COLUMN_HEAD, width - 2 * _PAD_MM, smallest=6)
        pen.lines(_MARGIN_MM + x + _PAD_MM, top + 5.2, found)
    y = top + _TABLE_HEAD_MM
    pen.rule(_MARGIN_MM, y, _WIDTH, colour=ACCENT, weight=0.8)
    for row in rows:
        _draw_row(pen, row, y)
        y += _ROW_MM


def _draw_row(pen: Pen, row: HandOverRow, y: float) -> None:
    x, width = _COLUMNS[0]
    right = _MARGIN_MM + x + width - _PAD_MM
    pen.text(right, y + _ROW_MM / 2 + 1.1, str(row.number), SMALL, "right")
    cells = (
        ((row.name, _NAME), (row.name_latin, _SECOND)),
        ((row.organisation, _SECOND),),
        ((row.serial, _CELL),),
    )
    for texts, (x, width) in zip(cells, _COLUMNS[1:], strict=False):
        blocks = [
            fit(text, style, width - 2 * _PAD_MM, smallest=6.8, max_lines=2)
            for text, style in texts
            if text
        ]
        top = y + (_ROW_MM - sum(block.height_mm for block in blocks)) / 2
        for block in blocks:
            pen.lines(_MARGIN_MM + x + _PAD_MM, top + block.style.line_mm * 0.78, block)
            top += block.height_mm
    x, width = _COLUMNS[-1]
    pen.upright(_MARGIN_MM + x, y, _ROW_MM)
    pen.upright(_MARGIN_MM + x + width, y, _ROW_MM)
    pen.rule(_MARGIN_MM, y + _ROW_MM, _WIDTH, colour=LINE)


def _draw_foot(pen: Pen, language: Language) -> None:
    y = A4_PORTRAIT.height - _MARGIN_MM - 4
    for x, text in (
        (_MARGIN_MM, language.gettext("Signatures on this page:")),
        (_MARGIN_MM + _WIDTH / 2, language.gettext("Handed over by (name, signature)")),
    ):
        pen.rule(x, y - 3.4, _WIDTH / 2 - 10, colour=MUTED, weight=0.6)
        pen.text(x, y, text, LABEL)
