"""The register of a workshop as a grid, for keyboard, mouse and fingers."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from mentor_desktop.i18n import _, current_language, ngettext, text_in
from mentor_desktop.services.attendance import mark
from mentor_desktop.services.attendance_bulk import mark_many, same_as
from mentor_desktop.services.attendance_history import choose_mark, history_of
from mentor_desktop.services.decisions import ask_the_paper
from mentor_desktop.services.register import GridRow, RegisterGrid, register_grid
from mentor_desktop.ui.deciding.waiting_note import WaitingNote
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.finder import folded
from mentor_desktop.ui.pages.base import Crumb, Page, PageAction
from mentor_desktop.ui.register.cell_panel import CellPanel
from mentor_desktop.ui.register.grid import RegisterGrid as Grid
from mentor_desktop.ui.register.model import RegisterModel
from mentor_desktop.ui.shortcuts import Shortcut
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.inputs import SearchBox
from mentor_desktop.ui.widgets.layout import STRETCH, column, holder, pile, row
from mentor_desktop.ui.widgets.text import Text


class RegisterPage(Page):
    """People down, half-days across; every mark is undone with Ctrl+Z."""

    shows = frozenset(
        {"attendance_mark", "registration", "person", "slot", "agenda_item", "workshop"}
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._workshop_id = ""
        self._grid: RegisterGrid | None = None
        self._panel: CellPanel | None = None
        self._opened = 0
        self._build_widgets()
        self._lay_out()
        self._connect()

    def open(self, **where: str) -> None:
        """Show the register of `workshop_id`."""
        if where["workshop_id"] != self._workshop_id:
            self._workshop_id = where["workshop_id"]
            self._grid = None

    def refresh(self) -> None:
        """Read the register."""
        self.jobs.query(
            partial(register_grid, workshop_id=self._workshop_id), self._show, key="grid"
        )

    def first_focus(self) -> QWidget | None:
        return self._table

    def _build_widgets(self) -> None:
        theme = self.theme
        self._waiting = WaitingNote(self)
        self._model = RegisterModel()
        self._table = Grid(theme, self._model)
        self._search = SearchBox(theme, _("Find a row"), _("Find a row"))
        self._search.setMaximumWidth(theme.px(260))
        self._rule = Text(theme, "", "body", "muted", wrap=False)
        self._asks = Text(theme, "", "body", "late", wrap=False)
        self._hint = Text(
            theme,
            _(
                "P present  L late  V left early  T partly  R remote  E excused  A absent  N not required  Del expected"
            ),
            "small",
            "muted",
        )
        self._empty = EmptyState(
            theme,
            _("The register needs an agenda with half-days and people on the list."),
            "people",
            _("Open the workshop"),
            lambda: self.frame.go("workshop", workshop_id=self._workshop_id),
        )

    def _lay_out(self) -> None:
        theme = self.theme
        top = row(theme, self._search, self._rule, STRETCH, self._asks, gap="l")
        self._parts = pile(
            holder(column(theme, top, self._table, self._hint, gap="m")), self._empty
        )
        self.content.addWidget(self._waiting)
        self.content.addWidget(self._parts)

    def _connect(self) -> None:
        self._search.textChanged.connect(self._show_rows)
        self._search.returnPressed.connect(self._table.setFocus)
        self._table.status_wanted.connect(self._mark)
        self._table.cell_taken.connect(self._open_cell)
        self._table.cell_lit.connect(self._follow_cell)
        self.track(self.desk.settings.changed, self._refresh_panel)
        self.add_key(Shortcut.FILTER, self._search.setFocus, _("Find a row"))

    # ---- what is shown

    def _show(self, grid: RegisterGrid) -> None:
        self._grid = grid
        title = text_in(grid.event.titles, current_language().code) or grid.event.code
        self.set_heading(
            Crumb(_("Workshops"), "workshops"),
            Crumb(title, "workshop", {"workshop_id": self._workshop_id}),
            Crumb(_("Register")),
        )
        self.set_primary(_("Check in"), self._go_to_door, icon="check-in")
        self.set_more(self._acts(grid))
        self._waiting.ask(self._workshop_id)
        self._parts.setCurrentIndex(0 if grid.slots and grid.rows else 1)
        self._rule.setText(
            _("Certificate from {percent} %").format(percent=int(grid.event.rule.percent))
        )
        self._asks.setText(_asks(grid))
        current = next((slot for slot in grid.slots if slot.is_current), None)
        if current:
            self.set_counter(
                _("{present} / {expected}").format(
                    present=current.attended, expected=current.required
                )
            )
        self._show_rows()
        if not self._table.currentIndex().isValid():
            self._light_first(grid)
        self._refresh_panel()

    def _light_first(self, grid: RegisterGrid) -> None:
        """Begin with the half-day that is on, so that a letter marks at once."""
        at = next((i for i, slot in enumerate(grid.slots) if slot.is_current), 0)
        self._table.setCurrentIndex(self._model.index(0, at))

    def _show_rows(self) -> None:
        if self._grid is not None:
            words = folded(self._search.text()).split()
            self._model.show_grid(self._grid, [one for one in self._grid.rows if _fits(one, words)])

    def _acts(self, grid: RegisterGrid) -> list[PageAction]:
        """What can be done for a whole half-day: for the one that is on, or the last."""
        slots = list(grid.slots)
        if not slots:
            return []
        at = next((i for i, slot in enumerate(slots) if slot.is_current), len(slots) - 1)
        acts = [
            PageAction(
                _("Mark everybody still open present ({slot})").format(slot=slots[at].code),
                partial(self._mark_open, slots[at].id, "present"),
            ),
            PageAction(
                _("Mark everybody still open absent ({slot})").format(slot=slots[at].code),
                partial(self._mark_open, slots[at].id, "absent"),
            ),
        ]
        if at:
            words = _("Take {other} over for {slot}").format(
                other=slots[at - 1].code, slot=slots[at].code
            )
            op = partial(same_as, slot_id=slots[at].id, from_slot_id=slots[at - 1].id)
            acts.append(PageAction(words, partial(self.jobs.command, op)))
        return acts

    # ---- what is done

    def _go_to_door(self) -> None:
        self.frame.go("door", workshop_id=self._workshop_id)

    def _mark(self, status: str, cells: list[tuple[int, int]]) -> None:
        if len(cells) == 1:
            (at, slot_column) = cells[0]
            person, slot_id = self._model.row_at(at), self._model.slot_id_at(slot_column)
            op = partial(
                mark, registration_id=person.registration_id, slot_id=slot_id, status=status
            )
            self.jobs.command(op)
            return
        for slot_column in sorted({cell[1] for cell in cells}):
            ids = [
                self._model.row_at(at).registration_id
                for at, where in cells
                if where == slot_column
            ]
            slot_id = self._model.slot_id_at(slot_column)
            self.jobs.command(
                partial(mark_many, registration_ids=ids, slot_id=slot_id, status=status)
            )

    def _mark_open(self, slot_id: str, status: str) -> None:
        assert self._grid is not None
        at = next(i for i, slot in enumerate(self._grid.slots) if slot.id == slot_id)
        ids = [
            one.registration_id
            for one in self._grid.rows
            if one.is_on_list and one.cells[at].mark is None
        ]
        self.jobs.command(partial(mark_many, registration_ids=ids, slot_id=slot_id, status=status))

    # ---- one cell in the side panel

    def _open_cell(self, at: int, slot_column: int) -> None:
        grid, person = self._grid, self._model.row_at(at)
        if grid is None or slot_column >= self._model.slot_count:
            return
        slot, cell = grid.slots[slot_column], person.cells[slot_column]
        panel = CellPanel(
            self.theme,
            person,
            slot,
            cell,
            grid.event.zone,
            is_closed=grid.is_closed,
            is_private=self.desk.settings.value.presentation,
        )
        where: dict[str, Any] = {"registration_id": person.registration_id, "slot_id": slot.id}
        panel.change_wanted.connect(partial(self._change, panel, where))
        panel.mark_chosen.connect(partial(self._choose, panel))
        ask = partial(self.jobs.command, partial(ask_the_paper, **where), None, panel.refuse)
        panel.paper_wanted.connect(ask)
        self._panel, self._opened = panel, self._opened + 1
        panel.destroyed.connect(partial(self._forget_panel, self._opened))
        self.jobs.query(partial(history_of, **where), panel.show_history, key="history")
        self.frame.open_panel(panel, _("Attendance"), focus=False)

    def _follow_cell(self, at: int, slot_column: int) -> None:
        if self._panel is not None and slot_column < self._model.slot_count:
            self._open_cell(at, slot_column)

    def _refresh_panel(self, _settings: object = None) -> None:
        """Show the panel anew unless somebody is typing in it; a projector allows no waiting."""
        index, focus = self._table.currentIndex(), self.window().focusWidget()
        panel = self._panel
        is_projected = self.desk.settings.value.presentation
        is_typing = panel is not None and panel.isAncestorOf(focus) and not is_projected
        if self._panel is not None and index.isValid() and not is_typing:
            self._open_cell(index.row(), index.column())

    def _change(self, panel: CellPanel, where: dict[str, Any], asked: dict[str, Any]) -> None:
        # Any: the arguments of `mark`.
        self.jobs.command(partial(mark, **where, **asked), None, panel.refuse)

    def _choose(self, panel: CellPanel, mark_id: str) -> None:
        self.jobs.command(partial(choose_mark, mark_id=mark_id), None, panel.refuse)

    def _forget_panel(self, opened: int, _panel: object = None) -> None:
        # A panel that made room for the next one is destroyed after that one was opened.
        if opened == self._opened:
            self._panel = None


def _fits(person: GridRow, words: list[str]) -> bool:
    names = folded(f"{person.name} {person.name_latin} {person.organisation}").split()
    return all(any(name.startswith(word) for name in names) for word in words)


def _asks(grid: RegisterGrid) -> str:
    """Return how many marks wait for a look at the paper; marks that differ have a banner."""
    if not grid.unchecked:
        return ""
    return ngettext(
        "{count} mark to compare with the paper",
        "{count} marks to compare with the paper",
        grid.unchecked,
    ).format(count=grid.unchecked)
