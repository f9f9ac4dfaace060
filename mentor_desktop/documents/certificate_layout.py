"""Where things stand on the front of a certificate, landscape and portrait (A4, mm).

The reading of printed certificates (`readback`) uses the same boxes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mentor_desktop.documents.certificate_record import NAME_SMALLEST_PT
from mentor_desktop.documents.certificate_sheet import Orientation
from mentor_desktop.documents.certificate_words import Fact
from mentor_desktop.documents.fonts import BOLD
from mentor_desktop.documents.layout import (
    A4_LANDSCAPE,
    A4_PORTRAIT,
    FINE_PRINT,
    LABEL,
    MUTED,
    Fitted,
    Paper,
    Style,
    fit,
    wrap,
)

NAME = Style(BOLD, 36, leading=1.16)
NAME_MAX_LINES = 2
_NAME_TWO_LINES_PT = 29.0

VALUE = Style(size=9.2, leading=1.28)
SECOND_VALUE = Style(size=8, colour=MUTED, leading=1.28)
_LABEL_MM = 3.6
_FACT_GAP_MM = 2.6
_FACT_LEAST_GAP_MM = 1.4


@dataclass(frozen=True)
class Box:
    """A rectangle in mm from the top left corner of the page."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Return the x of the right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Return the y of the lower edge."""
        return self.y + self.height


@dataclass(frozen=True)
class FrontBoxes:
    """The parts of a front; `fact_columns` is how many labelled values stand side by side."""

    paper: Paper
    bar: Box
    logos: Box
    heading: Box
    name: Box
    title: Box
    outcomes: Box
    signatures: Box
    facts: Box
    fact_columns: int
    evidence: Box
    fine_print: Box
    record: Box


LANDSCAPE = FrontBoxes(
    paper=A4_LANDSCAPE,
    bar=Box(12, 18, 1.6, 174),
    logos=Box(26, 18, 132, 14),
    heading=Box(26, 42, 166, 14),
    name=Box(26, 64, 166, 31),
    title=Box(26, 101, 166, 23),
    outcomes=Box(26, 125, 166, 25),
    signatures=Box(26, 168, 166, 12),
    facts=Box(211, 24, 62, 126),
    fact_columns=1,
    evidence=Box(211, 152, 62, 36),
    fine_print=Box(26, 181, 166, 11),
    record=Box(26, 196, 247, 6),
)

PORTRAIT = FrontBoxes(
    paper=A4_PORTRAIT,
    bar=Box(12, 20, 1.6, 260),
    logos=Box(26, 20, 126, 15),
    heading=Box(26, 53, 160, 14),
    name=Box(26, 76, 160, 32),
    title=Box(26, 114, 160, 23),
    outcomes=Box(26, 186, 160, 24),
    signatures=Box(26, 228, 160, 12),
    facts=Box(26, 145, 160, 40),
    fact_columns=3,
    evidence=Box(26, 243, 160, 24),
    fine_print=Box(26, 270, 160, 12),
    record=Box(26, 285, 160, 6),
)


def boxes_for(orientation: Orientation) -> FrontBoxes:
    """Return the boxes of a page held this way."""
    return LANDSCAPE if orientation == "landscape" else PORTRAIT


def fit_name(name: str, box: Box) -> Fitted:
    """Return a holder's name in one line if it can be large enough, else in two smaller ones."""
    one_line = fit(name, NAME, box.width, smallest=NAME_SMALLEST_PT)
    if len(one_line.lines) == 1:
        return one_line
    style = NAME.sized(_NAME_TWO_LINES_PT)
    return fit(name, style, box.width, smallest=NAME_SMALLEST_PT, max_lines=NAME_MAX_LINES)


@dataclass(frozen=True)
class PlacedFact:
    """A labelled value with its place; `y` is the baseline of the label."""

    x: float
    y: float
    fact: Fact
    value: Fitted
    second: Fitted

    @property
    def value_y(self) -> float:
        """Return the baseline of the first line of the value."""
        return self.y + _LABEL_MM + 0.6

    @property
    def height(self) -> float:
        """Return the height from label to last line."""
        return _LABEL_MM + self.value.height_mm + self.second.height_mm

    @property
    def bottom(self) -> float:
        """Return where the last line ends."""
        return self.y + self.height


def place_facts(facts: Sequence[Fact], box: Box, columns: int) -> list[PlacedFact]:
    """Place labelled values row by row, each row as high as its highest value.

    Rows move together when there are many. They may still end below the box: see `fits`.
    """
    placed = _place_facts(facts, box, columns, _FACT_GAP_MM)
    return placed if fits(placed, box) else _place_facts(facts, box, columns, _FACT_LEAST_GAP_MM)


def fits(placed: Sequence[PlacedFact], box: Box) -> bool:
    """Say whether the last values end inside the box."""
    return max(one.bottom for one in placed) <= box.bottom


def _place_facts(facts: Sequence[Fact], box: Box, columns: int, gap: float) -> list[PlacedFact]:
    gutter = 6.0
    width = (box.width - gutter * (columns - 1)) / columns
    placed: list[PlacedFact] = []
    y = box.y + LABEL.line_mm
    for start in range(0, len(facts), columns):
        row = [
            PlacedFact(box.x + column * (width + gutter), y, fact, *_fact_lines(fact, width))
            for column, fact in enumerate(facts[start : start + columns])
        ]
        placed += row
        y += max(one.height for one in row) + gap
    return placed


def _fact_lines(fact: Fact, width: float) -> tuple[Fitted, Fitted]:
    value = fit(fact.value, VALUE, width, smallest=VALUE.size - 1, max_lines=2)
    second = Fitted(wrap(fact.second, SECOND_VALUE, width), SECOND_VALUE)
    return value, second


def fit_record(line: str, box: Box) -> Fitted:
    """Return the record line in as many lines as it needs; it breaks at spaces only."""
    return fit(line, FINE_PRINT, box.width, smallest=5.0, max_lines=2)
