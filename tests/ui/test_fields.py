from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import set_language
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.field import (
    SAVE_AFTER_MS,
    ChoiceField,
    DateField,
    Field,
    NoteField,
    TextField,
    TimeField,
)

Show = Callable[..., None]


@pytest.fixture
def shown(qtbot: QtBot) -> Show:
    cards: list[QWidget] = []

    def show(*fields: Field) -> None:
        card = QWidget()
        cards.append(card)
        layout = QVBoxLayout(card)
        for field in fields:
            layout.addWidget(field)
        qtbot.addWidget(card)
        with qtbot.waitActive(card):
            card.show()
            card.activateWindow()
        fields[0].setFocus()

    return show


def test_text_is_kept_when_one_leaves_it(theme: Theme, qtbot: QtBot, shown: Show) -> None:
    kept: list[str] = []
    name, town = TextField(theme, "Name", "Elena", kept.append), TextField(theme, "Town")
    shown(name, town)
    name.line.selectAll()
    qtbot.keyClicks(name.line, " Ana ")
    assert kept == []
    qtbot.keyClick(name.line, Qt.Key.Key_Tab)
    assert kept == ["Ana"]


def test_text_is_kept_on_enter_and_only_once(theme: Theme, qtbot: QtBot, shown: Show) -> None:
    kept: list[str] = []
    name, town = TextField(theme, "Name", "", kept.append), TextField(theme, "Town")
    shown(name, town)
    qtbot.keyClicks(name.line, "Ana")
    qtbot.keyClick(name.line, Qt.Key.Key_Return)
    town.setFocus()
    assert kept == ["Ana"]


def test_text_is_kept_after_a_pause_in_typing(theme: Theme, qtbot: QtBot, shown: Show) -> None:
    kept: list[str] = []
    name = TextField(theme, "Name", "", kept.append)
    shown(name)
    qtbot.keyClicks(name.line, "Ana")
    qtbot.waitUntil(lambda: kept == ["Ana"], timeout=4 * SAVE_AFTER_MS)
    assert name.line.hasFocus()


def test_escape_takes_back_what_was_typed(theme: Theme, qtbot: QtBot, shown: Show) -> None:
    kept: list[str] = []
    name = TextField(theme, "Name", "Elena", kept.append)
    shown(name)
    qtbot.keyClicks(name.line, "x")
    qtbot.keyClick(name.line, Qt.Key.Key_Escape)
    qtbot.keyClick(name.line, Qt.Key.Key_Return)
    assert name.value == "Elena"
    assert kept == []


def test_new_value_from_elsewhere_does_not_overwrite_typing(
    theme: Theme, qtbot: QtBot, shown: Show
) -> None:
    name = TextField(theme, "Name", "Elena")
    shown(name)
    qtbot.keyClicks(name.line, "x")
    name.set_value("Ana")
    assert "x" in name.line.text()


def test_refusal_stands_below_the_value_and_goes_with_the_next_one(
    theme: Theme, qtbot: QtBot, shown: Show
) -> None:
    name = TextField(theme, "Name", "Elena")
    shown(name)
    name.refuse(ValidationError("The name is empty. Write one."))
    assert name.line.accessibleDescription() == "The name is empty. Write one."
    assert name.line.property("fault") == "true"
    qtbot.keyClicks(name.line, "x")
    qtbot.keyClick(name.line, Qt.Key.Key_Return)
    assert name.line.property("fault") == "false"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2026-03-10", ["2026-03-10"]),
        ("10.3.2026", ["2026-03-10"]),
        ("10. 3. 2026", ["2026-03-10"]),
        ("10/03/2026", ["2026-03-10"]),
        ("", [""]),
        ("31.2.2026", []),
        ("next week", []),
    ],
)
def test_day_is_understood_as_people_write_it(
    theme: Theme, qtbot: QtBot, shown: Show, typed: str, kept: list[str]
) -> None:
    got: list[str] = []
    day = DateField(theme, "Born", "1990-01-01", got.append)
    shown(day)
    day.line.selectAll()
    qtbot.keyClick(day.line, Qt.Key.Key_Delete)
    qtbot.keyClicks(day.line, typed)
    qtbot.keyClick(day.line, Qt.Key.Key_Return)
    assert got == kept
    assert bool(day.line.accessibleDescription()) == (not kept)


def test_day_that_is_only_looked_at_stays(theme: Theme, qtbot: QtBot, shown: Show) -> None:
    set_language("lt")
    got: list[str] = []
    day = DateField(theme, "Born", "1990-01-01", got.append)
    shown(day)
    assert day.line.text() != "1990-01-01"
    qtbot.keyClick(day.line, Qt.Key.Key_Return)
    assert got == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("907", ["09:07"]), ("9.07", ["09:07"]), ("09:07", ["09:07"]), ("25:00", [])],
)
def test_time_is_understood_as_people_write_it(
    theme: Theme, qtbot: QtBot, shown: Show, typed: str, kept: list[str]
) -> None:
    got: list[str] = []
    field = TimeField(theme, "Arrived", "", got.append)
    shown(field)
    qtbot.keyClicks(field.line, typed)
    qtbot.keyClick(field.line, Qt.Key.Key_Return)
    assert got == kept


def test_note_is_kept_when_one_leaves_it(theme: Theme, qtbot: QtBot, shown: Show) -> None:
    kept: list[str] = []
    note, town = NoteField(theme, "Note", "", kept.append), TextField(theme, "Town")
    shown(note, town)
    qtbot.keyClicks(note.area, "two")
    qtbot.keyClick(note.area, Qt.Key.Key_Return)
    qtbot.keyClicks(note.area, "lines")
    qtbot.keyClick(note.area, Qt.Key.Key_Tab)
    assert kept == ["two\nlines"]
    assert town.line.hasFocus()


def test_choice_is_kept_as_it_is_chosen_and_not_when_it_is_set(
    theme: Theme, qtbot: QtBot, shown: Show
) -> None:
    kept: list[str] = []
    countries = [("ro", "Romania"), ("lt", "Lithuania")]
    field = ChoiceField(theme, "Country", countries, "ro", kept.append)
    shown(field)
    field.set_value("lt")
    assert kept == []
    qtbot.keyClick(field.choice, Qt.Key.Key_Up)
    assert kept == ["ro"]
