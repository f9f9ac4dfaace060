"""The first page: the note of the morning, and every other day."""

import subprocess
import sys
from datetime import UTC, datetime
from functools import partial

import pytest

from mentor_desktop.services.attendance import check_in
from mentor_desktop.services.today import today
from mentor_desktop.services.workshops import change_workshop, remove_workshop, workshop_rows
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.line_list import LineList
from tests.services.sample_workshop import Sample, make_sample
from tests.ui.workshop.office import Office

AT_TEN_PAST_NINE = datetime(2026, 3, 10, 8, 10, tzinfo=UTC)
A_WEEK_BEFORE = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


class Movable:
    """A clock a test can set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 10, 9, 42, 7, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Movable:
    return Movable()


def _lines(office: Office, name: str) -> list[str]:
    return [line.spoken for line in office.find(LineList, name).lines]


def test_the_note_says_what_is_on_where_and_how_many_are_here(
    office: Office, sample: Sample
) -> None:
    office.write(
        partial(
            check_in,
            registration_id=sample.registrations["P001"],
            slot_id=sample.slots["D1-AM"],
        )
    )
    office.go("today")
    words = office.texts()
    assert "Morning · until 12:30" in words
    assert "Mentoring and Peer Coaching for Youth Training" in words
    assert "Hall A, Dům Vzorů, Brno · Day 1 of 3 · D1-AM" in words
    assert "1 / 57" in words
    assert office.page.crumbs[-1].text == "Tuesday 10 March"


def test_what_is_on_stands_there_before_anything_is_waited_for(
    office: Office, sample: Sample
) -> None:
    office.window.navigator.go("today", at_once=True)
    office.window.show()
    assert "Mentoring and Peer Coaching for Youth Training" in office.texts()
    assert "0 / 57" in office.texts()
    office.settle()


def test_the_first_page_imports_neither_sqlalchemy_nor_babel() -> None:
    program = (
        "import sys, mentor_desktop.ui.pages.today_page;"
        "slow = {'sqlalchemy', 'babel', 'reportlab'} & {m.split('.')[0] for m in sys.modules};"
        "sys.exit(', '.join(slow) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_check_in_is_the_one_act_and_leads_to_the_door(office: Office, sample: Sample) -> None:
    page = office.go("today")
    assert page.primary.text == "Check in"
    assert page.first_focus() is office.find(Button, "Check in")
    office.press("Check in")
    assert office.window.navigator.place.key == "door"


def test_the_note_tells_what_to_print_and_what_is_missing(office: Office, sample: Sample) -> None:
    office.go("today")
    before = _lines(office, "What to do before")
    assert "Attendance list of day 1, Not printed yet" in before
    assert any(line.startswith("The agenda asks for, attendance list, badges") for line in before)
    assert "Files, There is no logo to print. Funders usually ask for theirs." in before


def test_a_line_that_is_missing_leads_to_where_it_is_put_right(
    office: Office, sample: Sample
) -> None:
    office.go("today")
    office.find(LineList, "What to do before").opened.emit("project")
    office.settle()
    assert office.window.navigator.place.key == "project"


def test_the_note_tells_what_comes_and_what_was_worked_on(office: Office, sample: Sample) -> None:
    office.go("today")
    beside = _lines(office, "What comes next")
    assert "13:30, today, Roles, boundaries and confidentiality, D1-PM · Hall A" in beside
    assert any(line.startswith("09:00, tomorrow") for line in beside)
    assert "Last worked on" in beside


def test_what_was_done_on_another_day_is_told_by_the_day(
    office: Office, sample: Sample, clock: Movable
) -> None:
    office.write(partial(change_workshop, workshop_id=sample.workshop_id, city="Praha"))
    office.go("today")
    assert _lines(office, "What comes next")[-1].endswith("· 10:42")
    clock.now = datetime(2026, 3, 12, 9, 42, tzinfo=UTC)
    office.page.mark_stale()
    office.settle()
    assert _lines(office, "What comes next")[-1].endswith("· 2 days ago")


def test_the_counter_moves_with_each_check_in(office: Office, sample: Sample) -> None:
    office.go("today")
    for number, person in enumerate(("P001", "P002"), 1):
        registration = sample.registrations[person]
        slot = sample.slots["D1-AM"]
        office.write(partial(check_in, registration_id=registration, slot_id=slot))
        assert f"{number} / 57" in office.texts()


def test_before_the_first_counted_minute_it_says_when_it_begins(
    office: Office, sample: Sample, clock: Movable
) -> None:
    clock.now = AT_TEN_PAST_NINE
    office.go("today")
    assert "Morning · begins at 10:30" in office.texts()


def test_when_the_day_is_over_the_register_comes_first(
    office: Office, sample: Sample, clock: Movable
) -> None:
    clock.now = datetime(2026, 3, 10, 19, 0, tzinfo=UTC)
    page = office.go("today")
    assert page.primary.text == "Register"
    assert any(word.startswith("Afternoon · over since") for word in office.texts())


def test_the_note_follows_the_clock_into_the_next_half_day(
    office: Office, sample: Sample, clock: Movable
) -> None:
    page = office.go("today")
    clock.now = datetime(2026, 3, 10, 12, 31, tzinfo=UTC)
    page._look_at_clock()
    office.settle()
    assert "Afternoon · until 17:20" in office.texts()


def test_on_a_day_without_workshop_the_next_one_is_prepared(
    office: Office, sample: Sample, clock: Movable
) -> None:
    clock.now = A_WEEK_BEFORE
    page = office.go("today")
    assert "In 7 days · 10–12 March 2026" in office.texts()
    assert page.primary.text == "Prepare"
    office.press("Prepare")
    assert office.window.navigator.place.key == "workshop"
    assert "To put right" in [line.text for line in office.find(LineList, "Readiness").lines]


def test_after_everything_one_can_plan_the_next_workshop(
    office: Office, sample: Sample, clock: Movable
) -> None:
    clock.now = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
    page = office.go("today")
    assert page.primary.text == "Plan a workshop"
    office.press("Plan a workshop")
    assert office.find(Button, "Create the workshop").isVisible()


def test_a_new_workspace_offers_three_ways_to_begin(office: Office) -> None:
    page = office.go("today")
    assert page.primary is None
    names = [one.accessibleName() for one in page.findChildren(Button) if one.isVisible()]
    assert names == ["Make a workshop", "Import participants", "Look around with sample data"]


def test_the_sample_data_are_one_click_away(office: Office) -> None:
    office.go("today")
    office.press("Look around with sample data")
    office.qtbot.waitUntil(lambda: bool(office.read(workshop_rows)), timeout=30_000)
    office.settle()
    assert "0 / 57" in office.texts()


def test_a_workshop_that_is_taken_away_leaves_the_note(office: Office) -> None:
    sample = make_sample(office.workspace)
    office.go("today")
    with office.workspace.unit_of_work() as uow:
        for table in ("registration",):
            uow.raw.execute(f"DELETE FROM {table}")
        uow.commit()
    office.write(partial(remove_workshop, workshop_id=sample.workshop_id))
    assert office.read(lambda reader: today(reader.raw, reader.clock())).is_empty
    assert office.find(Button, "Make a workshop").isVisible()
