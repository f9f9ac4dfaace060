"""Somebody new: a few fields, and a hint when somebody like that is here already."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QTimer, Signal

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.duplicates import similar_people
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.names import name_warnings
from mentor_desktop.services.people import PersonRow, add_person
from mentor_desktop.ui.countries import country_options
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.widgets.field import ChoiceField, TextField
from mentor_desktop.ui.widgets.line_list import Line, LineList
from mentor_desktop.ui.widgets.small_form import SmallForm
from mentor_desktop.ui.widgets.text import Text

# As long as one pauses between two words; the search itself takes a few milliseconds.
_PAUSE_MS = 250


class NewPersonForm(SmallForm):
    """Asks who is meant while one types, and adds whoever is really new.

    Emits:
        person_wanted: id of the person added, or of somebody known who was chosen.
    """

    person_wanted = Signal(str)

    def __init__(self, desk: Desk, typed: str = "") -> None:
        super().__init__(desk.theme, _("Add"), self._add)
        self._desk = desk
        self._jobs = OwnedJobs(desk.jobs, self)
        theme = desk.theme
        given, _space, family = typed.strip().partition(" ")
        self._given = self.add(TextField(theme, _("Given name"), _named(given), in_place=False))
        self._family = self.add(TextField(theme, _("Family name"), _named(family), in_place=False))
        self._warning = Text(theme, "", "small", "late")
        self._warning.hide()
        self._email = self.add(TextField(theme, _("E-mail"), in_place=False))
        self._organisation = self.add(TextField(theme, _("Organisation"), in_place=False))
        self._country = self.add(
            ChoiceField(theme, _("Country"), country_options(), in_place=False)
        )
        self._hint = Text(theme, _("Perhaps one of these is meant:"), "body", "late")
        self._similar = LineList(theme, _("People like this"), is_strong=False)
        self.below.addWidget(self._warning)
        self.below.addWidget(self._hint)
        self.below.addWidget(self._similar)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._show_similar(())
        self._pause.timeout.connect(self._look)
        for field in (self._given, self._family, self._email):
            field.line.textChanged.connect(self._pause.start)
        self._similar.opened.connect(self.person_wanted)
        self.setFocusProxy(self._given)
        if given:
            self._pause.start()

    def _look(self) -> None:
        given, family = self._given.value, self._family.value
        warnings = name_warnings(given, family)
        self._warning.setText("\n".join(warnings))
        self._warning.setVisible(bool(warnings))
        op = partial(similar_people, given_name=given, family_name=family, email=self._email.value)
        self._jobs.query(op, self._show_similar, key="similar")

    def _show_similar(self, people: Sequence[PersonRow]) -> None:
        self._hint.setVisible(bool(people))
        self._similar.setVisible(bool(people))
        self._similar.set_lines([self._line(one) for one in people])
        self.set_verb(_("Add all the same") if people else _("Add"))

    def _line(self, one: PersonRow) -> Line:
        country = current_language().country(one.country) if one.country else ""
        email = "" if self._desk.settings.value.presentation else one.email
        detail = " · ".join(part for part in (one.organisation, country, email) if part)
        return Line(one.name, detail, key=one.id, icon="person", tail=_("open"))

    def _add(self) -> None:
        op = partial(
            add_person,
            given_name=self._given.value,
            family_name=self._family.value,
            organisation=self._organisation.value,
            country=self._country.choice.value,
            email=self._email.value,
        )
        self._jobs.command(op, self._on_added, self.refuse)

    def _on_added(self, changes: Changes) -> None:
        self.person_wanted.emit(created_id(changes, "person"))


def _named(text: str) -> str:
    """Return what was typed in a hurry with capitals; anything else stays as it is."""
    return text.title() if text.islower() else text
