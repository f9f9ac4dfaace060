"""Who is in the building: for the fire alarm."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mentor_desktop.services.attendance import check_in, mark
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.pdf_view import PdfView
from mentor_desktop.ui.workshop.roll_call import RollCall
from tests.services.sample_workshop import Sample
from tests.ui.workshop.office import Office


def _let_in(office: Office, sample: Sample, *people: str) -> None:
    for person in people:
        registration, slot = sample.registrations[person], sample.slots["D1-AM"]
        office.write(partial(check_in, registration_id=registration, slot_id=slot))


def _list(office: Office) -> RollCall:
    return office.find(RollCall, "People in the building")


def _names(office: Office) -> list[str]:
    model = _list(office).model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_everybody_marked_and_not_gone_is_called_out(office: Office, sample: Sample) -> None:
    _let_in(office, sample, "P001", "P002", "P003")
    registration, slot = sample.registrations["P002"], sample.slots["D1-AM"]
    office.write(partial(mark, registration_id=registration, slot_id=slot, status="left_early"))
    office.go("presence", workshop_id=sample.workshop_id)
    assert [name.split(",")[1].strip() for name in _names(office)] == [
        "Ștefania Mărgineanu",
        "Ana-Lucreția Bâlteanu",
    ]
    assert "2" in office.texts()
    assert "people in the building" in office.texts()
    assert any("54 not here yet" in word and "1 left" in word for word in office.texts())


def test_each_row_says_since_when_by_the_clocks_of_the_workshop(
    office: Office, sample: Sample
) -> None:
    _let_in(office, sample, "P001")
    office.go("presence", workshop_id=sample.workshop_id)
    assert "since 10:42" in _names(office)[0]


def test_people_are_ticked_until_everybody_is_found(office: Office, sample: Sample) -> None:
    _let_in(office, sample, "P001", "P002")
    office.go("presence", workshop_id=sample.workshop_id)
    roll = _list(office)
    roll.setFocus()
    QTest.keyClick(roll, Qt.Key.Key_Space)
    assert "1 still to find" in office.texts()
    QTest.keyClick(roll, Qt.Key.Key_Right)
    QTest.keyClick(roll, Qt.Key.Key_Space)
    assert "Everybody is found" in office.texts()
    assert len(roll.found) == 2


def test_a_tick_survives_a_check_in_meanwhile(office: Office, sample: Sample) -> None:
    _let_in(office, sample, "P001", "P002")
    office.go("presence", workshop_id=sample.workshop_id)
    roll = _list(office)
    roll.setFocus()
    QTest.keyClick(roll, Qt.Key.Key_Space)
    _let_in(office, sample, "P003")
    assert roll.found == {sample.registrations["P001"]}
    assert "2 still to find" in office.texts()


def test_an_empty_building_says_so(office: Office, sample: Sample) -> None:
    office.go("presence", workshop_id=sample.workshop_id)
    assert any(word.startswith("Nobody is in the building") for word in office.texts())


def test_the_list_is_looked_at_before_it_is_printed(office: Office, sample: Sample) -> None:
    _let_in(office, sample, "P001")
    page = office.go("presence", workshop_id=sample.workshop_id)
    assert page.primary.text == "Print this list"
    page.primary.act()
    office.settle()
    assert office.find(Button, "Print 1 page", office.panel).isVisible()
    assert office.find(PdfView, "People in the building", office.panel).isVisible()
