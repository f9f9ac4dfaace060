"""Issuing, replacing and revoking certificates of attendance.

What a certificate says is frozen when it is issued; a number is given once and never again.
Source: certificate rules, serial, verification and states.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ConflictError, ValidationError
from mentor_desktop.i18n import N_, _
from mentor_desktop.models import Certificate
from mentor_desktop.services.attendance_reading import event_of
from mentor_desktop.services.certificate_checks import certificate_checks
from mentor_desktop.services.certificate_drafts import CertificateDraft, copy_of
from mentor_desktop.services.certificate_numbering import number_certificate
from mentor_desktop.services.certificate_numbers import full_number
from mentor_desktop.services.certificate_register import (
    CertificateRow,
    certificate_rows,
    find_certificate,
)
from mentor_desktop.services.eligibility import eligibility, unprintable
from mentor_desktop.services.issuing_rights import require_issuing
from mentor_desktop.services.roster import roster_line
from mentor_desktop.store.unit_of_work import UnitOfWork

REVOCATION_REASONS: Final = {
    "issued_in_error": N_("Issued in error"),
    "wrong_person": N_("Wrong person"),
    "rule_not_met": N_("Rule not met"),
    "misconduct_in_assessment": N_("Misconduct in the assessment"),
    "holder_request": N_("At the holder's request"),
}
REPLACEMENT_REASONS: Final = {"spelling": N_("Misspelt name"), "damaged": N_("Damaged sheet")}


@dataclass(frozen=True)
class Skipped:
    """Somebody who got no certificate, and the sentence that says why."""

    registration_id: str
    name: str
    sentence: str


@dataclass(frozen=True)
class IssueResult:
    """What an issue did; `issued` in list order, `skipped` problem rows first."""

    changes: Changes
    issued: tuple[CertificateRow, ...]
    skipped: tuple[Skipped, ...]


def issue_certificates(
    uow: UnitOfWork,
    workshop_id: str,
    *,
    registration_ids: Iterable[str] | None = None,
    language: str = "",
) -> IssueResult:
    """Give a certificate to everybody who is eligible and has none, or to those named.

    Who had one that was revoked gets a new one only when named. Run again, it issues nothing new.

    Raises:
        ValidationError: signatory, issuer or title is missing, or cannot be printed.
        NotFoundError: there is no such workshop.
    """
    for check in certificate_checks(uow, workshop_id, language=language):
        if check.state == "fail":
            raise ValidationError(check.sentence)
    wanted = None if registration_ids is None else set(registration_ids)
    rows = [
        row
        for row in eligibility(uow, workshop_id)
        if wanted is None or row.registration_id in wanted
    ]
    eligible = [row for row in rows if row.gets_one or (wanted and row.outcome == "revoked")]
    eligible.sort(key=lambda row: (row.list_number is None, row.list_number or 0))
    draft = CertificateDraft(uow, workshop_id, language)
    certificates = [draft.certificate_for(row) for row in eligible]
    uow.session.add_all(certificates)
    uow.session.flush()
    serials = {certificate.serial for certificate in certificates}
    issued = [row for row in certificate_rows(uow, workshop_id) if row.serial in serials]
    uow.describe(
        N_("Issued certificates of {code}: {count}"), code=draft.event.code, count=len(issued)
    )
    uow.forbid_undo()
    skipped = [
        Skipped(row.registration_id, row.name, row.why)
        for row in rows
        if row.outcome in ("not_reached", "blocked")
    ]
    return IssueResult(uow.commit(), tuple(issued), tuple(skipped))


def replace_certificate(uow: UnitOfWork, number: str, *, reason: str = "spelling") -> Changes:
    """Issue a certificate in place of one whose name was misspelt; the wording stays.

    The new one has the holder's name as it is now, a new number, today as date of issue, and
    names the one it replaces; that one becomes `superseded`.

    Raises:
        ConflictError: it was replaced or revoked already, nothing about the name changed, or this
            computer issues no certificates.
        ValidationError: no number, an unknown reason, or a name that cannot be printed.
        NotFoundError: no such certificate.
    """
    require_issuing(uow)
    if reason not in REPLACEMENT_REASONS:
        raise ValidationError(_("“{reason}” is no reason to replace.").format(reason=reason))
    old = _standing(uow, number)
    person = roster_line(uow, old.registration_id)
    name = person.certificate_name
    if reason == "spelling" and name == old.holder_name:
        raise ConflictError(
            _(
                "Certificate {number} already says “{name}”. Correct the person's name first, then replace it."
            ).format(number=full_number(old.serial), name=name)
        )
    trouble = unprintable(name)
    if trouble:
        raise ValidationError(trouble)
    event = event_of(uow.raw, old.workshop_id)
    new = copy_of(old)
    new.holder_name = name
    new.holder_name_latin = person.name_latin
    new.replaces = old.serial
    number_certificate(uow, new, event)
    uow.session.add(new)
    old.status = "superseded"
    old.replaced_by = new.serial
    old.revocation_reason = reason
    old.ended_at = uow.clock()
    uow.describe(
        N_("Replaced certificate {old} by {new}"),
        old=full_number(old.serial),
        new=full_number(new.serial),
    )
    uow.forbid_undo()
    return uow.commit()


def revoke_certificate(uow: UnitOfWork, number: str, *, reason: str) -> Changes:
    """Take a certificate out of force; the register keeps it with the reason.

    Raises:
        ConflictError: it was replaced or revoked already.
        ValidationError: no number, or an unknown reason.
        NotFoundError: no such certificate.
    """
    if reason not in REVOCATION_REASONS:
        raise ValidationError(
            _("“{reason}” is not one of the reasons to revoke a certificate.").format(reason=reason)
        )
    certificate = _standing(uow, number)
    certificate.status = "revoked"
    certificate.revocation_reason = reason
    certificate.ended_at = uow.clock()
    uow.describe(N_("Revoked certificate {number}"), number=full_number(certificate.serial))
    uow.forbid_undo()
    return uow.commit()


def mark_printed(uow: UnitOfWork, numbers: Iterable[str]) -> Changes:
    """Note that sheets came out of the printer; each counts one more in the print log.

    Raises:
        ValidationError: no number.
        NotFoundError: no such certificate.
    """
    count = 0
    for number in numbers:
        certificate = _certificate(uow, number)
        certificate.print_count += 1
        certificate.printed_at = uow.clock()
        count += 1
    uow.describe(N_("Printed certificates: {count}"), count=count)
    uow.forbid_undo()
    return uow.commit()


def _certificate(uow: UnitOfWork, number: str) -> Certificate:
    return uow.session.get_one(Certificate, find_certificate(uow, number).id)


def _standing(uow: UnitOfWork, number: str) -> Certificate:
    certificate = _certificate(uow, number)
    if certificate.status == "superseded":
        raise ConflictError(
            _("Certificate {number} was already replaced by {new}.").format(
                number=full_number(certificate.serial),
                new=full_number(certificate.replaced_by or certificate.serial),
            )
        )
    if certificate.status != "issued":
        raise ConflictError(
            _("Certificate {number} was already revoked.").format(
                number=full_number(certificate.serial)
            )
        )
    return certificate
