"""Organisations and the project from tables; what is known already is completed."""

from collections.abc import Iterable

from sqlalchemy import select

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import N_
from mentor_desktop.models import Organisation, Project
from mentor_desktop.services.imports.matching import known_organisations, organisation_key
from mentor_desktop.services.tables_in.parsed_rows import OrganisationRow, ProjectRow
from mentor_desktop.store.unit_of_work import UnitOfWork

_ORGANISATION_FIELDS = (
    "name_latin", "short_name", "sector", "subtype", "kind", "country", "city", "address", "oid", "pic", "website",
    "legal_representative", "legal_representative_function",
)  # fmt: skip


def apply_organisations(uow: UnitOfWork, *, rows: Iterable[OrganisationRow]) -> Changes:
    """Add organisations that are new; fill in and correct those of the same name and country."""
    known = known_organisations(uow)
    count = 0
    for row in rows:
        found = known.get(organisation_key(row.name, row.country))
        organisation = (
            uow.session.get_one(Organisation, found) if found else Organisation(name=row.name)
        )
        for name in _ORGANISATION_FIELDS:
            if value := getattr(row, name):
                setattr(organisation, name, value)
        uow.session.add(organisation)
        count += 1
    uow.describe(N_("Imported {count} organisations"), count=count)
    return uow.commit()


def apply_project(uow: UnitOfWork, *, rows: Iterable[ProjectRow]) -> Changes:
    """Add projects that are new; correct those of the same number."""
    numbers = []
    for row in rows:
        _put_project(uow, row)
        numbers.append(row.number)
    uow.describe(N_("Imported the project {number}"), number=", ".join(numbers))
    return uow.commit()


def _put_project(uow: UnitOfWork, row: ProjectRow) -> None:
    project = uow.session.scalar(select(Project).filter_by(number=row.number)) or Project(
        number=row.number
    )
    project.title = row.title
    project.acronym = row.acronym
    project.programme = row.programme or "other"
    project.action = row.action
    project.starts_on = row.starts_on
    project.ends_on = row.ends_on
    project.funding_model = row.funding_model or "none"
    project.granting_authority = row.granting_authority
    project.retention_rule = row.retention_rule
    # JSON columns notice a new object, not a changed one.
    project.funding_statement = {**(project.funding_statement or {}), **row.funding_statement}
    project.disclaimer = {**(project.disclaimer or {}), **row.disclaimer}
    uow.session.add(project)
