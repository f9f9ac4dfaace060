"""How the keyboard walks through a small form."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.field import TextField
from mentor_desktop.ui.widgets.side_panel import SidePanel
from mentor_desktop.ui.widgets.small_form import SmallForm


class Opened:
    """A form of three fields in the side panel, and what was done with it."""

    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        self.done: list[str] = []
        self.form = SmallForm(theme, "Add", lambda: self.done.append("added"))
        fields = [TextField(theme, name, in_place=False) for name in ("Given", "Family", "Town")]
        self.form.add(fields[0])
        self.form.add_beside(*fields[1:])
        self._qtbot = qtbot

    @property
    def here(self) -> str:
        """The name of what has the keyboard."""
        return str(QApplication.focusWidget().accessibleName())

    def press(self, key: Qt.Key) -> str:
        """Press a key and return where the keyboard is then."""
        self._qtbot.keyClick(QApplication.focusWidget(), key)
        return self.here


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme) -> Opened:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    opened = Opened(qtbot, theme)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    SidePanel(theme, window).open_panel(opened.form, "New")
    return opened


def test_the_keyboard_begins_in_the_first_field_and_comes_to_the_verb_last(opened: Opened) -> None:
    walked = [opened.here, *(opened.press(Qt.Key.Key_Tab) for _step in range(3))]
    assert walked == ["Given", "Family", "Town", "Add"]
    assert opened.done == []


def test_enter_walks_on_and_does_the_verb_after_the_last_field(opened: Opened) -> None:
    assert [opened.press(Qt.Key.Key_Return) for _step in range(2)] == ["Family", "Town"]
    assert opened.done == []
    opened.press(Qt.Key.Key_Return)
    assert opened.done == ["added"]
