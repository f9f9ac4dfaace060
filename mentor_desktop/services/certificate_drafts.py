"""New certificates with everything their paper will show, frozen from now on."""

from decimal import Decimal
from functools import cached_property
from typing import Final

from mentor_desktop.documents.certificate_words import CertificateRule, rule_sentence
from mentor_desktop.i18n import Language, text_in
from mentor_desktop.models import AgendaItem, Certificate, Organisation, Project, Workshop
from mentor_desktop.services.attendance_reading import event_of, periods_of
from mentor_desktop.services.attendance_rules import hours
from mentor_desktop.services.certificate_checks import certificate_language
from mentor_desktop.services.certificate_numbering import number_certificate
from mentor_desktop.services.edits import found
from mentor_desktop.services.eligibility import EligibilityRow
from mentor_desktop.services.settings import setting
from mentor_desktop.services.texts import one_line
from mentor_desktop.store.unit_of_work import UnitOfWork

ATTENDANCE: Final = "attendance"
ISSUER_CONTACT: Final = "certificate_contact"

_FROZEN_FIELDS: Final = (
    "type", "workshop_id", "registration_id", "person_id", "title", "starts_on", "ends_on", "place",
    "country", "hours_contact", "hours_total", "delivery_mode", "rule_text", "language",
    "issuer_name", "issuer_address", "issuer_number", "issuer_contact", "project_title",
    "project_number", "funding_statement", "disclaimer", "signatory_name", "signatory_function",
    "issue_place",
)  # fmt: skip


class CertificateDraft:
    """What all certificates of one issue share, read once."""

    def __init__(self, uow: UnitOfWork, workshop_id: str, language: str) -> None:
        self._uow = uow
        self._workshop = found(uow, Workshop, workshop_id)
        self.event = event_of(uow.raw, workshop_id)
        self._language = language or certificate_language(self._workshop)
        self._minutes = sum(p.slot.counted_minutes for p in periods_of(uow.raw, workshop_id))
        session, workshop = uow.session, self._workshop
        self._host = found(uow, Organisation, workshop.host_org_id or "")
        self._project = session.get(Project, workshop.project_id) if workshop.project_id else None

    def certificate_for(self, row: EligibilityRow) -> Certificate:
        """Return a new certificate with everything its paper will show."""
        workshop, language = self._workshop, self._language
        certificate = Certificate(
            type=ATTENDANCE,
            workshop_id=workshop.id,
            registration_id=row.registration_id,
            person_id=row.person_id,
            holder_name=row.name,
            holder_name_latin=row.name_latin,
            title=" ".join(text_in(workshop.title, language).split()),
            starts_on=workshop.starts_on,
            ends_on=workshop.ends_on,
            place=workshop.city,
            country=workshop.country,
            hours_contact=str(hours(row.credited_minutes)),
            hours_total=str(hours(self._minutes)),
            delivery_mode=self._delivery_mode,
            rule_text=self._rule_text,
            language=language,
            signatory_name=workshop.signatory_name,
            signatory_function=workshop.signatory_function,
            issue_place=workshop.city,
            **self._issuer,
            **self._project_texts,
        )
        number_certificate(self._uow, certificate, self.event)
        return certificate

    @cached_property
    def _issuer(self) -> dict[str, str]:
        host = self._host
        number = f"OID {host.oid}" if host.oid else f"PIC {host.pic}" if host.pic else ""
        return {
            "issuer_name": host.name,
            "issuer_address": one_line(host.address),
            "issuer_number": number,
            "issuer_contact": setting(self._uow, ISSUER_CONTACT) or host.website,
        }

    @cached_property
    def _project_texts(self) -> dict[str, str]:
        project = self._project
        if project is None:
            return {}
        return {
            "project_title": project.title,
            "project_number": project.number,
            "funding_statement": text_in(project.funding_statement, self._language),
            "disclaimer": text_in(project.disclaimer, self._language),
        }

    @cached_property
    def _delivery_mode(self) -> str:
        if not self._workshop.online_platform:
            return "face_to_face"
        return "blended" if self._workshop.venue_name else "online_live"

    @cached_property
    def _rule_text(self) -> str:
        rule = self.event.rule
        items = []
        for item_id in self._workshop.rule_items:
            item = self._uow.session.get(AgendaItem, item_id)
            if item is not None:
                items.append(text_in(item.title, self._language))
        return rule_sentence(
            CertificateRule(
                kind=rule.kind.value,
                percent=Decimal(self._workshop.rule_percent),
                items=tuple(items),
                counted_minutes=self._minutes,
            ),
            Language(self._language),
        )


def copy_of(old: Certificate) -> Certificate:
    """Return a new certificate with the wording of another; holder and number are to be set."""
    return Certificate(**{name: getattr(old, name) for name in _FROZEN_FIELDS})
