"""What tests of the server need: a running server, and devices that talk to it over HTTP."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import msgspec
from sqlalchemy import select

from mentor_desktop.ids import new_id
from mentor_desktop.server.joining import make_invitation
from mentor_desktop.server.members_log import revoke_device
from mentor_desktop.server.service import Service
from mentor_desktop.server.serving import listen, make_server
from mentor_desktop.server.tables import quarantine
from mentor_desktop.server.workspaces import devices
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.invitations import Invitation, new_invitation
from mentor_desktop.sync.keys.sessions import sign_session
from mentor_desktop.sync.protocol.batches import NO_HASH, Batch, frames, make_batch, read_frames
from mentor_desktop.sync.protocol.messages import (
    HelloReply,
    JoinReply,
    JoinRequest,
    PullReply,
    PushReply,
    SessionReply,
    SessionRequest,
    read_pull_reply,
    to_json,
)
from mentor_desktop.sync.protocol.operations import Action, Content, Op, runs_of, tick

SCHEMA = 2
START_LIMIT_S = 10


@contextmanager
def running(service: Service, port: int = 0) -> Iterator[str]:
    """Answer on a port of this computer (a free one: 0) in a thread; give the address.

    Nothing merges behind the pushes: tests do that where they look at it (`fold_all`).
    """
    with listen("127.0.0.1", port) as listening:
        server = make_server(service)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        deadline = time.monotonic() + START_LIMIT_S
        while not server.started and time.monotonic() < deadline:
            thread.join(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@dataclass
class Chain:
    """The end of a device's own batches in one stream."""

    last_seq: int = 0
    last_hash: bytes = NO_HASH


@dataclass
class Device:
    """A device with its keys, its token and its chains."""

    http: httpx2.Client
    keys: DeviceKeys
    ws: str
    device: str
    user: str = ""
    role: str = ""
    token: str = ""
    epoch: str = ""
    chains: dict[str, Chain] = field(default_factory=dict)
    joined: JoinReply | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Device {self.token}"}

    def sign_in(self) -> httpx2.Response:
        """Ask for a token and keep it."""
        at = time.time_ns() // 1_000_000
        signature = sign_session(self.keys, self.ws, self.device, at)
        request = SessionRequest(ws=self.ws, device=self.device, at=at, signature=signature)
        answer = self.http.post("/v1/session", content=to_json(request))
        if answer.status_code == 200:
            self.token = msgspec.json.decode(answer.content, type=SessionReply).token
        return answer

    def hello(self, **more: Any) -> HelloReply:
        """Say hello and keep the epoch."""
        answer = self.post("/v1/hello", {"ws": self.ws, "schema": SCHEMA, **more})
        assert answer.status_code == 200, answer.text
        reply = msgspec.json.decode(answer.content, type=HelloReply)
        self.epoch = reply.epoch
        return reply

    def post(self, path: str, content: object) -> httpx2.Response:
        return self.http.post(path, content=msgspec.json.encode(content), headers=self.headers)

    def get(self, path: str, **query: object) -> httpx2.Response:
        params = {"ws": self.ws, **{name: str(value) for name, value in query.items()}}
        return self.http.get(path, params=params, headers=self.headers)

    def batch(self, stream: str, ops: Sequence[Op], *, ends: Sequence[int] | None = None) -> Batch:
        """Seal operations (of `self.op`) as the next batch; one action unless `ends` says more."""
        chain = self.chains.setdefault(stream, Chain())
        first = chain.last_seq + 1
        last = ops[-1].seq
        actions = tuple(
            Action(seq, 0, self.user, "Test") for seq in ([last] if ends is None else ends)
        )
        content = Content(runs_of(ops), actions)
        batch = make_batch(
            self.ws, stream, self.device, first, chain.last_hash, content, SCHEMA, self.keys.sign
        )
        chain.last_seq, chain.last_hash = batch.header.to_seq, batch.header.hash
        return batch

    def ops(self, stream: str, *wanted: Mapping[str, Any]) -> list[Op]:
        """Return operations numbered for the next batch; each needs entity and kind at least."""
        first = self.chains.setdefault(stream, Chain()).last_seq + 1
        hlc = tick(0, time.time_ns() // 1_000_000)
        return [
            Op(
                device=self.device,
                seq=first + number,
                hlc=hlc + number,
                **{"row": new_id(), **one},
            )
            for number, one in enumerate(wanted)
        ]

    def send(self, stream: str, *batches: Batch, ws: str = "") -> httpx2.Response:
        """Push sealed batches as they are."""
        return self.http.post(
            "/v1/push",
            params={"ws": ws or self.ws, "stream": stream},
            content=frames(batches),
            headers=self.headers,
        )

    def write(self, stream: str, *wanted: Mapping[str, Any]) -> PushReply:
        """Seal and push one action."""
        answer = self.send(stream, self.batch(stream, self.ops(stream, *wanted)))
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=PushReply)

    def pull(self, stream: str, since: int = 0, most: int = 0, held: int = 0) -> PullReply:
        """Pull one page."""
        self.epoch = self.epoch or self.hello().epoch
        answer = self.get(
            "/v1/pull", stream=stream, epoch=self.epoch, since=since, most=most, held=held
        )
        assert answer.status_code == 200, answer.text
        return read_pull_reply(answer.content)

    def pull_all(self, stream: str) -> list[Batch]:
        """Pull page after page to the end."""
        found, since = [], 0
        while True:
            reply = self.pull(stream, since)
            found += read_frames(reply.frames)
            since = reply.next
            if not reply.more:
                return found


class World:
    """A server with people on it."""

    def __init__(self, service: Service, http: httpx2.Client) -> None:
        self.service, self.http = service, http

    def invitation(self, ws: str = "", role: str = "admin", **more: Any) -> Invitation:
        """Make an invitation as an administrator would."""
        invited = new_invitation("http://127.0.0.1", ws)
        make_invitation(
            self.service,
            invited,
            role=role,
            workshops=more.get("workshops", []),
            user=more.get("user", ""),
            days=more.get("days", 1),
        )
        return invited

    def join(self, invited: Invitation, **more: Any) -> Device:
        """Join with a new device and sign in."""
        answer, device = self.ask_to_join(invited, **more)
        assert answer.status_code == 200, answer.text
        joined = msgspec.json.decode(answer.content, type=JoinReply)
        device.ws, device.user, device.role = joined.ws, joined.user, joined.role
        device.joined = joined
        assert device.sign_in().status_code == 200
        return device

    def ask_to_join(self, invited: Invitation, **more: Any) -> tuple[httpx2.Response, Device]:
        """Send a request to join; return the answer and the device that asked."""
        device = more.pop("device", None) or Device(
            self.http, DeviceKeys.make(), more.get("ws", ""), new_id()
        )
        request = JoinRequest(
            id=invited.id,
            secret=invited.secret,
            device=device.device,
            name=more.pop("name", "Laptop"),
            sign_key=device.keys.sign_key,
            seal_key=device.keys.seal_key,
            **more,
        )
        return self.http.post("/v1/join", content=to_json(request)), device

    def founder(self, **more: Any) -> Device:
        """Return the first device of a new workspace, an administrator's."""
        return self.join(self.invitation(), **more)

    def colleague(self, of: Device, role: str, *workshops: str) -> Device:
        """Return a device of a new user in the same workspace."""
        return self.join(self.invitation(of.ws, role, workshops=list(workshops)))

    def devices(self, ws: str) -> list[str]:
        """Return the ids of the devices of a workspace, as an administrator sees them."""
        return [one.device for one in devices(self.service, ws)]

    def revoke(self, device: Device) -> None:
        """Close the access of a device, as an administrator would."""
        assert revoke_device(self.service, device.ws, device.device) == 1

    def quarantine(self, ws: str) -> list[tuple[str, str, int, str]]:
        """Return device, stream, first number and reason of what was set aside."""
        wanted = select(
            quarantine.c.device, quarantine.c.stream, quarantine.c.from_seq, quarantine.c.reason
        ).where(quarantine.c.ws == ws)
        return self.service.database.read(ws, lambda one: [tuple(r) for r in one.execute(wanted)])
