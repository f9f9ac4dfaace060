"""The list of workshops, and how a new one is made."""

from datetime import date
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mentor_desktop.services.agenda import agenda_of
from mentor_desktop.services.workshop_copy import duplicate_workshop
from mentor_desktop.services.workshops import change_workshop, workshop_rows
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import Choice
from mentor_desktop.ui.widgets.line_list import LineList
from tests.services.sample_workshop import Sample
from tests.ui.workshop.office import Office


def _copy(office: Office, sample: Sample, code: str, starts_on: date) -> None:
    op = partial(duplicate_workshop, workshop_id=sample.workshop_id, code=code, starts_on=starts_on)
    office.write(op)


def test_running_workshops_come_first_then_the_next_then_the_past(
    office: Office, sample: Sample
) -> None:
    _copy(office, sample, "WS-2025-07", date(2025, 10, 7))
    _copy(office, sample, "WS-2026-02", date(2026, 4, 21))
    office.go("workshops")
    lines = office.find(LineList, "Workshops").lines
    headings = [line.text for line in lines if line.is_heading]
    assert headings == ["On now", "Next", "Past"]
    codes = [line.detail.rpartition(" ")[2] for line in lines if not line.is_heading]
    assert codes == ["WS-2026-01", "WS-2026-02", "WS-2025-07"]
    assert lines[1].lead == "10–12 March 2026"
    assert lines[1].lead_detail == "day 1 of 3"
    assert lines[1].tail == "57 people"
    assert lines[3].tail == "nobody yet"


def test_enter_opens_the_workshop_the_keyboard_is_on(office: Office, sample: Sample) -> None:
    page = office.go("workshops")
    QTest.keyClick(page.first_focus(), Qt.Key.Key_Down)
    QTest.keyClick(page.first_focus(), Qt.Key.Key_Return)
    office.settle()
    assert office.window.navigator.place.key == "workshop"


def test_enter_works_at_once_when_the_page_is_opened(office: Office, sample: Sample) -> None:
    page = office.go("workshops")
    assert office.window.focusWidget() is page.first_focus()
    QTest.keyClick(page.first_focus(), Qt.Key.Key_Return)
    office.settle()
    assert office.window.navigator.place.key == "workshop"


def test_a_cancelled_workshop_says_so(office: Office, sample: Sample) -> None:
    office.write(partial(change_workshop, workshop_id=sample.workshop_id, status="cancelled"))
    office.go("workshops")
    line = office.find(LineList, "Workshops").lines[1]
    assert (line.tail, line.tail_tone) == ("Cancelled", "absent")


def test_without_workshops_one_button_makes_the_first(office: Office) -> None:
    page = office.go("workshops")
    assert page.primary is None
    office.press("New workshop")
    office.type_into("Title", "Listening", office.panel)
    office.type_into("First day", "14.4.2026", office.panel)
    office.type_into("Last day", "15.4.2026", office.panel)
    office.press("Create the workshop")
    (row,) = office.read(workshop_rows)
    assert (row.code, row.title) == ("WS-2026-01", "Listening")
    assert (row.starts_on, row.ends_on) == (date(2026, 4, 14), date(2026, 4, 15))
    assert office.window.navigator.place.key == "workshop"


def test_a_workshop_without_title_is_refused_with_a_sentence(office: Office) -> None:
    office.go("workshops", new="yes")
    office.press("Create the workshop")
    assert any("no title" in word for word in office.texts(office.panel))
    assert office.read(workshop_rows) == []


def test_a_day_that_is_none_is_told_before_anything_is_made(office: Office) -> None:
    office.go("workshops", new="yes")
    office.type_into("First day", "the 32nd", office.panel)
    office.press("Create the workshop")
    assert "This is not a day. Write it as 2026-03-10." in office.texts(office.panel)


def test_the_next_code_of_the_row_is_proposed(office: Office, sample: Sample) -> None:
    office.go("workshops", new="yes")
    assert office.find_line("Code", office.panel).text() == "WS-2026-02"


def test_a_workshop_is_a_template_for_the_next_one(office: Office, sample: Sample) -> None:
    page = office.go("workshops")
    next(action for action in page.more if "template" in action.text).act()
    office.settle()
    assert office.find(Choice, "Begin with", office.panel).value == sample.workshop_id
    office.type_into("First day", "2026-04-21", office.panel)
    office.press("Create the workshop")
    copy = next(row for row in office.read(workshop_rows) if row.code == "WS-2026-02")
    assert (copy.starts_on, copy.ends_on) == (date(2026, 4, 21), date(2026, 4, 23))
    agenda = office.read(partial(agenda_of, workshop_id=copy.id))
    assert agenda.counted_minutes == 1020
    assert copy.attending == 0


def test_one_primary_act_on_the_page(office: Office, sample: Sample) -> None:
    page = office.go("workshops")
    assert page.primary.text == "New workshop"
    assert office.find(Button, "New workshop").isVisible()


def test_the_form_opens_each_time_it_is_asked_for(office: Office, sample: Sample) -> None:
    for _time in range(2):
        office.go("today")
        office.go("workshops", new="yes")
        assert office.find(Button, "Create the workshop").isVisible()
