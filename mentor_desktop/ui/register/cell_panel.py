"""One cell in the side panel: status, times, note, and every mark that was ever written."""

from datetime import datetime, time, tzinfo
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import N_, _, current_language
from mentor_desktop.services.attendance_history import MarkLine
from mentor_desktop.services.choices import label
from mentor_desktop.services.register import Cell, GridRow, GridSlot
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import ChoiceField, NoteField, TextField, TimeField
from mentor_desktop.ui.widgets.layout import STRETCH, column, holder, row
from mentor_desktop.ui.widgets.status import LOOKS, StatusLetter, status_name
from mentor_desktop.ui.widgets.text import Text

_REASONS = {
    "": N_("no reason given"),
    "transport": N_("transport"),
    "work_duty": N_("work"),
    "personal": N_("personal"),
    "other": N_("other"),
}
_METHODS = {
    "clicked": N_("clicked"),
    "typed": N_("typed"),
    "paper_transcribed": N_("from the paper list"),
    "online_log": N_("from the online log"),
    "bulk": N_("for many at once"),
}


class CellPanel(QWidget):
    """Shows and changes one cell; while a projector is on, `is_private`, without words about it.

    Emits:
        change_wanted: a dict of arguments for the use case `mark`.
        mark_chosen: the id of one of several marks that differ.
        paper_wanted: the signed list is to be asked about them.
    """

    change_wanted = Signal(dict)
    mark_chosen = Signal(str)
    paper_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        person: GridRow,
        slot: GridSlot,
        cell: Cell,
        zone: tzinfo,
        *,
        is_closed: bool,
        is_private: bool = False,
    ) -> None:
        super().__init__()
        self._is_private = is_private
        self._theme = theme
        self._slot = slot
        self._zone = zone
        self._cell = cell
        mark = cell.mark
        choices = [(status, f"{look.letter}   {_(look.name)}") for status, look in LOOKS.items()]
        self._status = ChoiceField(theme, _("Status"), choices, str(cell.status), self._on_status)
        arrived = self._local(mark.arrived_at) if mark else ""
        left = self._local(mark.left_at) if mark else ""
        self._arrived = TimeField(theme, _("Arrived"), arrived, self._on_times)
        self._left = TimeField(theme, _("Left"), left, partial(self._on_times, is_left=True))
        self._note = NoteField(theme, _("Note"), "", lambda text: self._change(note=text))
        self._note.setHidden(is_private)
        self._reason = ChoiceField(
            theme,
            _("Reason of absence"),
            [(code, _(words)) for code, words in _REASONS.items()],
            "",
            lambda code: self._change(reason_code=code),
        )
        self._reason.setHidden(is_private)
        self._correction = TextField(theme, _("Reason of the correction"), "", None)
        self._correction.setVisible(is_closed)
        self._trouble = Text(theme, "", "small", "absent")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(theme.space("m"))
        place = "  ·  ".join(filter(None, (slot.code, person.organisation)))
        self.setLayout(
            column(
                theme,
                Text(theme, person.name, "section"),
                Text(theme, place, "body", "muted"),
                self._correction,
                self._status,
                row(theme, self._arrived, self._left),
                self._reason,
                self._note,
                self._trouble,
                Text(theme, _("History"), "label", "muted"),
                self._lines,
                STRETCH,
                gap="m",
            )
        )

    def show_history(self, lines: list[MarkLine]) -> None:
        """Show every mark, newest first; those that differ can be chosen between."""
        while self._lines.count():
            item = self._lines.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.deleteLater()
        current = [line for line in lines if line.is_current]
        if current and not self._is_private:
            self._note.set_value(current[0].note)
            self._reason.set_value(current[0].reason_code)
        for line in lines:
            self._lines.addWidget(
                self._history_line(line, is_choice=line.is_current and len(current) > 1)
            )
        if self._cell.has_conflict:
            ask = Button(self._theme, _("Ask the paper"), self.paper_wanted.emit, kind="quiet")
            self._lines.insertWidget(len(current), holder(row(self._theme, ask, STRETCH)))
        if not lines:
            self._lines.addWidget(
                Text(self._theme, _("Nobody has marked this half-day yet."), "small", "muted")
            )

    def refuse(self, error: UserFacingError) -> None:
        """Say why a change was not kept."""
        self._trouble.setText(str(error))

    def _history_line(self, line: MarkLine, *, is_choice: bool) -> QWidget:
        theme, language = self._theme, current_language()
        times = "–".join(filter(None, (self._local(line.arrived_at), self._local(line.left_at))))
        said = " ".join(filter(None, (status_name(line.status), times)))
        when = f"{language.date(line.at.astimezone(self._zone).date(), 'short')} {language.time(line.at, self._zone, seconds=True)}"
        said_of_it = () if self._is_private else (line.note, line.correction_reason)
        counting = self._cell.mark
        counts = is_choice and counting is not None and line.status == counting.status
        counted = _("counts meanwhile") if counts else ""
        facts = (when, line.by, label(_METHODS, line.method), counted, *said_of_it)
        who = "  ·  ".join(filter(None, facts))
        words = column(
            theme, Text(theme, said, "strong"), Text(theme, who, "small", "muted"), gap="none"
        )
        letter = StatusLetter(theme, line.status)
        layout = row(theme, letter, words, gap="m")
        layout.setStretch(1, 1)
        if is_choice:
            layout.addWidget(Button(theme, _("This one"), partial(self.mark_chosen.emit, line.id)))
        return holder(layout)

    def _on_status(self, status: str) -> None:
        self._change(status=status)

    def _on_times(self, text: str, *, is_left: bool = False) -> None:
        """A time says what the status is: arrived makes late, left makes left early, both partial."""
        arrived = self._cell.mark.arrived_at if self._cell.mark else None
        left = self._cell.mark.left_at if self._cell.mark else None
        moment = self._moment(text)
        arrived, left = (arrived, moment) if is_left else (moment, left)
        status = (
            "partial"
            if arrived and left
            else "late"
            if arrived
            else "left_early"
            if left
            else "present"
        )
        self._change(status=status, arrived_at=arrived, left_at=left)

    def _change(self, **changed: object) -> None:
        mark = self._cell.mark
        self._trouble.setText("")
        asked: dict[str, object] = {
            "status": str(self._cell.status),
            "reason": self._correction.value,
        }
        if mark and "status" not in changed:
            asked |= {"arrived_at": mark.arrived_at, "left_at": mark.left_at, "gaps": mark.gaps}
        self.change_wanted.emit(asked | changed)

    def _local(self, moment: datetime | None) -> str:
        return current_language().time(moment, self._zone) if moment else ""

    def _moment(self, text: str) -> datetime | None:
        return (
            datetime.combine(self._slot.held_on, time.fromisoformat(text), self._zone)
            if text
            else None
        )
