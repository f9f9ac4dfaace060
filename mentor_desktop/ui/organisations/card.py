"""One organisation as a card in the side panel."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from mentor_desktop.changes import Changes
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _, current_language, ngettext
from mentor_desktop.services.choices import (
    ORGANISATION_KINDS,
    PROJECT_ROLES,
    SECTORS,
    SUBTYPES,
    offered,
)
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.organisations import (
    OrganisationCard,
    add_organisation,
    change_organisation,
    organisation_card,
    remove_organisation,
)
from mentor_desktop.ui import words
from mentor_desktop.ui.countries import country_options
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.people.card_history import CardHistory
from mentor_desktop.ui.people.roles_line import RolesLine
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import ChoiceField, TextField
from mentor_desktop.ui.widgets.flow import FieldGrid, flowing
from mentor_desktop.ui.widgets.layout import STRETCH, column
from mentor_desktop.ui.widgets.small_form import SmallForm
from mentor_desktop.ui.widgets.text import Text
from mentor_desktop.ui.workshop.facts import Facts
from mentor_desktop.ui.workshop.live_form import LiveForm

_NOTHING = ("", "–")


class OrganisationPanel(LiveForm):
    """Name, how near it is to us, address, numbers, who signs for it; saved as it is changed."""

    shows = frozenset({"organisation", "person", "workshop"})

    def __init__(self, desk: Desk, organisation_id: str) -> None:
        super().__init__(desk)
        self._id = organisation_id
        self._facts = Facts(desk.theme, self._jobs, self._change)
        self._build_widgets()
        self._lay_out()
        self.reload()

    def reload(self) -> None:
        """Ask for the card again."""
        op = partial(organisation_card, organisation_id=self._id)
        self._jobs.query(op, self._show, self._on_gone, key="card")

    def begin_editing(self) -> None:
        """Put the keyboard on the name."""
        self._name.line.setFocus()
        self._name.line.selectAll()

    def _build_widgets(self) -> None:
        theme = self._desk.theme
        self._title = Text(theme, "", "title")
        self._about = Text(theme, "", "body", "muted")
        for text in (self._title, self._about):
            text.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self._name = self._facts.line("name", _("Name, as on its own paper"))
        self._roles = RolesLine(
            theme,
            lambda roles: self._facts.save({"project_roles": roles}),
            PROJECT_ROLES,
            _("Roles in projects"),
        )
        self._history = CardHistory(self._desk, self._id, "organisation")
        self._history.hide()
        self._trouble = Text(theme, "", "body", "absent")
        self._trouble.hide()
        self._open = Button(
            theme, _("Show the history"), self._open_history, kind="quiet", icon="history"
        )
        self._remove = Button(
            theme, _("Remove"), self._remove_organisation, kind="danger", icon="remove"
        )

    def _lay_out(self) -> None:
        theme, facts = self._desk.theme, self._facts
        place = FieldGrid(theme, least_px=140)
        place.add(self._name, is_wide=True)
        place.add(facts.choice("kind", _("Relation to us"), offered(ORGANISATION_KINDS)))
        place.add(facts.choice("sector", _("Sector"), [_NOTHING, *offered(SECTORS)]))
        place.add(facts.choice("country", _("Country"), country_options()))
        place.add(facts.line("city", _("Town"), placeholder="–"))
        place.add(facts.choice("subtype", _("What it is"), [_NOTHING, *offered(SUBTYPES)]))
        place.add(facts.line("short_name", _("Short name"), placeholder="–"))
        place.add(
            facts.line("name_latin", _("Name in Latin letters"), placeholder="–"), is_wide=True
        )
        place.add(facts.note("address", _("Address"), placeholder="–"), is_wide=True)
        place.add(facts.line("website", _("Website"), placeholder="–"), is_wide=True)
        signs = FieldGrid(theme, least_px=140)
        signs.add(facts.line("legal_representative", _("Legal representative"), placeholder="–"))
        signs.add(facts.line("legal_representative_function", _("Function"), placeholder="–"))
        signs.add(facts.line("oid", _("OID"), placeholder="E12345678"))
        signs.add(facts.line("pic", _("PIC"), placeholder="123456789"))
        self._parts: list[QWidget] = [place, self._roles, signs]
        head = column(theme, self._title, self._about, gap="xs")
        feet = flowing(theme, self._open, self._remove)
        rest = (self._history, feet, self._trouble)
        self.setLayout(column(theme, head, *self._parts, *rest, STRETCH, gap="xl"))

    def _show(self, card: OrganisationCard) -> None:
        country = current_language().country(card.country) if card.country else ""
        people = words.people(card.people) if card.people else _("nobody here belongs to it")
        hosted = len(card.hosted_workshops)
        hosts = ngettext("host of {workshops}", "host of {workshops}", hosted).format(
            workshops=", ".join(card.hosted_workshops)
        )
        place = ", ".join(part for part in (card.city, country) if part)
        self._title.setText(card.name)
        self._about.setText(
            " · ".join(part for part in (place, people, hosts if hosted else "") if part)
        )
        self._facts.show(card)
        self._roles.show_roles(card.project_roles)
        self._remove.setVisible(not card.people and not hosted)
        if self._history.is_open:
            self._history.reload()

    def _on_gone(self, error: UserFacingError) -> None:
        self._title.setText("")
        self._about.setText(str(error))
        for part in (*self._parts, self._history, self._open, self._remove):
            part.hide()

    def _change(self, values: Mapping[str, Any]) -> Callable[[Any], Changes]:
        return partial(change_organisation, organisation_id=self._id, **values)

    def _open_history(self) -> None:
        self._history.open_history()
        self._open.hide()
        self._history.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove_organisation(self) -> None:
        op = partial(remove_organisation, organisation_id=self._id)
        self._jobs.command(op, lambda _changes: self._desk.frame.close_panel(), self._refuse)

    def _refuse(self, error: UserFacingError) -> None:
        self._trouble.setText(str(error))
        self._trouble.show()


class NewOrganisationForm(SmallForm):
    """Name, kind and country; the rest on the card.

    Emits:
        created: id of the organisation.
    """

    created = Signal(str)

    def __init__(self, desk: Desk, known: Sequence[str]) -> None:
        super().__init__(desk.theme, _("Add"), self._add)
        self._jobs = OwnedJobs(desk.jobs, self)
        self._known = {name.casefold() for name in known}
        theme = desk.theme
        self._name = self.add(TextField(theme, _("Name, as on its own paper"), in_place=False))
        self._kind = self.add(
            ChoiceField(
                theme,
                _("Relation to us"),
                offered(ORGANISATION_KINDS),
                "external",
                in_place=False,
            )
        )
        self._country = self.add(
            ChoiceField(theme, _("Country"), country_options(), in_place=False)
        )
        self._city = self.add(TextField(theme, _("Town"), in_place=False))
        self._name.line.textChanged.connect(self._look)
        self.setFocusProxy(self._name)

    def _look(self) -> None:
        """Warn about a namesake; two schools may share a name, so nothing is refused."""
        is_known = self._name.value.casefold() in self._known
        self.show_trouble(_("One of this name is here already.") if is_known else "")
        self.set_verb(_("Add all the same") if is_known else _("Add"))

    def _add(self) -> None:
        op = partial(
            add_organisation,
            name=self._name.value,
            kind=self._kind.choice.value,
            country=self._country.choice.value,
            city=self._city.value,
        )
        self._jobs.command(op, self._on_added, self.refuse)

    def _on_added(self, changes: Changes) -> None:
        self.created.emit(created_id(changes, "organisation"))
