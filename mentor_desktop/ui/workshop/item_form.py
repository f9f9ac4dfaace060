"""Items of an agenda: a new one, or one to change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from mentor_desktop.changes import Changes
from mentor_desktop.clock import zone_of
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.agenda import (
    Agenda,
    AgendaLine,
    AgendaSlot,
    agenda_of,
    at_local,
)
from mentor_desktop.services.agenda_edits import add_item, change_item, move_item, remove_item
from mentor_desktop.services.choices import COUNTING_ITEM_TYPES, ITEM_TYPES, offered
from mentor_desktop.services.workshops import WorkshopCard
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import ChoiceField, TextField, TimeField
from mentor_desktop.ui.widgets.flow import FieldGrid
from mentor_desktop.ui.widgets.layout import STRETCH, column, row
from mentor_desktop.ui.widgets.small_form import SmallForm
from mentor_desktop.ui.widgets.text import Text
from mentor_desktop.ui.workshop.facts import Facts
from mentor_desktop.ui.workshop.language_texts import LanguageTexts
from mentor_desktop.ui.workshop.live_form import LiveForm

_NEW_ITEM = timedelta(minutes=60)


class AddItemForm(SmallForm):
    """Asks what and when; begins where the half-day's last item ends, and again after each."""

    def __init__(self, desk: Desk, card: WorkshopCard, slot: AgendaSlot) -> None:
        super().__init__(desk.theme, _("Add the item"), self._add)
        self._desk, self._card, self._slot = desk, card, slot
        self._jobs = OwnedJobs(desk.jobs, self)
        self._zone = zone_of(card.time_zone)
        theme = desk.theme
        self._title = self.add(TextField(theme, _("What happens"), in_place=False))
        self._starts = TimeField(theme, _("From"), in_place=False)
        self._ends = TimeField(theme, _("To"), in_place=False)
        self.add_beside(self._starts, self._ends)
        self._type = self.add(
            ChoiceField(
                theme, _("Kind"), offered(ITEM_TYPES), "learning", self._say_counts, in_place=False
            )
        )
        self._counts = self.add_words("")
        self._room = self.add(TextField(theme, _("Room"), in_place=False))
        if slot.items:
            self._room.set_value(slot.items[-1].room)
        self._propose(max((item.ends_at for item in slot.items), default=slot.starts_at))
        self._say_counts("learning")

    def _propose(self, starts_at: datetime) -> None:
        language = current_language()
        ends_at = starts_at + _NEW_ITEM
        if starts_at < self._slot.ends_at < ends_at:
            ends_at = self._slot.ends_at
        self._starts.set_value(language.time(starts_at, self._zone))
        self._ends.set_value(language.time(ends_at, self._zone))

    def _say_counts(self, kind: str) -> None:
        does = _("Its minutes count as attendance.")
        does_not = _("Its minutes do not count as attendance.")
        self._counts.setText(does if kind in COUNTING_ITEM_TYPES else does_not)

    def _moment(self, clock_time: str) -> datetime:
        return at_local(self._slot.held_on, time.fromisoformat(clock_time), self._card.time_zone)

    def _add(self) -> None:
        if not (self._starts.value and self._ends.value):
            self.show_trouble(_("From and to are needed. Type times such as 9:00."))
            return
        ends_at = self._moment(self._ends.value)
        op = partial(
            add_item,
            slot_id=self._slot.id,
            title=self._title.value,
            starts_at=self._moment(self._starts.value),
            ends_at=ends_at,
            type=self._type.choice.value,
            room=self._room.value,
        )
        self._jobs.command(op, partial(self._on_added, ends_at), self.refuse)

    def _on_added(self, ends_at: datetime, _changes: Changes) -> None:
        self._title.set_value("")
        self._title.line.clear()
        self._propose(ends_at)
        self._title.setFocus()


@dataclass(frozen=True)
class _ItemFacts:
    """An agenda item as its fields show it."""

    type: str
    starts: str
    ends: str
    slot: str
    room: str
    unit_code: str
    method: str
    facilitator_role: str
    facilitators: str
    group_format: str
    materials: str
    print_before: str
    counts: bool


class ItemForm(LiveForm):
    """Everything about one agenda item, changed where it stands."""

    shows = frozenset({"agenda_item", "slot"})

    def __init__(self, desk: Desk, card: WorkshopCard, agenda: Agenda, item: AgendaLine) -> None:
        super().__init__(desk)
        self._card, self._agenda, self._item = card, agenda, item
        self._facts = Facts(desk.theme, self._jobs, self._change)
        self._title = LanguageTexts(desk.theme, _("What happens"), self._save_title, is_long=False)
        self._lay_out()
        self._show_item()

    def reload(self) -> None:
        """Ask for the agenda again."""
        self._jobs.query(partial(agenda_of, workshop_id=self._card.id), self._show, key="agenda")

    def _show(self, agenda: Agenda) -> None:
        self._agenda = agenda
        items = [item for slot in agenda.slots for item in slot.items]
        now = next((item for item in items if item.id == self._item.id), None)
        if now is None:
            self._desk.frame.close_panel()
            return
        self._item = now
        self._show_item()

    def _show_item(self) -> None:
        self._title.show_texts(self._item.titles, self._card.languages)
        self._facts.show(_facts_of(self._item, zone_of(self._card.time_zone)))

    def _lay_out(self) -> None:
        theme, facts = self._desk.theme, self._facts
        grid = FieldGrid(theme, least_px=150)
        grid.add(facts.time("starts", _("From")))
        grid.add(facts.time("ends", _("To")))
        grid.add(facts.choice("type", _("Kind"), offered(ITEM_TYPES)))
        slots = [(slot.id, slot.code) for slot in self._agenda.slots]
        grid.add(facts.choice("slot", _("Half-day"), slots))
        grid.add(facts.check("counts", _("Its minutes count as attendance")), is_wide=True)
        for name, label in (
            ("room", _("Room")),
            ("unit_code", _("Unit of the programme")),
            ("method", _("Method")),
            ("group_format", _("Groups")),
            ("facilitator_role", _("Led by")),
            ("facilitators", _("Names")),
            ("materials", _("Materials")),
            ("print_before", _("To print before")),
        ):
            is_list = name in {"facilitators", "materials", "print_before"}
            read = _parts if is_list else str
            grid.add(facts.line(name, label, read=read, placeholder="–"), is_wide=is_list)
        several = Text(
            theme, _("Several names or materials: put a comma between."), "small", "muted"
        )
        several.setContentsMargins(theme.px(10), 0, 0, 0)
        remove = Button(theme, _("Remove the item"), self._remove, kind="danger", icon="remove")
        parts = (self._title, grid, several, row(theme, remove, STRETCH), STRETCH)
        self.setLayout(column(theme, *parts, gap="m"))

    def _change(self, values: Mapping[str, Any]) -> Callable[[Any], Changes]:
        fields: dict[str, Any] = dict(values)
        if "slot" in fields:
            return self._move_to(fields["slot"])
        if "starts" in fields:  # it moves and keeps its length
            starts_at = self._moment(fields["starts"])
            return partial(
                move_item, item_id=self._item.id, slot_id=self._item.slot_id, starts_at=starts_at
            )
        if "ends" in fields:
            fields["ends_at"] = self._moment(fields.pop("ends"))
        return partial(change_item, item_id=self._item.id, **fields)

    def _moment(self, clock_time: str) -> datetime:
        held_on = next(one.held_on for one in self._agenda.slots if one.id == self._item.slot_id)
        return at_local(held_on, time.fromisoformat(clock_time), self._card.time_zone)

    def _move_to(self, slot_id: str) -> Callable[[Any], Changes]:
        """Move the item behind the last one of another half-day."""
        slot = next(one for one in self._agenda.slots if one.id == slot_id)
        starts_at = max((item.ends_at for item in slot.items), default=slot.starts_at)
        return partial(move_item, item_id=self._item.id, slot_id=slot_id, starts_at=starts_at)

    def _save_title(self, texts: dict[str, str], refuse: Callable[[UserFacingError], None]) -> None:
        self._facts.save({"title": texts}, refuse)

    def _remove(self) -> None:
        op = partial(remove_item, item_id=self._item.id)
        self._jobs.command(op, lambda _changes: self._desk.frame.close_panel())


def _facts_of(item: AgendaLine, zone: ZoneInfo) -> _ItemFacts:
    language = current_language()
    return _ItemFacts(
        type=item.type,
        starts=language.time(item.starts_at, zone),
        ends=language.time(item.ends_at, zone),
        slot=item.slot_id,
        room=item.room,
        unit_code=item.unit_code,
        method=item.method,
        facilitator_role=item.facilitator_role,
        facilitators=", ".join(item.facilitators),
        group_format=item.group_format,
        materials=", ".join(item.materials),
        print_before=", ".join(item.print_before),
        counts=item.counts,
    )


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
