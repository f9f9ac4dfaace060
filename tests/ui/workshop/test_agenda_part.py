"""The agenda on the page of a workshop: days, half-days, items."""

from datetime import date
from functools import partial

from mentor_desktop.services.agenda import Agenda, AgendaLine, agenda_of
from mentor_desktop.services.attendance import check_in
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.workshops import add_workshop
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import CheckBox, Choice
from mentor_desktop.ui.widgets.line_list import LineList
from tests.services.sample_workshop import Sample, at
from tests.ui.workshop.office import Office


def _agenda(office: Office, sample: Sample) -> Agenda:
    agenda: Agenda = office.read(partial(agenda_of, workshop_id=sample.workshop_id))
    return agenda


def _item(office: Office, sample: Sample, title: str) -> AgendaLine:
    items = [item for slot in _agenda(office, sample).slots for item in slot.items]
    return next(item for item in items if item.title == title)


def _open(office: Office, sample: Sample) -> None:
    office.go("workshop", workshop_id=sample.workshop_id, tab="agenda")


def _open_item(office: Office, sample: Sample, title: str) -> None:
    _open(office, sample)
    item = _item(office, sample, title)
    lists = office.page.findChildren(LineList)
    holding = next(one for one in lists if any(line.key == item.id for line in one.lines))
    holding.opened.emit(item.id)
    office.settle()


def test_days_half_days_and_counted_minutes_stand_below_each_other(
    office: Office, sample: Sample
) -> None:
    _open(office, sample)
    assert "Tuesday 10 March" in office.texts()
    assert "5 h 30 min count" in office.texts()
    (head,) = office.find(LineList, "Half-day D1-AM").lines
    assert head.spoken == "10:00–12:30, D1-AM, 2 h count"
    items = office.find(LineList, "Items of D1-AM").lines
    assert [line.lead for line in items] == ["10:00–10:30", "10:30–11:00", "11:00–12:30"]
    assert [line.tail_tone for line in items] == ["muted", "text", "text"]


def test_an_item_that_begins_later_moves_and_keeps_its_length(
    office: Office, sample: Sample
) -> None:
    _open_item(office, sample, "What mentoring is and is not")
    office.type_into("From", "1030", office.panel)
    office.settle()
    item = _item(office, sample, "What mentoring is and is not")
    assert (item.starts_at, item.minutes) == (at("10:30"), 90)
    assert office.find_line("To", office.panel).text() == "12:00"


def test_an_item_that_begins_earlier_stands_earlier(office: Office, sample: Sample) -> None:
    _open_item(office, sample, "What mentoring is and is not")
    office.type_into("From", "10:15", office.panel)
    office.type_into("To", "10:20", office.panel)
    office.settle()
    assert [line.lead for line in office.find(LineList, "Items of D1-AM").lines] == [
        "10:00–10:30",
        "10:15–10:20",
        "10:30–11:00",
    ]


def test_an_end_before_the_start_is_refused_below_the_field(office: Office, sample: Sample) -> None:
    _open_item(office, sample, "What mentoring is and is not")
    office.type_into("To", "10:00", office.panel)
    office.settle()
    assert any("not after its start" in word for word in office.texts(office.panel))
    assert _item(office, sample, "What mentoring is and is not").minutes == 90


def test_minutes_that_no_longer_count_leave_the_sum(office: Office, sample: Sample) -> None:
    _open_item(office, sample, "What mentoring is and is not")
    office.find(CheckBox, "Its minutes count as attendance", office.panel).click()
    office.settle()
    (head,) = office.find(LineList, "Half-day D1-AM").lines
    assert head.tail == "30 min count"


def test_an_item_goes_to_another_half_day_behind_its_last_one(
    office: Office, sample: Sample
) -> None:
    _open_item(office, sample, "What mentoring is and is not")
    slot = sample.slots["D1-PM"]
    office.find(Choice, "Half-day", office.panel).chosen.emit(slot)
    office.settle()
    item = _item(office, sample, "What mentoring is and is not")
    assert (item.slot_id, item.starts_at) == (slot, at("17:20"))


def test_an_item_is_removed_and_undo_brings_it_back(office: Office, sample: Sample) -> None:
    _open_item(office, sample, "Lunch")
    before = len(office.find(LineList, "Items of D1-PM").lines)
    office.press("Remove the item", office.panel)
    assert len(office.find(LineList, "Items of D1-PM").lines) == before - 1
    office.window._undo.undo()
    office.settle()
    assert len(office.find(LineList, "Items of D1-PM").lines) == before


def test_items_are_added_one_after_the_other(office: Office, sample: Sample) -> None:
    _open(office, sample)
    office.press("Add an item to D3-PM")
    end = _agenda(office, sample).slots[-1].items[-1].ends_at
    for title in ("Thanks", "Farewell"):
        office.type_into("What happens", title, office.panel)
        office.press("Add the item", office.panel)
    added = _item(office, sample, "Thanks"), _item(office, sample, "Farewell")
    assert added[0].starts_at == end
    assert added[1].starts_at == added[0].ends_at


def test_an_item_without_title_is_refused(office: Office, sample: Sample) -> None:
    _open(office, sample)
    office.press("Add an item to D1-AM")
    office.press("Add the item", office.panel)
    assert any("has no title" in word for word in office.texts(office.panel))


def test_the_missing_half_days_are_proposed_in_turn(office: Office) -> None:
    add = partial(
        add_workshop,
        code="WS-1",
        title="Listening",
        starts_on=date(2026, 4, 14),
        ends_on=date(2026, 4, 14),
        time_zone="Europe/Prague",
    )
    changes = []
    office.jobs.command(add, changes.append)
    office.settle()
    workshop_id = created_id(changes[0], "workshop")
    office.go("workshop", workshop_id=workshop_id, tab="agenda")
    office.press("Add the first half-day")
    office.press("Add the half-day", office.panel)
    office.press("Add a half-day", office.page)
    office.press("Add the half-day", office.panel)
    agenda = office.read(partial(agenda_of, workshop_id=workshop_id))
    assert [slot.code for slot in agenda.slots] == ["D1-AM", "D1-PM"]


def test_a_half_day_with_marks_stays_and_the_sentence_says_why(
    office: Office, sample: Sample
) -> None:
    registration, slot = sample.registrations["P001"], sample.slots["D1-AM"]
    office.write(partial(check_in, registration_id=registration, slot_id=slot))
    _open(office, sample)
    office.find(LineList, "Half-day D1-AM").opened.emit(slot)
    office.settle()
    office.find(Button, "Remove the half-day", office.panel).click()
    office.qtbot.waitUntil(lambda: bool(office.failures))
    assert "has marks of attendance, so it stays" in office.failures.pop()
