"""Limits, health, figures and the log: bounded, useful, and without anybody in them."""

import json
import logging
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx2
import msgspec
import pytest

from mentor_desktop.server import folding, journal, limits, serving
from mentor_desktop.server.limits import RateLimit, line_of
from mentor_desktop.server.metrics import Meter
from mentor_desktop.server.refusals import Refusal as Refused
from mentor_desktop.server.service import Service
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.protocol.messages import Refusal
from tests.server.conftest import open_service, running_world
from tests.server.world import Device, World, running

PATIENCE_S = 10
PERSON = {"entity": "person", "kind": "create", "values": {"given_name": "CANARY"}}


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_burst_then_so_many_a_second_each_by_name() -> None:
    clock = _Clock()
    limit = RateLimit(2.0, 3, clock)
    for _one in range(3):
        limit.take("a")
    with pytest.raises(Refused) as found:
        limit.take("a")
    assert (found.value.code, found.value.retry_after_s) == ("too_many", 1)
    limit.take("b")
    clock.now += 0.5
    limit.take("a")
    with pytest.raises(Refused):
        limit.take("a")


def test_refused_requests_do_not_make_the_wait_longer() -> None:
    clock = _Clock()
    limit = RateLimit(1.0, 1, clock)
    limit.take("a")
    for _one in range(50):
        with pytest.raises(Refused):
            limit.take("a")
    clock.now += 1.0
    limit.take("a")


def test_wait_is_spread_so_that_not_all_come_back_at_once() -> None:
    clock = _Clock()
    limit = RateLimit(0.01, 1, clock)
    waits = set()
    for number in range(20):
        limit.take(f"{number}")
        with pytest.raises(Refused) as found:
            limit.take(f"{number}")
        waits.add(found.value.retry_after_s)
    assert len(waits) > 5
    assert min(waits) >= 100


def test_what_costs_more_than_there_is_costs_all_of_it() -> None:
    clock = _Clock()
    limit = RateLimit(1.0, 3, clock)
    limit.take("a", 10.0**15)
    clock.now += 1.0
    limit.take("a")


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:ffff::2", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("unknown", "unknown"),
    ],
)
def test_addresses_of_one_line_count_together(address: str, line: str) -> None:
    assert line_of(address) == line


def test_names_that_are_not_used_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MOST_NAMES", 10)
    limit = RateLimit(1.0, 1, _Clock())
    for number in range(100):
        limit.take(f"{number}")
    assert len(limit._buckets) == 10


def test_device_that_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    with running_world(f"sqlite:///{tmp_path / 'server.db'}", tmp_path) as world:
        ana, ben = (world.founder() for _one in range(2))
        world.service.by_device = RateLimit(0.001, 4)  # the size counts a little, too
        answers = [ana.post("/v1/hello", {"ws": ana.ws, "schema": 2}) for _one in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert int(answers[-1].headers["retry-after"]) > 0
        assert msgspec.json.decode(answers[-1].content, type=Refusal).code == "too_many"
        assert ben.post("/v1/hello", {"ws": ben.ws, "schema": 2}).status_code == 200
        world.service.by_address = RateLimit(0.001, 4)
        assert ben.http.get("/health").status_code == 200
        answer, _device = world.ask_to_join(world.invitation())
        assert answer.status_code == 429


def test_limit_of_a_device_is_not_used_up_in_another_workspace(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = sqlite_world.founder()
    same_id = Device(ana.http, DeviceKeys.make(), "", ana.device)
    eve = sqlite_world.join(sqlite_world.invitation(), device=same_id)
    monkeypatch.setattr(sqlite_world.service, "by_device", RateLimit(0.001, 2))
    for status in (200, 429):
        assert eve.post("/v1/hello", {"ws": eve.ws, "schema": 2}).status_code == status
    assert ana.post("/v1/hello", {"ws": ana.ws, "schema": 2}).status_code == 200


def test_length_that_is_only_said_costs_nothing(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = sqlite_world.founder()
    monkeypatch.setattr(sqlite_world.service, "by_device", RateLimit(0.001, 2))
    said = f"Authorization: Device {ana.token}\r\nContent-Length: {10**14}\r\n\r\n"
    url = ana.http.base_url
    with socket.create_connection((url.host, url.port or 0)) as line:
        line.sendall(b"POST /v1/hello HTTP/1.1\r\nHost: x\r\n" + said.encode())
        assert line.recv(4096).startswith(b"HTTP/1.1 413")
    assert ana.post("/v1/hello", {"ws": ana.ws, "schema": 2}).status_code == 200


def test_body_whose_length_is_not_said_costs_what_comes(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = sqlite_world.founder()
    monkeypatch.setattr(sqlite_world.service, "by_device", RateLimit(0.001, 10))
    parts = (b"x" * 65_536 for _one in range(64))  # 4 MiB cost as much as 16 requests
    place = {"ws": ana.ws, "stream": "people"}
    answer = ana.http.post("/v1/push", params=place, headers=ana.headers, content=parts)
    assert (answer.status_code, answer.headers["connection"]) == (429, "close")


def test_browsers_are_told_to_keep_to_tls_where_it_was_spoken(tmp_path: Path) -> None:
    service = open_service(f"sqlite:///{tmp_path / 'server.db'}", tmp_path)
    name, by_proxy = "strict-transport-security", {"X-Forwarded-Proto": "https"}
    with running(service) as address, httpx2.Client(base_url=address) as http:
        assert name not in http.post("/v1/hello").headers
        assert name not in http.post("/v1/hello", headers=by_proxy).headers
        service.settings = msgspec.structs.replace(service.settings, trusted_proxies=("127.0.0.1",))
        assert name in http.post("/v1/hello", headers=by_proxy).headers
    service.close()


def test_only_a_trusted_proxy_says_where_a_request_comes_from(tmp_path: Path) -> None:
    service = open_service(f"sqlite:///{tmp_path / 'server.db'}", tmp_path)
    with running(service) as address, httpx2.Client(base_url=address) as http:
        service.by_address = RateLimit(0.001, 2)
        spoofed = [{"X-Forwarded-For": f"10.0.0.{number}"} for number in range(4)]
        statuses = [http.get("/nothing", headers=one).status_code for one in spoofed]
        assert [http.get("/metrics", headers=spoofed[0]).status_code for _one in range(2)] == [
            404,
            404,
        ]
        assert http.get("/metrics").status_code == 429
        service.settings = msgspec.structs.replace(service.settings, trusted_proxies=("127.0.0.1",))
        assert http.get("/metrics", headers=spoofed[1]).status_code == 404
        assert statuses == [404] * 4
    service.close()


def test_address_a_proxy_adds_is_the_last_one(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some proxies add it in a line of its own and leave the one that came."""
    service, seen = sqlite_world.service, []
    trusting = msgspec.structs.replace(service.settings, trusted_proxies=("127.0.0.1",))
    monkeypatch.setattr(service, "settings", trusting)
    monkeypatch.setattr(service.by_address, "take", lambda name, _cost: seen.append(name))
    name = "X-Forwarded-For"
    for lines in ([(name, "6.6.6.6"), (name, "203.0.113.9")], [(name, "6.6.6.6, 203.0.113.9")]):
        sqlite_world.http.get("/health", headers=lines)
    assert seen == ["203.0.113.9"] * 2


def test_health_answers_while_the_database_does(sqlite_world: World) -> None:
    answer = sqlite_world.http.get("/health")
    assert answer.status_code == 200
    assert answer.json()["ok"] is True


def test_figures_tell_what_to_watch_and_nobody(world: World) -> None:
    ana = world.founder()
    ana.write("people", PERSON, PERSON)
    found = world.http.get("/metrics").text
    names = {re.split(r"[ {]", line)[0] for line in found.splitlines()}
    assert names >= {
        "mentor_lock_wait_s_max",
        "mentor_transaction_s_max",
        "mentor_longest_transaction_s",
        "mentor_head_minus_slowest_cursor",
        "mentor_rejected_ranges",
        "mentor_quarantined_batches",
        "mentor_streams_to_fold",
        "mentor_oldest_unsealed_blob_s",
        "mentor_requests_total",
        "mentor_batches_total",
    }
    assert all(re.fullmatch(r"mentor_\w+(\{.*\})? [-0-9.e+]+", line) for line in found.splitlines())
    for canary in (ana.ws, ana.device, ana.user, "CANARY", "Laptop"):
        assert canary not in found


def test_slowest_device_shows_in_the_figures(sqlite_world: World) -> None:
    ana = sqlite_world.founder()
    for _one in range(40):
        ana.write("people", PERSON)

    def lag() -> float:
        found = re.search(
            r"head_minus_slowest_cursor (\S+)", sqlite_world.http.get("/metrics").text
        )
        return float(found[1]) if found else -1.0

    service = sqlite_world.service
    service.cursors.write(service.database, service.now_ms(), at_once=True)
    before = lag()
    assert before >= 41
    ana.pull_all("people")
    ana.pull_all("members")
    service.cursors.write(service.database, service.now_ms(), at_once=True)
    assert service.database.read_everywhere(lambda one: _seen(one, ana.device)) == 41


@pytest.mark.parametrize("behind", [serving.folding, serving.noting])
def test_how_far_devices_read_is_written_down_behind_the_requests(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    behind: Callable[[Service], AbstractContextManager[None]],
) -> None:
    """Also by a process that leaves merging to others; streams to merge do not pile up there."""
    monkeypatch.setattr(serving, "_NOTE_EVERY_S", 0.05)
    monkeypatch.setattr(folding, "_LOOK_EVERY_S", 0.05)
    with running_world(f"sqlite:///{tmp_path / 'server.db'}", tmp_path) as world:
        ana, service = world.founder(), world.service
        ana.write("people", PERSON)
        ana.pull_all("people")
        with behind(service):
            deadline = time.monotonic() + PATIENCE_S
            while service.database.read(ana.ws, lambda one: _seen(one, ana.device)) != 2:
                assert time.monotonic() < deadline
                time.sleep(0.02)
        assert service.unfolded.take() == []


def _seen(connection, device_id: str) -> int:  # type: ignore[no-untyped-def]  # SQLAlchemy's
    from sqlalchemy import select

    from mentor_desktop.server.tables import device

    return connection.scalar(select(device.c.seen_seq).where(device.c.device == device_id))


def test_maximum_starts_anew_with_each_reading() -> None:
    meter = Meter()
    meter.observe("wait_s", 3.0)
    meter.observe("wait_s", 1.0)
    assert "mentor_wait_s_max{" in meter.exposition({})
    meter.observe("wait_s", 2.0)
    found = meter.exposition({"gauge": 1.5})
    assert re.search(r"wait_s_max\{process=\"\d+\"\} 2\n", found)
    assert re.search(r"wait_s_count\{process=\"\d+\"\} 3\n", found)
    assert "mentor_gauge 1.5\n" in found


def test_bug_is_answered_and_logged_without_its_message(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []

    class _Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(journal._JsonLines().format(record))

    def broken(*_of: object) -> None:
        raise RuntimeError("CANARY is the name of a participant")

    kept = _Kept()
    journal.log.addHandler(kept)
    monkeypatch.setattr(journal.log, "propagate", False)
    monkeypatch.setattr("mentor_desktop.server.endpoints.health.state", broken)
    try:
        answer = sqlite_world.http.get("/health")
    finally:
        journal.log.removeHandler(kept)
    assert answer.status_code == 500
    assert msgspec.json.decode(answer.content, type=Refusal).code == "bug"
    (bug,) = [json.loads(line) for line in lines if '"bug"' in line]
    assert bug["kind"] == "RuntimeError"
    assert bug["trace"][-1].endswith("broken")
    assert "CANARY" not in answer.text + "".join(lines)


def test_what_uvicorn_says_of_a_broken_request_is_a_line_without_its_message() -> None:
    """A file that goes while it is read: its path has the workspace's id and the file's hash."""
    program = """
import logging
from mentor_desktop.server import journal
journal.start()
try:
    open("/nothing/CANARY")
except OSError as error:
    logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=error)
"""
    ended = subprocess.run([sys.executable, "-c", program], check=True, stderr=subprocess.PIPE)
    (line,) = ended.stderr.decode().splitlines()
    assert json.loads(line)["kind"] == "FileNotFoundError"
    assert "CANARY" not in line
