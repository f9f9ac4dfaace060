"""All workshops: what is on now, what comes next, what was."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from mentor_desktop.i18n import N_, _, current_language
from mentor_desktop.services.choices import WORKSHOP_STATUSES, label
from mentor_desktop.services.workshops import WorkshopRow, workshop_rows
from mentor_desktop.ui import words
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.pages.base import Page, PageAction
from mentor_desktop.ui.shortcuts import Shortcut
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.layout import ScrollColumn, pile
from mentor_desktop.ui.widgets.line_list import Line, LineList, heading
from mentor_desktop.ui.workshop.new_workshop import NewWorkshopForm

_PHASES = {"running": N_("On now"), "next": N_("Next"), "past": N_("Past")}
# States that say more than the number of people.
_TELLING = frozenset({"cancelled", "archived"})


class WorkshopsPage(Page):
    """The list of workshops, running ones first."""

    shows = frozenset({"workshop", "registration"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rows: tuple[WorkshopRow, ...] = ()
        self._is_new_wanted = False
        self._build_widgets()
        self._lay_out()
        self._connect()

    def open(self, **where: str) -> None:
        """Show the list; with `new` the form for a new workshop beside it."""
        self._is_new_wanted = "new" in where
        if self._is_new_wanted:
            self.mark_stale()

    def refresh(self) -> None:
        """Ask for the workshops."""
        self.jobs.query(workshop_rows, self._show, key="rows")

    def first_focus(self) -> QWidget | None:
        """Let the keyboard begin in the list, also while its rows are on their way."""
        return self._list

    def _build_widgets(self) -> None:
        self._list = LineList(self.theme, _("Workshops"))
        self._scroll = ScrollColumn(self.theme)
        self._empty = EmptyState(
            self.theme,
            _("No workshop yet. Make the first one: a title and a date are enough to begin."),
            "workshop",
            _("New workshop"),
            self._open_form,
        )
        self.set_primary(_("New workshop"), self._open_form, icon="add")
        self.add_key(Shortcut.NEW, self._open_form, _("New workshop"))

    def _lay_out(self) -> None:
        self._scroll.column.addWidget(self._list)
        self._scroll.column.addStretch(1)
        self._parts = pile(self._scroll, self._empty)
        self.content.addWidget(self._parts)

    def _connect(self) -> None:
        self._list.opened.connect(self._open_workshop)

    def _show(self, rows: Sequence[WorkshopRow]) -> None:
        self._rows = tuple(rows)
        self._parts.setCurrentWidget(self._scroll if rows else self._empty)
        if rows:
            self.set_primary(_("New workshop"), self._open_form, icon="add")
            self._show_more()
        else:
            self.clear_primary()
            self.set_more(())
        self._list.set_lines(lines_of(rows, self.desk.clock().astimezone().date()))
        if self._is_new_wanted:
            self._is_new_wanted = False
            self._open_form()

    def _show_more(self) -> None:
        copy = _("Duplicate a workshop as template")
        projects = PageAction(_("Projects"), lambda: self.frame.go("project"), icon="project")
        self.set_more([PageAction(copy, self._open_copy_form, icon="copy"), projects])

    def _open_workshop(self, workshop_id: str) -> None:
        self.frame.go("workshop", workshop_id=workshop_id)

    def _open_form(self) -> None:
        self._open_panel("")

    def _open_copy_form(self) -> None:
        self._open_panel(self._list.current_key or self._rows[0].id)

    def _open_panel(self, pattern_id: str) -> None:
        form = NewWorkshopForm(self.desk, self._rows, pattern_id=pattern_id)
        form.created.connect(self._open_workshop)
        self.frame.open_panel(form, _("New workshop"))


def lines_of(rows: Sequence[WorkshopRow], today: date) -> list[Line]:
    """Return the lines of the list, a heading before each phase."""
    lines, phase = [], ""
    for row in rows:
        if row.phase != phase:
            phase = row.phase
            lines.append(heading(_(_PHASES[phase])))
        lines.append(_line(row, today))
    return lines


def _line(row: WorkshopRow, today: date) -> Line:
    language = current_language()
    place = ", ".join(part for part in (row.city, language.country(row.country)) if part)
    is_told = row.status in _TELLING
    people = words.people(row.attending) if row.attending else _("nobody yet")
    return Line(
        row.title or row.code,
        " · ".join(part for part in (place, row.code) if part),
        key=row.id,
        lead=language.date_range(row.starts_on, row.ends_on),
        lead_detail=words.distance(row.starts_on, row.ends_on, today),
        tail=label(WORKSHOP_STATUSES, row.status) if is_told else people,
        tail_tone="absent" if row.status == "cancelled" else "muted",
        lead_tone="accent" if row.phase == "running" else "muted",
    )
