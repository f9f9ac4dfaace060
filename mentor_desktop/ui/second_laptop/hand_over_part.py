"""Handing over: what, to whom, where to; then the words to type on the other laptop."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from mentor_desktop.errors import Cancelled, UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.services.second_laptop import (
    Choices,
    Handed,
    file_in,
    hand_to_known_laptop,
    hand_to_new_laptop,
)
from mentor_desktop.services.second_laptop_words import what_next
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.second_laptop.sticks import found_stick, stick_folder
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import ChoiceField, TextField
from mentor_desktop.ui.widgets.layout import STRETCH, column, holder, row
from mentor_desktop.ui.widgets.text import Text

_NEW, _EVERYTHING, _AS_BEFORE = "", "", "as before"
_WIDEST = 640


class HandOverPart(QWidget):
    """A few choices that are right already, one verb, and what to do next.

    Emits:
        said: the widget whose words are new.
    """

    said = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        theme = self._theme = desk.theme
        self._jobs = OwnedJobs(desk.jobs, self)
        self._choices = Choices((), ())
        self._first = _EVERYTHING
        self.reader = ChoiceField(theme, _("For"), [], "", self._on_laptop, in_place=False)
        self._what = ChoiceField(theme, _("What"), [], "", in_place=False)
        self.folder = TextField(
            theme, _("Folder on the stick"), str(stick_folder()), in_place=False
        )
        choose = Button(theme, _("Choose a folder"), self._choose_folder, icon="open-folder")
        self.verb = Button(theme, _("Write the file"), self.write, kind="primary", icon="export")
        self._gets = Text(
            theme, _("It gets what it lacks, and opens the file without words."), "body", "muted"
        )
        self._no_stick = Text(theme, _("No stick is in: this is your own folder."), "body", "muted")
        self._trouble = Text(theme, "", "body", "absent")
        for hidden in (self._gets, self._trouble):
            hidden.hide()
        self._words = Text(theme, "", "door", "accent")
        self._next = Text(theme, "")
        for one in (self._words, self._next):
            one.hide()
        folder = row(theme, self.folder, choose)
        folder.setStretch(0, 1)
        folder.setAlignment(choose, Qt.AlignmentFlag.AlignBottom)
        form = holder(
            column(
                theme,
                Text(theme, _("Hand to second laptop"), "section"),
                self.reader,
                self._gets,
                self._what,
                folder,
                self._no_stick,
                self._trouble,
                row(theme, self.verb, STRETCH),
                gap="m",
            )
        )
        form.setMaximumWidth(theme.px(_WIDEST))
        self._next.setMaximumWidth(theme.px(_WIDEST))
        self.setLayout(column(theme, form, self._words, self._next, gap="m"))
        self._suggested = self.folder.value
        self.folder.line.textChanged.connect(self._show_no_stick)
        self.look_for_stick()

    def look_for_stick(self) -> None:
        """Suggest the stick that is in by now, unless somebody chose another folder."""
        if self.folder.value == self._suggested:
            self._suggested = str(stick_folder())
            self.folder.set_value(self._suggested)
        self._show_no_stick()

    def _show_no_stick(self) -> None:
        is_own = self.folder.value == str(Path.home())
        self._no_stick.setVisible(is_own and found_stick() is None)

    def show_choices(self, choices: Choices, workshop_id: str) -> None:
        """Offer what there is; `workshop_id` is chosen to begin with."""
        if choices == self._choices:
            return
        self._choices = choices
        laptops = [
            (one.device, _("{name}, device {tag}").format(name=one.name, tag=one.tag))
            for one in choices.laptops
        ]
        codes = [workshop for workshop, _code in choices.workshops]
        self._first = workshop_id if workshop_id in codes else next(iter(codes), _EVERYTHING)
        self.reader.choice.set_options([(_NEW, _("A new laptop")), *laptops])
        self._on_laptop(_NEW)

    def write(self) -> None:
        """Write the file, unless that is under way."""
        if not self.verb.isEnabled():
            return
        self._forget()
        self.verb.setEnabled(False)
        folder, device = Path(self.folder.value).expanduser(), self.reader.choice.value
        workshop = self._what.choice.value
        name = dict(self._choices.workshops).get(workshop, "")
        if device:
            op = partial(
                hand_to_known_laptop, device=device, with_everything=workshop == _EVERYTHING
            )
            name = ""
        else:
            op = partial(hand_to_new_laptop, workshop_id=workshop)
        self._jobs.work(
            lambda store, progress: op(store, file_in(store, folder, name), progress=progress),
            _("Writing the file for the other laptop"),
            self.show_handed,
            self._refuse,
        )

    def show_handed(self, handed: Handed) -> None:
        """Say where the file is, and what to do on the other laptop."""
        self._forget()
        if handed.words:
            self._words.setText(handed.words)
            self._words.setAccessibleName(handed.words)
        self._next.setText(what_next(handed, _breakable(handed.path)))
        self._words.setVisible(bool(handed.words))
        self._next.show()
        self.said.emit(self._next)

    def _forget(self) -> None:
        self.verb.setEnabled(True)
        for one in (self._trouble, self._words, self._next):
            one.hide()

    def _refuse(self, error: UserFacingError) -> None:
        self._forget()
        if not isinstance(error, Cancelled):
            self._trouble.setText(str(error))
            self._trouble.show()
            self.said.emit(self._trouble)

    def _on_laptop(self, device: str) -> None:
        """Offer what this laptop can be given: one that is known, what it was given before."""
        known = next((one for one in self._choices.laptops if one.device == device), None)
        if known is None:
            self._what.choice.set_options(
                [*self._choices.workshops, (_EVERYTHING, _("Everything"))]
            )
            self._what.set_value(self._first)
        elif known.is_limited:
            options = [(_AS_BEFORE, _("As before")), (_EVERYTHING, _("Everything, from now on"))]
            self._what.choice.set_options(options)
            self._what.set_value(_AS_BEFORE)
        self._what.setVisible(known is None or known.is_limited)
        self._gets.setVisible(known is not None)

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, _("Folder on the stick"), self.folder.value)
        if chosen:
            self.folder.set_value(chosen)


def _breakable(path: Path) -> str:
    """Return a path that may go on in the next line after each folder."""
    return "".join(f"{one}\u200b" if one in "/\\" else one for one in str(path))
