"""Comparing marks with the signed list: Enter for signed, a dash for not."""

import pytest

from mentor_desktop.errors import ValidationError
from mentor_desktop.models import Workshop
from mentor_desktop.services import attendance
from mentor_desktop.services.attendance_marks import Status
from mentor_desktop.services.history import undo
from mentor_desktop.services.paper_check import paper_check, record_signature
from mentor_desktop.services.register import register_grid
from tests.services.sample_workshop import at, make_sample


@pytest.fixture
def sample(workspace, clock):
    clock.now = at("17:20")
    return make_sample(workspace)


def mark(sample, who, status, slot="D1-PM", **fields):
    with sample.workspace.unit_of_work() as uow:
        attendance.mark(
            uow,
            registration_id=sample.registrations[who],
            slot_id=sample.slots[slot],
            status=status,
            **fields,
        )


def sign(sample, who, is_signed=True, slot="D1-PM", **options):
    with sample.workspace.unit_of_work() as uow:
        return record_signature(
            uow,
            registration_id=sample.registrations[who],
            slot_id=sample.slots[slot],
            is_signed=is_signed,
            **options,
        )


def check(sample, slot="D1-PM"):
    with sample.workspace.reader() as uow:
        return paper_check(uow, sample.slots[slot])


def row(sample, who):
    registration_id = sample.registrations[who]
    return next(one for one in check(sample).rows if one.registration_id == registration_id)


def test_rows_run_down_the_list_and_the_cursor_starts_at_the_first(sample):
    found = check(sample)
    assert [one.list_number for one in found.rows] == list(range(1, 58))
    assert (found.next_row, found.checked, found.slot_code) == (0, 0, "D1-PM")
    sign(sample, "P001")
    assert check(sample).next_row == 1


def test_a_signature_confirms_the_mark_with_its_times(sample):
    mark(sample, "P001", "late", arrived_at=at("14:00"), note="bus")
    sign(sample, "P001")
    with sample.workspace.reader() as uow:
        line = attendance.history_of(uow, sample.registrations["P001"], sample.slots["D1-PM"])[0]
    assert (line.status, line.arrived_at, line.note) == ("late", at("14:00"), "bus")
    assert (line.method, line.signed) == ("paper_transcribed", True)


def test_marked_and_not_signed_is_a_difference_and_stays_marked(sample):
    for who in ("P001", "P002", "P003"):
        mark(sample, who, "present")
        sign(sample, who, is_signed=False)
    mark(sample, "P004", "absent")
    sign(sample, "P004", is_signed=False)
    found = check(sample)
    assert [one.list_number for one in found.differences] == [1, 2, 3]
    assert row(sample, "P001").status is Status.PRESENT
    assert not row(sample, "P004").is_difference
    assert (found.marked, found.signatures, found.checked) == (3, 0, 4)


def test_signed_and_not_marked_becomes_present_from_the_paper(sample):
    mark(sample, "P002", "absent")
    sign(sample, "P001")
    sign(sample, "P002")
    for who in ("P001", "P002"):
        assert row(sample, who).status is Status.PRESENT
        assert row(sample, who).came_from_paper
    mark(sample, "P003", "present")
    sign(sample, "P003")
    assert not row(sample, "P003").came_from_paper


def test_the_check_settles_marks_made_for_everybody_at_once(sample):
    people = [sample.registrations[who] for who in ("P001", "P002")]
    with sample.workspace.unit_of_work() as uow:
        attendance.mark_many(
            uow, registration_ids=people, slot_id=sample.slots["D1-PM"], status="present"
        )
    assert row(sample, "P001").is_unchecked
    sign(sample, "P001")
    sign(sample, "P002", is_signed=False)
    with sample.workspace.reader() as uow:
        assert register_grid(uow, sample.workshop_id).unchecked == 0
    assert row(sample, "P002").is_difference


def test_who_is_online_or_not_required_is_not_asked_for(sample):
    mark(sample, "P001", "remote")
    mark(sample, "P002", "not_required")
    assert [one.list_number for one in check(sample).rows][:2] == [3, 4]


def test_the_same_answer_twice_writes_once(sample):
    sign(sample, "P001")
    assert not sign(sample, "P001")
    assert sign(sample, "P001", is_signed=False)


def test_an_answer_can_be_taken_back(sample):
    mark(sample, "P001", "present")
    txn = sign(sample, "P001", is_signed=False).txn
    with sample.workspace.unit_of_work() as uow:
        undo(uow, txn)
    assert row(sample, "P001").signed is None
    assert row(sample, "P001").status is Status.PRESENT


def test_after_closing_a_confirmation_passes_but_a_change_needs_a_reason(sample):
    mark(sample, "P001", "present")
    with sample.workspace.unit_of_work() as uow:
        uow.session.get(Workshop, sample.workshop_id).status = "closed"
        uow.commit()
    sign(sample, "P001")
    with pytest.raises(ValidationError, match="is closed"):
        sign(sample, "P002")
    sign(sample, "P002", reason="signature found on page 3")
    assert row(sample, "P002").status is Status.PRESENT
