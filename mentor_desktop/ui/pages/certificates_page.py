"""Certificates: one question per row: gets one, why not, what would help."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from mentor_desktop.changes import Changes
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _, ngettext
from mentor_desktop.services.certificate_checks import certificate_checks
from mentor_desktop.services.certificates import (
    issue_certificates,
    replace_certificate,
    revoke_certificate,
)
from mentor_desktop.services.eligibility import EligibilityRow, eligibility
from mentor_desktop.services.workshops import WorkshopRow, workshop_rows
from mentor_desktop.ui import words
from mentor_desktop.ui.certificates.panels import IssuePanel, PersonPanel
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.pages.base import Page, PageAction
from mentor_desktop.ui.table_models import Column, RowsTableModel
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.flow import flowing
from mentor_desktop.ui.widgets.inputs import Choice
from mentor_desktop.ui.widgets.layout import column, holder, pile
from mentor_desktop.ui.widgets.table import Table
from mentor_desktop.ui.widgets.text import Text

_TONES = {
    "blocked": "absent",
    "not_reached": "late",
    "eligible": "accent",
    "issued": "present",
    "revoked": "muted",
}


class CertificatesPage(Page):
    """Problem rows first; issuing is one deliberate act with a summary before it."""

    shows = frozenset(
        {
            "attendance_mark",
            "registration",
            "person",
            "workshop",
            "certificate",
            "project",
            "organisation",
        }
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._workshop_id = ""
        self._panel: IssuePanel | PersonPanel | None = None
        self._build_widgets()
        self._lay_out()

    def open(self, **where: str) -> None:
        """Show one workshop if `workshop_id` names it, else the one that is on or was last."""
        self._workshop_id = where.get("workshop_id", self._workshop_id)

    def refresh(self) -> None:
        """Read the workshops, then the rows of the one that is chosen."""
        self.jobs.query(workshop_rows, self._show_workshops, key="workshops")

    def first_focus(self) -> QWidget | None:
        return self._table

    def _build_widgets(self) -> None:
        theme = self.theme
        self._choice = Choice(theme, _("Workshop"))
        self._choice.chosen.connect(self._choose)
        self._sums = Text(theme, "", "body", "muted", wrap=False)
        self._model: RowsTableModel[EligibilityRow] = RowsTableModel(_columns())
        self._table = Table(theme, _("Certificates"))
        self._table.setModel(self._model)
        self._table.row_taken.connect(self._open_person)
        self._empty = EmptyState(
            theme,
            _("No workshop yet. Certificates come from the attendance of one."),
            "certificate",
            _("Open workshops"),
            lambda: self.frame.go("workshops"),
        )

    def _lay_out(self) -> None:
        theme = self.theme
        top = flowing(theme, self._choice, self._sums, gap="l")
        self._stack = pile(holder(column(theme, top, self._table)), self._empty)
        self.content.addWidget(self._stack)

    # ---- what is shown

    def _show_workshops(self, rows: Sequence[WorkshopRow]) -> None:
        self._stack.setCurrentIndex(0 if rows else 1)
        if not rows:
            self.clear_primary()
            return
        if all(one.id != self._workshop_id for one in rows):
            begun = [one for one in rows if one.phase != "next"]
            self._workshop_id = (begun or list(rows))[0].id
        self._choice.set_options(
            [(one.id, one.title or one.code) for one in rows], self._workshop_id
        )
        op = partial(eligibility, workshop_id=self._workshop_id)
        self.jobs.query(op, self._show_rows, self._show_trouble, key="rows")

    def _show_rows(self, rows: Sequence[EligibilityRow]) -> None:
        self._model.set_rows(rows)
        count = sum(one.gets_one for one in rows)
        issued = sum(one.outcome == "issued" for one in rows)
        others = len(rows) - count - issued
        self._sums.setText(
            _("{issued} issued  ·  {ready} ready  ·  {others} not yet").format(
                issued=issued, ready=count, others=others
            )
        )
        words = ngettext("Issue {count} certificate", "Issue {count} certificates", count).format(
            count=count
        )
        if count:
            self.set_primary(words, self._open_issue, icon="certificates")
        elif issued:
            self.set_primary(_("Print certificates"), self._go_to_papers, icon="print")
        else:
            self.clear_primary()
        self.set_more(
            [
                PageAction(
                    _("Print certificates"), self._go_to_papers, "print", is_enabled=issued > 0
                ),
                PageAction(
                    _("Open the register"),
                    partial(self.frame.go, "register", workshop_id=self._workshop_id),
                    "register",
                ),
            ]
        )

    def _show_trouble(self, error: UserFacingError) -> None:
        self._model.set_rows(())
        self._sums.setText(str(error))

    def _choose(self, workshop_id: str) -> None:
        self._workshop_id = workshop_id
        self.refresh()

    # ---- what is done

    def _go_to_papers(self, **which: str) -> None:
        self.frame.go("papers", workshop_id=self._workshop_id, kind="certificates", **which)

    def _open_issue(self) -> None:
        count = sum(one.gets_one for one in self._model.rows)

        def show(checks: Any) -> None:  # Any: the frozen rows of `certificate_checks`
            panel = IssuePanel(self.theme, count, checks)
            panel.issue_wanted.connect(partial(self._issue, panel))
            self.frame.open_panel(panel, _("Before issuing"))

        self.jobs.query(
            partial(certificate_checks, workshop_id=self._workshop_id), show, key="checks"
        )

    def _issue(self, panel: IssuePanel) -> None:
        self.jobs.command(
            partial(_issue, workshop_id=self._workshop_id), self._on_issued, panel.refuse
        )

    def _on_issued(self, changes: Changes) -> None:
        count = len(changes.entities.get("certificate", ()))
        self.frame.close_panel()
        sentence = ngettext(
            "Issued {count} certificate.", "Issued {count} certificates.", count
        ).format(count=count)
        self.frame.toast(sentence, _("Print"), self._go_to_papers)

    def _open_person(self, at: int) -> None:
        person = self._model.row_at(at)
        if person is None:
            return
        panel = PersonPanel(self.theme, person)
        panel.print_wanted.connect(lambda number: self._go_to_papers(number=number))
        panel.print_duplicate_wanted.connect(
            lambda number: self._go_to_papers(number=number, **{"as": "duplicate"})
        )
        panel.person_wanted.connect(lambda person_id: self.frame.go("people", person_id=person_id))
        panel.replace_wanted.connect(partial(self._deal, panel, replace_certificate))
        panel.revoke_wanted.connect(partial(self._deal, panel, revoke_certificate))
        self.frame.open_panel(panel, _("Certificate"), focus=False)

    def _deal(self, panel: PersonPanel, deed: Any, number: str, reason: str) -> None:
        # Any: `replace_certificate` or `revoke_certificate`.
        self.jobs.command(
            partial(deed, number=number, reason=reason),
            lambda _changes: self.frame.close_panel(),
            panel.refuse,
        )


def _issue(uow: Any, *, workshop_id: str) -> Changes:  # Any: see `jobs.Store`
    return issue_certificates(uow, workshop_id).changes


def _columns() -> list[Column[EligibilityRow]]:
    return [
        Column(
            _("No."),
            lambda one: str(one.list_number or ""),
            width=0,
            letters=4,
            align="right",
            tone=lambda _one: "muted",
        ),
        Column(_("Name"), lambda one: one.name, width=3, letters=22, role="strong"),
        Column(
            _("Attended"),
            lambda one: f"{words.decimal(one.percent)} %",
            width=0,
            letters=8,
            rank=1,
            align="right",
        ),
        Column(
            _("Certificate"), _answer, width=2, letters=22, tone=lambda one: _TONES[one.outcome]
        ),
        Column(
            _("What would help"),
            _help,
            width=4,
            letters=24,
            rank=2,
            tone=lambda _one: "muted",
        ),
    ]


def _answer(person: EligibilityRow) -> str:
    if person.number:
        return person.number
    return _("ready to issue") if person.gets_one else person.why


def _help(person: EligibilityRow) -> str:
    # Who has a certificate needs no help; the warnings were for the time before.
    return "" if person.number else person.help or "; ".join(person.warnings)
