"""Pages of the sample window, imported by it when they are first opened."""

from functools import partial

from PySide6.QtWidgets import QWidget

from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.pages.base import Crumb, Page, PageAction
from mentor_desktop.ui.table_models import Column, RowsTableModel
from mentor_desktop.ui.widgets.field import TextField
from mentor_desktop.ui.widgets.inputs import CheckBox, SearchBox
from mentor_desktop.ui.widgets.table import Table
from tests.ui.stores import Uow, add_person


class PeoplePage(Page):
    """Names, and a key that adds one."""

    shows = frozenset({"person"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.refreshed = 0
        self.search = SearchBox(self.theme, "Find a person")
        columns = [Column[str]("Name", lambda name: name, key="name", width=3)]
        self.model = RowsTableModel(columns)
        self.table = Table(self.theme, "People")
        self.table.setModel(self.model)
        self.content.addWidget(self.search)
        self.content.addWidget(self.table)
        self.set_primary("Add Elena", partial(self.add, "Elena"), icon="add")
        self.set_more([PageAction("Add Ana", partial(self.add, "Ana"), shortcut="Ctrl+N")])
        self.add_key("F4", partial(self.add, "Walk-in"), "Add a walk-in")

    def add(self, name: str) -> None:
        self.jobs.command(partial(add_person, name=name))

    def refresh(self) -> None:
        self.refreshed += 1
        self.jobs.query(Uow.names, self._show)

    def first_focus(self) -> QWidget:
        return self.search

    def _show(self, names: list[str]) -> None:
        self.model.set_rows(names)
        self.set_counter(str(len(names)))


class PersonPage(Page):
    """One person, named by `open`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.opened: list[str] = []

    def open(self, **where: str) -> None:
        self.opened.append(where.get("person_id", ""))
        self.set_heading(Crumb("People", "people"), Crumb(where.get("person_id", "")))


class NotesPage(Page):
    """Fields to walk through with Tab; says nothing of changes."""

    announces_changes = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.kept: list[str] = []
        self.title = TextField(self.theme, "Title", "", self.kept.append)
        self.tick = CheckBox(self.theme, "Private")
        self.content.addWidget(self.title)
        self.content.addWidget(self.tick)
        self.content.addStretch(1)

    def first_focus(self) -> QWidget:
        return self.title.line
