"""People: the list, one person's card, adding and changing them. The same across all workshops."""

import json
from array import array
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ConflictError, ValidationError
from mentor_desktop.i18n import N_, _
from mentor_desktop.models import Certificate, Consent, Person, Registration
from mentor_desktop.services import field_rules
from mentor_desktop.services.aliases import load_aliases
from mentor_desktop.services.choices import GENDERS, PHOTO_CHOICES
from mentor_desktop.services.edits import apply_fields, created_id, found
from mentor_desktop.services.field_rules import Rule
from mentor_desktop.services.names import full_name, kept_given_name, kept_name
from mentor_desktop.services.organisations import find_or_prepare
from mentor_desktop.services.people_search import matching_numbers
from mentor_desktop.services.person_card import (
    PersonCard,
    PersonConsent,
    PersonWorkshop,
    consents_of,
    person_card,
)
from mentor_desktop.store.connection import in_passing
from mentor_desktop.store.person_order import read as person_order_of
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

__all__ = [
    "PersonCard",
    "PersonConsent",
    "PersonRow",
    "PersonWorkshop",
    "add_person",
    "change_person",
    "consents_of",
    "created_id",
    "listed_rows",
    "person_card",
    "person_order",
    "person_rows",
    "prepare_person",
    "remove_person",
    "rename",
    "search_people",
]

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


def person_order(uow: Reader) -> "array[int]":  # array takes no parameter before Python 3.12
    """Return the numbers of all people in the order of the list's language; merged ones left out."""
    return person_order_of(uow.raw)


def listed_rows(uow: Reader, numbers: Sequence[int]) -> list[PersonRow]:
    """Return the same as `person_rows` for a list that is scrolled through: seen once, not kept."""
    with in_passing(uow.raw):
        return person_rows(uow, numbers)


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


def remove_person(uow: UnitOfWork, person_id: str) -> Changes:
    """Remove somebody entered by mistake; who was ever registered stays.

    Raises:
        NotFoundError: no such person.
        ConflictError: registrations, certificates, consents or merged duplicates belong to them.
    """
    person = found(uow, Person, person_id)
    name = full_name(person.given_name, person.family_name)
    users = sum(
        uow.session.scalar(select(func.count()).where(column == person.id)) or 0
        for column in (
            Registration.person_id,
            Certificate.person_id,
            Consent.person_id,
            Person.alias_of,
        )
    )
    if users or person.alias_of is not None:
        raise ConflictError(
            _("{name} has workshops, certificates or consents here, so the record stays.").format(
                name=name
            )
        )
    uow.session.delete(person)
    uow.describe(N_("Removed {name}"), name=name)
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
