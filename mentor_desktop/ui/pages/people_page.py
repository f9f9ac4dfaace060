"""People: everybody of the workspace, found while typing; one card slides in beside the list."""

from array import array
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout, QWidget

from mentor_desktop.i18n import _, current_language, ngettext
from mentor_desktop.services.people import (
    PersonRow,
    person_order,
    person_rows,
    search_people,
)
from mentor_desktop.ui import words
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.exporting import open_export
from mentor_desktop.ui.pages.base import Page, PageAction
from mentor_desktop.ui.people.card import PersonCardPanel
from mentor_desktop.ui.people.columns import people_columns
from mentor_desktop.ui.people.new_person import NewPersonForm
from mentor_desktop.ui.shortcuts import Shortcut
from mentor_desktop.ui.table_models import IdsTableModel, by_query
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.inputs import SearchBox
from mentor_desktop.ui.widgets.layout import STRETCH, column, holder, row
from mentor_desktop.ui.widgets.table import Table
from mentor_desktop.ui.widgets.text import Text

# More results than this help nobody; one more letter does.
_MOST_FOUND = 200


class PeoplePage(Page):
    """A million rows are shown by number; only the pages one looks at are read."""

    shows = frozenset({"person", "organisation"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._all: array[int] = array("q")
        self._order: array[int] = array("q")
        self._panel: PersonCardPanel | None = None
        self._wanted_id = ""
        self._build_widgets()
        self._lay_out()
        self._connect()
        self._show_columns()

    def open(self, **where: str) -> None:
        """Open the card of `person_id`, if one is named."""
        self._wanted_id = where.get("person_id", "")

    def refresh(self) -> None:
        """Ask for everybody's order, and again for what was searched."""
        self.jobs.query(person_order, self._show_all, key="order")
        if self._wanted_id:
            person_id, self._wanted_id = self._wanted_id, ""
            self._open_card(person_id)

    def first_focus(self) -> QWidget | None:
        return self._search

    # ---- widgets

    def _build_widgets(self) -> None:
        theme = self.theme
        self._search = SearchBox(theme, _("Search people"), _("Name or e-mail"))
        self._search.setMinimumWidth(theme.px(160))
        self._said = Text(theme, "", "body", "muted", wrap=False)
        self._table = Table(theme, _("People"))
        self._no_hit = EmptyState(
            theme,
            _("Nobody fits. Fewer letters find more; names are found in Latin letters too."),
            "search",
        )
        self._nobody = EmptyState(
            theme,
            _("Nobody is here yet. Import the list of the organiser, or add the first person."),
            "people",
            _("Import people"),
            self._import,
        )

    def _lay_out(self) -> None:
        bar = row(self.theme, self._search, self._said, STRETCH, gap="l")
        bar.setStretch(0, 1_000)  # up to its greatest width; what is left stays empty
        self._search.setMaximumWidth(self.theme.px(360))
        self._list = QStackedLayout()
        self._list.addWidget(self._table)
        self._list.addWidget(self._no_hit)
        self._filled = holder(column(self.theme, bar, self._list, gap="m"))
        self._stack = QStackedLayout()
        self._stack.addWidget(self._filled)
        self._stack.addWidget(self._nobody)
        self.content.addLayout(self._stack)

    def _connect(self) -> None:
        self._search.textChanged.connect(self._look)
        self._search.moved.connect(self._move)
        self._search.returnPressed.connect(self._open_lit)
        self._table.row_taken.connect(self._open_row)
        self.track(self.desk.settings.changed, self._on_settings)
        self.set_primary(_("Add a person"), self._open_form, icon="add")
        self.set_more(
            [
                PageAction(_("Find duplicates"), self._go_to_duplicates, "merge"),
                PageAction(_("Import participants"), self._import, "import"),
                PageAction(_("Export"), self._export, "export"),
                PageAction(_("Search people"), self._focus_search, "search", Shortcut.FILTER),
            ]
        )
        self.add_key(Shortcut.NEW, self._open_form, _("Add a person"))
        self.add_key(Shortcut.CORRECT, self._edit, _("Correct the card"))

    def _show_columns(self) -> None:
        """Show the columns of the moment: presentation mode leaves private ones out."""
        self._is_private = self.desk.settings.value.presentation
        columns = people_columns(is_private=self._is_private)
        self._model: IdsTableModel[PersonRow] = IdsTableModel(
            columns, by_query(self.jobs, person_rows)
        )
        self._model.setParent(self._table)
        self._table.setModel(self._model)
        self._order = array("q")

    def _on_settings(self, _settings: object) -> None:
        if self.desk.settings.value.presentation != self._is_private:
            self._show_columns()
            self.mark_stale()

    # ---- what is shown

    def _show_all(self, order: "array[int]") -> None:
        self._all = order
        self._stack.setCurrentWidget(self._filled if order else self._nobody)
        self.set_counter(words.people(len(order)))
        self._look()

    def _look(self) -> None:
        text = self._search.text().strip()
        if text:
            op = partial(search_people, text=text, limit=_MOST_FOUND)
            self.jobs.query(op, partial(self._show_found, text), key="found")
            return
        self._said.setText("")
        self._list.setCurrentWidget(self._table)
        self._show_order(self._all)

    def _show_found(self, text: str, people: Sequence[PersonRow]) -> None:
        if text != self._search.text().strip():
            return
        count = len(people)
        if count == _MOST_FOUND:
            self._said.setText(
                _("the first {count}; type one more letter").format(
                    count=current_language().number(count)
                )
            )
        else:
            self._said.setText(
                ngettext("{count} found", "{count} found", count).format(count=count)
            )
        self._list.setCurrentWidget(self._table if people else self._no_hit)
        self._show_order(array("q", (one.number for one in people)))
        if people:
            self._table.light_row(0)

    def _show_order(self, order: "array[int]") -> None:
        """Show these people; who was lit stays lit and in sight."""
        lit = self._table.lit_row
        number = self._model.number_at(lit) if 0 <= lit < self._model.rowCount() else None
        if order == self._order:
            self._model.reload()
            return
        self._order = order
        self._model.set_order(order)
        at = self._model.row_of(number) if number is not None else -1
        if at >= 0:
            self._table.light_row(at)

    # ---- what is done

    def _focus_search(self) -> None:
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def _move(self, step: int) -> None:
        rows = self._model.rowCount()
        if rows:
            self._table.light_row(min(max(self._table.lit_row + step, 0), rows - 1))

    def _open_lit(self) -> None:
        self._open_row(max(self._table.lit_row, 0))

    def _open_row(self, at: int) -> None:
        found = self._model.row_at(at)
        if found:
            self._open_card(found.id)

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
            self._open_lit()
        if self._panel is not None:
            self._panel.begin_editing()

    def _open_form(self) -> None:
        form = NewPersonForm(self.desk, self._search.text())
        form.person_wanted.connect(self._open_card)
        self.frame.open_panel(form, _("Add a person"))

    def _go_to_duplicates(self) -> None:
        self.frame.go("duplicates")

    def _import(self) -> None:
        self.frame.go("import", kind="participants")

    def _export(self) -> None:
        open_export(self.desk, "participants")
