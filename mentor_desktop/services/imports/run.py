"""One import from bytes to store, in two steps: look (changes nothing), then write."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _, ngettext
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.services.imports.attendance import apply_attendance, prepare_attendance
from mentor_desktop.services.imports.organisations import apply_organisations, apply_project
from mentor_desktop.services.imports.participants import (
    PossibleDuplicate,
    apply_participants,
    prepare_participants,
)
from mentor_desktop.services.imports.plan import apply_plan
from mentor_desktop.services.imports.programme import apply_programme
from mentor_desktop.services.tables_in import rows as table_rows
from mentor_desktop.services.tables_in.collector import collector_paused
from mentor_desktop.services.tables_in.damage import repaired
from mentor_desktop.services.tables_in.fields import TableOf
from mentor_desktop.services.tables_in.headers import Mapping, propose_mapping
from mentor_desktop.services.tables_in.parsed_rows import BadRow, Columns, ParsedRows, Plan
from mentor_desktop.services.tables_in.raw_table import RawTable, RowNote
from mentor_desktop.services.tables_in.reading import read_table
from mentor_desktop.services.workshops import find_workshop
from mentor_desktop.store.staging import AtHand
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

OF_A_WORKSHOP = frozenset({"participants", "plan", "attendance"})

Write = Callable[[UnitOfWork], Changes]
# Called with the number of rows when everything is known and nothing is written yet.
Before = Callable[[int], object]


def _nothing(_rows: int) -> None:
    return None


class Store(Protocol):
    """An opened workspace."""

    def unit_of_work(self) -> AbstractContextManager[UnitOfWork]:
        """Return a unit of work."""

    def reader(self) -> AbstractContextManager[Reader]:
        """Return a read-only view."""

    def finish_staged(self, at_hand: AtHand) -> None:
        """Write what a unit of work promised."""


@dataclass(frozen=True)
class ImportRequest:
    """A file and what a person decided about it; what is None or empty is found out.

    `workshop` is its code. `separate_lines` are rows that are new people although somebody
    like them is known, `same_lines` rows that are the known person although that is not
    certain. `with_repairs` puts letters right that were spoilt before the file came here.
    `without_refused` takes the good rows of a file that has others too.
    """

    kind: TableOf
    file_name: str
    content: bytes
    workshop: str = ""
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    mapping: Mapping | None = None
    separate_lines: frozenset[int] = frozenset()
    same_lines: frozenset[int] = frozenset()
    with_repairs: bool = False
    without_refused: bool = False


@dataclass(frozen=True)
class ImportPreview:
    """What an import would do. `refused` rows stop it unless the request leaves them out.

    `table` is as it was read, before repairs. While `mapping.missing` names a column that is
    needed, nothing is known of the rows, and nothing can be written.
    """

    request: ImportRequest
    table: RawTable
    mapping: Mapping
    rows: int
    refused: tuple[BadRow, ...]
    notes: tuple[RowNote, ...]
    duplicates: tuple[PossibleDuplicate, ...]
    already_known: int
    write: Write
    new_people: int = 0
    new_organisations: int = 0


@dataclass(frozen=True)
class ImportOutcome:
    """What an import did."""

    rows: int
    changes: Changes
    notes: tuple[RowNote, ...]
    duplicates: tuple[PossibleDuplicate, ...]


@collector_paused()
def preview_import(
    store: Store, request: ImportRequest, *, progress: Progress = NO_PROGRESS
) -> ImportPreview:
    """Read the file and find out what it would do; changes nothing.

    Raises:
        ValidationError: the file cannot be read as a table.
        NotFoundError: no workshop has this code.
        Cancelled: the person pressed Cancel.
    """
    table = read_table(
        request.content,
        request.file_name,
        encoding=request.encoding,
        delimiter=request.delimiter,
        sheet=request.sheet,
    )
    mapping = request.mapping or propose_mapping(table.headers, request.kind)
    preview = ImportPreview(
        request=request,
        table=table,
        mapping=mapping,
        rows=0,
        refused=(),
        notes=(),
        duplicates=(),
        already_known=0,
        write=lambda uow: uow.commit(),
    )
    if mapping.missing:
        return preview
    taken = repaired(table) if request.with_repairs else table
    parsed = _READERS[request.kind](taken, mapping, progress)
    preview = replace(preview, rows=len(parsed.rows), refused=parsed.bad, notes=parsed.warnings)
    with store.reader() as uow:
        workshop_id = _workshop(uow, request)
        return _MEANINGS[request.kind](uow, preview, parsed, workshop_id, progress)


@collector_paused()
def apply_import(
    store: Store, preview: ImportPreview, *, before: Before = _nothing
) -> ImportOutcome:
    """Write what the preview showed: all of it, as one action that can be undone.

    `before` gets the number of rows right before they are written; when it raises, none is.

    Raises:
        ValidationError: a column is missing, or rows are refused and the request does not leave
            them out.
    """
    if preview.mapping.missing:
        raise ValidationError(" ".join(preview.mapping.notes[: len(preview.mapping.missing)]))
    if preview.refused and not preview.request.without_refused:
        raise ValidationError(_refusal(preview.refused))
    before(preview.rows)
    with store.unit_of_work() as uow:
        changes = preview.write(uow)
    store.finish_staged(uow.promised)
    return ImportOutcome(preview.rows, changes, preview.notes, preview.duplicates)


def run_import(
    store: Store,
    request: ImportRequest,
    *,
    progress: Progress = NO_PROGRESS,
    before: Before = _nothing,
) -> ImportOutcome:
    """Look and write in one go; see `preview_import` and `apply_import` for the errors."""
    preview = preview_import(store, request, progress=progress)
    return apply_import(store, preview, before=before)


def _workshop(uow: Reader, request: ImportRequest) -> str:
    if request.kind not in OF_A_WORKSHOP:
        return ""
    if not request.workshop:
        raise ValidationError(_("Say which workshop the rows belong to, for example WS-2026-01."))
    return find_workshop(uow, request.workshop)


def _refusal(refused: tuple[BadRow, ...]) -> str:
    first = refused[0]
    count = len(refused)
    sentence = ngettext(
        "Nothing was imported: line {line} cannot be taken: {reason}",
        "Nothing was imported: {count} lines cannot be taken, the first is line {line}: {reason}",
        count,
    )
    return sentence.format(count=count, line=first.line, reason=" ".join(first.reasons))


def _participants(
    uow: Reader,
    preview: ImportPreview,
    parsed: ParsedRows[Any],
    workshop_id: str,
    progress: Progress,
) -> ImportPreview:
    assert isinstance(parsed.rows, Columns)
    prepared = prepare_participants(
        uow,
        rows=parsed.rows,
        workshop_id=workshop_id,
        separate_lines=preview.request.separate_lines,
        same_lines=preview.request.same_lines,
        progress=progress,
    )
    return replace(
        preview,
        new_people=prepared.new_people,
        new_organisations=prepared.new_organisations,
        duplicates=tuple(prepared.duplicates),
        already_known=prepared.already_registered,
        write=partial(apply_participants, prepared=prepared),
    )


def _attendance(
    uow: Reader,
    preview: ImportPreview,
    parsed: ParsedRows[Any],
    workshop_id: str,
    progress: Progress,
) -> ImportPreview:
    prepared = prepare_attendance(uow, rows=parsed.rows, workshop_id=workshop_id, progress=progress)
    return replace(
        preview,
        rows=len(prepared.drafts),
        refused=(*preview.refused, *prepared.refused),
        write=partial(apply_attendance, prepared=prepared),
    )


def _plan(
    _uow: Reader,
    preview: ImportPreview,
    parsed: ParsedRows[Any],
    workshop_id: str,
    _progress: Progress,
) -> ImportPreview:
    assert isinstance(parsed, Plan)
    return replace(preview, write=partial(apply_plan, slots=parsed.slots, workshop_id=workshop_id))


def _programme(
    _uow: Reader,
    preview: ImportPreview,
    parsed: ParsedRows[Any],
    _workshop_id: str,
    _progress: Progress,
) -> ImportPreview:
    return replace(preview, write=partial(apply_programme, rows=parsed.rows))


def _project(
    _uow: Reader,
    preview: ImportPreview,
    parsed: ParsedRows[Any],
    _workshop_id: str,
    _progress: Progress,
) -> ImportPreview:
    return replace(preview, write=partial(apply_project, rows=parsed.rows))


def _organisations(
    _uow: Reader,
    preview: ImportPreview,
    parsed: ParsedRows[Any],
    _workshop_id: str,
    _progress: Progress,
) -> ImportPreview:
    return replace(preview, write=partial(apply_organisations, rows=parsed.rows))


# Any in the signatures above: each kind has its own row type, and `_READERS` gives it to its own meaning.
_READERS: dict[str, Callable[[RawTable, Mapping, Progress], ParsedRows[Any]]] = {
    "participants": table_rows.read_participants,
    "attendance": table_rows.read_attendance,
    "plan": table_rows.read_plan,
    "programme": table_rows.read_programme,
    "project": table_rows.read_projects,
    "organisations": table_rows.read_organisations,
}
_MEANINGS: dict[
    str, Callable[[Reader, ImportPreview, ParsedRows[Any], str, Progress], ImportPreview]
] = {
    "participants": _participants,
    "attendance": _attendance,
    "plan": _plan,
    "programme": _programme,
    "project": _project,
    "organisations": _organisations,
}
