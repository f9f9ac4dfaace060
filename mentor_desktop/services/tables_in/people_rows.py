"""Rows of participants and of attendance out of a table."""

import dataclasses
import re
from collections.abc import Callable, Sequence
from datetime import time
from functools import cache
from typing import Any  # cells of a row are of many types

from mentor_desktop.i18n import _
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.services.tables_in.collector import collector_paused
from mentor_desktop.services.tables_in.columns import (
    Column,
    Emails,
    Faults,
    Line,
    Parsed,
    Reader,
    Repeated,
    Text,
    build,
)
from mentor_desktop.services.tables_in.headers import Mapping, NameOrder
from mentor_desktop.services.tables_in.parsed_rows import (
    AttendanceRow,
    Columns,
    ParsedRows,
    ParticipantRow,
)
from mentor_desktop.services.tables_in.raw_table import RawTable
from mentor_desktop.services.tables_in.values import (
    Refusal,
    parse_attendance,
    parse_birth_year,
    parse_country,
    parse_gender,
    parse_language,
    parse_photo_choice,
    parse_registration,
    parse_sector,
    parse_span,
    parse_time,
)
from mentor_desktop.services.tables_in.words import key_of
from mentor_desktop.store.folding import mixed_scripts

# A Cyrillic letter beside a Latin one: cheap to look for in a whole column at once.
_MIXED = re.compile("[\u0400-\u052f](?:(?=[A-Za-z\u00c0-\u024f])|(?<=[A-Za-z\u00c0-\u024f].))")
_SURE_WORDS = 2  # a whole name of two words is one given and one family name
_WITHOUT_TIMES = frozenset({"absent", "excused", "not_required", "expected"})


@collector_paused()
def read_participants(
    table: RawTable,
    mapping: Mapping,
    progress: Progress = NO_PROGRESS,
    *,
    keep_damaged: bool = False,
) -> ParsedRows[ParticipantRow]:
    """Return the people of a table; rows with damaged letters are bad unless they are to be kept.

    Raises:
        ValidationError: no column holds the names.
        Cancelled: a person pressed Cancel.
    """
    reader: Reader[ParticipantRow] = Reader(table, mapping, progress, keep_damaged=keep_damaged)
    fields = _participant_columns(_gender_parser(table, mapping))
    given_name = Repeated("given_name", is_required=True)
    registration = Parsed("registration", _state_and_source, ("registered", "form_import"))
    columns: dict[str, list[Any]] = {field.name: [] for field in dataclasses.fields(ParticipantRow)}
    for step in reader.steps():
        given, family = _names(reader, step, given_name, is_required=True)
        states, sources = zip(*reader.values(step, registration), strict=True)
        columns["line"] += reader.lines()
        columns["given_name"] += given
        columns["family_name"] += family
        columns["state"] += states
        columns["source"] += sources
        for name, column in fields.items():
            columns[name] += reader.values(step, column)
    _refuse_repeated_numbers(reader.faults, columns["participant_id"], table.lines)
    return reader.finished(Columns(ParticipantRow, columns))


_PARTICIPANT_ID = Line("participant_id")


def _participant_columns(gender: Callable[[str], str | Refusal]) -> dict[str, Column]:
    """The fields of a row that stand in one column each."""
    return {
        "participant_id": _PARTICIPANT_ID,
        "name_latin": Line("name_latin"),
        "badge_name": Repeated("badge_name"),
        "name_on_certificate": Line("name_on_certificate"),
        "email": Emails("email"),
        "phone": Line("phone"),
        "organisation": Repeated("organisation"),
        "sector": Parsed("sector", parse_sector),
        "country": Parsed("country", parse_country),
        "gender": Parsed("gender", gender, "undisclosed"),
        "birth_year": Parsed("birth_year", parse_birth_year, None),
        "role": Repeated("role"),
        "preferred_language": Parsed("preferred_language", parse_language),
        "support_needs": Text("support_needs"),
        "photo_choice": Parsed("photo_consent", parse_photo_choice, "not_asked"),
        "note": Text("note"),
    }


def _gender_parser(table: RawTable, mapping: Mapping) -> Callable[[str], str | Refusal]:
    """One letter means something only beside the others of its column, looked up when met."""
    index = mapping.column_of("gender")

    @cache
    def letters() -> frozenset[str]:
        distinct = {row[index].strip() for row in table.rows} if index is not None else set()
        return frozenset(key_of(text) for text in distinct if len(text) == 1)

    return lambda text: parse_gender(text, letters() if len(text.strip()) == 1 else frozenset())


def _state_and_source(text: str) -> tuple[str, str] | Refusal:
    code = parse_registration(text)
    if isinstance(code, Refusal):
        return code
    return ("attending", "walk_in") if code == "walk_in" else (code, "form_import")


def _names(
    reader: "Reader[ParticipantRow] | Reader[AttendanceRow]",
    step: Sequence[tuple[str, ...]],
    given_name: Line,
    *,
    is_required: bool,
) -> tuple[Sequence[str], Sequence[str]]:
    """Given and family names of a step, out of their columns or parted out of whole names."""
    if reader.mapping.column_of("given_name") is not None:
        given = reader.values(step, given_name)
        family = reader.values(step, Line("family_name"))
    else:
        whole = reader.values(step, Line("full_name", is_required=is_required))
        parted = [part_name(name, reader.mapping.name_order) for name in whole]
        given, family = [one[0] for one in parted], [one[1] for one in parted]
        if is_required:
            _doubt_long_names(reader.faults, whole, parted)
    _doubt_mixed_scripts(reader.faults, given, family)
    return given, family


def part_name(name: str, order: NameOrder) -> tuple[str, str]:
    """Return given and family name; a comma decides, else the order; one word is a given name."""
    if "," in name:
        family, _comma, given = name.partition(",")
        return (given.strip(), family.strip()) if given.strip() else (family.strip(), "")
    if order == "family_first":
        family, *rest = name.split(None, 1) or [""]
        return (rest[0], family) if rest else (family, "")
    *rest, last = name.rsplit(None, 1) or [""]
    return (rest[0], last) if rest else (last, "")


def _doubt_long_names(
    faults: Faults, whole: Sequence[str], parted: Sequence[tuple[str, str]]
) -> None:
    for index, (name, (given, family)) in enumerate(zip(whole, parted, strict=True)):
        if len(name.split()) > _SURE_WORDS:
            faults.doubt(
                index,
                _("“{name}” was parted into “{given}” and the family name “{family}”.").format(
                    name=name, given=given, family=family
                ),
            )


def _doubt_mixed_scripts(faults: Faults, *columns: Sequence[str]) -> None:
    for names in columns:
        joined = "\n".join(names)
        if joined.isascii() or not _MIXED.search(joined):
            continue
        mixed = {name for name in set(names) if mixed_scripts(name)}
        sentence = _("“{name}” mixes Latin and Cyrillic letters in one word.")
        for index, name in enumerate(names):
            if name in mixed:
                faults.doubt(index, sentence.format(name=name))


def _refuse_repeated_numbers(faults: Faults, numbers: Sequence[str], lines: Sequence[int]) -> None:
    blank = numbers.count("")
    if len(set(numbers)) + blank - bool(blank) == len(numbers):
        return
    first: dict[str, int] = {}
    for index, (number, own_line) in enumerate(zip(numbers, lines, strict=True)):
        line = first.setdefault(number, own_line)
        if number and line != own_line:
            faults.reasons[index].append(
                _("The number “{number}” stands in line {line} already.").format(
                    number=number, line=line
                )
            )


# -------------------------------------------------------------- attendance


@collector_paused()
def read_attendance(
    table: RawTable,
    mapping: Mapping,
    progress: Progress = NO_PROGRESS,
    *,
    keep_damaged: bool = False,
) -> ParsedRows[AttendanceRow]:
    """Return the marks of a table; a person marked twice for one half-day is bad the second time.

    Raises:
        ValidationError: a column for the person, the half-day or the mark is not there.
        Cancelled: a person pressed Cancel.
    """
    reader: Reader[AttendanceRow] = Reader(table, mapping, progress, keep_damaged=keep_damaged)
    email, columns = Emails("email"), _mark_columns()
    rows: list[AttendanceRow] = []
    marked: dict[tuple[str, ...], int] = {}
    for step in reader.steps():
        given, family = _names_if_any(reader, step)
        new = build(
            AttendanceRow,
            reader.lines(),
            reader.values(step, _PARTICIPANT_ID),
            reader.values(step, email),
            given,
            family,
            *(reader.values(step, column) for column in columns),
        )
        for index, row in enumerate(new):
            if fault := _mark_fault(row) or _repeated_fault(row, marked):
                reader.faults.refuse(index, fault)
        rows += new
    return reader.finished(rows)


def _mark_columns() -> list[Column]:
    """The fields after the names, in the order of the row."""
    return [
        Line("slot", is_required=True),
        Parsed("status", parse_attendance, is_required=True),
        Parsed("arrived_at", parse_time, None),
        Parsed("left_at", parse_time, None),
        Parsed("gaps", _spans, ()),
        Text("note"),
    ]


def _names_if_any(
    reader: Reader[AttendanceRow], step: Sequence[tuple[str, ...]]
) -> tuple[Sequence[str], Sequence[str]]:
    columns = [reader.mapping.column_of(field) for field in ("given_name", "full_name")]
    if columns == [None, None]:
        return [""] * len(step[0]), [""] * len(step[0])
    return _names(reader, step, Line("given_name"), is_required=False)


def _spans(text: str) -> tuple[tuple[time, time], ...] | Refusal:
    spans = []
    for part in re.split(r"\s*[;,]\s*", text.strip()):
        span = parse_span(part)
        if isinstance(span, Refusal):
            return span
        spans.append(span)
    return tuple(spans)


def _mark_fault(row: AttendanceRow) -> str | None:
    """Why a mark and its times do not go together; None when they do."""
    if not (row.participant_id or row.email or row.given_name):
        return _("Nobody is named: a number, an e-mail address or a name is needed.")
    both = row.arrived_at is not None and row.left_at is not None
    lacks = {
        "late": row.arrived_at is None and _("A late arrival needs the time."),
        "left_early": row.left_at is None and _("Leaving early needs the time."),
        "partial": not (both or row.gaps)
        and _("Partial attendance needs the times of arriving and leaving."),
    }
    if fault := lacks.get(row.status):
        return fault
    if row.arrived_at and row.left_at and row.arrived_at >= row.left_at:
        return _("The time of leaving is not after the time of arriving.")
    if row.status in _WITHOUT_TIMES and (row.arrived_at or row.left_at or row.gaps):
        return _("Somebody who was not there has no times of arriving or leaving.")
    return None


def _repeated_fault(row: AttendanceRow, marked: dict[tuple[str, ...], int]) -> str | None:
    who = row.participant_id or row.email.lower() or f"{row.given_name}\n{row.family_name}"
    line = marked.setdefault((who, row.slot), row.line)
    if line == row.line:
        return None
    return _("The same person is marked for {slot} in line {line} already.").format(
        slot=row.slot, line=line
    )
