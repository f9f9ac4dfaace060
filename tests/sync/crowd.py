"""A server with small early snapshots, laptops with a history, and new ones that join."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mentor_desktop.server import snapshots
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import bootstrapping, course
from mentor_desktop.sync.joining import workspace_id
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.beginning import beginning_of
from mentor_desktop.sync.status import State
from mentor_desktop.sync.steps import Request, Response
from tests.sync.replica.devices import Device
from tests.sync.replica.histories import Work
from tests.sync.simulation.devices import Laptop, LaptopClock, Time, claim, join
from tests.sync.simulation.network import Network, Weather
from tests.sync.simulation.server import Server
from tests.workspaces import FrozenClock, Template

PEOPLE = "people"
NEVER = 10**9


class _Moved(FrozenClock):
    """The clock of a laptop, as `Work` moves it."""

    def __init__(self, clock: LaptopClock) -> None:
        self._clock = clock

    def advance(self, **step: float) -> None:
        self._clock.error_ms += int(step["seconds"] * 1_000)


class Worker(Device):
    """A laptop of the simulation on which random work is done, and that is compared."""

    def __init__(self, laptop: Laptop) -> None:
        self.laptop = laptop
        self.workspace = laptop.workspace
        self.clock = _Moved(laptop.clock)
        self.name = laptop.name
        self.raw = laptop.look

    def sync(self, weather: Weather | None = None) -> None:
        """Exchange everything; nothing may be left over."""
        status = self.laptop.sync(**({"weather": weather} if weather else {}))
        assert (status.state, status.reason) == (State.IDLE, "")

    def reopen(self) -> None:
        """Begin again as after a killed program."""
        self.laptop.reopen()
        self.workspace = self.laptop.workspace
        self.raw = self.laptop.look

    def refused(self) -> list[tuple[Any, ...]]:
        """Return what counts as never made."""
        found: list[tuple[Any, ...]] = self.raw.execute(
            "SELECT s.stream, p.device, r.first_seq, r.last_seq, r.reason FROM sync_refused r "
            "JOIN sync_stream s ON s.no = r.stream JOIN sync_peer p ON p.no = r.device ORDER BY 1, 2, 3"
        ).fetchall()
        return found

    def begun(self) -> list[str]:
        """Return the streams whose log begins behind a snapshot."""
        return [one for one in state.streams(self.raw) if beginning_of(self.raw, one)]

    def log_size(self) -> int:
        """Return how many batches are here."""
        return int(self.raw.execute("SELECT count(*) FROM sync_batch").fetchone()[0])


class Crowd:
    """A server, three laptops with a history, and new ones that join."""

    def __init__(self, folder: Path, template: Template, seed: int) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self.time = Time()
        self.network = Network(self._loop, random.Random(seed))
        self.server = Server(folder / "server", self.network, self.time)
        self.workers: list[Worker] = []
        clock = LaptopClock(self.time)
        root = template.copy_to(folder / "a")
        opened = Workspace.open(root, template.key, clock=clock)
        first = Laptop("Rasa", opened, clock, self.network, self.time)
        claim(first, self.server.invite(), self.network)
        self.first = self._added(first)
        self.first.sync()

    def join(
        self, name: str, role: str = "organiser", workshops: list[str] | None = None
    ) -> Worker:
        """Give a new laptop that has nothing yet."""
        ws = workspace_id(self.first.workspace)
        invitation = self.server.invite(role, ws, workshops)
        return self._added(join(name, self._folder / name, invitation, self.network, self.time))

    def work(self, seed: int, steps: int) -> None:
        """Let everybody work at random, meeting now and then."""
        work = Work(random.Random(seed))
        for _step in range(steps):
            worker = work.dice.choice(self.workers)
            work.step(worker)
            if work.dice.random() < 0.2:
                worker.sync()

    def meet(self) -> None:
        """Let everybody have everything, and the server fold it."""
        for _round in range(2):
            for one in self.workers:
                one.sync()
            self.server.fold()

    def snapshot(self) -> None:
        """Let everybody meet, and the server take its snapshots."""
        self.meet()
        for service in self.server.services:
            ws = workspace_id(self.first.workspace)
            for stream in state.streams(self.first.raw):
                snapshots.take_when_due(service, ws, stream)

    def close(self) -> None:
        for one in self.workers:
            one.laptop.close()
        self.server.stop()
        self._loop.close()

    def _added(self, laptop: Laptop) -> Worker:
        worker = Worker(laptop)
        self.workers.append(worker)
        return worker


@pytest.fixture
def crowd(
    tmp_path: Path, workspace_template: Template, monkeypatch: pytest.MonkeyPatch, request: Any
) -> Iterator[Crowd]:
    """Give a crowd whose server makes small snapshots early, and whose devices take them."""
    monkeypatch.setattr(snapshots, "LEAST_FRESH_OPS", 1)
    monkeypatch.setattr(snapshots, "FRESH_SHARE", NEVER)
    monkeypatch.setattr(snapshots, "ROWS_IN_PART", 7)
    monkeypatch.setattr(bootstrapping, "LEAST_OPERATIONS", 1)
    seed, steps = getattr(request, "param", 1), 60 if hasattr(request, "param") else 20
    made = Crowd(tmp_path, workspace_template, seed)
    made.join("Jonas")
    made.join("Tomas", "trainer", ["*"])
    made.work(seed, steps)
    yield made
    made.close()


def replayed_and_begun(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> tuple[Worker, Worker]:
    """Give two new laptops: one replayed everything, one took snapshots and no log before them."""
    crowd.snapshot()
    replayed, begun = crowd.join("Replay"), crowd.join("Begun")
    with monkeypatch.context() as patched:
        patched.setattr(bootstrapping, "LEAST_OPERATIONS", NEVER)
        replayed.sync()
    with monkeypatch.context() as patched:
        patched.setattr(course, "FILL_PAGES", 0)
        begun.sync()
    assert replayed.begun() == []
    assert PEOPLE in begun.begun()
    return replayed, begun


def spoil_answers(
    monkeypatch: pytest.MonkeyPatch, crowd: Crowd, path: str, spoil: Any
) -> list[Request]:
    """Let every answer to one kind of request be another one; return the requests."""
    answer, seen = crowd.network.answer, []

    def spoilt(request: Request) -> Response:
        response = answer(request)
        if request.path != path:
            return response
        seen.append(request)
        return Response(response.status, spoil(response.content), response.headers)

    monkeypatch.setattr(crowd.network, "answer", spoilt)
    return seen
