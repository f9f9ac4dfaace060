"""Changing an agenda: half-days and items. A half-day always spans its items."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from mentor_desktop.changes import Changes
from mentor_desktop.clock import zone_of
from mentor_desktop.errors import ConflictError, ValidationError
from mentor_desktop.i18n import N_, _
from mentor_desktop.models import AgendaItem, AttendanceMark, Slot, Workshop
from mentor_desktop.services import field_rules
from mentor_desktop.services.choices import COUNTING_ITEM_TYPES, ITEM_TYPES
from mentor_desktop.services.edits import apply_fields, found
from mentor_desktop.services.field_rules import Rule
from mentor_desktop.services.texts import shown_text
from mentor_desktop.store.unit_of_work import UnitOfWork


def _slot_code_missing() -> str:
    return _("The half-day has no code. Type a short one such as D1-AM.")


def _moment(value: datetime) -> datetime:
    return value.astimezone(UTC)


ITEM_RULES: Mapping[str, Rule] = {
    "starts_at": _moment,
    "ends_at": _moment,
    "type": field_rules.one_of(ITEM_TYPES),
    "counts": field_rules.same,
    "title": field_rules.texts,
    "unit_code": field_rules.line,
    "method": field_rules.line,
    "facilitator_role": field_rules.line,
    "facilitators": field_rules.codes,
    "group_format": field_rules.line,
    "room": field_rules.line,
    "materials": field_rules.codes,
    "print_before": field_rules.codes,
}
SLOT_RULES: Mapping[str, Rule] = {
    "code": field_rules.required(field_rules.line, _slot_code_missing),
    "starts_at": _moment,
    "ends_at": _moment,
}


def add_slot(
    uow: UnitOfWork, workshop_id: str, *, code: str, starts_at: datetime, ends_at: datetime
) -> Changes:
    """Add a half-day; `created_id(changes, "slot")` is the id.

    Raises:
        NotFoundError: no such workshop.
        ValidationError: it ends before it starts, or lies outside the dates of the workshop.
        ConflictError: the code is taken.
    """
    workshop = found(uow, Workshop, workshop_id)
    slot = Slot(workshop_id=workshop.id, seq=0)
    apply_fields(slot, {"code": code, "starts_at": starts_at, "ends_at": ends_at}, SLOT_RULES)
    _place(uow, workshop, slot)
    uow.session.add(slot)
    _number_slots(uow, workshop.id)
    uow.describe(N_("Added the half-day {code}"), code=slot.code)
    return uow.commit()


def change_slot(
    uow: UnitOfWork,
    slot_id: str,
    **fields: Any,  # Any: one value per field, checked by its rule
) -> Changes:
    """Change code, start or end of a half-day.

    Raises:
        NotFoundError: no such half-day.
        ValidationError: it ends before it starts, leaves out an item, or lies outside the dates.
        ConflictError: the code is taken.
    """
    slot = found(uow, Slot, slot_id)
    with uow.session.no_autoflush:
        apply_fields(slot, fields, SLOT_RULES)
        _place(uow, found(uow, Workshop, slot.workshop_id), slot)
        for item in _items_of(uow, slot.id):
            if item.starts_at < slot.starts_at or item.ends_at > slot.ends_at:
                raise ValidationError(
                    _("{code} would leave out “{item}”. Move that agenda item first.").format(
                        code=slot.code, item=shown_text(item.title)
                    )
                )
    _number_slots(uow, slot.workshop_id)
    uow.describe(N_("Changed the half-day {code}"), code=slot.code)
    return uow.commit()


def remove_slot(uow: UnitOfWork, slot_id: str) -> Changes:
    """Remove a half-day with its items.

    Raises:
        NotFoundError: no such half-day.
        ConflictError: somebody is marked in it, or the rule names an item of it.
    """
    slot = found(uow, Slot, slot_id)
    if uow.session.scalar(select(func.count()).where(AttendanceMark.slot_id == slot.id)):
        raise ConflictError(
            _("{code} has marks of attendance, so it stays. Change its times instead.").format(
                code=slot.code
            )
        )
    for item in _items_of(uow, slot.id):
        _require_not_in_rule(uow, item)
        uow.session.delete(item)
    uow.session.flush()
    uow.session.delete(slot)
    uow.session.flush()
    _number_slots(uow, slot.workshop_id)
    uow.describe(N_("Removed the half-day {code}"), code=slot.code)
    return uow.commit()


def add_item(
    uow: UnitOfWork,
    slot_id: str,
    *,
    starts_at: datetime,
    ends_at: datetime,
    type: str,  # noqa: A002  # the name of the field
    title: str | Mapping[str, str],
    **fields: Any,  # Any: one value per field, checked by its rule
) -> Changes:
    """Add an agenda item; `created_id(changes, "agenda_item")` is the id.

    Whether it counts follows from its type unless `counts` is given. The half-day grows with it.

    Raises:
        NotFoundError: no such half-day.
        ValidationError: a field does not hold what it should.
    """
    slot = found(uow, Slot, slot_id)
    item = AgendaItem(workshop_id=slot.workshop_id, slot_id=slot.id, seq=_next_seq(uow, slot))
    essentials = {"starts_at": starts_at, "ends_at": ends_at, "type": type, "title": title}
    apply_fields(item, {"counts": type in COUNTING_ITEM_TYPES, **essentials, **fields}, ITEM_RULES)
    _fit(uow, slot, item)
    uow.session.add(item)
    uow.describe(N_("Added “{title}” to {code}"), title=shown_text(item.title), code=slot.code)
    return uow.commit()


def change_item(
    uow: UnitOfWork,
    item_id: str,
    **fields: Any,  # Any: one value per field, checked by its rule
) -> Changes:
    """Change fields of an agenda item; the half-day grows with it.

    Raises:
        NotFoundError: no such item.
        ValidationError: a field does not hold what it should.
    """
    item = found(uow, AgendaItem, item_id)
    with uow.session.no_autoflush:
        apply_fields(item, fields, ITEM_RULES)
        _fit(uow, found(uow, Slot, item.slot_id), item)
    uow.describe(N_("Changed “{title}”"), title=shown_text(item.title))
    return uow.commit()


def move_item(uow: UnitOfWork, item_id: str, *, slot_id: str, starts_at: datetime) -> Changes:
    """Move an agenda item to another time or half-day; it keeps its length.

    Raises:
        NotFoundError: no such item or half-day.
        ValidationError: it would not lie on the day of the half-day.
    """
    item, slot = found(uow, AgendaItem, item_id), found(uow, Slot, slot_id)
    length = item.ends_at - item.starts_at
    item.slot_id = slot.id
    item.starts_at = _moment(starts_at)
    item.ends_at = item.starts_at + length
    _fit(uow, slot, item)
    uow.describe(N_("Moved “{title}” to {code}"), title=shown_text(item.title), code=slot.code)
    return uow.commit()


def remove_item(uow: UnitOfWork, item_id: str) -> Changes:
    """Remove an agenda item.

    Raises:
        NotFoundError: no such item.
        ConflictError: the rule for the certificate names it.
    """
    item = found(uow, AgendaItem, item_id)
    _require_not_in_rule(uow, item)
    uow.session.delete(item)
    uow.describe(N_("Removed “{title}”"), title=shown_text(item.title))
    return uow.commit()


def _place(uow: UnitOfWork, workshop: Workshop, slot: Slot) -> None:
    """Give a half-day its day, and check its period and code."""
    zone = zone_of(workshop.time_zone)
    held_on = slot.starts_at.astimezone(zone).date()
    _require_same_day(slot.starts_at, slot.ends_at, held_on, zone, slot.code)
    if not workshop.starts_on <= held_on <= workshop.ends_on:
        raise ValidationError(
            _("{day} is not a day of {code}. Change the dates of the workshop first.").format(
                day=held_on.isoformat(), code=workshop.code
            )
        )
    with uow.session.no_autoflush:
        others = uow.session.execute(
            select(Slot.id, Slot.code).where(Slot.workshop_id == workshop.id)
        ).all()
    if any(one.id != slot.id and one.code.casefold() == slot.code.casefold() for one in others):
        raise ConflictError(
            _("There is a half-day {code} already. Choose another code.").format(code=slot.code)
        )
    slot.held_on = held_on
    slot.day = (held_on - workshop.starts_on).days + 1


def _fit(uow: UnitOfWork, slot: Slot, item: AgendaItem) -> None:
    """Check an item and stretch its half-day around it."""
    if not item.title:
        raise ValidationError(_("The agenda item has no title. Type what happens in it."))
    workshop = found(uow, Workshop, slot.workshop_id)
    zone = zone_of(workshop.time_zone)
    _require_same_day(item.starts_at, item.ends_at, slot.held_on, zone, shown_text(item.title))
    slot.starts_at = min(slot.starts_at, item.starts_at)
    slot.ends_at = max(slot.ends_at, item.ends_at)


def _require_same_day(
    starts_at: datetime, ends_at: datetime, held_on: date, zone: ZoneInfo, name: str
) -> None:
    if ends_at <= starts_at:
        raise ValidationError(
            _("“{name}” ends at {end}, not after its start at {start}.").format(
                name=name,
                start=starts_at.astimezone(zone).strftime("%H:%M"),
                end=ends_at.astimezone(zone).strftime("%H:%M"),
            )
        )
    days = {starts_at.astimezone(zone).date(), ends_at.astimezone(zone).date()}
    if days != {held_on}:
        raise ValidationError(
            _("“{name}” must lie on {day} from its start to its end.").format(
                name=name, day=held_on.isoformat()
            )
        )


def _require_not_in_rule(uow: UnitOfWork, item: AgendaItem) -> None:
    workshop = found(uow, Workshop, item.workshop_id)
    if workshop.rule_kind == "named_items" and item.id in workshop.rule_items:
        raise ConflictError(
            _("The rule for the certificate asks for “{title}”. Change the rule first.").format(
                title=shown_text(item.title)
            )
        )


def _items_of(uow: UnitOfWork, slot_id: str) -> list[AgendaItem]:
    return list(uow.session.scalars(select(AgendaItem).where(AgendaItem.slot_id == slot_id)))


def _next_seq(uow: UnitOfWork, slot: Slot) -> int:
    last = uow.session.scalar(
        select(func.max(AgendaItem.seq)).where(AgendaItem.workshop_id == slot.workshop_id)
    )
    return (last or 0) + 1


def _number_slots(uow: UnitOfWork, workshop_id: str) -> None:
    """Number the half-days in order of time, writing only the numbers that change."""
    uow.session.flush()
    slots = uow.session.scalars(
        select(Slot).where(Slot.workshop_id == workshop_id).order_by(Slot.starts_at, Slot.id)
    )
    for seq, slot in enumerate(slots, 1):
        slot.seq = seq
