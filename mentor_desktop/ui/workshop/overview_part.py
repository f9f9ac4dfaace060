"""The facts of a workshop, each changed where it stands, and the ways on from here."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import _, ngettext
from mentor_desktop.services.agenda import agenda_of
from mentor_desktop.services.organisations import organisation_rows
from mentor_desktop.services.projects import project_rows
from mentor_desktop.services.readiness import ReadinessCheck, readiness
from mentor_desktop.services.workshops import WorkshopCard, change_workshop
from mentor_desktop.ui import words
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.widgets.flow import TwoColumns
from mentor_desktop.ui.widgets.layout import STRETCH, ScrollColumn, column, holder
from mentor_desktop.ui.widgets.line_list import Line, LineList
from mentor_desktop.ui.widgets.text import Text
from mentor_desktop.ui.workshop.facts import Facts
from mentor_desktop.ui.workshop.overview_facts import Around, OverviewFacts
from mentor_desktop.ui.workshop.part import Part
from mentor_desktop.ui.workshop.project_form import ProjectForm


class OverviewPart(Part):
    """Facts on the left; on the right how many people, what is missing, and the ways on."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._missing: tuple[ReadinessCheck, ...] | None = None
        self._facts = OverviewFacts(self.theme, Facts(self.theme, self.jobs, self._change))
        self._facts.place_wanted.connect(self._go)
        self._people = Text(self.theme, "", "title")
        self._people_more = Text(self.theme, "", "body", "muted")
        self._ways = LineList(self.theme, _("Ways on from here"))
        self._ways.opened.connect(self._go)
        self._columns = TwoColumns(self.theme, self._facts, self._aside())
        scroll = ScrollColumn(self.theme)
        scroll.column.addWidget(self._columns)
        scroll.column.addStretch(1)
        self.body.addWidget(scroll)

    def load(self) -> None:
        """Show the facts at once, and ask for the rest."""
        card = self.card
        self._facts.show_card(card)
        nobody = _("Nobody registered yet")
        self._people.setText(words.people(card.attending) if card.attending else nobody)
        self._people_more.setText(_people_words(card))
        self._show_ways()
        self.jobs.query(partial(_around, workshop_id=card.id), self._show, key="around")
        self.jobs.query(partial(readiness, workshop_id=card.id), self._show_missing, key="ready")

    def forget(self) -> None:
        """Let every field be filled anew."""
        self._missing = None
        self._facts.forget()

    def _aside(self) -> QWidget:
        theme = self.theme
        head = column(theme, self._people, self._people_more, gap="xs")
        side = theme.px(10)
        head.setContentsMargins(side, 0, side, 0)
        return holder(column(theme, head, self._ways, STRETCH, gap="m"))

    def _change(self, values: Mapping[str, Any]) -> Callable[[Any], Changes]:
        return partial(change_workshop, workshop_id=self.card.id, **values)

    def _show(self, around: Around) -> None:
        self._facts.show_around(around)

    def _show_missing(self, checks: list[ReadinessCheck]) -> None:
        self._missing = tuple(one for one in checks if one.state in {"fail", "warn"})
        self._show_ways()

    def _show_ways(self) -> None:
        lines = [
            Line(_("Register"), _("Everybody, every half-day"), "register", icon="register"),
            Line(_("Present now"), _("Who is in the building"), "presence", icon="person"),
            Line(_("Papers"), _("Attendance list, certificates"), "papers", icon="print"),
            Line(_("Readiness"), self._missing_words(), "readiness", icon="readiness"),
        ]
        self._ways.set_lines(lines)

    def _missing_words(self) -> str:
        if self._missing is None:
            return ""
        count = len(self._missing)
        if not count:
            return _("Everything that can be checked is ready")
        return ngettext("{count} thing to look at", "{count} things to look at", count).format(
            count=count
        )

    def _go(self, place: str) -> None:
        if place == "readiness":
            self.frame.go("workshop", workshop_id=self.card.id, tab="readiness")
        elif place == "project" and self.card.project_id:
            self.frame.go("project", project_id=self.card.project_id)
        elif place == "project":
            form = ProjectForm(self.desk)
            form.created.connect(self._take_project)
            self.frame.open_panel(form, _("Add a project"))
        else:
            self.frame.go(place, workshop_id=self.card.id)

    def _take_project(self, project_id: str) -> None:
        self.jobs.command(self._change({"project_id": project_id}))
        self.frame.go("project", project_id=project_id)


# Any: see `jobs.Store`.
def _around(uow: Any, workshop_id: str) -> Around:
    return Around(
        agenda_of(uow, workshop_id), tuple(project_rows(uow)), tuple(organisation_rows(uow))
    )


def _people_words(card: WorkshopCard) -> str:
    parts = []
    if card.capacity:
        parts.append(_("of {capacity} places").format(capacity=card.capacity))
    if card.waiting:
        parts.append(_("{count} on the waiting list").format(count=card.waiting))
    return " · ".join(parts)
