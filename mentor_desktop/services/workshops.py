"""Workshops: the list by what is on now, one workshop's card, adding and changing them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from mentor_desktop.changes import Changes
from mentor_desktop.clock import zone_of
from mentor_desktop.errors import ConflictError, NotFoundError, ValidationError
from mentor_desktop.i18n import N_, _, ngettext
from mentor_desktop.models import AgendaItem, Organisation, Project, Registration, Slot, Workshop
from mentor_desktop.services import field_rules
from mentor_desktop.services.choices import (
    ATTENDING_STATES,
    EVENT_KINDS,
    RULE_KINDS,
    WORKSHOP_STATUSES,
)
from mentor_desktop.services.edits import apply_fields, found
from mentor_desktop.services.field_rules import Rule
from mentor_desktop.services.texts import shown_text
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

_OVER = frozenset({"archived", "cancelled"})


def _code_missing() -> str:
    return _("The workshop has no code. Type a short one such as WS-2026-01.")


def _title_missing() -> str:
    return _("The workshop has no title. Type it as certificates shall show it.")


RULES: Mapping[str, Rule] = {
    "code": field_rules.required(field_rules.line, _code_missing),
    "title": field_rules.texts,
    "event_kind": field_rules.one_of(EVENT_KINDS),
    "project_id": field_rules.same,
    "venue_name": field_rules.line,
    "address": field_rules.note,
    "city": field_rules.line,
    "country": field_rules.country,
    "online_platform": field_rules.line,
    "starts_on": field_rules.a_date,
    "ends_on": field_rules.a_date,
    "time_zone": field_rules.time_zone,
    "languages": field_rules.languages,
    "host_org_id": field_rules.same,
    "capacity": field_rules.optional_number,
    "rule_kind": field_rules.one_of(RULE_KINDS),
    "rule_percent": field_rules.percent,
    "rule_items": field_rules.codes,
    "grace_min": field_rules.whole_number,
    "remote_counts": field_rules.same,
    "signatory_name": field_rules.line,
    "signatory_function": field_rules.line,
    "data_notice": field_rules.texts,
    "status": field_rules.one_of(WORKSHOP_STATUSES),
}


@dataclass(frozen=True)
class WorkshopRow:
    """One line of the list of workshops. `phase`: running, next or past, by today's date there."""

    id: str
    code: str
    title: str
    event_kind: str
    city: str
    country: str
    starts_on: date
    ends_on: date
    status: str
    phase: str
    attending: int


@dataclass(frozen=True)
class WorkshopCard:
    """Everything about one workshop except its people and agenda.

    `attending` counts those with a place, walk-ins included; `waiting` the waiting list.
    """

    id: str
    code: str
    title: str
    titles: Mapping[str, str]
    event_kind: str
    project_id: str | None
    project: str
    project_number: str
    venue_name: str
    address: str
    city: str
    country: str
    online_platform: str
    starts_on: date
    ends_on: date
    time_zone: str
    languages: tuple[str, ...]
    host_org_id: str | None
    host: str
    capacity: int | None
    rule_kind: str
    rule_percent: int
    rule_items: tuple[str, ...]
    grace_min: int
    remote_counts: bool
    signatory_name: str
    signatory_function: str
    data_notice: Mapping[str, str]
    status: str
    phase: str
    attending: int
    waiting: int


def workshop_rows(uow: Reader) -> list[WorkshopRow]:
    """Return all workshops: running ones first, then the next ones, then the past, newest first."""
    attending = _attending_by_workshop(uow)
    rows = [
        WorkshopRow(
            one.id,
            one.code,
            shown_text(one.title),
            one.event_kind,
            one.city,
            one.country,
            one.starts_on,
            one.ends_on,
            one.status,
            _phase(one, uow.clock()),
            attending.get(one.id, 0),
        )
        for one in uow.session.scalars(select(Workshop))
    ]
    coming = sorted(
        (row for row in rows if row.phase != "past"),
        key=lambda row: (row.phase != "running", row.starts_on, row.code),
    )
    past = sorted(
        (row for row in rows if row.phase == "past"), key=lambda row: (row.ends_on, row.code)
    )
    return [*coming, *reversed(past)]


def workshop_card(uow: Reader, workshop_id: str) -> WorkshopCard:
    """Return everything about one workshop except its people and agenda.

    Raises:
        NotFoundError: no such workshop.
    """
    row = found(uow, Workshop, workshop_id)
    project = uow.session.get(Project, row.project_id) if row.project_id else None
    host = uow.session.get(Organisation, row.host_org_id) if row.host_org_id else None
    return WorkshopCard(
        id=row.id,
        code=row.code,
        title=shown_text(row.title),
        titles=dict(row.title),
        event_kind=row.event_kind,
        project_id=row.project_id,
        project=project.title if project else "",
        project_number=project.number if project else "",
        venue_name=row.venue_name,
        address=row.address,
        city=row.city,
        country=row.country,
        online_platform=row.online_platform,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        time_zone=row.time_zone,
        languages=tuple(row.languages),
        host_org_id=row.host_org_id,
        host=host.name if host else "",
        capacity=row.capacity,
        rule_kind=row.rule_kind,
        rule_percent=row.rule_percent,
        rule_items=tuple(row.rule_items),
        grace_min=row.grace_min,
        remote_counts=row.remote_counts,
        signatory_name=row.signatory_name,
        signatory_function=row.signatory_function,
        data_notice=dict(row.data_notice),
        status=row.status,
        phase=_phase(row, uow.clock()),
        attending=_count(uow, row.id, ATTENDING_STATES),
        waiting=_count(uow, row.id, frozenset({"waiting_list"})),
    )


def find_workshop(uow: Reader, code: str) -> str:
    """Return the id of the workshop with this code, in any case of letters.

    Raises:
        NotFoundError: there is none; the sentence names those there are.
    """
    codes = {row.code: row.id for row in uow.session.execute(select(Workshop.code, Workshop.id))}
    for known, workshop_id in codes.items():
        if known.casefold() == code.strip().casefold():
            return str(workshop_id)
    if not codes:
        raise NotFoundError(_("There is no workshop in this workspace yet. Add one first."))
    raise NotFoundError(
        _("There is no workshop {code} here. There are: {codes}.").format(
            code=code, codes=", ".join(sorted(codes))
        )
    )


def add_workshop(
    uow: UnitOfWork,
    *,
    code: str,
    title: str | Mapping[str, str],
    starts_on: date,
    time_zone: str,
    ends_on: date | None = None,
    **fields: Any,  # Any: one value per field, checked by its rule
) -> Changes:
    """Add a workshop; `created_id(changes, "workshop")` is the id. What else it needs, readiness tells.

    Raises:
        ValidationError: a field does not hold what it should.
        ConflictError: the code is taken.
    """
    row = Workshop()
    essentials = {
        "code": code,
        "title": title,
        "starts_on": starts_on,
        "ends_on": ends_on or starts_on,
        "time_zone": time_zone,
    }
    apply_fields(row, {**essentials, **fields}, RULES)
    check_workshop(uow, row)
    uow.session.add(row)
    uow.describe(N_("Added the workshop {code}"), code=row.code)
    return uow.commit()


def change_workshop(
    uow: UnitOfWork,
    workshop_id: str,
    **fields: Any,  # Any: one value per field, checked by its rule
) -> Changes:
    """Change fields of a workshop; `title` and `data_notice` are merged language by language.

    Raises:
        NotFoundError: no such workshop.
        ValidationError: a field does not hold what it should.
        ConflictError: the code is taken, or half-days would lie outside the new dates.
    """
    row = found(uow, Workshop, workshop_id)
    apply_fields(row, fields, RULES)
    with uow.session.no_autoflush:
        check_workshop(uow, row)
        if {"starts_on", "ends_on"} & fields.keys():
            _require_slots_inside(uow, row)
        if "rule_items" in fields:
            _require_known_items(uow, row)
    uow.describe(N_("Changed the workshop {code}"), code=row.code)
    return uow.commit()


def remove_workshop(uow: UnitOfWork, workshop_id: str) -> Changes:
    """Remove a workshop nobody is registered in, with its agenda.

    Raises:
        NotFoundError: no such workshop.
        ConflictError: people are registered; such a workshop is archived instead.
    """
    row = found(uow, Workshop, workshop_id)
    people = uow.session.scalar(select(func.count()).where(Registration.workshop_id == row.id)) or 0
    if people:
        raise ConflictError(
            ngettext(
                "{count} person is registered in {code}. Archive the workshop instead.",
                "{count} people are registered in {code}. Archive the workshop instead.",
                people,
            ).format(count=people, code=row.code)
        )
    for item in uow.session.scalars(select(AgendaItem).where(AgendaItem.workshop_id == row.id)):
        uow.session.delete(item)
    uow.session.flush()
    for slot in uow.session.scalars(select(Slot).where(Slot.workshop_id == row.id)):
        uow.session.delete(slot)
    uow.session.flush()
    uow.session.delete(row)
    uow.describe(N_("Removed the workshop {code}"), code=row.code)
    return uow.commit()


def check_workshop(uow: UnitOfWork, row: Workshop) -> None:
    """Check what concerns several fields or several workshops.

    Raises:
        ValidationError: no title in any language, or the end lies before the start.
        ConflictError: another workshop has the code.
    """
    if not row.title:
        raise ValidationError(_title_missing())
    field_rules.require_order(row.starts_on, row.ends_on)
    with uow.session.no_autoflush:
        others = uow.session.execute(select(Workshop.id, Workshop.code)).all()
    if any(one.id != row.id and one.code.casefold() == row.code.casefold() for one in others):
        raise ConflictError(
            _("There is a workshop {code} already. Choose another code.").format(code=row.code)
        )


def _require_slots_inside(uow: UnitOfWork, row: Workshop) -> None:
    outside = uow.session.scalars(
        select(Slot.code)
        .where(
            Slot.workshop_id == row.id,
            (Slot.held_on < row.starts_on) | (Slot.held_on > row.ends_on),
        )
        .order_by(Slot.seq)
    ).all()
    if outside:
        raise ConflictError(
            _(
                "{slots} would lie outside the new dates. Move the whole workshop, or change those half-days first."
            ).format(slots=", ".join(outside))
        )


def _require_known_items(uow: UnitOfWork, row: Workshop) -> None:
    known = set(uow.session.scalars(select(AgendaItem.id).where(AgendaItem.workshop_id == row.id)))
    if set(row.rule_items) - known:
        raise ValidationError(
            _("The rule names an agenda item that {code} does not have. Choose it anew.").format(
                code=row.code
            )
        )


def _phase(row: Workshop, now: datetime) -> str:
    today = now.astimezone(zone_of(row.time_zone)).date()
    if row.ends_on < today or row.status in _OVER:
        return "past"
    return "running" if row.starts_on <= today else "next"


def _attending_by_workshop(uow: Reader) -> dict[str, int]:
    rows = uow.session.execute(
        select(Registration.workshop_id, func.count())
        .where(Registration.state.in_(ATTENDING_STATES))
        .group_by(Registration.workshop_id)
    )
    return {row.workshop_id: row[1] for row in rows}


def _count(uow: Reader, workshop_id: str, states: frozenset[str]) -> int:
    count = uow.session.scalar(
        select(func.count()).where(
            Registration.workshop_id == workshop_id, Registration.state.in_(states)
        )
    )
    return count or 0
