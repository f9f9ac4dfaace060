"""Which rows stand on which page of an attendance list, and how wide the columns are (mm)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from mentor_desktop.documents.attendance_sheet import AttendanceList, ListDay, ListRow, ListSlot
from mentor_desktop.documents.layout import A4_LANDSCAPE, A4_PORTRAIT, Paper

ROW_MM = 12.0  # the least a hand needs; source: attendance rules, printed list
SIGNATURE_MM = 35.0  # the least width of a signature cell; same source
SIGNATURE_MOST_MM = 56.0
MARGIN_MM = 10.0
TABLE_HEAD_MM = 9.0
FOOT_MM = 24.0

ColumnKey = Literal[
    "number", "family", "given", "latin", "organisation", "email", "role", "signature"
]

# Least width, and the share of what is left over.
_LANDSCAPE_COLUMNS: dict[ColumnKey, tuple[float, float]] = {
    "number": (9, 0),
    "family": (36, 2),
    "given": (27, 1.5),
    "latin": (34, 1.5),
    "organisation": (44, 3),
    "email": (38, 1.5),
    "role": (18, 0.6),
}
_PORTRAIT_COLUMNS: dict[ColumnKey, tuple[float, float]] = {
    "number": (8, 0),
    "family": (31, 2),
    "given": (23, 1.5),
    "organisation": (34, 2),
    "role": (18, 0.5),
}
_SIGNATURE_SHARE = 1.6


@dataclass(frozen=True)
class Column:
    """A column with its left edge and width; `slot` for a signature column."""

    key: ColumnKey
    x: float
    width: float
    slot: ListSlot | None = None


@dataclass(frozen=True)
class PlannedRow:
    """A row of the table; `row` is None for an empty one, `label` is what stands before it."""

    label: str
    row: ListRow | None


@dataclass(frozen=True)
class PlannedPage:
    """One page of a day's sheet set; `kind` "addresses" is the annex without signatures."""

    day: ListDay
    page: int
    page_count: int
    kind: Literal["rows", "addresses"]
    columns: tuple[Column, ...] = ()
    rows: tuple[PlannedRow, ...] = ()
    trainers: tuple[PlannedRow, ...] = ()
    addresses: tuple[int, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """Return the list numbers of the persons on this page, trainers left out."""
        return tuple(planned.row.number for planned in self.rows if planned.row is not None)


def paper_of(sheet: AttendanceList) -> Paper:
    """Return the paper of a list."""
    return A4_LANDSCAPE if sheet.orientation == "landscape" else A4_PORTRAIT


def has_latin_names(sheet: AttendanceList) -> bool:
    """Say whether anybody's name is written in another script too."""
    return any(row.name_latin for row in (*sheet.rows, *sheet.trainers))


def _wanted_columns(sheet: AttendanceList) -> dict[ColumnKey, tuple[float, float]]:
    # Upright there is no room: the Latin form and the e-mail are second lines of a cell.
    if sheet.orientation == "portrait":
        return dict(_PORTRAIT_COLUMNS)
    wanted = dict(_LANDSCAPE_COLUMNS)
    if not has_latin_names(sheet):
        del wanted["latin"]
    if not sheet.has_emails:
        del wanted["email"]
    return wanted


def columns_for(sheet: AttendanceList, slots: Sequence[ListSlot]) -> tuple[Column, ...]:
    """Return the columns of a page with a signature column for each of the slots."""
    wanted = _wanted_columns(sheet)
    available = paper_of(sheet).width - 2 * MARGIN_MM
    least = sum(width for width, _share in wanted.values()) + SIGNATURE_MM * len(slots)
    shares = sum(share for _width, share in wanted.values()) + _SIGNATURE_SHARE * len(slots)
    unit = (available - least) / shares
    signature = min(SIGNATURE_MM + unit * _SIGNATURE_SHARE, SIGNATURE_MOST_MM)
    rest_shares = shares - _SIGNATURE_SHARE * len(slots)
    names_least = least - SIGNATURE_MM * len(slots)
    rest_unit = (available - names_least - signature * len(slots)) / rest_shares
    columns: list[Column] = []
    x = MARGIN_MM
    for key, (width, share) in wanted.items():
        columns.append(Column(key, x, width + share * rest_unit))
        x += columns[-1].width
    for slot in slots:
        columns.append(Column("signature", x, signature, slot))
        x += signature
    return tuple(columns)


def slot_groups(sheet: AttendanceList, day: ListDay) -> list[tuple[ListSlot, ...]]:
    """Return a day's slots in groups whose signature columns fit on one page."""
    names = sum(width for width, _share in _wanted_columns(sheet).values())
    available = paper_of(sheet).width - 2 * MARGIN_MM - names
    most = max(1, int(available // SIGNATURE_MM))
    groups = -(-len(day.slots) // most)
    edges = [round(len(day.slots) * group / groups) for group in range(groups + 1)]
    return [day.slots[first:last] for first, last in pairwise(edges)]


def plan_day(
    sheet: AttendanceList, day: ListDay, *, rows_per_page: int, addresses_per_page: int
) -> list[PlannedPage]:
    """Return the pages of one day's sheet set in order.

    Walk-in rows fill the pages up; the trainers' block stands at the end, on a page of its own
    when the last one has no room for it. The addresses of the organisations follow.
    """
    bodies = _bodies(sheet, rows_per_page)
    pages: list[PlannedPage] = []
    for slots in slot_groups(sheet, day):
        columns = columns_for(sheet, slots)
        pages += [
            PlannedPage(day, 0, 0, "rows", columns, rows, trainers) for rows, trainers in bodies
        ]
    for start in range(0, len(sheet.organisations), addresses_per_page):
        end = min(start + addresses_per_page, len(sheet.organisations))
        pages.append(PlannedPage(day, 0, 0, "addresses", addresses=tuple(range(start, end))))
    return [
        PlannedPage(
            day=page.day,
            page=number,
            page_count=len(pages),
            kind=page.kind,
            columns=page.columns,
            rows=page.rows,
            trainers=page.trainers,
            addresses=page.addresses,
        )
        for number, page in enumerate(pages, start=1)
    ]


Body = tuple[tuple[PlannedRow, ...], tuple[PlannedRow, ...]]


def _bodies(sheet: AttendanceList, rows_per_page: int) -> list[Body]:
    """Return participants and trainers page by page."""
    persons = [PlannedRow(str(row.number), row) for row in sheet.rows]
    trainers = [PlannedRow(f"T{row.number}", row) for row in sheet.trainers]
    highest = max((row.number for row in sheet.rows), default=0)
    next_number = sheet.next_number or highest + 1
    written = len(persons) + sheet.blank_rows
    pages = max(1, -(-written // rows_per_page))
    # The block's heading takes the room of a row.
    block = len(trainers) + 1 if trainers else 0
    shares_page = written - (pages - 1) * rows_per_page + block <= rows_per_page
    places = pages * rows_per_page - (block if shares_page else 0)
    blanks = [
        PlannedRow(str(next_number + offset), None) for offset in range(places - len(persons))
    ]
    table = [*persons, *blanks]
    bodies: list[Body] = [
        (tuple(table[start : start + rows_per_page]), ())
        for start in range(0, len(table), rows_per_page)
    ]
    if not trainers:
        return bodies
    if shares_page:
        bodies[-1] = bodies[-1][0], tuple(trainers)
        return bodies
    per_page = rows_per_page - 1
    bodies += [
        ((), tuple(trainers[start : start + per_page]))
        for start in range(0, len(trainers), per_page)
    ]
    return bodies
