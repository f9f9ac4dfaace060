"""Hands and eyes of a journey: real key events into the real window, and pictures of it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.widgets.banner import Banner

PICTURES = Path(__file__).parents[2] / "build" / "journeys"

_KEYS = {
    "Enter": Qt.Key.Key_Return,
    "Esc": Qt.Key.Key_Escape,
    "Tab": Qt.Key.Key_Tab,
    "Down": Qt.Key.Key_Down,
    "Up": Qt.Key.Key_Up,
    "Right": Qt.Key.Key_Right,
    "End": Qt.Key.Key_End,
    "Backspace": Qt.Key.Key_Backspace,
    "F2": Qt.Key.Key_F2,
    "F4": Qt.Key.Key_F4,
}


class Hands:
    """Types into whatever has the keyboard, counts the strokes, takes pictures."""

    def __init__(self, qtbot: QtBot, window: MainWindow, folder: str) -> None:
        self._qtbot = qtbot
        self._window = window
        self._pictures = PICTURES / folder
        self._pictures.mkdir(parents=True, exist_ok=True)
        for old in self._pictures.glob("*.png"):
            old.unlink()
        self.strokes = 0

    @property
    def page(self) -> Page:
        """The page in the window."""
        page = self._window.navigator.page
        assert page is not None
        return page

    @property
    def place(self) -> str:
        """The key of the place in the window."""
        here = self._window.navigator.here
        return here.key if here else ""

    @property
    def counter(self) -> str:
        """The right end of the status line."""
        return self.page.counter

    def press(self, *names: str) -> None:
        """Press keys by name, with "Ctrl+" or "Ctrl+Shift+" in front where needed."""
        for name in names:
            *held, key = name.split("+")
            modifiers = Qt.KeyboardModifier.NoModifier
            for one in held:
                modifiers |= getattr(
                    Qt.KeyboardModifier, {"Ctrl": "ControlModifier"}.get(one, f"{one}Modifier")
                )
            code = _KEYS.get(key) or getattr(Qt.Key, f"Key_{key.upper()}")
            QTest.keyClick(self._window.windowHandle(), code, modifiers)
            self.strokes += 1

    def type(self, text: str) -> None:
        """Type letters one by one."""
        for letter in text:
            QTest.sendKeyEvent(
                QTest.KeyAction.Click,
                self._focus(),
                Qt.Key.Key_unknown,
                letter,
                Qt.KeyboardModifier.NoModifier,
            )
            self.strokes += 1

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so and nothing is under way."""
        self._qtbot.waitUntil(is_so, timeout=10_000)

    def until_on(self, name: str) -> None:
        """Wait until the keyboard is on the widget of this accessible name."""
        self.until(lambda: self._focus().accessibleName() == name)

    def see(self, name: str) -> None:
        """Save a picture of the window."""
        QApplication.processEvents()
        assert self._window.grab().save(str(self._pictures / f"{name}.png"))

    def banners(self) -> list[str]:
        """The sentences above the page."""
        return [
            banner.accessibleName()
            for banner in self._window.findChildren(Banner)
            if banner.isVisible()
        ]

    def _focus(self) -> QWidget:
        focus = QApplication.focusWidget()
        assert focus is not None, "nothing has the keyboard"
        return focus
