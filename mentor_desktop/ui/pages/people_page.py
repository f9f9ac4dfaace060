"""People: everybody of the workspace; one card slides in beside the list."""

from array import array
from functools import partial

from PySide6.QtWidgets import QWidget

from mentor_desktop.i18n import _
from mentor_desktop.services.people import person_order
from mentor_desktop.ui import words
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.exporting import open_export
from mentor_desktop.ui.pages.base import Page, PageAction
from mentor_desktop.ui.people.card import PersonCardPanel
from mentor_desktop.ui.people.new_person import NewPersonForm
from mentor_desktop.ui.people.people_list import PeopleList
from mentor_desktop.ui.shortcuts import Shortcut
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.layout import pile


class PeoplePage(Page):
    """The list, and what one does with a person of it."""

    shows = frozenset({"person", "organisation"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._wanted_id = ""
        self._panel: PersonCardPanel | None = None
        self._is_private = desk.settings.value.presentation
        self._build_widgets()
        self._connect()

    def open(self, **where: str) -> None:
        """Open the card of `person_id`, if one is named."""
        self._wanted_id = where.get("person_id", "")
        if self._wanted_id:
            self.mark_stale()  # the same card may be wanted again

    def refresh(self) -> None:
        """Ask for everybody's order, and again for what was searched."""
        self.jobs.query(person_order, self._show, key="order")
        if self._wanted_id:
            person_id, self._wanted_id = self._wanted_id, ""
            self._open_card(person_id)

    def first_focus(self) -> QWidget | None:
        return self._list

    def _build_widgets(self) -> None:
        self._list = PeopleList(self.theme, self.jobs, is_private=self._is_private)
        self._nobody = EmptyState(
            self.theme,
            _("Nobody is here yet. Import the list of the organiser, or add the first person."),
            "people",
            _("Import people"),
            self._import,
        )
        self._stack = pile(self._list, self._nobody)
        self.content.addWidget(self._stack)

    def _connect(self) -> None:
        self._list.person_taken.connect(self._open_card)
        self._list.person_lit.connect(self._follow)
        self.track(self.desk.settings.changed, self._on_settings)
        self.set_primary(_("Add a person"), self._open_form, icon="add")
        self.set_more(
            [
                PageAction(_("Find duplicates"), partial(self.frame.go, "duplicates"), "merge"),
                PageAction(_("Import participants"), self._import, "import"),
                PageAction(_("Export"), partial(open_export, self.desk, "participants"), "export"),
                PageAction(_("Search people"), self._list.focus_search, "search", Shortcut.FILTER),
            ]
        )
        self.add_key(Shortcut.NEW, self._open_form, _("Add a person"))
        self.add_key(Shortcut.CORRECT, self._edit, _("Correct the card"))

    def _show(self, order: "array[int]") -> None:
        self._stack.setCurrentWidget(self._list if order else self._nobody)
        self.set_counter(words.people(len(order)))
        self._list.show_people(order)

    def _on_settings(self, _settings: object) -> None:
        if self.desk.settings.value.presentation != self._is_private:
            self._is_private = self.desk.settings.value.presentation
            self._list.show_columns(is_private=self._is_private)
            self.mark_stale()

    def _follow(self, person_id: str) -> None:
        """Let an open card be the one of the row the keyboard is on."""
        if self._panel is not None:
            self._open_card(person_id)

    def _open_card(self, person_id: str) -> None:
        panel = self._panel = PersonCardPanel(self.desk, person_id)
        panel.destroyed.connect(partial(self._forget_panel, panel))
        self.frame.open_panel(panel, _("Person"), focus=False)

    def _forget_panel(self, panel: PersonCardPanel, _gone: object = None) -> None:
        if self._panel is panel:
            self._panel = None

    def _edit(self) -> None:
        """Go into the card with the keyboard; open the one of the lit row first."""
        if self._panel is None:
            self._list.take_lit()
        if self._panel is not None:
            self._panel.begin_editing()

    def _open_form(self) -> None:
        form = NewPersonForm(self.desk, self._list.typed)
        form.person_wanted.connect(self._open_card)
        self.frame.open_panel(form, _("Add a person"))

    def _import(self) -> None:
        self.frame.go("import", kind="participants")
