"""Opening a file from another laptop of this workspace, and saying what it brought."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from mentor_desktop.errors import Cancelled, UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.services.second_laptop import SUFFIX, Received, needs_words, receive
from mentor_desktop.services.second_laptop_words import more, summary
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.second_laptop.sticks import stick_folder
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import TextField
from mentor_desktop.ui.widgets.layout import STRETCH, column, row
from mentor_desktop.ui.widgets.text import Text

_WIDEST = 640


class OpenPart(QWidget):
    """One verb; six words where the file wants them; then a sentence.

    Emits:
        received: `Received`.
        said: the widget whose words are new.
        asking: whether the words of a file are asked for.
    """

    received = Signal(object)
    said = Signal(object)
    asking = Signal(bool)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        theme = desk.theme
        self._frame = desk.frame
        self._jobs = OwnedJobs(desk.jobs, self)
        self._file, self._words = Path(), ""
        self.setMaximumWidth(theme.px(_WIDEST))
        self._choose = Button(theme, _("Open a file"), self.choose, icon="import")
        self._which = Text(theme, "")
        self._typed = TextField(theme, _("The six words"), in_place=False)
        self._typed.line.returnPressed.connect(self._open_by_words)
        self._go_on = Button(theme, _("Open"), self._open_by_words)
        self._trouble = Text(theme, "", "body", "absent")
        self._summary = Text(theme, "", "strong")
        self._more = Text(theme, "", "body", "muted")
        decide: Callable[[], object] = partial(self._frame.go, "decisions")
        self._decide = Button(theme, _("Decide now"), decide)
        self._apply = Button(theme, _("Apply"), self._apply_deletions)
        self._ask_for_words(is_asking=False)
        self._forget()
        self.setLayout(
            column(
                theme,
                Text(theme, _("Open a file from another laptop"), "section"),
                Text(
                    theme,
                    _(
                        "What was done there comes here; what both changed differently is asked about."
                    ),
                    "body",
                    "muted",
                ),
                row(theme, self._choose, STRETCH),
                self._which,
                self._typed,
                row(theme, self._go_on, STRETCH),
                self._trouble,
                self._summary,
                self._more,
                row(theme, self._decide, self._apply, STRETCH),
                gap="m",
            )
        )

    def choose(self) -> None:
        """Ask for the file and open it."""
        path, _filter = QFileDialog.getOpenFileName(
            self,
            _("Open a file from another laptop"),
            str(stick_folder()),
            f"(*{SUFFIX});;{_('All files')} (*)",
        )
        if path:
            self.take_file(Path(path))

    def take_file(self, path: Path) -> None:
        """Open a file, or ask for its words first."""
        if self._choose.is_busy:
            return
        self._file = path
        self._forget()
        self._typed.line.clear()
        try:
            is_asking = needs_words(path)
        except UserFacingError as error:
            self._ask_for_words(is_asking=False)
            self._refuse(error)
            return
        self._ask_for_words(is_asking=is_asking)
        if is_asking:
            self._typed.setFocus()
            self.said.emit(self._go_on)
        else:
            self._open("")

    def begin_anew(self) -> None:
        """Ask for no words and say no more what went wrong before somebody left the page."""
        if not self._choose.is_busy:
            self._trouble.hide()
            self._typed.line.clear()
            self._ask_for_words(is_asking=False)

    def _open_by_words(self) -> None:
        if not self._choose.is_busy:
            self._open(self._typed.value)

    def _apply_deletions(self) -> None:
        """Take the same file once more, now with what it deletes."""
        self._open(self._words, accepts_deletions=True)

    def _open(self, words: str, *, accepts_deletions: bool = False) -> None:
        self._forget()
        self._set_busy(is_busy=True)
        file, self._words = self._file, words
        self._jobs.work(
            lambda store, progress: receive(
                store,
                file,
                words,
                has_window=True,
                accepts_deletions=accepts_deletions,
                progress=progress,
            ),
            _("Taking in what was done on the other laptop"),
            self._show,
            self._refuse,
        )

    def _show(self, received: Received) -> None:
        self._set_busy(is_busy=False)
        self._ask_for_words(is_asking=False)
        self._typed.line.clear()
        self._summary.setText(summary(received))
        self._more.setText(more(received))
        self._summary.show()
        self._more.show()
        self._apply.setVisible(received.waiting > 0)
        self._decide.setVisible(received.to_decide > 0)
        if received.to_decide:
            self._decide.setFocus()
        self.said.emit(self._decide if received.to_decide else self._more)
        self.received.emit(received)

    def _refuse(self, error: UserFacingError) -> None:
        self._set_busy(is_busy=False)
        if not isinstance(error, Cancelled):
            self._trouble.setText(str(error))
            self._trouble.show()
            self.said.emit(self._trouble)

    def _set_busy(self, *, is_busy: bool) -> None:
        for button in (self._choose, self._go_on):
            button.set_busy(is_busy=is_busy)

    def _keep_keyboard(self, *going: QWidget) -> None:
        """Give the keyboard to the verb that stays, before what has it goes out of sight."""
        if self.window().focusWidget() in going:
            self._choose.setFocus()

    def _forget(self) -> None:
        self._keep_keyboard(self._decide, self._apply)
        for widget in (self._trouble, self._summary, self._more, self._decide, self._apply):
            widget.hide()

    def _ask_for_words(self, *, is_asking: bool) -> None:
        if not is_asking:
            self._keep_keyboard(self._typed.line, self._go_on)
        asked = _("{file} opens with six words; the laptop that wrote it shows them.")
        self._which.setText(asked.format(file=self._file.name))
        for one in (self._which, self._typed, self._go_on):
            one.setVisible(is_asking)
        self.asking.emit(is_asking)
