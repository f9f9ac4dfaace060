"""The rows that `participation` sums up, read from one workshop."""

from sqlalchemy import select

from mentor_desktop.models import Organisation, Person, Registration, Workshop
from mentor_desktop.services.aliases import Aliases, load_aliases
from mentor_desktop.services.attendance_marks import ATTENDED
from mentor_desktop.services.attendance_reading import periods_of, standings_of_slot
from mentor_desktop.services.choices import ATTENDING_STATES
from mentor_desktop.services.edits import found
from mentor_desktop.services.participation import Participant, Participation, participation
from mentor_desktop.services.registrations import RegistrationRow, registration_rows
from mentor_desktop.store.unit_of_work import Reader


def participation_of(uow: Reader, workshop_id: str) -> Participation:
    """Return the figures over everybody attending a workshop, walk-ins included.

    Raises:
        NotFoundError: no such workshop.
    """
    workshop = found(uow, Workshop, workshop_id)
    periods = periods_of(uow.raw, workshop_id)
    return participation(
        participants_of(uow, workshop_id),
        event_year=workshop.starts_on.year,
        slots=[period.code for period in periods],
    )


def participants_of(uow: Reader, workshop_id: str) -> list[Participant]:
    """Return one row for each person attending a workshop, in list order.

    Raises:
        NotFoundError: no such workshop.
    """
    workshop = found(uow, Workshop, workshop_id)
    attending = [row for row in registration_rows(uow, workshop_id) if row.is_attending]
    attended = _attended_slots(uow, workshop_id)
    returning = _earlier_people(uow, workshop, load_aliases(uow))
    organisations = {one.id: one for one in uow.session.scalars(select(Organisation))}
    people = {
        one.id: one
        for one in uow.session.scalars(
            select(Person).where(Person.id.in_([row.person_id for row in attending]))
        )
    }
    return [
        _participant(
            row,
            people[row.person_id],
            organisations.get(row.organisation_id or ""),
            slots=attended.get(row.id, frozenset()),
            is_returning=row.person_id in returning,
            is_local=row.sending_country == workshop.country,
        )
        for row in attending
    ]


def _participant(
    row: RegistrationRow,
    person: Person,
    organisation: Organisation | None,
    *,
    slots: frozenset[str],
    is_returning: bool,
    is_local: bool,
) -> Participant:
    return Participant(
        person_id=person.id,
        country=row.sending_country,
        gender=person.gender,
        sector=organisation.sector if organisation else "",
        organisation_type=organisation.subtype if organisation else "",
        organisation_kind=organisation.kind if organisation else "",
        role=person.roles[0] if person.roles else "",
        birth_year=person.birth_year,
        is_returning=is_returning,
        is_local=is_local,
        slots=slots,
    )


def _attended_slots(uow: Reader, workshop_id: str) -> dict[str, frozenset[str]]:
    """Return the codes of the half-days each registration attended."""
    attended: dict[str, set[str]] = {}
    for period in periods_of(uow.raw, workshop_id):
        for registration_id, standing in standings_of_slot(uow.raw, period.id).items():
            if standing.mark.status in ATTENDED:
                attended.setdefault(registration_id, set()).add(period.code)
    return {registration_id: frozenset(codes) for registration_id, codes in attended.items()}


def _earlier_people(uow: Reader, workshop: Workshop, aliases: Aliases) -> frozenset[str]:
    """Return who attended a workshop that began earlier."""
    rows = uow.session.scalars(
        select(Registration.person_id)
        .join(Workshop, Workshop.id == Registration.workshop_id)
        .where(Workshop.starts_on < workshop.starts_on, Registration.state.in_(ATTENDING_STATES))
    )
    return frozenset(aliases.resolve(person_id) for person_id in rows)
