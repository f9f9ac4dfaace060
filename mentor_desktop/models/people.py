"""Persons, organisations and consents."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from mentor_desktop.models.base import Synced


class Organisation(Synced):
    """A school, company, association or office; `kind` says how near it is to the project.

    `kind`: own, partner or external. `sector`: education, business, ngo, public, other.
    """

    __tablename__ = "organisation"
    stream = "people"
    field_groups = {
        "legal_representative": ("legal_representative", "legal_representative_function")
    }

    name: Mapped[str]
    name_latin: Mapped[str] = mapped_column(default="")
    short_name: Mapped[str] = mapped_column(default="")
    sector: Mapped[str] = mapped_column(default="")
    subtype: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="external")
    country: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    oid: Mapped[str] = mapped_column(default="")
    pic: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    project_roles: Mapped[list[str]] = mapped_column(default=list)
    legal_representative: Mapped[str] = mapped_column(default="")
    legal_representative_function: Mapped[str] = mapped_column(default="")


class Person(Synced):
    """Somebody, the same across all workshops.

    Names are kept exactly as the person writes them (NFC). `alias_of` points to the
    person this duplicate was merged into; ids of other rows are never rewritten.
    """

    __tablename__ = "person"
    stream = "people"
    field_groups = {
        "name": ("given_name", "family_name"),
        "name_on_certificate": ("name_on_certificate", "name_confirmed_at"),
        "photo_choice": ("photo_choice", "photo_choice_at"),
    }

    given_name: Mapped[str]
    family_name: Mapped[str] = mapped_column(default="")
    name_latin: Mapped[str] = mapped_column(default="")
    badge_name: Mapped[str] = mapped_column(default="")
    name_on_certificate: Mapped[str] = mapped_column(default="")
    name_confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    gender: Mapped[str] = mapped_column(default="undisclosed")
    birth_year: Mapped[int | None] = mapped_column(default=None)
    organisation_id: Mapped[str | None] = mapped_column(
        ForeignKey("organisation.id"), index=True, default=None
    )
    roles: Mapped[list[str]] = mapped_column(default=list)
    preferred_language: Mapped[str] = mapped_column(default="")
    photo_choice: Mapped[str] = mapped_column(default="not_asked")
    photo_choice_at: Mapped[datetime | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="")
    alias_of: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True, default=None)
    created_at: Mapped[datetime]


class Consent(Synced):
    """One purpose one person agreed to, in a version and language of the text.

    `scan` is the address of the picture of the signed paper among the workspace's files.
    """

    __tablename__ = "consent"
    stream = "people"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str]
    text_version: Mapped[str]
    language: Mapped[str]
    given_at: Mapped[datetime]
    how: Mapped[str]
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    guardian_name: Mapped[str] = mapped_column(default="")
    scan: Mapped[str] = mapped_column(default="")
