"""The door list: who is found by what is typed, and what the counter says."""

import pytest

from mentor_desktop.errors import NotFoundError
from mentor_desktop.models import Person, Registration
from mentor_desktop.services import attendance
from mentor_desktop.services.attendance_marks import Status
from mentor_desktop.services.badge_codes import encode
from mentor_desktop.services.door import door_people, door_person, filter_door, with_person
from tests import factories
from tests.services.sample_workshop import at, make_sample


@pytest.fixture
def sample(workspace, clock):
    clock.now = at("10:20")
    return make_sample(workspace)


def door(sample, slot=None):
    with sample.workspace.reader() as uow:
        return door_people(uow, sample.workshop_id, sample.slots[slot] if slot else None)


def mark(sample, who, status, slot="D1-AM", **fields):
    with sample.workspace.unit_of_work() as uow:
        attendance.mark(
            uow,
            registration_id=sample.registrations[who],
            slot_id=sample.slots[slot],
            status=status,
            **fields,
        )


def set_state(sample, who, state):
    with sample.workspace.unit_of_work() as uow:
        uow.session.get(Registration, sample.registrations[who]).state = state
        uow.commit()


def names(people):
    return [person.name for person in people]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("tsvet", "Цветелина Крайчева"),
        ("pastarkov", "Божидар Пъстърков"),
        ("sarun", "Šarūnas Žemgulys"),
        ("ŽEMG", "Šarūnas Žemgulys"),
        ("visan", "Ionuț Țăranu-Vișan"),
        ("ion tar", "Ionuț Țăranu-Vișan"),
        ("кра", "Цветелина Крайчева"),
    ],
)
def test_a_few_letters_find_the_person_in_any_script(sample, typed, name):
    assert name in names(filter_door(door(sample).people, typed))


def test_two_people_of_one_name_are_both_found(sample):
    found = filter_door(door(sample).people, "munte")
    assert names(found) == ["Elena Munteanu", "Elena Munteanu"]
    assert len({person.organisation for person in found}) == 2


def test_an_empty_box_finds_nobody(sample):
    assert filter_door(door(sample).people, "  ") == []


def test_a_number_finds_exactly_that_list_number(sample):
    (found,) = filter_door(door(sample).people, "5")
    assert found.list_number == 5


def test_a_badge_scan_finds_its_person_whatever_stood_in_the_box(sample):
    code = encode(sample.registrations["P016"])
    people = door(sample).people
    for typed in (code, code.lower(), "el" + code):
        (found,) = filter_door(people, typed)
        assert found.registration_id == sample.registrations["P016"]


def test_a_scan_that_is_still_running_finds_nobody(sample):
    assert filter_door(door(sample).people, encode(sample.registrations["P016"])[:9]) == []


def test_the_counter_counts_the_list_without_who_need_not_come(sample):
    assert (door(sample).present, door(sample).expected) == (0, 57)
    mark(sample, "P001", "present")
    mark(sample, "P002", "late", arrived_at=at("11:00"))
    mark(sample, "P003", "absent")
    mark(sample, "P004", "not_required")
    assert (door(sample).present, door(sample).expected) == (2, 56)


def test_who_is_off_the_list_can_be_found_but_comes_last(sample):
    set_state(sample, "P007", "cancelled")
    found = filter_door(door(sample).people, "munteanu")
    assert [person.is_on_list for person in found] == [True, False]
    assert found[1].state == "cancelled"
    assert door(sample).expected == 56


def test_somebody_present_shows_the_time(sample, clock):
    clock.now = at("10:07")
    mark(sample, "P001", "present")
    clock.now = at("10:44")
    mark(sample, "P002", "late")
    first, second = door(sample).people[:2]
    assert (first.status, first.arrived_at) == (Status.PRESENT, at("10:07"))
    assert (second.status, second.arrived_at) == (Status.LATE, at("10:44"))
    assert door(sample).people[2].arrived_at is None


def test_the_head_says_which_half_day_and_where(sample, clock):
    slot = door(sample).slot
    assert (slot.code, slot.part, slot.room) == ("D1-AM", "morning", "Foyer")
    assert (slot.counts_from, slot.late_after) == (at("10:30"), at("10:40"))
    clock.now = at("13:35")
    slot = door(sample).slot
    assert (slot.code, slot.part, slot.room) == ("D1-PM", "afternoon", "Hall A")


def test_the_list_says_what_a_check_in_gives_now(sample, clock):
    assert door(sample).now_status is Status.PRESENT
    clock.now = at("10:41")
    assert door(sample).now_status is Status.LATE
    assert not door(sample, "D1-PM").is_current
    assert door(sample, "D2-AM").now_status is Status.PRESENT


def test_all_are_expected_again_in_the_afternoon(sample, clock):
    mark(sample, "P001", "present")
    clock.now = at("13:31")
    assert door(sample).present == 0


def test_before_the_event_the_first_half_day_is_prepared(sample, clock):
    clock.now = at("09:00", day=-3)
    assert door(sample).slot.code == "D1-AM"
    assert not door(sample).is_current


def test_after_the_event_the_last_half_day_is_shown(sample, clock):
    clock.now = at("09:00", day=9)
    assert door(sample).slot.code == "D3-PM"


def test_a_workshop_without_agenda_is_named(workspace):
    with workspace.unit_of_work() as uow:
        workshop = factories.workshop(uow.session, code="WS-EMPTY")
        uow.commit()
    with pytest.raises(NotFoundError, match="WS-EMPTY has no agenda"), workspace.reader() as uow:
        door_people(uow, workshop.id)


def test_one_row_can_be_brought_up_to_date(sample):
    before = door(sample)
    mark(sample, "P003", "present")
    with sample.workspace.reader() as uow:
        person = door_person(uow, sample.registrations["P003"], sample.slots["D1-AM"])
    after = with_person(before, person)
    assert after == door(sample)
    assert (after.present, before.present) == (1, 0)


def test_a_merged_person_stands_under_the_name_that_was_kept(sample):
    with sample.workspace.unit_of_work() as uow:
        merged = uow.session.get(Registration, sample.registrations["P007"])
        kept = factories.person(uow.session, given_name="Elena", family_name="Kept")

        uow.session.get(Person, merged.person_id).alias_of = kept.id
        uow.commit()
    (found,) = filter_door(door(sample).people, "kept")
    assert found.registration_id == sample.registrations["P007"]
    assert found.person_id == kept.id
