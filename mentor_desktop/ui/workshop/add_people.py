"""People for a workshop: found among those of the workspace, or new."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from mentor_desktop.changes import Changes
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.new_participant import register_new_person
from mentor_desktop.services.people import PersonRow, search_people
from mentor_desktop.services.registrations import register_person, registration_rows
from mentor_desktop.services.workshops import WorkshopCard
from mentor_desktop.ui.countries import country_options
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.widgets.field import ChoiceField, TextField
from mentor_desktop.ui.widgets.inputs import SearchBox
from mentor_desktop.ui.widgets.layout import STRETCH, column
from mentor_desktop.ui.widgets.line_list import Line, LineList
from mentor_desktop.ui.widgets.small_form import SmallForm
from mentor_desktop.ui.widgets.text import Text

_NEW = "new"
_MOST_FOUND = 12


@dataclass(frozen=True)
class _Found:
    """People that fit, and who of them is registered already."""

    people: tuple[PersonRow, ...]
    registered: frozenset[str]


class AddPeopleForm(QWidget):
    """Type a name, Enter registers the lit person; the box is empty again for the next one."""

    def __init__(self, desk: Desk, card: WorkshopCard) -> None:
        super().__init__()
        self._desk, self._card = desk, card
        self._jobs = OwnedJobs(desk.jobs, self)
        self._build_widgets()
        self._lay_out()
        self._connect()

    def _build_widgets(self) -> None:
        theme = self._desk.theme
        self._search = SearchBox(theme, _("Who comes"), _("Name or e-mail"))
        self._list = LineList(theme, _("People found"), lights_current=True)
        self._said = Text(theme, "", "body", "present")
        self._said.hide()
        self._new = NewParticipantForm(self._desk, self._card)
        self._new.hide()

    def _lay_out(self) -> None:
        theme = self._desk.theme
        hint = Text(theme, _("Enter adds the person that is lit."), "small", "muted")
        parts = (self._search, hint, self._said, self._list, self._new, STRETCH)
        self.setLayout(column(theme, *parts, gap="m"))

    def _connect(self) -> None:
        self._search.textChanged.connect(self._look)
        self._search.moved.connect(self._move)
        self._search.returnPressed.connect(self._take_lit)
        self._list.opened.connect(self._take)

    def _look(self) -> None:
        text = self._search.text().strip()
        self._new.hide()
        if not text:
            self._list.set_lines(())
            return
        self._said.hide()
        op = partial(_find, workshop_id=self._card.id, text=text)
        self._jobs.query(op, partial(self._show, text), key="found")

    def _show(self, text: str, found: _Found) -> None:
        is_projected = self._desk.settings.value.presentation
        lines = [
            _line(person, found.registered, is_private=is_projected) for person in found.people
        ]
        lines.append(
            Line(_("“{text}” is somebody new").format(text=text), key=_NEW, icon="walk-in")
        )
        self._list.set_lines(lines)
        first = next((line.key for line in lines if line.key), "")
        self._list.select(first)

    def _move(self, step: int) -> None:
        keys = [line.key for line in self._list.lines if line.key]
        if keys:
            at = keys.index(self._list.current_key) if self._list.current_key in keys else 0
            self._list.select(keys[min(max(at + step, 0), len(keys) - 1)])

    def _take_lit(self) -> None:
        if self._list.current_key:
            self._take(self._list.current_key)

    def _take(self, key: str) -> None:
        if key == _NEW:
            self._new.begin(self._search.text())
            self._list.set_lines(())
            self._new.show()
            self._new.setFocus()
            return
        op = partial(register_person, workshop_id=self._card.id, person_id=key)
        self._jobs.command(op, self._on_added, self._on_refused)

    def _on_added(self, changes: Changes) -> None:
        self._say(changes.action, "present")
        self._search.clear()
        self._search.setFocus()

    def _on_refused(self, error: UserFacingError) -> None:
        self._say(str(error), "absent")

    def _say(self, sentence: str, tone: str) -> None:
        self._said.setText(sentence)
        self._said.set_tone(tone)
        self._said.setVisible(bool(sentence))


class NewParticipantForm(SmallForm):
    """Name, organisation and country of somebody nobody knows yet."""

    def __init__(self, desk: Desk, card: WorkshopCard) -> None:
        super().__init__(desk.theme, _("Add and register"), self._add)
        self._desk, self._card = desk, card
        self._jobs = OwnedJobs(desk.jobs, self)
        theme = desk.theme
        self._given = self.add(TextField(theme, _("Given name"), in_place=False))
        self._family = self.add(TextField(theme, _("Family name"), in_place=False))
        self._organisation = self.add(TextField(theme, _("Organisation"), in_place=False))
        self._country = self.add(
            ChoiceField(theme, _("Country"), country_options(), in_place=False)
        )
        self._email = self.add(TextField(theme, _("E-mail"), in_place=False))
        self.setFocusProxy(self._given)

    def begin(self, typed: str) -> None:
        """Start with what was typed: a given name, then the family name."""
        given, _space, family = typed.strip().partition(" ")
        for field, text in ((self._given, given), (self._family, family)):
            field.set_value(text.title() if text.islower() else text)
        self.show_trouble("")

    def _add(self) -> None:
        op = partial(
            register_new_person,
            workshop_id=self._card.id,
            given_name=self._given.value,
            family_name=self._family.value,
            organisation=self._organisation.value,
            country=self._country.choice.value,
            email=self._email.value,
        )
        self._jobs.command(op, self._on_added, self.refuse)

    def _on_added(self, _changes: Changes) -> None:
        self._desk.frame.open_panel(AddPeopleForm(self._desk, self._card), _("Add people"))


# Any: see `jobs.Store`.
def _find(uow: Any, workshop_id: str, text: str) -> _Found:
    people = search_people(uow, text, _MOST_FOUND)
    taken = frozenset(
        one.person_id for one in registration_rows(uow, workshop_id) if one.is_attending
    )
    return _Found(tuple(people), taken)


def _line(person: PersonRow, registered: frozenset[str], *, is_private: bool) -> Line:
    country = current_language().country(person.country)
    email = "" if is_private else person.email
    is_here = person.id in registered
    return Line(
        person.name,
        " · ".join(part for part in (person.organisation, country, email) if part),
        key="" if is_here else person.id,
        icon="person",
        tail=_("registered") if is_here else "",
        tone="muted" if is_here else "text",
    )
