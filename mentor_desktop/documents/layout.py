"""The page as the documents see it: millimetres from the top left, named styles, fitted text.

Nothing here knows what a certificate or a list is. Colours and sizes of all prints live here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from reportlab.lib.colors import Color, HexColor

from mentor_desktop.documents.fonts import BOLD, LIGHT, REGULAR, drawable, printable, text_width
from mentor_desktop.documents.pdf_objects import POINTS_PER_MM, PageCanvas

Align = Literal["left", "center", "right"]

TEXT = "#1F2421"
MUTED = "#5B635E"
LINE = "#CFCBC0"  # a hairline that a laser printer still shows
ACCENT = "#0B6B5D"
ACCENT_SOFT = "#E1F1ED"
PAPER = "#F8F6F1"  # a breath of warmth; a laser printer leaves it white
WARNING = "#B3261E"

_SIZE_STEP_PT = 0.5


@dataclass(frozen=True)
class Paper:
    """A sheet; width and height in millimetres."""

    width: float
    height: float

    @property
    def size_pt(self) -> tuple[float, float]:
        """Return width and height in points."""
        return self.width * POINTS_PER_MM, self.height * POINTS_PER_MM


A4_PORTRAIT = Paper(210, 297)
A4_LANDSCAPE = Paper(297, 210)


@dataclass(frozen=True)
class Style:
    """How a text is set; `size` in points, `leading` as a multiple of the size."""

    font: str = REGULAR
    size: float = 9
    colour: str = TEXT
    leading: float = 1.32

    @property
    def line_mm(self) -> float:
        """Return the distance of two baselines in millimetres."""
        return self.size * self.leading / POINTS_PER_MM

    def sized(self, size: float) -> "Style":
        """Return the same style in another size."""
        return Style(self.font, size, self.colour, self.leading)

    def coloured(self, colour: str) -> "Style":
        """Return the same style in another colour."""
        return Style(self.font, self.size, colour, self.leading)


BODY = Style()
SMALL = Style(size=7.5, colour=MUTED)
FINE_PRINT = Style(size=6.2, colour=MUTED, leading=1.28)
LABEL = Style(size=7, colour=MUTED)
STRONG = Style(BOLD)
HEADING = Style(BOLD, 14, leading=1.18)
DISPLAY = Style(LIGHT, 23, ACCENT, leading=1.12)


@dataclass(frozen=True)
class Fitted:
    """A text cut into lines that fit; `style` has the size that was found."""

    lines: tuple[str, ...]
    style: Style

    @property
    def height_mm(self) -> float:
        """Return the height of all lines in millimetres."""
        return len(self.lines) * self.style.line_mm


def width_mm(text: str, style: Style) -> float:
    """Return the width of one line in millimetres."""
    return text_width(text, style.font, style.size) / POINTS_PER_MM


def wrap(text: str, style: Style, width: float) -> tuple[str, ...]:
    """Cut a text into lines of at most `width` millimetres; "" gives no line.

    Lines break at spaces and line ends; a word wider than a line breaks after a hyphen, slash
    or dot, in need between letters.
    """
    lines: list[str] = []
    for paragraph in printable(text).splitlines():
        lines += _wrap_paragraph(paragraph.split(" "), style, width)
    return tuple(lines)


def _wrap_paragraph(words: Sequence[str], style: Style, width: float) -> list[str]:
    lines: list[str] = []
    current: list[str] = []
    taken = 0.0
    space = width_mm(" ", style)
    for word in words:
        word_width = width_mm(word, style)
        if current and taken + space + word_width <= width:
            taken += space + word_width
            current.append(word)
            continue
        if current:
            lines.append(" ".join(current))
        *full, last = _break_word(word, style, width) if word_width > width else [word]
        lines += full
        current, taken = [last], width_mm(last, style)
    return [*lines, " ".join(current)]


def _break_word(word: str, style: Style, width: float) -> list[str]:
    pieces: list[str] = []
    while width_mm(word, style) > width:
        fitting = 1
        while width_mm(word[: fitting + 1], style) <= width:
            fitting += 1
        good = max((word.rfind(mark, 0, fitting) for mark in "-/.@_"), default=-1) + 1
        cut = good or fitting
        pieces.append(word[:cut])
        word = word[cut:]
    return [*pieces, word]


def fit(
    text: str, style: Style, width: float, *, smallest: float | None = None, max_lines: int = 1
) -> Fitted:
    """Return the text in the largest size that needs the fewest lines: shrink, then wrap.

    One line is tried from the style's size down to `smallest` points (the style's own size when
    None), then two lines, and so on. The last resort, more than `max_lines` lines in the
    smallest size, is returned as it is: the caller decides whether that is an error.
    """
    smallest = smallest or style.size
    for line_count in range(1, max_lines + 1):
        size = style.size
        while size >= smallest:
            lines = wrap(text, style.sized(size), width)
            if len(lines) <= line_count and _keeps_words(lines, text):
                return Fitted(lines, style.sized(size))
            size -= _SIZE_STEP_PT
    return Fitted(wrap(text, style.sized(smallest), width), style.sized(smallest))


def _keeps_words(lines: Sequence[str], text: str) -> bool:
    """Say whether lines break between words only."""
    return " ".join(lines).split() == printable(text).split()


def fit_block(
    texts: Sequence[str], style: Style, width: float, height: float, *, smallest: float
) -> Fitted:
    """Return paragraphs in the largest size at which all of them fit into the height (mm).

    In the smallest size the block may be higher than asked for: see `Fitted.height_mm`.
    """
    size = style.size
    while True:
        sized = style.sized(size)
        block = Fitted(tuple(line for text in texts for line in wrap(text, sized, width)), sized)
        if block.height_mm <= height or size <= smallest:
            return block
        size = max(smallest, size - _SIZE_STEP_PT / 2)


BULLET = "–"  # an en dash: quieter than a bullet
_INDENT_MM = 3.2
_ITEM_GAP_MM = 0.7


@dataclass(frozen=True)
class BulletList:
    """Items cut into lines that leave room for the bullet."""

    items: tuple[tuple[str, ...], ...]
    style: Style

    @property
    def height_mm(self) -> float:
        """Return the height of all items with the gaps between them."""
        return sum(len(item) * self.style.line_mm + _ITEM_GAP_MM for item in self.items)


def fit_list(
    texts: Sequence[str], style: Style, width: float, height: float, *, smallest: float
) -> BulletList:
    """Return a bulleted list in the largest size at which it fits into the height (mm).

    In the smallest size it may be higher than asked for: see `BulletList.height_mm`.
    """
    size = style.size
    while True:
        sized = style.sized(size)
        items = tuple(wrap(text, sized, width - _INDENT_MM) for text in texts)
        found = BulletList(items, sized)
        if found.height_mm <= height or size <= smallest:
            return found
        size = max(smallest, size - _SIZE_STEP_PT / 2)


class Pen:
    """Draws on a canvas; all positions and sizes in mm from the top left corner."""

    def __init__(self, canvas: PageCanvas, paper: Paper) -> None:
        self.canvas = canvas
        self.paper = paper

    def y_pt(self, y: float) -> float:
        """Return a position from the top in mm as points from the bottom."""
        return (self.paper.height - y) * POINTS_PER_MM

    def text(self, x: float, y: float, text: str, style: Style, align: Align = "left") -> None:
        """Draw one line with its baseline at `y`."""
        if not text:
            return
        x_pt = x * POINTS_PER_MM
        if align != "left":
            width = text_width(text, style.font, style.size)
            x_pt -= width if align == "right" else width / 2
        shaped = drawable(text, style.font, style.size)
        if shaped is text:
            ink = _fill_operator(style.colour)
            self.canvas.show_text(x_pt, self.y_pt(y), text, style.font, style.size, ink)
            return
        self.canvas.setFont(style.font, style.size)
        self.canvas.setFillColor(_colour(style.colour))
        self.canvas.drawString(x_pt, self.y_pt(y), shaped)

    def lines(self, x: float, y: float, block: Fitted, align: Align = "left") -> float:
        """Draw lines, the first with its baseline at `y`; return the baseline after the last."""
        for line in block.lines:
            self.text(x, y, line, block.style, align)
            y += block.style.line_mm
        return y

    def bullets(self, x: float, y: float, found: BulletList) -> float:
        """Draw a list, its first baseline at `y`; return the baseline after the last line."""
        for item in found.items:
            self.text(x, y, BULLET, found.style.coloured(ACCENT))
            y = self.lines(x + _INDENT_MM, y, Fitted(item, found.style)) + _ITEM_GAP_MM
        return y

    def paragraph(
        self, x: float, y: float, text: str, style: Style, width: float, align: Align = "left"
    ) -> float:
        """Draw wrapped text; return the baseline after the last line."""
        return self.lines(x, y, Fitted(wrap(text, style, width), style), align)

    def rule(
        self, x: float, y: float, width: float, *, colour: str = LINE, weight: float = 0.5
    ) -> None:
        """Draw a horizontal line; `weight` in points."""
        self._line(x, y, x + width, y, colour, weight)

    def upright(
        self, x: float, y: float, height: float, *, colour: str = LINE, weight: float = 0.5
    ) -> None:
        """Draw a vertical line downwards; `weight` in points."""
        self._line(x, y, x, y + height, colour, weight)

    def _line(self, x1: float, y1: float, x2: float, y2: float, colour: str, weight: float) -> None:
        self.canvas.setStrokeColor(_colour(colour))
        self.canvas.setLineWidth(weight)
        ends = x1 * POINTS_PER_MM, self.y_pt(y1), x2 * POINTS_PER_MM, self.y_pt(y2)
        self.canvas.line(*ends)

    def fill(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle whose top left corner is at (x, y)."""
        self.canvas.setFillColor(_colour(colour))
        corner = x * POINTS_PER_MM, self.y_pt(y + height)
        self.canvas.rect(*corner, width * POINTS_PER_MM, height * POINTS_PER_MM, stroke=0, fill=1)

    def frame(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        colour: str = LINE,
        weight: float = 0.5,
        radius: float = 0,
    ) -> None:
        """Draw the outline of a rectangle, its corners rounded by `radius` mm."""
        self.canvas.setStrokeColor(_colour(colour))
        self.canvas.setLineWidth(weight)
        size = width * POINTS_PER_MM, height * POINTS_PER_MM
        corner = x * POINTS_PER_MM, self.y_pt(y + height)
        if radius:
            self.canvas.roundRect(*corner, *size, radius * POINTS_PER_MM, stroke=1, fill=0)
        else:
            self.canvas.rect(*corner, *size, stroke=1, fill=0)


@cache
def _colour(code: str) -> Color:
    return HexColor(code)


@cache
def _fill_operator(code: str) -> str:
    red, green, blue = _colour(code).rgb()
    return f"{red:.4g} {green:.4g} {blue:.4g} rg"
