"""Marks at the door and in the register, through the real store."""

from datetime import UTC, datetime, timedelta

import pytest

from mentor_desktop.errors import ConflictError, NotFoundError, ValidationError
from mentor_desktop.models import AttendanceMark, Registration, Workshop
from mentor_desktop.services import attendance
from mentor_desktop.services.attendance_marks import Status
from mentor_desktop.services.attendance_reading import standing_of
from mentor_desktop.services.history import undo
from mentor_desktop.services.roster import roster
from mentor_desktop.services.time_spans import Span
from tests.services.sample_workshop import at, make_sample


@pytest.fixture
def sample(workspace):
    return make_sample(workspace)


def check_in(sample, who="P001", slot="D1-AM", **options):
    with sample.workspace.unit_of_work() as uow:
        return attendance.check_in(
            uow, registration_id=sample.registrations[who], slot_id=sample.slots[slot], **options
        )


def mark(sample, status, who="P001", slot="D1-AM", **fields):
    with sample.workspace.unit_of_work() as uow:
        return attendance.mark(
            uow,
            registration_id=sample.registrations[who],
            slot_id=sample.slots[slot],
            status=status,
            **fields,
        )


def standing(sample, who="P001", slot="D1-AM"):
    with sample.workspace.reader() as uow:
        return standing_of(uow.raw, sample.registrations[who], sample.slots[slot])


def history(sample, who="P001", slot="D1-AM"):
    with sample.workspace.reader() as uow:
        return attendance.history_of(uow, sample.registrations[who], sample.slots[slot])


def close(sample):
    with sample.workspace.unit_of_work() as uow:
        uow.session.get(Workshop, sample.workshop_id).status = "closed"
        uow.commit()


def add_foreign_mark(sample, status, supersedes=(), who="P001", slot="D1-AM", **fields):
    """Add a mark as an exchange with laptop B brings it."""
    with sample.workspace.unit_of_work() as uow:
        mark = AttendanceMark(
            workshop_id=sample.workshop_id, registration_id=sample.registrations[who],
            slot_id=sample.slots[slot], status=status, method="clicked", by="Jonas",
            at=at("10:20"), device="B", supersedes=list(supersedes), **fields,
        )  # fmt: skip
        uow.session.add(mark)
        uow.session.flush()
        uow.commit()
        return mark.id


def test_a_check_in_before_the_first_counted_minute_plus_grace_is_present(sample, clock):
    clock.now = at("10:40")
    changes = check_in(sample)
    assert standing(sample).mark.status is Status.PRESENT
    assert standing(sample).mark.arrived_at is None
    assert changes.action == "Ștefania Mărgineanu is present (D1-AM)"


def test_a_check_in_after_start_and_grace_is_late_and_says_so(sample, clock):
    clock.now = at("10:41")
    changes = check_in(sample)
    assert standing(sample).mark.status is Status.LATE
    assert standing(sample).mark.arrived_at == at("10:41")
    assert changes.action == "Ștefania Mărgineanu came late, at 10:41 (D1-AM)"


def test_a_check_in_by_a_clock_of_another_day_is_never_late(sample, clock):
    clock.now = at("11:30", day=2)
    check_in(sample)
    assert standing(sample).mark.status is Status.PRESENT


def test_a_second_check_in_changes_nothing(sample, clock):
    check_in(sample)
    clock.advance(hours=2)
    changes = check_in(sample)
    assert not changes
    assert changes.txn is None
    assert len(history(sample)) == 1


def test_a_mark_keeps_device_writer_method_and_the_clock_of_the_device(sample, clock):
    check_in(sample, method="typed")
    line = history(sample)[0]
    assert (line.device, line.by, line.method) == ("A", "Rasa", "typed")
    assert line.at == clock.now
    assert line.tz_offset_min == 60  # tests run in Prague, winter time


@pytest.mark.parametrize(("who", "state"), [("P005", "cancelled"), ("P005", "waiting_list")])
def test_somebody_not_on_the_list_is_asked_about(sample, who, state):
    with sample.workspace.unit_of_work() as uow:
        uow.session.get(Registration, sample.registrations[who]).state = state
        uow.commit()
    with pytest.raises(attendance.NotExpectedError) as caught:
        check_in(sample, who)
    assert caught.value.state == state
    assert caught.value.registration_id == sample.registrations[who]
    assert "Check in all the same?" in str(caught.value)
    assert standing(sample, who) is None


def test_a_confirmed_check_in_moves_the_registration_and_keeps_its_source(sample):
    with sample.workspace.unit_of_work() as uow:
        uow.session.get(Registration, sample.registrations["P005"]).state = "waiting_list"
        uow.commit()
    check_in(sample, "P005", is_confirmed=True)
    with sample.workspace.reader() as uow:
        line = next(one for one in roster(uow, sample.workshop_id) if one.given_name == "Ilinca")
    assert (line.state, line.source) == ("attending", "form_import")
    assert standing(sample, "P005").mark.status is Status.PRESENT


def test_who_left_early_and_comes_back_was_away_between(sample, clock):
    mark(sample, "left_early", left_at=at("11:00"))
    clock.now = at("11:30")
    check_in(sample)
    now = standing(sample).mark
    assert now.status is Status.PARTIAL
    assert now.gaps == (Span(at("11:00"), at("11:30")),)
    assert now.left_at is None


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.EXPECTED])
def test_every_status_can_be_set_and_read_back(sample, status):
    mark(sample, status.value)
    assert standing(sample).mark.status is status


def test_an_unknown_status_is_refused(sample):
    with pytest.raises(ValidationError, match="ill"):
        mark(sample, "ill")


def test_late_takes_the_time_now_while_the_half_day_is_on(sample, clock):
    clock.now = at("11:05")
    mark(sample, "late")
    assert standing(sample).mark.arrived_at == at("11:05")


def test_late_marked_afterwards_has_no_invented_time(sample, clock):
    clock.now = at("18:05")
    mark(sample, "late")
    assert standing(sample).mark.arrived_at is None
    assert standing(sample).mark.lacks_times


def test_an_edited_time_supersedes_and_the_original_stays_in_the_history(sample, clock):
    clock.now = at("11:05")
    check_in(sample)
    mark(sample, "late", arrived_at=at("10:50"))
    newest, oldest = history(sample)
    assert (newest.arrived_at, oldest.arrived_at) == (at("10:50"), at("11:05"))
    assert (newest.is_current, oldest.is_current) == (True, False)


def test_taking_back_to_expected_appends_a_mark(sample):
    check_in(sample)
    mark(sample, "expected")
    assert standing(sample).mark.status is Status.EXPECTED
    assert len(history(sample)) == 2


def test_marking_what_stands_already_writes_nothing(sample):
    mark(sample, "absent")
    assert not mark(sample, "absent")
    assert not mark(sample, "expected", who="P002")
    assert len(history(sample)) == 1
    assert history(sample, "P002") == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "partial", "arrived_at": at("11:00"), "left_at": at("10:45")}, "Leaving"),
        ({"status": "late", "arrived_at": at("11:00", day=2)}, "not on the day"),
        ({"status": "absent", "reason_code": "ill"}, "not one of the reasons"),
        ({"status": "present", "minutes_override": 121}, "120 minutes"),
        ({"status": "partial", "gaps": [Span(at("11:10"), at("11:00"))]}, "gap ends"),
    ],
)
def test_what_cannot_be_true_is_refused_and_nothing_kept(sample, fields, words):
    with pytest.raises(ValidationError, match=words):
        mark(sample, **fields)
    assert history(sample) == []


def test_a_vanished_half_day_is_named(sample):
    with pytest.raises(NotFoundError, match="half-day"), sample.workspace.unit_of_work() as uow:
        attendance.check_in(uow, registration_id=sample.registrations["P001"], slot_id="0" * 32)


def test_a_correction_after_closing_needs_a_reason(sample):
    close(sample)
    with pytest.raises(ValidationError, match="is closed"):
        mark(sample, "absent")
    mark(sample, "absent", reason="signature missing on page 2")
    line = history(sample)[0]
    assert (line.correction_reason, line.by) == ("signature missing on page 2", "Rasa")


def test_a_correction_after_closing_needs_a_name(sample):
    close(sample)
    sample.workspace.remember_actor("")
    with pytest.raises(ValidationError, match="name"):
        mark(sample, "absent", reason="signature missing")
    mark(sample, "absent", reason="signature missing", by="Jana Vzorná")
    assert history(sample)[0].by == "Jana Vzorná"


def test_a_check_in_at_a_closed_workshop_is_refused(sample):
    close(sample)
    with pytest.raises(ValidationError, match="is closed"):
        check_in(sample)


def test_a_note_keeps_status_and_times(sample, clock):
    clock.now = at("11:05")
    check_in(sample)
    with sample.workspace.unit_of_work() as uow:
        attendance.set_note(
            uow,
            registration_id=sample.registrations["P001"],
            slot_id=sample.slots["D1-AM"],
            note=" bus broke down ",
        )
    now = standing(sample)
    assert (now.mark.status, now.mark.arrived_at) == (Status.LATE, at("11:05"))
    assert now.note == "bus broke down"


def test_a_later_status_keeps_the_note(sample):
    mark(sample, "absent", note="asked to be called")
    mark(sample, "excused")
    assert standing(sample).note == "asked to be called"


def test_many_are_marked_in_one_action_and_ask_for_the_paper(sample):
    people = [sample.registrations[who] for who in ("P001", "P002", "P003")]
    mark(sample, "present", who="P001")
    with sample.workspace.unit_of_work() as uow:
        changes = attendance.mark_many(
            uow, registration_ids=people, slot_id=sample.slots["D1-AM"], status="present"
        )
    assert changes.action == "Present in D1-AM: 2"
    assert len(changes.entities["attendance_mark"]) == 2
    assert not standing(sample, "P001").is_unchecked
    assert standing(sample, "P002").is_unchecked


def test_same_as_the_morning_takes_over_who_stayed_to_its_end(sample):
    mark(sample, "present", "P001")
    mark(sample, "late", "P002", arrived_at=at("11:00"))
    mark(sample, "left_early", "P003", left_at=at("11:30"))
    mark(sample, "absent", "P004")
    mark(sample, "remote", "P005")
    mark(sample, "absent", "P001", slot="D1-PM")
    with sample.workspace.unit_of_work() as uow:
        attendance.same_as(uow, slot_id=sample.slots["D1-PM"], from_slot_id=sample.slots["D1-AM"])
    after = {
        who: standing(sample, who, "D1-PM") for who in ("P001", "P002", "P003", "P004", "P005")
    }
    assert after["P001"].mark.status is Status.ABSENT
    assert after["P002"].mark.status is Status.PRESENT
    assert after["P002"].is_unchecked
    assert (after["P003"], after["P004"]) == (None, None)
    assert after["P005"].mark.status is Status.REMOTE


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at("08:00"), "D1-AM"),
        (at("10:00"), "D1-AM"),
        (at("13:29"), "D1-AM"),
        (at("13:30"), "D1-PM"),
        (at("20:00"), "D1-PM"),
        (at("00:30", day=2), "D2-AM"),
        (at("13:35", day=3), "D3-PM"),
        (at("09:00") - timedelta(days=1), None),
        (at("09:00", day=3) + timedelta(days=1), None),
    ],
)
def test_an_afternoon_becomes_current_at_its_first_counted_minute(sample, now, expected):
    with sample.workspace.reader() as uow:
        slot_id = attendance.current_slot(uow, sample.workshop_id, now)
    assert slot_id == (sample.slots[expected] if expected else None)


def test_the_day_is_the_day_of_the_workshops_own_zone(sample):
    # 23:30 in London on the evening before is half past midnight in Prague.
    now = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)
    with sample.workspace.reader() as uow:
        slot_id = attendance.current_slot(uow, sample.workshop_id, now)
    assert slot_id == sample.slots["D1-AM"]


def test_two_laptops_that_differ_are_a_conflict_until_somebody_chooses(sample):
    own = next(iter(mark(sample, "present").entities["attendance_mark"]))
    add_foreign_mark(sample, "absent")
    assert standing(sample).has_conflict
    with sample.workspace.reader() as uow:
        (conflict,) = attendance.conflicts_of(uow, sample.workshop_id)
    assert {line.status for line in conflict.marks} == {"present", "absent"}
    assert (conflict.name, conflict.slot_code) == ("Ștefania Mărgineanu", "D1-AM")
    with sample.workspace.unit_of_work() as uow:
        attendance.choose_mark(uow, mark_id=own)
    assert standing(sample).mark.status is Status.PRESENT
    assert not standing(sample).has_conflict
    with sample.workspace.reader() as uow:
        assert attendance.conflicts_of(uow, sample.workshop_id) == []


def test_two_laptops_that_agree_are_no_conflict(sample):
    mark(sample, "present")
    add_foreign_mark(sample, "present")
    assert not standing(sample).has_conflict


def test_a_new_mark_settles_a_conflict(sample):
    mark(sample, "present")
    add_foreign_mark(sample, "absent")
    mark(sample, "absent")
    assert not standing(sample).has_conflict
    assert standing(sample).mark.status is Status.ABSENT


def test_an_undone_check_in_is_expected_again_and_both_stay_in_the_history(sample):
    txn = check_in(sample).txn
    with sample.workspace.unit_of_work() as uow:
        undo(uow, txn)
    assert standing(sample).mark.status is Status.EXPECTED
    assert [line.status for line in history(sample)] == ["expected", "present"]


def test_an_undone_correction_brings_back_what_was_there(sample, clock):
    clock.now = at("11:05")
    check_in(sample)
    txn = mark(sample, "absent").txn
    with sample.workspace.unit_of_work() as uow:
        undo(uow, txn)
    assert standing(sample).mark.status is Status.LATE
    assert standing(sample).mark.arrived_at == at("11:05")


def test_undoing_a_confirmed_check_in_takes_the_place_back_too(sample):
    with sample.workspace.unit_of_work() as uow:
        uow.session.get(Registration, sample.registrations["P005"]).state = "waiting_list"
        uow.commit()
    txn = check_in(sample, "P005", is_confirmed=True).txn
    with sample.workspace.unit_of_work() as uow:
        undo(uow, txn)
    with sample.workspace.reader() as uow:
        line = next(one for one in roster(uow, sample.workshop_id) if one.given_name == "Ilinca")
    assert line.state == "waiting_list"
    assert standing(sample, "P005").mark.status is Status.EXPECTED


def test_a_check_in_somebody_changed_since_is_not_undone(sample):
    txn = check_in(sample).txn
    mark(sample, "absent")
    with pytest.raises(ConflictError), sample.workspace.unit_of_work() as uow:
        undo(uow, txn)
    assert standing(sample).mark.status is Status.ABSENT


def test_one_undo_takes_back_marks_of_many(sample):
    people = [sample.registrations[who] for who in ("P001", "P002", "P003")]
    mark(sample, "absent", "P003")
    with sample.workspace.unit_of_work() as uow:
        txn = attendance.mark_many(
            uow, registration_ids=people, slot_id=sample.slots["D1-AM"], status="present"
        ).txn
    with sample.workspace.unit_of_work() as uow:
        undo(uow, txn)
    statuses = [standing(sample, who).mark.status for who in ("P001", "P002", "P003")]
    assert statuses == [Status.EXPECTED, Status.EXPECTED, Status.ABSENT]


def test_nothing_of_a_failed_action_is_kept(sample):
    with pytest.raises(ValidationError), sample.workspace.unit_of_work() as uow:
        attendance.mark_many(
            uow,
            registration_ids=[sample.registrations["P001"]],
            slot_id=sample.slots["D1-AM"],
            status="ill",
        )
    assert standing(sample) is None


def test_who_is_let_in_gets_the_next_number_of_the_list(sample):
    with sample.workspace.unit_of_work() as uow:
        cancelled = next(one for one in roster(uow, sample.workshop_id) if one.state == "cancelled")
        attendance.check_in(
            uow,
            registration_id=cancelled.registration_id,
            slot_id=sample.slots["D1-AM"],
            is_confirmed=True,
        )
    with sample.workspace.reader() as uow:
        lines = {one.registration_id: one for one in roster(uow, sample.workshop_id)}
    assert lines[cancelled.registration_id].list_number == 58
