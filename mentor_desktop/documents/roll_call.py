"""The list for a fire alarm: who is in the building, a box to tick beside each name."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mentor_desktop.clock import zone_of
from mentor_desktop.documents.fonts import BOLD, load_fonts, require_glyphs
from mentor_desktop.documents.layout import (
    A4_PORTRAIT,
    ACCENT,
    LINE,
    MUTED,
    PAPER,
    SMALL,
    Pen,
    Style,
    fit,
)
from mentor_desktop.documents.pdf_file import PdfFile
from mentor_desktop.documents.pdf_objects import Properties
from mentor_desktop.i18n import Language

_MARGIN_MM = 14.0
_WIDTH = A4_PORTRAIT.width - 2 * _MARGIN_MM
_HEAD_MM = 42.0
_TABLE_HEAD_MM = 7.0
_FOOT_MM = 10.0
_ROW_MM = 8.0
_PAD_MM = 1.6
_BOX_MM = 4.6
ROWS_PER_PAGE = int(
    (A4_PORTRAIT.height - 2 * _MARGIN_MM - _HEAD_MM - _TABLE_HEAD_MM - _FOOT_MM) // _ROW_MM
)

_KIND = Style(BOLD, 9, ACCENT)
_COUNT = Style(BOLD, 30)
_TITLE = Style(BOLD, 13, leading=1.16)
_NAME = Style(BOLD, 11)
_CELL = Style(size=8.6)
_COLUMN_HEAD = Style(BOLD, 7.6)

# Left edge and width: tick, number, name, organisation, since.
_COLUMNS = ((0.0, 9.0), (9.0, 11.0), (20.0, 76.0), (96.0, 66.0), (162.0, 20.0))


@dataclass(frozen=True)
class RollCallRow:
    """One person; `number` is the list number, None without one."""

    number: int | None
    name: str
    organisation: str
    since: datetime


@dataclass(frozen=True)
class RollCall:
    """Who is in the building at `at`; rows are printed in the order given."""

    activity_title: str
    place: str
    at: datetime
    time_zone: str
    rows: tuple[RollCallRow, ...]
    language: str = "en"

    @property
    def pages(self) -> int:
        """How many pages the list takes; an empty one takes one."""
        return max(1, -(-len(self.rows) // ROWS_PER_PAGE))

    def written_texts(self) -> Iterator[str]:
        """Yield every text that is printed."""
        yield from (self.activity_title, self.place)
        for row in self.rows:
            yield from (row.name, row.organisation)


def render_roll_call(sheet: RollCall, *, created_at: datetime) -> bytes:
    """Return the list as a PDF in A4 portrait.

    Raises:
        FontError: a character is in no print font.
    """
    load_fonts()
    require_glyphs(sheet.written_texts())
    language = Language(sheet.language)
    out = io.BytesIO()
    title = f"{language.gettext('Present now')} – {sheet.activity_title}"
    file = PdfFile(out, Properties(title, sheet.language, created_at))
    pen = Pen(file.canvas, A4_PORTRAIT)
    for page in range(sheet.pages):
        _draw_head(pen, sheet, language, page + 1)
        _draw_table(pen, sheet, sheet.rows[page * ROWS_PER_PAGE :][:ROWS_PER_PAGE], language)
        _draw_foot(pen, language)
        file.end_page(A4_PORTRAIT.size_pt)
    file.close()
    return out.getvalue()


def _draw_head(pen: Pen, sheet: RollCall, language: Language, page: int) -> None:
    right, zone = _MARGIN_MM + _WIDTH, zone_of(sheet.time_zone)
    pages = language.gettext("Page {page} of {count}").format(page=page, count=sheet.pages)
    pen.text(right, _MARGIN_MM + 3, pages, SMALL, "right")
    pen.text(_MARGIN_MM, _MARGIN_MM + 3, language.gettext("Present now"), _KIND)
    pen.text(_MARGIN_MM, _MARGIN_MM + 17, str(len(sheet.rows)), _COUNT)
    people = language.ngettext("person in the building", "people in the building", len(sheet.rows))
    left = _MARGIN_MM + 26
    pen.text(left, _MARGIN_MM + 12, people, _TITLE.sized(11))
    local = sheet.at.astimezone(zone)
    when = language.gettext("by the marks until {time} on {date}").format(
        time=language.time(sheet.at, zone), date=language.date(local.date())
    )
    pen.text(left, _MARGIN_MM + 17, when, _CELL)
    title = fit(sheet.activity_title, _TITLE, _WIDTH, smallest=9, max_lines=2)
    y = pen.lines(_MARGIN_MM, _MARGIN_MM + 26, title)
    pen.lines(_MARGIN_MM, y, fit(sheet.place, _CELL, _WIDTH, smallest=6.5, max_lines=1))


def _draw_table(
    pen: Pen, sheet: RollCall, rows: tuple[RollCallRow, ...], language: Language
) -> None:
    top = _MARGIN_MM + _HEAD_MM
    pen.fill(_MARGIN_MM, top, _WIDTH, _TABLE_HEAD_MM, PAPER)
    heads = (
        "",
        # Translators: heading of a narrow column with row numbers.
        language.gettext("No."),
        language.gettext("Name"),
        language.gettext("Organisation"),
        # Translators: heading of a column with times of day.
        language.gettext("Since"),
    )
    for head, (x, width) in zip(heads, _COLUMNS, strict=True):
        if head:
            found = fit(head, _COLUMN_HEAD, width - 2 * _PAD_MM, smallest=5.5)
            pen.lines(_MARGIN_MM + x + _PAD_MM, top + 4.7, found)
    y = top + _TABLE_HEAD_MM
    pen.rule(_MARGIN_MM, y, _WIDTH, colour=ACCENT, weight=0.8)
    for row in rows:
        _draw_row(pen, sheet, row, y, language)
        y += _ROW_MM


def _draw_row(pen: Pen, sheet: RollCall, row: RollCallRow, y: float, language: Language) -> None:
    box = (_ROW_MM - _BOX_MM) / 2
    pen.frame(_MARGIN_MM + box, y + box, _BOX_MM, _BOX_MM, colour=MUTED)
    cells = (
        ("" if row.number is None else str(row.number), _CELL),
        (row.name, _NAME),
        (row.organisation, _CELL),
        (language.time(row.since, zone_of(sheet.time_zone)), _CELL),
    )
    for (text, style), (x, width) in zip(cells, _COLUMNS[1:], strict=True):
        if text:
            found = fit(text, style, width - 2 * _PAD_MM, smallest=6, max_lines=1)
            pen.lines(_MARGIN_MM + x + _PAD_MM, y + _ROW_MM / 2 + 1.4, found)
    pen.rule(_MARGIN_MM, y + _ROW_MM, _WIDTH, colour=LINE)


def _draw_foot(pen: Pen, language: Language) -> None:
    y = A4_PORTRAIT.height - _MARGIN_MM
    words = language.gettext("Tick who was found. Destroy this list afterwards.")
    pen.text(_MARGIN_MM, y, words, SMALL)
