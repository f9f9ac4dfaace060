"""The door view: forty people queue, and each costs three key strokes."""

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from mentor_desktop.changes import Changes
from mentor_desktop.clock import zone_of
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.attendance import NotExpectedError, check_in
from mentor_desktop.services.attendance_bulk import same_as
from mentor_desktop.services.badge_codes import is_scan
from mentor_desktop.services.door import (
    DoorList,
    DoorPerson,
    door_people,
    door_person,
    filter_door,
    with_person,
)
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.door.box import DoorBox
from mentor_desktop.ui.door.head import DoorHead, Question
from mentor_desktop.ui.door.people_at_door import PeopleAtDoor
from mentor_desktop.ui.door.results import MOST_SHOWN, DoorResults
from mentor_desktop.ui.door.welcome import Welcome
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.shortcuts import Shortcut
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.layout import STRETCH, column, holder, row
from mentor_desktop.ui.widgets.status import status_name
from mentor_desktop.ui.widgets.text import ElidedText, Text

_WIDTH = 900
_NEARLY_ALL = 1_000  # of the room, as a stretch
# How often the clock is asked whether the next half-day has begun.
_CLOCK_MS = 15_000
_BANNER = "slot"
_SHOWN_ENTITIES = frozenset(
    {"attendance_mark", "registration", "person", "workshop", "agenda_item"}
)
# What stands below the box.
_WELCOME, _ANSWER, _QUESTION = range(3)
_FEWEST_LETTERS_OF_A_NAME = 2


class DoorPage(Page):
    """One box, always focused; Enter checks in whoever the typed text means."""

    full_window = True
    announces_changes = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._workshop_id = ""
        self._slot_id: str | None = None
        self._door: DoorList | None = None
        self._is_enter_waiting = False
        self._asked_about: DoorPerson | None = None
        self._last: DoorPerson | None = None
        self._own_txns: set[int] = set()
        self._build_widgets()
        self._lay_out()
        self._connect()

    def open(self, **where: str) -> None:
        """Show the door of `workshop_id`; of the half-day that is on unless `slot_id` is given."""
        asked = (where["workshop_id"], where.get("slot_id") or None)
        if asked != (self._workshop_id, self._slot_id):
            self._workshop_id, self._slot_id = asked
            self._door = None
            self._welcome.start()
        self._box.empty()
        self.mark_stale()  # time went on: another half-day may be on, or it is late by now

    def refresh(self) -> None:
        """Read the whole list again."""
        op = partial(door_people, workshop_id=self._workshop_id, slot_id=self._slot_id)
        self.jobs.query(
            op, self._show_door, lambda error: self._head.show_trouble(str(error)), key="door"
        )

    def first_focus(self) -> QWidget | None:
        return self._box

    # ---- widgets

    def _build_widgets(self) -> None:
        theme = self.theme
        self._head = DoorHead(theme, self.frame.back)
        self._results = DoorResults(theme)
        self._box = DoorBox(theme, self._results.choose)
        self._more = Text(theme, "", "small", "muted")
        self._question = Question(theme)
        self._welcome = Welcome(theme)
        self._newcomers = PeopleAtDoor(self.desk, self._on_checked_in, self._box.setFocus)
        keys = _("Ctrl+Z undo  ·  F4 walk-in  ·  F2 correct a name")
        self._keys_hint = ElidedText(theme, keys, "small", "muted")
        self._keys_hint.setAlignment(Qt.AlignmentFlag.AlignRight)

    def _lay_out(self) -> None:
        theme = self.theme
        answer = column(theme, self._results, self._more, STRETCH, gap="s")
        self._below = QStackedWidget()
        for widget in (self._welcome, holder(answer), self._question):
            self._below.addWidget(widget)
        body = holder(column(theme, self._box, self._below, gap="l"))
        body.setMaximumWidth(theme.px(_WIDTH))
        walk_in = Button(theme, _("Walk-in"), self._open_walk_in, icon="walk-in")
        present = Button(
            theme,
            _("Present now"),
            lambda: self.frame.go("presence", workshop_id=self._workshop_id),
            kind="quiet",
            icon="list",
        )
        foot = row(theme, walk_in, present, self._keys_hint)
        foot.setStretch(2, 1)
        middle = row(theme, STRETCH)
        middle.addWidget(body, _NEARLY_ALL)
        middle.addStretch(1)
        self.content.addWidget(self._head)
        self.content.addSpacing(theme.space("xl"))
        self.content.addLayout(middle, 1)
        self.content.addLayout(foot)

    def _connect(self) -> None:
        self._box.textChanged.connect(self._filter)
        self._box.returnPressed.connect(self._enter)
        self._box.moved.connect(self._results.move)
        self._box.left.connect(self.frame.back)
        self._results.person_taken.connect(self._take)
        self._question.answered.connect(self._on_answered)
        self.track(self.desk.jobs.changed, self._on_store_changed)
        self.add_key(Shortcut.WALK_IN, self._open_walk_in, _("Walk-in"))
        self.add_key(Shortcut.CORRECT, self._open_name, _("Correct a name"))
        self._watch = QTimer(self, interval=_CLOCK_MS)
        self._watch.timeout.connect(self.mark_stale)
        self._watch.start()

    # ---- what is shown

    def _show_door(self, door: DoorList) -> None:
        before = self._door
        self._door = door
        self.set_counter(self._head.show_door(door))
        if before is not None and before.slot.id != door.slot.id:
            self._announce_slot(before)
        if before is None or before.people != door.people:
            here = [one for one in door.people if one.is_here]
            states = {one.registration_id: (one.name, state_of(one, door)) for one in here}
            self._welcome.show_again(states)
            self._filter(self._box.text())
        if self._is_enter_waiting:
            self._enter()

    def _announce_slot(self, before: DoorList) -> None:
        assert self._door is not None
        sentence = _("{slot} has begun. Everybody is expected again.").format(
            slot=self._door.slot.code
        )
        op = partial(same_as, slot_id=self._door.slot.id, from_slot_id=before.slot.id)

        def take_over() -> None:
            self.frame.hide_banner(_BANNER)
            self.jobs.command(op)

        same = (_("Same as {slot}").format(slot=before.slot.code), take_over)
        self.frame.show_banner(_BANNER, sentence, "info", [same], closable=True)

    def _filter(self, typed: str) -> None:
        if self._door is None:
            return
        people = filter_door(self._door.people, typed)
        self._results.show_people(people, zone_of(self._door.time_zone))
        hidden = len(people) - MOST_SHOWN
        self._more.setText(
            _("{count} more. Type one more letter.").format(count=hidden) if hidden > 0 else ""
        )
        if typed and not people and not is_scan(typed) and len(typed) >= _FEWEST_LETTERS_OF_A_NAME:
            self._more.setText(_("Nobody fits “{typed}”. F4 adds a walk-in.").format(typed=typed))
        self._below.setCurrentIndex(_ANSWER if typed else _WELCOME)

    # ---- what is done

    def _enter(self) -> None:
        """Act on the results of exactly the typed text; wait for the list if it is not there yet."""
        self._is_enter_waiting = self._door is None
        if self._door is not None and self._results.chosen is not None:
            self._take(self._results.chosen)

    def _take(self, person: DoorPerson) -> None:
        if person.is_here and person.arrived_at is not None:
            self._welcome.show_known(person.name, state_of(person, self._door))
            self._box.empty()
            return
        self._check_in(person, is_confirmed=False)

    def _check_in(self, person: DoorPerson, *, is_confirmed: bool) -> None:
        assert self._door is not None
        slot_id = self._door.slot.id
        op = partial(
            check_in,
            registration_id=person.registration_id,
            slot_id=slot_id,
            is_confirmed=is_confirmed,
        )
        self._box.empty()
        self.jobs.command(
            op,
            partial(self._on_checked_in, person.registration_id, slot_id),
            partial(self._on_refused, person),
        )

    def _on_checked_in(self, registration_id: str, slot_id: str, changes: Changes) -> None:
        if changes.txn is not None:
            self._own_txns.add(changes.txn)
        self.jobs.query(
            partial(door_person, registration_id=registration_id, slot_id=slot_id), self._greet
        )

    def _greet(self, person: DoorPerson) -> None:
        self._last = person
        if self._door is not None:
            self._door = with_person(self._door, person)
            self.set_counter(self._head.show_door(self._door))
        state = state_of(person, self._door)
        self._welcome.greet(person.registration_id, person.name, state, str(person.status))

    def _on_refused(self, person: DoorPerson, error: UserFacingError) -> None:
        if not isinstance(error, NotExpectedError):
            self._welcome.show_trouble(str(error))
            return
        self._asked_about = person
        self._below.setCurrentIndex(_QUESTION)
        self._question.ask(str(error))

    def _on_answered(self, is_yes: bool) -> None:
        person, self._asked_about = self._asked_about, None
        self._below.setCurrentIndex(_WELCOME)
        self._box.setFocus()
        if is_yes and person is not None:
            self._check_in(person, is_confirmed=True)

    # ---- time and others

    def _on_store_changed(self, changes: Changes) -> None:
        # Its own check-ins are shown by `_greet`; reading 2,000 people after each would be felt.
        if changes.txn not in self._own_txns and changes.touches(_SHOWN_ENTITIES):
            self.mark_stale()

    # ---- somebody new, a name put right

    def _open_walk_in(self) -> None:
        if self._door is not None:
            self._newcomers.open_walk_in(self._door, self._box.text())
            self._box.empty()

    def _open_name(self) -> None:
        person = self._results.chosen or self._last
        if person is not None:
            self._newcomers.open_name(person)
        else:
            self.frame.toast(_("Choose somebody first; F2 then corrects that name."))


def state_of(person: DoorPerson, door: DoorList | None) -> str:
    """Return what is known of somebody in the half-day of the list: "present 09:07"."""
    if person.arrived_at is None or door is None:
        return status_name(person.status)
    time = current_language().time(person.arrived_at, zone_of(door.time_zone))
    return f"{status_name(person.status)} {time}"
