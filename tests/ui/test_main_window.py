import sys
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mentor_desktop.errors import ValidationError
from mentor_desktop.ui.header import Header
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.rail import Rail, RailItem
from mentor_desktop.ui.report_dialog import ReportDialog
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.text import ElidedText
from tests.ui.stores import add_person

SMALLEST_TARGET = 32


def show(qtbot: QtBot, window: MainWindow, place: str = "people") -> Page:
    window.navigator.go(place, at_once=True)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    qtbot.waitUntil(lambda: window.desk.jobs.pending == 0)
    page = window.navigator.page
    assert page is not None
    return page


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.desk.jobs.pending == 0)


def titles(window: MainWindow) -> list[str]:
    return [label.text() for label in window.findChild(Header).findChildren(ElidedText)]


def test_page_module_is_imported_when_first_opened(window: MainWindow, qtbot: QtBot) -> None:
    sys.modules.pop("tests.ui.sample_pages", None)
    window.show()
    assert "tests.ui.sample_pages" not in sys.modules
    window.frame.go("people")
    assert titles(window) == ["People"]  # the title is there before the page is
    qtbot.waitUntil(lambda: window.navigator.page is not None)


def test_the_last_place_one_wanted_is_shown(window: MainWindow, qtbot: QtBot) -> None:
    sys.modules.pop("tests.ui.sample_pages", None)
    window.show()
    window.frame.go("people")
    window.frame.go("notes")
    settle(qtbot, window)
    assert type(window.navigator.page).__name__ == "NotesPage"


def test_page_is_refreshed_when_what_it_shows_changed(window: MainWindow, qtbot: QtBot) -> None:
    page = show(qtbot, window)
    window.desk.jobs.command(partial(add_person, name="Elena"))
    qtbot.waitUntil(lambda: page.model.rows == ["Elena"])
    assert page.refreshed == 2


def test_hidden_page_is_refreshed_once_when_it_is_shown_again(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = show(qtbot, window)
    window.frame.go("notes")
    for name in "abc":
        window.desk.jobs.command(partial(add_person, name=name))
    settle(qtbot, window)
    assert page.refreshed == 1
    window.frame.go("people")
    settle(qtbot, window)
    assert page.refreshed == 2


def test_command_tells_what_it_did_and_its_undo_takes_it_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = show(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.frame.last_toast == "Added Elena")
    qtbot.keyClick(page.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.frame.last_toast == "Undone: Added Elena")
    settle(qtbot, window)
    assert page.model.rows[-1].startswith("undone")


def test_undo_key_reaches_the_window_from_an_empty_box(window: MainWindow, qtbot: QtBot) -> None:
    page = show(qtbot, window)
    page.add("Elena")
    settle(qtbot, window)
    qtbot.keyClick(page.search, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.frame.last_toast.startswith("Undone"))


def test_undo_key_takes_back_typing_first(window: MainWindow, qtbot: QtBot) -> None:
    page = show(qtbot, window)
    page.add("Elena")
    settle(qtbot, window)
    qtbot.keyClicks(page.search, "mun")
    qtbot.keyClick(page.search, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    assert page.search.text() == ""
    assert not window.frame.last_toast.startswith("Undone")


def test_quiet_page_says_nothing_of_changes(window: MainWindow, qtbot: QtBot) -> None:
    show(qtbot, window, "notes")
    window.desk.jobs.command(partial(add_person, name="Elena"))
    settle(qtbot, window)
    assert window.frame.last_toast == ""


def test_keys_of_a_page_work_only_while_it_is_shown(window: MainWindow, qtbot: QtBot) -> None:
    page = show(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: page.model.rows == ["Walk-in"])
    window.frame.go("notes")
    qtbot.keyClick(window, Qt.Key.Key_F4)
    settle(qtbot, window)
    assert window.desk.jobs.pending == 0
    window.frame.go("people")
    settle(qtbot, window)
    assert page.model.rows == ["Walk-in"]


def test_places_have_keys_and_back_returns(window: MainWindow, qtbot: QtBot) -> None:
    show(qtbot, window)
    window.frame.go("person", person_id="Elena")
    window.frame.go("person", person_id="Ana")
    assert titles(window) == ["Ana"]
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert titles(window) == ["Elena"]
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert titles(window) == ["People"]
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert titles(window) == ["Notes"]


def test_inner_page_keeps_its_parent_lit(window: MainWindow, qtbot: QtBot) -> None:
    show(qtbot, window)
    window.frame.go("person", person_id="Elena")
    lit = [item.text() for item in window.findChildren(RailItem) if item.isChecked()]
    assert lit == ["People"]


def test_expected_failure_is_a_toast_and_a_bug_is_a_report(
    window: MainWindow, qtbot: QtBot
) -> None:
    show(qtbot, window)
    window.desk.jobs.tell(ValidationError("The name is empty. Write one."))
    assert window.frame.last_toast == "The name is empty. Write one."
    window.desk.jobs.query(lambda _uow: 1 / 0, lambda _rows: None)
    qtbot.waitUntil(lambda: window.findChild(ReportDialog) is not None)
    report = window.findChild(ReportDialog)
    assert "ZeroDivisionError" in report.report
    report.accept()


@pytest.mark.parametrize(("width", "is_compact"), [(1024, True), (1099, True), (1100, False)])
def test_rail_collapses_to_icons_under_1100_pixels(
    window: MainWindow, qtbot: QtBot, width: int, is_compact: bool
) -> None:
    show(qtbot, window)
    window.resize(width, 700)
    assert all(item.is_compact is is_compact for item in window.findChildren(RailItem))


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_nothing_is_cut_at_the_smallest_size(
    window: MainWindow, theme: Theme, settings: LiveSettings, qtbot: QtBot, scale: int
) -> None:
    settings.change(text_scale=scale)
    show(qtbot, window)
    window.resize(1024, 640)
    assert (window.width(), window.height()) == (1024, 640)
    for widget in window.findChildren(QLabel) + window.findChildren(QPushButton):
        if widget.isVisible() and not isinstance(widget, ElidedText):
            wanted = widget.minimumSizeHint()
            assert widget.width() >= wanted.width(), widget.text()
            assert widget.height() >= min(wanted.height(), widget.sizeHint().height())
            inside = widget.mapTo(window, widget.rect().bottomRight())
            assert window.rect().contains(inside), widget.text()


def test_settings_change_the_look_at_once(
    window: MainWindow, theme: Theme, settings: LiveSettings, qtbot: QtBot
) -> None:
    show(qtbot, window)
    settings.change(colour_scheme="dark", text_scale=150)
    assert theme.is_dark
    assert theme.text_scale == 150


def test_tab_walks_from_the_rail_over_the_header_to_the_page(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = show(qtbot, window, "notes")
    rail_stop = next(item for item in window.findChildren(RailItem) if item.isChecked())
    rail_stop.setFocus()
    seen: list[QWidget] = []
    for _step in range(12):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused in seen:
            break
        seen.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    names = [widget.accessibleName() for widget in seen]
    assert names[:2] == ["Notes", "Find anything"]
    assert names.index("Find anything") < names.index("Title") < names.index("Private")
    assert seen.index(page.title.line) < seen.index(page.tick)


def test_arrows_walk_through_the_rail_and_enter_opens(window: MainWindow, qtbot: QtBot) -> None:
    show(qtbot, window)
    first = next(item for item in window.findChildren(RailItem) if item.isChecked())
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Down)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert titles(window) == ["Notes"]


def test_places_that_do_not_fit_the_height_move_under_more(theme: Theme, qtbot: QtBot) -> None:
    from mentor_desktop.ui.places import Place

    places = [Place(str(n), "people", f"Place {n}", "wave:Wave") for n in range(14)]
    rail = Rail(theme, [*places, Place("foot", "settings", "Foot", "wave:Wave", group="foot")], "x")
    qtbot.addWidget(rail)
    rail.resize(rail.width(), 640)
    rail.show()
    shown = [item.text() for item in rail.findChildren(RailItem) if item.isVisible()]
    assert shown[-2:] == ["More", "Foot"]
    assert 8 <= len(shown) < 15
    for item in rail.findChildren(RailItem):
        assert not item.isVisible() or item.height() >= SMALLEST_TARGET
    rail.resize(rail.width(), 1000)
    assert len([item for item in rail.findChildren(RailItem) if item.isVisible()]) == 15


@pytest.mark.parametrize("place", ["people", "notes", "person"])
def test_everything_one_can_reach_has_a_name_and_a_size(
    window: MainWindow, qtbot: QtBot, place: str
) -> None:
    show(qtbot, window, place)
    reached = [
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible()
    ]
    assert len(reached) >= 3
    for widget in reached:
        assert widget.accessibleName(), type(widget).__name__
        assert min(widget.width(), widget.height()) >= SMALLEST_TARGET, widget.accessibleName()


def test_status_line_says_when_it_was_saved_and_counts(window: MainWindow, qtbot: QtBot) -> None:
    page = show(qtbot, window)
    window.frame.set_waiting("3 changes waiting · offline")
    page.add("Elena")
    settle(qtbot, window)
    words = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert "1" in words
    buttons = [button.text() for button in window.findChildren(Button) if button.isVisible()]
    assert "Saved 10:42:07 · 3 changes waiting · offline" in buttons


def test_long_work_is_shown_with_cancel(window: MainWindow, jobs: Jobs, qtbot: QtBot) -> None:
    show(qtbot, window)

    def work(_store: object, progress: object) -> None:
        while True:
            progress.step(1, 4)  # type: ignore[attr-defined]  # a Progress

    started = jobs.work(work, "Importing 10,000 people")
    qtbot.waitUntil(lambda: started.done == 1)
    cancel = next(b for b in window.findChildren(QPushButton) if b.text() == "Cancel")
    assert cancel.isVisible()
    assert cancel.accessibleName() == "Cancel: Importing 10,000 people"
    cancel.click()
    qtbot.waitUntil(lambda: not cancel.isVisible())
    assert started.is_cancelled


def test_more_is_not_lit_while_the_open_place_is_in_sight(
    window: MainWindow, settings: LiveSettings, qtbot: QtBot
) -> None:
    settings.change(text_scale=200)
    show(qtbot, window)
    window.resize(1024, 640)
    lit = [item.text() for item in window.findChildren(RailItem) if item.isChecked()]
    assert lit == ["People"]
