"""What is on today: the first page, from one plain query on the plain connection.

Imports neither SQLAlchemy nor anything that does, because the window paints this page before
those are loaded. Named tuples: each frozen dataclass costs the start half a millisecond.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from mentor_desktop.clock import zone_of
from mentor_desktop.i18n import PSEUDO_LANGUAGE, SOURCE_LANGUAGE, current_language, text_in
from mentor_desktop.services.attendance_marks import ATTENDED, Status
from mentor_desktop.services.choices import ATTENDING_STATES
from mentor_desktop.services.half_days import DayPart, current_half_day, day_part

if TYPE_CHECKING:
    from mentor_desktop.store.connection import PlainConnection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# No zone is further from UTC than 14 hours.
_WIDEST_OFFSET = timedelta(hours=14)
_COMING = 6

# `?4` and `?5` are the first and last date that can be today somewhere.
_QUERY = """
WITH worked_on (id) AS (
    SELECT CASE c.entity
        WHEN 'workshop' THEN c.row
        WHEN 'registration' THEN (SELECT workshop_id FROM registration WHERE id = c.row)
        WHEN 'slot' THEN (SELECT workshop_id FROM slot WHERE id = c.row)
        WHEN 'agenda_item' THEN (SELECT workshop_id FROM agenda_item WHERE id = c.row)
        WHEN 'attendance_mark' THEN (SELECT workshop_id FROM attendance_mark WHERE id = c.row)
        WHEN 'certificate' THEN (SELECT workshop_id FROM certificate WHERE id = c.row)
        ELSE (SELECT workshop_id FROM list_print WHERE id = c.row) END
    FROM change c
    WHERE c.entity IN ('workshop', 'registration', 'slot', 'agenda_item', 'attendance_mark',
                       'certificate', 'list_print')
    ORDER BY c.seq DESC LIMIT 1
), coming (id) AS (
    SELECT id FROM workshop WHERE ends_on >= ?4 AND status NOT IN ('cancelled', 'archived')
    ORDER BY starts_on, code LIMIT ?6
)
SELECT w.id, w.code, w.title, w.city, w.country, w.venue_name, w.starts_on, w.ends_on,
    w.time_zone, w.id IN (SELECT id FROM coming), w.id IN (SELECT id FROM worked_on),
    (SELECT count(DISTINCT day) FROM slot WHERE workshop_id = w.id),
    (SELECT count(*) FROM registration WHERE workshop_id = w.id
        AND state IN (SELECT value FROM json_each(?1))),
    (SELECT json_group_array(json_object(
        'id', s.id, 'code', s.code, 'day', s.day, 'held_on', s.held_on, 'starts_at', s.starts_at,
        'ends_at', s.ends_at,
        'marks', json((
            SELECT json_array(
                coalesce(sum(status IN (SELECT value FROM json_each(?2))), 0),
                coalesce(sum(status = ?3), 0))
            FROM (
                -- The status beside max() is that of the largest mark, the one that counts.
                SELECT m.status, max(m.id) FROM attendance_mark m
                JOIN registration r ON r.id = m.registration_id
                WHERE m.slot_id = s.id AND m.status <> 'expected'
                    AND m.id NOT IN (SELECT mark FROM superseded)
                    AND r.state IN (SELECT value FROM json_each(?1))
                GROUP BY m.registration_id))),
        'items', json((
            SELECT json_group_array(json_object(
                'starts_at', a.starts_at, 'ends_at', a.ends_at, 'counts', a.counts,
                'title', json(a.title), 'room', a.room, 'print_before', json(a.print_before)))
            FROM agenda_item a WHERE a.slot_id = s.id))))
     FROM slot s WHERE s.workshop_id = w.id AND s.held_on BETWEEN ?4 AND ?5)
FROM workshop w
WHERE w.id IN (SELECT id FROM coming) OR w.id IN (SELECT id FROM worked_on)
ORDER BY w.starts_on, w.code
"""


class OnNow(NamedTuple):
    """The half-day that is on; `day` of `days`. `present` of `expected` are here.

    `room` and `item` are those of the agenda item that is on, else of the first that counts.
    `print_before` lists what the items of this day ask to print, each once. `has_begun` says
    whether counting has started.
    """

    workshop_id: str
    code: str
    title: str
    city: str
    venue: str
    time_zone: str
    day: int
    days: int
    slot_id: str
    slot_code: str
    held_on: date
    part: DayPart
    counts_from: datetime
    ends_at: datetime
    has_begun: bool
    is_over: bool
    room: str
    item: str
    present: int
    expected: int
    print_before: tuple[str, ...]


class WorkshopLine(NamedTuple):
    """A workshop to come or the one last worked on; `people` have a place in it."""

    id: str
    code: str
    title: str
    city: str
    country: str
    starts_on: date
    ends_on: date
    people: int


class TodayView(NamedTuple):
    """The first page. `on_now` holds several only when workshops run side by side.

    `coming` are the next ones, without those that are on. `last` is the one last worked on, None
    in an empty workspace.
    """

    on_now: tuple[OnNow, ...]
    coming: tuple[WorkshopLine, ...]
    last: WorkshopLine | None

    @property
    def is_empty(self) -> bool:
        """Whether there is no workshop to speak of."""
        return not self.on_now and not self.coming and self.last is None


class _Slot(NamedTuple):
    """A half-day as the query brings it."""

    id: str
    code: str
    day: int
    held_on: date
    starts_at: datetime
    ends_at: datetime
    present: int
    not_required: int
    items: tuple[dict[str, Any], ...]  # Any: JSON of the query

    @property
    def counts_from(self) -> datetime:
        """The first counted minute, else the start."""
        counted = [item["starts_at"] for item in self.items if item["counts"]]
        return _moment(min(counted)) if counted else self.starts_at


def today(connection: PlainConnection, now: datetime) -> TodayView:
    """Return what is on at `now` (aware), what comes, and what was worked on last."""
    earliest, latest = ((now + sign * _WIDEST_OFFSET).date() for sign in (-1, 1))
    parameters = (
        json.dumps(sorted(ATTENDING_STATES)),
        json.dumps(sorted(ATTENDED)),
        Status.NOT_REQUIRED.value,
        earliest.isoformat(),
        latest.isoformat(),
        _COMING,
    )
    on_now, coming, last = [], [], None
    for row in connection.execute(_QUERY, parameters):
        line = _line(row)
        found = _on_now(row, line, now) if row[9] else None
        if found is not None:
            on_now.append(found)
        elif row[9] and line.ends_on >= now.astimezone(zone_of(row[8])).date():
            coming.append(line)
        if row[10]:
            last = line
    return TodayView(tuple(on_now), tuple(coming), last)


def _line(row: Any) -> WorkshopLine:  # Any: SQL values
    return WorkshopLine(
        id=row[0],
        code=row[1],
        title=_shown(json.loads(row[2])),
        city=row[3],
        country=row[4],
        starts_on=date.fromisoformat(row[6]),
        ends_on=date.fromisoformat(row[7]),
        people=row[12],
    )


def _on_now(row: Any, line: WorkshopLine, now: datetime) -> OnNow | None:  # Any: SQL values
    zone = zone_of(row[8])
    slots = [_slot(one) for one in json.loads(row[13])]
    slot = current_half_day(slots, now, zone)
    if slot is None:
        return None
    item = _item(slot, now)
    return OnNow(
        workshop_id=line.id,
        code=line.code,
        title=line.title,
        city=line.city,
        venue=row[5],
        time_zone=row[8],
        day=slot.day,
        days=row[11],
        slot_id=slot.id,
        slot_code=slot.code,
        held_on=slot.held_on,
        part=day_part(slot.counts_from.astimezone(zone)),
        counts_from=slot.counts_from,
        ends_at=slot.ends_at,
        has_begun=slot.counts_from <= now,
        is_over=slot.ends_at <= now,
        room=item.get("room", ""),
        item=_shown(item.get("title", {})),
        present=slot.present,
        expected=line.people - slot.not_required,
        print_before=_to_print([one for one in slots if one.held_on == slot.held_on]),
    )


def _slot(stored: dict[str, Any]) -> _Slot:  # Any: JSON of the query
    present, not_required = stored["marks"]
    items = sorted(stored["items"], key=lambda item: int(item["starts_at"]))
    return _Slot(
        id=stored["id"],
        code=stored["code"],
        day=stored["day"],
        held_on=date.fromisoformat(stored["held_on"]),
        starts_at=_moment(stored["starts_at"]),
        ends_at=_moment(stored["ends_at"]),
        present=present,
        not_required=not_required,
        items=tuple(items),
    )


def _item(slot: _Slot, now: datetime) -> dict[str, Any]:  # Any: JSON of the query
    """Return the agenda item that is on, else the first that counts, else any."""
    on_now = [i for i in slot.items if _moment(i["starts_at"]) <= now < _moment(i["ends_at"])]
    counted = [item for item in slot.items if item["counts"]]
    return next(iter((*on_now, *counted, *slot.items)), {})


def _to_print(slots: list[_Slot]) -> tuple[str, ...]:
    wanted = (what for slot in slots for item in slot.items for what in item["print_before"])
    return tuple(dict.fromkeys(wanted))


def _shown(texts: dict[str, str]) -> str:
    code = current_language().code
    return text_in(texts, SOURCE_LANGUAGE if code == PSEUDO_LANGUAGE else code)


def _moment(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
