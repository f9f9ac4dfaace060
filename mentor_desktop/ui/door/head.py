"""The top of the door: which half-day, how many are here, whether it is late by now."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from mentor_desktop.clock import zone_of
from mentor_desktop.i18n import N_, _, current_language
from mentor_desktop.services.door import DoorList
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button, IconButton
from mentor_desktop.ui.widgets.layout import STRETCH, column, row
from mentor_desktop.ui.widgets.text import ElidedText, Text

_PARTS = {"morning": N_("morning"), "afternoon": N_("afternoon"), "evening": N_("evening")}


class DoorHead(QWidget):
    """Date, part of the day, room and counter on one line."""

    def __init__(self, theme: Theme, leave: Callable[[], object]) -> None:
        super().__init__()
        self._when = ElidedText(theme, "", "section", "muted")
        self._when.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._counter = Text(theme, "", "title", wrap=False)
        self._lateness = Text(theme, "", "body", "late")
        self._lateness.hide()
        back = IconButton(theme, "back", _("Leave the door (Esc)"), leave)
        line = row(theme, back, self._when, self._counter, gap="l")
        line.setStretch(1, 1)
        self._lateness.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(column(theme, line, self._lateness, gap="s"))

    def show_door(self, door: DoorList) -> str:
        """Show a door list; return the counter as text."""
        language = current_language()
        zone = zone_of(door.time_zone)
        day = language.date(door.slot.held_on, "weekday")
        parts = (day, _(_PARTS[door.slot.part]), door.slot.room)
        self._when.setText("  ·  ".join(filter(None, parts)))
        is_late = door.now_status == "late" and door.is_current
        self._lateness.setVisible(is_late)
        if is_late:
            self._lateness.setText(
                _("It is after {time}: a check-in counts as late now.").format(
                    time=language.time(door.slot.late_after, zone)
                )
            )
        counts = {"present": door.present, "expected": door.expected}
        self._counter.setText(_("{present} / {expected}").format(**counts))
        self._counter.setAccessibleName(_("{present} of {expected} are here").format(**counts))
        return self._counter.text()

    def show_trouble(self, sentence: str) -> None:
        """Say why there is no list."""
        self._when.setText(sentence)


class Question(QWidget):
    """Asks about somebody who is not on the list; the keyboard is on the answer.

    Emits:
        answered: whether to check in all the same.
    """

    answered = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._text = Text(theme, "", "section", "late")
        self._yes = Button(theme, _("Check in"), lambda: self.answered.emit(True), kind="primary")
        no = Button(theme, _("No"), lambda: self.answered.emit(False))
        verbs = row(theme, self._yes, no, STRETCH)
        self.setLayout(column(theme, self._text, verbs, STRETCH, gap="l"))

    def ask(self, sentence: str) -> None:
        """Ask; Enter says yes, Tab and Enter no."""
        self._text.setText(sentence)
        self._yes.setFocus()
