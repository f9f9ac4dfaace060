"""A new workshop: four fields are enough, or another workshop is the pattern."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import QTimeZone, Signal

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import _
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.workshop_codes import proposed_code
from mentor_desktop.services.workshop_copy import duplicate_workshop
from mentor_desktop.services.workshops import WorkshopRow, add_workshop
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.widgets.field import ChoiceField, DateField, TextField
from mentor_desktop.ui.widgets.small_form import SmallForm

# Somebody who plans a workshop plans it for some weeks from now.
_DAYS_AHEAD = 28


class NewWorkshopForm(SmallForm):
    """Asks for a title, a code and the dates; the rest is filled in on its page.

    Emits:
        created: the id of the new workshop.
    """

    created = Signal(str)

    def __init__(self, desk: Desk, rows: Sequence[WorkshopRow], *, pattern_id: str = "") -> None:
        super().__init__(desk.theme, _("Create the workshop"), self._create)
        self._jobs = OwnedJobs(desk.jobs, self)
        today = desk.clock().astimezone().date()
        theme, first = desk.theme, today + timedelta(days=_DAYS_AHEAD)
        patterns = [("", _("an empty workshop")), *((row.id, _named(row)) for row in rows)]
        self._pattern = ChoiceField(theme, _("Begin with"), patterns, on_save=self._on_pattern)
        if rows:
            self.add(self._pattern)
        self._like = self.add_words(
            _("Agenda, half-days, rule, place and texts come along; people do not.")
        )
        self._title = self.add(TextField(theme, _("Title"), in_place=False))
        self._starts = DateField(theme, _("First day"), first.isoformat(), in_place=False)
        self._ends = DateField(theme, _("Last day"), first.isoformat(), in_place=False)
        self.add_beside(self._starts, self._ends)
        self._city = self.add(TextField(theme, _("City"), in_place=False))
        code = proposed_code((row.code for row in rows), first.year)
        self._code = self.add(TextField(theme, _("Code"), code, in_place=False))
        self.add_words(_("The code stands on papers and in file names."))
        self._pattern.set_value(pattern_id)
        self._on_pattern(pattern_id)

    def _on_pattern(self, pattern_id: str) -> None:
        """A pattern brings its own title, length and place."""
        for field in (self._title, self._ends, self._city):
            field.setVisible(not pattern_id)
        self._like.setVisible(bool(pattern_id))

    def _create(self) -> None:
        starts_on = _day(self._starts.value)
        if starts_on is None:
            self.show_trouble(_("The first day is missing. Type it as 2026-03-10."))
            return
        pattern_id = self._pattern.choice.value
        if pattern_id:
            op = partial(
                duplicate_workshop,
                workshop_id=pattern_id,
                code=self._code.value,
                starts_on=starts_on,
            )
        else:
            op = partial(
                add_workshop,
                code=self._code.value,
                title=self._title.value,
                starts_on=starts_on,
                ends_on=_day(self._ends.value),
                city=self._city.value,
                time_zone=_time_zone_here(),
            )
        self._jobs.command(op, self._on_created, self.refuse)

    def _on_created(self, changes: Changes) -> None:
        self.created.emit(created_id(changes, "workshop"))


def _named(row: WorkshopRow) -> str:
    return _("like {code}: {title}").format(code=row.code, title=row.title)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _time_zone_here() -> str:
    """Return this computer's time zone; one can change it on the workshop's page."""
    return bytes(QTimeZone.systemTimeZoneId().data()).decode() or "UTC"
