"""The typefaces of every print, and the check that they have every letter.

Only static Noto Sans is embedded (cut by `build_fonts`). A letter it lacks stops the print
with a sentence before anything is drawn: reportlab itself would print a box.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from mentor_desktop.config import resource_path
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont

LIGHT = "NotoSans-Light"
REGULAR = "NotoSans-Regular"
BOLD = "NotoSans-SemiBold"

FONT_FILES = {name: f"{name}.ttf" for name in (LIGHT, REGULAR, BOLD)}

# Marks are placed by the font; ligatures and case variants stay off because they have no code
# point, and text copied out of the file would lose the letter.
_SHAPING = {"ccmp": False, "liga": False, "clig": False, "calt": False, "kern": False}
# Blank that does not break, soft hyphen, and the line end that `layout.wrap` breaks at.
_LAYOUT_CHARACTERS = frozenset("\u00a0\u00ad\n")
_registration = Lock()


class FontError(UserFacingError):
    """A print cannot be made with the fonts at hand."""


@cache
def _font(name: str) -> "TTFont":
    from reportlab import rl_config  # 60 ms: only when a font is used
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    # Plain Flate streams: ASCII85 in pure Python took half of the time of a one-page file.
    rl_config.useA85 = 0
    with _registration:
        path = resource_path("fonts", FONT_FILES[name])
        if not path.is_file():
            raise FontError(
                _(
                    "The font {file} for printing is missing; install the program again, or run "
                    "“make setup” in a source folder."
                ).format(file=path.name)
            )
        font = TTFont(name, str(path), asciiReadable=False)
        pdfmetrics.registerFont(font)
        return font


def load_fonts() -> None:
    """Make the fonts known to reportlab; quick when they already are.

    Raises:
        FontError: the font files are missing.
    """
    for name in FONT_FILES:
        _font(name)


def printable(text: str) -> str:
    """Return the text as it is drawn: NFC, so that a mark becomes part of its letter."""
    return unicodedata.normalize("NFC", text)


def missing_characters(text: str) -> str:
    """Return the characters that no print font has, in order of appearance, each once."""
    known = _known_codes()
    unknown = (char for char in printable(text) if ord(char) not in known)
    return "".join(dict.fromkeys(unknown))


@cache
def _known_codes() -> frozenset[int]:
    codes = set.intersection(*(set(_font(name).face.charToGlyph) for name in FONT_FILES))
    return frozenset(codes | {ord(char) for char in _LAYOUT_CHARACTERS})


def require_glyphs(texts: Iterable[str]) -> None:
    """Check that every text can be printed; call before anything is drawn.

    Raises:
        FontError: names the character, the text it stands in and what to do.
    """
    for text in texts:
        missing = missing_characters(text)
        if missing:
            raise FontError(
                _(
                    "The character “{character}” (U+{code}) in “{text}” is in no print font; "
                    "write it another way, for example in Latin letters, and print again."
                ).format(character=missing[0], code=f"{ord(missing[0]):04X}", text=text)
            )


def text_width(text: str, font: str, size: float) -> float:
    """Return the width of one line in points."""
    return _em_width(text, font) * size


@lru_cache(maxsize=1024)
def _em_width(text: str, font: str) -> float:
    return float(_font(font).stringWidth(text, 1))


def drawable(text: str, font: str, size: float) -> str:
    """Return what `drawString` has to be given: shaped where a mark has to be placed.

    Only a text with combining marks left after NFC is shaped, as Ọ̀ has no code point of its
    own; reportlab would draw the mark inside the letter. Source: dependency notes, trap 13.
    """
    if text.isascii() or not any(map(unicodedata.combining, text)):
        return text
    from reportlab.lib.abag import ABag  # as in `_font`
    from reportlab.pdfbase.ttfonts import ShapedStr, shapeFragWord

    fragment = ABag(fontName=font, fontSize=size)
    width = text_width(text, font, size)
    shaped = shapeFragWord([width, (fragment, text)], features=_SHAPING, force=True)
    return shaped[1][1] if isinstance(shaped[1][1], ShapedStr) else text
