"""The hand-over list and the recovery sheet."""

from collections.abc import Callable
from datetime import date

import pytest

from mentor_desktop.documents.certificate_register import (
    ROWS_PER_PAGE,
    HandOverError,
    HandOverList,
    HandOverRow,
    render_hand_over_list,
)
from mentor_desktop.documents.fonts import FONT_FILES
from mentor_desktop.documents.recovery_sheet import RecoverySheet, render_recovery_sheet
from tests.documents.paper import NOW, font_names, full_name, logos, page_texts, participants

CODE = "7K2M-Q9TX-4HVB-W3NE-C8RD-Z5PA-J6GS-1YF0-XT8Q"


def hand_over_list(rows: int = 60) -> HandOverList:
    people = participants()[:rows]
    return HandOverList(
        activity_title="Mentoring and Peer Coaching for Youth Training",
        starts_on=date(2026, 3, 10),
        ends_on=date(2026, 3, 12),
        host="Vzorové centrum mládeže, z. s.",
        print_id="WS-2026-01-C-9QX",
        rows=tuple(
            HandOverRow(
                number,
                f"MD26-A-{number:05d}-67",
                full_name(person),
                person["name_latin"],
                person["organisation"],
            )
            for number, person in enumerate(people, start=1)
        ),
        place="Brno, Czechia",
        logos=logos(),
    )


def test_everybody_on_the_hand_over_list_has_name_number_and_a_line(
    like_reference: Callable[[str, bytes], None],
) -> None:
    like_reference("hand-over", render_hand_over_list(hand_over_list(), created_at=NOW))


@pytest.mark.parametrize("rows", [1, ROWS_PER_PAGE, ROWS_PER_PAGE + 1, 60])
def test_every_page_of_the_hand_over_list_is_counted(rows: int) -> None:
    pages = page_texts(render_hand_over_list(hand_over_list(rows), created_at=NOW))

    assert len(pages) == -(-rows // ROWS_PER_PAGE)
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
        assert "WS-2026-01-C-9QX" in text
    assert sum(text.count("MD26-A-") for text in pages) == rows


def test_an_empty_hand_over_list_is_a_sentence() -> None:
    with pytest.raises(HandOverError, match="issue certificates first"):
        render_hand_over_list(hand_over_list(0), created_at=NOW)


def recovery_sheet(**values: object) -> bytes:
    sheet = RecoverySheet("Vzorové centrum mládeže", CODE, date(2026, 3, 9), **values)  # type: ignore[arg-type]
    return render_recovery_sheet(sheet, created_at=NOW)


def test_the_recovery_sheet_shows_each_group_of_the_code_with_its_number() -> None:
    (page,) = page_texts(recovery_sheet())

    words = page.split()
    for number, group in enumerate(CODE.split("-"), start=1):
        assert words[words.index(group) - 1] == str(number)
    assert "9 March 2026" in page
    assert "Vzorové centrum mládeže" in page


@pytest.mark.parametrize("language", ["en", "lt", "bg"])
def test_a_date_that_ends_with_a_full_stop_gets_no_second_one(language: str) -> None:
    (page,) = page_texts(recovery_sheet(language=language))
    assert ".." not in page
    assert "2026" in page


def test_the_code_is_on_the_page_and_nowhere_else_in_the_file() -> None:
    content = recovery_sheet()

    for group in CODE.split("-"):
        assert group.encode() not in content
        assert group.encode("utf-16-be") not in content
        assert group.encode().hex().encode() not in content


def test_a_journals_sheet_says_that_nobody_else_can_open_it() -> None:
    workspace, journal = (
        page_texts(recovery_sheet())[0],
        page_texts(recovery_sheet(opens="journal"))[0],
    )

    assert "Opens the private journal of" in journal
    assert "Nobody else can open your journal" in " ".join(journal.split())
    assert "does not open anybody's private journal" in " ".join(workspace.split())


def test_only_our_fonts_are_in_these_papers() -> None:
    for content in (recovery_sheet(), render_hand_over_list(hand_over_list(), created_at=NOW)):
        assert font_names(content) <= set(FONT_FILES)
