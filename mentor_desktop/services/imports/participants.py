"""Participants of a workshop from a table: new people, known people, places on the list."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import N_
from mentor_desktop.ids import derived_id, new_id
from mentor_desktop.models.base import to_milliseconds
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.services.imports.matching import (
    KnownPerson,
    known_organisations,
    known_people,
    organisation_key,
)
from mentor_desktop.services.tables_in.parsed_rows import ParticipantRow
from mentor_desktop.store.bulk import insert_many
from mentor_desktop.store.collation import person_sort_key
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

_STEP = 500
_OFF_THE_LIST = frozenset({"cancelled", "waiting_list", "declined", "withdrew"})
_WALK_IN = "walk_in"

_ORGANISATION = ("id", "name", "sector", "country")
_ORGANISATION_CONSTANTS = {
    **dict.fromkeys(("name_latin", "short_name", "subtype", "city", "address", "oid", "pic"), ""),
    **dict.fromkeys(("website", "legal_representative", "legal_representative_function"), ""),
    "kind": "external",
    "project_roles": "[]",
}
_PERSON = (
    "id",
    "given_name",
    "family_name",
    "name_latin",
    "badge_name",
    "name_on_certificate",
    "email",
    "phone",
    "country",
    "gender",
    "birth_year",
    "organisation_id",
    "roles",
    "preferred_language",
    "photo_choice",
    "note",
)
_REGISTRATION = (
    "id",
    "person_id",
    "source",
    "state",
    "sending_org_id",
    "sending_country",
    "list_number",
    "reference",
    "support_request",
)


@dataclass(frozen=True)
class PossibleDuplicate:
    """A row that may be somebody who is here already, for a person to look at.

    `is_certain` matches are taken as the same person unless somebody says otherwise.
    """

    line: int
    name: str
    known_name: str
    known_id: str
    reason: str
    is_taken_as_same: bool
    is_certain: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """One registration to be; its list number is given when it is written."""

    registration_id: str
    person_id: str
    sort_key: bytes
    row: ParticipantRow
    organisation_id: str | None


@dataclass(frozen=True)
class PreparedParticipants:
    """What will be written, and what a person should see before it is."""

    workshop_id: str
    organisations: list[tuple[object, ...]]
    people: list[tuple[object, ...]]
    places: list[_Place]
    duplicates: list[PossibleDuplicate]
    already_registered: int


def prepare_participants(
    uow: Reader,
    *,
    rows: Iterable[ParticipantRow],
    workshop_id: str,
    separate_lines: frozenset[int] = frozenset(),
    same_lines: frozenset[int] = frozenset(),
    progress: Progress = NO_PROGRESS,
) -> PreparedParticipants:
    """Decide for every row who it is; changes nothing.

    A row in `separate_lines` makes a new person although somebody like it is known; one in
    `same_lines` is the known person although that is not certain.

    Raises:
        Cancelled: the person pressed Cancel.
    """
    rows = list(rows)
    draft = _Draft(uow, workshop_id, separate_lines, same_lines)
    for index, row in enumerate(rows):
        if index % _STEP == 0:
            progress.step(index, len(rows))
        draft.take(row)
    progress.step(len(rows), len(rows))
    return draft.finished()


def apply_participants(uow: UnitOfWork, *, prepared: PreparedParticipants) -> Changes:
    """Write everything that was prepared, as one action that can be undone."""
    now = to_milliseconds(uow.clock())
    insert_many(
        uow.raw, "organisation", _ORGANISATION, prepared.organisations, _ORGANISATION_CONSTANTS
    )
    insert_many(uow.raw, "person", _PERSON, prepared.people, {"created_at": now})
    constants = {
        "workshop_id": prepared.workshop_id,
        "role": "participant",
        "is_partner_staff": 0,
        "registered_at": now,
    }
    insert_many(uow.raw, "registration", _REGISTRATION, _registrations(uow, prepared), constants)
    uow.describe(N_("Imported {count} participants"), count=len(prepared.places))
    return uow.commit()


class _Draft:
    """Collects what the rows mean while they are read."""

    def __init__(
        self,
        uow: Reader,
        workshop_id: str,
        separate_lines: frozenset[int],
        same_lines: frozenset[int],
    ) -> None:
        self._workshop_id = workshop_id
        self._separate_lines, self._same_lines = separate_lines, same_lines
        self._people = known_people(uow)
        self._organisations = known_organisations(uow)
        self._registered = registered_people(uow, workshop_id)
        self._sort_language = uow.raw.sort_language
        self._new_organisations: list[tuple[object, ...]] = []
        self._new_people: list[tuple[object, ...]] = []
        self._places: list[_Place] = []
        self._duplicates: list[PossibleDuplicate] = []
        self._already = 0

    def take(self, row: ParticipantRow) -> None:
        """Decide who one row is and where it belongs."""
        organisation_id = self._organisation_of(row)
        person_id = self._person_of(row, organisation_id)
        if person_id in self._registered:
            self._already += 1
            return
        self._registered.add(person_id)
        key = person_sort_key(row.given_name, row.family_name, self._sort_language)
        registration_id = derived_id("registration", self._workshop_id, person_id)
        self._places.append(_Place(registration_id, person_id, key, row, organisation_id))

    def finished(self) -> PreparedParticipants:
        """Return what was collected; places in the order of the printed list."""
        return PreparedParticipants(
            workshop_id=self._workshop_id,
            organisations=self._new_organisations,
            people=self._new_people,
            places=sorted(
                self._places, key=lambda place: (place.row.source == _WALK_IN, place.sort_key)
            ),
            duplicates=self._duplicates,
            already_registered=self._already,
        )

    def _person_of(self, row: ParticipantRow, organisation_id: str | None) -> str:
        name = f"{row.given_name} {row.family_name}".strip()
        match = self._people.match(name, row.email, row.birth_year)
        if match is not None:
            is_same = row.line in self._same_lines or (
                match.is_certain and row.line not in self._separate_lines
            )
            self._duplicates.append(
                PossibleDuplicate(
                    row.line,
                    name,
                    match.person.name,
                    match.person.id,
                    match.reason,
                    is_taken_as_same=is_same,
                    is_certain=match.is_certain,
                )
            )
            if is_same:
                return match.person.id
        person_id = new_id()
        self._new_people.append(_person_values(person_id, row, organisation_id))
        self._people.add(KnownPerson(person_id, name, row.email, row.birth_year))
        return person_id

    def _organisation_of(self, row: ParticipantRow) -> str | None:
        if not row.organisation:
            return None
        key = organisation_key(row.organisation, row.country)
        known = self._organisations.get(key)
        if known is None:
            known = new_id()
            self._organisations[key] = known
            self._new_organisations.append((known, row.organisation, row.sector, row.country))
        return known


def registered_people(uow: Reader, workshop_id: str) -> set[str]:
    """Return the ids of everybody who has a place in the workshop, whatever its state."""
    rows = uow.raw.execute(
        "SELECT person_id FROM registration WHERE workshop_id = ?", (workshop_id,)
    )
    return {row[0] for row in rows}


def _person_values(
    person_id: str, row: ParticipantRow, organisation_id: str | None
) -> tuple[object, ...]:
    return (
        person_id,
        row.given_name,
        row.family_name,
        row.name_latin,
        row.badge_name,
        row.name_on_certificate,
        row.email,
        row.phone,
        row.country,
        row.gender,
        row.birth_year,
        organisation_id,
        _roles(row.role),
        row.preferred_language,
        row.photo_choice,
        row.note,
    )


@cache
def _roles(role: str) -> str:
    return json.dumps([role] if role else [])


def _registrations(uow: UnitOfWork, prepared: PreparedParticipants) -> Iterable[tuple[object, ...]]:
    workshop_id = prepared.workshop_id
    # Somebody may have been added at the door since the file was read.
    present = registered_people(uow, workshop_id)
    number = uow.raw.execute(
        "SELECT coalesce(max(list_number), 0) FROM registration WHERE workshop_id = ?",
        (workshop_id,),
    ).fetchone()[0]
    for place in prepared.places:
        if place.person_id in present:
            continue
        row = place.row
        is_listed = row.state not in _OFF_THE_LIST
        number += is_listed
        yield (
            place.registration_id,
            place.person_id,
            row.source,
            row.state,
            place.organisation_id,
            row.country,
            number if is_listed else None,
            row.participant_id,
            row.support_needs,
        )
