"""Draws the back of a certificate: the rule that applied, modules, outcomes, how to check it."""

from collections.abc import Iterator

from mentor_desktop.documents.certificate_front import Front, has_whole_fine_print
from mentor_desktop.documents.certificate_layout import Box
from mentor_desktop.documents.certificate_sheet import (
    CertificateSheet,
    CertificateTexts,
)
from mentor_desktop.documents.certificate_words import heading
from mentor_desktop.documents.fonts import BOLD
from mentor_desktop.documents.layout import (
    ACCENT,
    BODY,
    MUTED,
    BulletList,
    Fitted,
    Pen,
    Style,
    fit_list,
    wrap,
)
from mentor_desktop.i18n import Language

_HEADING = Style(BOLD, 10.5, ACCENT)
_NUMBER = Style(size=9, colour=MUTED)
_SMALLEST_PT = 5.5
_COLUMN_GAP = 12.0
_HEADING_GAP_MM = 1.4
_SIZE_STEP_PT = 0.25
_SECTION_GAP_MM = 4.0

Section = tuple[str, list[str]]


def draw_back_shared(pen: Pen, front: Front) -> None:
    """Draw what is the same on the back of all certificates of the issue."""
    bar = front.boxes.bar
    pen.fill(bar.x, bar.y, bar.width, bar.height, ACCENT)
    columns = [
        (list(_sections(front, texts, language)), part) for texts, language, part in _columns(front)
    ]
    style = BODY
    while style.size > _SMALLEST_PT and any(
        _height(sections, style, part.width) > part.height for sections, part in columns
    ):
        style = style.sized(style.size - _SIZE_STEP_PT)
    for sections, part in columns:
        _draw_sections(pen, sections, style, part)


def draw_back_own(pen: Pen, sheet: CertificateSheet, front: Front) -> None:
    """Draw number and holder, so that a copied back cannot be taken for another one's."""
    area = _area(front)
    language = front.languages[0]
    title = f"{heading(front.common.kind, language)} {sheet.number}"
    pen.text(area.x, area.y - 6, title, _NUMBER)
    name = Fitted(wrap(sheet.holder_name, _NUMBER, area.width / 2)[:1], _NUMBER)
    pen.lines(area.right, area.y - 6, name, "right")
    pen.rule(area.x, area.y - 3.5, area.width)


def _area(front: Front) -> Box:
    boxes = front.boxes
    left = boxes.logos.x
    width = boxes.paper.width - left - 24
    return Box(left, boxes.bar.y + 9, width, boxes.bar.height - 9)


def _columns(front: Front) -> Iterator[tuple[CertificateTexts, Language, Box]]:
    area = _area(front)
    count = len(front.common.texts)
    width = (area.width - _COLUMN_GAP * (count - 1)) / count
    for number, texts in enumerate(front.common.texts):
        part = Box(area.x + number * (width + _COLUMN_GAP), area.y, width, area.height)
        yield texts, front.languages[number], part


def _sections(front: Front, texts: CertificateTexts, language: Language) -> Iterator[Section]:
    common = front.common
    project = " · ".join(part for part in (common.project_title, common.project_number) if part)
    issuer = common.issuer
    parts = (issuer.name, issuer.address, issuer.organisation_id, issuer.contact)
    checking = language.gettext(
        "The issuer keeps a register of all certificates. Number, code and the line of small "
        "print at the foot of the front are enough to check this one."
    )
    sections: list[Section] = [
        (language.gettext("Rule that applied"), [texts.rule_text]),
        (language.gettext("Modules"), list(texts.modules)),
        (language.gettext("Learning outcomes"), [] if front.outcomes else list(texts.outcomes)),
        (language.gettext("Assessment"), [texts.assessment]),
        (language.gettext("Quality assurance"), [texts.quality_assurance]),
        (language.gettext("Project"), [project]),
        (language.gettext("Funding"), _funding(front, texts)),
        (
            language.gettext("How to check this certificate"),
            [f"{checking} {', '.join(part for part in parts if part)}"],
        ),
    ]
    for title, paragraphs in sections:
        written = [paragraph for paragraph in paragraphs if paragraph]
        if written:
            yield title, written


def _funding(front: Front, texts: CertificateTexts) -> list[str]:
    block = front.fine_print[front.common.texts.index(texts)]
    if has_whole_fine_print(texts, block):
        return []
    return [" ".join(part for part in (texts.funding_statement, texts.disclaimer) if part)]


def _draw_sections(pen: Pen, sections: list[Section], style: Style, part: Box) -> None:
    y = part.y + _HEADING.line_mm
    for title, paragraphs in sections:
        pen.text(part.x, y, title, _HEADING)
        y += style.line_mm + _HEADING_GAP_MM
        if len(paragraphs) > 1:
            y = pen.bullets(part.x, y, _listed(paragraphs, style, part.width))
        else:
            y = pen.paragraph(part.x, y, paragraphs[0], style, part.width)
        y += _SECTION_GAP_MM


def _height(sections: list[Section], style: Style, width: float) -> float:
    total = 0.0
    for _title, paragraphs in sections:
        total += style.line_mm + _HEADING_GAP_MM + _SECTION_GAP_MM
        if len(paragraphs) > 1:
            total += _listed(paragraphs, style, width).height_mm
        else:
            total += len(wrap(paragraphs[0], style, width)) * style.line_mm
    return total


def _listed(paragraphs: list[str], style: Style, width: float) -> BulletList:
    return fit_list(paragraphs, style, width, 0, smallest=style.size)
