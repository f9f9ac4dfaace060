"""Names confirmed by their holders, after the proof sheet went round."""

from collections.abc import Iterable

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import N_
from mentor_desktop.models import Person
from mentor_desktop.services.edits import found
from mentor_desktop.services.roster import roster_line
from mentor_desktop.store.unit_of_work import UnitOfWork


def confirm_names(
    uow: UnitOfWork, *, registration_ids: Iterable[str], is_confirmed: bool = True
) -> Changes:
    """Note that these people signed for their name as it is printed, or take that back.

    A later correction of the name takes the confirmation back by itself.

    Raises:
        NotFoundError: a registration is gone.
    """
    count = 0
    for registration_id in registration_ids:
        person = found(uow, Person, roster_line(uow, registration_id).person_id)
        if (person.name_confirmed_at is not None) != is_confirmed:
            person.name_confirmed_at = uow.clock() if is_confirmed else None
            count += 1
    sentence = N_("Names confirmed: {count}") if is_confirmed else N_("Names to confirm: {count}")
    uow.describe(sentence, count=count)
    return uow.commit()
