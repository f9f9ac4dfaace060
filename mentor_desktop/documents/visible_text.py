"""What a person sees on a page of a PDF, as text: hidden letters left out, covered ones noticed.

PDFium works in one thread at a time: call from one worker.
"""

import ctypes
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

_INVISIBLE_MODES = frozenset(
    {pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP}
)
_FAINT = 200  # a letter whose red, green and blue are all above this cannot be read on paper
_SAME_LINE = 0.3  # of the letter size: baselines nearer than this are one line
_COVERED_SHARE = 0.25  # of the area of a text: overlaps of neighbours stay well below
_MOST_OBJECTS = 5000  # a certificate has about 100; comparing all pairs of more takes long
# What PDFium makes of a hyphen at the end of a line.
_REPLACED = {"\ufffe": "-", "\x02": "-"}

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Letter:
    """A visible character; position of its origin and size in points."""

    text: str
    x: float
    y: float
    size: float


@dataclass(frozen=True)
class VisiblePage:
    """The letters of a page in reading order as drawn; `is_covered` when something hides text."""

    letters: tuple[Letter, ...]
    is_covered: bool

    def text(self) -> str:
        """Return the text with a line end where a new line begins, NFC."""
        return joined(self.letters)

    def text_of_size(self, smallest_pt: float) -> str:
        """Return the text set in letters of at least this size, on one line."""
        large = [letter for letter in self.letters if letter.size >= smallest_pt]
        return " ".join(joined(large).split())


def joined(letters: tuple[Letter, ...] | list[Letter]) -> str:
    """Return letters as text; marks stay with their letter, however they were placed."""
    parts: list[str] = []
    last: Letter | None = None
    for letter in letters:
        if unicodedata.combining(letter.text[0]):
            while parts and parts[-1].isspace():
                parts.pop()
            parts.append(letter.text)
            continue
        if last is not None and _starts_line(last, letter):
            parts.append("\n")
        parts.append(letter.text)
        last = letter
    return unicodedata.normalize("NFC", "".join(parts))


def _starts_line(last: Letter, letter: Letter) -> bool:
    size = max(last.size, letter.size)
    return abs(letter.y - last.y) > _SAME_LINE * size or letter.x < last.x - size


def read_page(page: pdfium.PdfPage) -> VisiblePage:
    """Return what can be seen on a page."""
    width, height = page.get_size()
    textpage = page.get_textpage()
    try:
        letters = tuple(
            letter
            for letter in _letters(textpage)
            if 0 <= letter.x <= width and 0 <= letter.y <= height
        )
    finally:
        textpage.close()
    return VisiblePage(letters, _is_anything_covered(page))


def _letters(textpage: pdfium.PdfTextPage) -> Iterator[Letter]:
    raw = textpage.raw
    x, y = ctypes.c_double(), ctypes.c_double()
    previous: Letter | None = None
    for index in range(pdfium_c.FPDFText_CountChars(raw)):
        character = chr(pdfium_c.FPDFText_GetUnicode(raw, index))
        character = _REPLACED.get(character, character)
        if unicodedata.category(character) == "Cs":
            character = "\ufffd"  # half of a pair: a letter that no print of ours has
        if pdfium_c.FPDFText_IsGenerated(raw, index):
            # PDFium adds spaces where words part and line ends where it sees lines.
            if character == " " and previous is not None:
                yield Letter(" ", previous.x, previous.y, previous.size)
            continue
        if character == "\x00" or not _is_visible(raw, index):
            continue
        pdfium_c.FPDFText_GetCharOrigin(raw, index, ctypes.byref(x), ctypes.byref(y))
        size = pdfium_c.FPDFText_GetFontSize(raw, index)
        previous = Letter(character, x.value, y.value, size)
        yield previous


def _is_visible(raw: pdfium_c.FPDF_TEXTPAGE, index: int) -> bool:
    text_object = pdfium_c.FPDFText_GetTextObject(raw, index)
    if pdfium_c.FPDFTextObj_GetTextRenderMode(text_object) in _INVISIBLE_MODES:
        return False
    colour = [ctypes.c_uint() for _ in range(4)]
    if not pdfium_c.FPDFText_GetFillColor(raw, index, *map(ctypes.byref, colour)):
        return True
    *rgb, alpha = (channel.value for channel in colour)
    return alpha > 255 - _FAINT and min(rgb) <= _FAINT


@dataclass(frozen=True)
class _Drawn:
    """An object on the page, in the order drawn; `is_text` or something that can hide text."""

    is_text: bool
    bounds: Bounds


def _is_anything_covered(page: pdfium.PdfPage) -> bool:
    """Say whether a picture, a filled shape or another text lies over a text."""
    drawn = list(_drawn_objects(page))
    if len(drawn) > _MOST_OBJECTS:
        return True
    return any(
        _overlap(below.bounds, above.bounds) > _COVERED_SHARE * _area(below.bounds)
        for position, below in enumerate(drawn)
        if below.is_text
        for above in drawn[position + 1 :]
    )


def _drawn_objects(page: pdfium.PdfPage) -> Iterator[_Drawn]:
    raw = page.raw
    count = pdfium_c.FPDFPage_CountObjects(raw)
    objects = (pdfium_c.FPDFPage_GetObject(raw, index) for index in range(count))
    for one in objects:
        yield from _drawn(one, pdfium.PdfMatrix())


def _drawn(raw: pdfium_c.FPDF_PAGEOBJECT, placed: pdfium.PdfMatrix) -> Iterator[_Drawn]:
    kind = pdfium_c.FPDFPageObj_GetType(raw)
    if kind == pdfium_c.FPDF_PAGEOBJ_FORM:
        inner = _matrix(raw).multiply(placed)
        for index in range(pdfium_c.FPDFFormObj_CountObjects(raw)):
            yield from _drawn(pdfium_c.FPDFFormObj_GetObject(raw, index), inner)
        return
    is_text = kind == pdfium_c.FPDF_PAGEOBJ_TEXT
    if kind == pdfium_c.FPDF_PAGEOBJ_PATH and not _is_filled(raw):
        return
    if is_text and pdfium_c.FPDFTextObj_GetTextRenderMode(raw) in _INVISIBLE_MODES:
        return
    corners = [ctypes.c_float() for _ in range(4)]
    if pdfium_c.FPDFPageObj_GetBounds(raw, *map(ctypes.byref, corners)):
        left, bottom, right, top = (corner.value for corner in corners)
        yield _Drawn(is_text, placed.on_rect(left, bottom, right, top))


def _matrix(raw: pdfium_c.FPDF_PAGEOBJECT) -> pdfium.PdfMatrix:
    found = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(raw, found):
        return pdfium.PdfMatrix()
    return pdfium.PdfMatrix(found.a, found.b, found.c, found.d, found.e, found.f)


def _is_filled(raw: pdfium_c.FPDF_PAGEOBJECT) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(raw, ctypes.byref(fill), ctypes.byref(stroke))
    return bool(fill.value != pdfium_c.FPDF_FILLMODE_NONE)


def _area(bounds: Bounds) -> float:
    left, bottom, right, top = bounds
    return max(0.0, right - left) * max(0.0, top - bottom)


def _overlap(one: Bounds, other: Bounds) -> float:
    return _area(
        (
            max(one[0], other[0]),
            max(one[1], other[1]),
            min(one[2], other[2]),
            min(one[3], other[3]),
        )
    )
