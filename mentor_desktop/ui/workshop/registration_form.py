"""One person's place in a workshop, in the side panel."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import _
from mentor_desktop.services.choices import (
    PHOTO_CHOICES,
    REGISTRATION_ROLES,
    REGISTRATION_SOURCES,
    REGISTRATION_STATES,
    label,
    offered,
)
from mentor_desktop.services.registrations import (
    RegistrationRow,
    change_registration,
    registration_rows,
    support_request_of,
)
from mentor_desktop.services.workshops import WorkshopCard
from mentor_desktop.ui.countries import country_options
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import NoteField
from mentor_desktop.ui.widgets.flow import FieldGrid, flowing
from mentor_desktop.ui.widgets.layout import STRETCH, column
from mentor_desktop.ui.widgets.text import Text
from mentor_desktop.ui.workshop.facts import Facts
from mentor_desktop.ui.workshop.live_form import LiveForm
from mentor_desktop.ui.workshop.name_form import NameForm


class RegistrationForm(LiveForm):
    """State, role and sending country; diet and access needs only when asked for."""

    shows = frozenset({"registration", "person", "organisation"})

    def __init__(self, page: Page, card: WorkshopCard, row: RegistrationRow) -> None:
        super().__init__(page.desk)
        self._card, self._row = card, row
        self._facts = Facts(page.theme, self._jobs, self._change)
        self._about = Text(page.theme, "", "body", "muted")
        self._about.setContentsMargins(page.theme.px(10), 0, 0, 0)
        self._build_widgets()
        self._lay_out()
        self._show_row()
        self._desk.settings.changed.connect(self._on_settings_changed)

    def reload(self) -> None:
        """Ask for the registration again."""
        op = partial(registration_rows, workshop_id=self._card.id)
        self._jobs.query(op, self._show, key="row")

    def _build_widgets(self) -> None:
        theme = self._desk.theme
        self._person = Button(theme, _("Open the person"), self._open_person, icon="person")
        self._name = Button(
            theme, _("Correct the name"), self._correct_name, kind="quiet", icon="edit"
        )
        self._needs = NoteField(
            theme,
            _("Diet and access needs"),
            on_save=self._save_needs,
            placeholder=_("Only what helpers must know"),
        )
        self._needs.hide()
        self._show_needs = Button(
            theme, _("Show diet and access needs"), self._ask_needs, kind="quiet", icon="hidden"
        )

    def _lay_out(self) -> None:
        theme, facts = self._desk.theme, self._facts
        grid = FieldGrid(theme, least_px=150)
        grid.add(facts.choice("state", _("State"), offered(REGISTRATION_STATES)), is_wide=True)
        grid.add(facts.choice("role", _("Role"), offered(REGISTRATION_ROLES)))
        grid.add(facts.choice("source", _("How they came"), offered(REGISTRATION_SOURCES)))
        grid.add(facts.choice("sending_country", _("Sending country"), country_options()))
        grid.add(facts.line("reference", _("The organiser's own id"), placeholder="–"))
        grid.add(facts.check("is_partner_staff", _("Staff of a partner")), is_wide=True)
        buttons = flowing(theme, self._person, self._name)
        needs = flowing(theme, self._show_needs)
        parts = (self._about, grid, needs, self._needs, buttons, STRETCH)
        self.setLayout(column(theme, *parts, gap="l"))

    def _change(self, values: Mapping[str, Any]) -> Callable[[Any], Changes]:
        return partial(change_registration, registration_id=self._row.id, **values)

    def _show(self, rows: Sequence[RegistrationRow]) -> None:
        now = next((row for row in rows if row.id == self._row.id), None)
        if now is None:
            self._desk.frame.close_panel()
            return
        self._row = now
        self._show_row()

    def _show_row(self) -> None:
        row = self._row
        number = _("No. {number}").format(number=row.list_number) if row.list_number else ""
        photos = _("photos: {choice}").format(choice=label(PHOTO_CHOICES, row.photo_choice))
        facts = (number, row.organisation, photos)
        self._about.setText(" · ".join(one for one in facts if one))
        self._facts.show(row)
        is_projected = self._desk.settings.value.presentation
        self._show_needs.setVisible(not is_projected and not self._needs.isVisibleTo(self))

    def _on_settings_changed(self) -> None:
        """Hide what is private as soon as a projector is on."""
        if self._desk.settings.value.presentation:
            self._needs.hide()
        self._show_row()

    def _ask_needs(self) -> None:
        op = partial(support_request_of, registration_id=self._row.id)
        self._jobs.query(op, self._reveal_needs)

    def _reveal_needs(self, needs: str) -> None:
        self._needs.set_value(needs)
        self._needs.show()
        self._show_needs.hide()
        self._needs.setFocus()

    def _save_needs(self, text: str) -> None:
        self._facts.save({"support_request": text}, self._needs.refuse)

    def _open_person(self) -> None:
        self._desk.frame.go("people", person_id=self._row.person_id)

    def _correct_name(self) -> None:
        row = self._row
        form = NameForm(self._desk, row.person_id, row.given_name, row.family_name)
        form.done.connect(self._desk.frame.close_panel)
        self._desk.frame.open_panel(form, _("Correct the name"))
