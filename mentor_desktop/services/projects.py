"""Funded projects: their numbers, the texts pasted from the grant agreement, and logos."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ConflictError, ValidationError
from mentor_desktop.i18n import N_, _, ngettext
from mentor_desktop.models import Project, Workshop
from mentor_desktop.services import field_rules
from mentor_desktop.services.choices import FUNDING_MODELS, PROGRAMMES
from mentor_desktop.services.edits import apply_fields, found
from mentor_desktop.services.field_rules import Rule
from mentor_desktop.store.collation import sort_key
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

# Erasmus+ (year-round-agency-action-field-serial, the field since 2021), Nordplus, EACEA grants.
_NUMBER_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"20\d\d-[1-3]-[A-Z]{2}\d{2}-(KA|ESC)\d{2,3}(-[A-Z]{3})?-\d{6,9}",
        r"[A-Z]{2,5}-20\d\d/\d{4,6}",
        r"10\d{7}",
    )
)
_PICTURE_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_LARGEST_LOGO_MB = 5


def _title_missing() -> str:
    return _("The project has no title. Type it as it stands in the grant agreement.")


def _number_missing() -> str:
    return _("The project has no number. Type the one of the grant agreement.")


RULES: Mapping[str, Rule] = {
    "title": field_rules.required(field_rules.line, _title_missing),
    "acronym": field_rules.line,
    "number": field_rules.required(field_rules.line, _number_missing),
    "programme": field_rules.one_of(PROGRAMMES),
    "action": field_rules.line,
    "starts_on": field_rules.a_date,
    "ends_on": field_rules.a_date,
    "funding_model": field_rules.one_of(FUNDING_MODELS),
    "granting_authority": field_rules.line,
    "funding_statement": field_rules.texts,
    "disclaimer": field_rules.texts,
    "retention_rule": field_rules.note,
}


@dataclass(frozen=True)
class ProjectRow:
    """One line of the list of projects."""

    id: str
    number: str
    title: str
    acronym: str
    workshops: int


@dataclass(frozen=True)
class ProjectCard:
    """Everything about one project; `logos` are addresses for `logo`, in the order to print them."""

    id: str
    title: str
    acronym: str
    number: str
    programme: str
    action: str
    starts_on: date | None
    ends_on: date | None
    funding_model: str
    granting_authority: str
    funding_statement: Mapping[str, str]
    disclaimer: Mapping[str, str]
    retention_rule: str
    logos: tuple[str, ...]
    warnings: tuple[str, ...]


def project_rows(uow: Reader) -> list[ProjectRow]:
    """Return all projects by title."""
    rows = uow.session.execute(
        select(Project, func.count(Workshop.id))
        .outerjoin(Workshop, Workshop.project_id == Project.id)
        .group_by(Project.id)
    )
    listed = [ProjectRow(one.id, one.number, one.title, one.acronym, count) for one, count in rows]
    language = uow.raw.sort_language
    return sorted(listed, key=lambda row: (sort_key(row.title, language), row.number, row.id))


def project_card(uow: Reader, project_id: str) -> ProjectCard:
    """Return everything about one project.

    Raises:
        NotFoundError: no such project.
    """
    row = found(uow, Project, project_id)
    return ProjectCard(
        id=row.id,
        title=row.title,
        acronym=row.acronym,
        number=row.number,
        programme=row.programme,
        action=row.action,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        funding_model=row.funding_model,
        granting_authority=row.granting_authority,
        funding_statement=dict(row.funding_statement),
        disclaimer=dict(row.disclaimer),
        retention_rule=row.retention_rule,
        logos=tuple(row.logos),
        warnings=project_number_warnings(row.number),
    )


def project_number_warnings(number: str) -> tuple[str, ...]:
    """Return a sentence when the number looks like none of the known funders'; never blocks."""
    if any(pattern.fullmatch(number) for pattern in _NUMBER_PATTERNS):
        return ()
    return (
        _(
            "“{number}” does not look like a number of Erasmus+ or Nordplus. Compare it with the grant agreement."
        ).format(number=number),
    )


def add_project(
    uow: UnitOfWork,
    *,
    title: str,
    number: str,
    **fields: Any,  # Any: one value per field, checked by its rule
) -> Changes:
    """Add a project; `created_id(changes, "project")` is the id.

    Raises:
        ValidationError: a field does not hold what it should.
    """
    row = Project()
    apply_fields(row, {"title": title, "number": number, **fields}, RULES)
    field_rules.require_order(row.starts_on, row.ends_on)
    uow.session.add(row)
    uow.describe(N_("Added the project {title}"), title=row.title)
    return uow.commit()


def change_project(
    uow: UnitOfWork,
    project_id: str,
    **fields: Any,  # Any: one value per field, checked by its rule
) -> Changes:
    """Change fields of a project; texts by language are merged language by language.

    Raises:
        NotFoundError: no such project.
        ValidationError: a field does not hold what it should.
    """
    row = found(uow, Project, project_id)
    apply_fields(row, fields, RULES)
    field_rules.require_order(row.starts_on, row.ends_on)
    uow.describe(N_("Changed the project {title}"), title=row.title)
    return uow.commit()


def remove_project(uow: UnitOfWork, project_id: str) -> Changes:
    """Remove a project without workshops.

    Raises:
        NotFoundError: no such project.
        ConflictError: a workshop belongs to it.
    """
    row = found(uow, Project, project_id)
    workshops = uow.session.scalar(select(func.count()).where(Workshop.project_id == row.id)) or 0
    if workshops:
        raise ConflictError(
            ngettext(
                "{count} workshop belongs to {title}. Choose another project there first.",
                "{count} workshops belong to {title}. Choose another project there first.",
                workshops,
            ).format(count=workshops, title=row.title)
        )
    uow.session.delete(row)
    uow.describe(N_("Removed the project {title}"), title=row.title)
    return uow.commit()


def add_logo(uow: UnitOfWork, project_id: str, content: bytes) -> Changes:
    """Add a logo to a project, after those it has.

    Raises:
        NotFoundError: no such project.
        ValidationError: no PNG or JPEG picture, or larger than 5 MB.
    """
    row = found(uow, Project, project_id)
    if not content.startswith(_PICTURE_STARTS):
        raise ValidationError(
            _("This file is no picture that can be printed. Choose a PNG or JPEG file.")
        )
    if len(content) > _LARGEST_LOGO_MB * 1024 * 1024:
        raise ValidationError(
            _("This picture is larger than {size} MB. Save it smaller and choose it again.").format(
                size=_LARGEST_LOGO_MB
            )
        )
    address = uow.blobs.add(content)
    row.logos = [*(one for one in row.logos if one != address), address]
    uow.describe(N_("Added a logo to {title}"), title=row.title)
    return uow.commit()


def remove_logo(uow: UnitOfWork, project_id: str, address: str) -> Changes:
    """Take a logo off a project; its file stays, for undo and for older papers.

    Raises:
        NotFoundError: no such project.
    """
    row = found(uow, Project, project_id)
    row.logos = [one for one in row.logos if one != address]
    uow.describe(N_("Removed a logo of {title}"), title=row.title)
    return uow.commit()


def logo(uow: Reader, address: str) -> bytes:
    """Return the picture of a logo.

    Raises:
        StoreError: its file is missing or damaged.
    """
    return uow.blobs.read(address)
