"""Attendance lists: the sheets that are signed by hand and kept as the evidence.

Nothing is ever printed into a signature cell. Source: attendance rules, printed list.
"""

import io
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from mentor_desktop.documents.attendance_plan import (
    FOOT_MM,
    MARGIN_MM,
    ROW_MM,
    TABLE_HEAD_MM,
    Column,
    PlannedPage,
    PlannedRow,
    paper_of,
    plan_day,
)
from mentor_desktop.documents.attendance_sheet import (
    AttendanceList,
    ListRow,
    OrganisationAddress,
)
from mentor_desktop.documents.fonts import BOLD, load_fonts, require_glyphs
from mentor_desktop.documents.layout import (
    ACCENT,
    FINE_PRINT,
    LABEL,
    LINE,
    MUTED,
    PAPER,
    SMALL,
    Fitted,
    Pen,
    Style,
    fit,
    fit_block,
    wrap,
)
from mentor_desktop.documents.list_head import draw_head, head_height
from mentor_desktop.documents.pdf_file import PdfFile
from mentor_desktop.documents.pdf_objects import Properties
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import Language, _
from mentor_desktop.progress import NO_PROGRESS, Progress

_NUMBER = Style(size=8.5, colour=MUTED)
_FAMILY = Style(BOLD, 10.5, leading=1.14)
_GIVEN = Style(size=10.5, leading=1.14)
_ORGANISATION = Style(size=8.4, leading=1.16)
_PLACE = Style(size=7.2, colour=MUTED, leading=1.16)
_ROLE = Style(size=8, leading=1.16)
_COLUMN_HEAD = Style(BOLD, 7.6, leading=1.2)
_BLOCK_HEAD = Style(BOLD, 9.5, ACCENT)
_SMALLEST_PT = 6.0
_CELL_PAD_MM = 1.6
_ADDRESS_MM = 8.2
_ADDRESS_GAP_MM = 10.0
_WRITING_LINE = 0.7


class ListError(UserFacingError):
    """An attendance list cannot be printed as it is."""


@dataclass(frozen=True)
class _Frame:
    """The heights of a page: head, room for the table, rows (mm)."""

    head: float
    rows_per_page: int
    row: float
    addresses_per_page: int
    address_columns: int


def render_attendance_list(
    sheet: AttendanceList,
    *,
    created_at: datetime,
    pages: Collection[int] | None = None,
    reprint: str = "",
    progress: Progress = NO_PROGRESS,
) -> bytes:
    """Return the list as a PDF: for each day a sheet set with its own print id and page count.

    `pages` chooses pages of each set (all when None). `reprint` is the letter that marks them,
    "b" for the first reprint: `WS-2026-01-D1-b`. The numbers of pages stay as they were.

    Raises:
        ListError: there is no day, no slot, or the pages asked for do not exist.
        FontError: a character is in no print font.
        PictureError: a logo cannot be read.
        Cancelled: through `progress`.
    """
    load_fonts()
    require_glyphs(sheet.written_texts())
    chosen = [page for page in plan_pages(sheet) if pages is None or page.page in pages]
    if not chosen:
        raise ListError(_("The list has no such page; look at its last print for the numbers."))
    out = io.BytesIO()
    language = Language(sheet.language)
    title = f"{language.gettext('Attendance list')} – {sheet.head.activity_title}"
    days = ", ".join(page.day.print_id for page in chosen if page is chosen[0] or page.page == 1)
    file = PdfFile(out, Properties(title, sheet.language, created_at, subject=days))
    painter = _Painter(sheet, language, file, reprint)
    for done, page in enumerate(chosen, start=1):
        painter.draw(page)
        progress.step(done, len(chosen))
    file.close()
    return out.getvalue()


def plan_pages(sheet: AttendanceList) -> list[PlannedPage]:
    """Return every page of every day's set with the list numbers on it, nothing drawn.

    Raises:
        ListError: the list has no day, or a day no slot.
    """
    load_fonts()
    if not sheet.days or not all(day.slots for day in sheet.days):
        raise ListError(_("A list needs a day with at least one slot; complete the agenda first."))
    frame = _frame(sheet)
    return [
        page
        for day in sheet.days
        for page in plan_day(
            sheet,
            day,
            rows_per_page=frame.rows_per_page,
            addresses_per_page=frame.addresses_per_page,
        )
    ]


def _frame(sheet: AttendanceList) -> _Frame:
    paper = paper_of(sheet)
    head = head_height(sheet.head, Language(sheet.language), paper)
    room = paper.height - MARGIN_MM - head - FOOT_MM - MARGIN_MM / 2
    rows = int((room - TABLE_HEAD_MM) // ROW_MM)
    if rows < 1:
        raise ListError(
            _("The texts at the head of the list leave no room for names; shorten them.")
        )
    row = (room - TABLE_HEAD_MM) / rows
    columns = 2 if sheet.orientation == "landscape" else 1
    addresses = int((room + FOOT_MM - TABLE_HEAD_MM) // _ADDRESS_MM)
    return _Frame(head, rows, row, addresses * columns, columns)


class _Painter:
    """Draws planned pages; one list, one file."""

    def __init__(
        self, sheet: AttendanceList, language: Language, file: PdfFile, reprint: str
    ) -> None:
        self._sheet = sheet
        self._language = language
        self._file = file
        self._reprint = reprint
        self._frame = _frame(sheet)
        self._paper = paper_of(sheet)
        self._pen = Pen(file.canvas, self._paper)
        self._width = self._paper.width - 2 * MARGIN_MM

    def draw(self, page: PlannedPage) -> None:
        """Draw one page."""
        print_id = f"{page.day.print_id}-{self._reprint}" if self._reprint else page.day.print_id
        number = self._language.gettext("Page {page} of {count}").format(
            page=page.page, count=page.page_count
        )
        draw_head(
            self._pen,
            self._sheet.head,
            self._language,
            held_on=page.day.held_on,
            print_id=print_id,
            page=number,
        )
        if page.kind == "addresses":
            self._draw_addresses(page)
        else:
            self._draw_table(page)
            self._draw_foot()
        self._file.end_page(self._paper.size_pt)

    def _draw_table(self, page: PlannedPage) -> None:
        y = MARGIN_MM + self._frame.head
        if page.rows:
            self._draw_column_heads(page.columns, y)
            y += TABLE_HEAD_MM
        for row in page.rows:
            self._draw_row(row, page.columns, y)
            y += self._frame.row
        if not page.trainers:
            return
        if not page.rows:
            self._draw_column_heads(page.columns, y)
            y += TABLE_HEAD_MM
        heading = self._language.gettext("Trainers and staff")
        baseline = y + self._frame.row - 2.6
        self._pen.text(MARGIN_MM + _CELL_PAD_MM, baseline, heading, _BLOCK_HEAD)
        y += self._frame.row
        self._pen.rule(MARGIN_MM, y, self._width, colour=ACCENT, weight=0.8)
        for row in page.trainers:
            self._draw_row(row, page.columns, y)
            y += self._frame.row

    def _draw_column_heads(self, columns: tuple[Column, ...], y: float) -> None:
        self._pen.fill(MARGIN_MM, y, self._width, TABLE_HEAD_MM, PAPER)
        for column in columns:
            x, width = column.x + _CELL_PAD_MM, column.width - 2 * _CELL_PAD_MM
            lines = self._column_head(column)
            found = fit(lines[0], _COLUMN_HEAD, width, smallest=5.5, max_lines=2)
            if len(lines) == 1:
                self._pen.lines(x, y + TABLE_HEAD_MM - 2.6 - found.height_mm + 3, found)
                continue
            self._pen.lines(x, y + 3.6, found)
            below = fit(lines[1], SMALL, width, smallest=5.5)
            self._pen.lines(x, y + TABLE_HEAD_MM - 1.9, below)
        bottom = y + TABLE_HEAD_MM
        self._pen.rule(MARGIN_MM, bottom, self._width, colour=ACCENT, weight=0.8)

    def _column_head(self, column: Column) -> list[str]:
        language = self._language
        if column.slot is not None:
            slot = column.slot
            below = " · ".join(part for part in (slot.name, slot.hours) if part)
            return [language.gettext("Signature"), below]
        heads = {
            # Translators: heading of a narrow column with row numbers.
            "number": language.gettext("No."),
            "family": language.gettext("Family name"),
            "given": language.gettext("Given name"),
            "latin": language.gettext("Name in Latin letters"),
            "organisation": language.gettext("Organisation, place"),
            "email": language.gettext("E-mail"),
            "role": language.gettext("Role"),
        }
        return [heads[column.key]]

    def _draw_row(self, planned: PlannedRow, columns: tuple[Column, ...], y: float) -> None:
        height = self._frame.row
        for column in columns:
            if column.key == "signature":
                self._pen.upright(column.x, y, height)
            elif column.key == "number":
                middle = y + height / 2 + 1.1
                right = column.x + column.width - _CELL_PAD_MM
                self._pen.text(right, middle, planned.label, _NUMBER, "right")
            elif planned.row is not None:
                self._draw_cell(column, planned.row, y)
        last = columns[-1]
        self._pen.upright(last.x + last.width, y, height)
        self._pen.rule(MARGIN_MM, y + height, self._width, colour=LINE)

    def _draw_cell(self, column: Column, row: ListRow, y: float) -> None:
        width = column.width - 2 * _CELL_PAD_MM
        blocks = [
            fit(text, style, width, smallest=_SMALLEST_PT, max_lines=2)
            for text, style in self._cell_texts(column, row)
            if text
        ]
        total = sum(block.height_mm for block in blocks)
        top = y + (self._frame.row - total) / 2
        for block in blocks:
            self._pen.lines(column.x + _CELL_PAD_MM, top + block.style.line_mm * 0.78, block)
            top += block.height_mm

    def _cell_texts(self, column: Column, row: ListRow) -> list[tuple[str, Style]]:
        is_upright = self._sheet.orientation == "portrait"
        if column.key == "family":
            # A person with one name only has it where the eye looks first.
            name = row.family_name or row.given_name
            return [(name, _FAMILY), (row.name_latin if is_upright else "", _PLACE)]
        if column.key == "given":
            return [(row.given_name if row.family_name else "", _GIVEN)]
        if column.key == "organisation":
            email = row.email if is_upright and self._sheet.has_emails else ""
            return [(row.organisation, _ORGANISATION), (row.place, _PLACE), (email, _PLACE)]
        if column.key == "latin":
            return [(row.name_latin, _ORGANISATION)]
        if column.key == "email":
            return [(row.email, _PLACE)]
        return [(row.role, _ROLE)]

    def _draw_foot(self) -> None:
        pen, language, head = self._pen, self._language, self._sheet.head
        top = self._paper.height - MARGIN_MM / 2 - FOOT_MM + 3
        third = self._width / 3
        notice_width = third * 1.15 - 6
        block = fit_block([head.data_notice], FINE_PRINT, notice_width, FOOT_MM - 6, smallest=4.8)
        pen.lines(MARGIN_MM, top + 2.4, block)
        x = MARGIN_MM + third * 1.15
        width = third * 0.8 - 4
        pen.text(x, top + 5.5, language.gettext("Signatures on this page:"), SMALL)
        pen.frame(x + width - 16, top, 16, 8, colour=MUTED, weight=_WRITING_LINE, radius=1)
        line = top + FOOT_MM - 8
        pen.rule(x, line, width, colour=MUTED, weight=_WRITING_LINE)
        pen.text(x, line + 3, language.gettext("Trainer's signature"), LABEL)
        x = MARGIN_MM + third * 1.95
        width = third * 1.05
        pen.rule(x, line, width, colour=MUTED, weight=_WRITING_LINE)
        given = ", ".join(p for p in (head.representative, head.representative_function) if p)
        wanted = (
            language.gettext("Signature and stamp")
            if given
            else language.gettext("Name, function, signature and stamp")
        )
        pen.text(x, top + 2.4, language.gettext("Legal representative of the host"), LABEL)
        pen.lines(x, top + 6, Fitted(wrap(given, SMALL, width)[:2], SMALL))
        pen.text(x, line + 3, wanted, LABEL)

    def _draw_addresses(self, page: PlannedPage) -> None:
        pen, language = self._pen, self._language
        top = MARGIN_MM + self._frame.head
        heading = language.gettext("Addresses of the sending organisations")
        pen.text(MARGIN_MM, top + 6, heading, _BLOCK_HEAD)
        top += TABLE_HEAD_MM
        pen.rule(MARGIN_MM, top, self._width, colour=ACCENT, weight=0.8)
        columns = self._frame.address_columns
        per_column = self._frame.addresses_per_page // columns
        width = (self._width - _ADDRESS_GAP_MM * (columns - 1)) / columns
        for place, index in enumerate(page.addresses):
            column, line = divmod(place, per_column)
            x = MARGIN_MM + column * (width + _ADDRESS_GAP_MM)
            self._draw_address(self._sheet.organisations[index], x, top + line * _ADDRESS_MM, width)

    def _draw_address(
        self, organisation: OrganisationAddress, x: float, y: float, width: float
    ) -> None:
        name_width = width * 0.45
        for left, text, room in (
            (x, organisation.name, name_width - 4),
            (x + name_width, organisation.address, width - name_width),
        ):
            block = fit(text, _ORGANISATION, room, smallest=_SMALLEST_PT, max_lines=2)
            top = y + (_ADDRESS_MM - block.height_mm) / 2
            self._pen.lines(left, top + block.style.line_mm * 0.78, block)
        self._pen.rule(x, y + _ADDRESS_MM, width)
