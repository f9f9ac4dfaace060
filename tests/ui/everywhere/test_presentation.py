"""What a projector shows of private things: nothing, on no page and in no toast."""

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtWidgets import QLabel

from mentor_desktop.services.consents import record_consent
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.widgets.line_list import LineList
from tests.ui.everywhere.conftest import Filled, House

CONSENT = "Keeping diet and access needs"


@pytest.fixture
def person_id(filled: Filled) -> str:
    return filled.facts["person_id"]


def _words(house: House) -> Iterator[str]:
    for label in house.window.findChildren(QLabel):
        if label.isVisible():
            yield label.text()
    for lines in house.window.findChildren(LineList):
        if lines.isVisible():
            yield from (line.spoken for line in lines.lines)


def _agree(house: House, person_id: str) -> None:
    op = partial(
        record_consent,
        person_id=person_id,
        purpose="support_needs",
        text_version="1",
        language="en",
        how="ticked",
    )
    house.window.desk.jobs.command(op)
    house.settle()


def _shows_consent(house: House) -> bool:
    return any(CONSENT in one for one in _words(house))


def test_history_and_toasts_name_no_consent_while_a_projector_is_on(
    house: House, settings: LiveSettings, person_id: str
) -> None:
    house.go("history", "")
    settings.change(presentation=True)
    _agree(house, person_id)
    said = list(_words(house))
    assert not _shows_consent(house)
    assert house.window.frame.last_toast == "Something private was changed"
    assert any("Something private was changed" in one for one in said)
    house.window._undo.undo()
    house.settle()
    assert house.window.frame.last_toast == "Undone: Something private was changed"
    assert not _shows_consent(house)


def test_the_history_names_it_again_when_the_projector_is_off(
    house: House, settings: LiveSettings, person_id: str
) -> None:
    house.go("workshops", "")
    settings.change(presentation=True)
    _agree(house, person_id)
    house.go("history", "")
    assert not _shows_consent(house)
    settings.change(presentation=False)
    house.settle()
    assert _shows_consent(house)


def test_the_first_page_never_names_a_consent(house: House, person_id: str) -> None:
    house.go("workshops", "")
    _agree(house, person_id)
    house.window.frame.toast("Something else")
    house.go("today", "")
    assert not _shows_consent(house)
