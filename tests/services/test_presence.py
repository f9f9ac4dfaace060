"""Who is in the building: the list for a fire alarm."""

import pytest

from mentor_desktop.services import attendance
from mentor_desktop.services.presence import present_now
from mentor_desktop.services.time_spans import Span
from tests.services.sample_workshop import at, make_sample


@pytest.fixture
def sample(workspace, clock):
    clock.now = at("11:15")
    return make_sample(workspace)


def mark(sample, who, status, slot="D1-AM", **fields):
    with sample.workspace.unit_of_work() as uow:
        attendance.mark(
            uow,
            registration_id=sample.registrations[who],
            slot_id=sample.slots[slot],
            status=status,
            **fields,
        )


def now(sample):
    with sample.workspace.reader() as uow:
        return present_now(uow, sample.workshop_id)


def test_only_people_in_the_building_are_listed_in_list_order(sample):
    mark(sample, "P003", "late", arrived_at=at("10:55"))
    mark(sample, "P001", "present")
    mark(sample, "P002", "remote")
    mark(sample, "P004", "left_early", left_at=at("11:00"))
    mark(sample, "P005", "absent")
    found = now(sample)
    assert [one.name for one in found.people] == ["Ștefania Mărgineanu", "Ana-Lucreția Bâlteanu"]
    assert found.people[1].since == at("10:55")
    assert (found.count, found.gone, found.online, found.expected) == (2, 1, 1, 57 - 5)


def test_who_will_leave_later_is_still_inside(sample):
    mark(sample, "P001", "left_early", left_at=at("12:00"))
    assert now(sample).count == 1


def test_who_is_away_in_a_gap_is_outside_until_its_end(sample, clock):
    mark(sample, "P001", "partial", gaps=[Span(at("11:00"), at("11:30"))])
    assert now(sample).count == 0
    clock.now = at("11:30")
    assert now(sample).count == 1


def test_the_morning_counts_until_the_first_counted_minute_of_the_afternoon(sample, clock):
    mark(sample, "P001", "present")
    clock.now = at("13:29")
    assert (now(sample).slot_code, now(sample).count) == ("D1-AM", 1)
    clock.now = at("13:30")
    assert (now(sample).slot_code, now(sample).count) == ("D1-PM", 0)


def test_nobody_is_inside_on_another_day(sample, clock):
    mark(sample, "P001", "present")
    clock.now = at("11:15", day=5)
    found = now(sample)
    assert (found.count, found.expected, found.slot_id) == (0, 0, "")
