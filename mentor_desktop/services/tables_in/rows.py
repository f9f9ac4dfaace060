"""Checked rows of every kind of table; people and attendance are read in `people_rows`."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby, pairwise

from mentor_desktop.i18n import _
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.services.tables_in.columns import (
    ByLanguage,
    Column,
    Line,
    Parsed,
    Reader,
    build,
)
from mentor_desktop.services.tables_in.headers import Mapping
from mentor_desktop.services.tables_in.parsed_rows import (
    OrganisationRow,
    ParsedRows,
    Plan,
    PlanItem,
    PlanSlot,
    ProgrammeRow,
    ProgrammeTree,
    ProjectRow,
)
from mentor_desktop.services.tables_in.people_rows import read_attendance, read_participants
from mentor_desktop.services.tables_in.raw_table import RawTable
from mentor_desktop.services.tables_in.values import (
    Refusal,
    parse_country,
    parse_date,
    parse_hours,
    parse_item_type,
    parse_relation,
    parse_sector,
    parse_time,
    parse_whole_number,
    parse_yes_no,
)

__all__ = [
    "read_attendance",
    "read_organisations",
    "read_participants",
    "read_plan",
    "read_programme",
    "read_project",
]

# Items of these kinds are no learning time unless the table says so.
_UNCOUNTED = frozenset({"registration", "break", "meal", "social", "travel"})
_PARENTS = {"module": "programme", "unit": "module", "outcome": "module"}
_HIGHEST_EQF = 8
_NOTHING = Decimal(0)


def read_organisations(
    table: RawTable,
    mapping: Mapping,
    progress: Progress = NO_PROGRESS,
    *,
    keep_damaged: bool = False,
) -> ParsedRows[OrganisationRow]:
    """Return the organisations of a table.

    Raises:
        ValidationError: no column holds the names.
        Cancelled: a person pressed Cancel.
    """
    reader: Reader[OrganisationRow] = Reader(table, mapping, progress, keep_damaged=keep_damaged)
    columns: list[Column] = [
        Line("name", is_required=True),
        Line("name_latin"),
        Line("short_name"),
        Parsed("sector", parse_sector),
        Line("subtype"),
        Parsed("kind", parse_relation, "external"),
        Parsed("country", parse_country),
        Line("city"),
        Line("address"),
        Line("oid"),
        Line("pic"),
        Line("website"),
        Line("legal_representative"),
        Line("legal_representative_function"),
    ]
    rows: list[OrganisationRow] = []
    for step in reader.steps():
        values = (reader.values(step, column) for column in columns)
        rows += build(OrganisationRow, reader.lines(), *values)
    return reader.finished(rows)


def read_project(
    table: RawTable,
    mapping: Mapping,
    progress: Progress = NO_PROGRESS,
    *,
    keep_damaged: bool = False,
) -> ParsedRows[ProjectRow]:
    """Return the projects of a table, with their texts by language.

    Raises:
        ValidationError: no column holds the title or the number.
        Cancelled: a person pressed Cancel.
    """
    reader: Reader[ProjectRow] = Reader(table, mapping, progress, keep_damaged=keep_damaged)
    before: list[Column] = [
        Line("title", is_required=True),
        Line("acronym"),
        Line("number", is_required=True),
        Line("programme"),
        Line("action"),
        Parsed("starts_on", parse_date, None),
        Parsed("ends_on", parse_date, None),
        Line("funding_model"),
        Line("granting_authority"),
    ]
    rows: list[ProjectRow] = []
    for step in reader.steps():
        rows += build(
            ProjectRow,
            reader.lines(),
            *(reader.values(step, column) for column in before),
            reader.texts_by_language(step, ByLanguage("funding_statement")),
            reader.texts_by_language(step, ByLanguage("disclaimer")),
            reader.values(step, Line("retention_rule")),
        )
    return reader.finished(rows)


def read_plan(
    table: RawTable,
    mapping: Mapping,
    progress: Progress = NO_PROGRESS,
    *,
    keep_damaged: bool = False,
) -> Plan:
    """Return the agenda of a table with its half-days; times that cannot be are bad rows.

    Raises:
        ValidationError: a column for date, times or title is not there.
        Cancelled: a person pressed Cancel.
    """
    reader: Reader[PlanItem] = Reader(table, mapping, progress, keep_damaged=keep_damaged)
    before: list[Column] = [
        Line("workshop_code"),
        Parsed("day", parse_whole_number, 0),
        Parsed("date", parse_date, None, is_required=True),
        Line("slot"),
        Parsed("seq", parse_whole_number, 0),
        Parsed("start", parse_time, None, is_required=True),
        Parsed("end", parse_time, None, is_required=True),
        Parsed("counts_for_attendance", parse_yes_no, None),
        Parsed("session_type", parse_item_type, "learning"),
    ]
    after: list[Column] = [
        Line("unit_code"),
        Line("method"),
        Line("facilitator_role"),
        Line("group_format"),
        Line("room"),
        Parsed("materials", _list, ()),
        Parsed("print_before", _list, ()),
    ]
    items: list[PlanItem] = []
    for step in reader.steps():
        items += build(
            PlanItem,
            reader.lines(),
            *(reader.values(step, column) for column in before),
            reader.texts_by_language(step, ByLanguage("session_title")),
            *(reader.values(step, column) for column in after),
        )
    _refuse_impossible_times(reader, items)
    parsed = reader.finished(items)
    good = _completed(parsed.rows)
    return Plan(good, parsed.bad, parsed.warnings, slots=_slots(good))


def _refuse_impossible_times(reader: Reader[PlanItem], items: Sequence[PlanItem]) -> None:
    reader.faults.start = 0
    # A row that is bad already may have no times at all.
    timed = [
        (item.held_on, item.starts, item.ends, index)
        for index, item in enumerate(items)
        if index not in reader.faults.reasons
    ]
    for _day, starts, ends, index in timed:
        if starts >= ends:
            reader.faults.refuse(index, _("The item ends before it begins."))
    for before, after in pairwise(sorted(timed)):
        if before[0] == after[0] and after[1] < before[2]:
            sentence = _("The item begins before the one before it ends.")
            reader.faults.refuse(after[3], sentence)


def _completed(items: Sequence[PlanItem]) -> list[PlanItem]:
    """Fill in what a table may leave out: day, half-day, order, and whether an item counts."""
    ordered = sorted(items, key=lambda item: (item.held_on, item.starts))
    days = {day: number for number, day in enumerate(sorted({item.held_on for item in ordered}), 1)}
    completed = []
    for number, item in enumerate(ordered, 1):
        day = item.day or days[item.held_on]
        half = "AM" if item.starts.hour < 12 else "PM"  # noqa: PLR2004 - noon
        counts = item.type not in _UNCOUNTED if item.counts is None else item.counts  # type: ignore[redundant-expr]  # an empty cell
        completed.append(
            _with(
                item,
                day=day,
                slot=item.slot or f"D{day}-{half}",
                seq=item.seq or number,
                counts=counts,
            )
        )
    return completed


def _with(item: PlanItem, **changed: object) -> PlanItem:
    values = {name: getattr(item, name) for name in PlanItem.__slots__}
    return PlanItem(**(values | changed))


def _slots(items: Sequence[PlanItem]) -> tuple[PlanSlot, ...]:
    slots = []
    for (_day, code), group in groupby(items, key=lambda item: (item.held_on, item.slot)):
        members = tuple(group)
        first = members[0]
        ends = max(item.ends for item in members)
        slots.append(PlanSlot(code, first.day, first.held_on, first.starts, ends, members))
    return tuple(slots)


def read_programme(
    table: RawTable,
    mapping: Mapping,
    progress: Progress = NO_PROGRESS,
    *,
    keep_damaged: bool = False,
) -> ProgrammeTree:
    """Return a curriculum; a row below something that is not there is bad, hours that do not add up a warning.

    Raises:
        ValidationError: a column for kind, code or title is not there.
        Cancelled: a person pressed Cancel.
    """
    reader: Reader[ProgrammeRow] = Reader(table, mapping, progress, keep_damaged=keep_damaged)
    columns: list[Column] = [
        Parsed("row_type", _row_type, is_required=True),
        Line("code", is_required=True),
        Line("parent_code"),
        Parsed("seq", parse_whole_number, 0),
    ]
    hours = [
        Parsed(f"hours_{kind}", parse_hours, _NOTHING)
        for kind in ("f2f", "online", "self", "total")
    ]
    rows: list[ProgrammeRow] = []
    for step in reader.steps():
        rows += build(
            ProgrammeRow,
            reader.lines(),
            *(reader.values(step, column) for column in columns),
            reader.texts_by_language(step, ByLanguage("title")),
            reader.values(step, Line("delivery_mode")),
            *(reader.values(step, column) for column in hours),
            reader.values(step, Parsed("eqf_level", _eqf_level, None)),
            reader.values(step, Line("outcome_type")),
            reader.texts_by_language(step, ByLanguage("outcome_text")),
            reader.values(step, Parsed("methods", _list, ())),
            reader.values(step, Line("assessment")),
            reader.values(step, Parsed("materials", _list, ())),
            reader.values(step, Parsed("languages", _list, ())),
            reader.values(step, Line("licence")),
        )
    _check_tree(reader, rows)
    parsed = reader.finished(rows)
    children: dict[str, tuple[str, ...]] = {}
    for row in sorted(parsed.rows, key=lambda row: row.seq):
        children[row.parent_code] = (*children.get(row.parent_code, ()), row.code)
    return ProgrammeTree(parsed.rows, parsed.bad, parsed.warnings, children=children)


def _check_tree(reader: Reader[ProgrammeRow], rows: Sequence[ProgrammeRow]) -> None:
    reader.faults.start = 0
    kinds: dict[str, str] = {}
    for index, row in enumerate(rows):
        wanted = _PARENTS.get(row.row_type)
        if row.code in kinds:
            reader.faults.refuse(
                index, _("The code {code} stands above already.").format(code=row.code)
            )
        elif wanted and kinds.get(row.parent_code) not in {
            wanted,
            "unit" if row.row_type == "outcome" else wanted,
        }:
            reader.faults.refuse(
                index,
                _("“{parent}” is not a part of the programme above this row.").format(
                    parent=row.parent_code
                ),
            )
        kinds.setdefault(row.code, row.row_type)
        parts = row.hours_f2f + row.hours_online + row.hours_self
        if row.hours_total and row.hours_total != parts:
            reader.faults.doubt(
                index,
                _("{code}: the parts add up to {sum} h, the total says {total} h.").format(
                    code=row.code, sum=parts, total=row.hours_total
                ),
            )


def _row_type(text: str) -> str | Refusal:
    kind = text.strip().lower()
    if kind in {"programme", *_PARENTS}:
        return kind
    return Refusal(_("“{text}” is neither programme, module, unit nor outcome.").format(text=text))


def _eqf_level(text: str) -> int | Refusal:
    if text.strip().isdecimal() and 1 <= int(text) <= _HIGHEST_EQF:
        return int(text)
    return Refusal(_("“{text}” is no EQF level: write 1 to 8.").format(text=text))


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
