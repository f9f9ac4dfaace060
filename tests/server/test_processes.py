"""Several processes on one database, and processes that die: no number missed, nothing acked lost."""

import contextlib
import json
import os
import re
import signal
import ssl
import subprocess
import threading
import time
from pathlib import Path

import httpx2
import pytest

from mentor_desktop.server.command_line import run
from mentor_desktop.server.inspection import check_everything
from mentor_desktop.server.service import Service
from mentor_desktop.sync.protocol.batches import Batch, read_frames
from tests.server.postgres import fresh_database
from tests.server.processes import served
from tests.server.world import Device, World

PERSON = {"entity": "person", "kind": "create", "values": {"given_name": "Ana"}}
PUSHES = 25


@pytest.fixture(params=["sqlite", "postgresql"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give the folder of a new server, on one database and then on the other."""
    place = tmp_path / "server"
    arguments = ["init", "--folder", str(place)]
    if request.param == "postgresql":
        url = fresh_database(request.getfixturevalue("postgresql"))
        arguments += ["--database", url]
    assert run(arguments) == 0
    return place


def _founder(folder: Path, address: str) -> tuple[World, Device]:
    service = Service.open(folder)
    http = httpx2.Client(base_url=address, timeout=60)
    world = World(service, http)
    return world, world.founder()


def _close(world: World) -> None:
    world.http.close()
    world.service.close()


class Writer(threading.Thread):
    """A device that pushes to one process, each batch to the other as well now and then."""

    def __init__(self, device: Device, stream: str, addresses: list[str]) -> None:
        super().__init__()
        self._device, self._stream, self._addresses = device, stream, addresses
        self.sent: list[Batch] = []
        self.faults: list[str] = []

    def run(self) -> None:
        with httpx2.Client(base_url=self._addresses[0], timeout=60) as http:
            self._device.http = http
            for number in range(PUSHES):
                ops = self._device.ops(self._stream, PERSON, PERSON)
                batch = self._device.batch(self._stream, ops)
                self.sent.append(batch)
                if number % 5 == 0:
                    self._twice(batch)
                else:
                    self._note(self._device.send(self._stream, batch))

    def _twice(self, batch: Batch) -> None:
        """Send the same batch to both processes at once, as after a timeout."""
        other = threading.Thread(target=self._elsewhere, args=(batch,))
        other.start()
        self._note(self._device.send(self._stream, batch))
        other.join()

    def _elsewhere(self, batch: Batch) -> None:
        with httpx2.Client(base_url=self._addresses[1], timeout=60) as http:
            copy = Device(http, self._device.keys, self._device.ws, self._device.device)
            copy.token = self._device.token
            self._note(copy.send(self._stream, batch))

    def _note(self, answer: httpx2.Response) -> None:
        if answer.status_code != 200:
            self.faults.append(answer.text)


class Reader(threading.Thread):
    """A device that pulls all the time, with its own cursor."""

    def __init__(self, device: Device, stream: str, address: str) -> None:
        super().__init__()
        self._device, self._stream, self._address = device, stream, address
        self.found: list[Batch] = []
        self.numbers: list[int] = []
        self.is_over = threading.Event()

    def run(self) -> None:
        since = 0
        with httpx2.Client(base_url=self._address, timeout=60) as http:
            self._device.http = http
            while True:
                is_last = self.is_over.is_set()
                reply = self._device.pull(self._stream, since)
                self.found += read_frames(reply.frames)
                self.numbers += reply.at
                assert reply.next >= since
                since = reply.next
                if is_last and not reply.more:
                    return


def test_two_processes_give_numbers_without_a_gap_and_a_reader_misses_none(folder: Path) -> None:
    with served(folder) as one, served(folder) as two:
        world, ana = _founder(folder, one.address)
        addresses = [one.address, two.address]
        writers = [
            Writer(world.colleague(ana, "organiser"), "people", addresses[:: 1 - 2 * (number % 2)])
            for number in range(3)
        ]
        reader = Reader(world.colleague(ana, "organiser"), "people", two.address)
        for thread in (*writers, reader):
            thread.start()
        for writer in writers:
            writer.join()
        reader.is_over.set()
        reader.join()
        assert [fault for writer in writers for fault in writer.faults] == []
        everything = ana.pull_all("people")
        assert reader.found == everything
        assert reader.numbers == sorted(set(reader.numbers))
        for writer in writers:
            own = [
                batch for batch in everything if batch.header.device == writer.sent[0].header.device
            ]
            assert own == writer.sent
        assert check_everything(world.service).troubles == []  # among others: gapless 1 … head
        _close(world)


@pytest.mark.parametrize("moment", ["stored", "committed"])
def test_process_killed_in_a_push_loses_nothing_acknowledged_and_keeps_nothing_half(
    folder: Path, moment: str
) -> None:
    # The server's own entry of the first device is the first thing stored.
    at = "4 stored" if moment == "stored" else "3 committed"
    program = (str(Path(__file__).with_name("killed_server.py")),)
    with served(folder, program=program, MENTOR_KILL_AT=at) as dying:
        world, ana = _founder(folder, dying.address)
        batches = [ana.batch("people", ana.ops("people", PERSON)) for _one in range(3)]
        assert [ana.send("people", one).status_code for one in batches[:2]] == [200, 200]
        with pytest.raises(httpx2.TransportError):
            ana.send("people", batches[2])
        code, _logged = dying.wait()
        assert code == -signal.SIGKILL
        _close(world)
    with served(folder) as next_one, httpx2.Client(base_url=next_one.address) as http:
        ana.http = http
        kept = 2 if moment == "stored" else 3
        assert ana.pull_all("people") == batches[:kept]
        assert ana.send("people", batches[2]).status_code == 200
        assert ana.pull_all("people") == batches
        assert ana.pull("people").at == [2, 3, 4]
    service = Service.open(folder)
    assert check_everything(service).troubles == []
    service.close()


def test_several_workers_share_one_socket_and_one_that_dies_is_replaced(folder: Path) -> None:
    with served(folder, "--workers", "2") as server:
        world, ana = _founder(folder, server.address)
        ana.write("people", PERSON)
        first = _workers(server.address, 2)
        gone = min(first)
        os.kill(gone, signal.SIGKILL)
        assert _workers(server.address, 2, without=gone) != first
        assert len(ana.pull_all("people")) == 1
        _close(world)
        code, logged = server.end()
    assert code == 0
    lines = [json.loads(line) for line in logged if line.startswith("{")]
    assert {line["what"] for line in lines} == {"started", "request", "a process ended", "stopped"}
    assert not any(ana.ws in line or ana.device in line or "Laptop" in line for line in logged)


def _workers(address: str, count: int, without: int = 0) -> set[int]:
    """Return the ids of the processes that answer, when so many different ones were met."""
    deadline, seen = time.monotonic() + 30, set()
    while len(seen) < count and time.monotonic() < deadline:
        with contextlib.suppress(httpx2.TransportError), httpx2.Client(base_url=address) as http:
            found = re.search(r'process="(\d+)"', http.get("/metrics").text)
            seen |= {int(found[1])} - {without} if found else set()
    assert len(seen) == count
    return seen


def test_server_speaks_tls_itself(folder: Path, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", certificate, "-days", "1", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    with served(folder, "--certificate", str(certificate), "--key", str(key)) as server:
        assert server.address.startswith("https://127.0.0.1:")
        trust = ssl.create_default_context(cafile=str(certificate))
        with httpx2.Client(base_url=server.address, verify=trust) as http:
            answer = http.get("/health")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"]
