"""The print centre: the papers of a workshop, the real pages, the few choices that matter."""

from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import DOCUMENT_LANGUAGES, Language, _, current_language, ngettext
from mentor_desktop.progress import Progress
from mentor_desktop.services.paper_prints import Paper, PaperState
from mentor_desktop.services.papers import (
    papers_of,
    record_print,
    render_attendance_list,
    render_certificate_register,
    render_certificates,
)
from mentor_desktop.services.workshops import WorkshopCard, workshop_card
from mentor_desktop.ui import printing, words
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.pages.base import Crumb, Page, PageAction
from mentor_desktop.ui.shortcuts import Shortcut
from mentor_desktop.ui.widgets.buttons import IconButton
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.field import ChoiceField
from mentor_desktop.ui.widgets.layout import STRETCH, ScrollColumn, column, holder, pile, row
from mentor_desktop.ui.widgets.line_list import Line, LineList
from mentor_desktop.ui.widgets.pdf_view import PdfView
from mentor_desktop.ui.widgets.text import ElidedText, Text

_LIST_WIDTH, _CHOICES_WIDTH = 220, 180
# List, a page one can read, and choices.
_ROOM_FOR_THREE = 760


class PapersPage(Page):
    """Left the papers with their state, in the middle the pages, right what can be chosen."""

    shows = frozenset(
        {"registration", "person", "workshop", "slot", "certificate", "list_print", "project"}
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._workshop_id = ""
        self._wanted = ""
        self._number = ""
        self._is_duplicate = False
        self._states: dict[str, PaperState] = {}
        self._paper: Paper | None = None
        self._build_widgets()
        self._lay_out()
        self._connect()

    def open(self, **where: str) -> None:
        """Show the papers of `workshop_id`; `kind` names the one to begin with.

        `number` is the one certificate wanted, `as` "duplicate" marks it as one.
        """
        self._workshop_id = where["workshop_id"]
        self._number = where.get("number", "")
        self._is_duplicate = where.get("as") == "duplicate"
        self._wanted = where.get("kind", self._wanted)

    def refresh(self) -> None:
        """Read which papers there are, and draw the one that is open."""
        self.jobs.query(
            partial(workshop_card, workshop_id=self._workshop_id), self._show_workshop, key="card"
        )
        self.jobs.query(
            partial(papers_of, workshop_id=self._workshop_id), self._show_states, key="states"
        )

    def first_focus(self) -> QWidget | None:
        return self._list

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._pdf.fit_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # ---- widgets

    def _build_widgets(self) -> None:
        theme = self.theme
        self._list = LineList(theme, _("Papers"))
        self._pdf = PdfView(theme, self.desk.jobs, _("Pages"))
        self._page_number = ElidedText(theme, "", "small", "muted")
        self._about = Text(theme, "", "small", "muted")
        self._about.setContentsMargins(theme.size("indent"), 0, 0, 0)
        languages = [(code, Language(code).own_name()) for code in DOCUMENT_LANGUAGES]
        self._language = ChoiceField(
            theme, _("Language of the paper"), languages, "en", self._redraw
        )
        self._orientation = ChoiceField(
            theme,
            _("Page"),
            [("landscape", _("landscape")), ("portrait", _("portrait"))],
            "landscape",
            self._redraw,
        )
        self._empty = EmptyState(
            theme,
            _("No paper yet: the workshop needs an agenda and people on its list."),
            "paper",
            _("Open the workshop"),
            lambda: self.frame.go("workshop", workshop_id=self._workshop_id),
        )

    def _lay_out(self) -> None:
        theme = self.theme
        choices = column(theme, self._language, self._orientation, self._about, gap="l")
        self._choices = holder(choices)
        self._side, self._beside = ScrollColumn(theme, gap="l"), QVBoxLayout()
        self._side.column.addWidget(self._list)
        self._side.column.addStretch(1)
        self._beside.addStretch(1)
        zoom = row(
            theme,
            STRETCH,
            self._page_number,
            IconButton(theme, "zoom-out", _("Smaller"), self._pdf.zoom_out),
            IconButton(theme, "zoom-fit", _("Whole page"), self._pdf.fit_page),
            IconButton(theme, "zoom-in", _("Larger"), self._pdf.zoom_in),
            STRETCH,
        )
        middle = column(theme, self._pdf, zoom)
        parts = row(theme, gap="xl")
        parts.addWidget(self._side)
        parts.addLayout(middle, 1)
        parts.addLayout(self._beside)
        self._fit()
        self._stack = pile(holder(parts), self._empty)
        self.content.addWidget(self._stack)

    def _connect(self) -> None:
        self._list.opened.connect(self._open_paper)
        self._pdf.page_changed.connect(self._show_page_number)
        self.add_key(Shortcut.PRINT, self._print, _("Print"))

    def _fit(self) -> None:
        """Give the pages room: in a narrow window the choices stand below the list."""
        px = self.theme.px
        is_narrow = self.width() < px(_ROOM_FOR_THREE)
        self._side.setFixedWidth(px(_LIST_WIDTH))
        self._choices.setMaximumWidth(px(_LIST_WIDTH if is_narrow else _CHOICES_WIDTH))
        (self._side.column if is_narrow else self._beside).insertWidget(
            1 if is_narrow else 0, self._choices
        )

    # ---- what is shown

    def _show_workshop(self, card: WorkshopCard) -> None:
        self.set_heading(
            Crumb(_("Workshops"), "workshops"),
            Crumb(card.title or card.code, "workshop", {"workshop_id": card.id}),
            Crumb(_("Papers")),
        )

    def _show_states(self, states: list[PaperState]) -> None:
        self._states = {_key(state): state for state in states}
        self._stack.setCurrentIndex(0 if states else 1)
        self._list.set_lines(
            [_line(key, state, self.desk.clock()) for key, state in self._states.items()]
        )
        if not states:
            self.clear_primary()
            return
        first = next((key for key in self._states if key.startswith(self._wanted)), None)
        self._open_paper(
            self._wanted if self._wanted in self._states else first or next(iter(self._states))
        )

    def _open_paper(self, key: str) -> None:
        self._wanted = key
        self._orientation.setVisible(key.startswith("attendance_list"))
        self._language.setVisible(not key.startswith("certificates"))
        self._redraw()

    def _redraw(self, _value: str = "") -> None:
        state = self._states.get(self._wanted)
        if state is not None:
            op = partial(
                _render,
                state=state,
                workshop_id=self._workshop_id,
                language=self._language.choice.value,
                orientation=self._orientation.choice.value,
                number=self._number,
                as_duplicates=self._is_duplicate,
            )
            self.jobs.query(op, self._show_paper, self._show_trouble, key="paper")

    def _show_paper(self, paper: Paper) -> None:
        self._paper = paper
        self._pdf.show_pdf(paper.data)
        names = " – ".join(filter(None, (paper.first_name, paper.last_name)))
        count = words.people(paper.rows)
        self._about.setText("\n".join(filter(None, (count, names, paper.print_id))))
        verb = ngettext("Print {count} page", "Print {count} pages", paper.pages).format(
            count=paper.pages
        )
        self.set_primary(verb, self._print, icon="print")
        self.set_more([PageAction(_("Save as PDF"), self._save, icon="export", shortcut="Ctrl+S")])

    def _show_trouble(self, error: UserFacingError) -> None:
        self._paper = None
        self._pdf.clear()
        self._about.setText(str(error))
        self.clear_primary()

    def _show_page_number(self, number: int, count: int) -> None:
        place = _("page {number} of {count}").format(number=number, count=count) if count else ""
        self._page_number.setText(place)

    # ---- what is done

    def _print(self) -> None:
        paper = self._paper
        if paper is None:
            return
        recording = partial(record_print, papers=[paper])
        printer = printing.choose_printer(self, paper.file_name, paper.data)
        if printer is not None:
            self.jobs.work(
                partial(_send, printer, paper),
                _("Printing"),
                lambda _pages: self.jobs.command(recording),
            )

    def _save(self) -> None:
        paper = self._paper
        path = printing.choose_file(self, paper.file_name) if paper else None
        if paper is None or path is None:
            return

        def saved(_nothing: None) -> None:
            self.frame.toast(_("Saved as {path}").format(path=path))
            self.jobs.command(partial(record_print, papers=[paper]))

        self.jobs.draw(partial(printing.save_file, path, paper.data), saved)


def _line(key: str, state: PaperState, now: datetime) -> Line:
    said, tone = _said_of(state, now)
    return Line(_title(state), detail=said, key=key, icon="document", icon_tone=tone)


def _said_of(state: PaperState, now: datetime) -> tuple[str, str]:
    if state.printed_at is None:
        return _("never printed"), "muted"
    when = current_language().time(state.printed_at)
    if state.printed_at.date() != now.date():
        when = current_language().date(state.printed_at.date(), "medium")
    if state.state == "changed":
        return _("printed {when}, changed since").format(when=when), "late"
    return _("printed {when}").format(when=when), "present"


def _key(state: PaperState) -> str:
    return f"{state.kind}/{state.day}" if state.day else state.kind


def _title(state: PaperState) -> str:
    titles = {
        "attendance_list": _("Attendance list, day {day}").format(day=state.day),
        "certificates": ngettext("{count} certificate", "{count} certificates", state.count).format(
            count=state.count
        ),
        "hand_over_list": _("Hand-over list of certificates"),
    }
    return titles[state.kind]


def _send(printer: QPrinter, paper: Paper, _store: Any, progress: Progress) -> int:
    # Any: see `jobs.Store`; the paper is made already.
    return printing.send_to_printer(printer, paper.data, progress)


def _render(
    uow: Any,
    *,
    state: PaperState,
    workshop_id: str,
    language: str,
    orientation: Any,
    number: str,
    as_duplicates: bool,
) -> Paper:
    # Any: see `jobs.Store`; the orientation is one of the two words the choice offers.
    if state.kind == "attendance_list":
        return render_attendance_list(
            uow, workshop_id, day=state.day, language=language, orientation=orientation
        )
    if state.kind == "certificates":
        numbers = [number] if number else None
        return render_certificates(uow, workshop_id, numbers=numbers, as_duplicates=as_duplicates)
    return render_certificate_register(uow, workshop_id, language=language)
