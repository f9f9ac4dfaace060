import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QTextDocument, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from mentor_desktop.i18n import N_
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button, IconButton
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.field import TextField
from mentor_desktop.ui.widgets.inputs import CheckBox, Choice, SearchBox
from mentor_desktop.ui.widgets.layout import STRETCH, ScrollColumn, column, holder, row
from mentor_desktop.ui.widgets.status import LOOKS, StatusLetter, status_name
from mentor_desktop.ui.widgets.text import ElidedText, Text

KINDS = ("plain", "primary", "quiet", "danger", "inverse")


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_button_is_pressed_by_space_and_enter(theme: Theme, qtbot: QtBot, key: Qt.Key) -> None:
    pressed: list[str] = []
    button = Button(theme, "Print list", lambda: pressed.append("once"))
    qtbot.addWidget(button)
    button.show()
    qtbot.keyClick(button, key)
    assert pressed == ["once"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_shows_on_every_kind_of_button(
    theme: Theme, qtbot: QtBot, kind: str, scheme: str
) -> None:
    theme.set_scheme(scheme)
    button = Button(theme, "Print", kind=kind)
    qtbot.addWidget(button)
    with qtbot.waitActive(button):
        button.show()
        button.activateWindow()
    button.clearFocus()
    without = button.grab().toImage()
    button.setFocus()
    ring = button.grab().toImage()
    token = "inverse_accent" if kind == "inverse" else "accent"
    assert ring != without
    assert ring.pixelColor(ring.width() // 2, 0).name() == theme.color(token).name()


def test_button_grows_with_the_text(theme: Theme, qtbot: QtBot) -> None:
    button = IconButton(theme, "edit", "Edit")
    words = Button(theme, "Issue 52 certificates", icon="certificates")
    for one in (button, words):
        qtbot.addWidget(one)
    before = button.sizeHint(), words.sizeHint()
    assert min(before[0].width(), before[0].height()) >= 32
    theme.set_text_scale(200)
    assert button.sizeHint() == before[0] * 2
    assert words.sizeHint().width() > 1.8 * before[1].width()


def test_icon_button_is_called_what_it_does(theme: Theme, qtbot: QtBot) -> None:
    button = IconButton(theme, "edit", "Edit the name")
    qtbot.addWidget(button)
    assert button.accessibleName() == button.toolTip() == "Edit the name"


def test_name_that_looks_like_html_is_shown_as_it_is(theme: Theme, qtbot: QtBot) -> None:
    label = Text(theme, "<b>Elena</b>")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_elided_text_keeps_the_whole_in_tooltip_and_name(theme: Theme, qtbot: QtBot) -> None:
    text = "Mentoring and Peer Coaching in Brno"
    label = ElidedText(theme, text)
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.grab()
    assert label.toolTip() == label.accessibleName() == text
    label.resize(1000, 20)
    label.grab()
    assert label.toolTip() == ""


def test_tooltip_shows_a_name_that_looks_like_html_as_it_is_written(
    theme: Theme, qtbot: QtBot
) -> None:
    name = "<b>Ona</b> <img src='//elsewhere/x.png'> & Co"
    label, button = ElidedText(theme, name), IconButton(theme, "edit", name)
    for one in (label, button):
        qtbot.addWidget(one)
    label.resize(80, 20)
    label.grab()
    shown = QTextDocument()
    for one in (label, button):
        shown.setHtml(one.toolTip())
        assert shown.toPlainText() == one.accessibleName() == name
        assert "<img" not in one.toolTip()


def test_title_of_two_lines_is_broken_between_words(theme: Theme, qtbot: QtBot) -> None:
    label = ElidedText(theme, "Mentoring and Peer Coaching", role="title", lines=2)
    qtbot.addWidget(label)
    line = label.sizeHint().height()
    label.fit_width(label.sizeHint().width() - 20)
    assert label.height() == 2 * line
    label.fit_width(label.sizeHint().width() + 20)
    assert label.height() == line


def test_search_box_is_emptied_by_escape_and_asks_for_neighbours(
    theme: Theme, qtbot: QtBot
) -> None:
    box, moves = SearchBox(theme, "Find"), []
    qtbot.addWidget(box)
    box.moved.connect(moves.append)
    qtbot.keyClicks(box, "mun")
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.keyClick(box, Qt.Key.Key_Up)
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert box.text() == ""
    assert moves == [1, -1]


def test_a_value_longer_than_its_choice_ends_in_dots_and_has_a_tooltip(
    theme: Theme, qtbot: QtBot
) -> None:
    choice = Choice(theme, "Project", [("1", "2025-1-CZ01-KA220-YOU-000000000"), ("2", "Short")])
    qtbot.addWidget(choice)
    choice.show()
    choice.resize(choice.sizeHint())
    whole = choice.grab().toImage()
    assert choice.toolTip() == ""
    choice.resize(theme.px(160), choice.height())
    choice.grab()
    assert choice.toolTip() == "2025-1-CZ01-KA220-YOU-000000000"
    assert choice.value == "1"
    choice.set_value("2")
    choice.grab()
    assert choice.toolTip() == ""
    choice.set_value("1")
    choice.resize(choice.sizeHint())
    assert choice.grab().toImage() == whole


def test_wheel_over_a_choice_does_not_change_it(theme: Theme, qtbot: QtBot) -> None:
    choice = Choice(theme, "Country", [("ro", "Romania"), ("lt", "Lithuania")])
    qtbot.addWidget(choice)
    choice.show()
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(choice, wheel)
    assert choice.value == "ro"
    assert not wheel.isAccepted()


def test_tick_is_painted(theme: Theme, qtbot: QtBot) -> None:
    box = CheckBox(theme, "Private")
    qtbot.addWidget(box)
    box.setChecked(True)
    image = box.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(30) for y in range(image.height())}
    assert theme.color("accent").name() in colors
    assert theme.color("accent_text").name() in colors


def test_empty_state_is_one_sentence_one_picture_and_one_button(theme: Theme, qtbot: QtBot) -> None:
    pressed: list[str] = []
    empty = EmptyState(
        theme, "No people yet. " * 8, "people", "Import a list", lambda: pressed.append("x")
    )
    qtbot.addWidget(empty)
    empty.resize(800, 600)
    empty.show()
    words = empty.findChild(QLabel)
    assert words.height() >= words.heightForWidth(words.width())
    empty.findChild(QPushButton).click()
    assert pressed == ["x"]


@pytest.mark.parametrize("name", ["people", "workshop", "paper", "search", "calm", "certificate"])
def test_pictures_follow_the_scheme(theme: Theme, qtbot: QtBot, name: str) -> None:
    empty = EmptyState(theme, "Nothing here.", name)
    qtbot.addWidget(empty)
    empty.resize(400, 400)
    light = empty.grab().toImage()
    theme.set_scheme("dark")
    dark = empty.grab().toImage()
    accents = set()
    for image, scheme in ((light, "light"), (dark, "dark")):
        theme.set_scheme(scheme)
        seen = {image.pixelColor(x, y).name() for x in range(400) for y in range(300)}
        assert theme.color("accent").name() in seen, scheme
        accents |= seen
    assert light != dark


def test_state_is_letter_and_name_beside_its_colour(theme: Theme, qtbot: QtBot) -> None:
    letters = {look.letter for look in LOOKS.values()}
    assert letters == set("·PLVTREAN")
    letter = StatusLetter(theme, "left_early")
    qtbot.addWidget(letter)
    assert letter.accessibleName() == letter.toolTip() == "left early"


def test_states_are_called_in_the_language_of_the_window() -> None:
    assert status_name("present") == N_("present")
    assert status_name("unheard_of") == "unheard_of"


def test_page_of_text_is_at_most_1100_pixels_wide(theme: Theme, qtbot: QtBot) -> None:
    page = ScrollColumn(theme)
    label = Text(theme, "word " * 400)
    page.column.addWidget(label)
    page.column.addStretch(1)
    qtbot.addWidget(page)
    page.resize(1600, 500)
    page.show()
    assert label.width() == 1100
    page.resize(700, 500)
    assert 600 < label.width() <= 700


def test_row_is_spaced_by_the_grid(theme: Theme, qtbot: QtBot) -> None:
    one, other = Button(theme, "One"), Button(theme, "Other")
    line = holder(row(theme, one, other, STRETCH, gap="l"))
    qtbot.addWidget(line)
    line.show()
    assert other.x() - one.geometry().right() - 1 == 16


def test_limited_field_in_a_nested_column_takes_no_height_from_others(
    theme: Theme, qtbot: QtBot
) -> None:
    page = ScrollColumn(theme, gap="xxl")
    fields = [TextField(theme, "Name") for _number in range(5)]
    for field in fields:
        field.setMaximumWidth(320)
    words = Text(theme, "Hides addresses, telephone numbers and notes while a projector is on.")
    tall = column(theme, *fields[:4], gap="xs")
    page.column.addLayout(column(theme, tall))
    page.column.addLayout(column(theme, column(theme, fields[4], words, gap="xs")))
    page.column.addStretch(1)
    qtbot.addWidget(page)
    page.resize(1000, 200)
    page.show()
    qtbot.waitUntil(lambda: all(one.height() >= one.sizeHint().height() for one in fields))
    assert [one.width() for one in fields] == [320] * 5


def test_busy_button_keeps_the_keyboard_and_does_nothing(theme: Theme, qtbot: QtBot) -> None:
    pressed: list[str] = []
    first, second = (Button(theme, one, lambda one=one: pressed.append(one)) for one in "ab")
    window = holder(row(theme, first, second))
    qtbot.addWidget(window)
    window.show()
    first.setFocus()
    first.set_busy(is_busy=True)
    assert window.focusWidget() is first
    qtbot.keyClick(first, Qt.Key.Key_Space)
    qtbot.keyClick(first, Qt.Key.Key_Return)
    assert pressed == []
    first.set_busy(is_busy=False)
    qtbot.keyClick(first, Qt.Key.Key_Space)
    assert pressed == ["a"]
