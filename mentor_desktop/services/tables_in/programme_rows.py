"""A curriculum out of a table: programme, modules, units and learning outcomes as a tree."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from mentor_desktop.i18n import SOURCE_LANGUAGE, _, current_language
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.services.tables_in.collector import collector_paused
from mentor_desktop.services.tables_in.columns import (
    ByLanguage,
    Column,
    Line,
    Parsed,
    Reader,
    Text,
    build,
)
from mentor_desktop.services.tables_in.headers import Mapping
from mentor_desktop.services.tables_in.lists import parse_languages, parse_list
from mentor_desktop.services.tables_in.parsed_rows import ProgrammeRow, ProgrammeTree
from mentor_desktop.services.tables_in.raw_table import RawTable
from mentor_desktop.services.tables_in.values import (
    parse_delivery_mode,
    parse_eqf_level,
    parse_hours,
    parse_outcome_type,
    parse_row_type,
    parse_whole_number,
)

_NO_HOURS = Decimal(0)
_PARENTS = {
    "programme": frozenset[str](),
    "module": frozenset({"programme"}),
    "unit": frozenset({"module"}),
    "outcome": frozenset({"programme", "module", "unit"}),
}
_HOURS = ("hours_f2f", "hours_online", "hours_self", "hours_total")


@collector_paused()
def read_programme(
    table: RawTable,
    mapping: Mapping,
    progress: Progress = NO_PROGRESS,
    *,
    keep_damaged: bool = False,
    language: str = SOURCE_LANGUAGE,
) -> ProgrammeTree:
    """Return the tree of a programme.

    A row whose parent is not there, is of the wrong kind or is itself bad is bad. Hours that do not
    add up, within a row or over its children, are warnings and stay as written. `language` is that
    of texts whose column names none.

    Raises:
        ValidationError: no column holds the kinds, the codes or the titles.
        Cancelled: a person pressed Cancel.
    """
    reader: Reader[ProgrammeRow] = Reader(table, mapping, progress, keep_damaged=keep_damaged)
    rows: list[ProgrammeRow] = []
    for step in reader.steps():
        new = _nodes(reader, step, language)
        for index, row in enumerate(new):
            if fault := _fault_of(row):
                reader.faults.refuse(index, fault)
        rows += new
    reader.faults.start = 0
    _refuse_repeated_codes(reader, rows)
    _refuse_orphans(reader, rows)
    children = _children(reader, rows)
    _doubt_hours(reader, rows, children)
    parsed = reader.finished(rows)
    return ProgrammeTree(
        parsed.rows,
        parsed.bad,
        parsed.warnings,
        {code: tuple(row.code for row in below) for code, below in children.items()},
    )


def _nodes(
    reader: Reader[ProgrammeRow], step: Sequence[tuple[str, ...]], language: str
) -> list[ProgrammeRow]:
    f2f, online, alone, total = (
        reader.values(step, Parsed(field, parse_hours, None)) for field in _HOURS
    )
    sums = [
        (one or _NO_HOURS) + (two or _NO_HOURS) + (three or _NO_HOURS)
        for one, two, three in zip(f2f, online, alone, strict=True)
    ]
    after: list[Column] = [
        Parsed("methods", parse_list, ()),
        Text("assessment"),
        Parsed("materials", parse_list, ()),
        Parsed("languages", parse_languages, ()),
        Line("licence"),
    ]
    return build(
        ProgrammeRow,
        reader.lines(),
        reader.values(step, Parsed("row_type", parse_row_type, is_required=True)),
        reader.values(step, Line("code", is_required=True)),
        reader.values(step, Line("parent_code")),
        reader.values(step, Parsed("seq", parse_whole_number, 0)),
        reader.texts_by_language(step, ByLanguage("title", language)),
        reader.values(step, Parsed("delivery_mode", parse_delivery_mode)),
        *([one or _NO_HOURS for one in column] for column in (f2f, online, alone)),
        [added if one is None else one for one, added in zip(total, sums, strict=True)],
        reader.values(step, Parsed("eqf_level", parse_eqf_level, None)),
        reader.values(step, Parsed("outcome_type", parse_outcome_type)),
        reader.texts_by_language(step, ByLanguage("outcome_text", language)),
        *(reader.values(step, column) for column in after),
    )


def _fault_of(row: ProgrammeRow) -> str | None:
    if row.row_type == "outcome":
        if not row.outcome_text:
            return _("The learning outcome has no text.")
        if not row.outcome_type:
            return _("The learning outcome has no type.")
    elif row.row_type and not row.title:
        return _("“{code}” has no title.").format(code=row.code)
    return None


def _refuse_repeated_codes(reader: Reader[ProgrammeRow], rows: Sequence[ProgrammeRow]) -> None:
    first: dict[str, int] = {}
    for index, row in enumerate(rows):
        line = first.setdefault(row.code, row.line)
        if row.code and line != row.line:
            reader.faults.refuse(
                index,
                _("The code “{code}” stands in line {line} already.").format(
                    code=row.code, line=line
                ),
            )


def _refuse_orphans(reader: Reader[ProgrammeRow], rows: Sequence[ProgrammeRow]) -> None:
    """Refuse rows without a sound parent; parents go first, so what hangs below them falls too."""
    depth = {kind: level for level, kind in enumerate(_PARENTS)}
    kept: dict[str, str] = {}
    order = sorted(enumerate(rows), key=lambda one: depth.get(one[1].row_type, 0))
    for index, row in order:
        if index in reader.faults.reasons:
            continue
        allowed = _PARENTS[row.row_type]
        if not allowed and row.parent_code:
            reader.faults.refuse(index, _("A programme has no parent."))
        elif allowed and kept.get(row.parent_code) not in allowed:
            reader.faults.refuse(index, _parent_sentence(row, kept))
        else:
            kept[row.code] = row.row_type


def _parent_sentence(row: ProgrammeRow, kept: dict[str, str]) -> str:
    if not row.parent_code:
        return _("“{code}” has no parent.").format(code=row.code)
    if row.parent_code in kept:
        return _("“{code}” cannot hang below “{parent}”: it is of the wrong kind.").format(
            code=row.code, parent=row.parent_code
        )
    return _("The parent “{parent}” of “{code}” is not there or is a bad row.").format(
        parent=row.parent_code, code=row.code
    )


def _children(
    reader: Reader[ProgrammeRow], rows: Sequence[ProgrammeRow]
) -> dict[str, list[ProgrammeRow]]:
    below: dict[str, list[ProgrammeRow]] = defaultdict(list)
    for index, row in enumerate(rows):
        if index not in reader.faults.reasons and row.parent_code:
            below[row.parent_code].append(row)
    for children in below.values():
        children.sort(key=lambda row: (row.row_type == "outcome", row.seq, row.line))
    return below


def _doubt_hours(
    reader: Reader[ProgrammeRow],
    rows: Sequence[ProgrammeRow],
    children: dict[str, list[ProgrammeRow]],
) -> None:
    for index, row in enumerate(rows):
        if index in reader.faults.reasons or row.row_type == "outcome":
            continue
        added = row.hours_f2f + row.hours_online + row.hours_self
        if added != row.hours_total:
            reader.faults.doubt(
                index,
                _("“{code}” has {total} hours in all, but its parts add up to {added}.").format(
                    code=row.code, total=_hours(row.hours_total), added=_hours(added)
                ),
            )
        below = [one for one in children.get(row.code, ()) if one.row_type != "outcome"]
        for field in _HOURS:
            own = getattr(row, field)
            of_children = sum((getattr(one, field) for one in below), _NO_HOURS)
            if below and own != of_children:
                reader.faults.doubt(
                    index,
                    _(
                        "“{field}” of “{code}” is {own}, but what is below adds up to {added}."
                    ).format(
                        field=reader.faults.label(field),
                        code=row.code,
                        own=_hours(own),
                        added=_hours(of_children),
                    ),
                )


def _hours(value: Decimal) -> str:
    return current_language().number(value, 0 if value == value.to_integral_value() else 2)
