"""A name put right, everywhere at once."""

from functools import partial

from PySide6.QtCore import Signal

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import _
from mentor_desktop.services.registrations import correct_name
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.widgets.field import TextField
from mentor_desktop.ui.widgets.small_form import SmallForm


class NameForm(SmallForm):
    """Given and family name as their owner writes them; the old spelling stays in the history.

    Emits:
        done: the name is corrected.
    """

    done = Signal()

    def __init__(self, desk: Desk, person_id: str, given_name: str, family_name: str) -> None:
        super().__init__(desk.theme, _("Correct everywhere"), self._correct)
        self._jobs = OwnedJobs(desk.jobs, self)
        self._person_id = person_id
        self._given = self.add(TextField(desk.theme, _("Given name"), given_name, in_place=False))
        self._family = self.add(
            TextField(desk.theme, _("Family name"), family_name, in_place=False)
        )
        self.add_words(
            _("The list on paper needs a correction by pen, or its page is printed again.")
        )

    def _correct(self) -> None:
        op = partial(
            correct_name,
            person_id=self._person_id,
            given_name=self._given.value,
            family_name=self._family.value,
        )
        self._jobs.command(op, self._on_corrected, self.refuse)

    def _on_corrected(self, _changes: Changes) -> None:
        self.done.emit()
