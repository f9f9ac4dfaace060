"""Participants of a workshop from a table: new people, known people, places on the list."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import itemgetter

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import N_
from mentor_desktop.ids import derived_id, new_id, new_ids
from mentor_desktop.models.base import to_milliseconds
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.services.imports.matching import (
    KnownPerson,
    known_organisations,
    known_people,
    organisation_key,
)
from mentor_desktop.services.tables_in.parsed_rows import ParticipantRow
from mentor_desktop.store.bulk import Batch, Row, insert_batch
from mentor_desktop.store.collation import person_sort_key
from mentor_desktop.store.folding import fold_name
from mentor_desktop.store.staging import ROWS_A_PART, PackedRows, pack
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
_PERSON_ID = _REGISTRATION.index("person_id")
_SENDER_ID = _REGISTRATION.index("sending_org_id")
_NUMBER = _REGISTRATION.index("list_number")


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


# One registration to be: the person's id, the row, and the id of the sending organisation.
_Place = tuple[str, ParticipantRow, str | None]


@dataclass(frozen=True)
class PreparedParticipants:
    """What will be written, and what a person should see before it is.

    `rows` are written at once, table by table, `parts` after them. Of a small file all rows are
    at once; of a large one only the last on the list, with organisation and person: who walks in
    before the rest is there gets the number after. List numbers are counted from 1.
    """

    workshop_id: str
    rows: tuple[Batch, ...]
    parts: tuple[PackedRows, ...]
    places: int
    new_people: int
    new_organisations: int
    duplicates: list[PossibleDuplicate]
    already_registered: int


def prepare_participants(
    uow: Reader,
    *,
    rows: Sequence[ParticipantRow],
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
    keys = [person_sort_key(row.given_name, row.family_name, uow.raw.sort_language) for row in rows]
    by_name = sorted(range(len(rows)), key=keys.__getitem__)
    draft = _Draft(uow, workshop_id, separate_lines, same_lines)
    for index, (row, person_id) in enumerate(zip(rows, _ids(by_name), strict=True)):
        if index % _STEP == 0:
            progress.step(index, len(rows))
        draft.take(index, row, person_id)
    progress.step(len(rows), len(rows))
    return draft.finished(by_name)


def apply_participants(uow: UnitOfWork, *, prepared: PreparedParticipants) -> Changes:
    """Write everything that was prepared, as one action that can be undone.

    Of a large file all is promised and little is written yet: see `UnitOfWork.promise`.
    """
    now = to_milliseconds(uow.clock())
    workshop_id = prepared.workshop_id
    last = uow.raw.execute(
        "SELECT coalesce(max(list_number), 0) FROM registration WHERE workshop_id = ?",
        (workshop_id,),
    ).fetchone()[0]

    def settled(batch: Batch) -> Batch:
        if batch.table == "person":
            return replace(batch, constants={**batch.constants, "created_at": now})
        if batch.table == "registration":
            constants = {**batch.constants, "registered_at": now}
            return replace(batch, constants=constants, raised={"list_number": last})
        return batch

    # Somebody may have been added at the door since the file was read.
    present = registered_people(uow, workshop_id)
    for batch in prepared.rows:
        insert_batch(uow.raw, settled(_without(batch, present)))
    uow.promise([replace(part, head=settled(part.head)) for part in prepared.parts])
    uow.describe(N_("Imported {count} participants"), count=prepared.places)
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
        self._organisation_ids: dict[tuple[str, str], str | None] = {}
        self._registered = registered_people(uow, workshop_id)
        self._new_organisations: list[Row] = []
        self._new_people: list[Row] = []
        self._places: dict[int, _Place] = {}
        self._duplicates: list[PossibleDuplicate] = []
        self._already = 0

    def take(self, index: int, row: ParticipantRow, new_person_id: str) -> None:
        """Decide who one row is and where it belongs; the id is for somebody new."""
        organisation_id = self._organisation_of(row)
        person_id = self._person_of(row, new_person_id, organisation_id)
        if person_id in self._registered:
            self._already += 1
            return
        self._registered.add(person_id)
        self._places[index] = person_id, row, organisation_id

    def finished(self, by_name: Sequence[int]) -> PreparedParticipants:
        """Return what was collected; numbered in the order of the printed list, walk-ins last."""
        places = [self._places[index] for index in by_name if index in self._places]
        walk_ins = [place for place in places if place[1].source == _WALK_IN]
        others = [place for place in places if place[1].source != _WALK_IN]
        registrations = list(_registrations(self._workshop_id, others + walk_ins))
        last = next((row for row in reversed(registrations) if row[_NUMBER] is not None), None)
        batches = [
            Batch("organisation", _ORGANISATION, self._new_organisations, _ORGANISATION_CONSTANTS),
            Batch("person", _PERSON, self._new_people),
            Batch(
                "registration",
                _REGISTRATION,
                registrations,
                {"workshop_id": self._workshop_id, "role": "participant", "is_partner_staff": 0},
                {"list_number": 0},
            ),
        ]
        now, later = _parted(batches, last)
        return PreparedParticipants(
            workshop_id=self._workshop_id,
            rows=tuple(now),
            parts=tuple(part for batch in later for part in pack(batch)),
            places=len(registrations),
            new_people=len(self._new_people),
            new_organisations=len(self._new_organisations),
            duplicates=self._duplicates,
            already_registered=self._already,
        )

    def _person_of(self, row: ParticipantRow, own_id: str, organisation_id: str | None) -> str:
        name = f"{row.given_name} {row.family_name}".strip()
        folded = fold_name(row.given_name, row.family_name)
        match = self._people.match(folded, row.email, row.birth_year)
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
        self._new_people.append(_person_values(own_id, row, organisation_id))
        self._people.add(KnownPerson(own_id, name, row.email, row.birth_year), folded)
        return own_id

    def _organisation_of(self, row: ParticipantRow) -> str | None:
        said = (row.organisation, row.country)
        if said not in self._organisation_ids:
            self._organisation_ids[said] = self._found_organisation(row)
        return self._organisation_ids[said]

    def _found_organisation(self, row: ParticipantRow) -> str | None:
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


def _parted(batches: list[Batch], last: Row | None) -> tuple[list[Batch], list[Batch]]:
    """Part what is written at once from what is written later."""
    if sum(len(batch.rows) for batch in batches) <= ROWS_A_PART:
        return batches, []
    # With the last on the list go the rows it refers to.
    ids = {last[0], last[_PERSON_ID], last[_SENDER_ID]} if last else set()
    now = [replace(one, rows=[row for row in one.rows if row[0] in ids]) for one in batches]
    later = [replace(one, rows=[row for row in one.rows if row[0] not in ids]) for one in batches]
    # Ids of places are scattered: in their order, a part touches few pages of the indexes.
    return now, [replace(one, rows=sorted(one.rows, key=itemgetter(0))) for one in later]


def _without(batch: Batch, present: set[str]) -> Batch:
    if batch.table != "registration":
        return batch
    return replace(batch, rows=[row for row in batch.rows if row[_PERSON_ID] not in present])


def _ids(by_name: Sequence[int]) -> list[str]:
    """Return an id for each row that makes a new person.

    They follow the names: people who are written together then stand together in the sorted
    order too, and a part touches few of its pages.
    """
    ids = [""] * len(by_name)
    for index, new in zip(by_name, new_ids(len(by_name)), strict=True):
        ids[index] = new
    return ids


def _registrations(workshop_id: str, places: Iterable[_Place]) -> Iterator[Row]:
    number = 0
    for person_id, row, organisation_id in places:
        is_listed = row.state not in _OFF_THE_LIST
        number += is_listed
        yield (
            derived_id("registration", workshop_id, person_id),
            person_id,
            row.source,
            row.state,
            organisation_id,
            row.country,
            number if is_listed else None,
            row.participant_id,
            row.support_needs,
        )
