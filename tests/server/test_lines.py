"""Connections that do nothing: closed in time, not more of them from one address, nobody else kept out."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx2
import msgspec
import pytest

from mentor_desktop.server import lines, serving
from tests.server.world import World, running

PATIENCE_S = 10
Dial = Callable[[], socket.socket]


@pytest.fixture
def dial(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dial]:
    """Give what opens a line to a server that waits a moment for a head, and takes few lines."""
    monkeypatch.setattr(lines, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(serving, "_MOST_CONNECTIONS", 6)
    with ExitStack() as stack:
        url = httpx2.URL(stack.enter_context(running(sqlite_world.service)))

        def opened() -> socket.socket:
            place = (url.host, url.port or 0)
            return stack.enter_context(socket.create_connection(place, PATIENCE_S))

        yield opened


def _status(line: socket.socket) -> int:
    """Ask for the server's health; return the status number, 0 where the line was closed."""
    line.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    said = b""
    while not said.endswith(b"}") and (part := line.recv(4096)):
        said += part
    return int(said.split()[1]) if said else 0


def test_lines_without_a_request_are_closed_and_let_others_in(dial: Dial) -> None:
    idle = [dial() for _one in range(6)]
    assert [one.recv(1) for one in idle] == [b""] * 6
    assert _status(dial()) == 200


@pytest.mark.parametrize("is_first", [True, False])
def test_head_that_comes_byte_by_byte_has_no_more_time(dial: Dial, is_first: bool) -> None:
    line = dial()
    if not is_first:
        assert _status(line) == 200
    line.settimeout(0.1)
    ended = False
    for _one in range(30):
        try:
            line.sendall(b"G")
            ended = line.recv(1) == b""
        except TimeoutError:
            continue
        except ConnectionError:
            ended = True
        break
    assert ended


def test_line_that_answered_may_rest_longer_than_a_head_may_take(dial: Dial) -> None:
    line = dial()
    assert _status(line) == 200
    line.settimeout(1.5)
    with pytest.raises(TimeoutError):
        line.recv(1)
    line.settimeout(PATIENCE_S)
    assert _status(line) == 200


def test_one_address_has_so_many_lines_and_a_trusted_proxy_all(
    dial: Dial, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MOST_OF_ADDRESS", 2)
    kept = [dial() for _one in range(2)]
    assert [_status(one) for one in kept] == [200, 200]
    assert dial().recv(1) == b""
    service = sqlite_world.service
    trusting = msgspec.structs.replace(service.settings, trusted_proxies=("127.0.0.1",))
    monkeypatch.setattr(service, "settings", trusting)
    assert [_status(dial()) for _one in range(3)] == [200] * 3
