"""Cards: what was written where, one click or digit, and back again."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from mentor_desktop.services.decisions import decisions
from mentor_desktop.services.people import add_person, change_person
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.protocol.streams import MEMBERS
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.refusals import Rejection
from mentor_desktop.sync.replica.special import Author, reject_operations
from mentor_desktop.ui.deciding.card import DecisionCard
from mentor_desktop.ui.pages.decisions_page import DecisionsPage
from mentor_desktop.ui.register.cell_panel import CellPanel
from mentor_desktop.ui.register.grid import RegisterGrid
from tests.sync.laptops import TwoLaptops
from tests.ui.workshop.office import Office


def differ_in_town(laptops: TwoLaptops, b: Workspace) -> None:
    for workspace, city in ((laptops.a, "Zlín"), (b, "Praha")):
        with workspace.unit_of_work() as uow:
            uow.describe("Changed the place")
            uow.raw.execute("UPDATE workshop SET city = ?", (city,))
            uow.commit()
        laptops.clock.advance(minutes=3)


def differ_in_mark(laptops: TwoLaptops, b: Workspace, person: str = "P001") -> None:
    laptops.mark(laptops.a, person, "present")
    laptops.mark(b, person, "absent")


@pytest.fixture
def both(laptops: TwoLaptops) -> TwoLaptops:
    """One field and one mark differ."""
    b = laptops.second()
    differ_in_town(laptops, b)
    differ_in_mark(laptops, b)
    laptops.bring(b, laptops.a)
    return laptops


def cards(office: Office) -> list[DecisionCard]:
    page = office.page
    assert isinstance(page, DecisionsPage)
    return page._cards


def towns(laptops: TwoLaptops) -> str:
    with laptops.a.reader() as uow:
        return str(uow.raw.execute("SELECT city FROM workshop").fetchone()[0])


def test_nothing_waits_is_said_calmly(office: Office) -> None:
    office.go("decisions")
    assert any(text.startswith("Nothing waits") for text in office.texts())
    assert office.page.counter == ""


def test_a_card_says_who_wrote_what_and_that_both_are_kept(
    both: TwoLaptops, office: Office
) -> None:
    office.go("decisions")
    words = office.texts()
    assert "You wrote “Zlín”, Tuesday 10 March, 09:05." in words
    assert "The other laptop (Jana, device AA) wrote “Praha”, Tuesday 10 March, 09:08." in words
    assert "Both are kept. “Praha” is shown meanwhile." in words
    assert "WS-2026-01, Town" in words
    assert office.page.counter == "2 to decide"


def test_one_click_decides_and_ctrl_z_brings_the_card_back(
    both: TwoLaptops, office: Office
) -> None:
    office.go("decisions")
    office.press("Zlín")
    assert towns(both) == "Zlín"
    assert len(cards(office)) == 1
    office.window._undo.undo()
    office.settle()
    assert towns(both) == "Praha"


def test_arrows_walk_and_a_digit_decides(both: TwoLaptops, office: Office) -> None:
    office.go("decisions")
    first, second = cards(office)
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert office.page._at == second.text.key
    QTest.keyClick(first, Qt.Key.Key_1)
    office.settle()
    assert [card.text.key for card in cards(office)] == [second.text.key]


def test_enter_opens_what_the_card_is_about(both: TwoLaptops, office: Office) -> None:
    office.go("decisions")
    QTest.keyClick(cards(office)[0], Qt.Key.Key_Return)
    office.settle()
    assert office.window.navigator.here.key == "workshop"


def test_the_paper_is_asked_and_the_card_stays(both: TwoLaptops, office: Office) -> None:
    office.go("decisions")
    office.press("Ask the paper")
    assert len(cards(office)) == 2
    assert any("The paper is to be asked" in text for text in office.texts())


def test_a_card_that_was_decided_elsewhere_says_so(both: TwoLaptops, office: Office) -> None:
    office.go("decisions")
    card = cards(office)[0]
    office.press("Praha")
    card.text.options[0].act()
    office.settle()
    assert [one.text.key for one in cards(office)] != [card.text.key]
    assert towns(both) == "Praha"


def test_private_values_are_not_projected(laptops: TwoLaptops, office: Office) -> None:
    b = laptops.second()
    with laptops.a.reader() as uow:
        person = uow.raw.execute("SELECT person_id FROM registration LIMIT 1").fetchone()[0]
    for workspace, email in ((laptops.a, "a@example.org"), (b, "b@example.org")):
        with workspace.unit_of_work() as uow:
            change_person(uow, person_id=person, email=email)
    laptops.bring(b, laptops.a)
    office.go("decisions")
    assert any("a@example.org" in text for text in office.texts())
    office.page.desk.settings.change(presentation=True)
    office.settle()
    shown = [*office.texts(), *(card.accessibleName() for card in cards(office))]
    assert not [text for text in shown if "example.org" in text]
    assert cards(office)[0].buttons == ()


def test_same_person_leads_to_the_pair(laptops: TwoLaptops, office: Office) -> None:
    b = laptops.second(workshop_id="")
    for workspace in (laptops.a, b):
        with workspace.unit_of_work() as uow:
            add_person(uow, given_name="Nova", family_name="Walkin", email="n@example.org")
    laptops.bring(b, laptops.a)
    office.go("decisions")
    office.press("Compare")
    assert office.window.navigator.here.key == "duplicates"
    assert office.texts().count("Nova Walkin") == 2


def test_recovered_record_is_restored_by_one_click(laptops: TwoLaptops, office: Office) -> None:
    b = laptops.second()
    slot = laptops.sample.slots["D3-PM"]
    with laptops.a.unit_of_work() as uow:
        uow.describe("Removed the last half-day")
        uow.raw.execute("DELETE FROM agenda_item WHERE slot_id = ?", (slot,))
        uow.raw.execute("DELETE FROM slot WHERE id = ?", (slot,))
        uow.commit()
    laptops.clock.advance(minutes=3)
    laptops.mark(b, "P001", "present", slot="D3-PM")
    laptops.bring(b, laptops.a)
    office.go("decisions")
    words = office.texts()
    place = "Thursday 12 March, afternoon (WS-2026-01)"
    assert f"You deleted {place}, Tuesday 10 March, 09:05." in words
    assert "Jana (device AA) marked “present” there, Tuesday 10 March, 09:08." in words
    office.press("Let it go")
    assert any(text.startswith("Nothing waits") for text in office.texts())
    office.press("Undo", office.window)
    office.settle()
    office.press("Restore")
    with laptops.a.reader() as uow:
        assert decisions(uow).recovered == ()
        assert uow.raw.execute("SELECT 1 FROM slot WHERE id = ?", (slot,)).fetchone()


@pytest.fixture
def rejected(laptops: TwoLaptops) -> TwoLaptops:
    """An admin on B (which got everything) rejects A's last change."""
    b = laptops.second(workshop_id="")
    with laptops.a.unit_of_work() as uow:
        uow.describe("Changed the place")
        uow.raw.execute("UPDATE workshop SET city = 'Olomouc'")
        uow.commit()
    laptops.bring(b, laptops.a)
    laptops.bring(laptops.a, b)
    stream = f"w:{laptops.sample.workshop_id}"
    raw = b.exchange_connection()
    own = next(one.device for one in state.peers(raw) if one.tag == "A")
    last = raw.execute(
        "SELECT a.seq FROM sync_applied a JOIN sync_peer p ON p.no = a.device "
        "JOIN sync_stream s ON s.no = a.stream WHERE p.device = ? AND s.stream = ?",
        (own, stream),
    ).fetchone()[0]
    rejection = Rejection(own, last, last, "no_right")
    reject_operations(raw, stream, rejection, author=Author("Jana", 1_773_000_000_000))
    raw.close()
    laptops.bring(b, laptops.a)
    return laptops


def test_what_was_not_shared_is_told_saved_and_shared_again(
    rejected: TwoLaptops, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.go("decisions")
    assert "Your role does not allow this change." in office.texts()
    assert any("Olomouc" in text for text in office.texts())
    asked: dict[str, str] = {}

    def save_as(name: str) -> str:
        path = str(tmp_path / name)
        monkeypatch.setattr(
            QFileDialog, "getSaveFileName", lambda *_args: (path, asked.get("kind", ""))
        )
        office.press("Save as a file")
        office.settle()
        return path

    kept = json.loads(Path(save_as("kept.json")).read_text("utf-8"))
    assert kept["operations"][0]["values"]["city"] == "Olomouc"
    assert "Town" in Path(save_as("kept.csv")).read_text("utf-8-sig")
    asked["kind"] = "Excel (*.xlsx)"
    sheet = load_workbook(save_as("kept") + ".xlsx").active
    values = [cell.value for cell in list(sheet.rows)[-1]]
    assert values[3:] == ["changed", "Town", "Brno", "Olomouc"]
    office.press("Share again")
    assert towns(rejected) == "Olomouc"
    assert any(text.startswith("Nothing waits") for text in office.texts())


def test_a_laptop_that_was_not_taken_is_told_by_its_name(
    laptops: TwoLaptops, office: Office
) -> None:
    laptops.bring(laptops.second(), laptops.a)
    raw = laptops.a.exchange_connection()
    raw.execute(
        "INSERT INTO sync_refused (stream, device, first_seq, last_seq, reason) "
        "SELECT b.stream, b.device, b.to_seq, b.to_seq, 'member_used' FROM sync_batch b "
        "JOIN sync_stream s ON s.no = b.stream JOIN sync_self o JOIN sync_peer p "
        "ON p.no = b.device AND p.device = o.device WHERE s.stream = ? "
        "ORDER BY b.to_seq DESC LIMIT 1",
        (MEMBERS,),
    )
    raw.close()
    office.go("decisions")
    words = office.texts()
    assert "Jana" in words
    assert "Its invitation was used before. Invite it anew." in words
    assert any(text.endswith(": Jana (a laptop), added") for text in words)
    assert [one.text for one in cards(office)[0].text.options] == ["Save as a file", "Dismiss"]


def test_what_was_not_shared_can_be_let_go(rejected: TwoLaptops, office: Office) -> None:
    office.go("decisions")
    office.press("Dismiss")
    office.settle()
    assert any(text.startswith("Nothing waits") for text in office.texts())
    office.press("Undo", office.window)
    office.settle()
    assert any("Olomouc" in text for text in office.texts())


def test_today_and_register_lead_to_what_waits(both: TwoLaptops, office: Office) -> None:
    for place, count in (("today", "2 things to decide"), ("register", "1 thing to decide")):
        office.go(place, workshop_id=both.sample.workshop_id)
        office.settle()
        assert any(text.startswith(count) for text in office.texts()), place
        office.press("Decide", office.page)
        assert office.window.navigator.here.key == "decisions"


def test_cell_of_the_register_offers_the_same_choice(both: TwoLaptops, office: Office) -> None:
    page = office.go("register", workshop_id=both.sample.workshop_id)
    grid = page.findChild(RegisterGrid)
    model = grid.model()
    registration = both.sample.registrations["P001"]
    at = next(
        number
        for number in range(model.rowCount())
        if model.row_at(number).registration_id == registration
    )
    grid.cell_taken.emit(at, 0)
    office.settle()
    assert isinstance(office.panel, CellPanel)
    (counting,) = [text for text in office.texts(office.panel) if "counts meanwhile" in text]
    assert "Jana" in counting
    office.press("Ask the paper", office.panel)
    with both.a.reader() as uow:
        assert [one.asks_paper for one in decisions(uow).marks] == [True]
