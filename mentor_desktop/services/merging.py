"""Merging two records of one person: the duplicate is from now on read as the other one.

No id in another row is rewritten, so the merge is undone like any action. Where both were
registered in the same workshop, one of the two places is given up.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ConflictError, ValidationError
from mentor_desktop.i18n import N_, _
from mentor_desktop.models import Certificate, Person, Registration, Workshop
from mentor_desktop.services.aliases import load_aliases
from mentor_desktop.services.choices import ATTENDING_STATES
from mentor_desktop.services.edits import found
from mentor_desktop.services.names import full_name
from mentor_desktop.store.unit_of_work import UnitOfWork

# What the remaining person takes over where it has nothing itself.
_TAKEN_OVER = (
    "name_latin", "badge_name", "email", "phone", "country", "birth_year", "organisation_id",
    "preferred_language",
)  # fmt: skip
_GIVEN_UP = frozenset({"cancelled", "declined", "withdrew"})
_STRICTEST = ("no", "group_only", "yes_all", "not_asked")


def merge_people(uow: UnitOfWork, *, keep: str, merge: str) -> Changes:
    """Read the person `merge` as the person `keep` from now on; what `keep` lacks is taken over.

    Raises:
        NotFoundError: no such person.
        ValidationError: they are one person already.
        ConflictError: both have marks or certificates in the same workshop.
    """
    aliases = load_aliases(uow)
    person = found(uow, Person, aliases.resolve(keep))
    duplicate = found(uow, Person, aliases.resolve(merge))
    name = full_name(person.given_name, person.family_name)
    if person.id == duplicate.id:
        raise ValidationError(_("{name} is one person already.").format(name=name))
    own_ids, other_ids = aliases.all_of(person.id), aliases.all_of(duplicate.id)
    for mine, theirs in _shared_workshops(uow, own_ids, other_ids):
        _give_one_up(uow, mine, theirs, name)
    _take_over(person, duplicate)
    duplicate.alias_of = person.id
    merged = full_name(duplicate.given_name, duplicate.family_name)
    uow.describe(N_("Merged {duplicate} into {name}"), duplicate=merged, name=name)
    return uow.commit()


def _take_over(person: Person, duplicate: Person) -> None:
    for field in _TAKEN_OVER:
        if not getattr(person, field):
            setattr(person, field, getattr(duplicate, field))
    if person.gender == "undisclosed":
        person.gender = duplicate.gender
    if not person.name_on_certificate:
        person.name_on_certificate = duplicate.name_on_certificate
        person.name_confirmed_at = person.name_confirmed_at or duplicate.name_confirmed_at
    person.roles = list(dict.fromkeys([*person.roles, *duplicate.roles]))
    if duplicate.note and duplicate.note not in person.note:
        person.note = "\n".join(part for part in (person.note, duplicate.note) if part)
    _take_over_photo_choice(person, duplicate)


def _take_over_photo_choice(person: Person, duplicate: Person) -> None:
    """Keep the later choice; where a time is missing, the stricter one."""
    choices = [
        (one.photo_choice, one.photo_choice_at)
        for one in (person, duplicate)
        if one.photo_choice != "not_asked"
    ]
    if not choices:
        return
    dated = [(at, choice) for choice, at in choices if at is not None]
    if len(dated) == len(choices):
        person.photo_choice_at, person.photo_choice = max(dated)
    else:
        person.photo_choice, person.photo_choice_at = min(choices, key=_strictness)


def _strictness(choice: tuple[str, datetime | None]) -> int:
    return _STRICTEST.index(choice[0])


def _shared_workshops(
    uow: UnitOfWork, own_ids: Sequence[str], other_ids: Sequence[str]
) -> list[tuple[Registration, Registration]]:
    """Return the two registrations in each workshop where both hold a place."""
    rows = uow.session.scalars(
        select(Registration).where(
            Registration.person_id.in_([*own_ids, *other_ids]), Registration.state.not_in(_GIVEN_UP)
        )
    ).all()
    mine = {row.workshop_id: row for row in rows if row.person_id in own_ids}
    theirs = {row.workshop_id: row for row in rows if row.person_id in other_ids}
    return [(mine[one], theirs[one]) for one in sorted(mine.keys() & theirs.keys())]


def _give_one_up(uow: UnitOfWork, mine: Registration, theirs: Registration, name: str) -> None:
    """Cancel the place with nothing on it; of two such, the one that is less of a place."""
    used = [row for row in (mine, theirs) if _is_in_use(uow, row.id)]
    if len(used) > 1:
        raise ConflictError(
            _(
                "{name} stands on the list of {code} twice, in rows {first} and {second}, each with marks or a certificate. Set the marks of one row back to expected first."
            ).format(
                name=name,
                code=found(uow, Workshop, mine.workshop_id).code,
                first=mine.list_number or "–",
                second=theirs.list_number or "–",
            )
        )
    if used:
        lost = theirs if used == [mine] else mine
    else:
        attends = theirs.state in ATTENDING_STATES and mine.state not in ATTENDING_STATES
        lost = mine if attends else theirs
    kept = mine if lost is theirs else theirs
    kept.support_request = kept.support_request or lost.support_request
    lost.state = "cancelled"


def _is_in_use(uow: UnitOfWork, registration_id: str) -> bool:
    """Say whether a mark that counts, or a certificate, belongs to this registration."""
    marked = uow.raw.execute(
        "SELECT 1 FROM attendance_mark WHERE registration_id = ? AND status <> 'expected' "
        "AND id NOT IN (SELECT mark FROM superseded) LIMIT 1",
        (registration_id,),
    ).fetchone()
    if marked:
        return True
    certificate = select(Certificate.id).where(Certificate.registration_id == registration_id)
    return uow.session.scalar(certificate.limit(1)) is not None
