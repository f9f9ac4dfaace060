"""Consents and the photo choice: one purpose each, never assumed, withdrawn as easily as given.

Attendance never depends on any of it. Source: consent record and photo choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ConflictError, ValidationError
from mentor_desktop.i18n import N_, _
from mentor_desktop.models import Consent, Person
from mentor_desktop.services import field_rules
from mentor_desktop.services.aliases import load_aliases
from mentor_desktop.services.choices import (
    CONSENT_PURPOSES,
    CONSENT_WAYS,
    PHOTO_CHOICES,
    PHOTO_PURPOSES,
    label,
)
from mentor_desktop.services.edits import apply_fields, found
from mentor_desktop.services.field_rules import Rule
from mentor_desktop.services.names import full_name
from mentor_desktop.services.registrations import RegistrationRow, registration_rows
from mentor_desktop.services.settings import setting
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

# Below this age somebody else signs, unless the workspace sets another one.
GUARDIAN_AGE_SETTING = "consent.guardian_age"
_GUARDIAN_AGE = "18"


def _version_missing() -> str:
    return _("Say which version of the text was agreed to, for example 2026-01.")


def _language_missing() -> str:
    return _("Say in which language the text was read.")


_RULES: Mapping[str, Rule] = {
    "purpose": field_rules.one_of(CONSENT_PURPOSES),
    "text_version": field_rules.required(field_rules.line, _version_missing),
    "language": field_rules.required(field_rules.language, _language_missing),
    "given_at": field_rules.same,
    "how": field_rules.one_of(CONSENT_WAYS),
    "guardian_name": field_rules.line,
    "scan": field_rules.same,
}


@dataclass(frozen=True)
class PhotoChoiceRow:
    """One attending person and what photographers may do; "not_asked" counts as no."""

    person_id: str
    list_number: int | None
    name: str
    organisation: str
    photo_choice: str


def record_consent(
    uow: UnitOfWork,
    person_id: str,
    *,
    purpose: str,
    text_version: str,
    language: str,
    how: str,
    given_at: datetime | None = None,
    guardian_name: str = "",
    scan: bytes = b"",
) -> Changes:
    """Record that a person agreed to one purpose; `created_id(changes, "consent")` is the id.

    `scan` is a picture of the signed paper. Who may be under age needs a guardian's name.

    Raises:
        NotFoundError: no such person.
        ValidationError: a field does not hold what it should, or the guardian is missing.
        ConflictError: this very consent stands already.
    """
    person = found(uow, Person, load_aliases(uow).resolve(person_id))
    row = Consent(person_id=person.id)
    fields = {
        "purpose": purpose,
        "text_version": text_version,
        "language": language,
        "given_at": given_at or uow.clock(),
        "how": how,
        "guardian_name": guardian_name,
        "scan": uow.blobs.add(scan) if scan else "",
    }
    apply_fields(row, fields, _RULES)
    _require_guardian(uow, person, row)
    _require_new(uow, person, row)
    uow.session.add(row)
    uow.describe(
        N_("{name} agreed: {purpose}"), name=_name(person), purpose=_(CONSENT_PURPOSES[purpose])
    )
    return uow.commit()


def withdraw_consent(uow: UnitOfWork, consent_id: str) -> Changes:
    """Record that a consent is withdrawn from now on; withdrawing twice changes nothing.

    Raises:
        NotFoundError: no such consent.
    """
    row = found(uow, Consent, consent_id)
    if row.withdrawn_at is None:
        row.withdrawn_at = uow.clock()
    person = found(uow, Person, load_aliases(uow).resolve(row.person_id))
    uow.describe(
        N_("{name} withdrew: {purpose}"),
        name=_name(person),
        purpose=_(CONSENT_PURPOSES.get(row.purpose, row.purpose)),
    )
    return uow.commit()


def choose_photo(uow: UnitOfWork, person_id: str, choice: str) -> Changes:
    """Record what photographers may do with a person from now on, with the time.

    "no" also withdraws every consent to photos that stands.

    Raises:
        NotFoundError: no such person.
        ValidationError: no such choice.
    """
    person = found(uow, Person, load_aliases(uow).resolve(person_id))
    chosen = field_rules.one_of(PHOTO_CHOICES)(choice)
    if chosen != person.photo_choice:
        person.photo_choice = chosen
        person.photo_choice_at = uow.clock()
    if chosen == "no":
        for consent in _standing(uow, person.id):
            if consent.purpose in PHOTO_PURPOSES:
                consent.withdrawn_at = uow.clock()
    uow.describe(N_("{name}: {choice}"), name=_name(person), choice=_(PHOTO_CHOICES[chosen]))
    return uow.commit()


def photographers_list(uow: Reader, workshop_id: str) -> list[PhotoChoiceRow]:
    """Return who attends and may not be photographed alone, in list order."""
    return [
        _photo_row(row)
        for row in registration_rows(uow, workshop_id)
        if row.is_attending and row.photo_choice != "yes_all"
    ]


def consents_without_scan(uow: Reader) -> list[tuple[str, str]]:
    """Return (person id, purpose) of each standing consent on paper whose picture is missing."""
    rows = uow.session.execute(
        select(Consent.person_id, Consent.purpose)
        .where(Consent.how == "paper_signed", Consent.scan == "", Consent.withdrawn_at.is_(None))
        .order_by(Consent.given_at, Consent.id)
    )
    aliases = load_aliases(uow)
    return [(aliases.resolve(row.person_id), row.purpose) for row in rows]


def _require_guardian(uow: UnitOfWork, person: Person, row: Consent) -> None:
    limit = int(setting(uow, GUARDIAN_AGE_SETTING, _GUARDIAN_AGE))
    if person.birth_year is None or row.guardian_name:
        return
    # Only the year is known: who turns 18 this year may still be 17.
    if row.given_at.year - person.birth_year <= limit:
        raise ValidationError(
            _("{name} may be under {age}. Add the name of the guardian who signed.").format(
                name=_name(person), age=limit
            )
        )


def _require_new(uow: UnitOfWork, person: Person, row: Consent) -> None:
    for other in _standing(uow, person.id):
        if (other.purpose, other.text_version) == (row.purpose, row.text_version):
            raise ConflictError(
                _("{name} has agreed to this already: {purpose}.").format(
                    name=_name(person), purpose=label(CONSENT_PURPOSES, row.purpose)
                )
            )


def _standing(uow: Reader, person_id: str) -> list[Consent]:
    own_ids = load_aliases(uow).all_of(person_id)
    return list(
        uow.session.scalars(
            select(Consent).where(Consent.person_id.in_(own_ids), Consent.withdrawn_at.is_(None))
        )
    )


def _name(person: Person) -> str:
    return full_name(person.given_name, person.family_name)


def _photo_row(row: RegistrationRow) -> PhotoChoiceRow:
    return PhotoChoiceRow(
        row.person_id, row.list_number, row.name, row.organisation, row.photo_choice
    )
