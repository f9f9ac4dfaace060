"""A curriculum from a table: programme, modules, units and learning outcomes."""

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import select

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ConflictError
from mentor_desktop.i18n import N_, _, current_language, text_in
from mentor_desktop.ids import new_id
from mentor_desktop.models import LearningOutcome, Programme, ProgrammePart
from mentor_desktop.services.tables_in.parsed_rows import ProgrammeRow
from mentor_desktop.store.unit_of_work import UnitOfWork

_MINUTES_PER_HOUR = 60


def apply_programme(uow: UnitOfWork, *, rows: Iterable[ProgrammeRow]) -> Changes:
    """Add the programme of the table with everything in it.

    Raises:
        ConflictError: a programme of that code is here already.
    """
    ids: dict[str, str] = {}
    programme_id = ""
    title: dict[str, str] = {}
    for row in rows:
        ids[row.code] = new_id()
        if row.row_type == "programme":
            programme_id, title = ids[row.code], row.title
            _refuse_known(uow, row.code)
            uow.session.add(_programme(row, programme_id))
            uow.session.flush()
        elif row.row_type == "outcome":
            uow.session.add(_outcome(row, ids[row.code], programme_id, ids[row.parent_code]))
        else:
            parent = ids[row.parent_code] if row.row_type == "unit" else None
            uow.session.add(_part(row, ids[row.code], programme_id, parent))
            uow.session.flush()
    uow.describe(
        N_("Imported the programme {title}"), title=text_in(title, current_language().code)
    )
    return uow.commit()


def _minutes(hours: Decimal) -> int:
    return int(hours * _MINUTES_PER_HOUR)


def _refuse_known(uow: UnitOfWork, code: str) -> None:
    if uow.session.scalar(select(Programme.id).filter_by(code=code)):
        raise ConflictError(
            _(
                "The programme {code} is in this workspace already. Give the new one another code."
            ).format(code=code)
        )


def _programme(row: ProgrammeRow, programme_id: str) -> Programme:
    return Programme(
        id=programme_id,
        code=row.code,
        title=row.title,
        delivery_mode=row.delivery_mode,
        minutes_f2f=_minutes(row.hours_f2f),
        minutes_online=_minutes(row.hours_online),
        minutes_self=_minutes(row.hours_self),
        eqf_level=row.eqf_level,
        assessment=row.assessment,
        languages=list(row.languages),
        licence=row.licence,
    )


def _part(
    row: ProgrammeRow, part_id: str, programme_id: str, parent_id: str | None
) -> ProgrammePart:
    return ProgrammePart(
        id=part_id,
        programme_id=programme_id,
        parent_id=parent_id,
        kind=row.row_type,
        code=row.code,
        seq=row.seq,
        title=row.title,
        delivery_mode=row.delivery_mode,
        minutes_f2f=_minutes(row.hours_f2f),
        minutes_online=_minutes(row.hours_online),
        minutes_self=_minutes(row.hours_self),
        eqf_level=row.eqf_level,
        methods=list(row.methods),
        assessment=row.assessment,
        materials=list(row.materials),
        languages=list(row.languages),
        licence=row.licence,
    )


def _outcome(
    row: ProgrammeRow, outcome_id: str, programme_id: str, part_id: str
) -> LearningOutcome:
    return LearningOutcome(
        id=outcome_id,
        programme_id=programme_id,
        part_id=part_id,
        code=row.code,
        seq=row.seq,
        type=row.outcome_type,
        text=row.outcome_text,
    )
