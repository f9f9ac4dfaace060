"""A window under test and the ways a person has with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from mentor_desktop.store.workspace import Workspace
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import LineEdit

W = TypeVar("W", bound=QWidget)


@dataclass
class Office:
    """The shown window on a workspace; `failures` are what nobody handled."""

    qtbot: QtBot
    window: MainWindow
    jobs: Jobs
    workspace: Workspace
    failures: list[str]

    @property
    def page(self) -> Page:
        """The page that is shown."""
        page = self.window.navigator.page
        assert page is not None
        return page

    def go(self, place: str, **where: str) -> Any:
        """Open a place and return its page when everything it asked for is there."""
        self.window.show()
        self.window.navigator.go(place, where)
        self.settle()
        assert self.page.objectName() == "page"
        return self.page

    def settle(self) -> None:
        """Wait until every operation is delivered and every delayed refresh has begun."""
        quiet = [0]

        def is_quiet() -> bool:
            quiet[0] = 0 if self.jobs.pending else quiet[0] + 1
            return quiet[0] > 2

        self.qtbot.waitUntil(is_quiet, timeout=20_000)
        assert not self.failures, self.failures[0]

    def read(self, question: Callable[[Any], Any]) -> Any:
        """Ask the store something, as a page would."""
        with self.workspace.reader() as reader:
            return question(reader)

    def write(self, op: Callable[[Any], Any]) -> Any:
        """Do something as a page's command, and wait until it is shown."""
        self.jobs.command(op)
        self.settle()

    @property
    def panel(self) -> QWidget:
        """The content of the side panel."""
        panel = self.window.frame.panel
        assert panel is not None
        assert panel.content is not None
        return panel.content

    def type_into(self, name: str, text: str, within: QWidget | None = None) -> LineEdit:
        """Replace what a line holds, and leave it."""
        line = self.find(LineEdit, name, within)
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Tab)
        line.editingFinished.emit()  # offscreen, focus may be elsewhere
        return line

    def find_line(self, name: str, within: QWidget | None = None) -> LineEdit:
        """Return the shown line of text with this name."""
        return self.find(LineEdit, name, within)

    def press(self, name: str, within: QWidget | None = None) -> None:
        """Press a button by its name, and wait for what it does."""
        self.find(Button, name, within).click()
        self.settle()

    def find(self, kind: type[W], name: str, within: QWidget | None = None) -> W:
        """Return the widget of this kind and accessible name, once it is shown.

        Pages build their parts in steps; a busy machine takes its time between them.
        """

        def shown() -> list[W]:
            around = within or self.window
            return [
                one
                for one in around.findChildren(kind)
                if one.accessibleName() == name and one.isVisible()
            ]

        def is_shown() -> None:
            assert shown(), f"no {kind.__name__} “{name}”"

        self.qtbot.waitUntil(is_shown, timeout=5_000)
        return shown()[0]

    def texts(self, within: QWidget | None = None) -> list[str]:
        """Return every word that stands on the page."""
        around = within or self.page
        return [one.text() for one in around.findChildren(QLabel) if one.isVisible() and one.text()]
