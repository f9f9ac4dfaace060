"""Organisations: schools, companies, associations and offices; own, partner or external."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ConflictError
from mentor_desktop.i18n import N_, _, ngettext
from mentor_desktop.models import Organisation, Person, Registration, Workshop
from mentor_desktop.services import field_rules
from mentor_desktop.services.choices import (
    ORGANISATION_KINDS,
    PROJECT_ROLES,
    SECTORS,
    SUBTYPES,
)
from mentor_desktop.services.edits import apply_fields, found
from mentor_desktop.services.field_rules import Rule
from mentor_desktop.store.collation import sort_key
from mentor_desktop.store.folding import fold
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork


def _name_missing() -> str:
    return _("The organisation has no name. Type its name as it stands on its own paper.")


RULES: Mapping[str, Rule] = {
    "name": field_rules.required(field_rules.line, _name_missing),
    "name_latin": field_rules.line,
    "short_name": field_rules.line,
    "sector": field_rules.one_of(SECTORS, may_be_empty=True),
    "subtype": field_rules.one_of(SUBTYPES, may_be_empty=True),
    "kind": field_rules.one_of(ORGANISATION_KINDS),
    "country": field_rules.country,
    "city": field_rules.line,
    "address": field_rules.note,
    "oid": field_rules.oid,
    "pic": field_rules.pic,
    "website": field_rules.line,
    "project_roles": field_rules.some_of(PROJECT_ROLES),
    "legal_representative": field_rules.line,
    "legal_representative_function": field_rules.line,
}


@dataclass(frozen=True)
class OrganisationRow:
    """One line of the list of organisations; `people` counts who belongs to it."""

    id: str
    name: str
    kind: str
    sector: str
    country: str
    city: str
    people: int


@dataclass(frozen=True)
class OrganisationCard:
    """Everything about one organisation."""

    id: str
    name: str
    name_latin: str
    short_name: str
    sector: str
    subtype: str
    kind: str
    country: str
    city: str
    address: str
    oid: str
    pic: str
    website: str
    project_roles: tuple[str, ...]
    legal_representative: str
    legal_representative_function: str
    people: int
    hosted_workshops: tuple[str, ...]


def organisation_rows(uow: Reader) -> list[OrganisationRow]:
    """Return all organisations in the order of the list's language."""
    people = (
        select(Person.organisation_id, func.count().label("people"))
        .where(Person.alias_of.is_(None))
        .group_by(Person.organisation_id)
        .subquery()
    )
    rows = uow.session.execute(
        select(Organisation, func.coalesce(people.c.people, 0)).outerjoin(
            people, people.c.organisation_id == Organisation.id
        )
    )
    listed = [
        OrganisationRow(one.id, one.name, one.kind, one.sector, one.country, one.city, count)
        for one, count in rows
    ]
    language = uow.raw.sort_language
    return sorted(listed, key=lambda row: (sort_key(row.name, language), row.id))


def organisation_card(uow: Reader, organisation_id: str) -> OrganisationCard:
    """Return everything about one organisation.

    Raises:
        NotFoundError: no such organisation.
    """
    row = found(uow, Organisation, organisation_id)
    hosted = uow.session.scalars(
        select(Workshop.code).where(Workshop.host_org_id == row.id).order_by(Workshop.starts_on)
    )
    return OrganisationCard(
        id=row.id,
        name=row.name,
        name_latin=row.name_latin,
        short_name=row.short_name,
        sector=row.sector,
        subtype=row.subtype,
        kind=row.kind,
        country=row.country,
        city=row.city,
        address=row.address,
        oid=row.oid,
        pic=row.pic,
        website=row.website,
        project_roles=tuple(row.project_roles),
        legal_representative=row.legal_representative,
        legal_representative_function=row.legal_representative_function,
        people=_people_in(uow, row.id),
        hosted_workshops=tuple(hosted),
    )


def add_organisation(
    uow: UnitOfWork,
    *,
    name: str,
    **fields: Any,  # Any: one value per field, checked by its rule
) -> Changes:
    """Add an organisation; `created_id(changes, "organisation")` is the id.

    Raises:
        ValidationError: a field does not hold what it should.
    """
    row = Organisation()
    apply_fields(row, {"name": name, **fields}, RULES)
    uow.session.add(row)
    uow.describe(N_("Added {name}"), name=row.name)
    return uow.commit()


def change_organisation(
    uow: UnitOfWork,
    organisation_id: str,
    **fields: Any,  # Any: one value per field, checked by its rule
) -> Changes:
    """Change fields of an organisation.

    Raises:
        NotFoundError: no such organisation.
        ValidationError: a field does not hold what it should.
    """
    row = found(uow, Organisation, organisation_id)
    apply_fields(row, fields, RULES)
    uow.describe(N_("Changed {name}"), name=row.name)
    return uow.commit()


def remove_organisation(uow: UnitOfWork, organisation_id: str) -> Changes:
    """Remove an organisation nobody refers to.

    Raises:
        NotFoundError: no such organisation.
        ConflictError: people, registrations or workshops refer to it.
    """
    row = found(uow, Organisation, organisation_id)
    users = sum(
        uow.session.scalar(select(func.count()).where(column == row.id)) or 0
        for column in (
            Person.organisation_id,
            Registration.sending_org_id,
            Workshop.host_org_id,
        )
    )
    if users:
        raise ConflictError(
            ngettext(
                "{name} is named in {count} place. Choose another organisation there first.",
                "{name} is named in {count} places. Choose another organisation there first.",
                users,
            ).format(name=row.name, count=users)
        )
    uow.session.delete(row)
    uow.describe(N_("Removed {name}"), name=row.name)
    return uow.commit()


def find_organisation(uow: Reader, name: str, country: str = "") -> str | None:
    """Return the id of the organisation with this name, however it is typed; None when there is none.

    Of several, the one in `country` wins; a name known in another country only is another
    organisation.
    """
    wanted = organisation_key(name)
    rows = uow.session.execute(select(Organisation.id, Organisation.name, Organisation.country))
    same_name = sorted(
        (organisation_id, its_country)
        for organisation_id, its_name, its_country in rows
        if organisation_key(its_name) == wanted
    )
    for accepted in ({country}, {""}):
        for organisation_id, its_country in same_name:
            if its_country in accepted:
                return organisation_id
    return same_name[0][0] if same_name and not country else None


def find_or_prepare(uow: UnitOfWork, name: str, country: str = "") -> str:
    """Return the id of the organisation with this name; a new external one is put into the unit of work.

    Raises:
        ValidationError: the name is too long or the country unknown.
    """
    known = find_organisation(uow, name, country)
    if known is not None:
        return known
    row = Organisation()
    apply_fields(row, {"name": name, "country": country}, RULES)
    uow.session.add(row)
    # There are no relationships to order the inserts by, and people point to this row.
    uow.session.flush()
    return row.id


def organisation_key(name: str) -> str:
    """Return the name folded for comparing: case, marks and kinds of quotes make no difference."""
    plain = "".join(" " if character in "\"'„“”«»,." else character for character in fold(name))
    return " ".join(plain.split())


def _people_in(uow: Reader, organisation_id: str) -> int:
    count = uow.session.scalar(
        select(func.count()).where(
            Person.organisation_id == organisation_id, Person.alias_of.is_(None)
        )
    )
    return count or 0
