"""The small form for somebody who stands at the door and on no list (F4)."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from mentor_desktop.i18n import _
from mentor_desktop.services.people import PersonRow
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import TextField
from mentor_desktop.ui.widgets.small_form import SmallForm
from mentor_desktop.ui.widgets.text import Text


class WalkInForm(SmallForm):
    """Given name, family name, organisation, country: and in.

    Emits:
        wanted: (given name, family name, organisation, country).
        known_wanted: the id of a person of the workspace who was meant instead.
        looked_for: (given name, family name), for hints about somebody known.
    """

    wanted = Signal(str, str, str, str)
    known_wanted = Signal(str)
    looked_for = Signal(str, str)

    def __init__(self, theme: Theme, typed: str, row_number: int) -> None:
        super().__init__(theme, _("Add and check in"), self._add)
        given, _space, family = typed.strip().partition(" ")
        self._given = self._line(_("Given name"), given)
        self._family = self._line(_("Family name"), family)
        self._organisation = self._line(_("Organisation"))
        self._country = self._line(_("Country (two letters or its name)"))
        on_paper = _("On paper: row {number}. Ask for a signature there.").format(number=row_number)
        self.below.addWidget(Text(theme, on_paper, "small", "muted"))
        self._hints = QVBoxLayout()
        self.below.addLayout(self._hints)
        for field in (self._given, self._family):
            field.line.textEdited.connect(self._look)
        self.setFocusProxy(self._given)
        if typed:
            self._look()

    def show_known(self, people: Sequence[PersonRow]) -> None:
        """Offer people of the workspace who may be meant."""
        while self._hints.count():
            item = self._hints.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.deleteLater()
        if people:
            words = _("Known already? Then it is the same person:")
            self._hints.addWidget(Text(self._theme, words, "small", "muted"))
        for person in people:
            words = "  ·  ".join(filter(None, (person.name, person.organisation, person.country)))
            choose = partial(self.known_wanted.emit, person.id)
            self._hints.addWidget(Button(self._theme, words, choose, kind="quiet", icon="person"))

    def _line(self, label: str, typed: str = "") -> TextField:
        # Typed in a hurry, it gets its capitals; anything else stays as it is.
        text = typed.title() if typed.islower() else typed
        field = self.add(TextField(self._theme, label, text, in_place=False))
        field.line.end(False)  # one goes on where one was typing
        return field

    def _look(self) -> None:
        self.looked_for.emit(self._given.value, self._family.value)

    def _add(self) -> None:
        fields = (self._given, self._family, self._organisation, self._country)
        self.wanted.emit(*(field.value for field in fields))
