"""Issuing, replacing, revoking: numbers, frozen words, and what the register keeps."""

import json
from datetime import date

import pytest

from mentor_desktop.errors import ConflictError, NotFoundError, ValidationError
from mentor_desktop.models import (
    Certificate,
    Organisation,
    Person,
    Project,
    Registration,
    SecretSetting,
    Workshop,
    WorkspaceSetting,
)
from mentor_desktop.services import certificates
from mentor_desktop.services.certificate_checks import certificate_checks
from mentor_desktop.services.certificate_names import confirm_names
from mentor_desktop.services.certificate_numbering import issuer_key, record_of
from mentor_desktop.services.certificate_numbers import full_number, verification_code
from mentor_desktop.services.certificate_register import (
    certificate_rows,
    certificates_of_person,
    find_certificate,
)
from mentor_desktop.services.eligibility import eligibility
from mentor_desktop.services.registrations import correct_name
from tests.services.certificate_day import CLOSING, make_closing_day


@pytest.fixture
def sample(workspace, clock):
    clock.now = CLOSING
    return make_closing_day(workspace)


def issue(sample, **options):
    with sample.workspace.unit_of_work() as uow:
        return certificates.issue_certificates(uow, sample.workshop_id, **options)


def issue_for(sample, who):
    return issue(sample, registration_ids=[sample.registrations[who]]).issued[0]


def write(sample, use_case, *args, **options):
    with sample.workspace.unit_of_work() as uow:
        return use_case(uow, *args, **options)


def stored(sample, serial):
    with sample.workspace.reader() as uow:
        row = find_certificate(uow, serial)
        return uow.session.get_one(Certificate, row.id)


def person_of(uow, sample, who):
    person_id = uow.session.get(Registration, sample.registrations[who]).person_id
    return uow.session.get(Person, person_id)


def change(sample, model, **fields):
    """Change the one row of a table that the sample has."""
    with sample.workspace.unit_of_work() as uow:
        workshop = uow.session.get(Workshop, sample.workshop_id)
        row = {
            Workshop: workshop,
            Project: uow.session.get(Project, workshop.project_id),
            Organisation: uow.session.get(Organisation, workshop.host_org_id),
        }[model]
        for name, value in fields.items():
            setattr(row, name, value)
        uow.commit()


def rename(sample, who, **fields):
    with sample.workspace.unit_of_work() as uow:
        for name, value in fields.items():
            setattr(person_of(uow, sample, who), name, value)
        uow.commit()


def checks(sample):
    with sample.workspace.reader() as uow:
        return {check.key: check for check in certificate_checks(uow, sample.workshop_id)}


def test_all_eligible_get_one_in_list_order_without_gaps_in_the_numbers(sample):
    result = issue(sample)
    assert len(result.issued) == 52
    assert [row.serial for row in result.issued] == [f"MD26-A-{n:05d}" for n in range(1, 53)]
    numbers = [row.list_number for row in result.issued]
    assert numbers == sorted(numbers)
    assert result.changes.action == "Issued certificates of WS-2026-01: 52"


def test_who_gets_none_is_named_with_the_reason(sample):
    skipped = {one.registration_id: one.sentence for one in issue(sample).skipped}
    assert len(skipped) == 5
    assert "6 minutes are missing" in skipped[sample.registrations["P019"]]


def test_running_it_again_issues_nothing_new(sample):
    issue(sample)
    again = issue(sample)
    assert again.issued == ()
    assert not again.changes
    with sample.workspace.reader() as uow:
        assert len(certificate_rows(uow, sample.workshop_id)) == 52


def test_issuing_cannot_be_taken_back(sample):
    assert not issue(sample).changes.undoable


def test_a_number_has_check_digits_and_a_code_over_what_it_says(sample):
    row = issue_for(sample, "P031")
    assert row.number == full_number(row.serial)
    certificate = stored(sample, row.number)
    with sample.workspace.reader() as uow:
        key = issuer_key(uow)
    assert len(key) == 32
    assert certificate.code == verification_code(key, record_of(certificate))
    assert record_of(certificate).canonical_text() == (
        "MD26-A-00001\nGiedrė Ąžuolynienė\nattendance\n"
        "Mentoring and Peer Coaching for Youth Training\n2026-03-10\n2026-03-12\n17.0\n2026-03-12"
    )


def test_hours_are_those_attended_with_one_decimal(sample):
    assert issue_for(sample, "P040").hours_contact == "15.0"  # 900 minutes
    assert issue_for(sample, "P045").hours_contact == "13.6"  # 816 minutes
    assert stored(sample, "MD26-A-00001").hours_total == "17.0"


def test_everything_on_the_paper_is_frozen(sample):
    row = issue_for(sample, "P031")
    before = {k: v for k, v in vars(stored(sample, row.serial)).items() if k[0] != "_"}
    change(sample, Workshop, title={"en": "Renamed"}, rule_percent=10, signatory_name="Somebody")
    change(sample, Project, funding_statement={"en": "Other"}, title="Other")
    change(sample, Organisation, name="Other", address="Elsewhere")
    rename(sample, "P031", family_name="Other")
    after = {k: v for k, v in vars(stored(sample, row.serial)).items() if k[0] != "_"}
    assert after == before
    assert before["issuer_name"] == "Vzorové centrum mládeže, z. s."
    assert before["issuer_number"] == "OID E10000001"
    assert before["signatory_name"] == "Jana Vzorná"
    assert before["funding_statement"] == "Funded by the programme named in the agreement."
    assert before["rule_text"].startswith("Given to those who attended at least 80 %")
    assert "1,020 minutes (17.0 hours)" in before["rule_text"]


def test_the_name_on_the_certificate_is_the_one_the_holder_wished(sample):
    rename(sample, "P031", name_on_certificate="Dr. Giedrė Ąžuolynienė")
    assert issue_for(sample, "P031").holder_name == "Dr. Giedrė Ąžuolynienė"


def test_the_date_of_issue_is_the_day_in_the_workshops_zone(sample, clock):
    clock.now = CLOSING.replace(hour=23, minute=30)  # half past midnight in Prague
    assert issue_for(sample, "P031").issued_on == date(2026, 3, 13)


def test_a_new_year_starts_its_own_numbers(sample, clock):
    issue_for(sample, "P031")
    clock.now = CLOSING.replace(year=2027)
    assert issue_for(sample, "P040").serial == "MD27-A-00001"


def test_a_number_is_never_given_twice_even_when_its_row_is_gone(sample):
    row = issue_for(sample, "P031")
    with sample.workspace.unit_of_work() as uow:
        uow.session.delete(uow.session.get_one(Certificate, row.id))
        uow.commit()
    assert issue_for(sample, "P040").serial == "MD26-A-00002"


def test_numbers_go_on_above_the_register_when_the_counter_is_lost(sample):
    issue_for(sample, "P031")
    with sample.workspace.unit_of_work() as uow:
        uow.raw.execute("DELETE FROM local_setting WHERE key LIKE 'certificate_counter%'")
        uow.commit()
    assert issue_for(sample, "P040").serial == "MD26-A-00002"


def test_numbers_of_a_device_with_a_longer_tag_do_not_count(sample):
    row = issue_for(sample, "P031")
    with sample.workspace.unit_of_work() as uow:
        uow.session.get_one(Certificate, row.id).serial = "MD26-AA-00007"
        uow.raw.execute("DELETE FROM local_setting WHERE key LIKE 'certificate_counter%'")
        uow.commit()
    assert issue_for(sample, "P040").serial == "MD26-A-00001"


def test_a_restored_workspace_goes_on_under_its_new_tag(sample):
    issue_for(sample, "P031")
    with sample.workspace.unit_of_work() as uow:
        uow.device = "AA"
        issued = certificates.issue_certificates(
            uow, sample.workshop_id, registration_ids=[sample.registrations["P040"]]
        ).issued
    assert [row.serial for row in issued] == ["MD26-AA-00001"]


def test_the_key_of_the_codes_is_made_once_and_shared_with_the_workspace(sample):
    issue_for(sample, "P031")
    with sample.workspace.reader() as uow:
        first = issuer_key(uow)
        names = [row.name for row in uow.session.query(SecretSetting)]
        assert uow.session.query(WorkspaceSetting).count() == 0
    issue_for(sample, "P040")
    with sample.workspace.reader() as uow:
        assert issuer_key(uow) == first
    assert names == ["certificate_issuer_key"]


@pytest.mark.parametrize(
    ("fields", "key", "words"),
    [
        ({"signatory_name": ""}, "signatory", "names nobody who signs"),
        ({"host_org_id": None}, "issuer", "No organisation issues"),
        ({"title": {}}, "title", "has no title"),
        ({"city": "北京"}, "fonts", "in no print font"),
    ],
)
def test_what_is_missing_stops_the_issue_with_a_sentence(sample, fields, key, words):
    change(sample, Workshop, **fields)
    assert checks(sample)[key].state == "fail"
    with pytest.raises(ValidationError, match=words):
        issue(sample)
    with sample.workspace.reader() as uow:
        assert certificate_rows(uow) == []


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"funding_statement": {}}, "warn"),
        ({"funding_statement": {}, "programme": "other"}, "ok"),
        ({"funding_statement": {"lt": "Finansuota"}}, "warn"),
        ({}, "ok"),
    ],
)
def test_a_missing_funding_text_is_a_warning(sample, fields, state):
    change(sample, Project, **fields)
    assert checks(sample)["funding"].state == state


def test_issuing_before_the_last_half_day_is_a_warning(sample, clock):
    assert checks(sample)["end"].state == "ok"
    clock.now = CLOSING.replace(hour=9)
    assert (
        checks(sample)["end"].sentence == "Still to come, and on no certificate issued now: D3-PM."
    )


def test_unconfirmed_names_are_a_warning_that_counts_them(sample):
    assert checks(sample)["names"].state == "warn"
    assert checks(sample)["names"].sentence == "52 names are not confirmed by their holders."
    assert next(iter(checks(sample).values())).state == "warn"


def test_confirmed_names_are_no_warning_until_somebody_corrects_one(sample):
    everybody = list(sample.registrations.values())
    write(sample, confirm_names, registration_ids=everybody)
    assert checks(sample)["names"].state == "ok"
    with sample.workspace.unit_of_work() as uow:
        person_id = person_of(uow, sample, "P031").id
        correct_name(uow, person_id, "Giedrė", "Ąžuolytė")
    assert checks(sample)["names"].sentence == "1 name is not confirmed by its holder."


def test_a_misspelt_name_is_replaced_under_a_new_number(sample, clock):
    old = issue_for(sample, "P031")
    rename(sample, "P031", family_name="Ąžuolytė")
    clock.advance(days=1)
    changes = write(sample, certificates.replace_certificate, old.number)
    assert not changes.undoable
    with sample.workspace.reader() as uow:
        first, second = certificate_rows(uow, sample.workshop_id)
    assert (first.status, first.replaced_by) == ("superseded", second.number)
    assert (second.status, second.replaces) == ("issued", old.number)
    assert second.holder_name == "Giedrė Ąžuolytė"
    assert (second.issued_on, old.issued_on) == (date(2026, 3, 13), date(2026, 3, 12))
    before, after = stored(sample, old.serial), stored(sample, second.serial)
    assert after.code != before.code
    for field in ("title", "rule_text", "ends_on", "hours_contact", "signatory_name"):
        assert getattr(after, field) == getattr(before, field)


def test_a_replacement_needs_a_corrected_name(sample):
    old = issue_for(sample, "P031")
    with pytest.raises(ConflictError, match="already says"):
        write(sample, certificates.replace_certificate, old.number)


def test_a_replaced_certificate_is_not_replaced_again(sample):
    old = issue_for(sample, "P031")
    rename(sample, "P031", family_name="Ąžuolytė")
    write(sample, certificates.replace_certificate, old.number)
    with pytest.raises(ConflictError, match="already replaced by MD26-A-00002"):
        write(sample, certificates.replace_certificate, old.number)
    with pytest.raises(ConflictError, match="already replaced"):
        write(sample, certificates.revoke_certificate, old.number, reason="holder_request")


def test_a_revoked_certificate_stays_in_the_register_with_its_reason(sample):
    row = issue_for(sample, "P031")
    write(sample, certificates.revoke_certificate, row.number, reason="issued_in_error")
    with sample.workspace.reader() as uow:
        (kept,) = certificate_rows(uow, sample.workshop_id)
    assert (kept.status, kept.revocation_reason) == ("revoked", "issued_in_error")
    with pytest.raises(ConflictError, match="already revoked"):
        write(sample, certificates.revoke_certificate, row.number, reason="issued_in_error")


def test_a_revoked_person_gets_another_only_when_named(sample):
    row = issue_for(sample, "P031")
    write(sample, certificates.revoke_certificate, row.number, reason="wrong_person")
    assert sample.registrations["P031"] not in {r.registration_id for r in issue(sample).issued}
    assert issue_for(sample, "P031").status == "issued"
    with sample.workspace.reader() as uow:
        rows = eligibility(uow, sample.workshop_id)
    mine = next(one for one in rows if one.registration_id == sample.registrations["P031"])
    assert mine.outcome == "issued"


def test_a_reason_outside_the_list_is_refused(sample):
    row = issue_for(sample, "P031")
    with pytest.raises(ValidationError, match="whim"):
        write(sample, certificates.revoke_certificate, row.number, reason="whim")
    with pytest.raises(ValidationError, match="whim"):
        write(sample, certificates.replace_certificate, row.number, reason="whim")


def test_the_print_log_counts_each_sheet(sample, clock):
    row = issue_for(sample, "P031")
    write(sample, certificates.mark_printed, [row.number])
    clock.advance(minutes=7)
    write(sample, certificates.mark_printed, [row.number])
    with sample.workspace.reader() as uow:
        printed = find_certificate(uow, row.number)
    assert (printed.print_count, printed.printed_at) == (2, clock.now)


def test_a_certificate_is_found_however_its_number_is_typed(sample):
    row = issue_for(sample, "P031")
    with sample.workspace.reader() as uow:
        for typed in (row.number, row.serial, row.number.lower().replace("-", " ")):
            assert find_certificate(uow, typed).id == row.id
        with pytest.raises(NotFoundError, match="not in this register"):
            find_certificate(uow, full_number("MD26-A-00999"))


def test_certificates_of_a_person_are_found_by_any_merged_id(sample):
    row = issue_for(sample, "P031")
    with sample.workspace.reader() as uow:
        assert [one.id for one in certificates_of_person(uow, ["0" * 32, row.person_id])] == [
            row.id
        ]


def test_the_key_is_in_no_sentence_of_the_history(sample):
    issue_for(sample, "P031")
    with sample.workspace.reader() as uow:
        key = issuer_key(uow).hex()
        told = uow.raw.execute('SELECT action, "values" FROM txn').fetchall()
    assert key not in json.dumps(told)


def test_certificates_in_another_language_use_its_words(sample):
    change(sample, Workshop, title={"en": "Mentoring", "lt": "Mentorystė"}, languages=["lt", "en"])
    row = issue_for(sample, "P031")
    assert (row.language, row.title) == ("lt", "Mentorystė")


def test_an_address_of_several_lines_stands_in_one(sample):
    change(sample, Organisation, address="Vzorová 1,\n602 00 Brno\n")
    change(sample, Project, funding_statement={"en": "Funded by many.\nThank you."})
    row = issue_for(sample, "P031")
    assert stored(sample, row.serial).issuer_address == "Vzorová 1, 602 00 Brno"
