"""Readiness of what will be printed: letters, names, logos, the list itself."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import N_, _, current_language, ngettext
from mentor_desktop.models import ListPrint, Project, Workshop
from mentor_desktop.models.base import to_milliseconds
from mentor_desktop.services.agenda import Agenda
from mentor_desktop.services.names import name_warnings
from mentor_desktop.services.readiness_check import ReadinessCheck, check
from mentor_desktop.services.registrations import RegistrationRow
from mentor_desktop.store.unit_of_work import Reader

_SHOWN = 5


def paper_checks(
    uow: Reader,
    workshop: Workshop,
    people: Sequence[RegistrationRow],
    agenda: Agenda,
    project: Project | None,
) -> list[ReadinessCheck]:
    """Return the checks of letters, names, logos and the printed list."""
    attending = [row for row in people if row.is_attending]
    return [
        _fonts(_texts(workshop, attending, agenda, project)),
        _names(attending),
        _files(uow, project),
        _list(uow, workshop, len(attending)),
    ]


def _texts(
    workshop: Workshop,
    people: Iterable[RegistrationRow],
    agenda: Agenda,
    project: Project | None,
) -> Iterator[str]:
    """Yield everything a person typed that a list or certificate will show."""
    for row in people:
        yield from (row.name, row.name_latin, row.badge_name, row.organisation)
    yield from workshop.title.values()
    yield from workshop.data_notice.values()
    yield from (workshop.venue_name, workshop.address, workshop.city)
    yield from (workshop.signatory_name, workshop.signatory_function)
    for slot in agenda.slots:
        for line in slot.items:
            yield from line.titles.values()
    if project is not None:
        yield from (project.title, project.number)
        yield from project.funding_statement.values()
        yield from project.disclaimer.values()


def _fonts(texts: Iterable[str]) -> ReadinessCheck:
    from mentor_desktop.documents.fonts import FontError, missing_characters  # reportlab: 150 ms

    title = N_("Letters")
    # A line break in an address is no letter.
    lines = dict.fromkeys(" ".join(text.split()) for text in texts)
    try:
        missing = {text: missing_characters(text) for text in lines if text}
    except FontError as error:
        return check("fonts", title, "fail", str(error))
    damaged = [text for text, characters in missing.items() if characters]
    if damaged:
        sentence = ngettext(
            "The print fonts lack a letter of {names}. Write it another way.",
            "The print fonts lack letters of {names}. Write them another way.",
            len(damaged),
        )
        return check("fonts", title, "fail", sentence.format(names=_some(damaged)), "participants")
    return check("fonts", title, "ok", _("Every name can be printed in its own letters."))


def _names(people: Iterable[RegistrationRow]) -> ReadinessCheck:
    title = N_("Names")
    suspicious = [
        row.name for row in people if name_warnings(row.given_name, row.family_name, row.badge_name)
    ]
    if suspicious:
        sentence = _("Look at the spelling of {names}: mixed alphabets or a blank too many.")
        return check(
            "names", title, "warn", sentence.format(names=_some(suspicious)), "participants"
        )
    return check("names", title, "ok", _("No name looks mistyped."), "participants")


def _files(uow: Reader, project: Project | None) -> ReadinessCheck:
    title, link = N_("Files"), "project"
    logos = project.logos if project else []
    if not logos:
        sentence = _("There is no logo to print. Funders usually ask for theirs.")
        return check("files", title, "warn" if project else "ok", sentence, link)
    for address in logos:
        try:
            uow.blobs.read(address)
        except StoreError as error:
            return check("files", title, "fail", str(error), link)
    sentence = ngettext("{count} logo is there.", "{count} logos are there.", len(logos))
    return check("files", title, "ok", sentence.format(count=len(logos)), link)


def _list(uow: Reader, workshop: Workshop, attending: int) -> ReadinessCheck:
    title, link = N_("Attendance list"), "papers"
    printed = uow.session.scalars(
        select(ListPrint)
        .where(ListPrint.workshop_id == workshop.id)
        .order_by(ListPrint.printed_at.desc())
        .limit(1)
    ).first()
    if printed is None:
        sentence = _("The list is not printed yet. Paper is the fallback and the evidence.")
        return check("list", title, "fail", sentence, link)
    at = current_language().date(printed.printed_at.astimezone().date())
    if _changed_since(uow, workshop, to_milliseconds(printed.printed_at)):
        sentence = _("The list printed on {day} no longer shows everything. Print it again.")
        return check("list", title, "warn", sentence.format(day=at), link)
    sentence = _("The list of {count} people was printed on {day}.")
    return check("list", title, "ok", sentence.format(count=attending, day=at), link)


def _changed_since(uow: Reader, workshop: Workshop, at: int) -> bool:
    """Say whether names, places or the agenda of this workshop changed after a moment."""
    row = uow.raw.execute(
        "SELECT 1 FROM change "
        "WHERE txn > (SELECT coalesce(max(id), 0) FROM txn WHERE at <= ?1) AND ("
        "(entity = 'registration' AND \"group\" NOT IN ('support_request', 'reference')"
        " AND row IN (SELECT id FROM registration WHERE workshop_id = ?2))"
        " OR (entity = 'person' AND \"group\" IN ('name', 'name_latin', 'organisation_id', 'alias_of')"
        " AND row IN (SELECT person_id FROM registration WHERE workshop_id = ?2))"
        " OR (entity = 'slot' AND row IN (SELECT id FROM slot WHERE workshop_id = ?2))"
        " OR (entity = 'workshop' AND row = ?2 AND \"group\" NOT IN ('status', 'rule'))) LIMIT 1",
        (at, workshop.id),
    ).fetchone()
    return row is not None


def _some(names: Sequence[str]) -> str:
    """Return the first few names, and how many more there are."""
    shown = ", ".join(names[:_SHOWN])
    more = len(names) - _SHOWN
    return _("{names} and {count} more").format(names=shown, count=more) if more > 0 else shown
