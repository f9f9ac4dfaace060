"""The register of certificates: frozen when issued, replaced or revoked, never rewritten."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from mentor_desktop.models.base import Synced


class Certificate(Synced):
    """One serial of the register with everything its paper shows.

    `hours_contact` is the text on the paper with one decimal point, because the
    verification code is computed over it. `status`: issued, superseded, revoked, expired.
    """

    __tablename__ = "certificate"
    stream = "workshop_id"
    field_groups = {
        "status": ("status", "replaced_by", "revocation_reason", "ended_at"),
    }

    serial: Mapped[str] = mapped_column(index=True)
    check_digits: Mapped[str]
    code: Mapped[str]
    type: Mapped[str] = mapped_column(default="attendance")
    workshop_id: Mapped[str] = mapped_column(ForeignKey("workshop.id"), index=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    holder_name: Mapped[str]
    holder_name_latin: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    place: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    hours_contact: Mapped[str]
    hours_total: Mapped[str]
    delivery_mode: Mapped[str] = mapped_column(default="face_to_face")
    rule_text: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    issuer_name: Mapped[str] = mapped_column(default="")
    issuer_address: Mapped[str] = mapped_column(default="")
    issuer_number: Mapped[str] = mapped_column(default="")
    issuer_contact: Mapped[str] = mapped_column(default="")
    project_title: Mapped[str] = mapped_column(default="")
    project_number: Mapped[str] = mapped_column(default="")
    funding_statement: Mapped[str] = mapped_column(default="")
    disclaimer: Mapped[str] = mapped_column(default="")
    signatory_name: Mapped[str] = mapped_column(default="")
    signatory_function: Mapped[str] = mapped_column(default="")
    issued_on: Mapped[date]
    issue_place: Mapped[str] = mapped_column(default="")
    issued_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="issued")
    replaces: Mapped[str | None] = mapped_column(default=None)
    replaced_by: Mapped[str | None] = mapped_column(default=None)
    revocation_reason: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    print_count: Mapped[int] = mapped_column(default=0)
    printed_at: Mapped[datetime | None] = mapped_column(default=None)
