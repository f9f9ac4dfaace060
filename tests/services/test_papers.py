"""Papers: who stands on the list, print ids and reprints, and what nobody may read there."""

import io

import pypdfium2
import pytest

from mentor_desktop.documents.attendance_list import plan_pages
from mentor_desktop.errors import NotFoundError
from mentor_desktop.models import Certificate, Organisation, Person, Project, Registration, Workshop
from mentor_desktop.services import attendance, papers
from mentor_desktop.services.certificate_sheets import sheets_of
from mentor_desktop.services.certificates import (
    issue_certificates,
    replace_certificate,
    revoke_certificate,
)
from mentor_desktop.services.list_content import list_content
from mentor_desktop.services.list_sheet import list_sheet
from mentor_desktop.services.verification import verify_all
from tests import factories
from tests.services.certificate_day import CLOSING, make_closing_day
from tests.services.sample_workshop import at, make_sample, rows


@pytest.fixture
def sample(workspace, clock):
    clock.now = at("08:40")
    return make_sample(workspace)


@pytest.fixture
def closing_day(workspace, clock):
    clock.now = CLOSING
    return make_closing_day(workspace)


def a_list(sample, **options):
    with sample.workspace.reader() as uow:
        return papers.render_attendance_list(uow, sample.workshop_id, **options)


def print_it(sample, *made):
    with sample.workspace.unit_of_work() as uow:
        return papers.record_print(uow, made)


def states(sample):
    with sample.workspace.reader() as uow:
        return {(one.kind, one.day): one for one in papers.papers_of(uow, sample.workshop_id)}


def sheet_of(sample, **options):
    with sample.workspace.reader() as uow:
        content = list_content(uow, sample.workshop_id, **options)
        ids = {day: f"D{day}" for day in content.days}
        return list_sheet(uow, content, print_ids=ids, language="en")


def text_of(data):
    document = pypdfium2.PdfDocument(data)
    text = "\n".join(document[i].get_textpage().get_text_bounded() for i in range(len(document)))
    document.close()
    return " ".join(text.split())


def rename(sample, who, **fields):
    with sample.workspace.unit_of_work() as uow:
        person_id = uow.session.get(Registration, sample.registrations[who]).person_id
        for name, value in fields.items():
            setattr(uow.session.get(Person, person_id), name, value)
        uow.commit()


def issue(sample):
    with sample.workspace.unit_of_work() as uow:
        return issue_certificates(uow, sample.workshop_id).issued


def test_before_the_day_the_list_has_53_rows_and_at_the_end_57(sample, clock):
    assert len(sheet_of(sample, day=1).rows) == 53
    assert len(sheet_of(sample, day=1, is_final=True).rows) == 57
    clock.now = at("18:00")
    assert len(sheet_of(sample, day=1).rows) == 57
    assert a_list(sample).rows == 53


def test_a_workshop_without_walk_ins_leaves_row_54_free(workspace, clock):
    clock.now = at("08:40")
    sheet = sheet_of(make_sample(workspace, without_walk_ins=True), day=1)
    assert (len(sheet.rows), sheet.next_number) == (53, 54)
    labels = [row.label for page in plan_pages(sheet) for row in page.rows if row.row is None]
    assert labels[0] == "54"
    assert len(labels) >= 5


def test_who_walked_in_yesterday_is_on_the_list_of_today(sample, clock):
    walk_in = next(
        r["participant_id"] for r in rows("participants.csv") if r["registration"] == "walk_in"
    )
    with sample.workspace.unit_of_work() as uow:
        attendance.check_in(
            uow,
            registration_id=sample.registrations[walk_in],
            slot_id=sample.slots["D1-AM"],
        )
    assert len(sheet_of(sample, day=1, is_final=False).rows) == 53
    clock.now = at("08:00", 2)
    assert len(sheet_of(sample, day=2).rows) == 54


def test_rows_are_in_the_order_of_the_list_numbers(sample):
    numbers = [row.number for row in sheet_of(sample, day=1, is_final=True).rows]
    assert numbers == list(range(1, 58))


def test_people_without_a_number_are_listed_with_the_one_the_first_print_gives(sample):
    with sample.workspace.unit_of_work() as uow:
        for registration_id in sample.registrations.values():
            uow.session.get(Registration, registration_id).list_number = None
        uow.commit()
    sheet = sheet_of(sample, day=1, is_final=True)
    before = {r.number: r.family_name for r in sheet.rows}
    assert [row.number for row in sheet_of(sample, day=1).rows] == list(range(1, 54))
    print_it(sample, a_list(sample, day=1, include_final=True))
    with sample.workspace.reader() as uow:
        given = {
            uow.session.get(Registration, one).list_number for one in sample.registrations.values()
        }
    after = {r.number: r.family_name for r in sheet_of(sample, day=1, is_final=True).rows}
    assert before == after
    assert given == {None, *range(1, 58)}


def test_trainers_stand_in_a_block_of_their_own(sample):
    with sample.workspace.unit_of_work() as uow:
        uow.session.get(Registration, sample.registrations["P001"]).role = "trainer"
        uow.commit()
    sheet = sheet_of(sample, day=1)
    assert [row.family_name for row in sheet.trainers] == ["Mărgineanu"]
    assert len(sheet.rows) == 52


def test_the_head_names_event_project_host_and_place(sample):
    head = sheet_of(sample, day=1).head
    assert head.activity_type == "Training"
    assert head.activity_title == "Mentoring and Peer Coaching for Youth Training"
    assert head.project_number == "2017-3-RO01-KA205-000000"
    assert (head.venue, head.address, head.country) == ("Dům Vzorů", "Vzorová 1, Brno", "Czechia")
    assert (head.representative, head.representative_function) == ("Jana Vzorná", "ředitelka")
    assert head.funding_statement


def test_each_half_day_has_its_signed_hours_in_the_zone_of_the_workshop(sample):
    slots = sheet_of(sample, day=1).days[0].slots
    assert [(slot.name, slot.hours) for slot in slots] == [
        ("D1-AM", "10:30–12:30"),
        ("D1-PM", "13:30–17:20"),
    ]


def test_nothing_private_is_on_any_list(sample):
    with sample.workspace.unit_of_work() as uow:
        registration = uow.session.get(Registration, sample.registrations["P003"])
        registration.support_request = "Halal lunch"
        person = uow.session.get(Person, registration.person_id)
        person.phone, person.birth_year, person.note = "+37060012345", 1979, "quiet"
        person.gender = "female"
        uow.commit()
    text = text_of(a_list(sample, include_final=True).data)
    for canary in ("Halal", "+370", "1979", "quiet", "female", "@", "Vegetarian", "hearing"):
        assert canary not in text
    assert "Bâlteanu" in text


def test_texts_of_several_lines_can_be_printed(sample):
    with sample.workspace.unit_of_work() as uow:
        workshop = uow.session.get(Workshop, sample.workshop_id)
        workshop.address = "Vzorová 1\n602 00 Brno"
        workshop.data_notice = {"en": "We keep this list.\nAsk us anything."}
        project = uow.session.get(Project, workshop.project_id)
        project.funding_statement = {"en": "Funded by many.\nThank you."}
        uow.commit()
    assert sheet_of(sample, day=1).head.address == "Vzorová 1, 602 00 Brno"
    text = text_of(a_list(sample, day=1).data)
    assert "We keep this list. Ask us anything." in text
    assert "Funded by many. Thank you." in text


def test_a_paper_tells_its_pages_first_and_last_name(sample):
    paper = a_list(sample, day=1)
    assert paper.pages == len(pypdfium2.PdfDocument(paper.data))
    assert paper.first_name == "Ștefania Mărgineanu"
    assert (paper.rows, paper.file_name) == (53, "WS-2026-01-attendance-list-D1.pdf")


def test_all_days_are_one_job_with_a_print_id_for_each(sample):
    paper = a_list(sample)
    assert [one.print_id for one in paper.prints] == [f"WS-2026-01-D{day}" for day in (1, 2, 3)]
    assert sum(one.pages for one in paper.prints) == paper.pages
    text = text_of(paper.data)
    assert all(one.print_id in text for one in paper.prints)


def test_a_reprint_carries_the_next_letter(sample):
    first = a_list(sample, day=1)
    print_it(sample, first)
    second = a_list(sample, day=1, pages=[2])
    assert (first.print_id, second.print_id) == ("WS-2026-01-D1", "WS-2026-01-D1-b")
    assert second.pages == 1
    assert "WS-2026-01-D1-b" in text_of(second.data)
    print_it(sample, second)
    assert a_list(sample, day=1).print_id == "WS-2026-01-D1-c"
    assert a_list(sample, day=2).print_id == "WS-2026-01-D2"


def test_looking_at_a_paper_records_nothing(sample):
    a_list(sample, day=1)
    assert states(sample)["attendance_list", 1].state == "never"


def test_a_printed_list_says_when_and_is_outdated_by_a_corrected_name(sample, clock):
    print_it(sample, a_list(sample, day=1))
    state = states(sample)["attendance_list", 1]
    assert (state.state, state.printed_at, state.print_id) == (
        "printed",
        clock.now,
        "WS-2026-01-D1",
    )
    rename(sample, "P012", family_name="Nová")
    state = states(sample)["attendance_list", 1]
    assert (state.state, state.changed_numbers) == ("changed", (12,))
    with sample.workspace.reader() as uow:
        pages = papers.pages_showing(uow, sample.workshop_id, day=1, numbers=[12])
    assert pages == [2]
    print_it(sample, a_list(sample, day=1, pages=pages))
    assert states(sample)["attendance_list", 1].state == "printed"


def test_a_changed_place_outdates_the_list_without_naming_rows(sample):
    print_it(sample, a_list(sample, day=1))
    with sample.workspace.unit_of_work() as uow:
        uow.session.get(Workshop, sample.workshop_id).venue_name = "Other hall"
        uow.commit()
    state = states(sample)["attendance_list", 1]
    assert (state.state, state.changed_numbers) == ("changed", ())


def test_a_list_in_another_language_or_shape_is_the_same_list(sample):
    print_it(sample, a_list(sample, day=1, language="lt", orientation="portrait"))
    assert states(sample)["attendance_list", 1].state == "printed"


def test_a_final_list_is_not_outdated_by_its_own_walk_ins(sample, clock):
    clock.now = at("18:00", 3)
    print_it(sample, a_list(sample, day=1, include_final=True))
    assert states(sample)["attendance_list", 1].state == "printed"


def test_printing_is_on_record_and_cannot_be_taken_back(sample):
    changes = print_it(sample, a_list(sample, day=1))
    assert not changes.undoable
    assert changes.action == "Printed WS-2026-01-attendance-list-D1.pdf (pages: 6)"


def test_a_workshop_without_agenda_has_no_list(workspace):
    with workspace.unit_of_work() as uow:
        workshop = factories.workshop(uow.session, code="WS-EMPTY")
        uow.commit()
    with workspace.reader() as uow:
        assert papers.papers_of(uow, workshop.id) == []
        with pytest.raises(NotFoundError, match="WS-EMPTY has no half-day"):
            papers.render_attendance_list(uow, workshop.id)


def test_organisation_addresses_follow_once_each(sample):
    with sample.workspace.unit_of_work() as uow:
        for organisation in uow.session.query(Organisation):
            organisation.city = "Town"
            organisation.address = f"Street 1, {organisation.name[:3]}"
        uow.commit()
    sheet = sheet_of(sample, day=1)
    names = [one.name for one in sheet.organisations]
    assert len(names) == len(set(names))
    assert {row.organisation for row in sheet.rows} == set(names)


def test_certificates_come_in_list_order_in_one_file(closing_day):
    issue(closing_day)
    with closing_day.workspace.reader() as uow:
        paper = papers.render_certificates(uow, closing_day.workshop_id)
        found = verify_all(uow, paper.file_name, paper.data)
    assert (paper.rows, paper.pages, len(paper.numbers)) == (52, 52, 52)
    assert [one.number for one in found] == list(paper.numbers)
    assert {one.kind for one in found} == {"genuine"}
    assert paper.file_name == "WS-2026-01-certificates.pdf"


def test_each_certificate_can_be_a_file_of_its_own(closing_day):
    rows_issued = issue(closing_day)
    with closing_day.workspace.reader() as uow:
        made = papers.certificate_papers(uow, closing_day.workshop_id)
    assert [one.file_name for one in made] == [f"{row.number}.pdf" for row in rows_issued]
    assert made[0].numbers == (rows_issued[0].number,)


def test_nothing_issued_is_said_and_nothing_made(closing_day):
    with closing_day.workspace.reader() as uow:
        assert papers.certificate_papers(uow, closing_day.workshop_id) == []
        for use_case in (papers.render_certificates, papers.render_certificate_register):
            with pytest.raises(NotFoundError, match="No certificate has been issued"):
                use_case(uow, closing_day.workshop_id)


def test_printing_goes_on_at_a_chosen_sheet_without_new_numbers(closing_day):
    numbers = [row.number for row in issue(closing_day)]
    with closing_day.workspace.reader() as uow:
        rest = papers.render_certificates(uow, closing_day.workshop_id, numbers=numbers[30:])
    print_it(closing_day, rest)
    state = states(closing_day)["certificates", None]
    assert (state.state, state.unprinted, state.count) == ("changed", 30, 52)
    with closing_day.workspace.reader() as uow:
        assert uow.session.query(Certificate).count() == 52


def test_certificates_are_never_printed_then_printed(closing_day):
    issue(closing_day)
    assert states(closing_day)["certificates", None].state == "never"
    with closing_day.workspace.reader() as uow:
        paper = papers.render_certificates(uow, closing_day.workshop_id)
    print_it(closing_day, paper)
    assert states(closing_day)["certificates", None].state == "printed"


def test_revoked_and_replaced_certificates_are_not_printed(closing_day):
    first, second, *_rest = issue(closing_day)
    with closing_day.workspace.unit_of_work() as uow:
        revoke_certificate(uow, first.number, reason="issued_in_error")
    with closing_day.workspace.unit_of_work() as uow:
        uow.session.get(Person, second.person_id).family_name = "Corrected"
        uow.commit()
    with closing_day.workspace.unit_of_work() as uow:
        replace_certificate(uow, second.number)
    with closing_day.workspace.reader() as uow:
        paper = papers.render_certificates(uow, closing_day.workshop_id)
    assert len(paper.numbers) == 51
    assert not {first.number, second.number} & set(paper.numbers)
    # The new sheet names in small print the one it stands for.
    assert second.number in text_of(paper.data)
    assert first.number not in text_of(paper.data)


def test_a_duplicate_has_the_same_number_and_is_marked(closing_day):
    row = issue(closing_day)[0]
    with closing_day.workspace.reader() as uow:
        paper = papers.render_certificates(
            uow, closing_day.workshop_id, numbers=[row.number], as_duplicates=True
        )
        kept = [uow.session.get_one(Certificate, row.id)]
        (sheet,) = sheets_of(uow, kept, duplicates=[row.serial])
    assert paper.numbers == (row.number,)
    assert sheet.is_duplicate
    print_it(closing_day, paper)


def test_many_certificates_go_straight_to_a_file(closing_day):
    issue(closing_day)
    out = io.BytesIO()
    with closing_day.workspace.reader() as uow:
        count = papers.write_certificates(uow, closing_day.workshop_id, out)
    assert count == 52
    assert len(pypdfium2.PdfDocument(out.getvalue())) == 52


def test_the_hand_over_list_names_every_valid_certificate(closing_day):
    issued = issue(closing_day)
    with closing_day.workspace.reader() as uow:
        paper = papers.render_certificate_register(uow, closing_day.workshop_id)
    text = text_of(paper.data)
    assert all(row.number in text for row in issued)
    assert (paper.rows, paper.print_id) == (52, "WS-2026-01-H")
    print_it(closing_day, paper)
    assert states(closing_day)["hand_over_list", None].state == "printed"
    with closing_day.workspace.unit_of_work() as uow:
        revoke_certificate(uow, issued[0].number, reason="issued_in_error")
    assert states(closing_day)["hand_over_list", None].state == "changed"


def test_a_second_device_prints_under_ids_of_its_own(sample, workspace):
    with workspace.reader() as uow:
        uow.device = "AA"
        paper = papers.render_attendance_list(uow, sample.workshop_id, day=1)
    assert paper.print_id == "WS-2026-01-D1-AA"
