"""Registrations as they are listed and prepared: rows, counts, list numbers. Nothing here commits.

A list number is given once and never to somebody else: it stands on paper.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from mentor_desktop.errors import ConflictError
from mentor_desktop.i18n import _
from mentor_desktop.ids import derived_id
from mentor_desktop.models import Organisation, Person, Registration, Workshop
from mentor_desktop.services import field_rules
from mentor_desktop.services.aliases import load_aliases
from mentor_desktop.services.choices import (
    ATTENDING_STATES,
    LISTED_STATES,
    REGISTRATION_ROLES,
    REGISTRATION_SOURCES,
    REGISTRATION_STATES,
    label,
)
from mentor_desktop.services.edits import apply_fields, found
from mentor_desktop.services.field_rules import Rule
from mentor_desktop.services.names import full_name
from mentor_desktop.store.collation import person_sort_key
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

_Columns = Row[*tuple[Any, ...]]  # Any: the columns named below
_REGISTRATION = (
    Registration.id,
    Registration.person_id,
    Registration.list_number,
    Registration.role,
    Registration.state,
    Registration.source,
    Registration.is_partner_staff,
    Registration.sending_org_id,
    Registration.sending_country,
    Registration.reference,
    Registration.support_request,
)
_PERSON = (
    Person.id,
    Person.given_name,
    Person.family_name,
    Person.name_latin,
    Person.badge_name,
    Person.country,
    Person.organisation_id,
    Person.photo_choice,
    Person.preferred_language,
)
_ORGANISATION = (Organisation.id, Organisation.name, Organisation.country)

RULES: Mapping[str, Rule] = {
    "role": field_rules.one_of(REGISTRATION_ROLES),
    "source": field_rules.one_of(REGISTRATION_SOURCES),
    "state": field_rules.one_of(REGISTRATION_STATES),
    "sending_org_id": field_rules.same,
    "sending_country": field_rules.country,
    "is_partner_staff": field_rules.same,
    "reference": field_rules.line,
    "support_request": field_rules.note,
}


@dataclass(frozen=True)
class RegistrationRow:
    """One person's place in a workshop, under the name of today.

    `sending_country` falls back to the organisation's, then to the person's own. Diet and access
    needs are not here: `support_request_of` gives them to whoever must know.
    """

    id: str
    person_id: str
    list_number: int | None
    given_name: str
    family_name: str
    name: str
    name_latin: str
    badge_name: str
    organisation_id: str | None
    organisation: str
    country: str
    sending_country: str
    role: str
    state: str
    source: str
    is_partner_staff: bool
    is_attending: bool
    photo_choice: str
    preferred_language: str
    reference: str
    has_support_request: bool


@dataclass(frozen=True)
class RegistrationCounts:
    """How many are registered in a workshop, by what it means for the hall."""

    attending: int
    walk_ins: int
    waiting: int
    cancelled: int
    invited: int


def registration_rows(uow: Reader, workshop_id: str) -> list[RegistrationRow]:
    """Return all registrations of a workshop: who attends first, in list order, then the others.

    Without a list number the order of the list's language decides.
    """
    aliases = load_aliases(uow)
    # Columns, not objects: 2,000 rows take a third of the time.
    registrations = uow.session.execute(
        select(*_REGISTRATION).where(Registration.workshop_id == workshop_id)
    ).all()
    people = _people(uow, {aliases.resolve(one.person_id) for one in registrations})
    organisations = {one.id: one for one in uow.session.execute(select(*_ORGANISATION))}
    language = uow.raw.sort_language
    listed = []
    for one in registrations:
        row = _row(one, people[aliases.resolve(one.person_id)], organisations)
        number = row.list_number
        key = b""
        if number is None:
            key = person_sort_key(row.given_name, row.family_name, language)
        listed.append(((not row.is_attending, number is None, number or 0, key, row.id), row))
    return [row for _order, row in sorted(listed, key=lambda pair: pair[0])]


def registration_counts(rows: list[RegistrationRow]) -> RegistrationCounts:
    """Return the counts of a workshop from its rows."""
    states = [row.state for row in rows]
    return RegistrationCounts(
        attending=sum(row.is_attending for row in rows),
        walk_ins=sum(row.is_attending and row.source == "walk_in" for row in rows),
        waiting=states.count("waiting_list"),
        cancelled=states.count("cancelled") + states.count("declined"),
        invited=states.count("invited"),
    )


def registration_id(workshop_id: str, person_id: str) -> str:
    """Return the id that the registration of a person in a workshop has on every device."""
    return derived_id("registration", workshop_id, person_id)


def prepare_registration(
    uow: UnitOfWork,
    workshop: Workshop,
    person: Person,
    *,
    source: str,
    state: str,
    **fields: Any,  # Any: one value per field, checked by its rule
) -> Registration:
    """Put a registration into the unit of work for a larger action, and return the row.

    Raises:
        ConflictError: the person is on the list already.
        ValidationError: a field does not hold what it should.
    """
    row = _existing(uow, workshop.id, person.id)
    if row is None:
        row = Registration(
            id=registration_id(workshop.id, person.id),
            workshop_id=workshop.id,
            person_id=person.id,
            registered_at=uow.clock(),
        )
        uow.session.add(row)
    elif row.state in ATTENDING_STATES | {"waiting_list"}:
        raise ConflictError(
            _("{name} is registered in {code} already ({state}).").format(
                name=full_name(person.given_name, person.family_name),
                code=workshop.code,
                state=label(REGISTRATION_STATES, row.state),
            )
        )
    with uow.session.no_autoflush:
        apply_fields(row, {"source": source, "state": state, **fields}, RULES)
        number_if_listed(uow, row)
    uow.session.flush()
    return row


def next_list_number(uow: Reader, workshop_id: str) -> int:
    """Return the number after the largest one given in this workshop."""
    largest = uow.session.scalar(
        select(func.max(Registration.list_number)).where(Registration.workshop_id == workshop_id)
    )
    return (largest or 0) + 1


def give_list_numbers(uow: UnitOfWork, workshop_id: str) -> None:
    """Number everybody on the list who has no number yet, in the order of the list's language.

    Walk-ins come after everybody who was expected: they sign below, on the blank rows.
    Part of a larger action (an import, the first print, the first walk-in): does not commit.
    """
    uow.session.flush()
    language = uow.raw.sort_language
    people = {
        row.id: (
            row.source == "walk_in",
            person_sort_key(row.given_name, row.family_name, language),
        )
        for row in registration_rows(uow, workshop_id)
        if row.list_number is None and row.state in LISTED_STATES
    }
    number = next_list_number(uow, workshop_id)
    for one_id in sorted(people, key=lambda one: (people[one], one)):
        found(uow, Registration, one_id).list_number = number
        number += 1
    uow.session.flush()


def number_if_listed(uow: UnitOfWork, row: Registration) -> None:
    """Give a number to who comes onto a list that has numbers already."""
    if row.list_number is None and row.state in LISTED_STATES:
        number = next_list_number(uow, row.workshop_id)
        if number > 1:
            row.list_number = number


def _existing(uow: UnitOfWork, workshop_id: str, person_id: str) -> Registration | None:
    """Return the person's registration, under a merged duplicate's id too; the one on the list first."""
    rows = uow.session.scalars(
        select(Registration).where(
            Registration.workshop_id == workshop_id,
            Registration.person_id.in_(load_aliases(uow).all_of(person_id)),
        )
    )
    return min(rows, key=lambda row: (row.state not in ATTENDING_STATES, row.id), default=None)


def _people(uow: Reader, person_ids: Iterable[str]) -> dict[str, _Columns]:
    ids = func.json_each(json.dumps(sorted(person_ids))).table_valued("value")
    rows = uow.session.execute(select(*_PERSON).where(Person.id.in_(select(ids.c.value))))
    return {one.id: one for one in rows}


def _row(row: _Columns, person: _Columns, organisations: Mapping[str, _Columns]) -> RegistrationRow:
    organisation = organisations.get(row.sending_org_id or person.organisation_id or "")
    organisation_country = organisation.country if organisation else ""
    return RegistrationRow(
        id=row.id,
        person_id=person.id,
        list_number=row.list_number,
        given_name=person.given_name,
        family_name=person.family_name,
        name=full_name(person.given_name, person.family_name),
        name_latin=person.name_latin,
        badge_name=person.badge_name or person.given_name,
        organisation_id=organisation.id if organisation else None,
        organisation=organisation.name if organisation else "",
        country=person.country,
        sending_country=row.sending_country or organisation_country or person.country,
        role=row.role,
        state=row.state,
        source=row.source,
        is_partner_staff=row.is_partner_staff,
        is_attending=row.state in ATTENDING_STATES,
        photo_choice=person.photo_choice,
        preferred_language=person.preferred_language,
        reference=row.reference,
        has_support_request=bool(row.support_request),
    )
