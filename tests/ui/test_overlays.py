import gc
import weakref

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mentor_desktop.clock import Clock
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.banner import Banner
from mentor_desktop.ui.widgets.field import TextField
from mentor_desktop.ui.widgets.inputs import SearchBox
from mentor_desktop.ui.widgets.toast import Toast
from tests.ui import sample_window
from tests.ui.sample_window import build_window
from tests.ui.test_main_window import show


def test_toast_stands_at_the_bottom_centre_inside_the_page(
    window: MainWindow, qtbot: QtBot
) -> None:
    show(qtbot, window)
    window.frame.toast("Ionuț is present since 09:11", "Undo")
    toast = window.findChild(Toast)
    over = toast.parentWidget()
    assert abs(toast.geometry().center().x() - over.rect().center().x()) <= 1
    assert over.height() - toast.geometry().bottom() < 32
    window.resize(1024, 640)
    assert over.rect().contains(toast.geometry())


def test_long_toast_wraps_and_is_whole(window: MainWindow, qtbot: QtBot) -> None:
    show(qtbot, window)
    window.frame.toast("Twelve words that do not fit a single line of it. " * 5, "Undo")
    toast = window.findChild(Toast)
    words = toast.findChild(QLabel)
    assert words.height() >= words.heightForWidth(words.width())
    assert toast.parentWidget().rect().contains(toast.geometry())


def test_toast_goes_by_itself_after_eight_seconds(theme: Theme, qtbot: QtBot) -> None:
    assert theme.tokens.motion["toast_ms"] == 8000
    over = QWidget()
    qtbot.addWidget(over)
    toast = Toast(theme, over)
    over.show()
    toast.say("Saved")
    assert toast.seconds_left == pytest.approx(8, abs=0.5)


def test_pressing_the_verb_of_a_toast_acts_and_closes_it(window: MainWindow, qtbot: QtBot) -> None:
    show(qtbot, window)
    acted: list[str] = []
    window.frame.toast("Removed", "Undo", lambda: acted.append("undone"))
    next(b for b in window.findChild(Toast).findChildren(QPushButton) if b.text() == "Undo").click()
    assert acted == ["undone"]
    assert window.frame.last_toast == ""


def test_panel_takes_the_keyboard_and_escape_gives_it_back(
    window: MainWindow, theme: Theme, qtbot: QtBot
) -> None:
    page = show(qtbot, window)
    page.table.setFocus()
    field = TextField(theme, "Name", "Elena")
    window.frame.open_panel(field, "Elena Munteanu")
    assert QApplication.focusWidget() is field.line
    qtbot.keyClick(field.line, Qt.Key.Key_Escape)
    panel = window.frame.panel
    assert panel is not None
    assert not panel.isVisible()
    assert QApplication.focusWidget() is page.table


def test_panel_can_leave_the_keyboard_in_the_list(
    window: MainWindow, theme: Theme, qtbot: QtBot
) -> None:
    page = show(qtbot, window)
    page.table.setFocus()
    window.frame.open_panel(TextField(theme, "Name", "Elena"), "Elena", focus=False)
    assert QApplication.focusWidget() is page.table
    qtbot.keyClick(page.table, Qt.Key.Key_Escape)
    assert not window.frame.panel.isVisible()


def test_going_elsewhere_closes_the_panel(window: MainWindow, theme: Theme, qtbot: QtBot) -> None:
    show(qtbot, window)
    window.frame.open_panel(TextField(theme, "Name"), "Elena")
    window.frame.go("notes")
    assert not window.frame.panel.is_open


def test_panel_deletes_what_it_showed(window: MainWindow, theme: Theme, qtbot: QtBot) -> None:
    show(qtbot, window)
    field = TextField(theme, "Name")
    gone = weakref.ref(field)
    window.frame.open_panel(field, "Elena")
    with qtbot.waitSignal(field.destroyed):
        del field
        window.frame.close_panel()
    gc.collect()
    assert gone() is None


def test_banner_with_the_same_key_replaces_the_old_one(window: MainWindow, qtbot: QtBot) -> None:
    show(qtbot, window)
    done: list[str] = []
    window.frame.show_banner("slot", "The morning has begun.")
    window.frame.show_banner(
        "slot",
        "The afternoon has begun.",
        "warning",
        [("Same as morning", lambda: done.append("x"))],
    )
    banners = [b for b in window.findChildren(Banner) if b.isVisible()]
    assert [b.accessibleName() for b in banners] == ["The afternoon has begun."]
    banners[0].findChild(QPushButton).click()
    assert done == ["x"]
    window.frame.hide_banner("slot")
    window.frame.hide_banner("slot")
    assert not [b for b in window.findChildren(Banner) if b.isVisible()]


def test_search_finds_a_namesake_by_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    show(qtbot, window)
    sample_window.found.clear()
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.frame.palette
    assert palette is not None
    box = QApplication.focusWidget()
    assert isinstance(box, SearchBox)
    qtbot.keyClicks(box, "MUN")
    assert [hit.detail for hit in palette.shown_hits()] == ["Liceul Exemplu", "Atelier Exemplu"]
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert sample_window.found == ["atelier"]
    assert not palette.isVisible()


def test_search_offers_the_acts_of_the_page_and_the_places(
    window: MainWindow, qtbot: QtBot
) -> None:
    show(qtbot, window)
    window.frame.find()
    palette = window.frame.palette
    texts = [hit.text for hit in palette.shown_hits()]
    assert texts[:3] == ["Add Elena", "Add Ana", "Add a walk-in"]
    assert texts[3:] == ["People", "Notes", "Settings", "Lock"]
    qtbot.keyClicks(QApplication.focusWidget(), "note")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert type(window.navigator.page).__name__ == "NotesPage"


def test_search_says_that_nothing_was_found(window: MainWindow, qtbot: QtBot) -> None:
    show(qtbot, window)
    window.frame.find()
    qtbot.keyClicks(QApplication.focusWidget(), "zz<b>z")
    words = [w.text() for w in window.frame.palette.findChildren(QLabel) if w.isVisible()]
    assert words == ["Nothing found for “zz<b>z”."]


def test_late_answer_to_an_older_text_is_dropped(
    window: MainWindow, theme: Theme, qtbot: QtBot
) -> None:
    from mentor_desktop.ui.finder import Hit
    from mentor_desktop.ui.widgets.command_palette import CommandPalette

    answers = {}
    palette = CommandPalette(theme, window, answers.__setitem__, list)
    window.show()
    palette.open_palette()
    box = palette.findChild(SearchBox)
    box.setText("m")
    box.setText("mu")
    answers["mu"]([Hit("Munteanu", lambda: None)])
    answers["m"]([Hit("Marin", lambda: None)])
    assert [hit.text for hit in palette.shown_hits()] == ["Munteanu"]


def test_escape_closes_the_search_and_gives_the_keyboard_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = show(qtbot, window)
    page.table.setFocus()
    window.frame.find()
    box = QApplication.focusWidget()
    qtbot.keyClicks(box, "mun")
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert box.text() == ""
    assert window.frame.palette.isVisible()
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert not window.frame.palette.isVisible()
    assert QApplication.focusWidget() is page.table


def test_closed_window_leaves_nothing_behind(
    jobs: Jobs, theme: Theme, clock: Clock, settings: LiveSettings, qtbot: QtBot
) -> None:
    window = build_window(jobs, theme, clock, settings)
    page = show(qtbot, window)
    page.add("Elena")
    qtbot.waitUntil(lambda: jobs.pending == 0)
    window.frame.open_panel(TextField(theme, "Name"), "Elena")
    window.frame.close_panel()
    window.frame.find()
    gone = [weakref.ref(one) for one in (page, page.table, window, window.frame, window.navigator)]
    window.navigator.release()
    with qtbot.waitSignal(window.destroyed):
        window.close()
        window.deleteLater()
    del page, window
    gc.collect()
    assert [type(one()).__name__ for one in gone if one() is not None] == []
