"""Draws the front of a certificate: what an issue shares once, what is the holder's own each time."""

from dataclasses import dataclass

from mentor_desktop.documents.certificate_layout import (
    Box,
    FrontBoxes,
    PlacedFact,
    boxes_for,
    fit_name,
    fit_record,
    fits,
    place_facts,
)
from mentor_desktop.documents.certificate_record import qr_text
from mentor_desktop.documents.certificate_sheet import (
    CertificateCommon,
    CertificateSheet,
    CertificateTexts,
    Signatory,
)
from mentor_desktop.documents.certificate_words import (
    Fact,
    common_facts,
    deed,
    heading,
    introduction,
    issued,
    own_facts,
)
from mentor_desktop.documents.fonts import BOLD, printable
from mentor_desktop.documents.layout import (
    ACCENT,
    DISPLAY,
    FINE_PRINT,
    LABEL,
    MUTED,
    PAPER,
    SMALL,
    WARNING,
    BulletList,
    Fitted,
    Pen,
    Style,
    fit,
    fit_block,
    fit_list,
    width_mm,
    wrap,
)
from mentor_desktop.documents.pictures import draw_logos, draw_picture, draw_qr, load_picture
from mentor_desktop.i18n import Language

_LEAD = Style(size=10.5, colour=MUTED)
_LATIN = Style(size=12, colour=MUTED)
_TITLE = Style(BOLD, 17, leading=1.2)
_OUTCOME = Style(size=8.4, leading=1.3)
_OUTCOME_SMALLEST_PT = 7.0
_FINE_SMALLEST_PT = 5.5  # what a good printer still resolves
_NUMBER = Style(BOLD, 9.2)
_SIGNATORY = Style(BOLD, 9)
_COLUMN_GAP = 8.0
_CHECKING_GAP = 4.0
_QR_MM = 24.0
_RULE_MM = 22.0
_SIGNATURE_WIDTH = 66.0
_SIGNATURE_GAP = 12.0
_NUMBER_WIDTH = 33.0
_EVIDENCE_LABELS_MM = (2.2, 10.0, 17.8)
_VALUE_BELOW_MM = 3.9
_LIST_LABEL_MM = 4.6


@dataclass(frozen=True)
class Front:
    """The plan of one issue's front for sheets with a given number of own facts."""

    common: CertificateCommon
    boxes: FrontBoxes
    languages: tuple[Language, ...]
    shared: tuple[PlacedFact, ...]
    own: tuple[PlacedFact, ...]
    outcomes: tuple[BulletList, ...]
    fine_print: tuple[Fitted, ...]
    has_all_facts: bool

    @property
    def shared_height(self) -> float:
        """Return where the last shared fact stands, in mm."""
        return self.shared[-1].y


# Own facts stand after the dates and the place.
_FACTS_BEFORE_OWN = 2


def plan_front(sheet: CertificateSheet) -> Front:
    """Work out where everything on the front of this sheet stands."""
    common = sheet.common
    boxes = boxes_for(common.orientation)
    shared, own = common_facts(common), own_facts(sheet)
    before, after = shared[:_FACTS_BEFORE_OWN], [*shared[_FACTS_BEFORE_OWN:], _issuer(common)]
    placed = place_facts([*before, *own, *after], boxes.facts, boxes.fact_columns)
    is_complete = fits(placed, boxes.facts)
    if not is_complete:
        after = [fact for fact in after if not fact.is_on_back]
        placed = place_facts([*before, *own, *after], boxes.facts, boxes.fact_columns)
    after_own = _FACTS_BEFORE_OWN + len(own)
    return Front(
        common=common,
        boxes=boxes,
        languages=tuple(Language(texts.language) for texts in common.texts),
        shared=(*placed[:_FACTS_BEFORE_OWN], *placed[after_own:]),
        own=tuple(placed[_FACTS_BEFORE_OWN:after_own]),
        outcomes=_fit_outcomes(common, boxes.outcomes),
        fine_print=_fit_fine_print(common, boxes.fine_print),
        has_all_facts=is_complete,
    )


def _issuer(common: CertificateCommon) -> Fact:
    language = Language(common.texts[0].language)
    issuer = common.issuer
    details = "\n".join(part for part in (issuer.address, issuer.organisation_id) if part)
    return Fact(language.gettext("Issued by"), issuer.name, details)


def _columns(box: Box, count: int) -> list[Box]:
    width = (box.width - _COLUMN_GAP * (count - 1)) / count
    return [
        Box(box.x + column * (width + _COLUMN_GAP), box.y, width, box.height)
        for column in range(count)
    ]


def _fit_outcomes(common: CertificateCommon, box: Box) -> tuple[BulletList, ...]:
    """Return the outcomes for the front; none when there are none or they need the back."""
    if not any(texts.outcomes for texts in common.texts):
        return ()
    columns = _outcome_columns(common)
    room = box.height - _LIST_LABEL_MM
    width = _columns(box, len(columns))[0].width
    style = _OUTCOME
    # Twice: the second time every column takes the size of the fullest.
    for _round in range(2):
        fitted = tuple(
            fit_list(items, style, width, room, smallest=_OUTCOME_SMALLEST_PT) for items in columns
        )
        style = min((found.style for found in fitted), key=lambda found: found.size)
    return fitted if all(found.height_mm <= room for found in fitted) else ()


def _outcome_columns(common: CertificateCommon) -> list[tuple[str, ...]]:
    """Return the outcomes: a column for each language, or one language in two columns."""
    lists = [texts.outcomes for texts in common.texts]
    if len(lists) == 1:
        half = (len(lists[0]) + 1) // 2
        return [lists[0][:half], lists[0][half:]]
    return lists


def needs_back(front: Front) -> bool:
    """Say whether a second page is printed."""
    has_outcomes = any(texts.outcomes for texts in front.common.texts)
    return (
        front.common.has_back
        or not front.has_all_facts
        or (has_outcomes and not front.outcomes)
        or not all(map(has_whole_fine_print, front.common.texts, front.fine_print))
    )


def has_whole_fine_print(texts: CertificateTexts, block: Fitted) -> bool:
    """Say whether rule, funding statement and disclaimer all stand on the front."""
    wanted = (texts.rule_text, texts.funding_statement, texts.disclaimer)
    return " ".join(block.lines).split() == printable(" ".join(wanted)).split()


def draw_shared(pen: Pen, front: Front) -> None:
    """Draw everything that is the same on all certificates of the issue."""
    common, boxes = front.common, front.boxes
    bar = boxes.bar
    pen.fill(bar.x, bar.y, bar.width, bar.height, ACCENT)
    _draw_ground(pen, boxes)
    logos = boxes.logos
    draw_logos(pen, common.logos, logos.x, logos.y, width=logos.width, height=logos.height)
    _draw_words(pen, front)
    for fact in front.shared:
        _draw_fact(pen, fact)
    _draw_outcomes(pen, front)
    _draw_signatures(pen, common.signatories, boxes.signatures)
    parts = _columns(boxes.fine_print, len(front.fine_print))
    for block, part in zip(front.fine_print, parts, strict=True):
        pen.lines(part.x, part.y + block.style.line_mm, block)
    _draw_evidence_labels(pen, front)


def _draw_ground(pen: Pen, boxes: FrontBoxes) -> None:
    """Set the facts off from the words: a tinted column, or a line above them."""
    if boxes.fact_columns == 1:
        x = boxes.facts.x - 8
        pen.fill(x, boxes.bar.y, boxes.facts.right + 8 - x, boxes.bar.height, PAPER)
    else:
        pen.rule(boxes.facts.x, boxes.facts.y - 3, boxes.facts.width)


def _draw_outcomes(pen: Pen, front: Front) -> None:
    if not front.outcomes:
        return
    box = front.boxes.outcomes
    labels = dict.fromkeys(language.gettext("Learning outcomes") for language in front.languages)
    for label, part in zip(labels, _columns(box, max(1, len(labels))), strict=True):
        pen.text(part.x, part.y + 2.5, label, LABEL)
    for found, part in zip(front.outcomes, _columns(box, len(front.outcomes)), strict=True):
        pen.bullets(part.x, part.y + _LIST_LABEL_MM + 2.5, found)


def _draw_words(pen: Pen, front: Front) -> None:
    boxes, kind = front.boxes, front.common.kind
    headings = dict.fromkeys(heading(kind, language) for language in front.languages)
    for text, part in zip(headings, _columns(boxes.heading, len(headings)), strict=True):
        found = fit(text, DISPLAY, part.width, smallest=15, max_lines=2)
        pen.lines(part.x, part.y + 8, found)
    leads = list(dict.fromkeys(introduction(language) for language in front.languages))
    for text, part in zip(leads, _columns(boxes.name, len(leads)), strict=True):
        pen.text(part.x, part.y - 3, text, _LEAD)
    pen.fill(boxes.title.x, boxes.title.y - 2.4, _RULE_MM, 0.9, ACCENT)
    parts = _columns(boxes.title, len(front.languages))
    titles = _fit_titles(front.common, parts[0])
    for title, language, part in zip(titles, front.languages, parts, strict=True):
        pen.text(part.x, part.y + 5, deed(kind, language), _LEAD)
        pen.lines(part.x, part.y + 6 + title.style.line_mm, title)


def _fit_titles(common: CertificateCommon, box: Box) -> list[Fitted]:
    """Return the title in each language, all in the size of the longest."""
    size = _TITLE.size if len(common.texts) == 1 else _TITLE.size - 3
    fitted = [
        _fit_title(texts, _TITLE.sized(size), box.width, box.height - 6) for texts in common.texts
    ]
    style = min((title.style for title in fitted), key=lambda found: found.size)
    return [Fitted(wrap(texts.title, style, box.width), style) for texts in common.texts]


def _fit_title(texts: CertificateTexts, style: Style, width: float, height: float) -> Fitted:
    found = fit(texts.title, style, width, smallest=style.size - 3, max_lines=2)
    if found.height_mm <= height:
        return found
    return fit_block([texts.title], style, width, height, smallest=8)


def _draw_fact(pen: Pen, placed: PlacedFact) -> None:
    pen.text(placed.x, placed.y, placed.fact.label, LABEL)
    _draw_value(pen, placed)


def _draw_value(pen: Pen, placed: PlacedFact) -> None:
    y = pen.lines(placed.x, placed.value_y, placed.value)
    pen.lines(placed.x, y, placed.second)


def _draw_signatures(pen: Pen, signatories: tuple[Signatory, ...], box: Box) -> None:
    if not signatories:
        return
    room = (box.width + _SIGNATURE_GAP) / len(signatories) - _SIGNATURE_GAP
    width = min(room, _SIGNATURE_WIDTH)
    for number, signatory in enumerate(signatories):
        x = box.x + number * (width + _SIGNATURE_GAP)
        if signatory.picture:
            height = 14.0
            picture = load_picture(signatory.picture, signatory.name, height)
            draw_picture(pen, picture, x, box.y - height - 0.5, height)
        pen.rule(x, box.y, width, colour=MUTED, weight=0.6)
        name = fit(signatory.name, _SIGNATORY, width, smallest=7)
        y = pen.lines(x, box.y + 4.4, name)
        pen.lines(x, y, Fitted(wrap(signatory.function, SMALL, width)[:2], SMALL))


def _fit_fine_print(common: CertificateCommon, box: Box) -> tuple[Fitted, ...]:
    """Return a block for each language: the rule and the disclaimer go to the back if need be."""
    width = _columns(box, len(common.texts))[0].width
    for kept in (("rule", "funding", "disclaimer"), ("funding", "disclaimer"), ("funding",)):
        wordings = [_fine_texts(texts, kept) for texts in common.texts]
        style = FINE_PRINT
        for _round in range(2):
            blocks = tuple(
                fit_block(written, style, width, box.height, smallest=_FINE_SMALLEST_PT)
                for written in wordings
            )
            style = min((block.style for block in blocks), key=lambda found: found.size)
        if all(block.height_mm <= box.height for block in blocks):
            break
    return blocks


def _fine_texts(texts: CertificateTexts, kept: tuple[str, ...]) -> list[str]:
    wordings = {
        "rule": texts.rule_text,
        "funding": texts.funding_statement,
        "disclaimer": texts.disclaimer,
    }
    return [wordings[key] for key in kept if wordings[key]]


def _evidence_parts(boxes: FrontBoxes) -> tuple[Box, Box, Box]:
    """Return the places of the QR code, of number and code beside it, of the text for checking."""
    box = boxes.evidence
    code = Box(box.x, box.y, _QR_MM, _QR_MM)
    beside = Box(code.right + 5, box.y, _NUMBER_WIDTH, _QR_MM)
    if boxes.fact_columns == 1:
        # Place and date of issue take two lines in some languages and reach below the code.
        gap = _CHECKING_GAP
        return code, beside, Box(box.x, code.bottom + gap, box.width, box.height - _QR_MM - gap)
    x = boxes.signatures.x + _SIGNATURE_WIDTH + _SIGNATURE_GAP
    return code, beside, Box(x, box.y - 0.4, box.right - x, _QR_MM)


def _draw_evidence_labels(pen: Pen, front: Front) -> None:
    _, beside, checking = _evidence_parts(front.boxes)
    language = front.languages[0]
    labels = (language.gettext("Number"), language.gettext("Code"), language.gettext("Issued"))
    for label, y in zip(labels, _EVIDENCE_LABELS_MM, strict=True):
        pen.text(beside.x, beside.y + y, label, LABEL)
    contact = front.common.issuer.contact
    if contact:
        text = language.gettext(
            "To check this certificate, give number and code to the issuer: {contact}"
        ).format(contact=contact)
        block = fit_block(
            [text], FINE_PRINT, checking.width, checking.height, smallest=_FINE_SMALLEST_PT
        )
        pen.lines(checking.x, checking.y + block.style.line_mm, block)


def draw_own(pen: Pen, sheet: CertificateSheet, front: Front) -> None:
    """Draw what belongs to this holder."""
    boxes = front.boxes
    _draw_name(pen, sheet, boxes.name)
    for placed in front.own:
        _draw_fact(pen, placed)
    code, beside, _ = _evidence_parts(boxes)
    text = qr_text(sheet.serial, sheet.check, sheet.code, sheet.common.verify_url)
    draw_qr(pen, text, code.x, code.y, code.width)
    values = (sheet.number, sheet.code, issued(sheet).value)
    for value, y in zip(values, _EVIDENCE_LABELS_MM, strict=True):
        found = fit(value, _NUMBER, beside.width, smallest=7, max_lines=2)
        pen.lines(beside.x, beside.y + y + _VALUE_BELOW_MM, found)
    line = fit_record(sheet.record().line(sheet.check, sheet.code), boxes.record)
    pen.lines(boxes.record.x, boxes.record.y + line.style.line_mm, line)
    _draw_marks(pen, sheet, front)


def _draw_name(pen: Pen, sheet: CertificateSheet, box: Box) -> None:
    name = fit_name(sheet.holder_name, box)
    latin_room = 6.0 if sheet.holder_name_latin else 0.0
    free = box.height - latin_room - name.height_mm
    y = pen.lines(box.x, box.y + free * 0.5 + name.style.line_mm * 0.78, name)
    if sheet.holder_name_latin:
        latin = fit(sheet.holder_name_latin, _LATIN, box.width, smallest=9)
        pen.lines(box.x, y - name.style.line_mm + 7, latin)


def _draw_marks(pen: Pen, sheet: CertificateSheet, front: Front) -> None:
    language, boxes = front.languages[0], front.boxes
    if sheet.replaces:
        text = language.gettext("Replaces no. {number}.").format(number=sheet.replaces)
        pen.text(boxes.record.x, boxes.record.y - 1.2, text, FINE_PRINT)
    if sheet.is_duplicate:
        text = language.gettext("Duplicate")
        style = Style(BOLD, 10, WARNING)
        x, y = boxes.heading.right, boxes.logos.y + 5
        width = width_mm(text, style) + 6
        pen.frame(x - width, y - 5, width, 7.4, colour=WARNING, weight=0.8, radius=1)
        pen.text(x - 3, y, text, style, "right")
