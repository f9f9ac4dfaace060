"""Certificates of the register as sheets to be drawn: what was frozen, nothing computed anew."""

from collections.abc import Iterable, Iterator

from mentor_desktop.documents.certificate_sheet import (
    CertificateCommon,
    CertificateSheet,
    CertificateTexts,
    Issuer,
    Signatory,
)
from mentor_desktop.documents.logo import Logo
from mentor_desktop.i18n import Language
from mentor_desktop.models import Certificate, Project, Workshop
from mentor_desktop.services.certificate_drafts import ATTENDANCE
from mentor_desktop.services.certificate_numbering import stored_hours
from mentor_desktop.services.certificate_numbers import full_number
from mentor_desktop.services.settings import setting
from mentor_desktop.store.unit_of_work import Reader

VERIFY_URL = "certificate_verify_url"
# Programmes whose emblem is printed first and at least as large as any other.
_FUNDERS = frozenset({"erasmus_plus", "nordplus"})


def sheets_of(
    uow: Reader, certificates: Iterable[Certificate], *, duplicates: Iterable[str] = ()
) -> Iterator[CertificateSheet]:
    """Yield the sheets in the order given; `duplicates` are serials of lost originals.

    Sheets of one issue share one `CertificateCommon`, which is drawn once.

    Raises:
        StoreError: the file of a logo is missing.
    """
    copies = frozenset(duplicates)
    common: dict[CertificateCommon, CertificateCommon] = {}
    logos: dict[str, tuple[Logo, ...]] = {}
    verify_url = setting(uow, VERIFY_URL)
    for one in certificates:
        if one.workshop_id not in logos:
            logos[one.workshop_id] = _logos(uow, one.workshop_id)
        shared = _common(one, logos[one.workshop_id], verify_url)
        shared = common.setdefault(shared, shared)
        yield _sheet(one, shared, is_duplicate=one.serial in copies)


def logos_of(uow: Reader, project: Project | None) -> tuple[Logo, ...]:
    """Return the logos of a project as they are printed, the funder's first."""
    if project is None:
        return ()
    is_funded = project.programme in _FUNDERS
    return tuple(
        Logo(uow.blobs.read(address), address[:12], is_funder=is_funded and index == 0)
        for index, address in enumerate(project.logos)
    )


def _logos(uow: Reader, workshop_id: str) -> tuple[Logo, ...]:
    workshop = uow.session.get_one(Workshop, workshop_id)
    project = uow.session.get(Project, workshop.project_id) if workshop.project_id else None
    return logos_of(uow, project)


def _common(one: Certificate, logos: tuple[Logo, ...], verify_url: str) -> CertificateCommon:
    return CertificateCommon(
        kind=one.type,
        texts=(
            CertificateTexts(
                language=one.language,
                title=one.title,
                place=one.place,
                country=Language(one.language).country(one.country) if one.country else "",
                rule_text=one.rule_text,
                funding_statement=one.funding_statement,
                disclaimer=one.disclaimer,
            ),
        ),
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        issuer=Issuer(
            name=one.issuer_name,
            address=one.issuer_address,
            contact=one.issuer_contact,
            organisation_id=one.issuer_number,
        ),
        signatories=(Signatory(one.signatory_name, one.signatory_function),),
        logos=logos,
        project_title=one.project_title,
        project_number=one.project_number,
        # Of mere attendance only the contact hours are known; the rule names the length.
        hours_total=None if one.type == ATTENDANCE else stored_hours(one.hours_total),
        delivery_mode=one.delivery_mode,
        issue_place=one.issue_place,
        verify_url=verify_url,
        has_back=False,
    )


def _sheet(one: Certificate, common: CertificateCommon, *, is_duplicate: bool) -> CertificateSheet:
    return CertificateSheet(
        common=common,
        serial=one.serial,
        check=one.check_digits,
        code=one.code,
        holder_name=one.holder_name,
        holder_name_latin=one.holder_name_latin,
        hours_contact=stored_hours(one.hours_contact),
        issued_on=one.issued_on,
        replaces=full_number(one.replaces) if one.replaces else "",
        is_duplicate=is_duplicate,
    )
