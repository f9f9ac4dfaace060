"""The readiness list: what is missing is named, what cannot be checked says so."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from mentor_desktop.errors import NotFoundError
from mentor_desktop.services.machine import Battery, Machine
from mentor_desktop.services.papers import record_print, render_attendance_list
from mentor_desktop.services.projects import add_logo, change_project
from mentor_desktop.services.readiness import readiness
from mentor_desktop.services.registrations import change_registration, correct_name
from mentor_desktop.services.workshops import change_workshop
from mentor_desktop.store.backup import back_up
from tests import factories

GIGABYTE = 1024**3
EVENING = datetime(2026, 3, 9, 18, tzinfo=UTC)
KEYS = {
    "people", "place", "host", "project", "funding", "rule", "signatory", "agenda", "languages",
    "fonts", "names", "files", "list", "clock", "disk", "backup", "battery", "printer",
}  # fmt: skip


def picture():
    """A logo that can be drawn."""
    content = BytesIO()
    Image.new("RGB", (40, 20), "navy").save(content, "PNG")
    return content.getvalue()


def machine(free=100 * GIGABYTE, battery=None):
    return Machine(free_bytes=lambda _folder: free, battery=lambda: battery)


def checks(workspace, workshop_id, on=None):
    with workspace.reader() as uow:
        return {one.key: one for one in readiness(uow, workshop_id, machine=on or machine())}


@pytest.fixture
def bare(workspace, clock):
    """A workshop with a code and dates, and nothing else."""
    clock.now = EVENING
    with workspace.unit_of_work() as uow:
        workshop = factories.workshop(
            uow.session, venue_name="", address="", city="", country="", languages=[]
        )
        uow.commit()
        return workshop.id


@pytest.fixture
def ready(workspace, clock):
    """A workshop for which everything is done."""
    clock.now = EVENING
    texts = {"en": "Text", "lt": "Tekstas"}
    with workspace.unit_of_work() as uow:
        session = uow.session
        host = factories.organisation(
            session,
            address="Street 1",
            legal_representative="Rasa P.",
            legal_representative_function="director",
        )
        project = factories.project(
            session,
            granting_authority="Agency",
            funding_model="lump_sum",
            funding_statement=texts,
            disclaimer=texts,
        )
        workshop = factories.workshop(
            session,
            code="READY",
            ends_on=factories.DAY,
            languages=["en", "lt"],
            title=texts,
            data_notice=texts,
            host_org_id=host.id,
            project_id=project.id,
            signatory_name="Rasa P.",
            signatory_function="director",
        )
        slot = factories.slot(session, workshop_id=workshop.id)
        factories.agenda_item(session, slot_id=slot.id, workshop_id=workshop.id, title=texts)
        person = factories.person(session, given_name="Цветелина", family_name="Adéṣínà-Ọ̀nà")
        factories.registration(session, workshop_id=workshop.id, person_id=person.id)
        uow.commit()
    with workspace.unit_of_work() as uow:
        add_logo(uow, project.id, picture())
    with workspace.reader() as uow:
        paper = render_attendance_list(uow, workshop.id, language="en")
    with workspace.unit_of_work() as uow:
        record_print(uow, [paper])
    back_up(workspace, "manual")
    return workshop.id


def test_everything_missing_is_named(workspace, bare) -> None:
    found = checks(workspace, bare)
    assert set(found) == KEYS
    assert {key for key, one in found.items() if one.state == "fail"} == {
        "people",
        "host",
        "signatory",
        "agenda",
        "list",
        "backup",
    }
    assert found["place"].sentence == "Missing: venue, address, city, country."
    assert found["signatory"].sentence == "Missing: name, function."


def test_a_prepared_workshop_is_ready_except_for_what_only_people_can_check(
    workspace, ready
) -> None:
    found = checks(workspace, ready)
    open_points = {key: one.sentence for key, one in found.items() if one.state != "ok"}
    assert set(open_points) == {"printer", "battery"}
    assert {found[key].state for key in open_points} == {"not_checked"}


@pytest.mark.parametrize(
    ("battery", "state"),
    [
        (None, "not_checked"),
        (Battery(100, is_plugged_in=False), "ok"),
        (Battery(40, is_plugged_in=True), "ok"),
        (Battery(40, is_plugged_in=False), "warn"),
    ],
)
def test_a_battery_is_judged_only_when_it_can_be_read(workspace, bare, battery, state) -> None:
    assert checks(workspace, bare, machine(battery=battery))["battery"].state == state


@pytest.mark.parametrize(
    ("free", "state"),
    [(None, "not_checked"), (GIGABYTE // 10, "fail"), (GIGABYTE // 2, "warn"), (GIGABYTE, "ok")],
)
def test_free_disk_is_judged_only_when_it_can_be_read(workspace, bare, free, state) -> None:
    assert checks(workspace, bare, machine(free=free))["disk"].state == state


def test_a_clock_before_the_last_saved_event_is_wrong(workspace, ready, clock) -> None:
    clock.now = EVENING - timedelta(days=1)
    assert checks(workspace, ready)["clock"].state == "fail"


def test_a_clock_of_another_zone_is_shown_beside_the_workshops(workspace, ready) -> None:
    with workspace.unit_of_work() as uow:
        change_workshop(uow, ready, time_zone="Europe/Vilnius")
    found = checks(workspace, ready)["clock"]
    assert found.state == "warn"
    assert "19:00" in found.sentence
    assert "20:00" in found.sentence


@pytest.mark.parametrize(("days", "state"), [(0.9, "ok"), (2, "warn"), (8, "fail")])
def test_an_old_backup_is_a_missing_one(workspace, ready, clock, days, state) -> None:
    clock.advance(days=days)
    assert checks(workspace, ready)["backup"].state == state


def test_a_letter_no_font_has_is_named_with_its_person(workspace, ready) -> None:
    with workspace.unit_of_work() as uow:
        person = factories.person(uow.session, given_name="王小明", family_name="")
        factories.registration(uow.session, workshop_id=ready, person_id=person.id)
        uow.commit()
    found = checks(workspace, ready)["fonts"]
    assert found.state == "fail"
    assert "王小明" in found.sentence


def test_a_mistyped_name_is_named(workspace, ready) -> None:
    with workspace.unit_of_work() as uow:
        person = factories.person(uow.session, given_name="Аnna")  # a Cyrillic letter first
        factories.registration(uow.session, workshop_id=ready, person_id=person.id)
        uow.commit()
    assert "Аnna" in checks(workspace, ready)["names"].sentence


def test_a_language_without_its_texts_is_named(workspace, ready) -> None:
    with workspace.unit_of_work() as uow:
        change_workshop(uow, ready, languages=["en", "lt", "fi"])
    found = checks(workspace, ready)
    assert found["languages"].state == "warn"
    assert found["languages"].sentence.endswith("in: Finnish.")
    assert found["funding"].sentence.endswith("in: Finnish.")


def test_a_missing_logo_file_is_a_failure(workspace, ready) -> None:
    for path in workspace.folder.blobs.rglob("*"):
        if path.is_file():
            path.unlink()
    assert checks(workspace, ready)["files"].state == "fail"


def test_a_half_day_in_which_nothing_counts_is_named(workspace, ready) -> None:
    with workspace.unit_of_work() as uow:
        factories.slot(uow.session, workshop_id=ready, code="EMPTY", seq=2)
        uow.commit()
    assert "EMPTY" in checks(workspace, ready)["agenda"].sentence


def test_a_day_without_half_days_is_counted(workspace, ready) -> None:
    with workspace.unit_of_work() as uow:
        change_workshop(uow, ready, ends_on=date(2026, 3, 12))
    assert checks(workspace, ready)["agenda"].sentence.startswith("2 days")


def test_a_list_printed_before_a_change_is_out_of_date(workspace, ready, clock) -> None:
    clock.advance(hours=1)
    with workspace.reader() as uow:
        registration_id, person_id = uow.raw.execute(
            "SELECT id, person_id FROM registration WHERE workshop_id = ?", (ready,)
        ).fetchone()
    with workspace.unit_of_work() as uow:
        change_registration(uow, registration_id, support_request="Vegan lunch")
    assert checks(workspace, ready)["list"].state == "ok"
    with workspace.unit_of_work() as uow:
        correct_name(uow, person_id, "Tsvetelina", "Adesina")
    assert checks(workspace, ready)["list"].state == "warn"


def test_a_funder_without_a_statement_blocks(workspace, ready) -> None:
    with workspace.reader() as uow:
        project_id = uow.raw.execute("SELECT project_id FROM workshop").fetchone()[0]
    with workspace.unit_of_work() as uow:
        change_project(uow, project_id, funding_statement={"en": "", "lt": ""})
    assert checks(workspace, ready)["funding"].state == "fail"


@pytest.mark.parametrize(
    ("fields", "state"),
    [({"rule_kind": "named_items"}, "fail"), ({"rule_kind": "none"}, "warn")],
)
def test_a_rule_that_decides_nothing_is_said(workspace, ready, fields, state) -> None:
    with workspace.unit_of_work() as uow:
        change_workshop(uow, ready, **fields)
    assert checks(workspace, ready)["rule"].state == state


def test_more_people_than_the_room_takes_is_said(workspace, ready) -> None:
    with workspace.unit_of_work() as uow:
        change_workshop(uow, ready, capacity=1)
    with workspace.unit_of_work() as uow:
        factories.registration(uow.session, workshop_id=ready)
        uow.commit()
    assert "2 people" in checks(workspace, ready)["people"].sentence


def test_an_unknown_workshop_is_not_found(workspace) -> None:
    with workspace.reader() as uow, pytest.raises(NotFoundError):
        readiness(uow, "0" * 32)
