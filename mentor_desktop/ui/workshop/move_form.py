"""A workshop moved to other dates, with its whole agenda."""

from datetime import date
from functools import partial

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import _
from mentor_desktop.services.workshop_copy import move_workshop
from mentor_desktop.services.workshops import WorkshopCard
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.widgets.field import DateField
from mentor_desktop.ui.widgets.small_form import SmallForm


class MoveForm(SmallForm):
    """Asks for the new first day; half-days and items keep their times of day."""

    def __init__(self, desk: Desk, card: WorkshopCard) -> None:
        super().__init__(desk.theme, _("Move the workshop"), self._move)
        self._desk, self._card = desk, card
        self._jobs = OwnedJobs(desk.jobs, self)
        day = card.starts_on.isoformat()
        self._starts = self.add(DateField(desk.theme, _("First day"), day, in_place=False))
        self.add_words(_("Half-days and agenda move along and keep their times of day."))

    def _move(self) -> None:
        if not self._starts.value:
            self.show_trouble(_("The first day is missing. Type it as 2026-03-10."))
            return
        starts_on = date.fromisoformat(self._starts.value)
        op = partial(move_workshop, workshop_id=self._card.id, starts_on=starts_on)
        self._jobs.command(op, self._on_moved, self.refuse)

    def _on_moved(self, _changes: Changes) -> None:
        self._desk.frame.close_panel()
