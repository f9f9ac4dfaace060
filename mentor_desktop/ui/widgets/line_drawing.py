"""How the lines of a `LineList` are measured and painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

if TYPE_CHECKING:
    from mentor_desktop.ui.theme import Theme
    from mentor_desktop.ui.widgets.line_list import Line

_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
# Room inside a line above and below its words, and beside them where it lights up.
_ABOVE = 9
_HEADING_ABOVE, _HEADING_BELOW = 20, 6
_ICON, _ICON_GAP, _COLUMN_GAP = 20, 12, 20
# The words keep at least this width; else what stands at the end goes below them.
_LEAST_WORDS = 200
_TALLEST = 10_000


class _Rects(NamedTuple):
    """Where the parts of one line stand, from the top left of the line."""

    lead: QRect
    lead_detail: QRect
    text: QRect
    detail: QRect
    tail: QRect
    height: int


class _Margin(NamedTuple):
    """What stands left of the words in one group of lines."""

    lead_width: int
    has_icons: bool


class Measures:
    """Knows the fonts, and how wide the left column of a list is."""

    def __init__(self, theme: Theme, *, is_strong: bool) -> None:
        self.theme = theme
        self._role = "strong" if is_strong else "body"
        self._margins: dict[Line, _Margin] = {}
        self._first: Line | None = None

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Make the left column as wide as the widest time or date, in groups that have any."""
        body, small = self.metrics("body"), self.metrics("small")
        leads = (body.horizontalAdvance(line.lead) for line in lines)
        details = (small.horizontalAdvance(line.lead_detail) for line in lines)
        widest = max((*leads, *details), default=0)
        self._first = lines[0] if lines else None
        self._margins = {}
        for group in _groups(lines):
            has_leads = any(line.lead or line.lead_detail for line in group)
            has_icons = any(line.icon for line in group)
            margin = _Margin(widest if has_leads else 0, has_icons=has_icons)
            self._margins.update(dict.fromkeys(group, margin))

    def font(self, line: Line) -> QFont:
        """Return the font of a line's own words."""
        return self.theme.font("label" if line.is_heading else self._role)

    def metrics(self, role: str) -> QFontMetrics:
        """Return the measures of a text role."""
        return QFontMetrics(self.theme.font(role))

    def height(self, line: Line, width: int) -> int:
        """Return the height of a line in a list of this width."""
        return self.rects(line, width).height

    def rects(self, line: Line, width: int) -> _Rects:
        """Return where everything stands in a list of this width."""
        px = self.theme.px
        above = px(_HEADING_ABOVE if line.is_heading and line is not self._first else _ABOVE)
        below = px(_HEADING_BELOW if line.is_heading else _ABOVE)
        left = indent = self.theme.size("indent")
        small = self.metrics("small")
        margin = self._margins.get(line, _Margin(0, has_icons=bool(line.icon)))
        lead = QRect(left, above, margin.lead_width, self.metrics("body").height())
        lead_detail = QRect(left, lead.bottom() + 1, margin.lead_width, small.height())
        if not line.is_heading:
            left += (margin.lead_width + px(_COLUMN_GAP)) if margin.lead_width else 0
            left += px(_ICON + _ICON_GAP) if margin.has_icons else 0
        tail_width = self.metrics("body").horizontalAdvance(line.tail) + 1 if line.tail else 0
        room = max(width - left - indent, 1)
        words = room - tail_width - (px(_COLUMN_GAP) if tail_width else 0)
        is_below = tail_width > 0 and words < min(px(_LEAST_WORDS), room)
        words = room if is_below else words
        text = self._wrapped(QFontMetrics(self.font(line)), line.text, left, above, words)
        bottom = text.bottom() + 1
        detail = QRect()
        if line.detail:
            detail = self._wrapped(small, line.detail, left, bottom + px(1), words)
            bottom = detail.bottom() + 1
        tail = QRect(left + room - tail_width, above, tail_width, lead.height())
        if is_below:
            tail = QRect(left, bottom, room, lead.height())
            bottom = tail.bottom() + 1
        if line.lead_detail:
            bottom = max(bottom, lead_detail.bottom() + 1)
        return _Rects(lead, lead_detail, text, detail, tail, bottom + below)

    @staticmethod
    def _wrapped(metrics: QFontMetrics, text: str, left: int, top: int, width: int) -> QRect:
        room = QRect(left, top, width, _TALLEST)
        return QRect(left, top, width, metrics.boundingRect(room, int(_WRAP), text).height())


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines between headings."""
    groups: list[list[Line]] = [[]]
    for line in lines:
        if line.is_heading:
            groups.append([])
        else:
            groups[-1].append(line)
    return groups


class LineDelegate(QStyledItemDelegate):
    """Paints one line: lit where the mouse is, a ring where the keyboard is."""

    def __init__(self, measures: Measures, view: QListView, *, lights_current: bool) -> None:
        super().__init__(view)
        self._lights_current = lights_current
        self._measures = measures
        self._view = view

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        width = self._view.viewport().width()
        return QSize(width, self._measures.height(index.data(Qt.ItemDataRole.UserRole), width))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        line: Line = index.data(Qt.ItemDataRole.UserRole)
        box: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if line.key:
            self._paint_ground(painter, option, box, is_current=index == self._view.currentIndex())
        painter.translate(box.topLeft())
        rects = self._measures.rects(line, box.width())
        self._paint_words(painter, line, rects)
        self._paint_lead(painter, line, rects)
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, box: QRect, *, is_current: bool
    ) -> None:
        theme = self._measures.theme
        state: QStyle.StateFlag = option.state
        radius, ring = theme.size("radius_control"), theme.tokens.sizes["focus"]
        room = QRectF(box).adjusted(1, 1, -1, -1)
        is_lit = is_current and self._lights_current
        if is_lit or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft" if is_lit else "hover"))
            painter.drawRoundedRect(room, radius, radius)
        if is_current and self._view.hasFocus():
            painter.setPen(QPen(theme.color("accent"), ring))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(room, radius, radius)

    def _paint_words(self, painter: QPainter, line: Line, rects: _Rects) -> None:
        measures = self._measures
        color = measures.theme.color
        painter.setFont(measures.font(line))
        painter.setPen(color("muted" if line.is_heading else line.tone))
        painter.drawText(rects.text, int(_WRAP), line.text)
        painter.setFont(measures.theme.font("small"))
        painter.setPen(color("muted"))
        painter.drawText(rects.detail, int(_WRAP), line.detail)
        if line.tail:
            painter.setFont(measures.theme.font("small" if line.is_heading else "body"))
            painter.setPen(color(line.tail_tone))
            is_below = rects.tail.left() == rects.text.left()
            side = Qt.AlignmentFlag.AlignLeft if is_below else Qt.AlignmentFlag.AlignRight
            painter.drawText(rects.tail, int(side | Qt.AlignmentFlag.AlignVCenter), line.tail)

    def _paint_lead(self, painter: QPainter, line: Line, rects: _Rects) -> None:
        theme = self._measures.theme
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color(line.tone))
        painter.drawText(rects.lead, flags, line.lead)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color(line.lead_tone))
        painter.drawText(rects.lead_detail, flags, line.lead_detail)
        if line.icon:
            left = rects.text.left() - theme.px(_ICON + _ICON_GAP)
            top = rects.text.top() + (rects.lead.height() - theme.px(_ICON)) // 2
            ratio = self._view.devicePixelRatioF()
            painter.drawPixmap(left, top, theme.pixmap(line.icon, line.icon_tone, _ICON, ratio))
