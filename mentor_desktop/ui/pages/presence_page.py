"""Who is in the building now: one page for the fire alarm, readable from an arm's length."""

from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from mentor_desktop.clock import zone_of
from mentor_desktop.i18n import _, current_language, ngettext
from mentor_desktop.services.presence import PresentNow, PresentPerson, present_now
from mentor_desktop.services.roll_call import RollCallPaper, render_roll_call
from mentor_desktop.services.workshops import WorkshopCard, workshop_card
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.pages.base import Crumb, Page
from mentor_desktop.ui.shortcuts import Shortcut
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.layout import STRETCH, column, pile, row
from mentor_desktop.ui.widgets.text import Text
from mentor_desktop.ui.workshop.print_preview import PrintPreview
from mentor_desktop.ui.workshop.roll_call import RollCall, RollEntry


class PresencePage(Page):
    """The people in the building of one workshop, to be called out and ticked."""

    shows = frozenset({"attendance_mark", "registration", "person", "slot"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._workshop_id = ""
        self._now: PresentNow | None = None
        self._build_widgets()
        self._lay_out()
        self._connect()
        self.add_key(Shortcut.PRINT, self._preview, _("Print this list"))

    def open(self, **where: str) -> None:
        """Show the workshop `workshop_id`."""
        self._workshop_id = where["workshop_id"]

    def refresh(self) -> None:
        """Ask who is there."""
        self.jobs.query(partial(_ask, workshop_id=self._workshop_id), self._show, key="now")

    def first_focus(self) -> QWidget | None:
        """Let the keyboard begin with the first name."""
        return self._list

    def _build_widgets(self) -> None:
        theme = self.theme
        self._count = Text(theme, "", "door", wrap=False)
        self._meaning = Text(theme, "", "section")
        self._others = Text(theme, "", "body", "muted")
        self._found = Text(theme, "", "section", "present", wrap=False)
        self._list = RollCall(theme)
        self._empty = EmptyState(
            theme, _("Nobody is in the building, as far as the marks of today say."), "calm"
        )

    def _lay_out(self) -> None:
        theme = self.theme
        words = column(theme, STRETCH, self._meaning, self._others, STRETCH, gap="xs")
        head = row(theme, self._count, words, self._found, gap="l")
        head.setStretch(1, 1)
        head.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self.content.addLayout(head)
        self._parts = pile(self._list, self._empty)
        self.content.addWidget(self._parts, 1)

    def _connect(self) -> None:
        self._list.found_changed.connect(self._show_found)

    def _show(self, asked: tuple[WorkshopCard, PresentNow]) -> None:
        card, now = asked
        zone = zone_of(card.time_zone)
        self.set_heading(
            Crumb(_("Workshops"), "workshops"),
            Crumb(card.title or card.code, "workshop", {"workshop_id": card.id}),
            Crumb(_("Present now")),
        )

        self._now = now
        self._count.setText(str(now.count))
        self._meaning.setText(
            ngettext("person in the building", "people in the building", now.count)
        )
        self._others.setText(_others(now, zone))
        self._list.set_entries([_entry(person, zone) for person in now.people])
        self._parts.setCurrentWidget(self._list if now.people else self._empty)
        if now.people:
            self.set_primary(_("Print this list"), self._preview, icon="print")
        else:
            self.clear_primary()
        self.set_counter(_("{count} in the building").format(count=now.count))

    def _preview(self) -> None:
        op = partial(render_roll_call, workshop_id=self._workshop_id)
        self.jobs.query(op, self._show_paper, key="paper")

    def _show_paper(self, paper: RollCallPaper) -> None:
        preview = PrintPreview(self.desk, paper, _("People in the building"))
        self.frame.open_panel(preview, _("Present now"))

    def _show_found(self, found: int) -> None:
        total = self._now.count if self._now else 0
        missing = total - found
        if not found:
            self._found.setText("")
        elif missing:
            self._found.setText(
                ngettext("{count} still to find", "{count} still to find", missing).format(
                    count=missing
                )
            )
        else:
            self._found.setText(_("Everybody is found"))
        self._found.set_tone("late" if missing else "present")


# Any: see `jobs.Store`.
def _ask(uow: Any, workshop_id: str) -> tuple[WorkshopCard, PresentNow]:
    return workshop_card(uow, workshop_id), present_now(uow, workshop_id)


def _entry(person: PresentPerson, zone: ZoneInfo) -> RollEntry:
    number = str(person.list_number or "")
    since = current_language().time(person.since, zone)
    words = [_("since {time}").format(time=since), person.organisation, person.country]
    if number:
        words.insert(0, _("no. {number}").format(number=number))
    return RollEntry(
        person.registration_id, number, person.name, " · ".join(word for word in words if word)
    )


def _others(now: PresentNow, zone: ZoneInfo) -> str:
    """Say where the others are and how old the list is."""
    parts = [_("By the marks until {time}").format(time=current_language().time(now.at, zone))]
    if now.slot_code:
        parts.append(now.slot_code)
    for count, text in (
        (now.expected, ngettext("{count} not here yet", "{count} not here yet", now.expected)),
        (now.gone, ngettext("{count} left", "{count} left", now.gone)),
        (now.online, ngettext("{count} online", "{count} online", now.online)),
    ):
        if count:
            parts.append(text.format(count=count))
    return " · ".join(parts)
