"""The attendance list as a sheet to be drawn, in one language; nothing sensitive has a field."""

from collections.abc import Iterable, Mapping

from mentor_desktop.documents.attendance_sheet import (
    AttendanceList,
    ListDay,
    ListHead,
    ListRow,
    ListSlot,
    OrganisationAddress,
    Orientation,
)
from mentor_desktop.i18n import Language, text_in
from mentor_desktop.services.attendance_reading import Period
from mentor_desktop.services.certificate_sheets import logos_of
from mentor_desktop.services.choices import EVENT_KINDS, REGISTRATION_ROLES
from mentor_desktop.services.list_content import ListContent, NumberedPerson
from mentor_desktop.services.texts import one_line
from mentor_desktop.store.collation import sort_key
from mentor_desktop.store.unit_of_work import Reader

BLANK_ROWS = 5


def list_sheet(
    uow: Reader,
    content: ListContent,
    *,
    print_ids: Mapping[int, str],
    language: str,
    orientation: Orientation = "landscape",
) -> AttendanceList:
    """Return the list in a language; `print_ids` by day.

    Raises:
        StoreError: the file of a logo is missing.
    """
    words = Language(language)
    days = tuple(
        ListDay(
            held_on=content.of_day(day)[0].held_on,
            slots=tuple(_slot(content, words, period) for period in content.of_day(day)),
            print_id=print_ids[day],
        )
        for day in content.days
    )
    return AttendanceList(
        head=_head(uow, content, words),
        days=days,
        rows=tuple(_row(person, words) for person in content.people),
        trainers=tuple(_row(person, words) for person in content.staff),
        organisations=_addresses((*content.people, *content.staff), words),
        language=language,
        orientation=orientation,
        blank_rows=BLANK_ROWS,
        next_number=content.next_number,
    )


def _slot(content: ListContent, words: Language, period: Period) -> ListSlot:
    zone = content.event.zone
    ends_at = period.slot.ends_at or period.ends_at
    hours = f"{words.time(period.counts_from, zone)}–{words.time(ends_at, zone)}"
    return ListSlot(period.code, hours)


def _head(uow: Reader, content: ListContent, words: Language) -> ListHead:
    workshop, project, host = content.workshop, content.project, content.host
    return ListHead(
        activity_type=words.gettext(EVENT_KINDS.get(workshop.event_kind, "")),
        activity_title=" ".join(text_in(workshop.title, words.code).split()),
        host=host.name if host else "",
        venue=workshop.venue_name,
        address=_with_town(workshop.address, workshop.city),
        country=_country(words, workshop.country),
        platform=workshop.online_platform,
        project_title=project.title if project else "",
        project_number=project.number if project else "",
        funding_statement=text_in(project.funding_statement, words.code) if project else "",
        logos=logos_of(uow, project),
        data_notice=text_in(workshop.data_notice, words.code),
        representative=host.legal_representative if host else "",
        representative_function=host.legal_representative_function if host else "",
    )


def _row(person: NumberedPerson, words: Language) -> ListRow:
    line = person.line
    country = _country(words, line.organisation_country or line.country)
    return ListRow(
        number=person.number,
        family_name=line.family_name,
        given_name=line.given_name,
        name_latin=line.name_latin,
        organisation=line.organisation,
        place=_joined(line.organisation_city, country),
        role=words.gettext(REGISTRATION_ROLES.get(line.role, line.role)),
    )


def _addresses(
    people: Iterable[NumberedPerson], words: Language
) -> tuple[OrganisationAddress, ...]:
    """Return each sending organisation with an address once, sorted as the list's language sorts."""
    addresses: dict[str, str] = {}
    for person in people:
        line = person.line
        if line.organisation and line.organisation_address:
            place = _with_town(line.organisation_address, line.organisation_city)
            country = _country(words, line.organisation_country)
            addresses.setdefault(line.organisation, _joined(place, country))
    names = sorted(addresses, key=lambda name: sort_key(name, words.code))
    return tuple(OrganisationAddress(name, addresses[name]) for name in names)


def _with_town(address: str, city: str) -> str:
    """Return the address with its town, which many people type into the address already."""
    line = one_line(address)
    return line if city and city in line else _joined(line, city)


def _country(words: Language, code: str) -> str:
    return words.country(code) if code else ""


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
