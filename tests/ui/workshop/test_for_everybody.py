"""Every page about workshops can be read, reached and pressed: names, sizes, nothing cut."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLabel, QWidget

from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.text import ElidedText
from tests.services.sample_workshop import Sample
from tests.ui.workshop.office import Office

SMALLEST_TARGET = 32
PLACES = [
    ("today", ""),
    ("workshops", ""),
    ("workshop", "overview"),
    ("workshop", "agenda"),
    ("workshop", "participants"),
    ("workshop", "readiness"),
    ("presence", ""),
    ("project", ""),
]


def _open(office: Office, sample: Sample, place: str, tab: str) -> QWidget:
    page: QWidget = office.go(
        place, workshop_id=sample.workshop_id, **({"tab": tab} if tab else {})
    )
    return page


def _stops(page: QWidget) -> list[QWidget]:
    """Return what the Tab key stops at on a page."""
    return [
        one
        for one in page.findChildren(QWidget)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible() and one.isEnabled()
    ]


@pytest.mark.parametrize(("place", "tab"), PLACES)
def test_whatever_takes_the_keyboard_has_a_name_and_is_large_enough(
    office: Office, sample: Sample, place: str, tab: str
) -> None:
    page = _open(office, sample, place, tab)
    for stop in _stops(page):
        name = stop.accessibleName() or getattr(stop, "text", str)()
        assert name, f"{type(stop).__name__} has no name"
        if not isinstance(stop, QAbstractScrollArea):
            # A part that was just built gets its place with the next layout.
            office.qtbot.waitUntil(lambda one=stop: one.height() >= SMALLEST_TARGET, timeout=2_000)


@pytest.mark.parametrize(("place", "tab"), PLACES)
def test_nothing_is_cut_in_the_smallest_window_with_the_largest_text(
    office: Office, sample: Sample, theme: Theme, place: str, tab: str
) -> None:
    office.window.resize(1024, 640)
    theme.set_text_scale(200)
    page = _open(office, sample, place, tab)
    office.settle()
    right = page.width()
    for words in page.findChildren(QLabel):
        if words.isVisible() and words.text() and not isinstance(words, ElidedText):
            if words.wordWrap():
                needed = words.heightForWidth(words.width())
                assert words.height() >= needed - 1, f"“{words.text()}” is cut below"
            else:
                needed = words.sizeHint().width()
                assert words.width() >= needed - 1, f"“{words.text()}” is cut"
    for button in page.findChildren(QAbstractButton):
        if button.isVisible() and button.visibleRegion().boundingRect().isValid():
            edge = button.mapTo(page, QPoint(button.width(), 0)).x()
            assert edge <= right, f"{button.text()} leaves the page"


@pytest.mark.parametrize(("place", "tab"), PLACES)
def test_a_page_has_at_most_one_primary_act(
    office: Office, sample: Sample, place: str, tab: str
) -> None:
    _open(office, sample, place, tab)
    primary = [
        one.text()
        for one in office.window.findChildren(Button)
        if one.isVisible() and one._kind == "primary"
    ]
    assert len(primary) <= 1, primary
