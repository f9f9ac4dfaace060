"""Which column holds what: proposed, shown with the first rows, corrected by a person."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from mentor_desktop.i18n import N_, _
from mentor_desktop.services.tables_in.headers import (
    ColumnMatch,
    Mapping,
    fields_of,
    label_of,
)
from mentor_desktop.services.tables_in.raw_table import RawTable
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.field import ChoiceField
from mentor_desktop.ui.widgets.inputs import Choice
from mentor_desktop.ui.widgets.layout import column, row
from mentor_desktop.ui.widgets.text import ElidedText, Text

_SAMPLES = 3
_NAME_ORDERS = {
    "given_first": N_("Given name first: Ana Kovač"),
    "family_first": N_("Family name first: Kovač Ana"),
}


class ColumnsPart(QWidget):
    """One line for each column of the file: its heading, its first rows, what it is taken for.

    Emits:
        mapping_chosen: the `Mapping` after a correction.
    """

    mapping_chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._mapping: Mapping | None = None
        self._shown: tuple[object, ...] = ()
        self._choices: list[Choice] = []
        self._marks: list[Text] = []
        heading = Text(theme, _("Columns"), "strong")
        heading.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self._order = ChoiceField(
            theme,
            _("Whole names are written"),
            [(code, _(words)) for code, words in _NAME_ORDERS.items()],
            on_save=self._choose_order,
            in_place=False,
        )
        self._body = QWidget()
        self._lines = column(theme, self._body, gap="none")
        self.setLayout(column(theme, heading, self._lines, self._order, gap="s"))

    def show_columns(self, table: RawTable, mapping: Mapping) -> None:
        """Show the columns of a table and what they are taken for."""
        self._mapping = mapping
        samples = tuple(tuple(line) for line in table.rows[:_SAMPLES])
        shown = (mapping.kind, table.headers, samples)
        if shown != self._shown:
            self._shown = shown
            self._build(table, mapping)
        for one, choice, mark in zip(mapping.columns, self._choices, self._marks, strict=True):
            choice.set_value(one.field or "")
            mark.setText(_("please check") if one.certainty == "likely" else "")
        self._order.setVisible(mapping.column_of("full_name") is not None)
        self._order.set_value(mapping.name_order)

    def _build(self, table: RawTable, mapping: Mapping) -> None:
        """Make the lines anew: another file, or it is read another way."""
        theme = self._theme
        old, self._body = self._body, QWidget()
        self._choices, self._marks = [], []
        grid = QGridLayout(self._body)
        grid.setContentsMargins(theme.size("indent"), 0, 0, 0)
        grid.setHorizontalSpacing(theme.space("l"))
        grid.setVerticalSpacing(theme.space("xs"))
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 4)
        grid.setColumnStretch(2, 3)
        titles = (_("In the file"), _("First rows"), _("Taken for"))
        for at, words in enumerate(titles):
            grid.addWidget(Text(theme, words, "label", "muted", wrap=False), 0, at)
        for line, one in enumerate(mapping.columns, 1):
            self._add_line(grid, line, one, table)
        self._lines.replaceWidget(old, self._body)
        old.hide()
        old.deleteLater()

    def _add_line(self, grid: QGridLayout, line: int, one: ColumnMatch, table: RawTable) -> None:
        theme = self._theme
        samples = [str(row_[one.index]) for row_ in table.rows[:_SAMPLES]]
        words = " · ".join(text for text in samples if text)
        choice = Choice(
            theme,
            _("“{header}” is taken for").format(header=one.header),
            self._options(one),
            one.field or "",
        )
        choice.chosen.connect(partial(self._choose, one.index))
        mark = Text(theme, "", "small", "late", wrap=False)
        self._choices.append(choice)
        self._marks.append(mark)
        grid.addWidget(ElidedText(theme, one.header, "body"), line, 0)
        grid.addWidget(ElidedText(theme, words, "body", "muted"), line, 1)
        cell = row(theme, choice, mark)
        cell.setAlignment(choice, Qt.AlignmentFlag.AlignLeft)
        cell.addStretch(1)
        grid.addLayout(cell, line, 2)

    def _options(self, one: ColumnMatch) -> list[tuple[str, str]]:
        assert self._mapping is not None
        kind = self._mapping.kind
        options = [("", _("– leave it out –"))]
        options += [(field.name, _(field.label)) for field in fields_of(kind)]
        if one.field and one.field not in {code for code, _words in options}:
            options.append((one.field, label_of(kind, one.field)))
        return options

    def _choose(self, index: int, field: str) -> None:
        assert self._mapping is not None
        self.mapping_chosen.emit(self._mapping.with_field(index, field or None))

    def _choose_order(self, order: str) -> None:
        assert self._mapping is not None
        is_family = order == "family_first"
        chosen = self._mapping.with_name_order("family_first" if is_family else "given_first")
        self.mapping_chosen.emit(chosen)
