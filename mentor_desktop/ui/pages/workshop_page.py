"""One workshop: its facts, its agenda, its people, and whether all is ready."""

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from mentor_desktop.i18n import N_, _
from mentor_desktop.services.workshops import WorkshopCard, workshop_card
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.pages.base import Crumb, Page
from mentor_desktop.ui.widgets.layout import STRETCH, row
from mentor_desktop.ui.widgets.segments import Segments
from mentor_desktop.ui.workshop.acts import WorkshopActs
from mentor_desktop.ui.workshop.agenda_part import AgendaPart
from mentor_desktop.ui.workshop.overview_part import OverviewPart
from mentor_desktop.ui.workshop.part import Part
from mentor_desktop.ui.workshop.participants_part import ParticipantsPart
from mentor_desktop.ui.workshop.readiness_part import ReadinessPart

_PARTS: tuple[tuple[str, str, type[Part]], ...] = (
    ("overview", N_("Overview"), OverviewPart),
    ("agenda", N_("Agenda"), AgendaPart),
    ("participants", N_("Participants"), ParticipantsPart),
    ("readiness", N_("Readiness"), ReadinessPart),
)


class WorkshopPage(Page):
    """Four parts under one heading; a part is made when it is first shown."""

    shows = frozenset(
        {
            "workshop",
            "slot",
            "agenda_item",
            "registration",
            "person",
            "organisation",
            "project",
            "list_print",
        }
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._workshop_id = ""
        self._card: WorkshopCard | None = None
        self._parts: dict[str, Part] = {}
        self._acts = WorkshopActs(self)
        self._build_widgets()
        self._lay_out()
        self._connect()

    @property
    def part(self) -> Part | None:
        """The part that is shown, None before the first."""
        return self._parts.get(self._segments.value)

    def open(self, **where: str) -> None:
        """Show the workshop `workshop_id`, its part `tab` (the overview if none is named)."""
        self._segments.set_value(where.get("tab", "overview"))
        if where["workshop_id"] != self._workshop_id:
            self._workshop_id = where["workshop_id"]
            self._card = None
            for part in self._parts.values():
                part.forget()
        self._show_part()

    def refresh(self) -> None:
        """Ask for the workshop; its part asks for the rest."""
        op = partial(workshop_card, workshop_id=self._workshop_id)
        self.jobs.query(op, self._show, key="card")

    def first_focus(self) -> QWidget | None:
        """Let the keyboard begin at the parts."""
        return self._segments

    def _build_widgets(self) -> None:
        parts = [(key, _(text)) for key, text, _kind in _PARTS]
        self._segments = Segments(self.theme, _("Parts of the workshop"), parts)
        self._stack, self._blank = QStackedWidget(), QWidget()
        self._stack.addWidget(self._blank)
        self._next_part = QTimer(self, singleShot=True, interval=0)
        self._next_part.timeout.connect(self._make_part)

    def _lay_out(self) -> None:
        self.content.setSpacing(self.theme.space("l"))
        self.content.addLayout(row(self.theme, self._segments, STRETCH))
        self.content.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._segments.chosen.connect(self._on_segment_chosen)

    def _on_segment_chosen(self, tab: str) -> None:
        self.frame.go("workshop", workshop_id=self._workshop_id, tab=tab)

    def _show_part(self) -> None:
        if self.part:
            self._stack.setCurrentWidget(self.part)
        else:
            self._stack.setCurrentWidget(self._blank)
            self._next_part.start()

    def _make_part(self) -> None:
        """Build the part that is wanted, when its page is painted already."""
        key = self._segments.value
        if key not in self._parts:
            kind = next(kind for one, _text, kind in _PARTS if one == key)
            part = self._parts[key] = kind(self)
            self._stack.addWidget(part)
            if self._card:
                part.show_workshop(self._card)
                self._show_acts(self._card)
        self._show_part()

    def _show(self, card: WorkshopCard) -> None:
        self._card = card
        count = f"{_('Participants')} {card.attending}" if card.attending else _("Participants")
        self._segments.set_text("participants", count)
        self.set_heading(Crumb(_("Workshops"), "workshops"), Crumb(card.title or card.code))
        if self.part:
            self.part.show_workshop(card)
        self._show_acts(card)

    def _show_acts(self, card: WorkshopCard) -> None:
        first = self._acts.next_act(card)
        self.set_primary(first.text, first.act, icon=first.icon)
        acts = [*(self.part.page_actions() if self.part else ()), *self._acts.all_acts(card)]
        self.set_more([one for one in acts if one.text != first.text])
