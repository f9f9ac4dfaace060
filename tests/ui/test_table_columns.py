"""Which columns of a table are shown, and how wide."""

from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from mentor_desktop.ui.table_models import Column, RowsTableModel
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.table import Table

_NAME_LETTERS = 20


def _table(qtbot: QtBot, theme: Theme) -> Table:
    columns = [
        Column[str]("Name", str, width=3, letters=_NAME_LETTERS, role="strong"),
        Column[str]("Country", str, letters=12, rank=1),
        Column[str]("Town", str, letters=12, rank=3),
        Column[str]("Sector", str, letters=12, rank=2),
        Column[str]("State", str, letters=8),
    ]
    table = Table(theme, "People")
    table.setModel(RowsTableModel(columns, ["Ana", "Elena"]))
    qtbot.addWidget(table)
    table.show()
    return table


def _shown(table: Table) -> list[str]:
    columns = table.columns_model().columns
    return [one.title for at, one in enumerate(columns) if not table.isColumnHidden(at)]


def test_the_column_of_the_highest_rank_leaves_first_and_comes_back(
    theme: Theme, qtbot: QtBot
) -> None:
    table = _table(qtbot, theme)
    seen: list[list[str]] = []
    for width in (900, *range(900, 100, -5)):
        table.resize(width, 300)
        if not seen or seen[-1] != _shown(table):
            seen.append(_shown(table))
    assert seen == [
        ["Name", "Country", "Town", "Sector", "State"],
        ["Name", "Country", "Sector", "State"],
        ["Name", "Country", "State"],
        ["Name", "State"],
    ]
    table.resize(900, 300)
    assert _shown(table) == seen[0]


def test_the_name_keeps_its_letters_when_the_text_grows(theme: Theme, qtbot: QtBot) -> None:
    table = _table(qtbot, theme)
    table.resize(700, 300)
    theme.set_text_scale(200)
    metrics = QFontMetrics(theme.font("strong"))
    assert table.columnWidth(0) >= metrics.averageCharWidth() * _NAME_LETTERS
    assert table.horizontalScrollBar().maximum() == 0
    assert _shown(table) == ["Name", "State"]


def test_what_a_gone_column_left_is_shared_by_the_others(theme: Theme, qtbot: QtBot) -> None:
    table = _table(qtbot, theme)
    for width in (900, 700, 560):
        table.resize(width, 300)
        taken = sum(table.columnWidth(at) for at in range(5) if not table.isColumnHidden(at))
        assert 0 <= table.viewport().width() - taken < 5
