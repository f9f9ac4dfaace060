"""Is this certificate genuine? The issuer's register answers, the code where the register can't.

Works without a workspace: then a damaged number or a page that contradicts itself is still found,
and everything else is "not known here". Source: certificate rules, verification.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from mentor_desktop.documents.certificate_record import CertificateRecord, same_text
from mentor_desktop.documents.readback import ReadCertificate, read_certificates
from mentor_desktop.i18n import N_, _
from mentor_desktop.models import Certificate
from mentor_desktop.services.certificate_numbering import issuer_key, record_of
from mentor_desktop.services.certificate_numbers import check_digits, code_fits, full_number
from mentor_desktop.services.certificate_register import certificate_by_serial
from mentor_desktop.store.unit_of_work import Reader

Kind = Literal["genuine", "altered", "superseded", "revoked", "expired", "not_known"]

# The worst of several certificates in one file speaks for the file.
_WORST_FIRST: Final = ("altered", "revoked", "superseded", "expired", "not_known", "genuine")

_FIELDS: Final = {
    "holder_name": N_("name"),
    "kind": N_("kind of certificate"),
    "title": N_("title"),
    "starts_on": N_("first day"),
    "ends_on": N_("last day"),
    "hours_contact": N_("hours"),
    "issued_on": N_("date of issue"),
}


@dataclass(frozen=True)
class Verdict:
    """What is known about a certificate.

    `facts` are plain values for a machine: number, and what the register says. `altered` names
    the fields that differ ("holder_name", "title", "code", "number", "page").
    """

    kind: Kind
    sentence: str
    number: str = ""
    altered: tuple[str, ...] = ()
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def is_genuine(self) -> bool:
        """Whether the certificate is as it was issued and still stands."""
        return self.kind == "genuine"


def verify_file(uow: Reader | None, name: str, content: bytes) -> Verdict:
    """Return the verdict on a PDF, a picture or a text; the worst one when it holds several.

    Raises:
        ReadbackError: the file is damaged, locked or holds no certificate.
    """
    verdicts = verify_all(uow, name, content)
    worst = min(verdicts, key=lambda verdict: _WORST_FIRST.index(verdict.kind))
    if len(verdicts) == 1:
        return worst
    return Verdict(
        kind=worst.kind,
        sentence=" ".join(_summary(verdicts)),
        number=worst.number,
        altered=worst.altered,
        facts={"certificates": [_as_facts(verdict) for verdict in verdicts]},
    )


def verify_all(uow: Reader | None, name: str, content: bytes) -> list[Verdict]:
    """Return the verdict on each certificate of a file, in page order.

    Raises:
        ReadbackError: the file is damaged, locked or holds no certificate.
    """
    return [verify(uow, read) for read in read_certificates(content, name)]


def verify(uow: Reader | None, read: ReadCertificate) -> Verdict:
    """Return the verdict on one certificate that was read back; `uow` None means no register."""
    number = f"{read.serial}-{read.check}"
    if read.check != check_digits(read.serial):
        sentence = _("Altered: the check digits of {number} do not fit.").format(number=number)
        return Verdict("altered", sentence, number, ("number",), {"number": number})
    if read.doubts:
        sentence = _("Altered: {doubts}").format(doubts=" ".join(read.doubts))
        return Verdict("altered", sentence, number, ("page",), {"number": number})
    if uow is None:
        sentence = _(
            "Not known here: {number} is well-formed, but this computer has no register of its issuer."
        ).format(number=number)
        return Verdict("not_known", sentence, number, (), {"number": number})
    row = certificate_by_serial(uow, read.serial)
    if row is None:
        return _judged_by_code(uow, read, number)
    return _judged_by_register(uow.session.get_one(Certificate, row.id), read)


def _judged_by_code(uow: Reader, read: ReadCertificate, number: str) -> Verdict:
    """Judge what the register lacks: a sheet of another laptop, or from after the backup.

    By today's key alone. The one of a workspace that was shared before secrets had a stream is not
    asked: every trainer and helper had it, so its codes prove nothing any more, and what was
    issued under it is in the register, which keeps the code and needs no key.
    """
    key = issuer_key(uow)
    if key is not None and read.record is not None and code_fits(key, read.record, read.code):
        sentence = _(
            "Genuine by its code: {number} for {name}. This copy of the register does not have it yet, so it cannot say whether it was revoked since."
        ).format(number=number, name=read.record.holder_name)
        return Verdict("genuine", sentence, number, (), {"number": number, "in_register": False})
    sentence = _("Not known here: {number} is not in this register.").format(number=number)
    return Verdict("not_known", sentence, number, (), {"number": number})


def _judged_by_register(certificate: Certificate, read: ReadCertificate) -> Verdict:
    number = full_number(certificate.serial)
    issued = record_of(certificate)
    facts: dict[str, object] = {
        "number": number,
        "in_register": True,
        "holder_name": certificate.holder_name,
        "title": certificate.title,
        "hours_contact": certificate.hours_contact,
        "issued_on": certificate.issued_on.isoformat(),
        "status": certificate.status,
    }
    altered = list(_differences(issued, read.record))
    if read.code.lower() != certificate.code:
        altered.append("code")
    if altered:
        sentence = _altered_sentence(certificate, issued, read, altered)
        return Verdict("altered", sentence, number, tuple(altered), facts)
    return _judged_by_status(certificate, read, facts)


def _differences(issued: CertificateRecord, shown: CertificateRecord | None) -> Iterable[str]:
    if shown is None:
        return
    for name in _FIELDS:
        if not same_text(str(getattr(issued, name)), str(getattr(shown, name))):
            yield name


def _altered_sentence(
    certificate: Certificate, issued: CertificateRecord, read: ReadCertificate, altered: list[str]
) -> str:
    parts = []
    for name in altered:
        if name == "code":
            parts.append(_("the code is another one"))
        else:
            parts.append(
                _("{field}: the paper says “{shown}”, the register “{issued}”").format(
                    field=_(_FIELDS[name]),
                    shown=getattr(read.record, name),
                    issued=getattr(issued, name),
                )
            )
    return _("Altered: {number}, {differences}.").format(
        number=full_number(certificate.serial), differences="; ".join(parts)
    )


def _judged_by_status(
    certificate: Certificate, read: ReadCertificate, facts: dict[str, object]
) -> Verdict:
    number = full_number(certificate.serial)
    if certificate.status == "superseded":
        new = full_number(certificate.replaced_by) if certificate.replaced_by else ""
        sentence = _("Superseded: {number} was replaced by {new}.").format(number=number, new=new)
        return Verdict("superseded", sentence, number, (), {**facts, "replaced_by": new})
    if certificate.status == "revoked":
        sentence = _("Revoked: {number} is no longer valid.").format(number=number)
        return Verdict("revoked", sentence, number, (), facts)
    if certificate.status == "expired":
        sentence = _("Expired: {number} was valid for a limited time.").format(number=number)
        return Verdict("expired", sentence, number, (), facts)
    words = {
        "number": number,
        "name": certificate.holder_name,
        "title": certificate.title,
        "hours": certificate.hours_contact,
    }
    if read.record is None:
        sentence = _(
            "Number and code are genuine: {number}. Compare the sheet itself: it must say “{name}”, “{title}” and {hours} hours."
        )
    else:
        sentence = _("Genuine: {number} for {name}, {title}, {hours} hours.")
    return Verdict("genuine", sentence.format(**words), number, (), facts)


def _summary(verdicts: list[Verdict]) -> Iterable[str]:
    genuine = sum(verdict.is_genuine for verdict in verdicts)
    yield _("Genuine: {genuine} of {all} certificates.").format(genuine=genuine, all=len(verdicts))
    for verdict in verdicts:
        if not verdict.is_genuine:
            yield verdict.sentence


def _as_facts(verdict: Verdict) -> dict[str, object]:
    return {"verdict": verdict.kind, "altered": list(verdict.altered), **verdict.facts}
