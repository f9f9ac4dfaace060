"""Who is registered: find, add, change states, correct names; needs stay hidden."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mentor_desktop.services.people import add_person
from mentor_desktop.services.registrations import (
    RegistrationRow,
    change_registration,
    registration_rows,
)
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import NoteField
from mentor_desktop.ui.widgets.inputs import Choice, SearchBox
from mentor_desktop.ui.widgets.line_list import LineList
from mentor_desktop.ui.widgets.table import Table
from tests.services.sample_workshop import Sample
from tests.ui.workshop.office import Office


def _rows(office: Office, sample: Sample) -> list[RegistrationRow]:
    rows: list[RegistrationRow] = office.read(
        partial(registration_rows, workshop_id=sample.workshop_id)
    )
    return rows


def _open(office: Office, sample: Sample) -> Table:
    office.go("workshop", workshop_id=sample.workshop_id, tab="participants")
    return office.find(Table, "Participants")


def _names(table: Table) -> list[str]:
    model = table.columns_model()
    return [model.cell(row, 1).text for row in range(model.rowCount())]


def _act(office: Office, text: str) -> None:
    next(action for action in office.page.more if action.text == text).act()
    office.settle()


def test_the_list_shows_who_has_a_place_in_list_order(office: Office, sample: Sample) -> None:
    table = _open(office, sample)
    assert len(_names(table)) == 57
    assert _names(table)[0] == "Ștefania Mărgineanu"
    assert "Participants 57" in [
        office.page._segments.tabText(n) for n in range(office.page._segments.count())
    ]


def test_letters_without_accents_find_a_name_and_an_organisation(
    office: Office, sample: Sample
) -> None:
    table = _open(office, sample)
    search = office.find(SearchBox, "Search the list")
    QTest.keyClicks(search, "munt")
    assert _names(table) == ["Elena Munteanu", "Elena Munteanu"]
    search.clear()
    QTest.keyClicks(search, "stef asoc")
    assert _names(table) == ["Ștefania Mărgineanu"]


def test_the_waiting_list_is_a_choice_away(office: Office, sample: Sample) -> None:
    table = _open(office, sample)
    choice = office.find(Choice, "Who is shown")
    choice.set_value("waiting")
    choice.chosen.emit("waiting")
    assert len(_names(table)) == 1
    assert choice.itemText(2) == "Waiting list  1"


def test_a_state_is_changed_in_the_panel_and_undone(office: Office, sample: Sample) -> None:
    table = _open(office, sample)
    table.row_taken.emit(0)
    office.settle()
    state = office.find(Choice, "State", office.panel)
    state.set_value("withdrew")
    state.chosen.emit("withdrew")
    office.settle()
    assert len(_names(table)) == 56
    office.window._undo.undo()
    office.settle()
    assert len(_names(table)) == 57
    assert state.value == "confirmed"


def test_needs_are_shown_only_when_asked_for(office: Office, sample: Sample) -> None:
    registration = sample.registrations["P001"]
    op = partial(
        change_registration, registration_id=registration, support_request="Vegetarian lunch"
    )
    office.write(op)
    table = _open(office, sample)
    table.row_taken.emit(0)
    office.settle()
    assert not [n for n in office.panel.findChildren(NoteField) if n.isVisible()]
    office.press("Show diet and access needs", office.panel)
    (needs,) = [n for n in office.panel.findChildren(NoteField) if n.isVisible()]
    assert needs.area.toPlainText() == "Vegetarian lunch"


def test_f2_corrects_the_name_of_the_lit_row(office: Office, sample: Sample) -> None:
    table = _open(office, sample)
    table.light_row(1)
    _act(office, "Correct the name")
    assert office.find_line("Given name", office.panel).text() == "Ionuț"
    office.type_into("Family name", "Taranu", office.panel)
    office.press("Correct everywhere", office.panel)
    assert _names(table)[1] == "Ionuț Taranu"
    panel = office.window.frame.panel
    assert panel is not None
    assert not panel.is_open


def test_somebody_of_the_workspace_is_added_with_two_keys_after_the_name(
    office: Office, sample: Sample
) -> None:
    office.write(partial(add_person, given_name="Jonas", family_name="Petraitis"))
    _open(office, sample)
    _act(office, "Add people")
    search = office.find(SearchBox, "Who comes", office.panel)
    QTest.keyClicks(search, "jon pet")
    office.settle()
    QTest.keyClick(search, Qt.Key.Key_Return)
    office.settle()
    assert "Jonas Petraitis" in [row.name for row in _rows(office, sample) if row.is_attending]
    assert search.text() == ""
    assert any("Registered Jonas Petraitis" in word for word in office.texts(office.panel))


def test_who_is_registered_already_cannot_be_added_again(office: Office, sample: Sample) -> None:
    _open(office, sample)
    _act(office, "Add people")
    QTest.keyClicks(office.find(SearchBox, "Who comes", office.panel), "stef")
    office.settle()
    lines = office.find(LineList, "People found", office.panel).lines
    assert (lines[0].tail, lines[0].key) == ("registered", "")


def test_somebody_new_is_added_and_registered_at_once(office: Office, sample: Sample) -> None:
    _open(office, sample)
    _act(office, "Add people")
    search = office.find(SearchBox, "Who comes", office.panel)
    QTest.keyClicks(search, "zita nauja")
    office.settle()
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert office.find_line("Given name", office.panel).text() == "Zita"
    office.type_into("Organisation", "Mokykla", office.panel)
    office.press("Add and register", office.panel)
    new = next(row for row in _rows(office, sample) if row.given_name == "Zita")
    assert (new.name, new.organisation, new.list_number) == ("Zita Nauja", "Mokykla", 58)
    assert new.source == "manual"


def test_the_list_of_nobody_offers_the_import(office: Office, sample: Sample) -> None:
    with office.workspace.unit_of_work() as uow:
        uow.raw.execute("DELETE FROM registration")
        uow.commit()
    office.go("workshop", workshop_id=sample.workshop_id, tab="participants")
    assert any(word.startswith("Nobody is registered yet.") for word in office.texts())


def test_f4_lets_a_walk_in_in_while_the_workshop_runs(office: Office, sample: Sample) -> None:
    _open(office, sample)
    _act(office, "Add a walk-in")
    office.type_into("Given name", "Mira", office.panel)
    office.press("Add and check in", office.panel)
    new = next(row for row in _rows(office, sample) if row.given_name == "Mira")
    assert (new.source, new.state, new.list_number) == ("walk_in", "attending", 58)


def test_a_projector_hides_needs_and_e_mails(office: Office, sample: Sample) -> None:
    table = _open(office, sample)
    table.row_taken.emit(0)
    office.settle()
    office.press("Show diet and access needs", office.panel)
    office.page.desk.settings.change(presentation=True)
    assert not [n for n in office.panel.findChildren(NoteField) if n.isVisible()]
    assert not [
        b for b in office.panel.findChildren(Button) if "needs" in b.text() and b.isVisible()
    ]
    _act(office, "Add people")
    QTest.keyClicks(office.find(SearchBox, "Who comes", office.panel), "stef")
    office.settle()
    lines = office.find(LineList, "People found", office.panel).lines
    assert not any("@" in line.detail for line in lines)
