"""Attendance lists: what stands on each page, how large the cells are, what never is printed."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pypdfium2 as pdfium
import pytest

from mentor_desktop.documents.attendance_list import ListError, plan_pages, render_attendance_list
from mentor_desktop.documents.attendance_plan import columns_for, slot_groups
from mentor_desktop.documents.attendance_sheet import AttendanceList, ListRow, ListSlot, Orientation
from mentor_desktop.documents.fonts import FONT_FILES, FontError
from tests.documents.paper import (
    NOW,
    POINTS_PER_MM,
    attendance_list,
    font_names,
    list_row,
    page_texts,
    participants,
    text_in_box,
    visible_texts,
)

ORIENTATIONS: tuple[Orientation, ...] = ("landscape", "portrait")
SLOTS = tuple(ListSlot(f"D1-{n}", "10:00–12:30") for n in range(1, 8))


def printed(sheet: AttendanceList, **options: object) -> bytes:
    return render_attendance_list(sheet, created_at=NOW, **options)  # type: ignore[arg-type]


def horizontal_lines(content: bytes, page: int) -> list[float]:
    """Return the height in mm from the top of every line as wide as the table."""
    document = pdfium.PdfDocument(content)
    try:
        one = document[page]
        width, height = one.get_size()
        bounds = [found.get_bounds() for found in one.get_objects(filter=[2])]
    finally:
        document.close()
    lines = {
        round((height - (top + bottom) / 2) / POINTS_PER_MM, 1)
        for left, bottom, right, top in bounds
        if right - left > width * 0.9 and top - bottom < 3
    }
    return sorted(lines)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_list_says_what_it_says(
    orientation: Orientation, like_reference: Callable[[str, bytes], None]
) -> None:
    sheet = attendance_list(orientation=orientation)

    like_reference(f"attendance-{orientation}", printed(sheet))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_head_and_foot_are_on_every_page(orientation: Orientation) -> None:
    sheet = attendance_list(orientation=orientation)
    pages = page_texts(printed(sheet))

    for number, text in enumerate(pages, start=1):
        flowing = " ".join(text.split())
        for wanted in (
            sheet.head.activity_type,
            sheet.head.activity_title,
            sheet.head.project_title,
            sheet.head.project_number,
            sheet.head.host,
            "Dům mládeže Vzor, Vzorová 12, 602 00 Brno, Czechia",
            sheet.head.funding_statement,
            "Tuesday, 10 March 2026",
            "WS-2026-01-D1-7K2",
            f"Page {number} of {len(pages)}",
        ):
            assert wanted in flowing, f"{wanted} on page {number}"
        if "Addresses of the sending" not in flowing:
            for wanted in (
                "Family name",
                "Signatures on this page:",
                "Trainer's signature",
                "Legal representative of the host",
                "Dalibor Žďárek, předseda spolku",
                "privacy@example.org",
            ):
                assert wanted in flowing, f"{wanted} on page {number}"


@pytest.mark.parametrize(("orientation", "fewest"), [("landscape", 9), ("portrait", 14)])
def test_rows_are_at_least_twelve_millimetres_high(orientation: Orientation, fewest: int) -> None:
    lines = horizontal_lines(printed(attendance_list(orientation=orientation)), 0)

    rows = [below - above for above, below in pairwise(lines)]

    assert len(rows) >= fewest
    assert min(rows) >= 11.95  # lines were rounded to tenths


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("slots", range(1, 7))
@pytest.mark.parametrize("has_emails", [False, True])
def test_signature_cells_are_wide_enough_for_any_number_of_slots(
    orientation: Orientation, slots: int, has_emails: bool
) -> None:
    sheet = attendance_list(orientation=orientation, has_emails=has_emails)
    day = replace(sheet.days[0], slots=SLOTS[:slots])
    sheet = replace(sheet, days=(day,))

    groups = slot_groups(sheet, day)

    assert [slot for group in groups for slot in group] == list(SLOTS[:slots])
    for group in groups:
        columns = columns_for(sheet, group)
        right = 287 if orientation == "landscape" else 200
        assert all(one.width >= 35 for one in columns if one.key == "signature")
        assert columns[-1].x + columns[-1].width <= right + 0.01


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_signature_cells_are_empty_on_paper(orientation: Orientation) -> None:
    sheet = attendance_list(orientation=orientation)
    content = printed(sheet)

    for index, page in enumerate(plan_pages(sheet)):
        lines = horizontal_lines(content, index)
        for column in page.columns:
            if column.key == "signature":
                inside = text_in_box(
                    content, index, column.x, lines[0] + 0.5, column.x + column.width, lines[-1]
                )
                assert inside == "", f"page {index + 1}"


def test_the_list_before_the_day_goes_on_with_row_54() -> None:
    sheet = attendance_list()
    pages = plan_pages(sheet)

    numbers = [number for page in pages for number in page.numbers]
    blanks = [row.label for page in pages for row in page.rows if row.row is None]

    assert numbers == list(range(1, 54))
    assert len(blanks) >= 5
    assert blanks[0] == "54"
    assert blanks == [str(number) for number in range(54, 54 + len(blanks))]


@pytest.mark.parametrize("rows", range(36))
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_any_number_of_people_leaves_room_for_five_walk_ins(
    rows: int, orientation: Orientation
) -> None:
    pages = plan_pages(attendance_list(rows=rows, orientation=orientation))

    tables = [page for page in pages if page.kind == "rows"]
    blanks = [row for page in tables for row in page.rows if row.row is None]
    trainers = [row.label for page in tables for row in page.trainers]
    assert sum(len(page.numbers) for page in tables) == rows
    assert len(blanks) >= 5
    assert trainers == ["T1"]
    assert all(not page.rows or page.trainers == () for page in tables[:-2])


def test_walk_in_rows_follow_the_number_asked_for() -> None:
    sheet = attendance_list(rows=3, next_number=58)

    blanks = [row.label for page in plan_pages(sheet) for row in page.rows if row.row is None]

    assert blanks[0] == "58"


def test_trainers_stand_in_a_block_of_their_own() -> None:
    pages = page_texts(printed(attendance_list(rows=3)))

    assert [("Trainers and staff" in text) for text in pages[:2]] == [True, False]
    assert "T1" in pages[0]


def test_each_day_is_a_sheet_set_of_its_own() -> None:
    content = printed(attendance_list(rows=20, days=3))

    marks = [
        re.search(r"(WS-2026-01-D\d-7K2)\s+Page (\d+) of (\d+)", text).groups()  # type: ignore[union-attr]
        for text in page_texts(content)
    ]
    per_day = len(marks) // 3
    assert marks == [
        (f"WS-2026-01-D{day}-7K2", str(page), str(per_day))
        for day in (1, 2, 3)
        for page in range(1, per_day + 1)
    ]
    assert "Thursday, 12 March 2026" in page_texts(content)[-1]


def test_a_reprint_of_one_page_keeps_its_number_and_says_so() -> None:
    sheet = attendance_list()

    (page,) = page_texts(printed(sheet, pages={3}, reprint="b"))

    assert "WS-2026-01-D1-7K2-b" in page
    assert f"Page 3 of {len(page_texts(printed(sheet)))}" in page
    first = plan_pages(sheet)[2].numbers[0]
    assert sheet.rows[first - 1].family_name in page


def test_a_page_that_does_not_exist_is_a_sentence() -> None:
    with pytest.raises(ListError, match="no such page"):
        printed(attendance_list(), pages={99})


def test_a_day_without_slots_is_a_sentence() -> None:
    sheet = attendance_list()

    with pytest.raises(ListError, match="complete the agenda"):
        printed(replace(sheet, days=(replace(sheet.days[0], slots=()),)))


def test_a_head_that_fills_the_page_is_a_sentence() -> None:
    sheet = attendance_list()

    with pytest.raises(ListError, match="shorten"):
        printed(replace(sheet, head=replace(sheet.head, host="very long " * 900)))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_emails_are_on_the_list_only_when_asked_for(orientation: Orientation) -> None:
    hidden = "".join(page_texts(printed(attendance_list(orientation=orientation))))
    shown = "".join(page_texts(printed(attendance_list(orientation=orientation, has_emails=True))))

    assert "@example.org" not in hidden.replace("privacy@example.org", "")
    assert "ionut.taranu@example" in shown


def test_what_must_not_be_on_a_list_is_not() -> None:
    text = " ".join(page_texts(printed(attendance_list())))

    for person in participants():
        assert not person["support_needs"] or person["support_needs"] not in text
        assert person["birth_year"] not in text
    for gender in ("female", "male", "non_binary", "undisclosed"):
        assert gender not in text


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_every_sample_name_is_printed_whole(orientation: Orientation) -> None:
    people = tuple(list_row(n, one) for n, one in enumerate(participants(), start=1))
    content = printed(replace(attendance_list(orientation=orientation), rows=people))

    text = "".join("".join(visible_texts(content)).split())
    for row in people:
        for name in (row.family_name, row.given_name, row.name_latin):
            assert "".join(name.split()) in text, name


def test_a_person_with_one_name_has_it_in_the_first_column() -> None:
    row = ListRow(1, "", "Wulandari", organisation="Esimerkki Oy")
    sheet = replace(attendance_list(), rows=(row,))
    family = plan_pages(sheet)[0].columns[1]

    content = printed(sheet)

    box = text_in_box(content, 0, family.x, 55, family.x + family.width, 75)
    assert "Wulandari" in box


def test_a_list_without_other_scripts_has_no_column_for_them() -> None:
    sheet = attendance_list(rows=5)

    assert "Name in Latin letters" not in page_texts(printed(sheet))[0]
    assert "Name in Latin letters" in page_texts(printed(attendance_list()))[0]


def test_an_online_event_shows_its_platform() -> None:
    sheet = attendance_list(rows=2)
    head = replace(sheet.head, platform="https://meet.example.org/mpc", venue="", address="")

    text = page_texts(printed(replace(sheet, head=head)))[0]

    assert "Online platform" in text
    assert "https://meet.example.org/mpc" in text
    assert "Venue" not in text


def test_addresses_of_all_organisations_are_in_the_annex() -> None:
    sheet = attendance_list()
    annex = [text for text in page_texts(printed(sheet)) if "Addresses of the sending" in text]

    flowing = " ".join(" ".join(annex).split())
    assert all(organisation.name in flowing for organisation in sheet.organisations)
    assert flowing.count("Exampleroad 1") == len(sheet.organisations)


def test_a_missing_letter_stops_before_anything_is_drawn() -> None:
    sheet = attendance_list(rows=2)

    with pytest.raises(FontError, match="山"):
        printed(replace(sheet, rows=(ListRow(1, "山田", "太郎"),)))


def test_only_our_fonts_are_in_the_file() -> None:
    content = printed(attendance_list())

    assert font_names(content) <= set(FONT_FILES)
    assert b"Helvetica" not in content
