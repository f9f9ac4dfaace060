"""Who fits what was typed at the door: rows big enough for gloves, none chosen by default."""

from datetime import tzinfo
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from mentor_desktop.i18n import N_, _, current_language
from mentor_desktop.services.door import DoorPerson
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.status import look_of, status_name

# More than a person reads at a glance; the rest says "type one more letter".
MOST_SHOWN = 9

Index = QModelIndex | QPersistentModelIndex


class DoorResults(QListView):
    """The rows below the box; a digit, an arrow or a finger chooses.

    Emits:
        person_taken: `DoorPerson`, by a click or a tap.
    """

    person_taken = Signal(object)

    def __init__(self, theme: Theme, zone: tzinfo | None = None) -> None:
        super().__init__()
        self._theme = theme
        self._model = _ResultsModel(zone)
        self.setModel(self._model)
        self.setItemDelegate(_RowDelegate(theme, self._model))
        self.setAccessibleName(_("People who fit"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def people(self) -> list[DoorPerson]:
        """Everybody who fits, more than are shown perhaps."""
        return self._model.people

    @property
    def chosen(self) -> DoorPerson | None:
        """The chosen person; None while the text fits several and nobody was pointed at."""
        row = self.currentIndex().row()
        return self._model.people[row] if 0 <= row < len(self._model.people) else None

    def show_people(self, people: list[DoorPerson], zone: tzinfo) -> None:
        """Show who fits; the only one is chosen, of several nobody is."""
        self._model.show_people(people, zone)
        if len(people) == 1:
            self.setCurrentIndex(self._model.index(0))
        self.updateGeometry()

    def move(self, by: int) -> None:  # type: ignore[override]  # rows, not pixels: nobody moves this widget
        """Choose the row below (1) or above (-1)."""
        rows = self._model.rowCount()
        if rows:
            start = (
                self.currentIndex().row()
                if self.currentIndex().isValid()
                else (-1 if by > 0 else rows)
            )
            self.setCurrentIndex(self._model.index(max(0, min(rows - 1, start + by))))

    def choose(self, row: int) -> bool:
        """Choose the row with this number, from 0; say whether there is one."""
        if 0 <= row < self._model.rowCount():
            self.setCurrentIndex(self._model.index(row))
            return True
        return False

    def sizeHint(self) -> QSize:
        return QSize(
            self._theme.px(640), self._theme.size("row_touch") * max(1, self._model.rowCount())
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(320), self._theme.size("row_touch"))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.person_taken.emit(self._model.people[index.row()])


class _ResultsModel(QAbstractListModel):
    """The first people who fit, as rows."""

    def __init__(self, zone: tzinfo | None) -> None:
        super().__init__()
        self.people: list[DoorPerson] = []
        self.zone = zone

    def show_people(self, people: list[DoorPerson], zone: tzinfo) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self.people, self.zone = people, zone
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else min(len(self.people), MOST_SHOWN)

    def data(
        self, index: Index, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # Any: Qt's variant
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            person = self.people[index.row()]
            return ", ".join(
                filter(
                    None, (person.name, person.organisation, person.country, self.state_of(person))
                )
            )
        return None

    def state_of(self, person: DoorPerson) -> str:
        """Return what is known: "expected", "present 09:07", or why to ask first."""
        if person.is_here and person.arrived_at is not None:
            return f"{status_name(person.status)} {current_language().time(person.arrived_at, self.zone)}"
        if not person.is_on_list:
            return _(_REASONS[person.state]) if person.state in _REASONS else person.state
        return status_name(person.status)


# Why somebody is not on the list, as the row says it.
_REASONS = {
    "cancelled": N_("cancelled"),
    "waiting_list": N_("on the waiting list"),
    "declined": N_("declined"),
    "withdrew": N_("withdrew"),
    "no_show": N_("not coming"),
    "invited": N_("invited, no answer"),
}


class _RowDelegate(QStyledItemDelegate):
    """Paints number, name, where from, and the state in its colour."""

    def __init__(self, theme: Theme, model: _ResultsModel) -> None:
        super().__init__()
        self._theme = theme
        self._model = model

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(self._theme.px(320), self._theme.size("row_touch"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, person = self._theme, self._model.people[index.row()]
        box = QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft"))
            painter.drawRoundedRect(
                QRectF(box).adjusted(0, 2, 0, -2), theme.size("radius"), theme.size("radius")
            )
        gap = theme.space("l")
        number = box.adjusted(gap, 0, 0, 0)
        number.setWidth(theme.px(28))
        self._words(
            painter, number, str(index.row() + 1), "body", "accent" if is_chosen else "muted"
        )
        state = self._model.state_of(person)
        state_width = self._width(state, "strong")
        state_box = box.adjusted(0, 0, -gap, 0)
        state_box.setLeft(state_box.right() - state_width)
        token = look_of(person.status).token if person.is_on_list else "late"
        self._words(painter, state_box, state, "strong", token)
        left, right = number.right() + theme.space("s"), state_box.left() - theme.space("xl")
        self._name_and_place(painter, QRect(left, box.top(), right - left, box.height()), person)
        painter.restore()

    def _name_and_place(self, painter: QPainter, box: QRect, person: DoorPerson) -> None:
        name = f"{person.name}  ({person.name_latin})" if person.name_latin else person.name
        width = min(self._width(name, "section"), box.width())
        half = max(width, box.width() * 45 // 100)
        self._words(
            painter,
            QRect(box.left(), box.top(), min(half, box.width()), box.height()),
            name,
            "section",
            "text",
        )
        place = "  ·  ".join(filter(None, (person.organisation, person.country)))
        rest = box.adjusted(half + self._theme.space("xl"), 0, 0, 0)
        if rest.width() > 0:
            self._words(painter, rest, place, "body", "muted")

    def _words(self, painter: QPainter, box: QRect, text: str, role: str, token: str) -> None:
        painter.setFont(self._theme.font(role))
        painter.setPen(self._theme.color(token))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def _width(self, text: str, role: str) -> int:
        return QFontMetrics(self._theme.font(role)).horizontalAdvance(text) + 2
