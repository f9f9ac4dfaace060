"""A large action of others goes in whole, and nobody at the door waits for its end."""

from collections.abc import Callable
from pathlib import Path
from threading import Thread
from time import sleep

import pytest
from sqlalchemy import insert

from mentor_desktop.ids import new_id
from mentor_desktop.models import Person
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.handing_over import hand_round
from mentor_desktop.sync.protocol.messages import PATHS
from mentor_desktop.sync.replica import giving_way
from mentor_desktop.sync.replica.applying import _Page
from mentor_desktop.sync.status import State
from mentor_desktop.sync.taking_in import take_in
from tests import factories
from tests.cheap import CHEAP
from tests.sync.pair import Pair, count, seal
from tests.sync.simulation.devices import Laptop

MANY = 3_000
LONGEST_S = 20


@pytest.fixture(autouse=True)
def nothing_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving_way, "_OWN_S", 0.0)


def act_on_many(laptop: Laptop) -> None:
    """Make many people in one action."""
    with laptop.workspace.unit_of_work() as uow:
        uow.describe("Many")
        people = [
            {
                "id": new_id(),
                "given_name": "Ana",
                "family_name": f"Pop {number}",
                "created_at": uow.clock(),
            }
            for number in range(MANY)
        ]
        uow.session.execute(insert(Person), people)
        uow.commit()
    seal(laptop)


class Door:
    """Somebody writes on a laptop each time a part of a page was applied there."""

    def __init__(self, workspace: Workspace, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self._workspace = workspace
        self._left = times
        self._threads: list[Thread] = []
        # How many people there were when each of them had written.
        self.seen: list[int] = []
        apply_part: Callable[..., None] = _Page._apply_part

        def applied(page: _Page, part: object) -> None:
            apply_part(page, part)
            if self._left:
                self._left -= 1
                self._come()

        monkeypatch.setattr(_Page, "_apply_part", applied)

    def _come(self) -> None:
        one = Thread(target=self._write, daemon=True)
        one.start()
        self._threads.append(one)
        while not self._workspace.gate.is_wanted:
            sleep(0.001)

    def _write(self) -> None:
        with self._workspace.unit_of_work() as uow:
            uow.describe("Came")
            factories.person(uow.session, family_name="Door")
            uow.session.flush()
            self.seen.append(uow.raw.execute("SELECT count(*) FROM person").fetchone()[0])
            uow.commit()

    def close(self) -> None:
        for one in self._threads:
            one.join(LONGEST_S)
            assert not one.is_alive()


def test_who_marks_meanwhile_writes_first_and_the_action_comes_whole(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.exchange()
    pair.open_window(pair.second)
    act_on_many(pair.first)
    pair.exchange(pair.first)
    door = Door(pair.second.workspace, 1, monkeypatch)
    status = pair.second.sync()
    door.close()
    assert (status.state, status.reason) == (State.IDLE, "")
    assert door.seen == [1]
    pair.exchange()
    assert count(pair.first, "person") == MANY + 1
    assert pair.first.rows() == pair.second.rows()


def test_an_action_that_finds_no_time_is_left_for_the_next_sync(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    third = pair.join("Ilze", "organiser")
    pair.exchange()
    pair.open_window(pair.second)
    act_on_many(pair.first)
    third.act(lambda uow: factories.person(uow.session, family_name="Small"))
    pair.exchange(pair.first, third)
    pair.network.asked.clear()
    door = Door(pair.second.workspace, 10**6, monkeypatch)
    status = pair.second.sync()
    door.close()
    # That is no damage to be mended.
    assert not [one for one in pair.network.asked if one.path == PATHS["digest"]]
    # Others' small ones came, and nothing of the large one.
    assert (status.state, status.reason) == (
        State.IDLE,
        "Much that others did comes in when nobody marks for a few seconds.",
    )
    assert count(pair.second, "person") == 1 + len(door.seen)
    assert max(door.seen) == 1 + len(door.seen)
    monkeypatch.undo()
    assert pair.second.sync().reason == ""
    pair.exchange(pair.second, pair.first, third)
    assert count(third, "person") == MANY + 1 + len(door.seen)
    assert pair.first.rows() == pair.second.rows() == third.rows()


def test_an_action_of_a_file_is_waited_for_in_the_end(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.exchange()
    act_on_many(pair.first)
    handed = hand_round(pair.first.workspace, tmp_path / "stick", cost=CHEAP)
    door = Door(pair.second.workspace, 10**6, monkeypatch)
    take_in(pair.second.workspace, handed.path, handed.words, has_window=True)
    door.close()
    assert door.seen
    assert all(seen <= len(door.seen) or seen > MANY for seen in door.seen)
    assert count(pair.second, "person") == MANY + len(door.seen)
