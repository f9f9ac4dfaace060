"""Participants of a workshop from a table: new people, known people, places on the list."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import compress

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import N_
from mentor_desktop.ids import derived_ids, new_ids
from mentor_desktop.models.base import to_milliseconds
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.services.imports.matching import (
    KnownPeople,
    KnownPerson,
    Match,
    known_organisations,
    known_people,
    organisation_key,
)
from mentor_desktop.services.tables_in.parsed_rows import Columns, ParticipantRow
from mentor_desktop.store.bulk import Batch, Row, batch_of_rows, insert_batch, narrowed
from mentor_desktop.store.collation import person_sort_keys
from mentor_desktop.store.folding import fold_names
from mentor_desktop.store.staging import ROWS_A_PART, Part, pack
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

_OFF_THE_LIST = frozenset({"cancelled", "waiting_list", "declined", "withdrew"})
_WALK_IN = "walk_in"

# What a table says nothing of.
_ORGANISATION = {
    **dict.fromkeys(("name_latin", "short_name", "subtype", "city", "address", "oid", "pic"), ""),
    **dict.fromkeys(("website", "legal_representative", "legal_representative_function"), ""),
    "kind": "external",
    "project_roles": "[]",
}
# Columns that are kept as the table has them, with the name of the field there.
_PERSON = {
    "given_name": "given_name",
    "family_name": "family_name",
    "name_latin": "name_latin",
    "badge_name": "badge_name",
    "name_on_certificate": "name_on_certificate",
    "email": "email",
    "phone": "phone",
    "country": "country",
    "gender": "gender",
    "birth_year": "birth_year",
    "preferred_language": "preferred_language",
    "photo_choice": "photo_choice",
    "note": "note",
}
_REGISTRATION = {
    "source": "source",
    "state": "state",
    "sending_country": "country",
    "reference": "participant_id",
    "support_request": "support_needs",
}


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


@dataclass(frozen=True)
class PreparedParticipants:
    """What will be written, and what a person should see before it is.

    `rows` are written at once, table by table, `parts` after them. Of a small file all rows are
    at once; of a large one only the last on the list, with organisation and person: who walks in
    before the rest is there gets the number after. List numbers are counted from 1.
    """

    workshop_id: str
    rows: tuple[Batch, ...]
    parts: tuple[Part, ...]
    places: int
    new_people: int
    new_organisations: int
    duplicates: list[PossibleDuplicate]
    already_registered: int


def prepare_participants(
    uow: Reader,
    *,
    rows: Columns[ParticipantRow],
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
    progress.step(0, len(rows))
    given, family = rows.column("given_name"), rows.column("family_name")
    keys = person_sort_keys(given, family, uow.raw.sort_language)
    by_name = sorted(range(len(rows)), key=keys.__getitem__)
    matching = _Matching(known_people(uow), separate_lines, same_lines)
    people = matching.people(rows, _ids(by_name))
    new_organisations, organisations = _organisations(rows, known_organisations(uow))
    progress.step(len(rows), len(rows))

    present = registered_people(uow, workshop_id)
    first_rows = dict(zip(reversed(people), range(len(rows) - 1, -1, -1), strict=True))
    places = {row for person_id, row in first_rows.items() if person_id not in present}
    on_list = _in_order_of_list(rows.column("source"), [row for row in by_name if row in places])
    registrations = _registrations(rows, on_list, people, organisations, workshop_id)
    new_people = _new_people(rows, matching.newcomers(by_name), people, organisations)
    now, later = _parted([new_organisations, new_people, registrations])
    return PreparedParticipants(
        workshop_id=workshop_id,
        rows=tuple(now),
        parts=tuple(part for batch in later for part in pack(batch)),
        places=len(on_list),
        new_people=len(new_people),
        new_organisations=len(new_organisations),
        duplicates=matching.duplicates,
        already_registered=len(rows) - len(on_list),
    )


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
    *others, registrations = prepared.rows
    for batch in (*others, _without(registrations, present)):
        insert_batch(uow.raw, settled(batch))
    uow.promise([replace(part, batch=settled(part.batch)) for part in prepared.parts])
    uow.describe(N_("Imported {count} participants"), count=prepared.places)
    return uow.commit()


def registered_people(uow: Reader, workshop_id: str) -> set[str]:
    """Return the ids of everybody who has a place in the workshop, whatever its state."""
    rows = uow.raw.execute(
        "SELECT person_id FROM registration WHERE workshop_id = ?", (workshop_id,)
    )
    return {row[0] for row in rows}


class _Matching:
    """Who the rows of a file are: people who are known, or new ones."""

    def __init__(
        self, known: KnownPeople, separate_lines: frozenset[int], same_lines: frozenset[int]
    ) -> None:
        self._known = known
        self._separate_lines, self._same_lines = separate_lines, same_lines
        self._known_rows: set[int] = set()
        self.duplicates: list[PossibleDuplicate] = []

    def people(self, rows: Columns[ParticipantRow], new_ids: Sequence[str]) -> list[str]:
        """Return the id of each row's person, its own new id where it is somebody new."""
        ids = list(new_ids)
        folded = fold_names(rows.column("given_name"), rows.column("family_name"))
        emails = list(map(str.casefold, rows.column("email")))
        for index in self._rows_like_others(folded, emails):
            row = rows[index]
            name = f"{row.given_name} {row.family_name}".strip()
            match = self._known.match(folded[index], row.email, row.birth_year)
            if match is not None and self._is_same(row, name, match):
                self._known_rows.add(index)
                ids[index] = match.person.id
            else:
                person = KnownPerson(ids[index], name, row.email, row.birth_year)
                self._known.add(person, folded[index])
        return ids

    def newcomers(self, indexes: Iterable[int]) -> list[int]:
        """Return those of the rows that make a new person."""
        return [index for index in indexes if index not in self._known_rows]

    def _rows_like_others(self, folded: Sequence[str], emails: Sequence[str]) -> Iterator[int]:
        """Give the rows that share a name or an address with others: nobody else can be known."""
        names = _repeated(folded).union(self._known.by_name)
        addresses = _repeated(emails).union(self._known.by_email) - {""}
        for index, (name, email) in enumerate(zip(folded, emails, strict=True)):
            if name in names or email in addresses:
                yield index

    def _is_same(self, row: ParticipantRow, name: str, match: Match) -> bool:
        is_same = row.line in self._same_lines or (
            match.is_certain and row.line not in self._separate_lines
        )
        self.duplicates.append(
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
        return is_same


def _repeated(texts: Iterable[str]) -> set[str]:
    return {text for text, count in Counter(texts).items() if count > 1}


def _ids(by_name: Sequence[int]) -> list[str]:
    """Return an id for each row that makes a new person.

    They follow the names: people who are written together then stand together in the sorted
    order too, and a part touches few of its pages.
    """
    ids = [""] * len(by_name)
    for index, new in zip(by_name, new_ids(len(by_name)), strict=True):
        ids[index] = new
    return ids


def _organisations(
    rows: Columns[ParticipantRow], known: dict[str, str]
) -> tuple[Batch, list[str | None]]:
    """Return the new organisations, and the id of each row's, None where it names none."""
    said = list(zip(rows.column("organisation"), rows.column("country"), strict=True))
    # The first row that names it says what it is: written last, it stays.
    sectors = dict(zip(reversed(said), reversed(rows.column("sector")), strict=True))
    ids: dict[tuple[str, str], str | None] = {}
    new: list[Row] = []
    for own_id, (name, country) in zip(new_ids(len(sectors)), dict.fromkeys(said), strict=True):
        key = organisation_key(name, country)
        if name and key not in known:
            known[key] = own_id
            new.append((own_id, name, sectors[name, country], country))
        ids[name, country] = known[key] if name else None
    columns = ("id", "name", "sector", "country")
    batch = batch_of_rows("organisation", columns, new, _ORGANISATION)
    return batch, list(map(ids.__getitem__, said))


def _new_people(
    rows: Columns[ParticipantRow],
    places: Sequence[int],
    people: Sequence[str],
    organisations: Sequence[str | None],
) -> Batch:
    columns = {name: rows.column(field) for name, field in _PERSON.items()}
    columns |= {"organisation_id": organisations, "roles": list(map(_roles, rows.column("role")))}
    return _picked(Batch("person", {"id": people, **columns}), places)


def _registrations(
    rows: Columns[ParticipantRow],
    on_list: Sequence[int],
    people: Sequence[str],
    organisations: Sequence[str | None],
    workshop_id: str,
) -> Batch:
    """Return the places in the order of the list, and numbered in it."""
    states, last = rows.column("state"), 0
    numbers: list[int | None] = [None] * len(rows)
    ids = [""] * len(rows)
    own_ids = derived_ids(("registration", workshop_id), map(people.__getitem__, on_list))
    for place, own_id in zip(on_list, own_ids, strict=True):
        ids[place] = own_id
        if states[place] not in _OFF_THE_LIST:
            last += 1
            numbers[place] = last
    columns = {name: rows.column(field) for name, field in _REGISTRATION.items()}
    columns |= {"person_id": people, "sending_org_id": organisations, "list_number": numbers}
    constants = {"workshop_id": workshop_id, "role": "participant", "is_partner_staff": 0}
    batch = Batch("registration", {"id": ids, **columns}, constants, {"list_number": 0})
    return _picked(batch, on_list)


def _picked(batch: Batch, places: Sequence[int]) -> Batch:
    """Return the rows at these places, in this order."""
    narrow = narrowed(batch)
    columns = {
        name: list(map(column.__getitem__, places)) for name, column in narrow.columns.items()
    }
    return replace(narrow, columns=columns)


def _in_order_of_list(sources: Sequence[str], by_name: Sequence[int]) -> list[int]:
    """Return the places in the order of the printed list: by name, walk-ins last."""
    return sorted(by_name, key=lambda index: sources[index] == _WALK_IN)


@cache
def _roles(role: str) -> str:
    return json.dumps([role] if role else [])


def _parted(batches: list[Batch]) -> tuple[list[Batch], list[Batch]]:
    """Part what is written at once from what is written later."""
    if sum(map(len, batches)) <= ROWS_A_PART:
        return batches, []
    pairs = [
        batch.parted(row_id)
        for batch, row_id in zip(batches, _last_on_list(batches[-1]), strict=True)
    ]
    return [first for first, _others in pairs], [others for _first, others in pairs]


def _last_on_list(registrations: Batch) -> Sequence[str | None]:
    """Return the organisation, the person and the id of the last place that has a number."""
    numbers = [number or 0 for number in registrations.column("list_number")]
    if not any(numbers):
        return None, None, None
    last = numbers.index(max(numbers))
    return [registrations.column(name)[last] for name in ("sending_org_id", "person_id", "id")]


def _without(registrations: Batch, present: set[str]) -> Batch:
    kept = [person_id not in present for person_id in registrations.column("person_id")]
    columns = {name: list(compress(one, kept)) for name, one in registrations.columns.items()}
    return replace(registrations, columns=columns)
