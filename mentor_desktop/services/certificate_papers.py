"""Certificates and their hand-over list as PDF, always in list order."""

from collections.abc import Sequence
from io import BytesIO
from typing import BinaryIO

from mentor_desktop.documents.certificate import render_certificate_files
from mentor_desktop.documents.certificate import render_certificates as draw_certificates
from mentor_desktop.documents.certificate_register import (
    HandOverList,
    HandOverRow,
    render_hand_over_list,
)
from mentor_desktop.documents.certificate_sheet import CertificateSheet
from mentor_desktop.documents.pdf_pages import count_pages
from mentor_desktop.errors import NotFoundError
from mentor_desktop.i18n import _, text_in
from mentor_desktop.models import Certificate, Organisation, Project, Workshop
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.services.certificate_checks import certificate_language
from mentor_desktop.services.certificate_register import (
    CertificateRow,
    certificate_rows,
    find_certificate,
)
from mentor_desktop.services.certificate_sheets import logos_of, sheets_of
from mentor_desktop.services.edits import found
from mentor_desktop.services.paper_prints import (
    HAND_OVER,
    Paper,
    PrintedList,
    full_print_id,
    hand_over_digest,
    next_suffix,
    print_id,
)
from mentor_desktop.services.roster import roster
from mentor_desktop.store.unit_of_work import Reader


def render_certificates(
    uow: Reader,
    workshop_id: str,
    *,
    numbers: Sequence[str] | None = None,
    as_duplicates: bool = False,
    progress: Progress = NO_PROGRESS,
) -> Paper:
    """Return the valid certificates in one PDF, or those with the numbers given in that order.

    `as_duplicates` marks the sheets as second copies of lost originals.

    Raises:
        NotFoundError: nothing was issued yet, or no such certificate.
        FontError, CertificateError, PictureError, StoreError: a sheet cannot be drawn.
    """
    sheets = _sheets(uow, workshop_id, numbers, as_duplicates=as_duplicates)
    out = BytesIO()
    draw_certificates(sheets, out, created_at=uow.clock(), progress=progress)
    code = found(uow, Workshop, workshop_id).code
    return _paper(workshop_id, sheets, out.getvalue(), f"{code}-certificates.pdf")


def certificate_papers(
    uow: Reader,
    workshop_id: str,
    *,
    single_file: bool = False,
    numbers: Sequence[str] | None = None,
    progress: Progress = NO_PROGRESS,
) -> list[Paper]:
    """Return valid certificates as one file each, named by number, or all in a single file.

    Empty when nothing was issued.

    Raises:
        NotFoundError: no such certificate.
        FontError, CertificateError, PictureError, StoreError: a sheet cannot be drawn.
    """
    if numbers is None and not _valid(uow, workshop_id):
        return []
    if single_file:
        return [render_certificates(uow, workshop_id, numbers=numbers, progress=progress)]
    sheets = _sheets(uow, workshop_id, numbers)
    files = render_certificate_files(
        sheets, created_at=uow.clock(), progress=progress, total=len(sheets)
    )
    return [
        _paper(workshop_id, [sheet], content, name)
        for sheet, (name, content) in zip(sheets, files, strict=True)
    ]


def write_certificates(
    uow: Reader, workshop_id: str, out: BinaryIO, *, progress: Progress = NO_PROGRESS
) -> int:
    """Write the valid certificates of a workshop to a file as they are drawn; return how many.

    Neither the PDF nor the sheets are ever in memory as a whole. On an error the file is left
    incomplete: write to a draft.

    Raises:
        NotFoundError: nothing was issued yet.
        FontError, CertificateError, PictureError, StoreError: a sheet cannot be drawn.
    """
    rows = _valid(uow, workshop_id)
    if not rows:
        raise _nothing_issued(found(uow, Workshop, workshop_id))
    kept = (uow.session.get_one(Certificate, row.id) for row in rows)
    return draw_certificates(
        sheets_of(uow, kept), out, created_at=uow.clock(), progress=progress, total=len(rows)
    )


def render_certificate_register(uow: Reader, workshop_id: str, *, language: str = "") -> Paper:
    """Return the list on which holders sign for their valid certificates, in list order.

    Raises:
        NotFoundError: nothing was issued yet.
        FontError, PictureError, StoreError: it cannot be drawn.
    """
    workshop = found(uow, Workshop, workshop_id)
    rows = _valid(uow, workshop_id)
    if not rows:
        raise _nothing_issued(workshop)
    identity = print_id(uow, workshop.code, "H")
    suffix = next_suffix(uow, workshop_id, identity)
    sheet = _hand_over_list(
        uow,
        workshop,
        rows,
        full_print_id(identity, suffix),
        language or certificate_language(workshop),
    )
    data = render_hand_over_list(sheet, created_at=uow.clock())
    pages = count_pages(data)
    return Paper(
        kind="hand_over_list",
        workshop_id=workshop_id,
        data=data,
        pages=pages,
        rows=len(rows),
        file_name=f"{workshop.code}-hand-over{f'-{suffix}' if suffix else ''}.pdf",
        first_name=rows[0].holder_name,
        last_name=rows[-1].holder_name,
        print_id=sheet.print_id,
        prints=(
            PrintedList(
                kind=HAND_OVER,
                day=None,
                print_id=identity,
                suffix=suffix,
                pages=pages,
                rows=len(rows),
                content_sha256=hand_over_digest(rows),
                row_digests={},
            ),
        ),
    )


def _hand_over_list(
    uow: Reader, workshop: Workshop, rows: list[CertificateRow], identity: str, language: str
) -> HandOverList:
    people = {line.registration_id: line for line in roster(uow, workshop.id)}
    project = uow.session.get(Project, workshop.project_id) if workshop.project_id else None
    host = uow.session.get(Organisation, workshop.host_org_id) if workshop.host_org_id else None
    return HandOverList(
        activity_title=" ".join(text_in(workshop.title, language).split()),
        starts_on=workshop.starts_on,
        ends_on=workshop.ends_on,
        host=host.name if host else "",
        print_id=identity,
        rows=tuple(
            HandOverRow(
                number=row.list_number or 0,
                serial=row.number,
                name=row.holder_name,
                name_latin=people[row.registration_id].name_latin,
                organisation=people[row.registration_id].organisation,
            )
            for row in rows
        ),
        place=workshop.city,
        project_number=project.number if project else "",
        logos=logos_of(uow, project),
        language=language,
    )


def _sheets(
    uow: Reader, workshop_id: str, numbers: Sequence[str] | None, *, as_duplicates: bool = False
) -> list[CertificateSheet]:
    if numbers is None:
        rows = _valid(uow, workshop_id)
    else:
        rows = [find_certificate(uow, number) for number in numbers]
    if not rows:
        raise _nothing_issued(found(uow, Workshop, workshop_id))
    kept = [uow.session.get_one(Certificate, row.id) for row in rows]
    copies = [row.serial for row in rows] if as_duplicates else []
    return list(sheets_of(uow, kept, duplicates=copies))


def _valid(uow: Reader, workshop_id: str) -> list[CertificateRow]:
    return [row for row in certificate_rows(uow, workshop_id) if row.is_valid]


def _paper(
    workshop_id: str, sheets: Sequence[CertificateSheet], data: bytes, file_name: str
) -> Paper:
    return Paper(
        kind="certificates",
        workshop_id=workshop_id,
        data=data,
        pages=count_pages(data),
        rows=len(sheets),
        file_name=file_name,
        first_name=sheets[0].holder_name,
        last_name=sheets[-1].holder_name,
        numbers=tuple(sheet.number for sheet in sheets),
    )


def _nothing_issued(workshop: Workshop) -> NotFoundError:
    return NotFoundError(
        _("No certificate has been issued for {code} yet. Issue certificates first.").format(
            code=workshop.code
        )
    )
