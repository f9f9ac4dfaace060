"""The register grid: cells, sums, and totals against the rule, through the real store."""

import pytest

from mentor_desktop.models import AttendanceMark, Registration, Workshop
from mentor_desktop.services import attendance
from mentor_desktop.services.attendance_marks import Status
from mentor_desktop.services.register import register_grid, total_of
from tests.services.sample_workshop import at, make_sample

SLOTS = ("D1-AM", "D1-PM", "D2-AM", "D2-PM", "D3-AM", "D3-PM")

# Who misses what: the worked cases A to G of the attendance rules.
CASES = {
    "P001": {},
    "P002": {"D1-AM": ("absent", {})},
    "P003": {"D1-PM": ("absent", {})},
    "P004": {"D3-PM": ("absent", {}), "D2-AM": ("late", {"arrived_at": at("09:25", 2)})},
    "P005": {"D1-AM": ("absent", {}), "D3-PM": ("excused", {"reason_code": "transport"})},
    "P006": {"D3-PM": ("absent", {}), "D2-PM": ("left_early", {"left_at": at("15:11", 2)})},
    "P007": {"D3-PM": ("absent", {}), "D2-PM": ("left_early", {"left_at": at("15:10", 2)})},
}
TOTALS = {
    "P001": (1020, "100.0", 6, True, 0),
    "P002": (900, "88.2", 5, True, 0),
    "P003": (810, "79.4", 5, False, 6),
    "P004": (890, "87.3", 5, True, 0),
    "P005": (795, "77.9", 4, False, 21),
    "P006": (816, "80.0", 5, True, 0),
    "P007": (815, "79.9", 5, False, 1),
}


@pytest.fixture
def sample(workspace, clock):
    made = make_sample(workspace)
    clock.now = at("16:00", day=3)
    return made


def write_cases(sample):
    for who, missed in CASES.items():
        for slot in SLOTS:
            status, fields = missed.get(slot, ("present", {}))
            mark(sample, who, slot, status, **fields)


def mark(sample, who, slot, status, **fields):
    with sample.workspace.unit_of_work() as uow:
        return attendance.mark(
            uow,
            registration_id=sample.registrations[who],
            slot_id=sample.slots[slot],
            status=status,
            **fields,
        )


def grid_of(sample):
    with sample.workspace.reader() as uow:
        return register_grid(uow, sample.workshop_id)


def row_of(sample, grid, who):
    return next(row for row in grid.rows if row.registration_id == sample.registrations[who])


def change_rule(sample, **fields):
    with sample.workspace.unit_of_work() as uow:
        workshop = uow.session.get(Workshop, sample.workshop_id)
        for name, value in fields.items():
            setattr(workshop, name, value)
        uow.commit()


def test_the_worked_cases_give_their_totals(sample):
    write_cases(sample)
    grid = grid_of(sample)
    for who, (minutes, percent, slots, reaches, missing) in TOTALS.items():
        total = total_of(grid, row_of(sample, grid, who))
        found = (total.credited_minutes, total.percent, total.credited_slots, total.reaches)
        assert found == (minutes, percent, slots, reaches), who
        assert (total.missing_minutes, total.counted_minutes) == (missing, 1020), who


def test_the_half_day_rule_says_yes_to_case_c(sample):
    write_cases(sample)
    change_rule(sample, rule_kind="slots_pct")
    grid = grid_of(sample)
    total = total_of(grid, row_of(sample, grid, "P003"))
    assert (total.percent, total.reaches) == ("83.3", True)


def test_what_is_missing_is_said_in_a_sentence(sample):
    write_cases(sample)
    grid = grid_of(sample)
    assert total_of(grid, row_of(sample, grid, "P007")).sentence == "1 minute is missing."
    assert total_of(grid, row_of(sample, grid, "P005")).sentence == "21 minutes are missing."
    assert total_of(grid, row_of(sample, grid, "P001")).sentence == "The rule is reached."
    change_rule(sample, rule_kind="all_slots")
    grid = grid_of(sample)
    assert total_of(grid, row_of(sample, grid, "P005")).sentence == "2 half-days are missing."


def test_during_the_workshop_a_total_says_who_can_still_reach_the_rule(sample, clock):
    mark(sample, "P003", "D1-PM", "absent")
    mark(sample, "P001", "D1-AM", "present")
    clock.now = at("08:30", day=2)
    grid = grid_of(sample)
    first, third = (total_of(grid, row_of(sample, grid, who)) for who in ("P001", "P003"))
    assert (first.reaches, first.can_reach) == (False, False)  # missed the afternoon unmarked
    mark(sample, "P001", "D1-PM", "present")
    grid = grid_of(sample)
    assert total_of(grid, row_of(sample, grid, "P001")).can_reach
    assert not third.can_reach


def test_everybody_on_the_list_has_a_row_in_list_order(sample):
    grid = grid_of(sample)
    assert [row.list_number for row in grid.rows] == list(range(1, 58))
    assert [slot.code for slot in grid.slots] == list(SLOTS)
    assert [slot.counted_minutes for slot in grid.slots] == [120, 210, 195, 195, 195, 105]
    assert all(cell.status is Status.EXPECTED for row in grid.rows for cell in row.cells)


def test_somebody_off_the_list_with_a_mark_keeps_a_row_but_is_in_no_sum(sample):
    mark(sample, "P001", "D1-AM", "present")
    with sample.workspace.unit_of_work() as uow:
        uow.session.get(Registration, sample.registrations["P001"]).state = "cancelled"
        uow.commit()
    grid = grid_of(sample)
    assert not row_of(sample, grid, "P001").is_on_list
    assert (grid.slots[0].attended, grid.slots[0].required) == (0, 56)


def test_sums_leave_out_who_need_not_come(sample):
    mark(sample, "P001", "D1-AM", "present")
    mark(sample, "P002", "D1-AM", "late", arrived_at=at("11:00"))
    mark(sample, "P003", "D1-AM", "absent")
    mark(sample, "P004", "D1-AM", "not_required")
    slot = grid_of(sample).slots[0]
    assert (slot.attended, slot.required, slot.open) == (2, 56, 53)


def test_flags_say_conflict_note_missing_time_and_unchecked(sample):
    mark(sample, "P001", "D1-AM", "late", note="bus")
    with sample.workspace.unit_of_work() as uow:
        uow.session.add(
            AttendanceMark(
                workshop_id=sample.workshop_id, registration_id=sample.registrations["P001"],
                slot_id=sample.slots["D1-AM"], status="absent", method="clicked",
                at=at("10:30"), device="B",
            )
        )  # fmt: skip
        uow.commit()
    with sample.workspace.unit_of_work() as uow:
        attendance.mark_many(
            uow,
            registration_ids=[sample.registrations["P002"]],
            slot_id=sample.slots["D1-AM"],
            status="present",
        )
    mark(sample, "P003", "D1-AM", "late", note="bus")
    grid = grid_of(sample)
    first, second, third = (row_of(sample, grid, who).cells[0] for who in ("P001", "P002", "P003"))
    assert first.has_conflict
    assert (second.is_unchecked, second.has_conflict) == (True, False)
    assert (third.has_note, third.lacks_times) == (True, True)
    assert (grid.conflicts, grid.unchecked) == (1, 1)


def test_superseded_marks_are_not_shown(sample):
    for status in ("present", "absent", "excused"):
        mark(sample, "P001", "D1-AM", status)
    grid = grid_of(sample)
    assert row_of(sample, grid, "P001").cells[0].status is Status.EXCUSED


def test_marks_that_supersede_each_other_in_a_circle_stay_visible(sample):
    one, two = "1" * 32, "2" * 32
    with sample.workspace.unit_of_work() as uow:
        for mark_id, other, status in ((one, two, "present"), (two, one, "absent")):
            uow.session.add(
                AttendanceMark(
                    id=mark_id, workshop_id=sample.workshop_id, supersedes=[other],
                    registration_id=sample.registrations["P001"], slot_id=sample.slots["D1-AM"],
                    status=status, method="clicked", at=at("10:30"), device="B",
                )
            )  # fmt: skip
        uow.commit()
    cell = row_of(sample, grid_of(sample), "P001").cells[0]
    assert cell.has_conflict
    assert cell.status is Status.ABSENT


def test_the_column_of_the_half_day_that_is_on_is_marked(sample, clock):
    clock.now = at("13:40", day=2)
    assert [slot.code for slot in grid_of(sample).slots if slot.is_current] == ["D2-PM"]
