"""A workshop as a template for the next one, and a workshop moved to other dates.

Clock times stay what they are on the wall: an agenda that crosses the change to summer time still
starts at nine.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from mentor_desktop.changes import Changes
from mentor_desktop.clock import zone_of
from mentor_desktop.errors import ConflictError
from mentor_desktop.i18n import N_, _
from mentor_desktop.ids import new_id
from mentor_desktop.models import AgendaItem, AttendanceMark, Slot, Workshop
from mentor_desktop.services.edits import Row, found
from mentor_desktop.services.workshops import check_workshop
from mentor_desktop.store.unit_of_work import UnitOfWork

# What a copy does not take over: it has its own people, and its own state.
_OWN = frozenset({"id", "code", "starts_on", "ends_on", "status", "rule_items"})


def duplicate_workshop(uow: UnitOfWork, workshop_id: str, *, code: str, starts_on: date) -> Changes:
    """Add a workshop like this one that starts on another day; `created_id(changes, "workshop")`.

    Days, half-days, agenda, rule, project, place, texts and signatory come along; people do not.

    Raises:
        NotFoundError: no such workshop.
        ValidationError: the code is empty.
        ConflictError: the code is taken.
    """
    source = found(uow, Workshop, workshop_id)
    shift = starts_on - source.starts_on
    copy = _copy_of(source, leave_out=_OWN)
    copy.id, copy.code = new_id(), code.strip()
    copy.starts_on, copy.ends_on = starts_on, source.ends_on + shift
    check_workshop(uow, copy)
    uow.session.add(copy)
    uow.session.flush()
    new_items = _copy_agenda(uow, source, copy, shift)
    copy.rule_items = [new_items[one] for one in source.rule_items if one in new_items]
    uow.describe(
        N_("Made {code} after the pattern of {source}"), code=copy.code, source=source.code
    )
    return uow.commit()


def move_workshop(uow: UnitOfWork, workshop_id: str, *, starts_on: date) -> Changes:
    """Move a workshop with its whole agenda so that it starts on another day.

    Raises:
        NotFoundError: no such workshop.
        ConflictError: somebody is marked in it already.
    """
    workshop = found(uow, Workshop, workshop_id)
    if uow.session.scalar(select(func.count()).where(AttendanceMark.workshop_id == workshop.id)):
        raise ConflictError(
            _("{code} has marks of attendance, so it cannot be moved. Make a copy instead.").format(
                code=workshop.code
            )
        )
    shift = starts_on - workshop.starts_on
    zone = zone_of(workshop.time_zone)
    workshop.starts_on, workshop.ends_on = starts_on, workshop.ends_on + shift
    for slot in uow.session.scalars(select(Slot).where(Slot.workshop_id == workshop.id)):
        slot.held_on += shift
        slot.starts_at = shifted(slot.starts_at, shift, zone)
        slot.ends_at = shifted(slot.ends_at, shift, zone)
    for item in uow.session.scalars(
        select(AgendaItem).where(AgendaItem.workshop_id == workshop.id)
    ):
        item.starts_at = shifted(item.starts_at, shift, zone)
        item.ends_at = shifted(item.ends_at, shift, zone)
    uow.describe(N_("Moved {code} to {day}"), code=workshop.code, day=starts_on.isoformat())
    return uow.commit()


def shifted(at: datetime, shift: timedelta, zone: ZoneInfo) -> datetime:
    """Return the moment whole days later at which clocks in `zone` show the same time."""
    wall = at.astimezone(zone).replace(tzinfo=None) + shift
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _copy_agenda(
    uow: UnitOfWork, source: Workshop, copy: Workshop, shift: timedelta
) -> dict[str, str]:
    """Copy half-days and items; return the new id of each old item."""
    zone = zone_of(source.time_zone)
    new_slots, new_items = {}, {}
    for slot in uow.session.scalars(select(Slot).where(Slot.workshop_id == source.id)):
        twin = _copy_of(slot, leave_out=frozenset({"id", "workshop_id"}))
        twin.id, twin.workshop_id = new_id(), copy.id
        twin.held_on = slot.held_on + shift
        twin.starts_at = shifted(slot.starts_at, shift, zone)
        twin.ends_at = shifted(slot.ends_at, shift, zone)
        new_slots[slot.id] = twin
    uow.session.add_all(new_slots.values())
    uow.session.flush()
    for item in uow.session.scalars(select(AgendaItem).where(AgendaItem.workshop_id == source.id)):
        one = _copy_of(item, leave_out=frozenset({"id", "workshop_id", "slot_id"}))
        one.id, one.workshop_id, one.slot_id = new_id(), copy.id, new_slots[item.slot_id].id
        one.starts_at = shifted(item.starts_at, shift, zone)
        one.ends_at = shifted(item.ends_at, shift, zone)
        new_items[item.id] = one
    uow.session.add_all(new_items.values())
    return {old: new.id for old, new in new_items.items()}


def _copy_of(row: Row, *, leave_out: frozenset[str]) -> Row:
    columns = (column.key for column in type(row).__table__.columns)
    return type(row)(**{name: getattr(row, name) for name in columns if name not in leave_out})
