import sqlite3
from array import array
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.table_models import (
    KEPT_PAGES,
    PAGE_ROWS,
    Column,
    IdsTableModel,
    RowsTableModel,
    at_once,
    by_query,
)
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.table import Table

Row = tuple[int, str]


class Person(NamedTuple):
    name: str
    status: str
    age: int


PEOPLE = [Person("Elena", "present", 9), Person("Ana", "late", 41), Person("Ionuț", "absent", 30)]


def columns() -> list[Column[Person]]:
    return [
        Column("Name", lambda p: p.name, key="name", width=3, role="strong"),
        Column("Here", lambda p: p.status, role="status"),
        Column("Age", lambda p: str(p.age), key="age", align="right", sort=lambda p: p.age),
    ]


class Counting:
    """Rows "name 7" for number 7, and how often they were asked for."""

    def __init__(self) -> None:
        self.asked: list[Sequence[int]] = []

    def __call__(self, numbers: Sequence[int]) -> list[Row]:
        self.asked.append(numbers)
        return [(number, f"name {number}") for number in reversed(numbers)]


def ids_model(load: Callable[[Sequence[int]], list[Row]], count: int) -> IdsTableModel[Row]:
    model = IdsTableModel([Column[Row]("Name", lambda row: row[1], key="name")], at_once(load))
    model.set_order(array("q", range(count)))
    return model


def view(qtbot: QtBot, theme: Theme, model: object) -> Table:
    table = Table(theme, "People")
    table.setModel(model)
    qtbot.addWidget(table)
    table.resize(600, 400)
    with qtbot.waitActive(table):
        table.show()
        table.activateWindow()
    return table


def text(model: object, row: int, column: int = 0) -> str:
    return str(model.index(row, column).data())


def test_cell_says_its_column_to_screen_readers() -> None:
    model = RowsTableModel(columns(), PEOPLE)
    assert model.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole) == "Here: present"
    assert model.cell(0, 1).status == "present"


def test_bug_in_a_column_is_reported_once_and_does_not_end_the_program(
    theme: Theme, qtbot: QtBot
) -> None:
    model = RowsTableModel(
        [Column[Person]("Wrong", lambda p: p.no_such_thing), Column("Name", lambda p: p.name)],
        PEOPLE,
    )
    with qtbot.captureExceptions() as caught:
        table = view(qtbot, theme, model)
        table.grab()
        assert text(model, 0, 0) == ""
        assert text(model, 0, 1) == "Elena"
    assert [kind.__name__ for kind, _error, _trace in caught] == ["AttributeError"]


def test_rows_are_sorted_by_value_and_not_by_text() -> None:
    model = RowsTableModel(columns(), PEOPLE)
    model.sort(2)
    assert [person.age for person in model.rows] == [9, 30, 41]
    model.sort(2, Qt.SortOrder.DescendingOrder)
    assert [person.age for person in model.rows] == [41, 30, 9]


def test_column_without_a_key_does_not_sort() -> None:
    model = RowsTableModel(columns(), PEOPLE)
    model.sort(1)
    assert model.rows == PEOPLE


def test_same_number_of_rows_keeps_the_lit_row(theme: Theme, qtbot: QtBot) -> None:
    model = RowsTableModel(columns(), PEOPLE)
    table = view(qtbot, theme, model)
    table.light_row(2)
    model.set_rows(list(reversed(PEOPLE)))
    assert table.lit_row == 2
    assert text(model, 2) == "Elena"


def test_only_the_pages_one_looks_at_are_fetched(theme: Theme, qtbot: QtBot) -> None:
    load = Counting()
    model = ids_model(load, 1_000_000)
    table = view(qtbot, theme, model)
    table.grab()
    assert len(load.asked) == 1
    table.scrollToBottom()
    table.grab()
    assert len(load.asked) <= 3
    assert text(model, 999_999) == "name 999999"


def test_page_is_fetched_once_and_old_pages_are_let_go() -> None:
    load = Counting()
    model = ids_model(load, PAGE_ROWS * (KEPT_PAGES + 10))
    for page in range(KEPT_PAGES + 10):
        for row in range(0, PAGE_ROWS, 50):
            text(model, page * PAGE_ROWS + row)
    assert len(load.asked) == KEPT_PAGES + 10
    text(model, 0)
    assert len(load.asked) == KEPT_PAGES + 11


def test_row_that_is_gone_is_empty_and_breaks_nothing() -> None:
    model = ids_model(lambda numbers: [(n, "there") for n in numbers if n != 3], 5)
    assert [text(model, row) for row in range(5)] == ["there", "there", "there", "", "there"]
    assert model.row_at(3) is None


def test_reload_fetches_what_is_shown_again() -> None:
    load = Counting()
    model = ids_model(load, 10)
    text(model, 0)
    model.reload()
    text(model, 0)
    assert len(load.asked) == 2


def test_list_grows_behind_its_first_rows_and_stays_where_it_was(
    theme: Theme, qtbot: QtBot
) -> None:
    load = Counting()
    model = ids_model(load, 200)
    table = view(qtbot, theme, model)
    table.light_row(150)
    assert text(model, 199) == "name 199"
    with qtbot.assertNotEmitted(model.modelReset):
        model.set_order(array("q", range(1_000_000)))
    assert table.lit_row == 150
    assert [text(model, row) for row in (0, 199, 200, 999_999)] == [
        "name 0",
        "name 199",
        "name 200",
        "name 999999",
    ]


def test_same_order_keeps_the_lit_row_and_fetches_anew(theme: Theme, qtbot: QtBot) -> None:
    load = Counting()
    model = ids_model(load, 50)
    table = view(qtbot, theme, model)
    table.light_row(20)
    asked = len(load.asked)
    with qtbot.assertNotEmitted(model.modelReset):
        model.set_order(array("q", range(50)))
    table.grab()
    assert table.lit_row == 20
    assert len(load.asked) > asked


def test_answer_for_a_page_that_grew_meanwhile_is_not_kept(qtbot: QtBot) -> None:
    answers: list[Callable[[list[Row]], None]] = []
    model = IdsTableModel(
        [Column[Row]("Name", lambda row: row[1])], lambda _numbers, answer: answers.append(answer)
    )
    model.set_order(array("q", [1]))
    text(model, 0)
    model.set_order(array("q", [1, 2]))
    answers[0]([(1, "one")])
    text(model, 1)
    answers[-1]([(1, "one"), (2, "two")])
    assert [text(model, row) for row in (0, 1)] == ["one", "two"]


def test_number_and_row_find_each_other() -> None:
    model = ids_model(Counting(), 0)
    model.set_order(array("q", [30, 10, 20]))
    assert model.number_at(1) == 10
    assert model.row_of(20) == 2
    assert model.row_of(99) == -1


def test_rows_read_behind_the_window_arrive_and_are_announced(
    jobs: Jobs, theme: Theme, qtbot: QtBot
) -> None:
    load = Counting()
    model = IdsTableModel(
        [Column[Row]("Name", lambda row: row[1])],
        by_query(OwnedJobs(jobs, theme), lambda _uow, numbers: load(numbers)),
    )
    model.set_order(array("q", range(1000)))
    with qtbot.waitSignal(model.dataChanged) as seen:
        assert text(model, 200) == ""
    assert seen.args[0].row() == 128
    assert seen.args[1].row() == 255
    assert text(model, 200) == "name 200"


def test_answer_for_an_older_order_is_dropped(jobs: Jobs, theme: Theme, qtbot: QtBot) -> None:
    answers: list[Callable[[list[Row]], None]] = []
    model = IdsTableModel(
        [Column[Row]("Name", lambda row: row[1])], lambda _numbers, answer: answers.append(answer)
    )
    model.set_order(array("q", [1, 2]))
    text(model, 0)
    model.set_order(array("q", [2, 1]))
    answers[0]([(1, "one"), (2, "two")])
    assert text(model, 0) == ""
    answers[1]([(1, "one"), (2, "two")])
    assert text(model, 0) == "two"


def test_a_real_table_of_100000_is_shown_in_order(
    theme: Theme, qtbot: QtBot, tmp_path: object
) -> None:
    with sqlite3.connect(f"{tmp_path}/people.db") as connection:
        connection.execute("create table p(id integer primary key, name text)")
        rows = ((n, f"{(n * 7919) % 100_000:06}") for n in range(100_000))
        connection.executemany("insert into p values(?, ?)", rows)
        connection.execute("create index by_name on p(name, id)")

        def load(numbers: Sequence[int]) -> list[Row]:
            marks = ",".join("?" * len(numbers))
            return connection.execute(
                f"select id, name from p where id in ({marks})", tuple(numbers)
            ).fetchall()

        model = ids_model(load, 0)
        found = connection.execute("select id from p order by name, id")
        model.set_order(array("q", (row[0] for row in found)))
        table = view(qtbot, theme, model)
        table.grab()
        assert [text(model, row) for row in (0, 1, 50_000, 99_999)] == [
            "000000",
            "000001",
            "050000",
            "099999",
        ]
    connection.close()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_row_is_taken_by_enter(theme: Theme, qtbot: QtBot, key: Qt.Key) -> None:
    table = view(qtbot, theme, RowsTableModel(columns(), PEOPLE))
    table.setFocus()
    table.light_row(0)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    with qtbot.waitSignal(table.row_taken) as seen:
        qtbot.keyClick(table, key)
    assert seen.args == [1]


def test_row_is_taken_by_a_click_and_lit_once(theme: Theme, qtbot: QtBot) -> None:
    table = view(qtbot, theme, RowsTableModel(columns(), PEOPLE))
    taken, lit = [], []
    table.row_taken.connect(taken.append)
    table.row_lit.connect(lit.append)
    middle = QPoint(50, table.rowViewportPosition(2) + 5)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert (taken, lit) == ([2], [2])


def test_tab_leaves_the_table(theme: Theme, qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QVBoxLayout, QWidget

    from mentor_desktop.ui.widgets.buttons import Button

    card, table, button = QWidget(), Table(theme, "People"), Button(theme, "Next")
    table.setModel(RowsTableModel(columns(), PEOPLE))
    layout = QVBoxLayout(card)
    layout.addWidget(table)
    layout.addWidget(button)
    qtbot.addWidget(card)
    with qtbot.waitActive(card):
        card.show()
        card.activateWindow()
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is button


@pytest.mark.parametrize(("density", "height"), [("normal", 40), ("compact", 32), ("touch", 52)])
def test_rows_are_as_high_as_their_density_says(
    theme: Theme, qtbot: QtBot, density: str, height: int
) -> None:
    table = Table(theme, "People", density)
    table.setModel(RowsTableModel(columns(), PEOPLE))
    qtbot.addWidget(table)
    assert table.rowHeight(0) == height
    theme.set_text_scale(200)
    assert table.rowHeight(0) == 2 * height


def test_columns_share_the_width_and_hide_no_title(theme: Theme, qtbot: QtBot) -> None:
    table = view(qtbot, theme, RowsTableModel(columns(), PEOPLE))
    widths = [table.columnWidth(number) for number in range(3)]
    assert sum(widths) <= table.viewport().width()
    assert sum(widths) > table.viewport().width() - 10
    assert widths[0] > 2 * widths[2]
    table.resize(120, 400)
    for number, column in enumerate(columns()):
        words = table.fontMetrics().horizontalAdvance(column.title)
        assert table.columnWidth(number) > words


def test_lit_row_shows_the_focus_and_words_of_every_tone(theme: Theme, qtbot: QtBot) -> None:
    table = view(qtbot, theme, RowsTableModel(columns(), PEOPLE))
    table.setFocus()
    table.light_row(1)
    image = table.viewport().grab().toImage()
    y = table.rowViewportPosition(1)
    colors = {image.pixelColor(x, y + dy).name() for x in range(image.width()) for dy in range(40)}
    for token in ("accent", "accent_soft", "late", "late_soft"):
        assert theme.color(token).name() in colors, token
