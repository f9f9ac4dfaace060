"""A network without sockets: requests reach an ASGI application, or what happens to them instead.

Every misfortune is drawn from one random source, so a seed tells the whole story.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import urlencode

from mentor_desktop.sync.steps import (
    Failure,
    Reply,
    Request,
    Response,
    Step,
    Steps,
    Trouble,
    Wait,
)

App = Callable[[MutableMapping[str, Any], Any, Any], Any]  # Any: as ASGI has it


class Fault(Enum):
    """What may happen to one request on its way."""

    NONE = "none"
    OFFLINE = "offline"  # it never left
    LOST_REQUEST = "lost request"  # dropped before the server heard it
    LOST_REPLY = "lost reply"  # dropped after the server did what was asked
    TWICE = "twice"  # delivered two times, the second answer counts
    LATE = "late"  # delivered only after others
    TRUNCATED = "truncated"  # done, and the answer ends early
    SHORTENED = "shortened"  # done, and the answer is cut without anybody noticing on the way
    PORTAL = "portal"  # 200 and a page of the hotel
    MOVED = "moved"  # sent to another address
    TOKEN = "token"
    FORBIDDEN_BY_PROXY = "forbidden by proxy"
    TOO_LARGE = "too large"
    TOO_MANY = "too many"
    BUG = "bug"
    BAD_GATEWAY = "bad gateway"
    BUSY = "busy"


_HTML = {"content-type": "text/html"}
_JSON = {"content-type": "application/json"}
_INSTEAD: Mapping[Fault, Reply] = {
    Fault.OFFLINE: Failure(Trouble.OFFLINE),
    Fault.LOST_REQUEST: Failure(Trouble.TIMEOUT),
    Fault.PORTAL: Response(200, b"<html>Sign in to the hotel's network</html>", _HTML),
    Fault.MOVED: Response(302, b"", {"location": "http://portal.example/"}),
    Fault.TOKEN: Response(401, b'{"code":"token","sentence":"x"}', _JSON),
    Fault.FORBIDDEN_BY_PROXY: Response(403, b"<html>blocked</html>", _HTML),
    Fault.TOO_LARGE: Response(413, b"<html>413</html>", _HTML),
    Fault.TOO_MANY: Response(
        429, b'{"code":"too_many","sentence":"x"}', {**_JSON, "retry-after": "2"}
    ),
    Fault.BUG: Response(500, b'{"code":"bug","sentence":"x"}', _JSON),
    Fault.BAD_GATEWAY: Response(502, b"<html>502</html>", _HTML),
    Fault.BUSY: Response(503, b'{"code":"busy","sentence":"x"}', {**_JSON, "retry-after": "1"}),
}


class Stopped(Exception):
    """The program was ended between two steps, as by a power cut."""


@dataclass
class Weather:
    """How bad a network is: the chance of a fault for each request, and of being stopped."""

    badness: float = 0.0
    stop: float = 0.0
    kinds: tuple[Fault, ...] = tuple(one for one in Fault if one is not Fault.NONE)


CLEAR = Weather()


class Network:
    """Carries requests to one of the server's nodes; `now` moves on when somebody waits."""

    def __init__(self, loop: asyncio.AbstractEventLoop, source: random.Random) -> None:
        self.nodes: list[App] = []
        self.source = source
        self.requests = 0
        self.paths: Counter[str] = Counter()
        self.faults: dict[Fault, int] = {}
        self._loop = loop
        self._late: list[Request] = []

    def drive(
        self,
        steps: Steps[Any],
        *,
        weather: Weather = CLEAR,
        on_wait: Callable[[float], None] = lambda _seconds: None,
        after_step: Callable[[], None] = lambda: None,
    ) -> Any:  # Any: what the steps return
        """Run steps to their end under a weather.

        Raises:
            Stopped: the weather ended the program; the steps are closed.
        """
        reply: Reply = None
        try:
            while True:
                step = steps.send(reply)
                if self.source.random() < weather.stop:
                    raise Stopped
                reply = self._reply(step, weather, on_wait)
                if self.source.random() < weather.stop:
                    raise Stopped
                after_step()
        except StopIteration as end:
            return end.value
        finally:
            steps.close()

    def deliver_late(self) -> None:
        """Let what is still on its way arrive, in any order; nobody waits for the answers."""
        late, self._late = self._late, []
        self.source.shuffle(late)
        for request in late:
            self.answer(request)

    def forget_late(self) -> None:
        """Drop what is still on its way."""
        self._late.clear()

    def answer(self, request: Request) -> Response:
        """Return what a node of the server answers."""
        self.requests += 1
        self.paths[request.path] += 1
        node = self.source.choice(self.nodes)
        return self._loop.run_until_complete(call(node, request))

    def _reply(self, step: Step, weather: Weather, on_wait: Callable[[float], None]) -> Reply:
        if isinstance(step, Wait):
            on_wait(step.seconds)
            return None
        fault = Fault.NONE
        if self.source.random() < weather.badness:
            fault = self.source.choice(weather.kinds)
        self.faults[fault] = self.faults.get(fault, 0) + 1
        if self._late and self.source.random() < 0.3:
            self.deliver_late()
        return self._under(fault, step)

    def _under(self, fault: Fault, request: Request) -> Reply:
        if fault in _INSTEAD:
            return _INSTEAD[fault]
        if fault is Fault.LATE:
            self._late.append(request)
            return Failure(Trouble.TIMEOUT)
        response = self.answer(request)
        if fault is Fault.LOST_REPLY:
            return Failure(Trouble.TIMEOUT)
        if fault is Fault.TRUNCATED:
            return Failure(Trouble.BROKEN)
        if fault is Fault.SHORTENED and response.content:
            # One draw whatever the length is: bodies hold keys, whose lengths are no seed's affair.
            cut = int(self.source.random() * len(response.content))
            return Response(response.status, response.content[:cut], response.headers)
        return self.answer(request) if fault is Fault.TWICE else response


async def call(app: App, request: Request) -> Response:
    """Return the answer of an ASGI application to one request."""
    headers = [(b"host", b"server"), (b"content-length", str(len(request.content)).encode())]
    if request.content:
        headers.append((b"content-type", request.media_type.encode()))
    if request.token:
        headers.append((b"authorization", f"Device {request.token}".encode()))
    if request.range:
        headers.append((b"range", request.range.encode()))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": request.path.encode(),
        "root_path": "",
        "query_string": urlencode(request.query).encode(),
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("server", 80),
        "state": {},
    }
    is_sent = False
    start: dict[str, Any] = {}
    parts: list[bytes] = []

    async def receive() -> dict[str, Any]:
        nonlocal is_sent
        if is_sent:
            await asyncio.Event().wait()
        is_sent = True
        return {"type": "http.request", "body": request.content, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    named = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Response(start["status"], b"".join(parts), named)
