"""Funded projects: their data, the texts of the grant agreement, the logos on papers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from mentor_desktop.changes import Changes
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import DOCUMENT_LANGUAGES, _, ngettext
from mentor_desktop.services.choices import FUNDING_MODELS, PROGRAMMES, offered
from mentor_desktop.services.projects import (
    ProjectCard,
    ProjectRow,
    change_project,
    project_card,
    project_rows,
    remove_project,
)
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.pages.base import Crumb, Page, PageAction
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.flow import FieldGrid, TwoColumns
from mentor_desktop.ui.widgets.layout import STRETCH, ScrollColumn, column, holder, pile
from mentor_desktop.ui.widgets.line_list import Line, LineList
from mentor_desktop.ui.widgets.text import Text
from mentor_desktop.ui.workshop.facts import Facts
from mentor_desktop.ui.workshop.language_texts import LanguageTexts
from mentor_desktop.ui.workshop.logo_strip import LogoStrip
from mentor_desktop.ui.workshop.project_form import ProjectForm


class ProjectPage(Page):
    """One project, each fact changed where it stands; without a `project_id` the list of them."""

    shows = frozenset({"project", "workshop"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._project_id = ""
        self._facts = Facts(self.theme, self.jobs, self._change)
        self._build_widgets()
        self._lay_out()
        self._list.opened.connect(self._open_project)

    def open(self, **where: str) -> None:
        """Show the project `project_id`, all of them when it is empty."""
        project_id = where.get("project_id", "")
        if project_id != self._project_id:
            self._project_id = project_id
            self._facts.forget()
        self._parts.setCurrentWidget(self._scroll if project_id else self._list_scroll)

    def refresh(self) -> None:
        """Ask for the project, or for all of them."""
        if self._project_id:
            op = partial(project_card, project_id=self._project_id)
            self.jobs.query(op, self._show, key="project")
        else:
            self.jobs.query(project_rows, self._show_rows, key="project")

    def _build_widgets(self) -> None:
        theme = self.theme
        self._statement = LanguageTexts(
            theme,
            _("Funding statement"),
            partial(self._save_texts, "funding_statement"),
            is_long=True,
            placeholder=_("Paste it from your grant agreement, word for word"),
        )
        self._disclaimer = LanguageTexts(
            theme,
            _("Disclaimer"),
            partial(self._save_texts, "disclaimer"),
            is_long=True,
            placeholder=_("Paste it from your grant agreement, word for word"),
        )
        self._warning = Text(theme, "", "small", "late")
        self._warning.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self._logos = LogoStrip(self.desk)
        self._list = LineList(theme, _("Projects"))
        self._empty = EmptyState(
            theme,
            _(
                "No project yet. Add one when a funder wants its number and its text on your papers."
            ),
            "paper",
            _("Add a project"),
            self._add,
        )

    def _lay_out(self) -> None:
        theme = self.theme
        self._scroll, self._list_scroll = ScrollColumn(theme), ScrollColumn(theme)
        main = holder(column(theme, self._agreement(), self._papers(), STRETCH, gap="xl"))
        aside = holder(
            column(theme, self._heading(_("Logos")), self._indented(self._logos), STRETCH)
        )
        self._scroll.column.addWidget(TwoColumns(theme, main, aside))
        self._scroll.column.addStretch(1)
        self._list_scroll.column.addWidget(self._list)
        self._list_scroll.column.addStretch(1)
        self._parts = pile(self._list_scroll, self._scroll, self._empty)
        self.content.addWidget(self._parts)

    def _agreement(self) -> QWidget:
        facts, grid = self._facts, FieldGrid(self.theme)
        grid.add(facts.line("title", _("Title")), is_wide=True)
        grid.add(facts.line("number", _("Number of the agreement")))
        grid.add(facts.line("acronym", _("Short name"), placeholder="–"))
        grid.add(self._warning, is_wide=True)
        grid.add(facts.choice("programme", _("Programme"), offered(PROGRAMMES)))
        grid.add(facts.line("action", _("Action"), placeholder="–"))
        grid.add(facts.choice("funding_model", _("Funding"), offered(FUNDING_MODELS)))
        grid.add(facts.line("granting_authority", _("Granting authority"), placeholder="–"))
        grid.add(facts.date("starts_on", _("First day"), read=_day))
        grid.add(facts.date("ends_on", _("Last day"), read=_day))
        return holder(column(self.theme, self._heading(_("Agreement")), grid, gap="s"))

    def _papers(self) -> QWidget:
        grid = FieldGrid(self.theme)
        grid.add(self._statement, is_wide=True)
        grid.add(self._disclaimer, is_wide=True)
        keep = self._facts.note("retention_rule", _("How long papers are kept"), placeholder="–")
        grid.add(keep, is_wide=True)
        return holder(column(self.theme, self._heading(_("On papers")), grid, gap="s"))

    def _heading(self, text: str) -> QWidget:
        return self._indented(Text(self.theme, text, "section"))

    def _indented(self, widget: QWidget) -> QWidget:
        layout = column(self.theme, widget)
        layout.setContentsMargins(self.theme.size("indent"), 0, 0, 0)
        return holder(layout)

    def _show(self, card: ProjectCard) -> None:
        self.set_heading(
            Crumb(_("Workshops"), "workshops"), Crumb(_("Projects"), "project"), Crumb(card.title)
        )
        self._facts.show(card)
        self._statement.show_texts(card.funding_statement, (), also=DOCUMENT_LANGUAGES)
        self._disclaimer.show_texts(card.disclaimer, (), also=DOCUMENT_LANGUAGES)
        self._warning.setText(" ".join(card.warnings))
        self._warning.setVisible(bool(card.warnings))
        self._logos.show_logos(card.id, card.logos)
        self.clear_primary()
        remove = PageAction(_("Remove the project"), self._remove, "remove", is_danger=True)
        self.set_more([remove])

    def _show_rows(self, rows: Sequence[ProjectRow]) -> None:
        self.set_heading(Crumb(_("Workshops"), "workshops"), Crumb(_("Projects")))
        self._list.set_lines([_line(row) for row in rows])
        self._parts.setCurrentWidget(self._list_scroll if rows else self._empty)
        self.set_more(())
        if rows:
            self.set_primary(_("Add a project"), self._add, icon="add")
        else:
            self.clear_primary()

    def _change(self, values: Mapping[str, Any]) -> Callable[[Any], Changes]:
        return partial(change_project, project_id=self._project_id, **values)

    def _save_texts(
        self, name: str, texts: dict[str, str], refuse: Callable[[UserFacingError], None]
    ) -> None:
        self._facts.save({name: texts}, refuse)

    def _add(self) -> None:
        form = ProjectForm(self.desk)
        form.created.connect(self._open_project)
        self.frame.open_panel(form, _("Add a project"))

    def _open_project(self, project_id: str) -> None:
        self.frame.go("project", project_id=project_id)

    def _remove(self) -> None:
        op = partial(remove_project, project_id=self._project_id)
        self.jobs.command(op, lambda _changes: self.frame.go("project"))


def _line(row: ProjectRow) -> Line:
    workshops = ngettext("{count} workshop", "{count} workshops", row.workshops)
    return Line(
        row.title,
        " · ".join(one for one in (row.acronym, row.number) if one),
        key=row.id,
        tail=workshops.format(count=row.workshops),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
