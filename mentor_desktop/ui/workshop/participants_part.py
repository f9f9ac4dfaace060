"""Who is registered in a workshop: find, add, change states, correct names."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtGui import QResizeEvent

from mentor_desktop.i18n import N_, _, current_language
from mentor_desktop.services.choices import (
    REGISTRATION_ROLES,
    REGISTRATION_SOURCES,
    REGISTRATION_STATES,
    label,
)
from mentor_desktop.services.door import door_people
from mentor_desktop.services.registrations import RegistrationRow, registration_rows
from mentor_desktop.ui.door.people_at_door import PeopleAtDoor
from mentor_desktop.ui.exporting import open_export
from mentor_desktop.ui.finder import folded
from mentor_desktop.ui.pages.base import Page, PageAction
from mentor_desktop.ui.shortcuts import Shortcut
from mentor_desktop.ui.table_models import Column, RowsTableModel
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.inputs import Choice, SearchBox
from mentor_desktop.ui.widgets.layout import STRETCH, column, holder, pile, row
from mentor_desktop.ui.widgets.table import Table
from mentor_desktop.ui.widgets.text import Text
from mentor_desktop.ui.workshop.add_people import AddPeopleForm
from mentor_desktop.ui.workshop.name_form import NameForm
from mentor_desktop.ui.workshop.part import Part
from mentor_desktop.ui.workshop.registration_form import RegistrationForm

# What the choice beside the search box shows: key, words, states (empty: all).
_SHOWN = (
    ("listed", N_("On the list"), frozenset({"registered", "confirmed", "attending", "completed"})),
    ("invited", N_("Invited"), frozenset({"invited"})),
    ("waiting", N_("Waiting list"), frozenset({"waiting_list"})),
    ("gone", N_("Not coming"), frozenset({"declined", "cancelled", "no_show", "withdrew"})),
    ("all", N_("Everybody"), frozenset[str]()),
)
_LEAST_SEARCH, _WIDEST_SEARCH = 104, 320
_STATE_TONES = {
    "waiting_list": "late",
    "invited": "muted",
    "declined": "muted",
    "cancelled": "absent",
    "no_show": "absent",
    "withdrew": "absent",
}


class ParticipantsPart(Part):
    """A table of registrations; a row opens in the side panel."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._rows: tuple[RegistrationRow, ...] = ()
        self._door = PeopleAtDoor(self.desk, lambda *_let_in: None, lambda: None)
        self._model: RowsTableModel[RegistrationRow] = RowsTableModel(_columns())
        self._build_widgets()
        self._lay_out()
        self._connect()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_search()

    def load(self) -> None:
        """Ask for the registrations."""
        self.jobs.query(
            partial(registration_rows, workshop_id=self.card.id), self._show, key="rows"
        )

    def forget(self) -> None:
        """Show nobody until the next list is there."""
        self._rows = ()
        self._model.set_rows(())
        self._search.clear()
        self._filter.set_value("listed")

    def page_actions(self) -> tuple[PageAction, ...]:
        """Return the acts of the menu; their keys work while this part is shown."""
        return (
            PageAction(_("Add people"), self._add_people, "add", Shortcut.NEW),
            PageAction(
                _("Add a walk-in"),
                self._add_walk_in,
                "walk-in",
                Shortcut.WALK_IN,
                is_enabled=self.card.phase == "running",
            ),
            PageAction(_("Correct the name"), self._correct_name, "edit", Shortcut.CORRECT),
            PageAction(_("Import participants"), self._import, "import"),
            PageAction(
                _("Export participants"),
                partial(open_export, self.desk, "participants", self.card.id),
                "export",
            ),
            PageAction(_("Search the list"), self._search.setFocus, "search", Shortcut.FILTER),
        )

    def _build_widgets(self) -> None:
        theme = self.theme
        self._search = SearchBox(theme, _("Search the list"), _("Name or organisation"))
        self._filter = Choice(
            theme, _("Who is shown"), [(key, _(text)) for key, text, _s in _SHOWN]
        )
        self._count = Text(theme, "", "body", "muted", wrap=False)
        self._add = Button(theme, _("Add people"), self._add_people, icon="add")
        self._table = Table(theme, _("Participants"))
        self._table.setModel(self._model)
        self._nobody = EmptyState(
            theme,
            _(
                "Nobody is registered yet. Import the list of the organiser, or add people one by one."
            ),
            "people",
            _("Import participants"),
            self._import,
        )
        self._no_hit = EmptyState(theme, _("Nobody on this list fits."), "search")

    def _lay_out(self) -> None:
        bar = row(self.theme, self._search, self._filter, self._count, STRETCH, self._add)
        self._list = pile(self._table, self._no_hit)
        self._filled = holder(column(self.theme, bar, self._list, gap="m"))
        self._stack = pile(self._filled, self._nobody)
        self.body.addWidget(self._stack)

    def _connect(self) -> None:
        self._search.textChanged.connect(self._filter_rows)
        self._search.moved.connect(self._move)
        self._search.returnPressed.connect(self._open_lit)
        self._filter.chosen.connect(self._filter_rows)
        self._table.row_taken.connect(self._open)

    def _show(self, rows: Sequence[RegistrationRow]) -> None:
        self._rows = tuple(rows)
        self._stack.setCurrentWidget(self._filled if rows else self._nobody)
        for number, (_key, text, states) in enumerate(_SHOWN):
            count = sum(not states or one.state in states for one in rows)
            self._filter.setItemText(number, f"{_(text)}  {count}")
        self._filter_rows()

    def _filter_rows(self) -> None:
        states = next(states for key, _text, states in _SHOWN if key == self._filter.value)
        wanted = folded(self._search.text()).split()
        fitting = [
            one for one in self._rows if (not states or one.state in states) and _fits(one, wanted)
        ]
        lit = self._model.row_at(self._table.lit_row)
        self._model.set_rows(fitting)
        self._count.setText(str(len(fitting)) if wanted else "")
        self._fit_search()
        self._list.setCurrentWidget(self._table if fitting else self._no_hit)
        keys = [one.id for one in fitting]
        if fitting:
            self._table.light_row(keys.index(lit.id) if lit and lit.id in keys else 0)

    def _fit_search(self) -> None:
        """Let the search box give way before anything is cut."""
        others = (self._filter, self._count, self._add)
        taken = sum(one.sizeHint().width() + self.theme.space("s") for one in others)
        room = self.width() - taken - self.theme.space("s")
        least, widest = self.theme.px(_LEAST_SEARCH), self.theme.px(_WIDEST_SEARCH)
        self._search.setFixedWidth(min(max(room, least), widest))

    def _move(self, step: int) -> None:
        rows = self._model.rowCount()
        self._table.light_row(min(max(self._table.lit_row + step, 0), rows - 1))

    def _open_lit(self) -> None:
        self._open(self._table.lit_row)

    def _open(self, number: int) -> None:
        found = self._model.row_at(number)
        if found:
            form = RegistrationForm(self.page, self.card, found)
            self.frame.open_panel(form, found.name, focus=False)

    def _add_people(self) -> None:
        self.frame.open_panel(AddPeopleForm(self.desk, self.card), _("Add people"))

    def _add_walk_in(self) -> None:
        """Let somebody in at the half-day that is on."""
        op = partial(door_people, workshop_id=self.card.id)
        self.jobs.query(op, lambda door: self._door.open_walk_in(door, ""))

    def _correct_name(self) -> None:
        found = self._model.row_at(self._table.lit_row)
        if found:
            form = NameForm(self.desk, found.person_id, found.given_name, found.family_name)
            form.done.connect(self.frame.close_panel)
            self.frame.open_panel(form, _("Correct the name"))

    def _import(self) -> None:
        self.frame.go("import", kind="participants", workshop_id=self.card.id)


def _columns() -> list[Column[RegistrationRow]]:
    def number(one: RegistrationRow) -> str:
        return str(one.list_number or "")

    def tone(one: RegistrationRow) -> str:
        return "text" if one.is_attending else "muted"

    def country(one: RegistrationRow) -> str:
        return current_language().country(one.sending_country)

    def state(one: RegistrationRow) -> str:
        return label(REGISTRATION_STATES, one.state)

    def source(one: RegistrationRow) -> str:
        if one.source == "walk_in":
            return label(REGISTRATION_SOURCES, one.source)
        return "" if one.role == "participant" else label(REGISTRATION_ROLES, one.role)

    def state_tone(one: RegistrationRow) -> str:
        return _STATE_TONES.get(one.state, "text")

    return [
        Column(_("No."), number, align="right", letters=4, tone=lambda _one: "muted", width=0),
        Column(_("Name"), lambda one: one.name, width=3, letters=22, role="strong", tone=tone),
        Column(
            _("Organisation"),
            lambda one: one.organisation,
            width=3,
            letters=18,
            rank=1,
            tone=tone,
        ),
        Column(_("Country"), country, width=1, letters=9, rank=3, tone=tone),
        Column(_("Role"), source, width=1, letters=8, rank=4, tone=lambda _one: "muted"),
        Column(_("State"), state, width=1, letters=12, rank=2, tone=state_tone),
    ]


def _fits(one: RegistrationRow, wanted: list[str]) -> bool:
    words = folded(
        f"{one.name} {one.name_latin} {one.badge_name} {one.organisation} {one.list_number or ''} {one.reference}"
    ).split()
    return all(any(word.startswith(part) for word in words) for part in wanted)
