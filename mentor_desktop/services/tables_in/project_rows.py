"""Rows of organisations and of projects out of a table."""

import re
from collections.abc import Sequence

from mentor_desktop.i18n import SOURCE_LANGUAGE, _
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
from mentor_desktop.services.tables_in.parsed_rows import OrganisationRow, ParsedRows, ProjectRow
from mentor_desktop.services.tables_in.raw_table import RawTable
from mentor_desktop.services.tables_in.values import (
    parse_country,
    parse_date,
    parse_funder,
    parse_funding_model,
    parse_relation,
    parse_sector,
)

_OID = re.compile(r"E\d{8}")
_PIC = re.compile(r"\d{9}")
# 2017-3-RO01-KA205-000000, with a field since 2021; NPHZ-2014/10078; nine digits from Brussels.
_NUMBER = re.compile(
    r"\d{4}-\d-[A-Z]{2}\d{2}-KA\d{3}(?:-[A-Z]{3})?-\d{6,9}|NP[A-Z]{2}-\d{4}/\d{4,6}|\d{9}"
)


@collector_paused()
def read_organisations(
    table: RawTable,
    mapping: Mapping,
    progress: Progress = NO_PROGRESS,
    *,
    keep_damaged: bool = False,
) -> ParsedRows[OrganisationRow]:
    """Return the organisations of a table; an OID or PIC of odd shape is only a warning.

    Raises:
        ValidationError: no column holds the names.
        Cancelled: a person pressed Cancel.
    """
    reader: Reader[OrganisationRow] = Reader(table, mapping, progress, keep_damaged=keep_damaged)
    columns = _organisation_columns()
    rows: list[OrganisationRow] = []
    first: dict[tuple[str, str], int] = {}
    for step in reader.steps():
        new = build(
            OrganisationRow, reader.lines(), *(reader.values(step, column) for column in columns)
        )
        for index, row in enumerate(new):
            for doubt in _organisation_doubts(row, first):
                reader.faults.doubt(index, doubt)
        rows += new
    return reader.finished(rows)


def _organisation_columns() -> list[Column]:
    """The fields in the order of the row."""
    return [
        Line("name", is_required=True),
        Line("name_latin"),
        Line("short_name"),
        Parsed("sector", parse_sector),
        Line("subtype"),
        Parsed("kind", parse_relation, "external"),
        Parsed("country", parse_country),
        Line("city"),
        Text("address"),
        Line("oid"),
        Line("pic"),
        Line("website"),
        Line("legal_representative"),
        Line("legal_representative_function"),
    ]


def _organisation_doubts(row: OrganisationRow, first: dict[tuple[str, str], int]) -> list[str]:
    doubts = []
    line = first.setdefault((row.name.casefold(), row.country), row.line)
    if row.name and line != row.line:
        doubts.append(_("“{name}” stands in line {line} already.").format(name=row.name, line=line))
    if row.oid and not _OID.fullmatch(row.oid):
        doubts.append(
            _("“{oid}” has not the shape of an OID (E and 8 digits).").format(oid=row.oid)
        )
    if row.pic and not _PIC.fullmatch(row.pic):
        doubts.append(_("“{pic}” has not the shape of a PIC (9 digits).").format(pic=row.pic))
    return doubts


def read_projects(
    table: RawTable,
    mapping: Mapping,
    progress: Progress = NO_PROGRESS,
    *,
    keep_damaged: bool = False,
    language: str = SOURCE_LANGUAGE,
) -> ParsedRows[ProjectRow]:
    """Return the projects of a table, usually one; an unknown shape of number is only a warning.

    `language` is that of texts whose column names none.

    Raises:
        ValidationError: no column holds the titles or the numbers.
        Cancelled: a person pressed Cancel.
    """
    reader: Reader[ProjectRow] = Reader(table, mapping, progress, keep_damaged=keep_damaged)
    before = _project_columns()
    rows: list[ProjectRow] = []
    for step in reader.steps():
        new = build(
            ProjectRow,
            reader.lines(),
            *(reader.values(step, column) for column in before),
            reader.texts_by_language(step, ByLanguage("funding_statement", language)),
            reader.texts_by_language(step, ByLanguage("disclaimer", language)),
            reader.values(step, Line("retention_rule")),
        )
        _check_projects(reader, new)
        rows += new
    return reader.finished(rows)


def _project_columns() -> list[Column]:
    """The fields before the texts by language, in the order of the row."""
    return [
        Line("title", is_required=True),
        Line("acronym"),
        Line("number", is_required=True),
        Parsed("programme", parse_funder, "other"),
        Line("action"),
        Parsed("starts_on", parse_date, None),
        Parsed("ends_on", parse_date, None),
        Parsed("funding_model", parse_funding_model, "none"),
        Line("granting_authority"),
    ]


def _check_projects(reader: Reader[ProjectRow], rows: Sequence[ProjectRow]) -> None:
    for index, row in enumerate(rows):
        if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
            reader.faults.refuse(index, _("The project ends before it starts."))
        if row.number and not _NUMBER.fullmatch(row.number):
            reader.faults.doubt(
                index,
                _("“{number}” is no usual project number; it is kept as it is.").format(
                    number=row.number
                ),
            )
