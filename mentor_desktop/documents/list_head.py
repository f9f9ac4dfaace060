"""The head of an attendance list: the same on every page, so that no page stands alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from mentor_desktop.documents.attendance_plan import MARGIN_MM
from mentor_desktop.documents.attendance_sheet import ListHead
from mentor_desktop.documents.fonts import BOLD
from mentor_desktop.documents.layout import (
    ACCENT,
    FINE_PRINT,
    LABEL,
    Fitted,
    Paper,
    Pen,
    Style,
    fit,
    fit_block,
    wrap,
)
from mentor_desktop.documents.pictures import draw_logos
from mentor_desktop.i18n import Language

_KIND = Style(BOLD, 8, ACCENT)
_TITLE = Style(BOLD, 13, leading=1.16)
_DAY = Style(BOLD, 11)
_VALUE = Style(size=8, leading=1.22)
_PRINT_ID = Style(BOLD, 8.5)
_PAGE = Style(size=8)
_LOGO_MM = 10.0
_KIND_MM = 4.0
_LABEL_MM = 3.4
_GAP_MM = 2.4
_COLUMN_GAP_MM = 6.0
_PRINT_ID_WIDTH_MM = 62.0


@dataclass(frozen=True)
class _Parts:
    """The fitted texts of a head, the same for measuring and drawing."""

    title: Fitted
    columns: tuple[tuple[float, float, str, Fitted], ...]
    funding: Fitted

    @property
    def facts_height(self) -> float:
        """Return the height of label and value of the highest column."""
        return _LABEL_MM + max((value.height_mm for *_rest, value in self.columns), default=0)


def head_height(head: ListHead, language: Language, paper: Paper) -> float:
    """Return the height of the head in mm, from the upper margin to the table."""
    parts = _fit_parts(head, language, paper)
    logos = _LOGO_MM + _GAP_MM if head.logos else 0.0
    funding = parts.funding.height_mm + 0.8 if parts.funding.lines else 0.0
    return logos + _KIND_MM + parts.title.height_mm + parts.facts_height + funding + 2 * _GAP_MM


def draw_head(
    pen: Pen, head: ListHead, language: Language, *, held_on: date, print_id: str, page: str
) -> None:
    """Draw the head of one page; `page` is the ready-made "Page 1 of 7"."""
    parts = _fit_parts(head, language, pen.paper)
    width = pen.paper.width - 2 * MARGIN_MM
    right = MARGIN_MM + width
    y = MARGIN_MM
    if head.logos:
        pen.text(right, y + 3, print_id, _PRINT_ID, "right")
        pen.text(right, y + 6.8, page, _PAGE, "right")
        room = width - _PRINT_ID_WIDTH_MM
        draw_logos(pen, head.logos, MARGIN_MM, y, width=room, height=_LOGO_MM)
        y += _LOGO_MM + _GAP_MM
    else:
        pen.text(right, y + 2.8, f"{print_id} · {page}", _PRINT_ID, "right")
    kind = f"{language.gettext('Attendance list')} · {head.activity_type}"
    pen.text(MARGIN_MM, y + 2.8, kind, _KIND)
    y += _KIND_MM
    pen.lines(MARGIN_MM, y + 4.2, parts.title)
    day = language.date(held_on, "full")
    pen.text(right, y + 4.2, day, _DAY, "right")
    y += parts.title.height_mm + _GAP_MM
    for x, _width, label, value in parts.columns:
        pen.text(x, y + 2.2, label, LABEL)
        pen.lines(x, y + _LABEL_MM + 2.4, value)
    y += parts.facts_height
    pen.lines(MARGIN_MM, y + FINE_PRINT.line_mm, parts.funding)


def _fit_parts(head: ListHead, language: Language, paper: Paper) -> _Parts:
    width = paper.width - 2 * MARGIN_MM
    title = fit(head.activity_title, _TITLE, width - _PRINT_ID_WIDTH_MM, smallest=10, max_lines=2)
    facts = list(_facts(head, language))
    shares = [share for _label, _value, share in facts]
    room = width - _COLUMN_GAP_MM * (len(facts) - 1)
    columns: list[tuple[float, float, str, Fitted]] = []
    x = MARGIN_MM
    for label, value, share in facts:
        column = room * share / sum(shares)
        found = Fitted(wrap(value, _VALUE, column), _VALUE)
        columns.append((x, column, label, found))
        x += column + _COLUMN_GAP_MM
    funding = fit_block([head.funding_statement], FINE_PRINT, width, 6, smallest=5)
    return _Parts(title, tuple(columns), funding)


def _facts(head: ListHead, language: Language) -> Iterator[tuple[str, str, float]]:
    """Yield label, value and share of the width."""
    project = " · ".join(part for part in (head.project_title, head.project_number) if part)
    if project:
        yield language.gettext("Project"), project, 1.15
    if head.platform:
        yield language.gettext("Online platform"), head.platform, 0.9
    if head.venue or head.address:
        place = ", ".join(part for part in (head.venue, head.address, head.country) if part)
        yield language.gettext("Venue"), place, 1.0
    yield language.gettext("Host"), head.host, 0.75
