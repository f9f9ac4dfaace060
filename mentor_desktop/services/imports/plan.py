"""The agenda of a workshop from a table: days, half-days, agenda items."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mentor_desktop.changes import Changes
from mentor_desktop.clock import zone_of
from mentor_desktop.errors import ConflictError
from mentor_desktop.i18n import N_, _
from mentor_desktop.ids import new_id
from mentor_desktop.models import AgendaItem, AttendanceMark, Slot, Workshop
from mentor_desktop.services.tables_in.parsed_rows import PlanItem, PlanSlot
from mentor_desktop.store.unit_of_work import UnitOfWork


def apply_plan(uow: UnitOfWork, *, slots: Sequence[PlanSlot], workshop_id: str) -> Changes:
    """Put the agenda of the table in the place of the one the workshop has.

    The days move to the workshop's own first day, so that a plan serves again.

    Raises:
        ConflictError: somebody is marked already; the agenda must then be edited item by item.
    """
    if uow.session.scalar(select(AttendanceMark.id).filter_by(workshop_id=workshop_id).limit(1)):
        raise ConflictError(
            _(
                "Attendance of this workshop is marked already, so its agenda cannot be replaced. Edit single items instead."
            )
        )
    workshop = uow.session.get_one(Workshop, workshop_id)
    for old in uow.session.scalars(select(AgendaItem).filter_by(workshop_id=workshop_id)):
        uow.session.delete(old)
    uow.session.flush()
    for old_slot in uow.session.scalars(select(Slot).filter_by(workshop_id=workshop_id)):
        uow.session.delete(old_slot)
    uow.session.flush()
    shift = workshop.starts_on - min(slot.held_on for slot in slots)
    zone = zone_of(workshop.time_zone)
    for seq, planned in enumerate(slots, 1):
        slot = _slot(workshop, planned, seq, shift, zone)
        uow.session.add(slot)
        uow.session.flush()
        uow.session.add_all(_item(slot, item, zone) for item in planned.items)
    workshop.ends_on = max(slot.held_on for slot in slots) + shift
    uow.describe(
        N_("Imported an agenda of {count} items"), count=sum(len(slot.items) for slot in slots)
    )
    return uow.commit()


def _slot(
    workshop: Workshop, planned: PlanSlot, seq: int, shift: timedelta, zone: ZoneInfo
) -> Slot:
    held_on = planned.held_on + shift
    return Slot(
        id=new_id(),
        workshop_id=workshop.id,
        code=planned.code,
        day=planned.day,
        seq=seq,
        held_on=held_on,
        starts_at=datetime.combine(held_on, planned.starts, zone),
        ends_at=datetime.combine(held_on, planned.ends, zone),
    )


def _item(slot: Slot, item: PlanItem, zone: ZoneInfo) -> AgendaItem:
    return AgendaItem(
        workshop_id=slot.workshop_id,
        slot_id=slot.id,
        seq=item.seq,
        starts_at=datetime.combine(slot.held_on, item.starts, zone),
        ends_at=datetime.combine(slot.held_on, item.ends, zone),
        type=item.type,
        counts=item.counts,
        title=item.title,
        unit_code=item.unit_code,
        method=item.method,
        facilitator_role=item.facilitator_role,
        group_format=item.group_format,
        # A table parts several rooms with a semicolon; people read a comma.
        room=", ".join(part.strip() for part in item.room.split(";") if part.strip()),
        materials=list(item.materials),
        print_before=list(item.print_before),
    )
