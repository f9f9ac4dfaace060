"""The form for somebody who is on no list."""

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from mentor_desktop.ui.door.walk_in_form import WalkInForm
from mentor_desktop.ui.theme import Theme


def _lines(form: WalkInForm) -> dict[str, QLineEdit]:
    return {line.accessibleName(): line for line in form.findChildren(QLineEdit)}


def test_what_was_typed_at_the_door_goes_on_in_the_form(theme: Theme, qtbot: QtBot) -> None:
    form = WalkInForm(theme, "nova k", row_number=54)
    qtbot.addWidget(form)
    lines = _lines(form)
    assert (lines["Given name"].text(), lines["Family name"].text()) == ("Nova", "K")
    qtbot.keyClicks(lines["Given name"], "x")
    qtbot.keyClicks(lines["Family name"], "ovac")
    assert (lines["Given name"].text(), lines["Family name"].text()) == ("Novax", "Kovac")


@pytest.mark.parametrize("typed", ["McKenna", "O'Hara", "van"])
def test_capitals_are_given_only_to_what_has_none(theme: Theme, qtbot: QtBot, typed: str) -> None:
    form = WalkInForm(theme, typed, row_number=54)
    qtbot.addWidget(form)
    assert _lines(form)["Given name"].text() == (typed.title() if typed == "van" else typed)
