"""200 devices push and pull at random at two server processes on PostgreSQL, beside one alone.

Six workspaces, one with 100 devices and five with 20; the single device, in one of its own,
does the same kinds of steps in the same run. Counted: every answer (only 200 and 429 may come),
CPU of the server's processes and of PostgreSQL for each change that went either way, merging
included, and the memory of each process. Behind it `mentor-server check` looks at everything.

Unset, a form of less than a minute, all at once. MENTOR_LOAD_S=1800 runs for that many seconds
(`make soak`) with pauses between requests, and holds the memory to its bound;
MENTOR_LOAD_SEED (7) chooses what each device does.
"""

import asyncio
import itertools
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import psutil
from _load_devices import PEOPLE, PUSH, Device, Prepared, Step, Tally, plan
from _postgresql import postgresql, tree_cpu_s
from report import Check, report

from mentor_desktop.ids import new_id
from mentor_desktop.server.service import Service

LOAD_S = float(os.environ.get("MENTOR_LOAD_S", "0"))
SEED = int(os.environ.get("MENTOR_LOAD_SEED", "7"))
WORKSPACES = (100, 20, 20, 20, 20, 20)
WORKSHOPS = 2  # of each workspace; a device may use these streams and the people's
STEPS, ROUNDS, WARM_UP_STEPS = 6, 2, 3  # of each device, in the short form
LONG_STEPS, PAUSE_S = 12, 4.0  # a round of about a minute
IMPORTS, IMPORTED_AT_ONCE = 21, 1_000  # more than a snapshot waits for
ALONE_STEPS = 240  # of the single device in each round
SAMPLE_EVERY_S = 0.5
MERGE_LIMIT_S = 120
TIMES_ALONE = 1.5
# The least a request could leave behind for ever: one entry of a dict with a key of its own
# (an id as text is 81 bytes, its place in the dict some 50).
LEAK_BYTES = 128
SERVER = [sys.executable, "-m", "mentor_desktop.server"]


class Watch:
    """CPU and memory of the server's processes and of PostgreSQL."""

    def __init__(self, server: int, postgresql: int) -> None:
        self._roots = {"server": server, "postgresql": postgresql}
        self.workers = psutil.Process(server).children()

    def cpu_s(self) -> dict[str, float]:
        """Return the CPU seconds so far."""
        return {name: tree_cpu_s(pid) for name, pid in self._roots.items()}

    def memory(self) -> list[int]:
        """Return the resident bytes of each process that answers."""
        return [one.memory_info().rss for one in self.workers]


@dataclass
class Cost:
    """What was done and what CPU it took."""

    tally: Tally = field(default_factory=Tally)
    cpu_s: dict[str, float] = field(default_factory=dict)
    wall_s: float = 0.0

    def per_change_us(self) -> float:
        """Return the CPU microseconds for each change that went either way."""
        return sum(self.cpu_s.values()) / self.tally.changes * 1e6

    def facts(self) -> dict[str, object]:
        """Return the figures, rounded."""
        tally = self.tally
        return {
            "requests": tally.requests,
            "answers": {str(status): count for status, count in sorted(tally.answers.items())},
            "pushed": tally.pushed,
            "pulled": tally.pulled,
            "cpu_us_a_change": round(self.per_change_us(), 1),
            "cpu_ms_a_request": {
                name: round(value / tally.requests * 1_000, 2) for name, value in self.cpu_s.items()
            },
            "requests_a_second": round(tally.requests / self.wall_s, 1),
        }


class Load:
    """The devices, and the server that they ask."""

    def __init__(self, address: str, watch: Watch) -> None:
        self._address, self.watch = address, watch
        self._dice = random.Random(SEED)
        self.crowd: list[Device] = []
        self.alone: list[Device] = []
        self.costs = {"crowd": Cost(), "alone": Cost()}
        self.samples: list[tuple[int, list[int]]] = []  # requests so far, memory of each process

    async def enrol(self, service: Service) -> None:
        """Let all devices join."""
        port, numbers = int(self._address.rpartition(":")[2]), itertools.count()
        for size in (1, *WORKSPACES):
            ws, streams = "", [PEOPLE, *(f"w:{new_id()}" for _ in range(WORKSHOPS))]
            for _ in range(size):
                device = Device(next(numbers), port)
                ws = await device.join(service, ws, streams)
                (self.crowd if size > 1 else self.alone).append(device)

    async def warm_up(self) -> None:
        """Fill every stream so that there is a page to pull, and let all caches fill.

        Where memory is looked at, everything the server ever does has been done before: in each
        workspace somebody imports so many people that it takes a snapshot.
        """
        if LOAD_S:
            batches = [Step(PUSH, 0, IMPORTED_AT_ONCE, is_edit=False)] * IMPORTS
            for one in {device.ws: device for device in self.crowd}.values():
                await self._do([one], [one.prepare(batches)], 0.0, Cost())
        # Behind the imports again: whoever pulls later gets pages like those of one alone.
        for devices, steps in (
            (self.alone, ALONE_STEPS // 2),
            (self.crowd, LONG_STEPS if LOAD_S else WARM_UP_STEPS),
        ):
            await self._round(devices, steps, 0.0, Cost())

    async def round(self, steps: int, pause_s: float) -> None:
        """Let the single device do its part, then the crowd."""
        await self._round(self.alone, ALONE_STEPS, 0.0, self.costs["alone"])
        sampling = asyncio.create_task(self._sample(self.costs["crowd"].tally))
        await self._round(self.crowd, steps, pause_s, self.costs["crowd"])
        sampling.cancel()

    async def _round(
        self, devices: Sequence[Device], steps: int, pause_s: float, cost: Cost
    ) -> None:
        plans = [plan(self._dice, steps, 1 + WORKSHOPS) for _ in devices]
        prepared = [one.prepare(its) for one, its in zip(devices, plans, strict=True)]
        await self._do(devices, prepared, pause_s, cost)

    async def _do(
        self, devices: Sequence[Device], prepared: Sequence[Prepared], pause_s: float, cost: Cost
    ) -> None:
        before, started = self.watch.cpu_s(), time.monotonic()
        await asyncio.gather(
            *(
                one.run(its, self._pauses(pause_s), cost.tally)
                for one, its in zip(devices, prepared, strict=True)
            )
        )
        cost.wall_s += time.monotonic() - started
        await self._merged()
        for name, value in self.watch.cpu_s().items():
            cost.cpu_s[name] = cost.cpu_s.get(name, 0.0) + value - before[name]

    def _pauses(self, mean_s: float) -> Iterator[float]:
        yield 0.0  # a round begins with everybody at once
        while True:
            yield self._dice.expovariate(1 / mean_s) if mean_s else 0.0

    async def _sample(self, tally: Tally) -> None:
        while True:
            self.samples.append((tally.requests, self.watch.memory()))
            await asyncio.sleep(SAMPLE_EVERY_S)

    async def _merged(self) -> None:
        """Wait until the rows are merged: that is part of what a push costs."""
        end = time.monotonic() + MERGE_LIMIT_S
        while time.monotonic() < end:
            figures = await asyncio.to_thread(_figures, self._address)
            if "mentor_streams_to_fold 0\n" in figures:
                return
            await asyncio.sleep(SAMPLE_EVERY_S)
        raise TimeoutError("the server does not come to merging")


def _figures(address: str) -> str:
    with urlopen(f"{address}/metrics", timeout=MERGE_LIMIT_S) as answer:  # loopback
        content: bytes = answer.read()
    return content.decode()


async def load(address: str, watch: Watch, service: Service) -> Load:
    """Run the whole load."""
    running = Load(address, watch)
    await running.enrol(service)
    await running.warm_up()
    end = time.monotonic() + LOAD_S
    if LOAD_S:
        while time.monotonic() < end:
            await running.round(LONG_STEPS, PAUSE_S)
    else:
        for _ in range(ROUNDS):
            await running.round(STEPS, 0.0)
    return running


@contextmanager
def serving(folder: Path, database: str) -> Iterator[tuple[str, int]]:
    """Give address and process id of a server of two processes."""
    subprocess.run(
        [*SERVER, "init", "--folder", str(folder), "--database", database],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    arguments = ["serve", "--folder", str(folder), "--port", "0", "--workers", "2"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([*SERVER, *arguments], stderr=log)
        try:
            yield _address(folder / "log", server), server.pid
        finally:
            server.terminate()
            server.wait(60)


def _address(log: Path, server: subprocess.Popen[bytes]) -> str:
    """Return where the server answers, once both its processes do."""
    end = time.monotonic() + MERGE_LIMIT_S
    while time.monotonic() < end and server.poll() is None:
        said = log.read_text("utf-8")
        found = re.search(r"Serving at (\S+)\.", said)
        if found and said.count('"started"') == 2:  # processes
            return found[1]
        time.sleep(SAMPLE_EVERY_S)
    raise RuntimeError("the server did not start")


def bytes_left_behind(samples: Sequence[tuple[int, list[int]]]) -> list[float]:
    """Return by how many bytes each process grew with each of its requests, in the second half."""
    half = samples[len(samples) // 2 :]
    workers = len(half[0][1])
    requests = [asked / workers for asked, _memory in half]
    return [
        statistics.linear_regression(requests, [memory[one] for _asked, memory in half]).slope
        for one in range(workers)
    ]


def main() -> None:
    """Measure and print the line."""
    with postgresql() as database, tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "server")
        with serving(folder, database.url) as (address, server):
            service = Service.open(folder)
            done = asyncio.run(load(address, Watch(server, database.pid), service))
            service.close()
        checked = subprocess.run(
            [*SERVER, "check", "--folder", str(folder)], check=False, capture_output=True, text=True
        )
    crowd, alone = done.costs["crowd"], done.costs["alone"]
    for trouble in (crowd.tally.troubles + alone.tally.troubles)[:20]:
        print(trouble, file=sys.stderr)
    left = bytes_left_behind(done.samples)
    checks = [
        Check("answers other than 200 and 429, and wrong ones", len(crowd.tally.troubles + alone.tally.troubles), 0),
        Check("troubles that mentor-server check finds", len(checked.stderr.splitlines()), 0),
        Check("CPU for a change: times a single device", crowd.per_change_us() / alone.per_change_us(), TIMES_ALONE),
    ]  # fmt: skip
    if LOAD_S:
        checks.append(Check("memory: bytes kept of a request", max(left), LEAK_BYTES))
    report(
        f"a server with {len(done.crowd)} devices on PostgreSQL",
        checks,
        seed=SEED,
        crowd=crowd.facts(),
        alone=alone.facts(),
        memory_mb=_memory(done.samples),
        bytes_kept_of_a_request=[round(one, 1) for one in left],
        checked=checked.stdout.split("\n")[0],
    )


def _memory(samples: Sequence[tuple[int, list[int]]]) -> list[list[float]]:
    """Return the memory of each process at eleven moments from first to last."""
    chosen = [samples[(len(samples) - 1) * part // 10][1] for part in range(11)]
    return [[round(value / 1e6, 1) for value in one] for one in chosen]


if __name__ == "__main__":
    main()
