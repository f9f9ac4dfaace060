"""The agenda of a workshop as people read it: days, half-days, items, and the minutes that count."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby

from sqlalchemy import select

from mentor_desktop.clock import zone_of
from mentor_desktop.models import AgendaItem, Slot, Workshop
from mentor_desktop.services import attendance_rules
from mentor_desktop.services.edits import found
from mentor_desktop.services.texts import shown_text
from mentor_desktop.services.time_spans import MINUTE
from mentor_desktop.store.unit_of_work import Reader


@dataclass(frozen=True)
class AgendaLine:
    """One item of the agenda; `minutes` is its length, `counts` whether it counts as attendance."""

    id: str
    slot_id: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    type: str
    counts: bool
    title: str
    titles: Mapping[str, str]
    unit_code: str
    method: str
    facilitator_role: str
    facilitators: tuple[str, ...]
    group_format: str
    room: str
    materials: tuple[str, ...]
    print_before: tuple[str, ...]


@dataclass(frozen=True)
class AgendaSlot:
    """One half-day; `counted_minutes` is computed from its items, parallel ones counted once."""

    id: str
    code: str
    day: int
    held_on: date
    starts_at: datetime
    ends_at: datetime
    counted_minutes: int
    items: tuple[AgendaLine, ...]


@dataclass(frozen=True)
class AgendaDay:
    """One day with its half-days in order."""

    day: int
    held_on: date
    slots: tuple[AgendaSlot, ...]


@dataclass(frozen=True)
class Agenda:
    """The agenda of one workshop; `time_zone` is where its times are shown."""

    workshop_id: str
    time_zone: str
    days: tuple[AgendaDay, ...]

    @property
    def slots(self) -> tuple[AgendaSlot, ...]:
        """All half-days in order."""
        return tuple(slot for day in self.days for slot in day.slots)

    @property
    def counted_minutes(self) -> int:
        """Minutes that count, of all half-days."""
        return sum(slot.counted_minutes for slot in self.slots)


def agenda_of(uow: Reader, workshop_id: str) -> Agenda:
    """Return the agenda of a workshop; without days when nothing is planned yet.

    Raises:
        NotFoundError: no such workshop.
    """
    workshop = found(uow, Workshop, workshop_id)
    items: dict[str, list[AgendaItem]] = {}
    for item in uow.session.scalars(
        select(AgendaItem)
        .where(AgendaItem.workshop_id == workshop_id)
        .order_by(AgendaItem.starts_at, AgendaItem.seq, AgendaItem.id)
    ):
        items.setdefault(item.slot_id, []).append(item)
    slots = uow.session.scalars(
        select(Slot)
        .where(Slot.workshop_id == workshop_id)
        .order_by(Slot.held_on, Slot.seq, Slot.starts_at, Slot.id)
    ).all()
    days = [
        AgendaDay(
            day=(held_on - workshop.starts_on).days + 1,
            held_on=held_on,
            slots=tuple(_slot(slot, items.get(slot.id, [])) for slot in of_day),
        )
        for held_on, of_day in groupby(slots, key=lambda slot: slot.held_on)
    ]
    return Agenda(workshop.id, workshop.time_zone, tuple(days))


def rule_slot(slot_id: str, items: list[AgendaItem]) -> attendance_rules.Slot:
    """Return a half-day as the attendance rules take it."""
    return attendance_rules.Slot(
        slot_id,
        tuple(
            attendance_rules.AgendaItem(item.id, item.starts_at, item.ends_at, item.counts)
            for item in items
        ),
    )


def at_local(held_on: date, clock_time: time, time_zone: str) -> datetime:
    """Return the moment when clocks in `time_zone` show this time on this day."""
    return datetime.combine(held_on, clock_time, zone_of(time_zone)).astimezone(UTC)


def _slot(slot: Slot, items: list[AgendaItem]) -> AgendaSlot:
    return AgendaSlot(
        id=slot.id,
        code=slot.code,
        day=slot.day,
        held_on=slot.held_on,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        counted_minutes=rule_slot(slot.id, items).counted_minutes,
        items=tuple(_line(item) for item in items),
    )


def _line(item: AgendaItem) -> AgendaLine:
    return AgendaLine(
        id=item.id,
        slot_id=item.slot_id,
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        minutes=(item.ends_at - item.starts_at) // MINUTE,
        type=item.type,
        counts=item.counts,
        title=shown_text(item.title),
        titles=dict(item.title),
        unit_code=item.unit_code,
        method=item.method,
        facilitator_role=item.facilitator_role,
        facilitators=tuple(item.facilitators),
        group_format=item.group_format,
        room=item.room,
        materials=tuple(item.materials),
        print_before=tuple(item.print_before),
    )
