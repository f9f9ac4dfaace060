"""A new project: its title and number; the rest is filled in on its page."""

from functools import partial

from PySide6.QtCore import Signal

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import _
from mentor_desktop.services.choices import PROGRAMMES, offered
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.projects import add_project
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.widgets.field import ChoiceField, TextField
from mentor_desktop.ui.widgets.small_form import SmallForm


class ProjectForm(SmallForm):
    """Asks for title, number and programme.

    Emits:
        created: the id of the new project.
    """

    created = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, _("Add the project"), self._add)
        self._jobs = OwnedJobs(desk.jobs, self)
        theme = desk.theme
        self._title = self.add(TextField(theme, _("Title"), in_place=False))
        self._number = self.add(TextField(theme, _("Number of the agreement"), in_place=False))
        self._programme = self.add(
            ChoiceField(theme, _("Programme"), offered(PROGRAMMES), in_place=False)
        )

    def _add(self) -> None:
        op = partial(
            add_project,
            title=self._title.value,
            number=self._number.value,
            programme=self._programme.choice.value,
        )
        self._jobs.command(op, self._on_added, self.refuse)

    def _on_added(self, changes: Changes) -> None:
        self.created.emit(created_id(changes, "project"))
