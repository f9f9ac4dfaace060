"""Registering people in a workshop: places, states, walk-ins, corrected names."""

from typing import Any

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import N_, _
from mentor_desktop.models import Person, Registration, Workshop
from mentor_desktop.services.aliases import load_aliases
from mentor_desktop.services.attendance_reading import event_of, period_of
from mentor_desktop.services.attendance_writing import append_check_in
from mentor_desktop.services.choices import REGISTRATION_STATES
from mentor_desktop.services.edits import apply_fields, found
from mentor_desktop.services.names import full_name
from mentor_desktop.services.people import prepare_person, rename
from mentor_desktop.services.registration_list import (
    RULES,
    RegistrationCounts,
    RegistrationRow,
    give_list_numbers,
    next_list_number,
    number_if_listed,
    prepare_registration,
    registration_counts,
    registration_id,
    registration_rows,
)
from mentor_desktop.services.roster import roster_line
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

__all__ = [
    "RegistrationCounts",
    "RegistrationRow",
    "add_walk_in",
    "change_registration",
    "correct_name",
    "give_list_numbers",
    "let_known_person_in",
    "next_list_number",
    "register_person",
    "registration_counts",
    "registration_id",
    "registration_rows",
    "support_request_of",
]


def register_person(
    uow: UnitOfWork,
    workshop_id: str,
    person_id: str,
    *,
    source: str = "manual",
    state: str = "registered",
    **fields: Any,  # Any: one value per field, checked by its rule
) -> Changes:
    """Give a person a place in a workshop; who cancelled earlier gets the old place back.

    Raises:
        NotFoundError: no such workshop or person.
        ConflictError: the person is on the list already.
        ValidationError: a field does not hold what it should.
    """
    workshop = found(uow, Workshop, workshop_id)
    person = found(uow, Person, load_aliases(uow).resolve(person_id))
    prepare_registration(uow, workshop, person, source=source, state=state, **fields)
    name = full_name(person.given_name, person.family_name)
    uow.describe(N_("Registered {name} in {code}"), name=name, code=workshop.code)
    return uow.commit()


def change_registration(
    uow: UnitOfWork,
    registration_id: str,
    **fields: Any,  # Any: one value per field, checked by its rule
) -> Changes:
    """Change fields of a registration, its state among them.

    Raises:
        NotFoundError: no such registration.
        ValidationError: a field does not hold what it should.
    """
    row = found(uow, Registration, registration_id)
    with uow.session.no_autoflush:
        apply_fields(row, fields, RULES)
        number_if_listed(uow, row)
    name = _name_of(uow, row.person_id)
    if "state" in fields:
        uow.describe(
            N_("{name} is now: {state}"), name=name, state=_(REGISTRATION_STATES[row.state])
        )
    else:
        uow.describe(N_("Changed the registration of {name}"), name=name)
    return uow.commit()


def correct_name(
    uow: UnitOfWork, person_id: str, given_name: str, family_name: str = ""
) -> Changes:
    """Spell a name the right way, everywhere at once; the old spelling stays in the history.

    Raises:
        NotFoundError: no such person.
        ValidationError: the given name is blank or a name has control characters.
    """
    person = found(uow, Person, load_aliases(uow).resolve(person_id))
    old = full_name(person.given_name, person.family_name)
    rename(person, given_name, family_name)
    new = full_name(person.given_name, person.family_name)
    uow.describe(N_("Corrected {old} to {new}"), old=old, new=new)
    return uow.commit()


def add_walk_in(
    uow: UnitOfWork,
    workshop_id: str,
    *,
    given_name: str,
    family_name: str = "",
    organisation: str = "",
    country: str = "",
    slot_id: str | None = None,
) -> Changes:
    """Add a new person at the end of the list and check them in to the half-day, if one is given.

    The new place is `registration_id(workshop_id, created_id(changes, "person"))`; its number is
    one after the largest.

    Raises:
        NotFoundError: no such workshop or half-day.
        ValidationError: the given name is blank, or the country unknown.
    """
    workshop = found(uow, Workshop, workshop_id)
    give_list_numbers(uow, workshop.id)
    person = prepare_person(
        uow,
        given_name=given_name,
        family_name=family_name,
        organisation=organisation,
        country=country,
    )
    return _let_in(uow, workshop, person, slot_id)


def let_known_person_in(
    uow: UnitOfWork, workshop_id: str, *, person_id: str, slot_id: str | None = None
) -> Changes:
    """Add somebody of the workspace at the end of the list, as a walk-in, and check them in.

    Raises:
        NotFoundError: no such workshop, person or half-day.
        ConflictError: the person is on the list already.
    """
    workshop = found(uow, Workshop, workshop_id)
    give_list_numbers(uow, workshop.id)
    person = found(uow, Person, load_aliases(uow).resolve(person_id))
    return _let_in(uow, workshop, person, slot_id)


def support_request_of(uow: Reader, registration_id: str) -> str:
    """Return diet and access needs of one registration, for the named helper only.

    Raises:
        NotFoundError: no such registration.
    """
    return found(uow, Registration, registration_id).support_request


def _let_in(uow: UnitOfWork, workshop: Workshop, person: Person, slot_id: str | None) -> Changes:
    registration = prepare_registration(uow, workshop, person, source="walk_in", state="attending")
    if registration.list_number is None:
        registration.list_number = next_list_number(uow, workshop.id)
    uow.session.flush()
    if slot_id is not None:
        line = roster_line(uow, registration.id)
        event, period = event_of(uow.raw, workshop.id), period_of(uow.raw, slot_id)
        append_check_in(uow, line, event, period, None, "typed")
    uow.describe(
        N_("{name} came without registration (row {number})"),
        name=full_name(person.given_name, person.family_name),
        number=registration.list_number,
    )
    return uow.commit()


def _name_of(uow: Reader, person_id: str) -> str:
    """Return the full name of a person, of the one a duplicate was merged into."""
    person = found(uow, Person, load_aliases(uow).resolve(person_id))
    return full_name(person.given_name, person.family_name)
