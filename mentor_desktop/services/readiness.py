"""The evening before: what is ready for a workshop, what is not, and what could not be checked.

A check that cannot be run says so; nothing is called ready that was not looked at. Source: the
trainer's walkthrough, evening before.
"""

from collections.abc import Sequence

from mentor_desktop.i18n import N_, _, current_language, ngettext
from mentor_desktop.models import Organisation, Project, Workshop
from mentor_desktop.services.agenda import Agenda, agenda_of
from mentor_desktop.services.edits import found
from mentor_desktop.services.machine import THIS_MACHINE, Machine
from mentor_desktop.services.readiness_check import ReadinessCheck, check
from mentor_desktop.services.readiness_machine import machine_checks
from mentor_desktop.services.readiness_paper import paper_checks
from mentor_desktop.services.registrations import RegistrationRow, registration_rows
from mentor_desktop.services.texts import missing_languages
from mentor_desktop.store.unit_of_work import Reader

__all__ = ["ReadinessCheck", "readiness"]


def readiness(
    uow: Reader, workshop_id: str, *, machine: Machine = THIS_MACHINE
) -> list[ReadinessCheck]:
    """Return every check of a workshop, in the order a trainer prepares.

    Raises:
        NotFoundError: no such workshop.
    """
    workshop = found(uow, Workshop, workshop_id)
    project = uow.session.get(Project, workshop.project_id) if workshop.project_id else None
    host = uow.session.get(Organisation, workshop.host_org_id) if workshop.host_org_id else None
    agenda = agenda_of(uow, workshop_id)
    people = registration_rows(uow, workshop_id)
    return [
        _people(workshop, people),
        _place(workshop),
        _host(host),
        _project(project),
        _funding(project, workshop.languages),
        _rule(workshop),
        _signatory(workshop),
        _agenda(workshop, agenda),
        _languages(workshop, agenda),
        *paper_checks(uow, workshop, people, agenda, project),
        *machine_checks(uow, workshop, machine),
    ]


def _people(workshop: Workshop, people: Sequence[RegistrationRow]) -> ReadinessCheck:
    attending = sum(row.is_attending for row in people)
    title, link = N_("Participants"), "participants"
    if not attending:
        return check("people", title, "fail", _("Nobody is registered yet. Import the list."), link)
    count = ngettext("{count} person is registered.", "{count} people are registered.", attending)
    sentence = count.format(count=attending)
    if workshop.capacity and attending > workshop.capacity:
        more = _("{count} people are registered, the room takes {capacity}.")
        sentence = more.format(count=attending, capacity=workshop.capacity)
        return check("people", title, "warn", sentence, link)
    return check("people", title, "ok", sentence, link)


def _place(workshop: Workshop) -> ReadinessCheck:
    fields = {
        _("venue"): workshop.venue_name,
        _("address"): workshop.address,
        _("city"): workshop.city,
        _("country"): workshop.country,
    }
    return _filled("place", N_("Place"), fields, "workshop", state="warn")


def _host(host: Organisation | None) -> ReadinessCheck:
    title = N_("Hosting organisation")
    if host is None:
        return check("host", title, "fail", _("No hosting organisation is chosen."), "workshop")
    fields = {
        _("address"): host.address,
        _("city"): host.city,
        _("country"): host.country,
        _("legal representative"): host.legal_representative,
        _("function of the legal representative"): host.legal_representative_function,
    }
    return _filled("host", title, fields, "organisation", state="warn")


def _project(project: Project | None) -> ReadinessCheck:
    title = N_("Project")
    if project is None:
        return check("project", title, "warn", _("The workshop belongs to no project."), "workshop")
    fields = {
        _("title"): project.title,
        _("number"): project.number,
        _("granting authority"): project.granting_authority,
    }
    return _filled("project", title, fields, "project", state="warn")


def _funding(project: Project | None, languages: list[str]) -> ReadinessCheck:
    title = N_("Funding text")
    if project is None or project.funding_model == "none":
        return check("funding", title, "ok", _("No funder asks for a text."), "project")
    if not project.funding_statement:
        sentence = _("The funding statement is missing. Paste it from the grant agreement.")
        return check("funding", title, "fail", sentence, "project")
    missing = missing_languages(project.funding_statement, languages)
    if missing:
        sentence = _("The funding statement is missing in: {languages}.")
        return check(
            "funding", title, "warn", sentence.format(languages=_language_names(missing)), "project"
        )
    if not project.disclaimer:
        sentence = _("The disclaimer is missing. Paste it from the grant agreement.")
        return check("funding", title, "warn", sentence, "project")
    return check("funding", title, "ok", _("Statement and disclaimer are there."), "project")


def _rule(workshop: Workshop) -> ReadinessCheck:
    title = N_("Rule for the certificate")
    if workshop.rule_kind == "named_items" and not workshop.rule_items:
        sentence = _("The rule asks for certain agenda items, but none is chosen.")
        return check("rule", title, "fail", sentence, "workshop")
    if workshop.rule_kind == "none":
        sentence = _("Everybody registered gets a certificate, whatever they attended.")
        return check("rule", title, "warn", sentence, "workshop")
    sentence = _("The rule is set, with {grace} minutes of grace.").format(grace=workshop.grace_min)
    return check("rule", title, "ok", sentence, "workshop")


def _signatory(workshop: Workshop) -> ReadinessCheck:
    fields = {
        _("name"): workshop.signatory_name,
        _("function"): workshop.signatory_function,
    }
    return _filled("signatory", N_("Who signs certificates"), fields, "workshop", state="fail")


def _agenda(workshop: Workshop, agenda: Agenda) -> ReadinessCheck:
    title, link = N_("Agenda"), "agenda"
    if not agenda.days:
        return check("agenda", title, "fail", _("There is no agenda yet."), link)
    days = (workshop.ends_on - workshop.starts_on).days + 1
    if len(agenda.days) < days:
        empty = days - len(agenda.days)
        sentence = ngettext(
            "{count} day of the workshop has no agenda.",
            "{count} days of the workshop have no agenda.",
            empty,
        )
        return check("agenda", title, "warn", sentence.format(count=empty), link)
    idle = [slot.code for slot in agenda.slots if not slot.counted_minutes]
    if idle:
        sentence = _("No minute counts in {slots}: nobody can be credited there.")
        return check("agenda", title, "fail", sentence.format(slots=", ".join(idle)), link)
    sentence = _("{slots} half-days, {minutes} minutes count.")
    counted = sentence.format(slots=len(agenda.slots), minutes=agenda.counted_minutes)
    return check("agenda", title, "ok", counted, link)


def _languages(workshop: Workshop, agenda: Agenda) -> ReadinessCheck:
    title = N_("Languages")
    if not workshop.languages:
        sentence = _("No language is chosen for this workshop.")
        return check("languages", title, "warn", sentence, "workshop")
    lines = [line for slot in agenda.slots for line in slot.items]
    incomplete = {
        code
        for texts in (workshop.title, workshop.data_notice, *(line.titles for line in lines))
        for code in missing_languages(texts, workshop.languages)
    }
    if not workshop.data_notice:
        sentence = _("The data notice has no text in any language.")
        return check("languages", title, "warn", sentence, "workshop")
    if incomplete:
        named = [code for code in workshop.languages if code in incomplete]
        sentence = _("Title, data notice or agenda is not complete in: {languages}.")
        return check(
            "languages",
            title,
            "warn",
            sentence.format(languages=_language_names(named)),
            "workshop",
        )
    sentence = _("Title, data notice and agenda are complete in {languages}.")
    return check(
        "languages", title, "ok", sentence.format(languages=_language_names(workshop.languages)), ""
    )


def _filled(
    key: str, title: str, fields: dict[str, str], link: str, *, state: str
) -> ReadinessCheck:
    """Return ok when all fields are filled, else `state` with the names of the empty ones."""
    empty = [name for name, value in fields.items() if not value.strip()]
    if empty:
        sentence = _("Missing: {fields}.").format(fields=", ".join(empty))
        return check(key, title, state, sentence, link)
    return check(key, title, "ok", _("Everything is filled in."), link)


def _language_names(codes: Sequence[str]) -> str:
    return ", ".join(map(current_language().language_name, codes))
