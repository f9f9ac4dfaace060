"""The first page, a morning note: what is on, the one button, what is missing, what comes.

It is painted from one plain query before anything slow is imported, so nothing that imports
SQLAlchemy may be imported here; the lines below come a moment later.
"""

from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.clock import zone_of
from mentor_desktop.i18n import N_, _, current_language, ngettext
from mentor_desktop.services.today import OnNow, TodayView, today
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.pages.base import Crumb, Page, PageAction
from mentor_desktop.ui.today.hero import Hero, HeroAct
from mentor_desktop.ui.widgets.flow import TwoColumns
from mentor_desktop.ui.widgets.layout import STRETCH, ScrollColumn, column, pile

if TYPE_CHECKING:  # its page is painted before this can be imported
    from mentor_desktop.ui.deciding.waiting_note import WaitingNote
    from mentor_desktop.ui.today.later import Later
    from mentor_desktop.ui.widgets.line_list import LineList

_LATER = "mentor_desktop.ui.today.later"
_WAITING = "mentor_desktop.ui.deciding.waiting_note"
# How often the clock is asked whether the next half-day has begun.
_CLOCK_MS = 20_000
_PARTS = {"morning": N_("Morning"), "afternoon": N_("Afternoon"), "evening": N_("Evening")}


class TodayPage(Page):
    """What is on now, and around it what a trainer wants to know in the morning."""

    shows = frozenset(
        {
            "workshop",
            "slot",
            "agenda_item",
            "registration",
            "attendance_mark",
            "project",
            "organisation",
            "list_print",
            "certificate",
        }
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._view = TodayView((), (), None)
        self._links: dict[str, tuple[str, str, str | None]] = {}
        self._before: LineList | None = None
        self._beside: LineList | None = None
        self._waiting: WaitingNote | None = None
        self._build_widgets()
        self._lay_out()

    def refresh(self) -> None:
        """Paint what is on from one plain query, then ask for the rest."""
        view = self.desk.jobs.glance(today)
        self._show(view)
        if not view.is_empty:
            self.jobs.load(_LATER, self._ask_later)
            self.jobs.load(_WAITING, self._ask_waiting)

    def first_focus(self) -> QWidget | None:
        """Let Enter press the one button."""
        return self._hero.button

    def _build_widgets(self) -> None:
        self._hero = Hero(self.theme)
        self._main, self._aside = QWidget(), QWidget()
        self._scroll = ScrollColumn(self.theme)
        self._empty: QWidget | None = None
        self._minute = QTimer(self, interval=_CLOCK_MS)
        self._minute.timeout.connect(self._look_at_clock)
        self._minute.start()

    def _lay_out(self) -> None:
        theme = self.theme
        self._left, self._right = QVBoxLayout(), QVBoxLayout()
        self._main.setLayout(column(theme, self._hero, self._left, STRETCH, gap="m"))
        self._aside.setLayout(column(theme, self._right, STRETCH))
        self._scroll.column.addWidget(TwoColumns(theme, self._main, self._aside, aside_px=340))
        self._scroll.column.addStretch(1)
        self._parts = pile(self._scroll)
        self.content.addWidget(self._parts)

    def _look_at_clock(self) -> None:
        if self.isVisible() and not self._view.is_empty:
            view = self.desk.jobs.glance(today)
            if view != self._view:
                self.mark_stale()

    def _show(self, view: TodayView) -> None:
        self._view = view
        if view.is_empty:
            self._show_empty()
            return
        self._parts.setCurrentWidget(self._scroll)
        if view.on_now:
            self._show_on_now(view.on_now[0])
        elif view.coming:
            self._show_coming()
        else:
            self._show_calm()

    def _show_on_now(self, now: OnNow) -> None:
        zone, language = zone_of(now.time_zone), current_language()
        begins, ends = language.time(now.counts_from, zone), language.time(now.ends_at, zone)
        part = _(_PARTS[now.part])
        if now.is_over:
            when = _("{part} · over since {time}").format(part=part, time=ends)
        elif now.has_begun:
            when = _("{part} · until {time}").format(part=part, time=ends)
        else:
            when = _("{part} · begins at {time}").format(part=part, time=begins)
        day = _("Day {day} of {days}").format(day=now.day, days=now.days)
        place = ", ".join(one for one in (now.room, now.venue, now.city) if one)
        where = " · ".join(one for one in (place, day, now.slot_code) if one)
        self._hero.set_words(when, now.title or now.code, where)
        words = _("were here") if now.is_over else ngettext("is here", "are here", now.present)
        self._hero.set_count(now.present, now.expected, words)
        go = partial(self._go, now.workshop_id)
        check_in = HeroAct(_("Check in"), "check-in", partial(go, "door"))
        register = HeroAct(_("Register"), "register", partial(go, "register"))
        present = HeroAct(_("Present now"), "person", partial(go, "presence"))
        acts = (register, check_in, present) if now.is_over else (check_in, register, present)
        self._set_acts(acts)
        self.set_counter(f"{now.present} / {now.expected}")

    def _show_coming(self) -> None:
        first = self._view.coming[0]
        place = " · ".join(one for one in (first.city, first.code) if one)
        self._hero.set_words(_("Nothing is on today. Next:"), first.title or first.code, place)
        self._hero.set_count(0, 0, "")
        prepare = partial(self.frame.go, "workshop", workshop_id=first.id, tab="readiness")
        people = partial(self.frame.go, "workshop", workshop_id=first.id, tab="participants")
        self._set_acts(
            (
                HeroAct(_("Prepare"), "readiness", prepare),
                HeroAct(_("Participants"), "people", people),
            )
        )
        self.set_counter("")

    def _show_calm(self) -> None:
        self._hero.set_words(_("Nothing is on, nothing is planned."), "", "")
        self._hero.set_count(0, 0, "")
        plan = partial(self.frame.go, "workshops", new="yes")
        self._set_acts((HeroAct(_("Plan a workshop"), "add", plan),))
        self.set_counter("")

    def _show_empty(self) -> None:
        if self._empty is None:
            from mentor_desktop.ui.today.beginning import Beginning  # a new workspace only

            self._empty = Beginning(self)
            self._parts.addWidget(self._empty)
        self._parts.setCurrentWidget(self._empty)
        self.clear_primary()
        self.set_more(())
        self.set_counter("")

    def _set_acts(self, acts: tuple[HeroAct, ...]) -> None:
        """Let the first act be the one of the page, with its button in the note."""
        self._hero.set_acts(acts)
        first, *others = acts
        self.set_primary(first.text, first.act, icon=first.icon, is_on_page=True)
        self.set_more([PageAction(one.text, one.act, one.icon) for one in others])

    def _go(self, workshop_id: str, place: str) -> None:
        self.frame.go(place, workshop_id=workshop_id)

    def _ask_waiting(self, module: ModuleType) -> None:
        if self._waiting is None:
            self._waiting = module.WaitingNote(self)
            self.content.insertWidget(0, self._waiting)
        self._waiting.ask()

    def _ask_later(self, module: ModuleType) -> None:
        self.jobs.query(partial(module.later, view=self._view), self._show_later, key="later")

    def _show_later(self, found: "Later") -> None:
        self.set_heading(Crumb(found.day))
        self._links = found.links
        if found.when and not self._view.on_now:
            self._hero.set_when(found.when)
        if self._before is None or self._beside is None:
            from mentor_desktop.ui.widgets.line_list import LineList  # loaded with what it shows

            self._before = LineList(self.theme, _("What to do before"))
            self._beside = LineList(self.theme, _("What comes next"))
            self._left.addWidget(self._before)
            self._right.addWidget(self._beside)
            self._before.opened.connect(self._open_before)
            self._beside.opened.connect(self._open_beside)
        self._before.set_lines(found.before)
        self._beside.set_lines(found.beside)

    def _open_before(self, key: str) -> None:
        from mentor_desktop.ui.workshop.links import follow  # loaded with the lines

        link, workshop_id, project_id = self._links[key]
        follow(self.frame, link, workshop_id, project_id)

    def _open_beside(self, key: str) -> None:
        kind, _colon, workshop_id = key.partition(":")
        tab = "agenda" if kind == "agenda" else "overview"
        self.frame.go("workshop", workshop_id=workshop_id, tab=tab)
