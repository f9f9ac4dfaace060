"""The door: everybody who may come in, found by two to four letters, and how many are here.

`filter_door` is pure and quick, so that it answers each key stroke without the store.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from mentor_desktop.errors import NotFoundError
from mentor_desktop.i18n import _
from mentor_desktop.services.attendance_marks import ATTENDED, Status
from mentor_desktop.services.attendance_reading import (
    Event,
    Period,
    Standing,
    current_period,
    event_of,
    period_of,
    periods_of,
    standing_of,
    standings_of_slot,
)
from mentor_desktop.services.attendance_rules import check_in_status
from mentor_desktop.services.badge_codes import decode, is_scan, short_id
from mentor_desktop.services.half_days import DayPart, day_part
from mentor_desktop.services.roster import RosterLine, roster, roster_line
from mentor_desktop.store.folding import fold_person, query_words
from mentor_desktop.store.unit_of_work import Reader


@dataclass(frozen=True, slots=True)
class DoorPerson:
    """Somebody who may come in.

    `status` is the status in this half-day, `arrived_at` when it was marked or when the person
    came, None unless attended. `is_on_list` false means: ask before checking in (`state` says
    why). `folded` and `badge_code` are for `filter_door`.
    """

    registration_id: str
    person_id: str
    list_number: int | None
    name: str
    given_name: str
    family_name: str
    name_latin: str
    organisation: str
    country: str
    role: str
    state: str
    is_on_list: bool
    status: Status
    arrived_at: datetime | None
    has_conflict: bool
    folded: str
    badge_code: str

    @property
    def is_here(self) -> bool:
        """Whether a mark says that this person came."""
        return self.status in ATTENDED


@dataclass(frozen=True, slots=True)
class DoorSlot:
    """The half-day people are checked in to; `room` of the item that is on, or of the first.

    `late_after` is the last moment at which a check-in is on time.
    """

    id: str
    code: str
    day: int
    held_on: date
    part: DayPart
    room: str
    counts_from: datetime
    ends_at: datetime
    late_after: datetime


@dataclass(frozen=True)
class DoorList:
    """Everybody in list order, people on the list first.

    `present` of `expected` are here. `now_status` is what a check-in gives at this moment,
    `is_current` says whether the half-day is the one that is on by the clock.
    """

    workshop_id: str
    title: dict[str, str]
    time_zone: str
    people: tuple[DoorPerson, ...]
    slot: DoorSlot
    present: int
    expected: int
    now_status: Status
    is_current: bool
    is_closed: bool


def door_people(uow: Reader, workshop_id: str, slot_id: str | None = None) -> DoorList:
    """Return the door list of a half-day: the one that is on when none is named.

    On a day without one it is the next to come, after the last day the last.

    Raises:
        NotFoundError: no such workshop or half-day, or the agenda is empty.
    """
    event = event_of(uow.raw, workshop_id)
    periods = periods_of(uow.raw, workshop_id)
    now = uow.clock()
    current = current_period(periods, now, event.zone)
    period = period_of(uow.raw, slot_id) if slot_id else current or _nearest(periods, now, event)
    standings = standings_of_slot(uow.raw, period.id)
    people = [_person(line, standings.get(line.registration_id)) for line in roster(uow, event.id)]
    people.sort(key=lambda person: not person.is_on_list)
    late_after = period.counts_from + timedelta(minutes=event.rule.grace_min)
    present, expected = _counter(people)
    return DoorList(
        workshop_id=event.id,
        title=event.titles,
        time_zone=event.time_zone,
        people=tuple(people),
        slot=DoorSlot(
            id=period.id,
            code=period.code,
            day=period.day,
            held_on=period.held_on,
            part=day_part(period.counts_from.astimezone(event.zone)),
            room=_room(uow, period, now),
            counts_from=period.counts_from,
            ends_at=period.ends_at,
            late_after=late_after,
        ),
        present=present,
        expected=expected,
        now_status=status_now(event, period, now),
        is_current=current is not None and current.id == period.id,
        is_closed=event.is_closed,
    )


def door_person(uow: Reader, registration_id: str, slot_id: str) -> DoorPerson:
    """Return one person as the door list shows it, for a refresh of one row.

    Raises:
        NotFoundError: there is no such registration.
    """
    line = roster_line(uow, registration_id)
    return _person(line, standing_of(uow.raw, registration_id, slot_id))


def with_person(door: DoorList, person: DoorPerson) -> DoorList:
    """Return the list with one person brought up to date or added at the end."""
    known = any(one.registration_id == person.registration_id for one in door.people)
    people = [
        person if one.registration_id == person.registration_id else one for one in door.people
    ]
    if not known:
        people.append(person)
    people.sort(key=lambda one: not one.is_on_list)
    present, expected = _counter(people)
    return replace(door, people=tuple(people), present=present, expected=expected)


def filter_door(people: Sequence[DoorPerson], typed: str) -> list[DoorPerson]:
    """Return who fits what was typed, in the order of the list; empty when nothing was typed.

    A whole badge code finds its person, a number the person with that list number, letters
    everybody with words that begin so (name, Latin form, badge name, e-mail). While a scanner is
    still typing nobody is found.
    """
    badge = decode(typed)
    if badge is not None:
        return [person for person in people if person.badge_code == badge]
    words = query_words(typed)
    if not words or is_scan(typed):
        return []
    if len(words) == 1 and words[0].isdecimal():
        number = int(words[0])
        return [person for person in people if person.list_number == number]
    begun = [" " + word for word in words]
    first, *others = begun
    found = [person for person in people if first in person.folded]
    return [person for person in found if all(word in person.folded for word in others)]


def status_now(event: Event, period: Period, now: datetime) -> Status:
    """Return what a check-in gives at `now`; on another day than the half-day's always present."""
    if now.astimezone(event.zone).date() != period.held_on:
        return Status.PRESENT
    return check_in_status(period.slot, now, grace_min=event.rule.grace_min)


def _nearest(periods: Sequence[Period], now: datetime, event: Event) -> Period:
    coming = [period for period in periods if period.ends_at > now]
    if not periods:
        raise NotFoundError(
            _(
                "{code} has no agenda yet. Add half-days to the workshop, then check people in."
            ).format(code=event.code)
        )
    return coming[0] if coming else periods[-1]


def _person(line: RosterLine, standing: Standing | None) -> DoorPerson:
    status = standing.mark.status if standing else Status.EXPECTED
    came_at = None
    if standing and status in ATTENDED:
        came_at = standing.mark.arrived_at or standing.written_at
    folded = fold_person(
        line.given_name, line.family_name, line.badge_name, line.name_latin, line.email
    )
    return DoorPerson(
        registration_id=line.registration_id,
        person_id=line.person_id,
        list_number=line.list_number,
        name=line.name,
        given_name=line.given_name,
        family_name=line.family_name,
        name_latin=line.name_latin,
        organisation=line.organisation,
        country=line.country,
        role=line.role,
        state=line.state,
        is_on_list=line.is_on_list,
        status=status,
        arrived_at=came_at,
        has_conflict=standing is not None and standing.has_conflict,
        folded=" " + folded,
        badge_code=short_id(line.registration_id),
    )


def _counter(people: Iterable[DoorPerson]) -> tuple[int, int]:
    """Return how many of the list are here, and how many are to come in all."""
    asked = [
        person for person in people if person.is_on_list and person.status != Status.NOT_REQUIRED
    ]
    return sum(person.is_here for person in asked), len(asked)


def _room(uow: Reader, period: Period, now: datetime) -> str:
    rooms = dict(
        uow.raw.execute("SELECT id, room FROM agenda_item WHERE slot_id = ?", (period.id,))
    )
    items = sorted(period.slot.items, key=lambda item: item.starts_at)
    counted = [item for item in items if item.counts] or items
    on_now = [item for item in items if item.starts_at <= now < item.ends_at]
    return next((rooms[item.id] for item in (*on_now, *counted) if rooms.get(item.id)), "")
