"""Tables out: the same columns that the imports read, so that a table comes back equal."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from mentor_desktop.clock import zone_of
from mentor_desktop.documents.tables_out import Sheet, to_csv, to_xlsx
from mentor_desktop.errors import NotFoundError, ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.models import (
    AttendanceMark,
    Certificate,
    Organisation,
    Person,
    Registration,
    Slot,
    Workshop,
)
from mentor_desktop.store.unit_of_work import Reader

_MARK_COLUMNS = (
    "participant_id",
    "email",
    "name",
    "slot",
    "status",
    "arrived_at",
    "left_at",
    "note",
)


@dataclass(frozen=True)
class ExportedTable:
    """Headings and rows of text, ready for a file; `fields` is what a warning names."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def export_table(uow: Reader, kind: str, *, workshop_id: str | None = None) -> ExportedTable:
    """Return one table: participants, attendance, certificates or organisations.

    Rows of participants and attendance are in the order of the printed list.

    Raises:
        ValidationError: attendance without a workshop.
        NotFoundError: no such kind of table.
    """
    makers: dict[str, Callable[[Reader, str | None], ExportedTable]] = {
        "participants": _participants,
        "attendance": _attendance,
        "certificates": _certificates,
        "organisations": _organisations,
    }
    if kind not in makers:
        raise NotFoundError(_("There is no table called {name}.").format(name=kind))
    return makers[kind](uow, workshop_id)


def table_file(table: ExportedTable, suffix: str, *, language: str) -> bytes:
    """Return the bytes of a `.csv` or `.xlsx` file; nothing in it runs as a formula.

    Raises:
        ValidationError: another kind of file was asked for.
    """
    if suffix == ".csv":
        return to_csv(table.headings, table.rows, language=language)
    if suffix == ".xlsx":
        return to_xlsx([Sheet(table.title, table.headings, table.rows)])
    raise ValidationError(
        _(
            "A table is written as .csv or .xlsx, not as “{suffix}”. Choose another file name."
        ).format(suffix=suffix)
    )


def _participants(uow: Reader, workshop_id: str | None) -> ExportedTable:
    headings = (
        "participant_id", "given_name", "family_name", "name_latin", "badge_name", "email", "organisation",
        "sector", "country", "gender", "birth_year", "role", "preferred_language", "support_needs",
        "registration", "photo_consent",
    )  # fmt: skip
    organisations = {one.id: one for one in uow.session.scalars(select(Organisation))}
    rows = []
    for registration, person in _registered(uow, workshop_id):
        organisation = organisations.get(person.organisation_id or "")
        rows.append(
            (
                registration.reference,
                person.given_name,
                person.family_name,
                person.name_latin,
                person.badge_name,
                person.email,
                organisation.name if organisation else "",
                organisation.sector if organisation else "",
                person.country,
                person.gender,
                str(person.birth_year or ""),
                ";".join(person.roles),
                person.preferred_language,
                registration.support_request,
                "walk_in" if registration.source == "walk_in" else registration.state,
                {"yes_all": "yes"}.get(person.photo_choice, person.photo_choice),
            )
        )
    return ExportedTable(_("Participants"), headings, tuple(rows))


def _registered(uow: Reader, workshop_id: str | None) -> list[tuple[Registration, Person]]:
    query = (
        select(Registration, Person)
        .join(Person, Person.id == Registration.person_id)
        .order_by(
            Registration.workshop_id,
            Registration.list_number.is_(None),
            Registration.list_number,
            func.person_sort_key(Person.given_name, Person.family_name),  # who has no number
            Registration.id,
        )
    )
    if workshop_id:
        query = query.where(Registration.workshop_id == workshop_id)
    return [(registration, person) for registration, person in uow.session.execute(query)]


def _attendance(uow: Reader, workshop_id: str | None) -> ExportedTable:
    if not workshop_id:
        raise ValidationError(
            _("Say which workshop's attendance to export, for example --workshop WS-2026-01.")
        )
    workshop = uow.session.get_one(Workshop, workshop_id)
    zone = zone_of(workshop.time_zone)
    slots = {
        slot.id: slot.code
        for slot in uow.session.scalars(select(Slot).where(Slot.workshop_id == workshop_id))
    }
    marks: dict[str, list[AttendanceMark]] = {}
    superseded = {row[0] for row in uow.raw.execute("SELECT mark FROM superseded")}
    for mark in uow.session.scalars(
        select(AttendanceMark)
        .where(AttendanceMark.workshop_id == workshop_id)
        .order_by(AttendanceMark.id)
    ):
        if mark.id not in superseded:
            marks.setdefault(mark.registration_id, []).append(mark)
    rows = [
        (
            registration.reference,
            person.email,
            f"{person.given_name} {person.family_name}".strip(),
            slots[mark.slot_id],
            mark.status,
            mark.arrived_at.astimezone(zone).strftime("%H:%M") if mark.arrived_at else "",
            mark.left_at.astimezone(zone).strftime("%H:%M") if mark.left_at else "",
            mark.note,
        )
        for registration, person in _registered(uow, workshop_id)
        for mark in sorted(marks.get(registration.id, ()), key=lambda mark: slots[mark.slot_id])
    ]
    return ExportedTable(_("Attendance"), _MARK_COLUMNS, tuple(rows))


def _certificates(uow: Reader, workshop_id: str | None) -> ExportedTable:
    headings = (
        "serial",
        "check",
        "holder_name",
        "title",
        "starts_on",
        "ends_on",
        "hours",
        "issued_on",
        "status",
        "code",
    )
    query = select(Certificate).order_by(Certificate.serial)
    if workshop_id:
        query = query.where(Certificate.workshop_id == workshop_id)
    rows = [
        (
            one.serial,
            one.check_digits,
            one.holder_name,
            one.title,
            one.starts_on.isoformat(),
            one.ends_on.isoformat(),
            one.hours_contact,
            one.issued_on.isoformat(),
            one.status,
            one.code,
        )
        for one in uow.session.scalars(query)
    ]
    return ExportedTable(_("Certificates"), headings, tuple(rows))


def _organisations(uow: Reader, _workshop_id: str | None) -> ExportedTable:
    headings = (
        "name", "name_latin", "short_name", "sector", "subtype", "kind", "country", "city", "address", "oid", "pic",
        "website", "legal_representative", "legal_representative_function",
    )  # fmt: skip
    rows = [
        tuple(str(getattr(one, name)) for name in headings)
        for one in uow.session.scalars(select(Organisation).order_by(Organisation.name))
    ]
    return ExportedTable(_("Organisations"), headings, tuple(rows))
