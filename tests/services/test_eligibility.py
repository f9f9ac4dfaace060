"""Who gets a certificate, why not, and what would help: the sample's sums and worked cases."""

import json

import pytest

from mentor_desktop.models import AttendanceMark, Person, Registration, Workshop
from mentor_desktop.services import attendance
from mentor_desktop.services.eligibility import eligibility
from mentor_desktop.services.register import register_grid
from tests.services.certificate_day import CLOSING, make_closing_day
from tests.services.sample_workshop import SAMPLES, at

SUMS = json.loads((SAMPLES / "expected_sums.json").read_text("utf-8"))["attendance"]


@pytest.fixture
def sample(workspace, clock):
    clock.now = CLOSING
    return make_closing_day(workspace)


def rows_of(sample):
    with sample.workspace.reader() as uow:
        return eligibility(uow, sample.workshop_id)


def row_of(sample, who):
    return next(r for r in rows_of(sample) if r.registration_id == sample.registrations[who])


def change_workshop(sample, **fields):
    with sample.workspace.unit_of_work() as uow:
        for name, value in fields.items():
            setattr(uow.session.get(Workshop, sample.workshop_id), name, value)
        uow.commit()


def test_the_sums_of_the_sample_come_out(sample):
    with sample.workspace.reader() as uow:
        grid = register_grid(uow, sample.workshop_id)
    for slot in grid.slots:
        statuses = SUMS["status_by_slot"][slot.code]
        came = ("present", "late", "left_early", "partial", "remote")
        assert slot.attended == sum(statuses.get(name, 0) for name in came), slot.code
    assert sum(row.credited_minutes for row in rows_of(sample)) == SUMS["credited_minutes"]


@pytest.mark.parametrize("rule", sorted(SUMS["eligible"]))
def test_as_many_reach_each_rule_as_the_sample_says(sample, rule):
    change_workshop(sample, rule_kind=rule)
    assert sum(row.gets_one for row in rows_of(sample)) == SUMS["eligible"][rule]


def test_exactly_the_named_people_do_not_reach_the_minutes_rule(sample):
    missed = {row.registration_id for row in rows_of(sample) if row.outcome == "not_reached"}
    assert missed == {sample.registrations[who] for who in SUMS["not_eligible_by_minutes"]}


@pytest.mark.parametrize("case", sorted(SUMS["cases"]))
def test_the_worked_cases_come_out_through_the_store(sample, case):
    expected = SUMS["cases"][case]
    row = row_of(sample, expected["participant_id"])
    assert row.credited_minutes == expected["credited_minutes"]
    assert row.percent == expected["minutes_percent"]
    assert row.gets_one == expected["eligible"]


def test_case_c_is_told_which_rule_applies_and_what_would_help(sample):
    row = row_of(sample, "P019")
    assert row.why == "6 minutes are missing. 79.4 % of the minutes; the rule asks for 80 %."
    assert "Missed: D1-PM 210 min." in row.help
    assert "By half-days it would be 83.3 %, but this workshop counts minutes." in row.help


def test_a_row_that_gets_one_says_hours_and_share(sample):
    row = row_of(sample, "P031")
    assert row.why == "17.0 hours attended. 100.0 % of the minutes; the rule asks for 80 %."
    assert row.help == ""


def test_problem_rows_come_first(sample):
    outcomes = [row.outcome for row in rows_of(sample)]
    assert outcomes[:5] == ["not_reached"] * 5
    assert set(outcomes[5:]) == {"eligible"}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("林 Giedrė", "The character “林” is in no print font."),
        ("Giedrė " * 20, "The name is too long for two lines of a certificate."),
    ],
)
def test_a_name_that_cannot_be_printed_blocks_and_comes_first(sample, name, why):
    with sample.workspace.unit_of_work() as uow:
        person_id = uow.session.get(Registration, sample.registrations["P031"]).person_id
        uow.session.get(Person, person_id).name_on_certificate = name.strip()
        uow.commit()
    first = rows_of(sample)[0]
    assert (first.outcome, first.name, first.why) == ("blocked", name.strip(), why)
    assert first.help.startswith("Agree on another form")


def test_a_conflict_is_a_question_that_comes_before_clean_rows(sample):
    with sample.workspace.unit_of_work() as uow:
        uow.session.add(
            AttendanceMark(
                workshop_id=sample.workshop_id,
                registration_id=sample.registrations["P031"],
                slot_id=sample.slots["D2-AM"],
                status="absent",
                method="clicked",
                at=at("10:00", 2),
                device="B",
            )
        )
        uow.commit()
    row = row_of(sample, "P031")
    assert "Two laptops differ about D2-AM: choose which mark counts." in row.warnings
    others = [one for one in rows_of(sample) if one.outcome == "eligible"]
    assert others[0] == row


def test_a_missing_mark_asks_for_the_paper(sample):
    with sample.workspace.unit_of_work() as uow:
        attendance.mark(
            uow,
            registration_id=sample.registrations["P031"],
            slot_id=sample.slots["D1-PM"],
            status="expected",
        )
    row = row_of(sample, "P031")
    assert row.outcome == "not_reached"
    assert row.help.startswith("Nobody marked anything in D1-PM")


def test_before_the_end_it_is_said_who_only_has_to_stay(sample, clock):
    clock.now = at("13:40", 3)
    with sample.workspace.unit_of_work() as uow:
        attendance.mark(
            uow,
            registration_id=sample.registrations["P040"],
            slot_id=sample.slots["D3-PM"],
            status="expected",
        )
    row = row_of(sample, "P040")
    assert row.outcome == "not_reached"
    assert "Being present from now to the end is enough." in row.help


def test_trainers_and_people_off_the_list_get_none(sample):
    with sample.workspace.unit_of_work() as uow:
        uow.session.get(Registration, sample.registrations["P031"]).role = "trainer"
        uow.session.get(Registration, sample.registrations["P040"]).state = "cancelled"
        uow.commit()
    listed = {row.registration_id for row in rows_of(sample)}
    assert len(listed) == 55
    assert not {sample.registrations["P031"], sample.registrations["P040"]} & listed


def test_an_unconfirmed_name_is_a_warning_only(sample):
    row = row_of(sample, "P031")
    assert row.warnings == ("The holder has not confirmed the name.",)
    assert row.gets_one


def test_who_misses_the_rule_is_told_so_even_with_an_unprintable_name(sample):
    with sample.workspace.unit_of_work() as uow:
        person_id = uow.session.get(Registration, sample.registrations["P019"]).person_id
        uow.session.get(Person, person_id).name_on_certificate = "林"
        uow.commit()
    row = row_of(sample, "P019")
    assert (row.outcome, row.why[:6]) == ("not_reached", "6 minu")
