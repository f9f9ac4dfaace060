"""Devices that push, pull and say hello at a server: real keys, sealed batches, few lines of HTTP.

What they will send is sealed before it is measured. Each has a connection and an address of
the loopback network of its own, as laptops have. An answer that is neither the wanted one nor
429 is kept with its body; after 429 the same request is sent again when the answer says so.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlencode

import msgspec

from mentor_desktop.ids import new_id
from mentor_desktop.server.joining import make_invitation
from mentor_desktop.server.service import Service
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.invitations import new_invitation
from mentor_desktop.sync.keys.sessions import sign_session
from mentor_desktop.sync.protocol.batches import NO_HASH, frames, make_batch, read_frames
from mentor_desktop.sync.protocol.messages import (
    HelloReply,
    JoinReply,
    JoinRequest,
    PushReply,
    SessionReply,
    SessionRequest,
    read_pull_reply,
    to_json,
)
from mentor_desktop.sync.protocol.operations import (
    CREATE,
    SET,
    Action,
    Content,
    OpId,
    Run,
    Value,
    tick,
)

SCHEMA = 2
PEOPLE = "people"
SIZES = (1, 2, 5, 10, 25)  # changes in a push
PAGE_BYTES = 8 * 1024  # of a pull: about ten batches, so that all pulls are alike
BEHIND = 60  # batches of the workspace that a puller has not seen
PUSH, PULL, HELLO = "push", "pull", "hello"
_KINDS = (PUSH,) * 5 + (PULL,) * 4 + (HELLO,)
_ANSWER_LIMIT_S = 60
_OK, _TOO_MANY = 200, 429


@dataclass(frozen=True)
class Step:
    """One thing a device does: what, in which of its streams, how many changes, edits or new rows."""

    kind: str
    place: int
    count: int
    is_edit: bool


Prepared = list[tuple[Step, bytes]]  # with the body that is sent


def plan(dice: random.Random, steps: int, places: int) -> list[Step]:
    """Return what a device will do."""
    return [
        Step(dice.choice(_KINDS), dice.randrange(places), dice.choice(SIZES), dice.random() < 1 / 2)
        for _ in range(steps)
    ]


@dataclass
class Tally:
    """What was asked and answered."""

    answers: Counter[int] = field(default_factory=Counter)
    pushed: int = 0  # changes
    pulled: int = 0
    troubles: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """Return how many were answered."""
        return self.answers.total()

    @property
    def changes(self) -> int:
        """Return how many went either way."""
        return self.pushed + self.pulled

    def add(self, other: "Tally") -> None:
        """Take another one in."""
        self.answers.update(other.answers)
        self.pushed += other.pushed
        self.pulled += other.pulled
        self.troubles += other.troubles


@dataclass
class _Chain:
    last_seq: int = 0
    last_hash: bytes = NO_HASH
    rows: list[tuple[str, OpId]] = field(default_factory=list)  # of the last new ones, and heads


class Device:
    """A device of a workspace."""

    def __init__(self, number: int, port: int) -> None:
        self.keys, self.device, self.ws = DeviceKeys.make(), new_id(), ""
        self._local = f"127.1.{number // 250}.{number % 250 + 1}"
        self._port = port
        self._token = self._epoch = ""
        self._streams: Sequence[str] = ()
        self._chains: dict[str, _Chain] = {}
        self._heads: dict[str, int] = {}
        self._hlc = 0

    async def join(self, service: Service, ws: str, streams: Sequence[str]) -> str:
        """Become a device of the workspace ("": a new one) and return its id."""
        invited = new_invitation("http://127.0.0.1", ws)
        make_invitation(service, invited, role="admin", workshops=[], user="", days=1)
        self._streams = streams
        async with self._line() as line:
            request = JoinRequest(
                id=invited.id, secret=invited.secret, device=self.device, name="Laptop",
                sign_key=self.keys.sign_key, seal_key=self.keys.seal_key,
            )  # fmt: skip
            joined = msgspec.json.decode(
                await line.must("POST", "/v1/join", to_json(request)), type=JoinReply
            )
            self.ws = joined.ws
            at = time.time_ns() // 1_000_000
            signature = sign_session(self.keys, self.ws, self.device, at)
            asked = SessionRequest(ws=self.ws, device=self.device, at=at, signature=signature)
            session = msgspec.json.decode(
                await line.must("POST", "/v1/session", to_json(asked)), type=SessionReply
            )
            self._token = session.token
            line.token = self._token
            said = msgspec.json.decode(
                await line.must("POST", "/v1/hello", self._hello_body()), type=HelloReply
            )
            self._epoch = said.epoch
        return self.ws

    def prepare(self, steps: Sequence[Step]) -> Prepared:
        """Return the steps with the bodies of what they send; pushes are sealed here."""
        return [(step, self._body(step)) for step in steps]

    async def run(self, prepared: Prepared, pauses: Iterator[float], tally: Tally) -> None:
        """Do what was prepared, one after the other, with these pauses before each."""
        async with self._line() as line:
            for step, body in prepared:
                await asyncio.sleep(next(pauses))
                await self._do(line, step, body, tally)

    async def _do(self, line: "_Line", step: Step, body: bytes, tally: Tally) -> None:
        stream = self._streams[step.place]
        query = {"ws": self.ws, "stream": stream}
        since = max(0, self._heads.get(stream, 0) - BEHIND)
        if step.kind == PUSH:
            asked = ("POST", f"/v1/push?{urlencode(query)}", body)
        elif step.kind == PULL:
            more = {"epoch": self._epoch, "since": str(since), "most": str(PAGE_BYTES)}
            asked = ("GET", f"/v1/pull?{urlencode(query | more)}", b"")
        else:
            asked = ("POST", "/v1/hello", body)
        while True:
            status, wait_s, content = await line.ask(*asked)
            tally.answers[status] += 1
            if status != _TOO_MANY:
                break
            await asyncio.sleep(wait_s)
        if status != _OK:
            tally.troubles.append(f"{step.kind}: {status} {content[:300]!r}")
        elif step.kind == PUSH:
            self._pushed(stream, step, msgspec.json.decode(content, type=PushReply), tally)
        elif step.kind == PULL:
            self._pulled(stream, since, content, tally)

    def _pushed(self, stream: str, step: Step, reply: PushReply, tally: Tally) -> None:
        if reply.rejected:
            tally.troubles.append(f"rejected: {reply.rejected}")
        tally.pushed += step.count
        self._heads[stream] = max(self._heads.get(stream, 0), reply.head)

    def _pulled(self, stream: str, since: int, content: bytes, tally: Tally) -> None:
        reply = read_pull_reply(content)
        if list(reply.at) != sorted(set(reply.at)) or (reply.at and reply.at[0] <= since):
            tally.troubles.append(f"numbers out of order behind {since}: {reply.at}")
        tally.pulled += sum(one.header.count for one in read_frames(reply.frames))
        self._heads[stream] = max(self._heads.get(stream, 0), reply.head)

    def _body(self, step: Step) -> bytes:
        if step.kind == HELLO:
            return self._hello_body()
        return self._sealed(step) if step.kind == PUSH else b""

    def _hello_body(self) -> bytes:
        return msgspec.json.encode({"ws": self.ws, "schema": SCHEMA})

    def _sealed(self, step: Step) -> bytes:
        stream = self._streams[step.place]
        chain = self._chains.setdefault(stream, _Chain())
        first, hlc = chain.last_seq + 1, tick(self._hlc, time.time_ns() // 1_000_000)
        self._hlc = hlc + step.count - 1
        is_edit = step.is_edit and stream == PEOPLE and len(chain.rows) >= step.count
        if is_edit:
            rows, heads = zip(*chain.rows[: step.count], strict=True)
            columns: dict[str, list[Value]] = {
                "email": [f"{hlc + n}@example.org" for n in range(step.count)]
            }
        else:
            rows, heads = tuple(new_id() for _ in range(step.count)), ()
            columns = _new_person(step.count, hlc) if stream == PEOPLE else _new_mark(rows)
        entity = "person" if stream == PEOPLE else "attendance_mark"
        run = Run(
            self.device, first, entity, SET if is_edit else CREATE, "email" if is_edit else "",
            list(range(hlc, hlc + step.count)), rows, columns, [(one,) for one in heads],
        )  # fmt: skip
        content = Content((run,), (Action(run.last_seq, hlc >> 16, self.device, "Changed"),))
        batch = make_batch(
            self.ws, stream, self.device, first, chain.last_hash, content, SCHEMA, self.keys.sign
        )
        chain.last_seq, chain.last_hash = run.last_seq, batch.header.hash
        told = [(row, OpId(self.device, first + n)) for n, row in enumerate(rows)]
        kept = chain.rows[step.count :] if is_edit else chain.rows
        chain.rows = (told + kept)[: max(SIZES)]
        return frames([batch])

    def _line(self) -> "_Line":
        return _Line(self._local, self._port, self._token)


def _new_person(count: int, hlc: int) -> dict[str, list[Value]]:
    return {
        "given_name": ["Ona"] * count,
        "family_name": [f"Kalnė{(hlc + n) % 10_000}" for n in range(count)],
        "email": [f"p{hlc + n}@example.org" for n in range(count)],
        "country": ["LT"] * count,
    }


def _new_mark(rows: Sequence[str]) -> dict[str, list[Value]]:
    return {
        "registration_id": [row[::-1] for row in rows],
        "slot_id": [rows[0]] * len(rows),
        "status": ["present"] * len(rows),
        "note": [f"came by the {n % 7}th tram" for n in range(len(rows))],
    }


class _Line:
    """One connection kept alive, from an address of its own."""

    def __init__(self, local: str, port: int, token: str) -> None:
        self.token = token
        self._local, self._port = local, port

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(
            "127.0.0.1", self._port, local_addr=(self._local, 0)
        )
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def must(self, method: str, target: str, body: bytes) -> bytes:
        """Return the content of an answer that has to be 200."""
        status, _wait_s, content = await self.ask(method, target, body)
        assert status == _OK, (target, status, content)
        return content

    async def ask(self, method: str, target: str, body: bytes) -> tuple[int, int, bytes]:
        """Return status, seconds to wait and content."""
        head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
        if self.token:
            head += f"Authorization: Device {self.token}\r\n"
        self._writer.write(head.encode() + b"\r\n" + body)
        async with asyncio.timeout(_ANSWER_LIMIT_S):
            said = await self._reader.readuntil(b"\r\n\r\n")
            first, *lines = said.decode("latin-1").split("\r\n")
            named = {
                name.lower(): value for name, _, value in (one.partition(": ") for one in lines)
            }
            content = await self._reader.readexactly(int(named["content-length"]))
        return int(first.split()[1]), int(named.get("retry-after", "0")), content
