"""A day on two laptops without internet: handed over at 08:55, brought together at 17:35."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from mentor_desktop.services.attendance import mark
from mentor_desktop.services.decisions import decisions
from mentor_desktop.services.register import RegisterGrid, register_grid
from mentor_desktop.services.second_laptop import (
    begin_on_this_laptop,
    hand_over_choices,
    hand_to_known_laptop,
)
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.ui.deciding.card import DecisionCard
from mentor_desktop.ui.widgets.buttons import Button, IconButton
from mentor_desktop.ui.widgets.inputs import LineEdit
from tests.journeys.conftest import Morning, Running
from tests.journeys.hands import Hands

pytestmark = pytest.mark.journey

ALIKE, NEW, TO_DECIDE = 50, 2, 1
# Trainer's walkthrough: what may be pressed at 08:55, and at 17:35 besides one for each conflict.
_STEP_MS = 50
MOST_TO_HAND_OVER, MOST_TO_MERGE = 3, 2


class Mouse:
    """Presses what is seen, and counts."""

    def __init__(self, running: Running, hands: Hands, qtbot: QtBot) -> None:
        self._window, self._hands, self._qtbot = running.window, hands, qtbot
        self.clicks = 0

    def press(self, name: str) -> None:
        """Press a button of the window."""
        self._hands.until(lambda: bool(self._shown(name)))
        self._click(self._shown(name)[0])

    def choose_from_menu(self, name: str) -> None:
        """Open the ⋯ menu and choose a line of it: two clicks."""

        def choose() -> None:
            shown = [one for one in self._window.findChildren(QMenu) if one.isVisible()]
            if not shown:
                QTimer.singleShot(_STEP_MS, choose)
                return
            line = next(one for one in shown[0].actions() if one.text().startswith(name))
            place = shown[0].actionGeometry(line).center()
            QTest.mouseClick(shown[0], Qt.MouseButton.LeftButton, pos=place)
            self.clicks += 1

        QTimer.singleShot(_STEP_MS, choose)  # the menu has an event loop of its own
        self.press("More for this page")

    def _shown(self, name: str) -> list[QWidget]:
        kinds: tuple[type[QWidget], ...] = (Button, IconButton)
        return [
            one
            for kind in kinds
            for one in self._window.findChildren(kind)
            if one.isVisible() and not one.is_busy and one.accessibleName() == name
        ]

    def _click(self, widget: QWidget) -> None:
        self.clicks += 1
        QTest.mouseClick(
            widget, Qt.MouseButton.LeftButton, pos=QPoint(widget.width() // 2, widget.height() // 2)
        )


@pytest.fixture
def hands(qtbot: QtBot, running: Running, request: pytest.FixtureRequest) -> Hands:
    return Hands(qtbot, running.window, request.node.name.removeprefix("test_"))


@pytest.fixture
def laptops() -> Iterator[list[Workspace]]:
    """Workspaces to be closed in the end."""
    opened: list[Workspace] = []
    yield opened
    for one in opened:
        one.close(with_backup=False)


def shown_texts(running: Running) -> list[str]:
    return [one.text() for one in running.window.findChildren(QLabel) if one.isVisible()]


def grid_of(workspace: Workspace, workshop_id: str) -> RegisterGrid:
    with workspace.reader() as uow:
        return register_grid(uow, workshop_id)


def mark_all(workspace: Workspace, cells: dict[str, str], slot_id: str) -> None:
    for registration, status in cells.items():
        with workspace.unit_of_work() as uow:
            mark(uow, registration_id=registration, slot_id=slot_id, status=status)


def test_two_laptops_mark_one_list_and_come_together(  # one day, in its order
    running: Running,
    morning: Morning,
    hands: Hands,
    qtbot: QtBot,
    laptops: list[Workspace],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    mouse = Mouse(running, hands, qtbot)
    a, workshop_id = running.workspace, morning.workshop_id

    # 08:55, from the open workshop.
    running.clock.set("08:55")
    running.window.frame.go("workshop", workshop_id=workshop_id)
    hands.until(lambda: hands.place == "workshop" and bool(hands.page.more))
    mouse.choose_from_menu("Hand to second laptop")
    hands.until(lambda: hands.place == "hand_over" and running.window.desk.jobs.pending == 0)
    folder = next(
        one
        for one in running.window.findChildren(LineEdit)
        if one.isVisible() and one.accessibleName() == "Folder on the stick"
    )
    folder.setText(str(stick))  # where the stick would have been found
    mouse.press("Write the file")
    hands.until(lambda: any(text.startswith("Saved as") for text in shown_texts(running)))
    assert mouse.clicks <= MOST_TO_HAND_OVER
    hands.see("01 six words")
    words = next(text for text in shown_texts(running) if len(text.split()) == 6)
    (file,) = stick.iterdir()
    b = begin_on_this_laptop(
        tmp_path / "laptop B",
        file,
        words,
        passphrase="a passphrase of laptop B",
        actor="Jana",
        clock=running.clock,
    ).workspace
    laptops.append(b)

    # 09:05 to 17:00, each by itself.
    grid = grid_of(b, workshop_id)
    slot = next(one.id for one in grid.slots)
    people = [one.registration_id for one in grid.rows]
    together, only_b = people[:ALIKE], people[ALIKE : ALIKE + NEW]
    differs = people[ALIKE + NEW]
    running.clock.set("09:12")
    mark_all(a, dict.fromkeys(together, "present") | {differs: "present"}, slot)
    running.clock.set("09:15")
    mark_all(b, dict.fromkeys(together + only_b, "present") | {differs: "absent"}, slot)

    # 17:35, from the open workshop again.
    running.clock.set("17:35")
    with b.reader() as uow:
        device = next(one.device for one in hand_over_choices(uow).laptops if one.tag == a.device)
    back = hand_to_known_laptop(b, stick / "for A.mentor", device=device).path
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(back), ""))
    running.window.frame.go("workshop", workshop_id=workshop_id)
    hands.until(lambda: hands.place == "workshop" and bool(hands.page.more))
    mouse.clicks = 0
    mouse.choose_from_menu("Open a file from another laptop")
    hands.until(lambda: hands.place == "decisions" and running.window.desk.jobs.pending == 0)
    hands.until(lambda: len(running.window.findChildren(DecisionCard)) == TO_DECIDE)
    wanted = f"{ALIKE} equal, {NEW} new, {TO_DECIDE} to decide."
    assert any(text.startswith(wanted) for text in shown_texts(running))
    hands.see("02 one to decide")
    mouse.press("present")
    hands.until(lambda: any(text.startswith("Nothing waits") for text in shown_texts(running)))
    assert mouse.clicks <= MOST_TO_MERGE + TO_DECIDE
    hands.see("03 decided")

    # The totals are those of a count of the marks by hand.
    merged = grid_of(a, workshop_id)
    counted = Counter(
        row.cells[0].mark.status.value for row in merged.rows if row.cells[0].mark is not None
    )
    assert counted == {"present": ALIKE + NEW + TO_DECIDE}
    assert merged.slots[0].attended == counted["present"]
    assert merged.conflicts == 0
    with a.reader() as uow:
        assert decisions(uow).is_empty
