"""What stands beside and above the register's cells: names with their numbers, half-days with sums.

They paint themselves: Qt marks the current one with a bold font that it makes up by smearing
the regular one.
"""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QTableView

from mentor_desktop.ui.register.model import RegisterModel
from mentor_desktop.ui.theme import Theme

# A place for three digits at the body's size.
_NUMBER_WIDTH, _GAP = 32, 8
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class NamesHeader(QHeaderView):
    """Number and name of each person; the current one in strong letters."""

    def __init__(self, theme: Theme, model: RegisterModel, view: QTableView) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        self._theme, self._model, self._view = theme, model, view
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(True)
        self.setHighlightSections(True)  # paints anew when another row becomes the current one

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        theme, person = self._theme, self._model.row_at(section)
        painter.save()
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("muted"))
        numbers = QRect(rect.left(), rect.top(), theme.px(_NUMBER_WIDTH), rect.height())
        number = str(person.list_number or "")
        painter.drawText(numbers, int(Qt.AlignmentFlag.AlignRight | _MIDDLE), number)
        font = theme.font("strong" if section == self._view.currentIndex().row() else "body")
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        room = rect.adjusted(numbers.width() + theme.px(_GAP), 0, -theme.px(_GAP), 0)
        name = QFontMetrics(font).elidedText(person.name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | _MIDDLE), name)
        painter.restore()


class SlotsHeader(QHeaderView):
    """Code and count of each half-day, then what the totals are; the current one is darker."""

    def __init__(self, theme: Theme, model: RegisterModel, view: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._theme, self._model, self._view = theme, model, view
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(True)
        self.setHighlightSections(True)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        theme = self._theme
        is_lit = section == self._view.currentIndex().column()
        is_total = section >= self._model.slot_count
        side = Qt.AlignmentFlag.AlignRight if is_total else Qt.AlignmentFlag.AlignHCenter
        room = rect.adjusted(0, 0, -theme.space("m") if is_total else 0, 0)
        words = str(self._model.headerData(section, Qt.Orientation.Horizontal))
        painter.save()
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(theme.font("label"))
        painter.setPen(theme.color("text" if is_lit else "muted"))
        painter.drawText(room, int(side | _MIDDLE), words)
        painter.restore()
