"""Is it genuine? Every certificate of an issue is, none with a changed letter."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest

from mentor_desktop.documents.certificate import certificate_bytes
from mentor_desktop.documents.readback import ReadbackError, read_certificates
from mentor_desktop.models import Certificate, Person, Registration, SecretSetting
from mentor_desktop.services import certificates
from mentor_desktop.services.certificate_numbers import check_digits
from mentor_desktop.services.certificate_sheets import sheets_of
from mentor_desktop.services.verification import verify, verify_all, verify_file
from tests.services.certificate_day import CLOSING, make_closing_day


@pytest.fixture
def sample(workspace, clock):
    clock.now = CLOSING
    return make_closing_day(workspace)


def issue(sample, *people):
    chosen = [sample.registrations[who] for who in people] or None
    with sample.workspace.unit_of_work() as uow:
        return certificates.issue_certificates(
            uow, sample.workshop_id, registration_ids=chosen
        ).issued


def sheet_of(sample, row):
    with sample.workspace.reader() as uow:
        return next(sheets_of(uow, [uow.session.get_one(Certificate, row.id)]))


def paper(sheet):
    return certificate_bytes(sheet, created_at=CLOSING)


def verdict(sample, content, name="certificate.pdf"):
    with sample.workspace.reader() as uow:
        return verify_file(uow, name, content)


def judged(sample, read):
    with sample.workspace.reader() as uow:
        return verify(uow, read)


def read_back(sample, row):
    return read_certificates(paper(sheet_of(sample, row)), "certificate.pdf")[0]


def test_every_certificate_of_the_sample_is_genuine(sample):
    rows = issue(sample)
    with sample.workspace.reader() as uow:
        kept = [uow.session.get_one(Certificate, row.id) for row in rows]
        for sheet in sheets_of(uow, kept):
            found = verify_file(uow, "one.pdf", paper(sheet))
            assert found.kind == "genuine", (sheet.holder_name, found.sentence)
            assert sheet.holder_name in found.sentence


def test_a_certificate_from_before_a_new_key_is_genuine_by_the_register(sample):
    """As of a workspace that was shared before secrets had a stream of their own."""
    content = paper(sheet_of(sample, issue(sample, "P031")[0]))
    with sample.workspace.unit_of_work() as uow:
        uow.session.query(SecretSetting).delete()
        uow.commit()
    before = verdict(sample, content)
    later = paper(sheet_of(sample, issue(sample, "P040")[0]))
    assert [one.kind for one in (before, verdict(sample, content))] == ["genuine", "genuine"]
    assert verdict(sample, later).kind == "genuine"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"holder_name": "Giedre Ąžuolynienė"}, "holder_name"),
        ({"title": "Mentoring and Peer Coaching for Youth Trainers"}, "title"),
        ({"starts_on": date(2026, 3, 9)}, "starts_on"),
        ({"ends_on": date(2026, 3, 13)}, "ends_on"),
        ({"hours_contact": Decimal("17.5")}, "hours_contact"),
        ({"issued_on": date(2026, 3, 13)}, "issued_on"),
    ],
)
def test_a_changed_letter_is_found_and_named(sample, change, field):
    read = read_back(sample, issue(sample, "P031")[0])
    found = judged(sample, replace(read, record=replace(read.record, **change)))
    assert (found.kind, found.altered) == ("altered", (field,))
    assert "the register “" in found.sentence


def test_a_page_drawn_with_another_name_is_altered(sample):
    sheet = sheet_of(sample, issue(sample, "P031")[0])
    found = verdict(sample, paper(replace(sheet, holder_name="Giedrė Ąžuolynaitė")))
    assert found.altered == ("holder_name",)


def test_another_code_is_altered(sample):
    read = read_back(sample, issue(sample, "P031")[0])
    found = judged(sample, replace(read, code="00000000"))
    assert (found.kind, found.altered) == ("altered", ("code",))


def test_wrong_check_digits_are_altered_even_without_a_register(sample):
    read = read_back(sample, issue(sample, "P031")[0])
    found = verify(None, replace(read, check="00"))
    assert (found.kind, found.altered) == ("altered", ("number",))


def test_a_page_that_contradicts_itself_is_altered_even_without_a_register(sample):
    read = read_back(sample, issue(sample, "P031")[0])
    found = verify(None, replace(read, doubts=("The large name reads “X”.",)))
    assert (found.kind, found.altered) == ("altered", ("page",))
    assert "The large name reads “X”." in found.sentence


def test_without_a_workspace_nothing_is_known(sample):
    row = issue(sample, "P031")[0]
    found = verify_file(None, "one.pdf", paper(sheet_of(sample, row)))
    assert found.kind == "not_known"
    assert row.number in found.sentence
    assert not found.is_genuine


def test_a_certificate_of_another_issuer_is_not_known(sample):
    read = read_back(sample, issue(sample, "P031")[0])
    serial = "MD26-B-00007"
    other = replace(
        read, serial=serial, check=check_digits(serial), record=replace(read.record, serial=serial)
    )
    assert judged(sample, other).kind == "not_known"


def test_a_certificate_the_register_lost_is_known_by_its_code(sample):
    row = issue(sample, "P031")[0]
    read = read_back(sample, row)
    with sample.workspace.unit_of_work() as uow:
        uow.session.delete(uow.session.get_one(Certificate, row.id))
        uow.commit()
    found = judged(sample, read)
    assert (found.kind, found.facts["in_register"]) == ("genuine", False)
    changed = replace(read, record=replace(read.record, holder_name="Somebody Else"))
    assert judged(sample, changed).kind == "not_known"


def test_a_replaced_certificate_names_the_new_one(sample):
    row = issue(sample, "P031")[0]
    content = paper(sheet_of(sample, row))
    with sample.workspace.unit_of_work() as uow:
        person_id = uow.session.get(Registration, sample.registrations["P031"]).person_id
        uow.session.get(Person, person_id).family_name = "Ąžuolytė"
        uow.commit()
    with sample.workspace.unit_of_work() as uow:
        certificates.replace_certificate(uow, row.number)
    found = verdict(sample, content)
    assert found.kind == "superseded"
    assert "MD26-A-00002" in found.sentence


def test_a_revoked_certificate_is_no_longer_valid(sample):
    row = issue(sample, "P031")[0]
    content = paper(sheet_of(sample, row))
    with sample.workspace.unit_of_work() as uow:
        certificates.revoke_certificate(uow, row.number, reason="rule_not_met")
    assert verdict(sample, content).kind == "revoked"


def test_a_picture_tells_what_the_sheet_must_say(sample):
    row = issue(sample, "P031")[0]
    document = pypdfium2.PdfDocument(paper(sheet_of(sample, row)))
    picture = io.BytesIO()
    document[0].render(scale=3).to_pil().save(picture, "PNG")
    document.close()
    found = verdict(sample, picture.getvalue(), "photo.png")
    assert found.kind == "genuine"
    assert "Compare the sheet itself: it must say “Giedrė Ąžuolynienė”" in found.sentence


def test_one_altered_certificate_spoils_a_file_of_several(sample):
    rows = issue(sample, "P031", "P040")
    lines = []
    for row in rows:
        sheet = sheet_of(sample, row)
        lines.append(sheet.record().line(sheet.check, sheet.code))
    content = "\n\n".join(lines).encode()
    assert verdict(sample, content, "two.txt").kind == "genuine"
    spoilt = content.replace("Giedrė".encode(), b"Giedra")
    found = verdict(sample, spoilt, "two.txt")
    assert found.kind == "altered"
    assert found.sentence.startswith("Genuine: 1 of 2 certificates.")
    with sample.workspace.reader() as uow:
        assert [one.kind for one in verify_all(uow, "two.txt", spoilt)] == ["altered", "genuine"]


def test_a_file_without_a_certificate_is_named(sample):
    with pytest.raises(ReadbackError, match=r"letter\.txt"):
        verdict(sample, b"Dear Sir or Madam", "letter.txt")
