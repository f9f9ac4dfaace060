"""The register as Qt sees it: cells with letters, then minutes, per cent and what is missing."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.register import Cell, GridRow, RegisterGrid, RowTotal, total_of
from mentor_desktop.ui.widgets.status import look_of, status_name
from mentor_desktop.ui.widgets.tooltip import tip

Index = QModelIndex | QPersistentModelIndex

# After the half-days: credited minutes, per cent, what is missing.
TOTAL_COLUMNS = 3


class RegisterModel(QAbstractTableModel):
    """Rows are people in list order; the vertical header holds their names, so it stays put.

    Totals are computed when they are first painted: 2,000 judgements at once would be felt.
    """

    def __init__(self) -> None:
        super().__init__()
        self._grid: RegisterGrid | None = None
        self._rows: list[GridRow] = []
        self._totals: dict[int, RowTotal] = {}

    def show_grid(self, grid: RegisterGrid, rows: list[GridRow]) -> None:
        """Show some rows of a register; the current cell and the selection stay when they can."""
        is_same_shape = (
            self._grid is not None
            and len(rows) == len(self._rows)
            and len(grid.slots) == len(self._grid.slots)
        )
        if not is_same_shape:
            self.beginResetModel()
        self._grid, self._rows = grid, rows
        self._totals.clear()
        if not is_same_shape:
            self.endResetModel()
            return
        last = self.index(self.rowCount() - 1, self.columnCount() - 1)
        self.dataChanged.emit(self.index(0, 0), last)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
        self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, max(0, self.rowCount() - 1))

    @property
    def slot_count(self) -> int:
        """How many columns are half-days."""
        return len(self._grid.slots) if self._grid else 0

    def row_at(self, row: int) -> GridRow:
        """Return the person of a row."""
        return self._rows[row]

    def slot_id_at(self, column: int) -> str:
        """Return the half-day of a column."""
        assert self._grid is not None
        return self._grid.slots[column].id

    def cell_at(self, index: Index) -> Cell | None:
        """Return the cell of an index, None for a total."""
        if index.column() >= self.slot_count:
            return None
        return self._rows[index.row()].cells[index.column()]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() or not self._grid else self.slot_count + TOTAL_COLUMNS

    def data(
        self, index: Index, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # Any: Qt's variant
        cell = self.cell_at(index)
        if cell is None:
            if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
                return self._total_text(index.row(), index.column() - self.slot_count)
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return look_of(cell.status).letter
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._cell_words(index, cell)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._cell_words(index, cell))
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # Any: Qt's variant
        if self._grid is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            return self._name(section, role)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if section >= self.slot_count:
            return (_("minutes"), _("%"), _("missing"))[section - self.slot_count]
        slot = self._grid.slots[section]
        return f"{slot.code}\n{slot.attended} / {slot.required}"

    def total_at(self, row: int) -> RowTotal:
        """Return a person's total against the rule."""
        assert self._grid is not None
        if row not in self._totals:
            self._totals[row] = total_of(self._grid, self._rows[row])
        return self._totals[row]

    def _total_text(self, row: int, column: int) -> str:
        total, number = self.total_at(row), current_language().number
        if column == 0:
            return number(total.credited_minutes)
        if column == 1:
            return number(float(total.percent), 1)
        return (
            ""
            if total.reaches
            else (number(total.missing_minutes) if total.missing_minutes else "–")
        )

    def _name(self, row: int, role: int) -> Any:  # Any: Qt's variant
        person = self._rows[row]
        if role == Qt.ItemDataRole.DisplayRole:
            number = f"{person.list_number}  " if person.list_number else ""
            return f"{number}{person.name}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(
                "  ·  ".join(filter(None, (person.name, person.organisation, person.country)))
            )
        return None

    def _cell_words(self, index: Index, cell: Cell) -> str:
        assert self._grid is not None
        words = [
            self._rows[index.row()].name,
            self._grid.slots[index.column()].code,
            status_name(cell.status),
        ]
        if cell.has_conflict:
            words.append(_("two laptops differ"))
        if cell.is_unchecked:
            words.append(_("compare with the paper"))
        if cell.lacks_times:
            words.append(_("the time is missing"))
        if cell.has_note:
            words.append(_("has a note"))
        return ", ".join(words)
