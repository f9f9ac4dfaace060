"""Rows that can be kept, rows that cannot with the reasons, and what wants a look.

Frozen, and nothing in them knows where the table came from but the line.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from itertools import compress
from typing import Any, Generic, TypeVar, overload  # cells of a row are of many types

from mentor_desktop.services.tables_in.raw_table import RowNote

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not taken: its line, why, and its cells as they were read."""

    line: int
    reasons: tuple[str, ...]
    cells: tuple[str, ...] = ()


class Columns(Sequence[R]):
    """Rows kept column by column; one is made where it is asked for.

    To make 10,000 rows and to ask each for its fields takes as long as reading the file.
    """

    def __init__(self, row_type: type[R], columns: Mapping[str, Sequence[Any]]) -> None:
        """Take the columns by the names of the fields, all of one length."""
        self._row_type = row_type
        self._columns = columns

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())))

    @overload
    def __getitem__(self, index: int) -> R: ...
    @overload
    def __getitem__(self, index: slice) -> "Columns[R]": ...
    def __getitem__(self, index: int | slice) -> "R | Columns[R]":
        cut = {name: column[index] for name, column in self._columns.items()}
        return Columns(self._row_type, cut) if isinstance(index, slice) else self._row_type(**cut)

    def column(self, name: str) -> Sequence[Any]:
        """Return the values of one field, row by row."""
        return self._columns[name]

    def without(self, indexes: Container[int]) -> "Columns[R]":
        """Return the rows that do not stand at these places."""
        kept = [index not in indexes for index in range(len(self))]
        columns = {name: list(compress(one, kept)) for name, one in self._columns.items()}
        return Columns(self._row_type, columns)


@dataclass(frozen=True)
class ParsedRows(Generic[R]):
    """What came out of a table; `bad` and `warnings` by line."""

    rows: Sequence[R]
    bad: tuple[BadRow, ...] = ()
    warnings: tuple[RowNote, ...] = ()


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """One person with the place in the workshop; codes as the store keeps them.

    `participant_id` is the file's own number for the person. `source` is walk_in for those who came
    unannounced, form_import for all others.
    """

    line: int
    participant_id: str
    given_name: str
    family_name: str
    name_latin: str
    badge_name: str
    name_on_certificate: str
    email: str
    phone: str
    organisation: str
    sector: str
    country: str
    gender: str
    birth_year: int | None
    role: str
    preferred_language: str
    support_needs: str
    state: str
    source: str
    photo_choice: str
    note: str


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """One organisation; `kind` is own, partner or external."""

    line: int
    name: str
    name_latin: str
    short_name: str
    sector: str
    subtype: str
    kind: str
    country: str
    city: str
    address: str
    oid: str
    pic: str
    website: str
    legal_representative: str
    legal_representative_function: str


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """One mark: who by number, e-mail or name, in which half-day, and the times in the room."""

    line: int
    participant_id: str
    email: str
    given_name: str
    family_name: str
    slot: str
    status: str
    arrived_at: time | None
    left_at: time | None
    gaps: tuple[tuple[time, time], ...]
    note: str


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One funded project; the texts by language."""

    line: int
    title: str
    acronym: str
    number: str
    programme: str
    action: str
    starts_on: date | None
    ends_on: date | None
    funding_model: str
    granting_authority: str
    funding_statement: dict[str, str]
    disclaimer: dict[str, str]
    retention_rule: str


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One line of an agenda, times as the clock in the room shows them."""

    line: int
    workshop_code: str
    day: int
    held_on: date
    slot: str
    seq: int
    starts: time
    ends: time
    counts: bool
    type: str
    title: dict[str, str]
    unit_code: str
    method: str
    facilitator_role: str
    group_format: str
    room: str
    materials: tuple[str, ...]
    print_before: tuple[str, ...]

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return (self.ends.hour - self.starts.hour) * 60 + self.ends.minute - self.starts.minute


@dataclass(frozen=True, slots=True)
class PlanSlot:
    """A signature period with its agenda items, earliest first."""

    code: str
    day: int
    held_on: date
    starts: time
    ends: time
    items: tuple[PlanItem, ...]

    @property
    def counted_minutes(self) -> int:
        """Minutes of the items that count as attendance; items do not overlap."""
        return sum(item.minutes for item in self.items if item.counts)


@dataclass(frozen=True)
class Plan(ParsedRows[PlanItem]):
    """An agenda: its items by line, and its slots by day and hour."""

    slots: tuple[PlanSlot, ...] = ()

    @property
    def counted_minutes(self) -> int:
        """Minutes of attendance of the whole workshop."""
        return sum(slot.counted_minutes for slot in self.slots)


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """One node of a curriculum: programme, module, unit or learning outcome."""

    line: int
    row_type: str
    code: str
    parent_code: str
    seq: int
    title: dict[str, str]
    delivery_mode: str
    hours_f2f: Decimal
    hours_online: Decimal
    hours_self: Decimal
    hours_total: Decimal
    eqf_level: int | None
    outcome_type: str
    outcome_text: dict[str, str]
    methods: tuple[str, ...]
    assessment: str
    materials: tuple[str, ...]
    languages: tuple[str, ...]
    licence: str


@dataclass(frozen=True)
class ProgrammeTree(ParsedRows[ProgrammeRow]):
    """A curriculum by line; `children` are the codes below each code, in their order."""

    children: dict[str, tuple[str, ...]] = field(default_factory=dict)
