"""The agenda: half-days and items, and the minutes that count."""

from datetime import date, time, timedelta

import pytest

from mentor_desktop.errors import ConflictError, ValidationError
from mentor_desktop.services.agenda import agenda_of, at_local
from mentor_desktop.services.agenda_edits import (
    add_item,
    add_slot,
    change_item,
    change_slot,
    move_item,
    remove_item,
    remove_slot,
)
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.workshops import add_workshop, change_workshop
from tests import factories

ZONE = "Europe/Bucharest"
DAYS = [date(2026, 3, 10), date(2026, 3, 11), date(2026, 3, 12)]

# The sample plan: three days, six half-days of 120, 210, 195, 195, 195 and 105 counted minutes.
PLAN = {
    ("D1-AM", 0): [("10:00", 30, "registration"), ("10:30", 30, "opening"), ("11:00", 90, "learning")],
    ("D1-PM", 0): [
        ("12:30", 60, "meal"),
        ("13:30", 90, "learning"),
        ("15:00", 20, "break"),
        ("15:20", 60, "learning"),
        ("16:20", 60, "learning"),
    ],
    ("D2-AM", 1): [("09:00", 90, "learning"), ("10:30", 20, "break"), ("10:50", 105, "learning")],
    ("D2-PM", 1): [
        ("12:35", 60, "meal"),
        ("13:35", 105, "learning"),
        ("15:20", 20, "break"),
        ("15:40", 90, "learning"),
    ],
    ("D3-AM", 2): [("09:00", 90, "practice"), ("10:30", 20, "break"), ("10:50", 105, "practice")],
    ("D3-PM", 2): [
        ("12:35", 60, "meal"),
        ("13:35", 75, "learning"),
        ("14:50", 15, "evaluation"),
        ("15:05", 15, "closing"),
    ],
}  # fmt: skip


def at(clock_time, day=0):
    return at_local(DAYS[day], time.fromisoformat(clock_time), ZONE)


@pytest.fixture
def workshop_id(workspace):
    with workspace.unit_of_work() as uow:
        changes = add_workshop(
            uow, code="WS", title="T", starts_on=DAYS[0], ends_on=DAYS[2], time_zone=ZONE
        )
    return created_id(changes, "workshop")


def slot(workspace, workshop_id, code="D1-AM", start="10:00", end="12:30", day=0):
    with workspace.unit_of_work() as uow:
        return created_id(
            add_slot(uow, workshop_id, code=code, starts_at=at(start, day), ends_at=at(end, day)),
            "slot",
        )


def item(workspace, slot_id, start="10:30", minutes=30, kind="learning", day=0, **fields):
    starts_at = at(start, day)
    with workspace.unit_of_work() as uow:
        changes = add_item(
            uow,
            slot_id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            type=kind,
            **({"title": "Item"} | fields),
        )
    return created_id(changes, "agenda_item")


def agenda(workspace, workshop_id):
    with workspace.reader() as uow:
        return agenda_of(uow, workshop_id)


def test_the_sample_plan_counts_1020_minutes(workspace, workshop_id) -> None:
    for (code, day), lines in PLAN.items():
        slot_id = slot(workspace, workshop_id, code, lines[0][0], "23:00", day)
        for start, minutes, kind in lines:
            item(workspace, slot_id, start, minutes, kind, day)
    shown = agenda(workspace, workshop_id)
    assert [len(day.slots) for day in shown.days] == [2, 2, 2]
    assert [one.code for one in shown.slots] == [code for code, _day in PLAN]
    assert [one.counted_minutes for one in shown.slots] == [120, 210, 195, 195, 195, 105]
    assert shown.counted_minutes == 1020


def test_an_item_shows_every_field_that_was_given(workspace, workshop_id) -> None:
    slot_id = slot(workspace, workshop_id)
    item(
        workspace,
        slot_id,
        title={"en": "Listening", "lt": "Klausymas"},
        unit_code="MPC-M2-U1",
        method="triads",
        facilitator_role="trainer",
        facilitators=["Rasa", "Rasa", "Jonas"],
        group_format="triads",
        room="Hall A",
        materials=["cards"],
        print_before=["badges", "list"],
    )
    ((line,),) = (one.items for one in agenda(workspace, workshop_id).slots)
    assert (line.title, line.titles["lt"], line.minutes) == ("Listening", "Klausymas", 30)
    assert line.facilitators == ("Rasa", "Jonas")
    assert (line.materials, line.print_before) == (("cards",), ("badges", "list"))
    assert line.counts


@pytest.mark.parametrize(
    ("kind", "counts"), [("meal", False), ("travel", False), ("closing", True)]
)
def test_whether_an_item_counts_follows_from_its_type(workspace, workshop_id, kind, counts) -> None:
    slot_id = slot(workspace, workshop_id)
    item(workspace, slot_id, kind=kind)
    item(workspace, slot_id, "11:30", kind=kind, counts=not counts)
    lines = agenda(workspace, workshop_id).slots[0].items
    assert [line.counts for line in lines] == [counts, not counts]


def test_items_are_listed_by_time_however_they_were_added(workspace, workshop_id) -> None:
    slot_id = slot(workspace, workshop_id)
    item(workspace, slot_id, "12:00", title="late")
    item(workspace, slot_id, "10:00", title="early")
    assert [line.title for line in agenda(workspace, workshop_id).slots[0].items] == [
        "early",
        "late",
    ]


def test_a_half_day_grows_with_its_items(workspace, workshop_id) -> None:
    slot_id = slot(workspace, workshop_id)
    item_id = item(workspace, slot_id, "09:00", 60)
    with workspace.unit_of_work() as uow:
        change_item(uow, item_id, ends_at=at("13:00"))
    shown = agenda(workspace, workshop_id).slots[0]
    assert (shown.starts_at, shown.ends_at) == (at("09:00"), at("13:00"))


def test_a_half_day_added_in_front_takes_its_place_in_time(workspace, workshop_id) -> None:
    slot(workspace, workshop_id, "PM", "13:00", "17:00")
    slot(workspace, workshop_id, "AM", "09:00", "12:00")
    slot(workspace, workshop_id, "D2", "09:00", "12:00", day=1)
    shown = agenda(workspace, workshop_id)
    assert [(one.code, one.day) for one in shown.slots] == [("AM", 1), ("PM", 1), ("D2", 2)]


@pytest.mark.parametrize(
    ("start", "end", "day"),
    [("12:00", "12:00", 0), ("12:00", "11:00", 0)],
)
def test_a_half_day_ends_after_it_starts(workspace, workshop_id, start, end, day) -> None:
    with pytest.raises(ValidationError, match="not after its start"):
        slot(workspace, workshop_id, "X", start, end, day)


def test_a_half_day_lies_on_a_day_of_the_workshop(workspace, workshop_id) -> None:
    outside = at_local(date(2026, 3, 13), time(9), ZONE)
    with workspace.unit_of_work() as uow, pytest.raises(ValidationError, match="2026-03-13"):
        add_slot(
            uow, workshop_id, code="D4", starts_at=outside, ends_at=outside + timedelta(hours=3)
        )


def test_a_code_of_a_half_day_is_given_once(workspace, workshop_id) -> None:
    slot(workspace, workshop_id, "D1-AM")
    with pytest.raises(ConflictError, match="d1-am"):
        slot(workspace, workshop_id, "d1-am", "14:00", "17:00")


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "party"},
        {"title": {"en": ""}},
        {"minutes": 0},
        {"minutes": -10},
        {"minutes": 24 * 60},
    ],
)
def test_an_item_that_cannot_be_is_refused(workspace, workshop_id, fields) -> None:
    slot_id = slot(workspace, workshop_id)
    with pytest.raises(ValidationError):
        item(workspace, slot_id, **fields)


def test_a_half_day_cannot_leave_an_item_behind(workspace, workshop_id) -> None:
    slot_id = slot(workspace, workshop_id)
    item(workspace, slot_id, "10:00", title="Arrival")
    with workspace.unit_of_work() as uow, pytest.raises(ValidationError, match="Arrival"):
        change_slot(uow, slot_id, starts_at=at("11:00"))


def test_an_item_moves_to_another_day_with_its_length(workspace, workshop_id) -> None:
    first, second = (
        slot(workspace, workshop_id),
        slot(workspace, workshop_id, "D2", "09:00", "12:00", 1),
    )
    item_id = item(workspace, first, minutes=45)
    with workspace.unit_of_work() as uow:
        move_item(uow, item_id, slot_id=second, starts_at=at("11:30", 1))
    shown = agenda(workspace, workshop_id)
    assert [len(one.items) for one in shown.slots] == [0, 1]
    assert shown.slots[1].items[0].minutes == 45
    assert shown.slots[1].ends_at == at("12:15", 1)


def test_a_half_day_with_marks_stays(workspace, workshop_id) -> None:
    slot_id = slot(workspace, workshop_id)
    with workspace.unit_of_work() as uow:
        registration = factories.registration(uow.session, workshop_id=workshop_id)
        factories.attendance_mark(
            uow.session, registration_id=registration.id, slot_id=slot_id, workshop_id=workshop_id
        )
        uow.commit()
    with workspace.unit_of_work() as uow, pytest.raises(ConflictError, match="D1-AM"):
        remove_slot(uow, slot_id)


def test_a_half_day_without_marks_goes_with_its_items(workspace, workshop_id) -> None:
    slot_id = slot(workspace, workshop_id)
    item(workspace, slot_id)
    with workspace.unit_of_work() as uow:
        remove_slot(uow, slot_id)
    assert agenda(workspace, workshop_id).days == ()


def test_an_item_the_rule_asks_for_stays(workspace, workshop_id) -> None:
    slot_id = slot(workspace, workshop_id)
    item_id, other_id = item(workspace, slot_id), item(workspace, slot_id, "11:30")
    with workspace.unit_of_work() as uow:
        change_workshop(uow, workshop_id, rule_kind="named_items", rule_items=[item_id])
    for remove, one in ((remove_item, item_id), (remove_slot, slot_id)):
        with workspace.unit_of_work() as uow, pytest.raises(ConflictError, match="rule"):
            remove(uow, one)
    with workspace.unit_of_work() as uow:
        remove_item(uow, other_id)
    assert len(agenda(workspace, workshop_id).slots[0].items) == 1
