"""The way of a first workshop: claim a server, join with a second laptop, meet in the middle."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.joining import workspace_id
from mentor_desktop.sync.status import State
from tests import factories
from tests.sync.simulation.devices import Laptop, LaptopClock, Time, claim, join
from tests.sync.simulation.network import Network
from tests.sync.simulation.server import Server
from tests.workspaces import Template


@pytest.fixture
def network() -> Iterator[Network]:
    loop = asyncio.new_event_loop()
    yield Network(loop, random.Random(1))
    loop.close()


def test_what_one_laptop_writes_the_other_shows(
    tmp_path: Path, network: Network, workspace_template: Template
) -> None:
    time = Time()
    server = Server(tmp_path / "server", network, time)
    clock = LaptopClock(time)
    root = workspace_template.copy_to(tmp_path / "a")
    first = Laptop(
        "Rasa", Workspace.open(root, workspace_template.key, clock=clock), clock, network, time
    )
    first.act(lambda uow: factories.attendance_mark(uow.session))
    claim(first, server.invite(), network)
    status = first.sync()
    assert (status.state, status.reason, status.waiting_changes) == (State.IDLE, "", 0)
    ws = workspace_id(first.workspace)
    second = join("Jonas", tmp_path / "b", server.invite("organiser", ws), network, time)
    status = second.sync()
    assert (status.state, status.reason) == (State.IDLE, "")
    assert second.rows() == first.rows()
    for one in (first, second):
        one.close()
    server.stop()
