"""What is looked at before certificates are issued: signatory, funding text, names, fonts, marks."""

from dataclasses import dataclass
from typing import Literal

from mentor_desktop.documents.fonts import missing_characters
from mentor_desktop.i18n import Language, _, ngettext, text_in
from mentor_desktop.models import Organisation, Project, Workshop
from mentor_desktop.services.attendance_reading import event_of, periods_of
from mentor_desktop.services.edits import found
from mentor_desktop.services.eligibility import EligibilityRow, eligibility, fonts_trouble
from mentor_desktop.services.issuing_rights import issuing_trouble
from mentor_desktop.store.unit_of_work import Reader

State = Literal["ok", "warn", "fail"]
# Programmes whose agreements ask for a funding statement on what is handed out.
_FUNDED = frozenset({"erasmus_plus", "nordplus"})


@dataclass(frozen=True)
class CertificateCheck:
    """One check; `fail` stops the issue, `warn` is for a person to decide.

    `link` names what would repair it: workshop, project, organisation, register, people or "".
    """

    key: str
    state: State
    sentence: str
    link: str = ""


def certificate_language(workshop: Workshop) -> str:
    """Return the language certificates of a workshop are issued in unless another is chosen."""
    return workshop.languages[0] if workshop.languages else "en"


def certificate_checks(
    uow: Reader, workshop_id: str, *, language: str = ""
) -> list[CertificateCheck]:
    """Return every check, what stops the issue first.

    Raises:
        NotFoundError: there is no such workshop.
    """
    workshop = found(uow, Workshop, workshop_id)
    code = language or certificate_language(workshop)
    rows = eligibility(uow, workshop_id)
    project = uow.session.get(Project, workshop.project_id) if workshop.project_id else None
    host = uow.session.get(Organisation, workshop.host_org_id) if workshop.host_org_id else None
    checks = [
        _right(uow),
        _signatory(workshop),
        _issuer(host),
        _title(workshop, code),
        _funding(project, code),
        _fonts(workshop, host, project, rows),
        _names(rows),
        _register(rows),
        _end(uow, workshop_id),
    ]
    order = ("fail", "warn", "ok")
    return sorted(checks, key=lambda check: order.index(check.state))


def _right(uow: Reader) -> CertificateCheck:
    if trouble := issuing_trouble(uow):
        return CertificateCheck("right", "fail", trouble)
    return CertificateCheck("right", "ok", _("This computer may issue certificates."))


def _signatory(workshop: Workshop) -> CertificateCheck:
    if workshop.signatory_name.strip():
        sentence = _("Signed by {name}.").format(name=workshop.signatory_name)
        return CertificateCheck("signatory", "ok", sentence)
    return CertificateCheck(
        "signatory",
        "fail",
        _("{code} names nobody who signs. Enter name and function in the workshop.").format(
            code=workshop.code
        ),
        "workshop",
    )


def _issuer(host: Organisation | None) -> CertificateCheck:
    if host is None:
        sentence = _("No organisation issues the certificates. Choose the host in the workshop.")
        return CertificateCheck("issuer", "fail", sentence, "workshop")
    if not host.address.strip():
        sentence = _("{name} has no address, which a certificate shows.").format(name=host.name)
        return CertificateCheck("issuer", "warn", sentence, "organisation")
    return CertificateCheck("issuer", "ok", _("Issued by {name}.").format(name=host.name))


def _title(workshop: Workshop, language: str) -> CertificateCheck:
    name = Language(language).own_name()
    if not text_in(workshop.title, language).strip():
        sentence = _("{code} has no title. Enter it in the workshop.").format(code=workshop.code)
        return CertificateCheck("title", "fail", sentence, "workshop")
    if not workshop.title.get(language, "").strip():
        sentence = _("The title is not there in {language}; another language is printed.").format(
            language=name
        )
        return CertificateCheck("title", "warn", sentence, "workshop")
    return CertificateCheck("title", "ok", _("In {language}.").format(language=name))


def _funding(project: Project | None, language: str) -> CertificateCheck:
    if project is None:
        return CertificateCheck("funding", "ok", _("The workshop belongs to no funded project."))
    if project.funding_statement.get(language, "").strip():
        return CertificateCheck("funding", "ok", _("The funding statement is there."))
    if text_in(project.funding_statement, language).strip():
        sentence = _("The funding statement is printed in another language.")
        return CertificateCheck("funding", "warn", sentence, "project")
    if project.programme in _FUNDED:
        sentence = _("The project has no funding statement. Paste it from the grant agreement.")
        return CertificateCheck("funding", "warn", sentence, "project")
    return CertificateCheck("funding", "ok", _("The project has no funding statement."))


def _fonts(
    workshop: Workshop,
    host: Organisation | None,
    project: Project | None,
    rows: list[EligibilityRow],
) -> CertificateCheck:
    trouble = fonts_trouble()
    if trouble:
        return CertificateCheck("fonts", "fail", trouble)
    texts = [workshop.city, workshop.signatory_name, workshop.signatory_function]
    texts += list(workshop.title.values())
    if host is not None:
        texts += [host.name, host.address]
    if project is not None:
        texts += [project.title, *project.funding_statement.values(), *project.disclaimer.values()]
    for text in texts:
        missing = missing_characters(text)
        if missing:
            sentence = _("The character “{character}” in “{text}” is in no print font.").format(
                character=missing[0], text=text
            )
            return CertificateCheck("fonts", "fail", sentence, "workshop")
    blocked = [row for row in rows if row.outcome == "blocked"]
    if blocked:
        sentence = ngettext(
            "{count} name cannot be printed: {name}.",
            "{count} names cannot be printed, the first is {name}.",
            len(blocked),
        ).format(count=len(blocked), name=blocked[0].name)
        return CertificateCheck("fonts", "warn", sentence, "people")
    return CertificateCheck("fonts", "ok", _("Every character can be printed."))


def _names(rows: list[EligibilityRow]) -> CertificateCheck:
    count = sum(row.gets_one and not row.is_name_confirmed for row in rows)
    if count:
        sentence = ngettext(
            "{count} name is not confirmed by its holder.",
            "{count} names are not confirmed by their holders.",
            count,
        ).format(count=count)
        return CertificateCheck("names", "warn", sentence, "people")
    return CertificateCheck("names", "ok", _("All names are confirmed."))


def _register(rows: list[EligibilityRow]) -> CertificateCheck:
    names_only = [len(row.warnings) - (not row.is_name_confirmed) for row in rows]
    count = sum(
        bool(questions) and row.outcome in ("eligible", "not_reached")
        for row, questions in zip(rows, names_only, strict=True)
    )
    if count:
        sentence = ngettext(
            "The register leaves something open about {count} person.",
            "The register leaves something open about {count} people.",
            count,
        ).format(count=count)
        return CertificateCheck("register", "warn", sentence, "register")
    return CertificateCheck("register", "ok", _("The register is complete."))


def _end(uow: Reader, workshop_id: str) -> CertificateCheck:
    """Warn while half-days are to come: hours are frozen when a certificate is issued."""
    event, now = event_of(uow.raw, workshop_id), uow.clock()
    coming = [one.code for one in periods_of(uow.raw, workshop_id) if one.counts_from > now]
    if coming:
        sentence = _("Still to come, and on no certificate issued now: {slots}.").format(
            slots=", ".join(coming)
        )
        return CertificateCheck("end", "warn", sentence, "register")
    return CertificateCheck(
        "end", "ok", _("{code} is in its last half-day or over.").format(code=event.code)
    )
