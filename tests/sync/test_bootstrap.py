"""A new device begins with the server's snapshot: what it shows, knows and keeps is what replay gives."""

import asyncio
import random
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mentor_desktop.changes import Changes
from mentor_desktop.server import snapshots
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import bootstrapping, course
from mentor_desktop.sync.handing_over import hand_round
from mentor_desktop.sync.joining import workspace_id
from mentor_desktop.sync.protocol.messages import PATHS, SnapshotReply, to_json
from mentor_desktop.sync.replica import bootstrap, log, state
from mentor_desktop.sync.replica.beginning import LogIncompleteError, beginning_of
from mentor_desktop.sync.replica.recompute import check_stream, repair_stream
from mentor_desktop.sync.replica.refusals import Rejection
from mentor_desktop.sync.replica.special import Author, purge_row, reject_operations
from mentor_desktop.sync.replica.transactions import connect_to
from mentor_desktop.sync.status import State
from mentor_desktop.sync.steps import Request, Response
from tests import factories
from tests.sync.replica.devices import Device, same
from tests.sync.replica.histories import Work
from tests.sync.simulation.devices import Laptop, LaptopClock, Time, claim, join
from tests.sync.simulation.network import Network, Stopped, Weather
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


def _two(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> tuple[Worker, Worker]:
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


def _spoilt(monkeypatch: pytest.MonkeyPatch, crowd: Crowd, path: str, spoil: Any) -> list[Request]:
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


@pytest.mark.parametrize("crowd", range(3), indirect=True)
def test_begun_device_is_as_one_that_replayed(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    replayed, begun = _two(crowd, monkeypatch)
    assert begun.log_size() < replayed.log_size()
    same(replayed, begun)
    crowd.work(77, 40)
    crowd.meet()
    same(*crowd.workers)
    assert begun.begun() == []  # the older log came meanwhile
    assert begun.log_size() == replayed.log_size()
    assert begun.refused() == replayed.refused()
    with closing(connect_to(begun.workspace)) as raw:
        for stream in state.streams(raw):
            assert check_stream(raw, stream).was_right


def test_later_operations_merge_with_the_rows_of_the_snapshot(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = crowd.workers[:2]
    people = [first.act(lambda uow: factories.person(uow.session).id) for _one in range(3)]
    crowd.meet()
    # Made before the snapshot and sent after it: bases and what is seen lie before it.
    away = crowd.join("Away")
    away.sync()
    crowd.workers.remove(away)
    other.set("person", people[0], email="other@example.org")
    crowd.meet()
    away.set("person", people[0], email="away@example.org")
    away.set("person", people[1], note="seen before")
    away.delete("person", people[2])
    replayed, begun = _two(crowd, monkeypatch)
    assert begun.has("person", people[2])
    with monkeypatch.context() as patched:
        patched.setattr(course, "FILL_PAGES", 0)
        away.sync()
        replayed.sync()
        begun.sync()
    assert PEOPLE in begun.begun()
    same(replayed, begun)
    assert begun.value("person", people[1], "note") == "seen before"
    assert not begun.has("person", people[2])
    conflicts = begun.raw.execute("SELECT row FROM sync_row WHERE conflicts > 0").fetchall()
    assert (people[0],) in conflicts
    crowd.workers.append(away)


def test_rejection_of_what_the_snapshot_holds_fetches_the_log_first(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    jonas = crowd.workers[1]
    person = jonas.act(lambda uow: factories.person(uow.session, given_name="Mistake").id)
    jonas.sync()
    numbers = state.Numbers(jonas.raw)
    place = (numbers.stream(PEOPLE), numbers.device(jonas.id))
    seq = log.chain_of(jonas.raw, *place).held
    replayed, begun = _two(crowd, monkeypatch)
    assert begun.has("person", person)
    with closing(connect_to(crowd.first.workspace)) as raw:
        rejection = Rejection(jonas.id, seq, seq, "mistake")
        reject_operations(raw, PEOPLE, rejection, author=Author("Rasa", crowd.time.now_ms))
    crowd.first.sync()
    replayed.sync()
    begun.sync()
    assert not begun.has("person", person)
    assert begun.begun() == []
    same(replayed, begun)
    assert begun.refused() == replayed.refused()


def test_purge_of_what_the_snapshot_holds_leaves_no_value(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = crowd.first.act(lambda uow: factories.person(uow.session, given_name="Canary").id)
    replayed, begun = _two(crowd, monkeypatch)
    with closing(connect_to(crowd.first.workspace)) as raw:
        author = Author("Rasa", crowd.time.now_ms)
        purge_row(raw, "person", person, reason="asked to", author=author)
    crowd.first.sync()
    for one in (replayed, begun):
        one.sync()
    assert begun.begun() == []
    same(replayed, begun)
    bodies = begun.raw.execute("SELECT body FROM sync_batch").fetchall()
    assert not any(b"Canary" in zlib.decompress(body) for (body,) in bodies)


def test_while_the_log_is_not_here_nothing_is_folded_from_it(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _replayed, begun = _two(crowd, monkeypatch)
    before = begun.rows()
    with closing(connect_to(begun.workspace)) as raw:
        with pytest.raises(LogIncompleteError):
            repair_stream(raw, PEOPLE)
        with pytest.raises(LogIncompleteError):
            hand_round(begun.workspace, tmp_path / "stick")
    assert begun.rows() == before
    assert not (tmp_path / "stick").exists()
    begun.sync()
    with closing(connect_to(begun.workspace)) as raw:
        assert repair_stream(raw, PEOPLE).was_right


def test_differing_digest_is_mended_from_the_fetched_log(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    replayed, begun = _two(crowd, monkeypatch)
    with closing(connect_to(begun.workspace)) as raw:
        raw.execute("UPDATE sync_digest SET sums = zeroblob(8192)")
    crowd.server.fold()
    begun.sync()
    assert begun.begun() == []
    same(replayed, begun)


def test_stopped_again_and_again_it_goes_on_where_it_was(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    replayed, _begun = _two(crowd, monkeypatch)
    new = crowd.join("Stopped")
    for one in crowd.workers[:-1]:
        one.sync()
    asked = _spoilt(monkeypatch, crowd, PATHS["snapshot_part"], lambda content: content)
    stops = 0
    while True:
        try:
            new.sync(Weather(stop=0.12))
            break
        except Stopped:
            stops += 1
            new.reopen()
        begun = beginning_of(new.raw, PEOPLE)
        if begun is not None and not begun.is_loaded:
            assert state.cursor(new.raw, PEOPLE).since == 0
            assert new.raw.execute(
                "SELECT count(*) FROM sync_applied WHERE stream = "
                "(SELECT no FROM sync_stream WHERE stream = 'people')"
            ).fetchone() == (0,)
    assert stops > 3
    same(replayed, new)
    addresses = [request.query["hash"] for request in asked]
    assert len(addresses) < len(set(addresses)) + stops + 1  # no part twice, but for a stop


def test_part_taken_in_twice_changes_nothing(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    load = bootstrap.load

    def twice(*given: Any) -> Changes:
        changes = load(*given)
        assert load(*given) == Changes()
        return changes

    monkeypatch.setattr(bootstrap, "load", twice)
    same(*_two(crowd, monkeypatch))


def test_own_work_between_two_parts_is_merged(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    replayed, _begun = _two(crowd, monkeypatch)
    new = crowd.join("Busy")
    for one in crowd.workers[:-1]:
        one.sync()
    edits: list[str] = []

    def meanwhile(content: bytes) -> bytes:
        for (row,) in new.raw.execute("SELECT id FROM person LIMIT 2").fetchall():
            new.set("person", row, note=f"edit {len(edits)}")
            edits.append(row)
        new.act(lambda uow: factories.organisation(uow.session))
        return content

    with monkeypatch.context() as patched:
        _spoilt(patched, crowd, PATHS["snapshot_part"], meanwhile)
        new.sync()
    assert edits
    crowd.meet()
    same(replayed, new)


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[:-5],
    "another": lambda content: zlib.compress(b"{}"),
    "empty": lambda content: b"",
}


@pytest.mark.parametrize("how", sorted(SPOILT))
@pytest.mark.expects_log("a snapshot is of no use")
def test_damaged_part_leads_to_a_pull_from_the_beginning(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    replayed, _begun = _two(crowd, monkeypatch)
    new = crowd.join("Damaged")
    for one in crowd.workers[:-1]:
        one.sync()
    count = 0

    def later(content: bytes) -> bytes:
        nonlocal count
        count += 1
        return content if count < 4 else SPOILT[how](content)

    assert _spoilt(monkeypatch, crowd, PATHS["snapshot_part"], later) == []
    new.sync()
    assert new.begun() == []
    same(replayed, new)


@pytest.mark.expects_log("a snapshot is of no use")
def test_snapshot_that_is_not_what_its_digest_says_is_taken_out_again(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    replayed, _begun = _two(crowd, monkeypatch)
    new = crowd.join("Lied to")
    for one in crowd.workers[:-1]:
        one.sync()

    def one_short(content: bytes) -> bytes:
        reply = msgspec.json.decode(content, type=SnapshotReply)
        del reply.parts[1:2]
        return to_json(reply)

    asked = _spoilt(monkeypatch, crowd, PATHS["snapshot"], one_short)
    new.sync()
    assert asked
    assert new.begun() == []
    same(replayed, new)
