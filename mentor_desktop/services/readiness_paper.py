"""Readiness of what will be printed: letters, names, logos, the list itself."""

from collections.abc import Iterable, Iterator, Sequence

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import N_, _, ngettext
from mentor_desktop.models import Project, Workshop
from mentor_desktop.services.agenda import Agenda
from mentor_desktop.services.names import name_warnings
from mentor_desktop.services.paper_prints import papers_of
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
        _list(uow, workshop),
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


def _list(uow: Reader, workshop: Workshop) -> ReadinessCheck:
    title, link = N_("Attendance list"), "papers"
    lists = [paper for paper in papers_of(uow, workshop.id) if paper.kind == "attendance_list"]
    if not lists:
        sentence = _("Without an agenda there is no list to print. Plan the half-days first.")
        return check("list", title, "fail", sentence, "agenda")
    missing = [str(paper.day) for paper in lists if paper.state == "never"]
    if missing:
        sentence = _("Not printed yet: day {days}. Paper is the fallback and the evidence.")
        return check("list", title, "fail", sentence.format(days=", ".join(missing)), link)
    changed = [str(paper.day) for paper in lists if paper.state == "changed"]
    if changed:
        sentence = _("Changed since the list was printed: day {days}. Print those pages again.")
        return check("list", title, "warn", sentence.format(days=", ".join(changed)), link)
    sentence = ngettext(
        "The list of {count} day is printed.", "The lists of {count} days are printed.", len(lists)
    )
    return check("list", title, "ok", sentence.format(count=len(lists)), link)


def _some(names: Sequence[str]) -> str:
    """Return the first few names, and how many more there are."""
    shown = ", ".join(names[:_SHOWN])
    more = len(names) - _SHOWN
    return _("{names} and {count} more").format(names=shown, count=more) if more > 0 else shown
