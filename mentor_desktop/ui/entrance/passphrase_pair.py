"""A new passphrase typed twice, with a word about its strength while one types."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from mentor_desktop.i18n import _
from mentor_desktop.services.passphrase import Strength, strength_of
from mentor_desktop.ui.entrance.sheet import secret_line
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.text import Text

# Below this a passphrase falls to a patient guesser; asked of new ones only.
WEAKEST = 3
_TONES = ("absent", "absent", "late", "present", "present")


class Lines(Protocol):
    """Where the two lines go."""

    fields: QVBoxLayout

    def add_field(self, label: str, editor: QLineEdit) -> None:
        """Put a labelled line below the others."""


class PassphrasePair:
    """Two hidden lines and the judgement below them; `trouble()` says what is missing."""

    def __init__(self, theme: Theme, jobs: OwnedJobs, on_return: Callable[[], object]) -> None:
        self._jobs = jobs
        self._first = secret_line(_("New passphrase"), on_return)
        self._second = secret_line(_("The same again"), on_return)
        self._judgement = Text(
            theme, _("Five random words are strong and easy to keep."), "small", "muted"
        )
        self._strength: Strength | None = None
        self._first.textChanged.connect(self._judge)

    def add_to(self, sheet: Lines) -> None:
        """Put the lines where they belong."""
        sheet.add_field(_("New passphrase"), self._first)
        sheet.fields.addWidget(self._judgement)
        sheet.add_field(_("The same again"), self._second)

    def text(self) -> str:
        """Return the passphrase."""
        return str(self._first.text())

    def focus(self) -> None:
        """Give the keyboard to the first line."""
        self._first.setFocus()

    def trouble(self) -> str:
        """Return one sentence about what is wrong with the pair, empty when it is good."""
        if not self._first.text():
            return _("Choose a passphrase; without one the workspace cannot be made.")
        if self._first.text() != self._second.text():
            return _("The two passphrases differ. Type the same one twice.")
        if self._strength is not None and self._strength.score < WEAKEST:
            return self._strength.sentence
        return ""

    def _judge(self, text: str) -> None:
        # zxcvbn takes 50 ms to load and some to think: not on the window's thread.
        self._jobs.draw(lambda: strength_of(text), self._show, key="strength")

    def _show(self, strength: Strength) -> None:
        self._strength = strength if self._first.text() else None
        self._judgement.setText(strength.sentence)
        self._judgement.set_tone(_TONES[strength.score] if self._first.text() else "muted")
