"""The list of people with its search box: a million rows by number, the pages one looks at read."""

from array import array
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.i18n import _, current_language, ngettext
from mentor_desktop.services.people import PersonRow, listed_rows, search_people
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.people.columns import people_columns
from mentor_desktop.ui.table_models import IdsTableModel, by_query
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.inputs import SearchBox
from mentor_desktop.ui.widgets.layout import STRETCH, pile, row
from mentor_desktop.ui.widgets.table import Table
from mentor_desktop.ui.widgets.text import Text

# More results than this help nobody; one more letter does.
_MOST_FOUND = 200
_WIDEST_SEARCH = 360


class PeopleList(QWidget):
    """Shows everybody, or who fits what is typed.

    Emits:
        person_taken: id of a person, by Enter or click.
        person_lit: id of the person the keyboard went to in the table.
    """

    person_taken = Signal(str)
    person_lit = Signal(str)

    def __init__(self, theme: Theme, jobs: OwnedJobs, *, is_private: bool) -> None:
        super().__init__()
        self._theme, self._jobs = theme, jobs
        self._all: array[int] = array("q")
        self._order: array[int] = array("q")
        self._build_widgets()
        self._lay_out()
        self._connect()
        self.show_columns(is_private=is_private)

    @property
    def typed(self) -> str:
        """What stands in the search box."""
        return self._search.text().strip()

    def show_columns(self, *, is_private: bool) -> None:
        """Show the columns; while a projector is on, `is_private`, without private ones."""
        self._model: IdsTableModel[PersonRow] = IdsTableModel(
            people_columns(is_private=is_private), by_query(self._jobs, listed_rows)
        )
        self._model.setParent(self._table)
        self._table.setModel(self._model)
        self._order = array("q")

    def show_people(self, order: "array[int]") -> None:
        """Show everybody in this order, or search again for what is typed."""
        self._all = order
        self._look()

    def focus_search(self) -> None:
        """Put the keyboard into the search box."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def take_lit(self) -> None:
        """Take the lit row; the first when none is."""
        self._take(max(self._table.lit_row, 0))

    def _build_widgets(self) -> None:
        theme = self._theme
        self._search = SearchBox(theme, _("Search people"), _("Name or e-mail"))
        self._search.setMinimumWidth(theme.px(160))
        self.setFocusProxy(self._search)
        self._said = Text(theme, "", "body", "muted", wrap=False)
        self._table = Table(theme, _("People"))
        self._no_hit = EmptyState(
            theme,
            _("Nobody fits. Fewer letters find more; names are found in Latin letters too."),
            "search",
        )

    def _lay_out(self) -> None:
        bar = row(self._theme, self._search, self._said, STRETCH, gap="l")
        bar.setStretch(0, 1_000)  # up to its greatest width; what is left stays empty
        self._search.setMaximumWidth(self._theme.px(_WIDEST_SEARCH))
        self._stack = pile(self._table, self._no_hit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self._theme.space("m"))
        layout.addLayout(bar)
        layout.addWidget(self._stack)

    def _connect(self) -> None:
        self._search.textChanged.connect(self._look)
        self._search.moved.connect(self._move)
        self._search.returnPressed.connect(self.take_lit)
        self._table.row_taken.connect(self._take)
        self._table.row_lit.connect(self._follow)

    def _look(self) -> None:
        text = self.typed
        if text:
            op = partial(search_people, text=text, limit=_MOST_FOUND)
            self._jobs.query(op, partial(self._show_found, text), key="found")
            return
        self._said.setText("")
        self._stack.setCurrentWidget(self._table)
        self._show_order(self._all)

    def _show_found(self, text: str, people: Sequence[PersonRow]) -> None:
        if text != self.typed:
            return
        count = len(people)
        if count == _MOST_FOUND:
            words = _("the first {count}; type one more letter")
            self._said.setText(words.format(count=current_language().number(count)))
        else:
            words = ngettext("{count} found", "{count} found", count)
            self._said.setText(words.format(count=count))
        self._stack.setCurrentWidget(self._table if people else self._no_hit)
        self._show_order(array("q", (one.number for one in people)))
        if people and self._table.lit_row < 0:
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

    def _move(self, step: int) -> None:
        rows = self._model.rowCount()
        if rows:
            self._table.light_row(min(max(self._table.lit_row + step, 0), rows - 1))

    def _take(self, at: int) -> None:
        found = self._model.row_at(at)
        if found:
            self.person_taken.emit(found.id)

    def _follow(self, at: int) -> None:
        found = self._model.row_at(at) if self._table.hasFocus() else None
        if found:
            self.person_lit.emit(found.id)
