"""The first morning of a workshop without internet, by keyboard alone: 09:05 to 09:47."""

from dataclasses import dataclass

import pytest
from pytestqt.qtbot import QtBot

from mentor_desktop.services.door import DoorPerson, door_people
from mentor_desktop.services.history import row_history
from mentor_desktop.ui.door.results import DoorResults
from mentor_desktop.ui.door.welcome import Welcome
from mentor_desktop.ui.register.grid import RegisterGrid
from mentor_desktop.ui.widgets.text import ElidedText
from tests.journeys.conftest import Morning, Running
from tests.journeys.hands import Hands
from tests.journeys.morning import EXPECTED, ZONE

pytestmark = pytest.mark.journey

# What one person at the door may cost, Enter or the digit included.
MOST_KEYS = 5


@dataclass
class Door:
    """The door as the test sees it: through the window for what is shown, the store for what is kept."""

    hands: Hands
    running: Running
    workshop_id: str

    @property
    def shown(self) -> DoorResults:
        (results,) = self.running.window.findChildren(DoorResults)
        return results

    @property
    def greeting(self) -> str:
        """The large name below the box."""
        (welcome,) = self.running.window.findChildren(Welcome)
        return welcome.findChildren(ElidedText)[0].text()

    def people(self) -> list[DoorPerson]:
        with self.running.workspace.reader() as uow:
            return list(door_people(uow, self.workshop_id).people)

    def person(self, name: str, organisation: str = "") -> DoorPerson:
        return next(
            one for one in self.people() if one.name == name and organisation in one.organisation
        )

    def counter(self, present: int, expected: int = EXPECTED) -> None:
        """Wait until the counter says so and everything is saved."""
        wanted = f"{present} / {expected}"
        self.hands.until(
            lambda: self.hands.counter == wanted and self.running.window.desk.jobs.pending == 0
        )


@pytest.fixture
def hands(qtbot: QtBot, running: Running, request: pytest.FixtureRequest) -> Hands:
    return Hands(qtbot, running.window, request.node.name.removeprefix("test_"))


@pytest.fixture
def door(hands: Hands, running: Running, morning: Morning) -> Door:
    """The door at 09:05, opened from Today by Enter on its one button."""
    hands.until(lambda: hands.place == "today" and hands.page.primary is not None)
    hands.see("01 today at 09:04")
    running.clock.set("09:05")
    hands.press("Enter")
    hands.until(lambda: hands.place == "door" and hands.counter == f"0 / {EXPECTED}")
    return Door(hands, running, morning.workshop_id)


def letters_for(person: DoorPerson) -> str:
    """What one types who hears the family name: its first letters as they sound in Latin."""
    words = person.folded.split()
    family = words[1] if len(words) > 1 else words[0]
    return family[:3]


def let_in(door: Door, person: DoorPerson) -> int:
    """Check one person in as somebody at the door would; return the key strokes it cost."""
    before = door.hands.strokes
    door.hands.type(letters_for(person))
    ids = [one.registration_id for one in door.shown.people]
    assert person.registration_id in ids, (person.name, letters_for(person))
    if len(ids) == 1:
        door.hands.press("Enter")
    else:
        door.hands.type(str(ids.index(person.registration_id) + 1))
    return door.hands.strokes - before


def test_forty_people_queue_and_each_costs_at_most_five_keys(door: Door) -> None:
    door.hands.see("02 the empty door")
    costs = []
    for done, person in enumerate(door.people()):
        if not person.is_on_list:
            continue
        costs.append(let_in(door, person))
        door.counter(done + 1)
        if done in {0, 22}:
            door.hands.see(f"03 after {done + 1}")
    assert len(costs) == EXPECTED
    assert max(costs) <= MOST_KEYS, costs
    assert all(person.is_here for person in door.people() if person.is_on_list)
    door.hands.see("04 everybody is here")


def test_of_two_with_the_same_name_nobody_is_the_default(door: Door) -> None:
    door.running.clock.set("09:12")
    door.hands.type("mun")
    assert [person.name for person in door.shown.people] == ["Elena Munteanu"] * 2
    assert len({person.organisation for person in door.shown.people}) == 2
    door.hands.see("01 two Elena Munteanu")
    door.hands.press("Enter")
    assert door.shown.chosen is None
    assert not any(person.is_here for person in door.people())
    second = door.shown.people[1]
    door.hands.type("2")
    door.counter(1)
    here = [person for person in door.people() if person.is_here]
    assert [person.registration_id for person in here] == [second.registration_id]
    door.hands.type("mun")
    door.hands.press("Down", "Enter")
    door.counter(2)


def test_a_check_in_is_undone_and_somebody_present_is_only_shown(door: Door) -> None:
    door.running.clock.set("09:07")
    ionut = door.person("Ionuț Țăranu-Vișan")
    let_in(door, ionut)
    door.counter(1)
    door.hands.see("01 a green name")
    door.hands.press("Ctrl+Z")
    door.counter(0)
    assert door.greeting == ""
    door.hands.see("02 undone")
    assert not door.person("Ionuț Țăranu-Vișan").is_here

    let_in(door, ionut)
    door.counter(1)
    door.running.clock.set("09:11")
    door.hands.type(letters_for(ionut))
    door.hands.see("03 present since 09:07")
    door.hands.press("Enter")
    door.hands.see("04 here already")
    door.counter(1)
    arrived = door.person("Ionuț Țăranu-Vișan").arrived_at
    assert arrived is not None
    assert f"{arrived.astimezone(ZONE):%H:%M}" == "09:07"


def test_a_walk_in_gets_row_54_and_a_name_is_put_right(door: Door) -> None:
    door.running.clock.set("09:15")
    door.hands.press("F4")
    door.hands.until_on("Given name")
    before = door.hands.strokes
    for words in ("Jonas", "Kazlauskas", "Kauno mokykla", "LT"):
        door.hands.type(words)
        door.hands.see(f"01 walk-in {words}")
        door.hands.press("Enter")
    door.counter(1, EXPECTED + 1)
    door.hands.see("02 walked in")
    assert door.hands.strokes - before == len("JonasKazlauskasKauno mokyklaLT") + 4
    newcomer = door.person("Jonas Kazlauskas")
    assert (newcomer.list_number, newcomer.status) == (54, "present")

    door.running.clock.set("09:20")
    door.hands.press("F2")
    door.hands.until_on("Given name")
    door.hands.press("Enter", "End", "Backspace", "Backspace")
    door.hands.type("is")
    door.hands.see("03 a name put right")
    door.hands.press("Enter")
    door.hands.until(lambda: any(one.name == "Jonas Kazlauskis" for one in door.people()))
    with door.running.workspace.reader() as uow:
        lines = row_history(uow, "person", newcomer.person_id)
    assert any("Kazlauskas" in str(line) for line in lines)
    door.hands.until_on("Name, list number or badge")
    door.hands.type("kaz")
    door.hands.until(lambda: [one.name for one in door.shown.people] == ["Jonas Kazlauskis"])
    door.hands.see("04 found by the new name")


def test_somebody_cancelled_is_asked_about_and_a_stranger_is_offered_the_walk_in(
    door: Door,
) -> None:
    cancelled = next(person for person in door.people() if not person.is_on_list)
    let_in(door, cancelled)
    door.hands.until_on("Check in")
    door.hands.see("01 asked about")
    door.counter(0)
    door.hands.press("Tab", "Enter")
    assert not door.person(cancelled.name).is_here
    door.hands.type("zzz")
    door.hands.see("02 nobody fits")
    door.hands.press("Enter", "Esc")
    door.counter(0)


def test_a_latecomer_is_marked_in_the_register_with_the_time_of_now(
    door: Door, morning: Morning
) -> None:
    late = door.person("Ionuț Țăranu-Vișan")
    door.running.clock.set("09:47")
    door.hands.press("Esc")
    door.hands.until(lambda: door.hands.place == "today")
    door.hands.press("Ctrl+K")
    door.hands.type("regis")
    door.hands.see("01 found the register")
    door.hands.press("Enter")
    door.hands.until(
        lambda: door.hands.place == "register" and door.running.window.desk.jobs.pending == 0
    )
    door.hands.press("Ctrl+F")
    door.hands.type("tara")
    door.hands.press("Enter")
    (grid,) = door.running.window.findChildren(RegisterGrid)
    door.hands.until(lambda: grid.hasFocus() and grid.model().rowCount() == 1)
    door.hands.see("02 the row in the register")
    door.hands.press("P")
    door.counter(1)
    door.hands.see("03 present")
    door.hands.press("L")
    door.hands.until(lambda: door.person(late.name).status == "late")
    door.hands.see("04 late")
    arrived = door.person(late.name).arrived_at
    assert arrived is not None
    assert f"{arrived.astimezone(ZONE):%H:%M}" == "09:47"
    door.hands.press("Ctrl+Z")
    door.hands.until(lambda: door.person(late.name).status == "present")


def test_after_the_grace_a_check_in_is_late_and_the_door_says_so(door: Door) -> None:
    door.hands.press("Esc")
    door.hands.until(lambda: door.hands.place == "today")
    door.running.clock.set("09:41")
    door.hands.press("Enter")
    door.hands.until(lambda: door.hands.place == "door" and door.hands.counter == f"0 / {EXPECTED}")
    let_in(door, door.person("Ionuț Țăranu-Vișan"))
    door.counter(1)
    door.hands.see("01 late by now")
    assert door.person("Ionuț Țăranu-Vișan").status == "late"
