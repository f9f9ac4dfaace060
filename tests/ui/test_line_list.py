"""Lists that read like a page, parts of a page, and layouts that give way."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.flow import FieldGrid, TwoColumns, flowing
from mentor_desktop.ui.widgets.layout import ScrollColumn
from mentor_desktop.ui.widgets.line_list import Line, LineList, heading
from mentor_desktop.ui.widgets.segments import Segments
from mentor_desktop.ui.widgets.text import Text

LINES = (
    heading("Next"),
    Line("First", "with a detail", key="1", lead="09:00", lead_detail="today", tail="57 people"),
    Line("No way on from here"),
    Line("Third", key="3", icon="print"),
)
LONG = "The funding statement is missing in Lithuanian, Latvian, Romanian and Slovenian. " * 3


@pytest.fixture
def lines(qtbot: QtBot, theme: Theme) -> LineList:
    lines = LineList(theme, "Things")
    qtbot.addWidget(lines)
    lines.set_lines(LINES)
    lines.resize(600, lines.height())
    lines.show()
    return lines


def test_the_keyboard_walks_past_headings_and_dead_ends(lines: LineList) -> None:
    lines.setFocus()
    lines.focusInEvent(_focus_in())
    assert lines.current_key == "1"
    QTest.keyClick(lines, Qt.Key.Key_Down)
    assert lines.current_key == "3"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_enter_and_space_open_a_line(qtbot: QtBot, lines: LineList, key: Qt.Key) -> None:
    lines.select("3")
    with qtbot.waitSignal(lines.opened) as opened:
        QTest.keyClick(lines, key)
    assert opened.args == ["3"]


def test_a_click_opens_a_line_and_does_nothing_on_a_heading(qtbot: QtBot, lines: LineList) -> None:
    heard: list[str] = []
    lines.opened.connect(heard.append)
    for row in (0, 1, 2):
        place = lines.visualRect(lines.model().index(row, 0)).center()
        QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert heard == ["1"]


def test_the_list_has_the_height_of_its_lines(lines: LineList) -> None:
    last = lines.visualRect(lines.model().index(3, 0))
    assert abs(last.bottom() + 1 - lines.viewport().height()) <= 1


def test_long_words_make_a_line_higher_instead_of_being_cut(
    qtbot: QtBot, theme: Theme, lines: LineList
) -> None:
    lines.set_lines([Line("Funding text", LONG, key="1")])
    wide = lines.height()
    lines.resize(250, lines.height())
    qtbot.waitUntil(lambda: lines.height() > wide)


def test_a_screen_reader_hears_the_whole_line(lines: LineList) -> None:
    spoken = lines.model().index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "09:00, today, First, with a detail, 57 people"


def test_the_keyboard_stays_on_its_line_when_others_come(lines: LineList) -> None:
    lines.select("3")
    lines.set_lines([Line("New", key="0"), *LINES])
    assert lines.current_key == "3"


def test_the_line_with_the_keyboard_is_brought_into_sight(qtbot: QtBot, theme: Theme) -> None:
    page = ScrollColumn(theme)
    qtbot.addWidget(page)
    many = LineList(theme, "Many")
    many.set_lines([Line(f"Line {number}", "detail", key=str(number)) for number in range(40)])
    page.column.addWidget(many)
    page.resize(500, 300)
    page.show()
    qtbot.waitExposed(page)
    many.setFocus()
    many.setCurrentIndex(many.model().index(39, 0))
    if many.hasFocus():
        assert page.verticalScrollBar().value() > 0


def test_segments_tell_what_a_person_chose_only(qtbot: QtBot, theme: Theme) -> None:
    parts = Segments(theme, "Parts", [("a", "First"), ("b", "Second")])
    qtbot.addWidget(parts)
    parts.show()
    heard: list[str] = []
    parts.chosen.connect(heard.append)
    parts.set_value("b")
    assert (parts.value, heard) == ("b", [])
    QTest.keyClick(parts, Qt.Key.Key_Left)
    assert (parts.value, heard) == ("a", ["a"])


def test_buttons_that_do_not_fit_go_on_in_the_next_row(qtbot: QtBot, theme: Theme) -> None:
    buttons = [Button(theme, f"Button number {number}") for number in range(4)]
    row = flowing(theme, *buttons)
    qtbot.addWidget(row)
    row.resize(2_000, 100)
    row.show()
    assert len({button.y() for button in buttons}) == 1
    row.resize(buttons[0].sizeHint().width() + 10, 400)
    qtbot.waitUntil(lambda: len({button.y() for button in buttons}) == 4)
    assert row.layout().heightForWidth(row.width()) > 3 * buttons[0].height()


def test_two_columns_become_one_where_room_is_short(qtbot: QtBot, theme: Theme) -> None:
    main, aside = QWidget(), QWidget()
    columns = TwoColumns(theme, main, aside)
    qtbot.addWidget(columns)
    columns.resize(1_000, 300)
    columns.show()
    assert not columns.is_stacked
    columns.resize(500, 300)
    assert columns.is_stacked


def test_fields_stand_in_two_columns_and_in_one(qtbot: QtBot, theme: Theme) -> None:
    grid = FieldGrid(theme)
    fields = [Text(theme, str(number)) for number in range(3)]
    for field in fields[:2]:
        grid.add(field)
    grid.add(fields[2], is_wide=True)
    qtbot.addWidget(grid)
    grid.resize(600, 200)
    grid.show()
    qtbot.waitUntil(lambda: fields[1].x() > 0)
    assert fields[0].y() == fields[1].y() < fields[2].y()
    grid.resize(300, 300)
    qtbot.waitUntil(lambda: fields[1].x() == 0)
    assert fields[0].y() < fields[1].y() < fields[2].y()


def _focus_in() -> object:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QFocusEvent

    return QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason)
