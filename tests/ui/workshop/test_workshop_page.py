"""The page of one workshop: its facts, its acts, its readiness."""

from datetime import UTC, date, datetime
from functools import partial

import pytest

from mentor_desktop.services.agenda import agenda_of
from mentor_desktop.services.projects import add_project
from mentor_desktop.services.workshop_copy import duplicate_workshop
from mentor_desktop.services.workshops import WorkshopCard, change_workshop, workshop_card
from mentor_desktop.ui.widgets.inputs import CheckBox, Choice
from mentor_desktop.ui.widgets.line_list import LineList
from mentor_desktop.ui.workshop.rule_words import grace_sentence, rule_sentence
from tests.services.sample_workshop import Sample
from tests.ui.workshop.office import Office


class Movable:
    """A clock a test can set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 10, 9, 42, 7, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Movable:
    return Movable()


def _card(office: Office, sample: Sample) -> WorkshopCard:
    card: WorkshopCard = office.read(partial(workshop_card, workshop_id=sample.workshop_id))
    return card


def _open(office: Office, sample: Sample, tab: str = "overview") -> None:
    office.go("workshop", workshop_id=sample.workshop_id, tab=tab)


def test_a_fact_is_saved_where_it_stands(office: Office, sample: Sample) -> None:
    _open(office, sample)
    office.type_into("City", "Praha")
    office.settle()
    assert _card(office, sample).city == "Praha"


def test_undo_brings_a_fact_back_on_the_page(office: Office, sample: Sample) -> None:
    _open(office, sample)
    office.type_into("Venue", "Community house")
    office.settle()
    office.find_line("City").setFocus()
    office.window._undo.undo()
    office.settle()
    assert office.find_line("Venue").text() == "Dům Vzorů"


def test_a_refused_fact_says_why_below_it_and_keeps_what_was_typed(
    office: Office, sample: Sample
) -> None:
    _open(office, sample)
    line = office.type_into("Last day", "2026-03-11")
    office.settle()
    assert any("would lie outside the new dates" in word for word in office.texts())
    assert line.text() == "2026-03-11"
    assert _card(office, sample).ends_on == date(2026, 3, 12)


def test_a_refused_fact_stays_when_another_one_is_saved(office: Office, sample: Sample) -> None:
    _open(office, sample)
    line = office.type_into("Last day", "2026-03-11")
    office.settle()
    office.type_into("City", "Praha")
    office.settle()
    assert line.text() == "2026-03-11"
    assert any("would lie outside the new dates" in word for word in office.texts())


def test_the_rule_says_what_it_means_for_this_agenda(office: Office, sample: Sample) -> None:
    _open(office, sample)
    assert (
        "Who is there for 80 % of the 17 h that count gets a certificate: 13 h 36 min at least."
        in office.texts()
    )
    office.type_into("Share asked for, in per cent", "90")
    office.settle()
    assert any("15 h 18 min at least" in word for word in office.texts())


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"rule_kind": "none"},
            "Everybody on the list gets a certificate, whatever they attended.",
        ),
        ({"rule_kind": "slots_pct"}, "5 of 6 at least."),
        ({"rule_kind": "all_slots"}, "every one of the 6 half-days"),
        ({"rule_kind": "named_items"}, "but none is chosen yet"),
        ({"rule_percent": 79}, "13 h 26 min at least."),  # 805.8 minutes, so 806
    ],
)
def test_each_rule_has_its_sentence(
    office: Office, sample: Sample, fields: dict[str, object], sentence: str
) -> None:
    office.write(partial(change_workshop, workshop_id=sample.workshop_id, **fields))
    agenda = office.read(partial(agenda_of, workshop_id=sample.workshop_id))
    assert sentence in rule_sentence(_card(office, sample), agenda)


def test_grace_and_online_have_a_sentence(office: Office, sample: Sample) -> None:
    assert grace_sentence(_card(office, sample)).startswith("Up to 10 minutes late cost nothing")
    changes = partial(
        change_workshop, workshop_id=sample.workshop_id, grace_min=0, remote_counts=False
    )
    office.write(changes)
    sentence = grace_sentence(_card(office, sample))
    assert sentence == "Every missed minute counts. Taking part online does not count."


def test_named_items_are_ticked_among_those_that_count(office: Office, sample: Sample) -> None:
    office.write(partial(change_workshop, workshop_id=sample.workshop_id, rule_kind="named_items"))
    _open(office, sample)
    office.find(CheckBox, "The mentoring agreement").click()
    office.settle()
    assert len(_card(office, sample).rule_items) == 1
    assert any("gets a certificate: The mentoring agreement." in w for w in office.texts())
    assert not [box for box in office.page.findChildren(CheckBox) if box.text() == "Lunch"]


def test_a_second_language_of_the_papers_asks_for_its_texts(office: Office, sample: Sample) -> None:
    _open(office, sample)
    office.find(CheckBox, "Lithuanian").click()
    office.settle()
    assert _card(office, sample).languages == ("en", "lt")
    assert "missing in Lithuanian" in office.texts()
    choice = office.find(Choice, "Language of: Title")
    choice.set_value("lt")
    choice.chosen.emit("lt")
    office.type_into("Title", "Mentoryste")
    office.settle()
    assert _card(office, sample).titles["lt"] == "Mentoryste"
    assert _card(office, sample).titles["en"] == "Mentoring and Peer Coaching for Youth Training"


def test_a_project_is_chosen_from_those_there_are(office: Office, sample: Sample) -> None:
    office.write(partial(add_project, title="Listening", number="NPJR-2026/10001"))
    _open(office, sample)
    choice = office.find(Choice, "Project")
    other = next(
        choice.itemData(n) for n in range(choice.count()) if "Listening" in choice.itemText(n)
    )
    choice.set_value(other)
    choice.chosen.emit(other)
    office.settle()
    assert _card(office, sample).project_id == other


def test_a_project_is_added_from_a_workshop_that_has_none(office: Office, sample: Sample) -> None:
    office.write(partial(change_workshop, workshop_id=sample.workshop_id, project_id=None))
    _open(office, sample)
    office.press("Add a project")
    office.type_into("Title", "Listening", office.panel)
    office.type_into("Number of the agreement", "NPJR-2026/10001", office.panel)
    office.press("Add the project", office.panel)
    assert _card(office, sample).project == "Listening"
    assert office.window.navigator.place.key == "project"


def test_the_next_act_follows_the_time(office: Office, sample: Sample, clock: Movable) -> None:
    _open(office, sample)
    assert office.page.primary.text == "Check in"
    clock.now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    office.page.mark_stale()
    office.settle()
    assert office.page.primary.text == "Print the list"
    clock.now = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
    office.page.mark_stale()
    office.settle()
    assert office.page.primary.text == "Certificates"


def test_a_workshop_without_people_asks_for_them_first(office: Office, sample: Sample) -> None:
    op = partial(
        duplicate_workshop,
        workshop_id=sample.workshop_id,
        code="WS-2026-02",
        starts_on=date(2026, 4, 21),
    )
    changes = []
    office.jobs.command(op, changes.append)
    office.settle()
    (copy,) = changes[0].entities["workshop"]
    office.go("workshop", workshop_id=copy)
    assert office.page.primary.text == "Import participants"
    assert "Nobody registered yet" in office.texts()


def test_the_whole_workshop_moves_to_other_dates(office: Office, sample: Sample) -> None:
    _open(office, sample)
    next(one for one in office.page.more if one.text == "Move to other dates").act()
    office.settle()
    office.type_into("First day", "2026-05-05", office.panel)
    office.press("Move the workshop")
    agenda = office.read(partial(agenda_of, workshop_id=sample.workshop_id))
    assert [day.held_on for day in agenda.days] == [date(2026, 5, number) for number in (5, 6, 7)]


def test_a_workshop_with_people_is_archived_not_removed(office: Office, sample: Sample) -> None:
    _open(office, sample)
    next(one for one in office.page.more if one.is_danger).act()
    office.qtbot.waitUntil(lambda: not office.jobs.pending)
    assert "Archive the workshop instead." in office.failures.pop()
    next(one for one in office.page.more if one.text.startswith("Archive")).act()
    office.settle()
    assert _card(office, sample).status == "archived"


def test_readiness_groups_the_checks_and_each_leads_on(office: Office, sample: Sample) -> None:
    _open(office, sample, "readiness")
    lines = office.find(LineList, "Readiness").lines
    assert [line.text for line in lines if line.is_heading] == [
        "To put right",
        "Not checked",
        "Ready",
    ]
    office.find(LineList, "Readiness").opened.emit("list")
    office.settle()
    assert office.window.navigator.place.key == "papers"


def test_another_workshop_fills_every_field_anew(office: Office, sample: Sample) -> None:
    _open(office, sample)
    changes = []
    op = partial(
        duplicate_workshop,
        workshop_id=sample.workshop_id,
        code="WS-2026-02",
        starts_on=date(2026, 4, 21),
    )
    office.jobs.command(op, changes.append)
    office.settle()
    (copy,) = changes[0].entities["workshop"]
    office.write(partial(change_workshop, workshop_id=copy, city=""))
    office.go("workshop", workshop_id=copy)
    assert office.find_line("City").text() == ""
    assert office.find_line("Code").text() == "WS-2026-02"
