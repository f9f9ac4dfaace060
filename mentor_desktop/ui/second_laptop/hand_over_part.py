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
    KnownLaptop,
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

    It begins with the laptop that was written for last: Enter once too often invites nobody.

    Emits:
        said: the widget whose words are new; of several, the one to be seen first comes last.
    """

    said = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        theme = self._theme = desk.theme
        self._jobs, self._sync = OwnedJobs(desk.jobs, self), desk.sync
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
        self._is_covered = False
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
        chosen = self.reader.choice.value
        laptops = [(one.device, _called(one)) for one in choices.laptops]
        ids = [workshop for workshop, _code, _title in choices.workshops]
        self._first = workshop_id if workshop_id in ids else next(iter(ids), _EVERYTHING)
        self.reader.choice.set_options([(_NEW, _("A new laptop")), *laptops])
        if chosen not in dict(laptops):
            last = max(choices.laptops, key=lambda one: one.handed_at or 0, default=None)
            chosen = last.device if last else _NEW
        self.reader.set_value(chosen)
        self._on_laptop(chosen)

    def cover_words(self, *, is_covered: bool) -> None:
        """Take the words of a file out of sight while those of another file are asked for."""
        self._is_covered = is_covered
        self._show_words()

    def forget_trouble(self) -> None:
        """Say no more what went wrong before somebody left the page."""
        self._trouble.hide()

    def write(self) -> None:
        """Write the file, unless that is under way."""
        if self.verb.is_busy:
            return
        self._forget()
        self.verb.set_busy(is_busy=True)
        folder, device = Path(self.folder.value).expanduser(), self.reader.choice.value
        workshop = self._what.choice.value
        name = next((code for one, code, _title in self._choices.workshops if one == workshop), "")
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
        self._words.setText(handed.words)
        self._words.setAccessibleName(handed.words)
        self._next.setText(what_next(handed, _breakable(handed.path)))
        self._show_words()
        self._sync.count_for_laptops()
        self.said.emit(self._next)
        if handed.words:
            self.said.emit(self._words)

    def _show_words(self) -> None:
        for one in (self._words, self._next):
            one.setVisible(bool(one.text()) and not self._is_covered)

    def _forget(self) -> None:
        self.verb.set_busy(is_busy=False)
        self._trouble.hide()
        for one in (self._words, self._next):
            one.clear()
        self._show_words()

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
            workshops = [
                (one, f"{code} · {title}" if title else code)
                for one, code, title in self._choices.workshops
            ]
            self._what.choice.set_options([*workshops, (_EVERYTHING, _("Everything"))])
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


def _called(laptop: KnownLaptop) -> str:
    if not laptop.name:
        return _("Device {tag}").format(tag=laptop.tag)
    return _("{name}, device {tag}").format(name=laptop.name, tag=laptop.tag)


def _breakable(path: Path) -> str:
    """Return a path that may go on in the next line after each folder."""
    return "".join(f"{one}\u200b" if one in "/\\" else one for one in str(path))
