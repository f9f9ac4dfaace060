"""Organisations: our own, partners, and those people come from."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mentor_desktop.i18n import _, current_language, ngettext
from mentor_desktop.services.choices import ORGANISATION_KINDS, SECTORS, label, offered
from mentor_desktop.services.organisations import OrganisationRow, organisation_rows
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.exporting import open_export
from mentor_desktop.ui.finder import folded
from mentor_desktop.ui.organisations.card import NewOrganisationForm, OrganisationPanel
from mentor_desktop.ui.pages.base import Page, PageAction
from mentor_desktop.ui.shortcuts import Shortcut
from mentor_desktop.ui.table_models import Column, RowsTableModel
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.inputs import Choice, SearchBox
from mentor_desktop.ui.widgets.layout import STRETCH, column, holder, pile, row
from mentor_desktop.ui.widgets.table import Table

_TONES = {"own": "accent", "partner": "text", "external": "muted"}


class OrganisationsPage(Page):
    """A table; a row opens as a card in the side panel."""

    shows = frozenset({"organisation", "person"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rows: tuple[OrganisationRow, ...] = ()
        self._wanted_id = ""
        self._build_widgets()
        self._lay_out()
        self._connect()

    def open(self, **where: str) -> None:
        """Open the card of `organisation_id`, if one is named."""
        self._wanted_id = where.get("organisation_id", "")
        if self._wanted_id:
            self.mark_stale()  # the same card may be wanted again

    def refresh(self) -> None:
        """Ask for the organisations."""
        self.jobs.query(organisation_rows, self._show, key="rows")
        if self._wanted_id:
            organisation_id, self._wanted_id = self._wanted_id, ""
            self._open_card(organisation_id)

    def first_focus(self) -> QWidget | None:
        return self._search

    def _build_widgets(self) -> None:
        theme = self.theme
        self._search = SearchBox(theme, _("Search organisations"), _("Name or town"))
        self._search.setMinimumWidth(theme.px(160))
        kinds = [("", _("All")), *offered(ORGANISATION_KINDS)]
        self._filter = Choice(theme, _("Which are shown"), kinds)
        self._model: RowsTableModel[OrganisationRow] = RowsTableModel(_columns())
        self._table = Table(theme, _("Organisations"))
        self._model.setParent(self._table)
        self._table.setModel(self._model)
        self._no_hit = EmptyState(theme, _("No organisation fits."), "search")
        self._none = EmptyState(
            theme,
            _(
                "No organisation yet. They come with the people of an import, or you add your own first."
            ),
            "workshop",
            _("Add an organisation"),
            self._open_form,
        )

    def _lay_out(self) -> None:
        bar = row(self.theme, self._search, self._filter, STRETCH)
        bar.setStretch(0, 1_000)  # up to its greatest width; what is left stays empty
        self._search.setMaximumWidth(self.theme.px(360))
        self._list = pile(self._table, self._no_hit)
        self._filled = holder(column(self.theme, bar, self._list, gap="m"))
        self._stack = pile(self._filled, self._none)
        self.content.addWidget(self._stack)

    def _connect(self) -> None:
        self._search.textChanged.connect(self._filter_rows)
        self._search.moved.connect(self._move)
        self._search.returnPressed.connect(lambda: self._open_row(max(self._table.lit_row, 0)))
        self._filter.chosen.connect(self._filter_rows)
        self._table.row_taken.connect(self._open_row)
        self.set_primary(_("Add an organisation"), self._open_form, icon="add")
        self.set_more(
            [
                PageAction(_("Import organisations"), self._import, "import"),
                PageAction(_("Export"), self._export, "export"),
                PageAction(
                    _("Search organisations"), self._focus_search, "search", Shortcut.FILTER
                ),
            ]
        )
        self.add_key(Shortcut.NEW, self._open_form, _("Add an organisation"))

    def _show(self, rows: Sequence[OrganisationRow]) -> None:
        self._rows = tuple(rows)
        self._stack.setCurrentWidget(self._filled if rows else self._none)
        count = len(rows)
        self.set_counter(
            ngettext("{count} organisation", "{count} organisations", count).format(count=count)
        )
        self._filter_rows()

    def _filter_rows(self) -> None:
        wanted = folded(self._search.text()).split()
        kind = self._filter.value
        fitting = [
            one for one in self._rows if (not kind or one.kind == kind) and _fits(one, wanted)
        ]
        lit = self._model.row_at(self._table.lit_row)
        self._model.set_rows(fitting)
        self._list.setCurrentWidget(self._table if fitting or not self._rows else self._no_hit)
        ids = [one.id for one in fitting]
        if lit and lit.id in ids:
            self._table.light_row(ids.index(lit.id))
        elif fitting and wanted:
            self._table.light_row(0)

    def _move(self, step: int) -> None:
        rows = self._model.rowCount()
        if rows:
            self._table.light_row(min(max(self._table.lit_row + step, 0), rows - 1))

    def _focus_search(self) -> None:
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def _open_row(self, at: int) -> None:
        found = self._model.row_at(at)
        if found:
            self._open_card(found.id)

    def _open_card(self, organisation_id: str) -> None:
        panel = OrganisationPanel(self.desk, organisation_id)
        self.frame.open_panel(panel, _("Organisation"), focus=False)

    def _open_form(self) -> None:
        form = NewOrganisationForm(self.desk, [one.name for one in self._rows])
        form.created.connect(self._open_card)
        self.frame.open_panel(form, _("Add an organisation"))

    def _import(self) -> None:
        self.frame.go("import", kind="organisations")

    def _export(self) -> None:
        open_export(self.desk, "organisations")


def _columns() -> list[Column[OrganisationRow]]:
    def country(one: OrganisationRow) -> str:
        return current_language().country(one.country) if one.country else ""

    def muted(_one: OrganisationRow) -> str:
        return "muted"

    return [
        Column(_("Organisation"), lambda one: one.name, width=5, letters=24, role="strong"),
        Column(
            _("Relation"),
            lambda one: label(ORGANISATION_KINDS, one.kind),
            width=1,
            letters=9,
            rank=1,
            tone=lambda one: _TONES.get(one.kind, "text"),
        ),
        Column(_("Country"), country, width=1, letters=9, rank=2, tone=muted),
        Column(_("Town"), lambda one: one.city, width=1, letters=11, rank=3, tone=muted),
        Column(
            _("Sector"),
            lambda one: label(SECTORS, one.sector),
            width=1,
            letters=10,
            rank=5,
            tone=muted,
        ),
        Column(
            _("People"),
            lambda one: str(one.people or ""),
            width=0,
            letters=5,
            rank=4,
            align="right",
            tone=muted,
        ),
    ]


def _fits(one: OrganisationRow, wanted: list[str]) -> bool:
    words = folded(f"{one.name} {one.city} {one.country}").split()
    return all(any(word.startswith(part) for word in words) for part in wanted)
