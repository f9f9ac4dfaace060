"""The sheet of paper that opens a workspace, or a journal, when its passphrase is forgotten."""

import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from mentor_desktop.documents.fonts import BOLD, LIGHT, load_fonts, require_glyphs
from mentor_desktop.documents.layout import (
    A4_PORTRAIT,
    ACCENT,
    BODY,
    DISPLAY,
    LABEL,
    LINE,
    MUTED,
    PAPER,
    Fitted,
    Pen,
    Style,
    fit,
    wrap,
)
from mentor_desktop.documents.pdf_file import PdfFile
from mentor_desktop.documents.pdf_objects import Properties
from mentor_desktop.i18n import Language

_LEFT, _WIDTH = 26.0, 160.0
_TEXT = BODY.sized(11)
_NAME = Style(BOLD, 18, leading=1.2)
_GROUP = Style(BOLD, 22)
_STEP = Style(LIGHT, 20, ACCENT)
_GROUPS_IN_A_ROW = 3
_CELL_MM = 19.0
_WIDEST_GROUP_MM = 38.0


@dataclass(frozen=True)
class RecoverySheet:
    """What the sheet says; `code` in groups parted by hyphens or spaces.

    `opens` is "workspace", or "journal" for a mentor's own sheet. `name` is the workspace's
    name or the mentor's.
    """

    name: str
    code: str
    made_on: date
    opens: Literal["workspace", "journal"] = "workspace"
    language: str = "en"


def render_recovery_sheet(sheet: RecoverySheet, *, created_at: datetime) -> bytes:
    """Return the sheet as a PDF of one page.

    The code stands on the page and nowhere else in the file: not in its title or properties.

    Raises:
        FontError: a character of the name is in no print font.
    """
    load_fonts()
    require_glyphs([sheet.name, sheet.code])
    language = Language(sheet.language)
    out = io.BytesIO()
    title = language.gettext("Recovery sheet")
    file = PdfFile(out, Properties(title, sheet.language, created_at, subject=sheet.name))
    pen = Pen(file.canvas, A4_PORTRAIT)
    pen.fill(12, 20, 1.6, 257, ACCENT)
    y = _draw_head(pen, sheet, language)
    y = _draw_code(pen, sheet.code.replace("-", " ").split(), y)
    _draw_steps(pen, _steps(sheet, language), y)
    file.end_page(A4_PORTRAIT.size_pt)
    file.close()
    return out.getvalue()


def _draw_head(pen: Pen, sheet: RecoverySheet, language: Language) -> float:
    pen.text(_LEFT, 36, language.gettext("Recovery sheet"), DISPLAY.sized(26))
    if sheet.opens == "journal":
        purpose = language.gettext("Opens the private journal of")
    else:
        purpose = language.gettext("Opens the workspace")
    pen.text(_LEFT, 50, purpose, Style(size=10.5, colour=MUTED))
    name = fit(sheet.name, _NAME, _WIDTH, smallest=12, max_lines=2)
    y = pen.lines(_LEFT, 58, name)
    made = language.gettext("Printed on {date}. An older sheet opens older backups only.")
    # Some languages end a date with a full stop of its own.
    sentence = made.format(date=language.date(sheet.made_on)).replace("..", ".")
    y = pen.paragraph(_LEFT, y, sentence, BODY, _WIDTH)
    return y + 4


def _draw_code(pen: Pen, groups: list[str], y: float) -> float:
    rows = -(-len(groups) // _GROUPS_IN_A_ROW)
    height = rows * _CELL_MM + 8
    pen.fill(_LEFT, y, _WIDTH, height, PAPER)
    cell = _WIDTH / _GROUPS_IN_A_ROW
    for index, group in enumerate(groups):
        row, column = divmod(index, _GROUPS_IN_A_ROW)
        x = _LEFT + column * cell + 8
        baseline = y + 4 + row * _CELL_MM + 12.5
        pen.text(x, baseline, str(index + 1), LABEL)
        pen.lines(x + 6, baseline, fit(group, _GROUP, _WIDEST_GROUP_MM, smallest=10))
        if row:
            pen.rule(_LEFT + 8, y + 4 + row * _CELL_MM, _WIDTH - 16, colour=LINE)
    return y + height + 14


def _draw_steps(pen: Pen, steps: list[str], y: float) -> None:
    for number, step in enumerate(steps, start=1):
        pen.text(_LEFT, y + 1.2, str(number), _STEP)
        block = Fitted(wrap(step, _TEXT, _WIDTH - 14), _TEXT)
        y = max(pen.lines(_LEFT + 14, y, block), y + 8) + 3


def _steps(sheet: RecoverySheet, language: Language) -> list[str]:
    steps = [
        language.gettext(
            "Keep this sheet on paper, in a safe place, and not with the computer: whoever has "
            "both can read everything."
        ),
        language.gettext(
            "Passphrase forgotten? Start the program, choose “Use the recovery sheet”, and type "
            "the groups in their order. The letters I, L, O and U do not occur; small or large "
            "letters make no difference."
        ),
        language.gettext(
            "Afterwards choose a new passphrase and print a new sheet. Then tear this one up."
        ),
        language.gettext("Do not photograph it, and do not save it as a file next to the data."),
    ]
    if sheet.opens == "journal":
        steps.append(
            language.gettext(
                "Nobody else can open your journal. Without passphrase and without this sheet it "
                "is lost, for the organiser and for the makers of the program too."
            )
        )
    else:
        steps.append(
            language.gettext(
                "It does not open anybody's private journal: each mentor has a sheet of their own."
            )
        )
    return steps
