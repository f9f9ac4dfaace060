"""Somebody nobody knows yet, added to the workspace and to a workshop in one action."""

from typing import Any

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import N_
from mentor_desktop.models import Workshop
from mentor_desktop.services.edits import found
from mentor_desktop.services.names import full_name
from mentor_desktop.services.people import prepare_person
from mentor_desktop.services.registration_list import prepare_registration
from mentor_desktop.store.unit_of_work import UnitOfWork


def register_new_person(
    uow: UnitOfWork,
    workshop_id: str,
    *,
    given_name: str,
    family_name: str = "",
    organisation: str = "",
    state: str = "registered",
    **fields: Any,  # Any: one value per field of a person, checked by its rule
) -> Changes:
    """Add a person and give them a place; `created_id(changes, "registration")` is the place.

    Raises:
        NotFoundError: no such workshop.
        ValidationError: the given name is blank, or a field does not hold what it should.
    """
    workshop = found(uow, Workshop, workshop_id)
    person = prepare_person(
        uow, given_name=given_name, family_name=family_name, organisation=organisation, **fields
    )
    prepare_registration(uow, workshop, person, source="manual", state=state)
    name = full_name(person.given_name, person.family_name)
    uow.describe(N_("Registered {name} in {code}"), name=name, code=workshop.code)
    return uow.commit()
