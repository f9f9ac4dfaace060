"""Somebody new at the door, or a name to put right: the forms and what they do."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import _
from mentor_desktop.services.door import DoorList, DoorPerson
from mentor_desktop.services.duplicates import similar_people
from mentor_desktop.services.registrations import add_walk_in, let_known_person_in
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.door.walk_in_form import WalkInForm
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.workshop.name_form import NameForm

# (registration id, half-day id, what changed)
OnLetIn = Callable[[str, str, Changes], None]


class PeopleAtDoor(QObject):
    """Opens the forms in the side panel; `on_let_in` hears of everybody who came in by one."""

    def __init__(self, desk: Desk, on_let_in: OnLetIn, on_done: Callable[[], object]) -> None:
        super().__init__()
        self._desk = desk
        self._jobs = OwnedJobs(desk.jobs, self)
        self._on_let_in = on_let_in
        self._on_done = on_done

    def open_walk_in(self, door: DoorList, typed: str) -> None:
        """Ask for a new person, beginning with what was typed."""
        last = max((person.list_number or 0 for person in door.people), default=0)
        form = WalkInForm(self._desk.theme, typed, last + 1)
        form.wanted.connect(partial(self._add, form, door))
        form.known_wanted.connect(partial(self._let_known_in, form, door))
        form.looked_for.connect(partial(self._look_for, form))
        self._desk.frame.open_panel(form, _("Walk-in"))

    def open_name(self, person: DoorPerson) -> None:
        """Ask for the right spelling of a name."""
        form = NameForm(self._desk, person.person_id, person.given_name, person.family_name)
        form.done.connect(self._close)
        self._desk.frame.open_panel(form, _("Correct a name"))

    def _add(
        self,
        form: WalkInForm,
        door: DoorList,
        given: str,
        family: str,
        organisation: str,
        country: str,
    ) -> None:
        op = partial(
            add_walk_in,
            workshop_id=door.workshop_id,
            given_name=given,
            family_name=family,
            organisation=organisation,
            country=country,
            slot_id=door.slot.id,
        )
        self._jobs.command(op, partial(self._let_in, door), form.refuse)

    def _let_known_in(self, form: WalkInForm, door: DoorList, person_id: str) -> None:
        op = partial(
            let_known_person_in,
            workshop_id=door.workshop_id,
            person_id=person_id,
            slot_id=door.slot.id,
        )
        self._jobs.command(op, partial(self._let_in, door), form.refuse)

    def _let_in(self, door: DoorList, changes: Changes) -> None:
        self._close()
        for registration_id in changes.entities.get("registration", ()):
            self._on_let_in(registration_id, door.slot.id, changes)

    def _look_for(self, form: WalkInForm, given: str, family: str) -> None:
        op = partial(similar_people, given_name=given, family_name=family)
        self._jobs.query(op, form.show_known, key="similar")

    def _close(self) -> None:
        self._desk.frame.close_panel()
        self._on_done()
