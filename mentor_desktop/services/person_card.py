"""Everything about one person on one card: fields, workshops, consents, warnings."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mentor_desktop.models import Consent, Organisation, Person, Registration, Workshop
from mentor_desktop.services.aliases import load_aliases
from mentor_desktop.services.edits import found
from mentor_desktop.services.names import certificate_name, full_name, name_warnings
from mentor_desktop.services.texts import shown_text
from mentor_desktop.store.unit_of_work import Reader


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
