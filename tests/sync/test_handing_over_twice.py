"""One file for a new laptop opened on two: one of them stays, the other is told, nothing is lost."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mentor_desktop.errors import StoreError
from mentor_desktop.services.second_laptop import (
    Handed,
    Received,
    begin_on_this_laptop,
    hand_over_choices,
    hand_to_known_laptop,
    hand_to_new_laptop,
    receive,
)
from mentor_desktop.services.second_laptop_words import summary
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.handing_over import hand_round
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.status import State
from tests import factories
from tests.cheap import CHEAP
from tests.sync.laptops import PASSPHRASE, TwoLaptops
from tests.sync.simulation.devices import Laptop, LaptopClock, claim
from tests.sync.simulation.world import World

USED = "was used on the laptop of {}"


class Twice:
    """A whole workspace, handed to Jana and to Petr in one and the same file."""

    def __init__(self, first: Workspace, folder: Path) -> None:
        self.first, self.folder, self.files = first, folder, 0
        self.names: dict[str, Workspace] = {}
        handed = self.invite(first)
        for name in ("Jana", "Petr"):
            self.begin(handed, name)

    def path(self) -> Path:
        self.files += 1
        return self.folder / f"file {self.files}"

    def invite(self, by: Workspace) -> Handed:
        return hand_to_new_laptop(by, self.path(), cost=CHEAP)

    def begin(self, handed: Handed, name: str) -> Workspace:
        made = begin_on_this_laptop(
            self.folder / name,
            handed.path,
            handed.words,
            passphrase=PASSPHRASE,
            actor=name,
            clock=self.first.clock,
        )
        self.names[name] = made.workspace
        return made.workspace

    def let_in_again(self, name: str) -> None:
        """Open a new file for a new laptop on one that has the workspace."""
        handed = self.invite(self.first)
        receive(self.names[name], handed.path, handed.words)

    def work(self, name: str) -> str:
        return add_person(self.names[name])

    def close(self) -> None:
        for one in self.names.values():
            one.close(with_backup=False)


def add_person(workspace: Workspace) -> str:
    with workspace.unit_of_work() as uow:
        person = str(factories.person(uow.session).id)
        uow.commit()
    return person


def bring(sender: Workspace, receiver: Workspace, path: Path) -> Received:
    """Carry a file to one laptop, or where that is not known to anybody who has the words."""
    own = device_of(receiver)
    with sender.reader() as uow:
        known = {one.device for one in hand_over_choices(uow).laptops}
    if own in known:
        return receive(receiver, hand_to_known_laptop(sender, path, device=own).path)
    handed = hand_round(sender, path, cost=CHEAP)
    return receive(receiver, handed.path, handed.words)


def device_of(workspace: Workspace) -> str:
    with closing(workspace.exchange_connection()) as raw:
        return state.identity(raw).device


def people(workspace: Workspace) -> set[str]:
    with workspace.reader() as uow:
        return {row[0] for row in uow.raw.execute("SELECT id FROM person").fetchall()}


def team(workspace: Workspace) -> set[str]:
    """Return the names of the other laptops that a laptop knows."""
    with workspace.reader() as uow:
        return {one.name for one in hand_over_choices(uow).laptops}


@pytest.fixture
def twice(laptops: TwoLaptops, tmp_path: Path) -> Iterator[Twice]:
    made = Twice(laptops.a, tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(("first", "second"), [("Jana", "Petr"), ("Petr", "Jana")])
class TestWithoutServer:
    """Files alone go between the laptops."""

    def test_who_answers_first_stays_and_the_other_is_told(
        self, twice: Twice, first: str, second: str
    ) -> None:
        bring(twice.names[first], twice.first, twice.path())
        person = twice.work(second)
        with pytest.raises(StoreError, match=USED.format(first)):
            bring(twice.names[second], twice.first, twice.path())
        assert person not in people(twice.first)
        assert team(twice.first) == {first}
        person = twice.work(first)
        bring(twice.names[first], twice.first, twice.path())
        assert person in people(twice.first)

    def test_who_was_too_late_gives_everything_with_a_new_file(
        self, twice: Twice, first: str, second: str
    ) -> None:
        early, late = twice.work(second), twice.work(first)
        bring(twice.names[first], twice.first, twice.path())
        # It hears of the other, and what to do, before it hands anything on.
        bring(twice.first, twice.names[second], twice.path())
        with pytest.raises(StoreError, match=USED.format(first)):
            hand_round(twice.names[second], twice.path(), cost=CHEAP)
        twice.let_in_again(second)
        bring(twice.names[second], twice.first, twice.path())
        bring(twice.first, twice.names[first], twice.path())
        assert {early, late} <= people(twice.first)
        assert people(twice.first) == people(twice.names[first]) == people(twice.names[second])
        assert team(twice.first) == {"Jana", "Petr"}
        assert len({one.device for one in (twice.first, *twice.names.values())}) == 3

    def test_who_was_too_late_and_put_back_since_gives_everything_with_a_new_file(
        self, twice: Twice, first: str, second: str
    ) -> None:
        early, late = twice.work(second), twice.work(first)
        bring(twice.names[first], twice.first, twice.path())
        bring(twice.first, twice.names[second], twice.path())
        twice.names[second].become_another_device()
        with pytest.raises(StoreError, match=USED.format(first)):
            hand_round(twice.names[second], twice.path(), cost=CHEAP)
        twice.let_in_again(second)
        after = twice.work(second)
        bring(twice.names[second], twice.first, twice.path())
        assert {early, late, after} <= people(twice.first)
        assert people(twice.first) == people(twice.names[second])

    def test_a_third_laptop_that_heard_the_other_first_agrees_with_who_invited(
        self, twice: Twice, first: str, second: str
    ) -> None:
        third = twice.begin(twice.invite(twice.first), "Ona")
        person = twice.work(second)
        bring(twice.names[second], third, twice.path())
        assert team(third) >= {second}
        bring(twice.names[first], twice.first, twice.path())
        for _again in range(2):  # what is kept and counts for nothing yet was never here before
            received = bring(third, twice.first, twice.path())
            assert received.early
            assert person not in people(twice.first)
        assert summary(received) == "Nothing of this counts yet."
        assert team(twice.first) == {first, "Ona"}
        bring(twice.first, third, twice.path())
        assert first in team(third)
        assert second not in team(third)
        twice.let_in_again(second)
        for one in (third, twice.first):
            bring(twice.names[second], one, twice.path())
        assert person in people(twice.first)
        assert people(twice.first) == people(third)
        assert second in team(third)


@pytest.fixture
def on_server(world: World, tmp_path: Path) -> Iterator[Twice]:
    made = Twice(world.laptops["ana"].workspace, tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("way", ["file", "link"])
@pytest.mark.parametrize("order", [("ana", "ben"), ("ben", "ana")])
def test_whom_the_server_took_stays_on_all_laptops(
    world: World, on_server: Twice, order: tuple[str, str], way: str
) -> None:
    """Jana answers the laptop that invited, Petr another one; that one may be the first to sync."""
    answers = {"ana": "Jana", "ben": "Petr"}
    people_of = {}
    for name, laptop in answers.items():
        people_of[laptop] = on_server.work(laptop)
        bring(on_server.names[laptop], world.laptops[name].workspace, on_server.path())
    stays, late = (answers[name] for name in order)
    for _round in range(2):
        for name in (*order, "cia"):
            world.sync(name)
    known = {name: team(world.laptops[name].workspace) for name in ("ana", "ben", "cia")}
    assert [(stays in one, late in one) for one in known.values()] == [(True, False)] * 3
    with pytest.raises(StoreError, match=USED.format(stays)):
        bring(on_server.names[late], world.laptops[order[0]].workspace, on_server.path())
    if way == "file":
        on_server.let_in_again(late)
        bring(on_server.names[late], on_server.first, on_server.path())
    else:
        workspace = on_server.names[late]
        laptop = Laptop(late, workspace, LaptopClock(world.time), world.network, world.time)
        claim(laptop, world.server.invite("organiser", world.base.ws), world.network)
        laptop.sync()
        status = laptop.sync()
        assert (status.state, status.waiting_changes, status.not_shared) == (State.IDLE, 0, 0)
        laptop.let_go()
    for _round in range(2):
        for name in (*order, "cia"):
            status = world.sync(name)
            assert status is not None
            assert (status.state, status.waiting_changes, status.not_shared) == (State.IDLE, 0, 0)
    assert world.warnings.buffer == []
    for name in ("ana", "ben", "cia"):
        workspace = world.laptops[name].workspace
        assert {*people_of.values()} <= people(workspace)
        assert {"Jana", "Petr"} <= team(workspace)
    assert world.laptops["ana"].rows() == world.laptops["ben"].rows() == world.laptops["cia"].rows()
