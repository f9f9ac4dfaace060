"""Cut the static fonts that the prints embed out of the variable Noto Sans.

Run by set-up as `python -m mentor_desktop.documents.build_fonts`; the program itself never
imports it. The same package gives the same bytes on every machine.
"""

import sys
from pathlib import Path

import fontpkg_noto_sans
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from mentor_desktop.config import resource_path
from mentor_desktop.documents.fonts import FONT_FILES

_VARIABLE_FILE = "NotoSans[wdth,wght].ttf"
_STAMP_FILE = "version.txt"
# Raised when this recipe changes, so that set-up cuts the fonts again.
_RECIPE = 1

_WEIGHTS = {"NotoSans-Light": 300, "NotoSans-Regular": 400, "NotoSans-SemiBold": 600}
_NORMAL_WIDTH = 100

# Scripts that read right only with shaping rules we do not apply: their letters have to be
# missing, so that the check before a print stops instead of printing them wrongly.
_UNSUPPORTED = ((0x0900, 0x097F), (0x1CD0, 0x1CFF), (0xA830, 0xA839), (0xA8E0, 0xA8FF))
_PRIVATE_USE = (0xE000, 0xF8FF)

_POSTSCRIPT_NAME = 6
_FULL_NAME = 4


def build_fonts(folder: Path) -> list[Path]:
    """Write the static fonts and their licence into `folder`; return what was written.

    Returns an empty list when the fonts there were cut from the installed package already.
    """
    stamp = folder / _STAMP_FILE
    wanted = f"{fontpkg_noto_sans.FAMILY} {_source_version()} recipe {_RECIPE}\n"
    files = [folder / name for name in FONT_FILES.values()]
    if stamp.is_file() and stamp.read_text("utf-8") == wanted and all(f.is_file() for f in files):
        return []
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in zip(FONT_FILES, files, strict=True):
        cut(name, path)
    licence = (fontpkg_noto_sans.ROOT / "LICENSE").read_bytes()
    (folder / "OFL.txt").write_bytes(licence)
    stamp.write_text(wanted, "utf-8")
    return files


def cut(name: str, path: Path) -> None:
    """Write the font of that name."""
    font = TTFont(_source_path(), recalcTimestamp=False)
    location = {"wght": _WEIGHTS[name], "wdth": _NORMAL_WIDTH}
    instancer.instantiateVariableFont(font, location, inplace=True, updateFontNames=False)
    _subset(font)
    for record in font["name"].names:
        if record.nameID == _POSTSCRIPT_NAME:
            record.string = name
        elif record.nameID == _FULL_NAME:
            record.string = name.replace("Sans-", "Sans ")
    draft = path.with_suffix(".new")
    font.save(draft)
    draft.replace(path)


def _source_version() -> str:
    with TTFont(_source_path(), lazy=True) as font:
        return f"{font['head'].fontRevision:.3f}"


def _source_path() -> Path:
    return Path(fontpkg_noto_sans.ROOT) / "files" / _VARIABLE_FILE


def _subset(font: TTFont) -> None:
    options = subset.Options(
        hinting=False,
        layout_features=["kern", "mark", "mkmk"],
        name_IDs=["*"],
        name_languages=["*"],
        notdef_outline=True,
        glyph_names=True,
        recalc_timestamp=False,
    )
    options.drop_tables += ["STAT"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for code in font.getBestCmap() if _is_supported(code)])
    subsetter.subset(font)


def _is_supported(code: int) -> bool:
    blocks = (*_UNSUPPORTED, _PRIVATE_USE)
    return not any(first <= code <= last for first, last in blocks)


if __name__ == "__main__":
    for written in build_fonts(resource_path("fonts")):
        sys.stdout.write(f"{written}\n")
