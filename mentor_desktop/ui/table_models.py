"""What tables show: rows held whole, or a million rows by number and page.

A model hands each cell to the view as one `Cell`; queries and stored objects never come
near `data()`. An ordered array of row numbers costs 8 bytes a row, and only the pages one
looks at are fetched.
"""

import sys
from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.widgets.status import status_name

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex

# 128 rows are one query of 1 to 2 ms; 96 pages hold every row one has just seen.
PAGE_ROWS, KEPT_PAGES = 128, 96

ALIGNMENT = {
    "left": Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    "right": Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
    "centre": Qt.AlignmentFlag.AlignCenter,
}


class Cell(NamedTuple):
    """One cell: words in a tone, a font role, an icon before them; or a state's letter."""

    text: str
    tone: str = "text"
    role: str = "body"
    icon: str = ""
    status: str = ""


EMPTY_CELL = Cell("")


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column over rows of type R.

    `width` is its share of the table, never less than `letters` letters. Where even those do
    not fit, the columns with the highest `rank` leave first; those of rank 0 stay. With `role`
    "status" the text is a state ("present"), shown as its letter. A column with a `key` can
    be sorted by; `sort` gives the value `RowsTableModel` compares, its text if None.
    """

    title: str
    text: Callable[[R], str]
    key: str = ""
    width: int = 1
    letters: int = 6
    rank: int = 0
    align: Literal["left", "right", "centre"] = "left"
    role: Literal["body", "strong", "small", "status"] = "body"
    tone: Callable[[R], str] | None = None
    icon: Callable[[R], str] | None = None
    sort: Callable[[R], Any] | None = None  # Any: whatever compares

    def cell(self, row: R) -> Cell:
        """Return the row's cell."""
        text = self.text(row)
        tone = self.tone(row) if self.tone else "text"
        icon = self.icon(row) if self.icon else ""
        if self.role == "status":
            return Cell(status_name(text), tone, "strong", icon, text)
        return Cell(text, tone, self.role, icon)


class ColumnsModel(QAbstractTableModel, Generic[R]):
    """What both models share: columns, headers, and cells from `row_at`.

    Emits:
        sort_wanted: (key of the column, descending).
    """

    sort_wanted = Signal(str, bool)

    def __init__(self, columns: Sequence[Column[R]]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self._broken: set[int] = set()

    def row_at(self, row: int) -> R | None:
        """Return a row; None while it is on its way or when it is gone."""
        raise NotImplementedError

    def cell(self, row: int, column: int) -> Cell:
        """Return what the view paints.

        Qt asks for cells from inside its painting, where an exception ends the process: a bug
        of a column is reported once, and its cells stay empty.
        """
        try:
            found = self.row_at(row)
            return EMPTY_CELL if found is None else self.columns[column].cell(found)
        except Exception:  # noqa: BLE001 an edge of the program, see above
            if column not in self._broken:
                self._broken.add(column)
                sys.excepthook(*sys.exc_info())
            return EMPTY_CELL

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(index.row(), index.column()).text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = self.cell(index.row(), index.column()).text
            return f"{self.columns[index.column()].title}: {words}"
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return ALIGNMENT[self.columns[section].align]
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if 0 <= column < len(self.columns) and self.columns[column].key:
            self.sort_wanted.emit(self.columns[column].key, order == Qt.SortOrder.DescendingOrder)


class RowsTableModel(ColumnsModel[R]):
    """Frozen rows that are all here: up to a few thousand."""

    def __init__(self, columns: Sequence[Column[R]], rows: Sequence[R] = ()) -> None:
        super().__init__(columns)
        self._rows: Sequence[R] = rows

    @property
    def rows(self) -> Sequence[R]:
        """The rows in their order."""
        return self._rows

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show other rows; the same number of rows keeps scrolling and selection."""
        if len(rows) == len(self._rows) and rows:
            self._rows = rows
            last = self.index(len(rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row_at(self, row: int) -> R | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if 0 <= column < len(self.columns) and self.columns[column].key:
            by = self.columns[column].sort or self.columns[column].text
            is_descending = order == Qt.SortOrder.DescendingOrder
            self.set_rows(sorted(self._rows, key=by, reverse=is_descending))
        super().sort(column, order)


# Fetches the rows of some numbers, in any order, and answers now or later on the window's thread.
Fetch = Callable[[Sequence[int], Callable[[Sequence[R]], None]], None]


def at_once(load_rows: Callable[[Sequence[int]], Sequence[R]]) -> Fetch[R]:
    """Return a fetch that answers before it returns: no row ever shows empty."""

    def fetch(numbers: Sequence[int], answer: Callable[[Sequence[R]], None]) -> None:
        answer(load_rows(numbers))

    return fetch


def by_query(
    jobs: OwnedJobs, load_rows: Callable[[Any, Sequence[int]], Sequence[R]]
) -> Fetch[R]:  # Any: see `jobs.Store`
    """Return a fetch that reads behind the window; rows show empty for a moment."""

    def fetch(numbers: Sequence[int], answer: Callable[[Sequence[R]], None]) -> None:
        jobs.query(lambda uow: load_rows(uow, numbers), answer)

    return fetch


class IdsTableModel(ColumnsModel[R]):
    """Rows by an ordered array of row numbers; their contents by page, the last ones kept.

    `number_of` gives a row's number, its first item unless told otherwise.
    """

    def __init__(
        self,
        columns: Sequence[Column[R]],
        fetch: Fetch[R],
        number_of: Callable[[R], int] | None = None,
    ) -> None:
        super().__init__(columns)
        self._fetch = fetch
        self._number_of = number_of or _first_item
        self._order: array[int] = array("q")
        self._pages: OrderedDict[int, list[R | None]] = OrderedDict()
        self._asked: set[int] = set()
        self._generation = 0

    def set_order(self, order: "array[int]") -> None:
        """Show these rows in this order.

        The same order keeps scrolling and the lit row and fetches the rows anew; a longer one
        that begins with the shown one keeps them too, so that a list can be painted from its
        first rows while the others are still being sorted. Anything else starts afresh.
        """
        shown = len(self._order)
        if shown and order[:shown] == self._order:
            self._grow(order)
            return
        self.beginResetModel()
        self._order = order
        self._forget()
        self.endResetModel()

    def reload(self) -> None:
        """Fetch again what is shown: the same rows have changed."""
        self._forget()
        if self._order:
            last = self.index(len(self._order) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def number_at(self, row: int) -> int:
        """Return the number of a row.

        Raises:
            IndexError: there is no such row.
        """
        return self._order[row]

    def row_of(self, number: int) -> int:
        """Return where a number stands, -1 when it does not."""
        try:
            return self._order.index(number)
        except ValueError:
            return -1

    def row_at(self, row: int) -> R | None:
        page, place = divmod(row, PAGE_ROWS)
        rows = self._pages.get(page)
        if rows is None:
            self._ask(page)
            rows = self._pages.get(page)
        return rows[place] if rows else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        return 0 if parent.isValid() else len(self._order)

    def _grow(self, order: "array[int]") -> None:
        shown = len(self._order)
        if len(order) == shown:
            self.reload()
            return
        self.beginInsertRows(QModelIndex(), shown, len(order) - 1)
        self._order = order
        self._pages.pop(shown // PAGE_ROWS, None)  # it was the last one and not full
        self._asked.discard(shown // PAGE_ROWS)
        self.endInsertRows()

    def _ask(self, page: int) -> None:
        if page in self._asked:
            return
        self._asked.add(page)
        numbers = self._order[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]
        is_asking = [True]
        self._fetch(numbers, partial(self._keep, self._generation, page, numbers, is_asking))
        is_asking.clear()

    def _keep(
        self,
        generation: int,
        page: int,
        numbers: Sequence[int],
        is_asking: list[bool],
        rows: Sequence[R],
    ) -> None:
        """Keep an answer, unless other rows are shown by now or the last page has grown."""
        here = self._order[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]
        if generation != self._generation or len(here) != len(numbers):
            return
        found = {self._number_of(row): row for row in rows}
        self._pages[page] = [found.get(number) for number in numbers]
        self._asked.discard(page)
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        if not is_asking:  # it came later: the view has painted empty cells
            first = page * PAGE_ROWS
            last = self.index(first + len(numbers) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(first, 0), last)

    def _forget(self) -> None:
        self._generation += 1
        self._pages.clear()
        self._asked.clear()


def _first_item(row: Any) -> int:  # Any: a tuple whose first item is its number
    return int(row[0])
