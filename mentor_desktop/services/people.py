"""People: the list, one person's card, adding and changing them. The same across all workshops."""

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import N_, _
from mentor_desktop.models import Consent, Organisation, Person, Registration, Workshop
from mentor_desktop.services import field_rules
from mentor_desktop.services.aliases import load_aliases
from mentor_desktop.services.choices import GENDERS, PHOTO_CHOICES
from mentor_desktop.services.edits import apply_fields, found
from mentor_desktop.services.field_rules import Rule
from mentor_desktop.services.names import (
    certificate_name,
    full_name,
    kept_given_name,
    kept_name,
    name_warnings,
)
from mentor_desktop.services.organisations import find_or_prepare
from mentor_desktop.services.people_search import matching_numbers
from mentor_desktop.services.texts import shown_text
from mentor_desktop.store.person_order import read as person_order_of
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

RULES: Mapping[str, Rule] = {
    "given_name": kept_given_name,
    "family_name": kept_name,
    "name_latin": kept_name,
    "badge_name": kept_name,
    "name_on_certificate": kept_name,
    "email": field_rules.email,
    "phone": field_rules.line,
    "country": field_rules.country,
    "gender": field_rules.one_of(GENDERS),
    "birth_year": field_rules.birth_year,
    "organisation_id": field_rules.same,
    "roles": field_rules.codes,
    "preferred_language": field_rules.language,
    "photo_choice": field_rules.one_of(PHOTO_CHOICES),
    "note": field_rules.note,
}

_ROWS = (
    "SELECT person.rowid, person.id, given_name, family_name, organisation.name, person.country, "
    "email, roles FROM person LEFT JOIN organisation ON organisation.id = person.organisation_id "
    "WHERE person.rowid IN (SELECT value FROM json_each(?))"
)


class PersonRow(NamedTuple):
    """One line of a list of people; `number` is the person's place in this file, not for keeping."""

    number: int
    id: str
    given_name: str
    family_name: str
    name: str
    organisation: str
    country: str
    email: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class PersonWorkshop:
    """One workshop a person is registered in."""

    registration_id: str
    workshop_id: str
    code: str
    title: str
    starts_on: str
    role: str
    state: str
    list_number: int | None


@dataclass(frozen=True)
class PersonConsent:
    """One consent of a person; `withdrawn_at` is None while it holds."""

    id: str
    purpose: str
    text_version: str
    language: str
    given_at: datetime
    how: str
    withdrawn_at: datetime | None
    guardian_name: str
    scan: str


@dataclass(frozen=True)
class PersonCard:
    """Everything about one person. `merged_ids` are duplicates merged into this person."""

    id: str
    given_name: str
    family_name: str
    name: str
    name_latin: str
    badge_name: str
    name_on_certificate: str
    certificate_name: str
    name_confirmed_at: datetime | None
    email: str
    phone: str
    country: str
    gender: str
    birth_year: int | None
    organisation_id: str | None
    organisation: str
    roles: tuple[str, ...]
    preferred_language: str
    photo_choice: str
    photo_choice_at: datetime | None
    note: str
    created_at: datetime
    workshops: tuple[PersonWorkshop, ...]
    consents: tuple[PersonConsent, ...]
    merged_ids: tuple[str, ...]
    warnings: tuple[str, ...]


def person_order(uow: Reader) -> "array[int]":  # array takes no parameter before Python 3.12
    """Return the numbers of all people in the order of the list's language; merged ones left out."""
    return person_order_of(uow.raw)


def person_rows(uow: Reader, numbers: Sequence[int]) -> list[PersonRow]:
    """Return the rows of these numbers in their order; people gone meanwhile are left out."""
    rows = {
        number: PersonRow(
            number,
            person_id,
            given,
            family,
            full_name(given, family),
            organisation or "",
            country,
            email,
            tuple(json.loads(roles)),
        )
        for number, person_id, given, family, organisation, country, email, roles in uow.raw.execute(
            _ROWS, (json.dumps(list(numbers)),)
        )
    }
    return [rows[number] for number in numbers if number in rows]


def search_people(uow: Reader, text: str, limit: int = 50) -> list[PersonRow]:
    """Return the people found by the beginnings of their names or e-mail, best first."""
    return person_rows(uow, matching_numbers(uow, text, limit))


def person_card(uow: Reader, person_id: str) -> PersonCard:
    """Return everything about one person; the id of a merged duplicate gives the person it is.

    Raises:
        NotFoundError: no such person.
    """
    aliases = load_aliases(uow)
    person = found(uow, Person, aliases.resolve(person_id))
    own_ids = aliases.all_of(person.id)
    organisation = (
        uow.session.get(Organisation, person.organisation_id) if person.organisation_id else None
    )
    return PersonCard(
        id=person.id,
        given_name=person.given_name,
        family_name=person.family_name,
        name=full_name(person.given_name, person.family_name),
        name_latin=person.name_latin,
        badge_name=person.badge_name,
        name_on_certificate=person.name_on_certificate,
        certificate_name=certificate_name(
            person.given_name, person.family_name, person.name_on_certificate
        ),
        name_confirmed_at=person.name_confirmed_at,
        email=person.email,
        phone=person.phone,
        country=person.country,
        gender=person.gender,
        birth_year=person.birth_year,
        organisation_id=person.organisation_id,
        organisation=organisation.name if organisation else "",
        roles=tuple(person.roles),
        preferred_language=person.preferred_language,
        photo_choice=person.photo_choice,
        photo_choice_at=person.photo_choice_at,
        note=person.note,
        created_at=person.created_at,
        workshops=_workshops_of(uow, own_ids),
        consents=consents_of(uow, person.id),
        merged_ids=tuple(own_ids[1:]),
        warnings=name_warnings(
            person.given_name, person.family_name, person.badge_name, person.name_on_certificate
        ),
    )


def consents_of(uow: Reader, person_id: str) -> tuple[PersonConsent, ...]:
    """Return the consents of a person, those given under a merged duplicate too, newest first."""
    own_ids = load_aliases(uow).all_of(person_id)
    rows = uow.session.scalars(
        select(Consent)
        .where(Consent.person_id.in_(own_ids))
        .order_by(Consent.given_at.desc(), Consent.id)
    )
    return tuple(
        PersonConsent(
            row.id,
            row.purpose,
            row.text_version,
            row.language,
            row.given_at,
            row.how,
            row.withdrawn_at,
            row.guardian_name,
            row.scan,
        )
        for row in rows
    )


def add_person(
    uow: UnitOfWork,
    *,
    given_name: str,
    family_name: str = "",
    organisation: str = "",
    **fields: Any,  # Any: one value per field, checked by its rule
) -> Changes:
    """Add a person; `created_id(changes, "person")` is the id.

    `organisation` is a name: the organisation of that name is used, or added.

    Raises:
        ValidationError: a field does not hold what it should.
    """
    person = prepare_person(
        uow, given_name=given_name, family_name=family_name, organisation=organisation, **fields
    )
    uow.describe(N_("Added {name}"), name=full_name(person.given_name, person.family_name))
    return uow.commit()


def prepare_person(
    uow: UnitOfWork,
    *,
    given_name: str,
    family_name: str = "",
    organisation: str = "",
    **fields: Any,  # Any: one value per field, checked by its rule
) -> Person:
    """Put a new person into the unit of work for a larger action, and return the row.

    Raises:
        ValidationError: a field does not hold what it should.
    """
    person = Person(created_at=uow.clock())
    if organisation.strip():
        country = field_rules.country(fields.get("country", ""))
        fields["organisation_id"] = find_or_prepare(uow, organisation, country)
    _fill(uow, person, {"given_name": given_name, "family_name": family_name, **fields})
    uow.session.add(person)
    uow.session.flush()
    return person


def change_person(
    uow: UnitOfWork,
    person_id: str,
    **fields: Any,  # Any: one value per field, checked by its rule
) -> Changes:
    """Change fields of a person; also `name_is_confirmed` and `organisation` (a name).

    Raises:
        NotFoundError: no such person.
        ValidationError: a field does not hold what it should.
    """
    person = found(uow, Person, load_aliases(uow).resolve(person_id))
    organisation = fields.pop("organisation", None)
    is_confirmed = fields.pop("name_is_confirmed", None)
    if {"given_name", "family_name"} & fields.keys():
        rename(
            person,
            fields.pop("given_name", person.given_name),
            fields.pop("family_name", person.family_name),
        )
    _fill(uow, person, fields)
    if organisation is not None:
        person.organisation_id = (
            find_or_prepare(uow, organisation, person.country) if organisation.strip() else None
        )
    if is_confirmed is not None:
        person.name_confirmed_at = uow.clock() if is_confirmed else None
    uow.describe(N_("Changed {name}"), name=full_name(person.given_name, person.family_name))
    return uow.commit()


def rename(person: Person, given_name: str, family_name: str) -> None:
    """Spell a person's name another way; badge and certificate follow where they showed the old one.

    Raises:
        ValidationError: the given name is blank or a name has control characters.
    """
    old_given, old_full = person.given_name, full_name(person.given_name, person.family_name)
    person.given_name = kept_given_name(given_name)
    person.family_name = kept_name(family_name)
    if person.badge_name == old_given:
        person.badge_name = person.given_name
    elif person.badge_name == old_full:
        person.badge_name = full_name(person.given_name, person.family_name)
    if person.name_on_certificate == old_full:
        person.name_on_certificate = full_name(person.given_name, person.family_name)
    if full_name(person.given_name, person.family_name) != old_full:
        person.name_confirmed_at = None


def _fill(uow: UnitOfWork, person: Person, fields: dict[str, Any]) -> None:  # Any: see callers
    """Set the fields with everything that follows from them."""
    old_choice = person.photo_choice
    apply_fields(person, fields, RULES)
    if "birth_year" in fields:
        _require_past(person.birth_year, uow.clock())
    if "photo_choice" in fields and person.photo_choice != old_choice:
        person.photo_choice_at = uow.clock()
    if "name_on_certificate" in fields:
        person.name_confirmed_at = None


def _require_past(birth_year: int | None, now: datetime) -> None:
    if birth_year is not None and birth_year > now.year:
        raise ValidationError(
            _("{year} is not a year of birth yet. Type four digits or leave it empty.").format(
                year=birth_year
            )
        )


def _workshops_of(uow: Reader, person_ids: list[str]) -> tuple[PersonWorkshop, ...]:
    rows = uow.session.execute(
        select(Registration, Workshop)
        .join(Workshop, Workshop.id == Registration.workshop_id)
        .where(Registration.person_id.in_(person_ids))
        .order_by(Workshop.starts_on.desc(), Workshop.code)
    )
    return tuple(
        PersonWorkshop(
            registration.id,
            workshop.id,
            workshop.code,
            shown_text(workshop.title),
            workshop.starts_on.isoformat(),
            registration.role,
            registration.state,
            registration.list_number,
        )
        for registration, workshop in rows
    )
