"""Attendance lists as PDF."""

from collections.abc import Collection, Iterable

from mentor_desktop.documents.attendance_list import plan_pages
from mentor_desktop.documents.attendance_list import render_attendance_list as draw_list
from mentor_desktop.documents.attendance_sheet import Orientation
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.services.certificate_checks import certificate_language
from mentor_desktop.services.list_content import ListContent, list_content
from mentor_desktop.services.list_sheet import list_sheet
from mentor_desktop.services.paper_prints import (
    ATTENDANCE,
    Paper,
    PrintedList,
    full_print_id,
    next_suffix,
    print_id,
)
from mentor_desktop.store.unit_of_work import Reader


def render_attendance_list(
    uow: Reader,
    workshop_id: str,
    *,
    day: int | None = None,
    orientation: Orientation = "landscape",
    language: str = "",
    include_final: bool | None = None,
    pages: Collection[int] | None = None,
    progress: Progress = NO_PROGRESS,
) -> Paper:
    """Return the list of one day, or one sheet set for each day, in the order of list numbers.

    `include_final` True puts everybody on it, False leaves the walk-ins of the day to the blank
    rows, None decides by the clock. `pages` chooses some of each day's set, for a reprint. A
    reprint carries a letter after its print id.

    Raises:
        NotFoundError: no such workshop or day, or an empty agenda.
        ListError: the texts at the head leave no room, or no such page.
        FontError: a character is in no print font.
        StoreError: the file of a logo is missing.
    """
    content = list_content(uow, workshop_id, day=day, is_final=include_final)
    ids = {one: print_id(uow, content.workshop.code, f"D{one}") for one in content.days}
    # One letter for the whole job: the sets of one job belong together.
    letters = [next_suffix(uow, workshop_id, identity) for identity in ids.values()]
    suffix = max(letters, key=lambda letter: (len(letter), letter))
    code = language or certificate_language(content.workshop)
    sheet = list_sheet(uow, content, print_ids=ids, language=code, orientation=orientation)
    data = draw_list(sheet, created_at=uow.clock(), pages=pages, reprint=suffix, progress=progress)
    planned = [one for one in plan_pages(sheet) if pages is None or one.page in pages]
    people = [person.line.name for person in (*content.people, *content.staff)]
    return Paper(
        kind="attendance_list",
        workshop_id=workshop_id,
        data=data,
        pages=len(planned),
        rows=len(people),
        file_name=_file_name(content, day, suffix),
        first_name=people[0] if people else "",
        last_name=people[-1] if people else "",
        print_id=full_print_id(ids[content.days[0]], suffix),
        prints=tuple(
            PrintedList(
                kind=ATTENDANCE,
                day=one,
                print_id=ids[one],
                suffix=suffix,
                pages=sum(page.day.print_id == ids[one] for page in planned),
                rows=len(people),
                content_sha256=content.digest(one),
                row_digests=content.row_digests(),
            )
            for one in content.days
        ),
    )


def pages_showing(
    uow: Reader, workshop_id: str, *, day: int, numbers: Iterable[int], language: str = ""
) -> list[int]:
    """Return the pages of a day's list on which these list numbers stand, for a reprint.

    Raises:
        NotFoundError: no such workshop or day.
    """
    content = list_content(uow, workshop_id, day=day)
    code = language or certificate_language(content.workshop)
    sheet = list_sheet(uow, content, print_ids={day: ""}, language=code)
    wanted = set(numbers)
    return [page.page for page in plan_pages(sheet) if wanted & set(page.numbers)]


def _file_name(content: ListContent, day: int | None, suffix: str) -> str:
    part = "" if day is None else f"-D{day}"
    reprint = f"-{suffix}" if suffix else ""
    return f"{content.workshop.code}-attendance-list{part}{reprint}.pdf"
