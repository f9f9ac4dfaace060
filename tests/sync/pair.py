"""Two laptops and a server, without sockets: the smallest place in which the engine runs."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.engine import Engine
from mentor_desktop.sync.joining import workspace_id
from mentor_desktop.sync.replica.sealing import Sealer
from mentor_desktop.sync.status import State, SyncStatus
from mentor_desktop.sync.steps import Reply, Request, Response, Step
from tests import factories
from tests.sync.simulation.base import note_place
from tests.sync.simulation.devices import Laptop, LaptopClock, Time, claim, copy_folder, join
from tests.sync.simulation.network import Fault, Network, Weather
from tests.sync.simulation.server import Server
from tests.workspaces import Template


class OrderedNetwork(Network):
    """A network in which what goes wrong is ordered: the next request to a path has the fault.

    Or it has an answer of its own. `before` is what happens just before a request to a path. `garbled` is a path whose next answer comes with another first byte.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, source: random.Random) -> None:
        super().__init__(loop, source)
        self.orders: list[tuple[str, Fault | Response]] = []
        self.asked: list[Request] = []
        self.before: list[tuple[str, Callable[[], None]]] = []
        self.garbled = ""

    def _reply(self, step: Step, weather: Weather, on_wait: Callable[[float], None]) -> Reply:
        if isinstance(step, Request):
            self.asked.append(step)
            for due in [one for one in self.before if one[0] in step.path][:1]:
                self.before.remove(due)
                due[1]()
            for order in self.orders:
                if order[0] in step.path:
                    self.orders.remove(order)
                    end = order[1]
                    return end if isinstance(end, Response) else self._under(end, step)
            if self.garbled and step.method == "GET" and self.garbled in step.path:
                self.garbled = ""
                answer = self.answer(step)
                wrong = bytes([answer.content[0] ^ 1]) + answer.content[1:]
                return Response(answer.status, wrong, answer.headers)
        return super()._reply(step, weather, on_wait)


class Pair:
    """Laptop `first` brought the workspace, `second` joined it as an organiser."""

    def __init__(self, folder: Path, template: Template, network: OrderedNetwork) -> None:
        self.folder = folder
        self.network = network
        self.time = Time()
        self.server = Server(folder / "server", network, self.time)
        clock = LaptopClock(self.time)
        root = template.copy_to(folder / "first")
        workspace = Workspace.open(root, template.key, clock=clock)
        self.first = Laptop("Rasa", workspace, clock, network, self.time)
        claim(self.first, self.server.invite(), network)
        self.ws = workspace_id(workspace)
        self.laptops = [self.first]
        self.second = self.join("Jonas", "organiser")

    def join(self, name: str, role: str, workshops: list[str] | None = None) -> Laptop:
        """Let one more laptop join."""
        invitation = self.server.invite(role, self.ws, workshops)
        laptop = join(name, self.folder / name, invitation, self.network, self.time)
        self.laptops.append(laptop)
        return laptop

    def twin(self, laptop: Laptop, *, is_noticed: bool = False) -> Laptop:
        """Let a copy of a laptop's folder be used beside it."""
        root = copy_folder(laptop, self.folder / f"twin {len(self.laptops)}")
        if not is_noticed:
            note_place(root, laptop.workspace.key)
        clock = LaptopClock(self.time)
        workspace = Workspace.open(root, laptop.workspace.key, clock=clock)
        made = Laptop(laptop.name, workspace, clock, self.network, self.time)
        self.laptops.append(made)
        return made

    def exchange(self, *laptops: Laptop) -> SyncStatus:
        """Let laptops sync, each as often as it takes; return how things stand at the last."""
        status = SyncStatus()
        for one in (*laptops, *laptops) or (self.first, self.second, self.first):
            self.server.fold()
            status = one.sync()
            assert status.state is not State.OFFLINE, status
        return status

    def open_window(self, laptop: Laptop, has_window: bool = True) -> None:
        """Let the laptop sync beside a window, or as the command does."""
        source = random.Random(1)
        laptop.engine = Engine(
            laptop.workspace, source, now_ms=laptop.clock.now_ms, has_window=has_window
        )

    def close(self) -> None:
        for laptop in self.laptops:
            laptop.close()
        self.server.stop()


def count(laptop: Laptop, table: str) -> int:
    """Return how many rows a table shows."""
    return int(laptop.look.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def add_people(laptop: Laptop, number: int = 1) -> list[str]:
    """Add people, each in a batch of its own."""
    made = []
    for _one in range(number):
        made.append(str(laptop.act(lambda uow: factories.person(uow.session).id)))
        seal(laptop)
    return made


def seal(laptop: Laptop) -> None:
    """Seal what the laptop did until now: what comes later is in another batch."""
    with closing(laptop.workspace.exchange_connection()) as raw:
        Sealer(raw).seal_all()


def value(laptop: Laptop, sql: str, *parameters: Any) -> Any:
    """Return the first column of the first row, None when there is none."""
    row = laptop.look.execute(sql, parameters).fetchone()
    return None if row is None else row[0]


@pytest.fixture
def pair(tmp_path: Path, workspace_template: Template) -> Iterator[Pair]:
    loop = asyncio.new_event_loop()
    made = Pair(tmp_path, workspace_template, OrderedNetwork(loop, random.Random(1)))
    yield made
    made.close()
    loop.close()
