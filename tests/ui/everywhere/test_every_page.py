"""Every page opens whatever the person chose, and works for eyes, hands and screen readers."""

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from mentor_desktop import i18n
from mentor_desktop.ui.places import PLACES
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from tests.ui.everywhere import seeing
from tests.ui.everywhere.conftest import House

ROOMS = [
    ("today", ""),
    ("workshops", ""),
    ("workshop", "workshop_id tab=overview"),
    ("workshop", "workshop_id tab=agenda"),
    ("workshop", "workshop_id tab=participants"),
    ("workshop", "workshop_id tab=readiness"),
    ("presence", "workshop_id"),
    ("project", ""),
    ("project", "project_id"),
    ("people", ""),
    ("people", "person_id"),
    ("certificates", "workshop_id"),
    ("settings", ""),
    ("history", ""),
    ("sync", ""),
    ("door", "workshop_id"),
    ("register", "workshop_id"),
    ("papers", "workshop_id kind=list"),
    ("papers", "workshop_id kind=certificates"),
    ("import", "workshop_id kind=participants"),
    ("duplicates", ""),
    ("decisions", ""),
    ("hand_over", "workshop_id"),
    ("organisations", ""),
    ("organisations", "organisation_id"),
]
NAMES = [" ".join(filter(None, room)) for room in ROOMS]
every_room = pytest.mark.parametrize(("place", "where"), ROOMS, ids=NAMES)
MOST_TABS = 80


def speak(code: str) -> None:
    """Show everything in a language whose catalogue is compiled."""
    assert code in i18n.available_languages(), f"make setup compiles {code}"
    i18n.set_language(code)


def test_no_place_is_left_out() -> None:
    assert {place.key for place in PLACES} == {place for place, _where in ROOMS}


# Words and colours know nothing of each other: each of both once, not each with each.
@pytest.mark.parametrize(
    ("scheme", "language"), [("light", "en"), ("dark", "lt"), ("light", "en_XA")]
)
def test_every_page_opens(house: House, theme: Theme, scheme: str, language: str) -> None:
    speak(language)
    theme.set_scheme(scheme)
    for place, where in ROOMS:
        page = house.go(place, where)
        assert page.accessibleName(), place
    house.window.resize(1024, 640)
    theme.set_text_scale(200)
    for place, where in ROOMS:
        house.go(place, where)


class WindowsShown(QObject):
    """Keeps the class of each window that is shown besides one."""

    def __init__(self, besides: QWidget) -> None:
        super().__init__(besides)
        self._besides = besides
        self.found: list[str] = []
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt calls it
        if (
            event.type() == QEvent.Type.Show
            and isinstance(watched, QWidget)
            and watched.isWindow()
            and watched is not self._besides
        ):
            self.found.append(type(watched).__name__)
        return False


@every_room
def test_no_part_of_a_page_is_a_window_for_a_moment(house: House, place: str, where: str) -> None:
    shown = WindowsShown(besides=house.window)
    house.go(place, where)
    assert shown.found == []


@every_room
def test_whatever_takes_the_keyboard_is_named_and_large_enough(
    house: House, place: str, where: str
) -> None:
    house.go(place, where)
    house.see_no(seeing.nameless_stops)
    house.see_no(seeing.small_targets)


@every_room
def test_tab_walks_in_a_circle_and_reaches_the_one_button(
    house: House, place: str, where: str
) -> None:
    page = house.go(place, where)
    house.take_keyboard()
    walked = []
    for _step in range(MOST_TABS):
        focus = QApplication.focusWidget()
        if focus in walked:
            break
        walked.append(focus)
        QTest.keyClick(house.window.windowHandle(), Qt.Key.Key_Tab)
    else:
        raise AssertionError("Tab never came back")
    assert None not in walked
    if page.primary is not None and page.primary.is_enabled:
        names = [one.text() for one in walked if isinstance(one, Button)]
        assert page.primary.text in names, names


@every_room
def test_there_is_at_most_one_primary_button(house: House, place: str, where: str) -> None:
    house.go(place, where)
    primary = [
        one.text()
        for one in house.window.findChildren(Button)
        if one.isVisible() and one._kind == "primary"
    ]
    assert len(primary) <= 1


@every_room
@pytest.mark.parametrize("language", ["en_XA", "lt"])
def test_nothing_is_cut_in_the_smallest_window_with_the_largest_text(
    house: House, theme: Theme, place: str, where: str, language: str
) -> None:
    speak(language)
    house.window.resize(1024, 640)
    theme.set_text_scale(200)
    house.go(place, where)
    house.see_no(seeing.cut_words)
    house.see_no(seeing.out_of_sight)
    house.see_no(seeing.sideways_scrolling)


@every_room
def test_nothing_is_cut_in_the_smallest_window(house: House, place: str, where: str) -> None:
    house.window.resize(1024, 640)
    house.go(place, where)
    house.see_no(seeing.cut_words)
    house.see_no(seeing.out_of_sight)
    house.see_no(seeing.sideways_scrolling)
    house.see_no(seeing.shortened_names)


@every_room
def test_names_are_whole_with_the_largest_text(
    house: House, theme: Theme, place: str, where: str
) -> None:
    theme.set_text_scale(200)
    house.go(place, where)
    house.see_no(seeing.shortened_names)


@every_room
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(
    house: House, theme: Theme, place: str, where: str, scheme: str
) -> None:
    theme.set_scheme(scheme)
    house.go(place, where)
    house.see_no(seeing.pale_words)


@every_room
def test_nothing_is_cut_in_the_usual_window_in_the_longest_language(
    house: House, place: str, where: str
) -> None:
    speak("en_XA")
    house.go(place, where)
    house.see_no(seeing.cut_words)
    house.see_no(seeing.out_of_sight)


def test_at_the_door_the_count_is_shown_once_and_large(house: House) -> None:
    page = house.go("door", "workshop_id")
    shown = [
        label
        for label in house.window.findChildren(QLabel)
        if label.isVisible() and label.text() == page.counter
    ]
    assert page.counter
    assert len(shown) == 1
