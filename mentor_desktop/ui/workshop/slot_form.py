"""Half-days of an agenda: a new one, or one to change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial
from typing import Any

from mentor_desktop.changes import Changes
from mentor_desktop.clock import zone_of
from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.agenda import Agenda, AgendaSlot, agenda_of, at_local
from mentor_desktop.services.agenda_edits import add_slot, change_slot, remove_slot
from mentor_desktop.services.workshops import WorkshopCard
from mentor_desktop.ui import words
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import ChoiceField, TextField, TimeField
from mentor_desktop.ui.widgets.layout import STRETCH, column, row
from mentor_desktop.ui.widgets.small_form import SmallForm
from mentor_desktop.ui.widgets.text import Text
from mentor_desktop.ui.workshop.facts import Facts
from mentor_desktop.ui.workshop.live_form import LiveForm

# The two half-days most agendas have: code suffix, start, end.
_USUAL = (("AM", "09:00", "12:30"), ("PM", "13:30", "17:00"))


class AddSlotForm(SmallForm):
    """Asks for the day, the code and the times; proposes the next half-day that is missing."""

    def __init__(self, desk: Desk, card: WorkshopCard, agenda: Agenda) -> None:
        super().__init__(desk.theme, _("Add the half-day"), self._add)
        self._desk, self._card = desk, card
        self._jobs = OwnedJobs(desk.jobs, self)
        theme, language = desk.theme, current_language()
        days = (card.ends_on - card.starts_on).days + 1
        all_days = [card.starts_on + timedelta(days=number) for number in range(days)]
        options = [(one.isoformat(), language.date(one, "weekday")) for one in all_days]
        day, code, starts, ends = _proposal(all_days, agenda)
        self._day = self.add(ChoiceField(theme, _("Day"), options, day.isoformat(), in_place=False))
        self._starts = TimeField(theme, _("From"), starts, in_place=False)
        self._ends = TimeField(theme, _("To"), ends, in_place=False)
        self.add_beside(self._starts, self._ends)
        self._code = self.add(TextField(theme, _("Code"), code, in_place=False))
        self.add_words(_("The code heads a column of signatures on the attendance list."))

    def _add(self) -> None:
        day = date.fromisoformat(self._day.choice.value)
        if not (self._starts.value and self._ends.value):
            self.show_trouble(_("From and to are needed. Type times such as 9:00."))
            return
        op = partial(
            add_slot,
            workshop_id=self._card.id,
            code=self._code.value,
            starts_at=at_local(day, time.fromisoformat(self._starts.value), self._card.time_zone),
            ends_at=at_local(day, time.fromisoformat(self._ends.value), self._card.time_zone),
        )
        self._jobs.command(op, self._on_added, self.refuse)

    def _on_added(self, _changes: Changes) -> None:
        self._desk.frame.close_panel()


@dataclass(frozen=True)
class _SlotFacts:
    """A half-day as its fields show it."""

    code: str
    starts: str
    ends: str


class SlotForm(LiveForm):
    """Code and times of one half-day, changed where they stand."""

    shows = frozenset({"slot", "agenda_item"})

    def __init__(self, desk: Desk, card: WorkshopCard, slot: AgendaSlot) -> None:
        super().__init__(desk)
        self._card, self._slot = card, slot
        theme = desk.theme
        facts = self._facts = Facts(theme, self._jobs, self._change)
        self._counted = Text(theme, "", "small", "muted")
        day = current_language().date(slot.held_on, "weekday")
        times = row(theme, facts.time("starts", _("From")), facts.time("ends", _("To")), gap="m")
        notes = column(theme, Text(theme, day, "body"), self._counted, gap="xs")
        notes.setContentsMargins(theme.px(10), 0, 0, 0)
        remove = Button(theme, _("Remove the half-day"), self._remove, kind="danger", icon="remove")
        parts = (notes, facts.line("code", _("Code")), times, row(theme, remove, STRETCH), STRETCH)
        self.setLayout(column(theme, *parts, gap="l"))
        self._show_slot()

    def reload(self) -> None:
        """Ask for the agenda again."""
        self._jobs.query(partial(agenda_of, workshop_id=self._card.id), self._show, key="agenda")

    def _show(self, agenda: Agenda) -> None:
        now = next((slot for slot in agenda.slots if slot.id == self._slot.id), None)
        if now is None:
            self._desk.frame.close_panel()
            return
        self._slot = now
        self._show_slot()

    def _show_slot(self) -> None:
        slot, zone, language = self._slot, zone_of(self._card.time_zone), current_language()
        starts, ends = language.time(slot.starts_at, zone), language.time(slot.ends_at, zone)
        self._facts.show(_SlotFacts(slot.code, starts, ends))
        self._counted.setText(
            _("{length} count, by its items. Breaks and meals do not count.").format(
                length=words.length(slot.counted_minutes)
            )
        )

    def _change(self, values: Mapping[str, Any]) -> Callable[[Any], Changes]:
        fields: dict[str, Any] = dict(values)
        for name in ("starts", "ends"):
            if name in fields:
                clock_time = time.fromisoformat(fields.pop(name))
                moment = at_local(self._slot.held_on, clock_time, self._card.time_zone)
                fields[f"{name}_at"] = moment
        return partial(change_slot, slot_id=self._slot.id, **fields)

    def _remove(self) -> None:
        op = partial(remove_slot, slot_id=self._slot.id)
        self._jobs.command(op, lambda _changes: self._desk.frame.close_panel())


def _proposal(days: list[date], agenda: Agenda) -> tuple[date, str, str, str]:
    """Return day, code and times of the first half-day the agenda does not have."""
    used = {slot.code.casefold() for slot in agenda.slots}
    held = {(slot.held_on, slot.code[-2:].upper()) for slot in agenda.slots}
    for number, day in enumerate(days, 1):
        for suffix, starts, ends in _USUAL:
            code = f"D{number}-{suffix}"
            if code.casefold() not in used and (day, suffix) not in held:
                return day, code, starts, ends
    return days[-1], f"D{len(days)}-EV", "19:00", "21:00"
