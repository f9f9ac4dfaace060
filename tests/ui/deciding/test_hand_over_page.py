"""Handing over and taking back in the window: the words, the sentences, what is said when it fails."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from mentor_desktop.services.register import register_grid
from mentor_desktop.services.second_laptop import (
    hand_over_choices,
    hand_to_known_laptop,
    receive,
)
from mentor_desktop.services.second_laptop_words import more
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.ui.entrance import Entrance
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.pages.hand_over_page import HandOverPage
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import CheckBox, Choice, LineEdit
from mentor_desktop.ui.widgets.line_list import LineList
from tests import factories
from tests.sync.laptops import PASSPHRASE, TwoLaptops
from tests.ui.sync.exchanging import status_words
from tests.ui.workshop.office import Office
from tests.workspaces import FrozenClock

W = TypeVar("W", bound=QWidget)
CROWD = 60


def page_of(office: Office, laptops: TwoLaptops) -> HandOverPage:
    page = office.go("hand_over", workshop_id=laptops.sample.workshop_id)
    assert isinstance(page, HandOverPage)
    office.find_line("Folder on the stick").setText(str(laptops.stick))
    return page


def file_from(b: Workspace, laptops: TwoLaptops) -> Path:
    """Return a file that B wrote for A."""
    with b.reader() as uow:
        device = next(one.device for one in hand_over_choices(uow).laptops if one.tag == "A")
    return hand_to_known_laptop(b, laptops.stick / "for A.mentor", device=device).path


def words_shown(office: Office) -> str:
    return next(text for text in office.texts() if len(text.split()) == 6 and text.islower())


def test_file_is_written_with_six_words_to_type(laptops: TwoLaptops, office: Office) -> None:
    page_of(office, laptops)
    office.press("Write the file")
    (path,) = laptops.stick.iterdir()
    assert path.name.startswith("WS-2026-01 ")
    assert len(words_shown(office).split()) == 6
    assert any(str(path) in text.replace("\u200b", "") for text in office.texts())


def test_folder_that_is_not_there_is_said(laptops: TwoLaptops, office: Office) -> None:
    page_of(office, laptops)
    office.find_line("Folder on the stick").setText(str(laptops.folder / "nowhere"))
    office.press("Write the file")
    assert any("is not there" in text for text in office.texts())


def test_summary_counts_and_leads_to_the_cards(laptops: TwoLaptops, office: Office) -> None:
    b = laptops.second()
    for person in ("P001", "P002"):
        laptops.mark(laptops.a, person, "present")
        laptops.mark(b, person, "present")
    laptops.mark(b, "P003", "late")
    laptops.mark(laptops.a, "P004", "present")
    laptops.mark(b, "P004", "absent")
    page = page_of(office, laptops)
    page.file_from_other.take_file(file_from(b, laptops))
    office.settle()
    assert office.window.navigator.here.key == "decisions"
    assert office.texts()[0].startswith("2 equal, 1 new, 1 to decide. From Jana · AA, ")
    office.window.navigator.back()
    office.settle()
    assert "2 equal, 1 new, 1 to decide" in office.texts()
    office.press("Decide now")
    assert office.window.navigator.here.key == "decisions"
    assert not office.texts()[0].startswith("2 equal")


def test_file_opened_twice_says_so(laptops: TwoLaptops, office: Office) -> None:
    b = laptops.second()
    laptops.mark(b, "P001", "present")
    file = file_from(b, laptops)
    page = page_of(office, laptops)
    for _time in range(2):
        page.file_from_other.take_file(file)
        office.settle()
    assert "All of this was here before. Nothing was changed." in office.texts()


def test_much_that_a_file_deletes_waits_for_one_press(laptops: TwoLaptops, office: Office) -> None:
    with laptops.a.unit_of_work() as uow:
        for _one in range(CROWD):
            factories.person(uow.session, note="crowd")
        uow.commit()
    b = laptops.second(workshop_id="")
    with b.unit_of_work() as uow:
        uow.describe("Deleted")
        uow.raw.execute("DELETE FROM person WHERE note = 'crowd'")
        uow.commit()
    page = page_of(office, laptops)
    page.file_from_other.take_file(file_from(b, laptops))
    office.settle()

    def crowd() -> int:
        with laptops.a.reader() as uow:
            rows = uow.raw.execute("SELECT count(*) FROM person WHERE note = 'crowd'")
            return int(rows.fetchone()[0])

    waits = f"The removal of {CROWD} records waits until somebody agrees to it."
    assert any(waits in text for text in office.texts())
    assert crowd() == CROWD
    office.press("Apply")
    assert crowd() == 0
    assert list(laptops.a.folder.backups.glob("*exchange*"))
    assert not any(waits in text for text in office.texts())


def test_every_page_sees_what_came(laptops: TwoLaptops, office: Office) -> None:
    b = laptops.second()
    laptops.mark(b, "P001", "present")
    seen: list[object] = []
    office.jobs.changed.connect(seen.append)
    page = page_of(office, laptops)
    page.file_from_other.take_file(file_from(b, laptops))
    office.settle()
    assert [changes.touches({"attendance_mark"}) for changes in seen] == [True]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"not ours at all", "not a file of exchanged changes"), (None, "cannot be read")],
)
def test_file_that_is_none_is_said(
    laptops: TwoLaptops, office: Office, content: bytes | None, sentence: str
) -> None:
    path = laptops.stick / "strange.mentor"
    if content is not None:
        path.write_bytes(content)
    page_of(office, laptops).file_from_other.take_file(path)
    office.settle()
    assert any(sentence in text for text in office.texts())


def test_known_laptop_needs_no_words(laptops: TwoLaptops, office: Office) -> None:
    b = laptops.second()
    laptops.bring(b, laptops.a)
    page = page_of(office, laptops)
    choice = page.hand_over.reader.choice
    assert [choice.itemText(at) for at in range(choice.count())] == [
        "A new laptop",
        "Jana, device AA",
    ]
    assert choice.currentText() == "Jana, device AA"  # Enter once too often invites nobody
    office.press("Write the file")
    assert any("no words are needed" in text for text in office.texts())


def test_workshops_are_called_by_code_and_title(laptops: TwoLaptops, office: Office) -> None:
    with laptops.a.unit_of_work() as uow:
        uow.raw.execute("UPDATE workshop SET title = ?", (json.dumps({"en": "Peer Coaching"}),))
        uow.commit()
    page_of(office, laptops)
    what = office.find(Choice, "What")
    assert what.itemText(0) == "WS-2026-01 · Peer Coaching"
    office.press("Write the file")
    (path,) = laptops.stick.iterdir()
    assert path.name.startswith("WS-2026-01 ")


def test_button_that_works_keeps_the_keyboard(laptops: TwoLaptops, office: Office) -> None:
    page = page_of(office, laptops)
    page.hand_over.verb.setFocus()
    office.press("Write the file")
    assert office.window.focusWidget() is page.hand_over.verb
    strange = laptops.stick / "strange.mentor"
    strange.write_bytes(b"not ours at all")
    opening = office.find(Button, "Open a file")
    opening.setFocus()
    page.file_from_other.take_file(strange)
    office.settle()
    assert office.window.focusWidget() is opening


def test_words_of_a_file_are_asked_for_by_its_name_and_alone(
    laptops: TwoLaptops, office: Office
) -> None:
    other = laptops.hand_over()
    page = page_of(office, laptops)
    office.press("Write the file")
    shown = words_shown(office)
    page.file_from_other.take_file(other.path)
    office.settle()
    assert any(text.startswith(f"{other.path.name} opens with") for text in office.texts())
    assert shown not in office.texts()
    office.find_line("The six words").setText(shown)
    office.press("Open")
    assert any("do not open" in text for text in office.texts())
    office.go("people")
    office.go("hand_over", workshop_id=laptops.sample.workshop_id)
    assert not any("do not open" in text for text in office.texts())
    assert words_shown(office) == shown


def test_laptop_of_one_workshop_can_be_given_everything(
    laptops: TwoLaptops, office: Office
) -> None:
    b = laptops.second()
    laptops.bring(b, laptops.a)
    page = page_of(office, laptops)
    page.hand_over.reader.choice.setCurrentIndex(1)
    page.hand_over.reader.choice.activated.emit(1)
    what = next(one for one in office.window.findChildren(Choice) if one.accessibleName() == "What")
    assert [what.itemText(at) for at in range(what.count())] == [
        "As before",
        "Everything, from now on",
    ]
    before = set(laptops.stick.iterdir())
    what.setCurrentIndex(1)
    office.press("Write the file")
    (file,) = set(laptops.stick.iterdir()) - before
    received = receive(b, file)
    assert received.has_become_whole
    assert "This laptop has the whole workspace from now on." in more(received)


def test_folder_that_is_suggested_follows_until_somebody_chooses(
    laptops: TwoLaptops, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No stick is in here: then it is the person's own folder, and the page says so."""
    monkeypatch.setenv("HOME", str(laptops.folder))
    page = office.go("hand_over", workshop_id=laptops.sample.workshop_id)
    assert isinstance(page, HandOverPage)
    assert page.hand_over.folder.value == str(laptops.folder)
    assert "No stick is in: this is your own folder." in office.texts()
    monkeypatch.setenv("HOME", str(laptops.stick))
    page.refresh()
    assert page.hand_over.folder.value == str(laptops.stick)
    page.hand_over.folder.set_value("/chosen")
    page.refresh()
    assert page.hand_over.folder.value == "/chosen"
    assert "No stick is in: this is your own folder." not in office.texts()


def test_sync_page_lists_laptops_that_exchange_files_and_shuts_one_out(
    laptops: TwoLaptops, office: Office
) -> None:
    b = laptops.second()
    laptops.bring(b, laptops.a)
    office.go("sync")
    office.settle()
    assert "These laptops exchange files." in office.texts()
    devices = office.window.findChild(LineList)
    assert isinstance(devices, LineList)
    first = devices.lines[0]
    assert (first.lead, first.detail, first.tail) == (
        "A", "administrator", "this one",
    )  # fmt: skip
    devices.opened.emit(devices.lines[1].key)
    office.settle()
    office.press("Revoke access …")
    office.press("Revoke access of AA")
    office.settle()
    assert devices.lines[1].tail == "no access"
    with laptops.a.reader() as uow:
        assert hand_over_choices(uow).laptops == ()


def test_what_waits_for_a_laptop_is_said_until_a_file_is_written(
    laptops: TwoLaptops, office: Office
) -> None:
    b = laptops.second(workshop_id="")
    laptops.bring(b, laptops.a)
    laptops.mark(laptops.a, "P001", "present")
    page_of(office, laptops)
    office.window.desk.sync.count_for_laptops()
    office.settle()
    assert status_words(office) == "1 change to hand over"
    office.press("Write the file")
    assert status_words(office) == "Everything handed over 09:05"
    laptops.clock.advance(minutes=7)
    laptops.mark(laptops.a, "P002", "present")
    office.go("sync")
    office.settle()
    devices = office.find(LineList, "Devices")
    assert devices.lines[1].detail == "administrator · file written 09:05, 1 change since"


# ---- on the new laptop


@dataclass
class NewLaptop:
    """The entrance of a laptop without a workspace, and hands for it."""

    window: Entrance
    qtbot: QtBot

    def find(self, kind: type[W], name: str = "") -> W:
        def shown() -> list[W]:
            return [
                one
                for one in self.window.findChildren(kind)
                if one.isVisible() and name in ("", one.accessibleName())
            ]

        self.qtbot.waitUntil(lambda: bool(shown()), timeout=20_000)
        return shown()[0]

    def press(self, name: str) -> None:
        self.find(Button, name).click()

    def type(self, name: str, text: str) -> None:
        self.find(LineEdit, name).setText(text)

    def texts(self) -> list[str]:
        return [one.text() for one in self.window.findChildren(QLabel) if one.isVisible()]

    def begin(self, file: Path, words: str) -> None:
        self.press("Open a file from another laptop")
        self.type("File", str(file))
        self.type("The six words", words)
        self.press("Continue")
        self.type("Your name", "Jana")
        self.press("Continue")
        self.find(Button, "Open the workspace")
        for one in self.window.findChildren(LineEdit):
            if one.isVisible():
                one.setText(PASSPHRASE)
        self.press("Open the workspace")


@pytest.fixture
def entrance(
    qtbot: QtBot, theme: Theme, settings: LiveSettings, laptops: TwoLaptops, clock: FrozenClock
) -> NewLaptop:
    window = Entrance(theme, clock, settings, root=laptops.folder / "laptop B")
    qtbot.addWidget(window)
    window.show()
    return NewLaptop(window, qtbot)


def test_new_laptop_opens_the_workshop_from_the_first_start(
    entrance: NewLaptop, laptops: TwoLaptops
) -> None:
    handed = laptops.hand_over()
    opened: list[Workspace] = []
    entrance.window.opened.connect(opened.append)
    entrance.begin(handed.path, handed.words)
    entrance.find(CheckBox).setChecked(True)
    entrance.press("Open the workspace")
    (workspace,) = opened
    laptops.others.append(workspace)
    assert (workspace.device, workspace.actor) == ("AA", "Jana")
    with workspace.reader() as uow:
        assert len(register_grid(uow, laptops.sample.workshop_id).rows) == 57


def test_wrong_words_lead_back_to_the_words(entrance: NewLaptop, laptops: TwoLaptops) -> None:
    handed, other = laptops.hand_over(), laptops.hand_over()
    entrance.begin(handed.path, other.words)
    assert entrance.find(LineEdit, "The six words").text() == other.words
    assert any("do not open" in text for text in entrance.texts())


def test_file_for_a_known_laptop_begins_none(
    entrance: NewLaptop, laptops: TwoLaptops, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = file_from(laptops.second(), laptops)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(file), ""))
    entrance.press("Open a file from another laptop")
    entrance.press("Choose the file")
    entrance.press("Continue")
    assert any("known already" in text for text in entrance.texts())
