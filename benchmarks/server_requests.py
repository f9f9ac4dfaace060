"""What requests cost a server process in CPU, beside a request that only finds nothing.

A real process on SQLite answers over the loopback; its CPU time is read before and after.
Merging behind the push is measured apart. Figures for docs/server.md.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import msgspec
import psutil
from report import Check, report

from mentor_desktop.ids import new_id
from mentor_desktop.server.folding import fold_all
from mentor_desktop.server.service import Service
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.invitations import parse_invitation
from mentor_desktop.sync.keys.sessions import sign_session
from mentor_desktop.sync.protocol.batches import NO_HASH, frames, make_batch
from mentor_desktop.sync.protocol.messages import JoinRequest, to_json
from mentor_desktop.sync.protocol.operations import Action, Content, Run, tick

ROUNDS, LARGE = 80, 1_000  # within the burst that one device is granted
SERVER = [sys.executable, "-m", "mentor_desktop.server"]


def command(folder: Path, *arguments: str) -> dict[str, str]:
    """Run one command of the server; return its JSON."""
    done = subprocess.run(
        [*SERVER, *arguments, "--folder", str(folder), "--json"],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


class Pusher:
    """A device that joined; knows the end of its chain."""

    def __init__(self, http: httpx2.Client, link: str) -> None:
        invited, keys = parse_invitation(link), DeviceKeys.make()
        self.http, self.keys, self.device = http, keys, new_id()
        request = JoinRequest(
            id=invited.id, secret=invited.secret, device=self.device, name="Bench",
            sign_key=keys.sign_key, seal_key=keys.seal_key,
        )  # fmt: skip
        self.ws = http.post("/v1/join", content=to_json(request)).raise_for_status().json()["ws"]
        self.stream = f"w:{new_id()}"
        self.last_seq, self.last_hash = 0, NO_HASH
        self.sign_in()
        self.epoch = self.hello().json()["epoch"]

    def sign_in(self) -> None:
        """Get a token."""
        at = time.time_ns() // 1_000_000
        signature = sign_session(self.keys, self.ws, self.device, at)
        asked = {"ws": self.ws, "device": self.device, "at": at, "signature": signature}
        answer = self.http.post("/v1/session", content=msgspec.json.encode(asked))
        self.headers = {"Authorization": f"Device {answer.raise_for_status().json()['token']}"}

    def hello(self) -> httpx2.Response:
        """Say hello."""
        asked = msgspec.json.encode({"ws": self.ws, "schema": 2})
        return self.http.post("/v1/hello", content=asked, headers=self.headers).raise_for_status()

    def message(self, count: int) -> bytes:
        """Return one sealed batch of marks as it is sent."""
        first, rows = self.last_seq + 1, [new_id() for _ in range(count)]
        hlc = tick(0, time.time_ns() // 1_000_000)
        hlcs = list(range(hlc, hlc + count))
        columns: dict[str, list[str]] = {
            "registration_id": rows[::-1],
            "slot_id": [rows[0]] * count,
            "status": ["present"] * count,
            "note": [f"came by the {n % 7}th tram" for n in range(count)],
        }
        run = Run(self.device, first, "attendance_mark", "create", "", hlcs, rows, columns)
        content = Content((run,), (Action(run.last_seq, 0, "", "Marked"),))
        batch = make_batch(
            self.ws, self.stream, self.device, first, self.last_hash, content, 2, self.keys.sign
        )
        self.last_seq, self.last_hash = run.last_seq, batch.header.hash
        return frames([batch])

    def push(self, message: bytes) -> None:
        """Push a sealed batch."""
        query = {"ws": self.ws, "stream": self.stream}
        self.http.post(
            "/v1/push", params=query, content=message, headers=self.headers
        ).raise_for_status()

    def pull(self, since: int) -> None:
        """Pull one page of about one large batch."""
        query = {"ws": self.ws, "stream": self.stream, "epoch": self.epoch}
        query |= {"since": str(since), "most": "1"}
        self.http.get("/v1/pull", params=query, headers=self.headers).raise_for_status()


def cpu_ms(process: psutil.Process, work: Callable[[], object], rounds: int) -> float:
    """Return the CPU milliseconds the server spends on one round."""
    before = sum(process.cpu_times()[:2])
    for _ in range(rounds):
        work()
    spent: float = sum(process.cpu_times()[:2]) - before
    return spent / rounds * 1_000


def measure(address: str, link: str, process: psutil.Process) -> dict[str, float]:
    """Return the cost of each kind of request."""
    with httpx2.Client(base_url=address, timeout=60) as http:
        device = Pusher(http, link)
        small = iter([device.message(5) for _ in range(ROUNDS)])
        taken = {
            "floor": cpu_ms(process, lambda: http.get("/nothing"), ROUNDS),
            "session": cpu_ms(process, device.sign_in, ROUNDS // 5),
            "hello": cpu_ms(process, device.hello, ROUNDS),
            "empty pull": cpu_ms(process, lambda: device.pull(10**9), ROUNDS),
            "push of 5": cpu_ms(process, lambda: device.push(next(small)), ROUNDS),
        }
        large = iter([device.message(LARGE) for _ in range(20)])
        taken["push of 1000"] = cpu_ms(process, lambda: device.push(next(large)), 20)
        # The first of them lies behind the small ones.
        taken["pull of 1000"] = cpu_ms(process, lambda: device.pull(ROUNDS + 1), ROUNDS)
    return taken


def main() -> None:
    """Start a server, measure it, merge what it took in, print the line."""
    with tempfile.TemporaryDirectory(prefix="mentor-bench-") as temporary:
        folder = Path(temporary, "server")
        command(folder, "init")
        link = command(folder, "invite")["link"]
        arguments = [*SERVER, "serve", "--folder", str(folder), "--port", "0", "--no-merging"]
        server = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
        assert server.stderr is not None
        found = re.search(r"Serving at (\S+)\.", server.stderr.readline())
        assert found is not None
        try:
            drain = subprocess.Popen(["cat"], stdin=server.stderr, stdout=subprocess.DEVNULL)
            taken = measure(found[1], link, psutil.Process(server.pid))
        finally:
            server.terminate()
            server.wait(60)
            drain.wait(60)
        service = Service.open(folder)
        started = time.process_time()
        fold_all(service)
        merging = (time.process_time() - started) / (20 * LARGE + 5 * ROUNDS) * 1e6
        service.close()
    floor = taken["floor"]
    report(
        "requests of a server",
        [
            Check("hello: times a request that finds nothing", taken["hello"] / floor, 8),
            Check("pull with nothing new: times the same", taken["empty pull"] / floor, 8),
            Check("push of 5 changes: times the same", taken["push of 5"] / floor, 14),
            Check("push of 1,000 changes: times a push of 5", taken["push of 1000"] / taken["push of 5"], 6),
            Check("pull of 1,000 changes: times an empty one", taken["pull of 1000"] / taken["empty pull"], 4),
            Check("merging a change behind the push, microseconds", merging, 150),
        ],
        cpu_ms={name: round(value, 2) for name, value in taken.items()},
        merging_us=round(merging, 1),
    )  # fmt: skip


if __name__ == "__main__":
    main()
