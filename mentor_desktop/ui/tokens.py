"""The design tokens: every colour and size of the window, read from one file.

No Qt here, so contrast and scale can be computed by anybody. Sizes are
device-independent pixels at 100 % text. Named tuples here and elsewhere in `ui`: each frozen
dataclass costs the start half a millisecond.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from mentor_desktop.config import resource_path

Scheme = Literal["light", "dark"]

SMALLEST_SCALE, LARGEST_SCALE = 100, 200  # per cent

# The typographic point and the pixel of style sheets: 72 and 96 to the inch.
_POINTS_PER_PIXEL = 72 / 96

_PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")
_PIXELS = re.compile(r"(\d+)px")

# Relative luminance and contrast ratio: WCAG 2.2, definitions.
_LUMINANCE = (0.2126, 0.7152, 0.0722)
_LINEAR_LIMIT, _LINEAR_SLOPE = 0.04045, 12.92


class FontToken(NamedTuple):
    """One text size: pixels at 100 % and the weight on the scale from 100 to 900."""

    size: float
    weight: int


class Tokens(NamedTuple):
    """The tokens of one scheme at one text scale (per cent)."""

    scheme: Scheme
    scale: int
    colors: Mapping[str, str]
    fonts: Mapping[str, FontToken]
    spaces: Mapping[str, int]
    sizes: Mapping[str, int]
    motion: Mapping[str, int]

    def px(self, pixels: float) -> int:
        """Return a length that grows with the text."""
        return round(pixels * self.scale / 100)

    def space(self, name: str) -> int:
        """Return a gap of the grid: xs 4, s 8, m 12, l 16, xl 24, xxl 40 (it grows half as fast as text)."""
        return round(self.spaces[name] * (100 + self.scale) / 200)

    def size(self, name: str) -> int:
        """Return a named size, grown with the text."""
        return self.px(self.sizes[name])

    def points(self, role: str, pixels_per_inch: float = 96) -> float:
        """Return a font size in points that is the same on every screen density."""
        density = 96 / pixels_per_inch if pixels_per_inch else 1
        return self.fonts[role].size * self.scale / 100 * _POINTS_PER_PIXEL * density

    def fill(self, template: str) -> str:
        """Return a style sheet with its {placeholders} replaced.

        {accent} is a colour, {12px} a length at this scale, {gap_m} a gap, {size_row} a size.

        Raises:
            KeyError: a placeholder no token has.
        """
        return _PLACEHOLDER.sub(lambda found: self._value(found[1]), template)

    def _value(self, name: str) -> str:
        if pixels := _PIXELS.fullmatch(name):
            return f"{self.px(int(pixels[1]))}px"
        if name.startswith("gap_"):
            return f"{self.space(name.removeprefix('gap_'))}px"
        if name.startswith("size_"):
            return f"{self.size(name.removeprefix('size_'))}px"
        return self.colors[name]


def load_tokens(scheme: Scheme, scale: int = SMALLEST_SCALE, path: Path | None = None) -> Tokens:
    """Return the tokens of one scheme; `scale` is a percentage, kept between 100 and 200."""
    source = path or resource_path("theme", "tokens.json")
    stored = json.loads(source.read_text("utf-8"))
    return Tokens(
        scheme=scheme,
        scale=min(max(scale, SMALLEST_SCALE), LARGEST_SCALE),
        colors=stored[scheme],
        fonts={role: FontToken(**font) for role, font in stored["font"].items()},
        spaces=stored["space"],
        sizes=stored["size"],
        motion=stored["motion"],
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two "#RRGGBB" colours, 1 to 21 (WCAG 2.2)."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = (
        c / _LINEAR_SLOPE if c <= _LINEAR_LIMIT else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return sum(weight * c for weight, c in zip(_LUMINANCE, linear, strict=True))
