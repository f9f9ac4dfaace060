"""Hostile requests: refused with a code, nothing changed, nothing told about other workspaces."""

import itertools
import json
import zlib
from collections.abc import Callable
from hashlib import sha256

import httpx2
import msgspec
import pytest
from sqlalchemy import func, select

from mentor_desktop.ids import new_id
from mentor_desktop.server.endpoints import ENDPOINTS
from mentor_desktop.server.folding import fold_all
from mentor_desktop.server.rights import ROLES
from mentor_desktop.server.tables import metadata
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.sessions import Session, make_token, sign_session
from mentor_desktop.sync.merge.digest import Buckets
from mentor_desktop.sync.protocol.batches import NO_HASH, Batch, open_batch, purged
from mentor_desktop.sync.protocol.hashes import signed_bytes
from mentor_desktop.sync.protocol.messages import Refusal
from tests.server.world import Device, World

PERSON = {"entity": "person", "kind": "create", "values": {"given_name": "Ana"}}
NOBODYS = "f" * 32
HASH = sha256(b"content").hexdigest()


def _code(answer: httpx2.Response) -> str:
    return msgspec.json.decode(answer.content, type=Refusal).code


def _rows(world: World) -> dict[str, int]:
    """Return how many rows each table has, over all workspaces."""
    return world.service.database.read_everywhere(
        lambda one: {
            table.name: one.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }
    )


# Every request that needs a token, for a workspace and a stream.
REQUESTS: dict[str, Callable[[Device, str, str], httpx2.Response]] = {
    "POST /v1/hello": lambda who, ws, _stream: who.post("/v1/hello", {"ws": ws, "schema": 2}),
    "POST /v1/push": lambda who, ws, stream: who.send(stream, _signed_for(who, ws, stream), ws=ws),
    "GET /v1/pull": lambda who, ws, stream: who.get(
        "/v1/pull", ws=ws, stream=stream, epoch="e", since=0
    ),
    "GET /v1/snapshot": lambda who, ws, stream: who.get("/v1/snapshot", ws=ws, stream=stream),
    "GET /v1/snapshot/part": lambda who, ws, stream: who.get(
        "/v1/snapshot/part", ws=ws, stream=stream, hash=HASH
    ),
    "POST /v1/digest": lambda who, ws, stream: who.post(
        "/v1/digest", {"ws": ws, "stream": stream, "at_seq": 0, "sums": Buckets().to_bytes()}
    ),
    "POST /v1/rows": lambda who, ws, stream: who.post(
        "/v1/rows", {"ws": ws, "stream": stream, "bucket": 0}
    ),
    "POST /v1/invite": lambda who, ws, _stream: who.post(
        "/v1/invite",
        {
            "ws": ws,
            "id": new_id()[-8:].upper(),
            "hash": HASH,
            "role": "reader",
            "expires_at": 1,
        },
    ),
    "PUT /v1/blob/{address}/chunk/{number}": lambda who, ws, stream: who.http.put(
        f"/v1/blob/{HASH}/chunk/0",
        params={"ws": ws, "stream": stream, "sha256": HASH},
        content=b"content",
        headers=who.headers,
    ),
    "GET /v1/blob/{address}/missing": lambda who, ws, stream: who.get(
        f"/v1/blob/{HASH}/missing", ws=ws, stream=stream, chunks=1
    ),
    "POST /v1/blob/{address}/seal": lambda who, ws, stream: who.http.post(
        f"/v1/blob/{HASH}/seal",
        params={"ws": ws, "stream": stream},
        json={"chunks": 1},
        headers=who.headers,
    ),
    "GET /v1/blob/{address}": lambda who, ws, _stream: who.get(f"/v1/blob/{HASH}", ws=ws),
}


def _signed_for(who: Device, ws: str, stream: str) -> Batch:
    """Seal a batch for a workspace that need not be the device's own."""
    writer = Device(who.http, who.keys, ws, who.device, who.user)
    return writer.batch(stream, writer.ops(stream, PERSON))


def test_every_request_that_needs_a_token_is_in_the_matrix() -> None:
    assert {f"{one.method} {one.path}" for one in ENDPOINTS if one.needs_token} == set(REQUESTS)


@pytest.fixture(scope="module")
def two(world: World) -> tuple[dict[str, Device], Device]:
    """Give one device of each role in one workspace, with a file, and the founder of another one."""
    ana = world.founder()
    roles = {role: world.colleague(ana, role, "*") for role in ROLES}
    for request_name in ("PUT /v1/blob/{address}/chunk/{number}", "POST /v1/blob/{address}/seal"):
        assert REQUESTS[request_name](roles["admin"], ana.ws, "people").status_code == 200
    eve = world.founder()
    eve.write("people", PERSON)
    return roles, eve


@pytest.mark.parametrize(("request_name", "role"), list(itertools.product(REQUESTS, ROLES)))
def test_no_role_reaches_another_workspace(
    world: World, two: tuple[dict[str, Device], Device], request_name: str, role: str
) -> None:
    roles, eve = two
    before = _rows(world)
    there = REQUESTS[request_name](roles[role], eve.ws, "people")
    nowhere = REQUESTS[request_name](roles[role], NOBODYS, "people")
    assert there.status_code == nowhere.status_code == 403
    assert there.content == nowhere.content
    assert _rows(world) == before


# What each role gets from each request in its own workspace, in the stream `people`.
OWN = {
    "POST /v1/hello": dict.fromkeys(ROLES, 200),
    "POST /v1/push": dict.fromkeys(ROLES, 200),  # of some of them all is rejected
    "GET /v1/pull": dict.fromkeys(ROLES, 409),  # allowed, but of another epoch
    "GET /v1/snapshot": dict.fromkeys(ROLES, 200),
    "GET /v1/snapshot/part": dict.fromkeys(ROLES, 404),
    "POST /v1/digest": {},
    "POST /v1/rows": dict.fromkeys(ROLES, 200),
    "POST /v1/invite": {
        "admin": 200, "organiser": 200, "trainer": 403, "mentor": 403, "reader": 403,
    },
    "PUT /v1/blob/{address}/chunk/{number}": {
        "admin": 200, "organiser": 200, "trainer": 200, "mentor": 403, "reader": 403,
    },
    "GET /v1/blob/{address}/missing": {
        "admin": 200, "organiser": 200, "trainer": 200, "mentor": 403, "reader": 403,
    },
    "POST /v1/blob/{address}/seal": {
        "admin": 200, "organiser": 200, "trainer": 200, "mentor": 403, "reader": 403,
    },
    "GET /v1/blob/{address}": dict.fromkeys(ROLES, 200),
}  # fmt: skip


@pytest.mark.parametrize(("request_name", "role"), list(itertools.product(OWN, ROLES)))
def test_each_role_in_its_own_workspace(
    two: tuple[dict[str, Device], Device], request_name: str, role: str
) -> None:
    roles, _eve = two
    answer = REQUESTS[request_name](roles[role], roles[role].ws, "people")
    assert answer.status_code == OWN[request_name].get(role, 200), answer.text


@pytest.fixture
def ana(world: World) -> Device:
    return world.founder()


@pytest.mark.parametrize("request_name", REQUESTS)
def test_every_request_needs_its_token(ana: Device, request_name: str) -> None:
    ana.token = ana.token[:-1] + ("A" if ana.token[-1] != "A" else "B")
    answer = REQUESTS[request_name](ana, ana.ws, "people")
    assert (answer.status_code, _code(answer)) == (401, "token")


@pytest.mark.parametrize(
    "authorization",
    ["Device x", "Device a.b", "Device a.b.c", "Device " + "." * 500, "Device", "Basic YTpi", ""],
)
def test_authorization_that_is_none(ana: Device, authorization: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = ana.http.get("/v1/pull", headers=headers)
    assert (answer.status_code, _code(answer)) == (401, "token")


def test_token_of_another_secret_or_of_yesterday(world: World, ana: Device) -> None:
    now = world.service.now_ms()
    good = Session(ana.ws, ana.device, ana.user, now + 1_000_000)
    old = Session(ana.ws, ana.device, ana.user, now - 1)
    for secret, session in ((b"x" * 32, good), (world.service.keys.token_key, old)):
        ana.token = make_token(secret, session)
        assert REQUESTS["POST /v1/hello"](ana, ana.ws, "").status_code == 401


def test_session_is_the_same_no_for_everybody_unknown(world: World, ana: Device) -> None:
    keys, now = DeviceKeys.make(), world.service.now_ms()
    answers = []
    for ws, device in ((ana.ws, ana.device), (ana.ws, NOBODYS), (NOBODYS, NOBODYS)):
        signature = sign_session(keys, ws, device, now)
        asked = {"ws": ws, "device": device, "at": now, "signature": signature}
        answers.append(ana.http.post("/v1/session", content=msgspec.json.encode(asked)))
    assert {one.status_code for one in answers} == {401}
    assert len({one.content for one in answers}) == 1


def test_wrong_clock_is_told_the_servers_time(world: World, ana: Device) -> None:
    at = world.service.now_ms() - 10 * 365 * 86_400_000
    asked = {"ws": ana.ws, "device": ana.device, "at": at}
    signature = sign_session(ana.keys, ana.ws, ana.device, at)
    answer = ana.http.post(
        "/v1/session", content=msgspec.json.encode({**asked, "signature": signature})
    )
    refusal = msgspec.json.decode(answer.content, type=Refusal)
    assert (answer.status_code, refusal.code) == (401, "clock")
    asked["at"] = refusal.server_time
    signature = sign_session(ana.keys, ana.ws, ana.device, refusal.server_time)
    answer = ana.http.post(
        "/v1/session", content=msgspec.json.encode({**asked, "signature": signature})
    )
    assert answer.status_code == 200


# ---------------------------------------------------------------- batches


def _resigned(device: Device, batch: Batch, **changes: object) -> Batch:
    """Return the batch with another header, truly signed by the device."""
    header = msgspec.structs.replace(batch.header, **changes)
    message = signed_bytes(
        header.ws, header.stream, header.device, header.from_seq, header.count, header.prev_hash,
        header.hash, header.schema,
    )  # fmt: skip
    return Batch(msgspec.structs.replace(header, signature=device.keys.sign(message)), batch.body)


def _bomb(device: Device, batch: Batch) -> Batch:
    return Batch(batch.header, zlib.compress(b'{"v":1,"x":"' + b"0" * 50_000_000 + b'"}'))


def _someone_elses_key(device: Device, batch: Batch) -> Batch:
    other = Device(device.http, DeviceKeys.make(), device.ws, device.device)
    return _resigned(other, batch)


BAD_BATCHES: dict[str, Callable[[Device, Batch], Batch]] = {
    "bomb": _bomb,
    "signature of another key": _someone_elses_key,
    "body cut": lambda _device, batch: Batch(batch.header, batch.body[:-3]),
    "body of junk": lambda _device, batch: Batch(batch.header, b"junk"),
    "body empty": lambda _device, batch: Batch(batch.header, b""),
    "more than one says": lambda device, batch: _resigned(device, batch, count=2),
    "hash of something else": lambda device, batch: _resigned(device, batch, hash=b"h" * 32),
    "schema of something else": lambda device, batch: _resigned(device, batch, schema=99),
    "nested without end": lambda _device, batch: Batch(
        batch.header, zlib.compress(b'{"v":1,"runs":' + b"[" * 200_000)
    ),
}


@pytest.mark.parametrize("name", BAD_BATCHES)
def test_bad_batch_is_refused_and_leaves_nothing(world: World, ana: Device, name: str) -> None:
    batch = BAD_BATCHES[name](ana, ana.batch("people", ana.ops("people", PERSON)))
    before = _rows(world)
    answer = ana.send("people", batch)
    assert (answer.status_code, _code(answer)) == (400, "bad_batch")
    assert _rows(world) == before
    ana.chains.clear()
    assert ana.write("people", PERSON).acked_to == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"junk",
        b"\x90",
        b"\xff" * 1_000,
        b"\x91" * 100_000,
        msgspec.msgpack.encode([["header", b"body"]]),
        msgspec.msgpack.encode({"a": 1}),
    ],
)
def test_body_that_is_no_batches(ana: Device, body: bytes) -> None:
    answer = ana.http.post(
        "/v1/push", params={"ws": ana.ws, "stream": "people"}, content=body, headers=ana.headers
    )
    assert (answer.status_code, _code(answer)) == (400, "bad_request")


def test_batches_of_one_push_are_of_one_chain(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "organiser")
    first = ana.batch("people", ana.ops("people", PERSON))
    second = ana.batch("people", ana.ops("people", PERSON))
    of_ben = ben.batch("people", ben.ops("people", PERSON))
    elsewhere = ana.batch("programme", ana.ops("programme", PERSON))
    for batches in ([first, of_ben], [first, elsewhere], [second, first], [first, first]):
        answer = ana.send("people", *batches)
        assert (answer.status_code, _code(answer)) == (400, "bad_request")
    assert ana.pull_all("people") == []


def test_batch_signed_for_another_workspace_or_stream_is_refused(world: World, ana: Device) -> None:
    batch = ana.batch("people", ana.ops("people", PERSON))
    moved = Batch(msgspec.structs.replace(batch.header, stream="programme"), batch.body)
    assert _code(ana.send("programme", moved)) == "bad_batch"
    eve = world.founder()
    theirs = Batch(msgspec.structs.replace(batch.header, ws=eve.ws), batch.body)
    assert _code(eve.send("people", theirs)) == "unknown_author"


def test_device_cannot_write_as_another(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "organiser")
    batch = ana.batch("people", ana.ops("people", PERSON))
    posing = _resigned(ben, batch)
    assert _code(ben.send("people", posing)) == "bad_batch"


def test_what_a_colleague_may_not_read_they_cannot_carry(world: World, ana: Device) -> None:
    stream = f"w:{new_id()}"
    trainer = world.colleague(ana, "trainer", new_id())
    batch = ana.batch(stream, ana.ops(stream, PERSON))
    assert _code(trainer.send(stream, batch)) == "quarantined"
    assert ana.pull_all(stream) == []


def test_who_carries_somebody_elses_batch_takes_no_values_out_of_it(
    world: World, ana: Device
) -> None:
    ben = world.colleague(ana, "organiser")
    batch = ana.batch("people", ana.ops("people", PERSON))
    stripped = purged(batch, [1])
    before = _rows(world)
    answer = ben.send("people", stripped)
    assert (answer.status_code, _code(answer)) == (409, "withheld")
    assert _rows(world) == before
    assert ana.send("people", batch).status_code == 200
    assert ben.pull_all("people") == [batch]


def test_what_was_erased_for_ever_is_carried_without_its_values(world: World, ana: Device) -> None:
    """To a server that was brought back to before its author sent it."""
    ben = world.colleague(ana, "organiser")
    batch = ana.batch("people", ana.ops("people", PERSON))
    row = open_batch(batch).runs[0].rows[0]
    admin = world.colleague(ana, "admin")
    admin.write(
        "people",
        {"entity": "person", "kind": "purge", "row": row, "values": {"reason": "asked to"}},
    )
    fold_all(world.service)
    assert ben.send("people", purged(batch, [1])).status_code == 200


def test_device_cannot_write_as_the_server(ana: Device) -> None:
    assert ana.joined is not None
    server = Device(ana.http, ana.keys, ana.ws, ana.joined.server_device, token=ana.token)
    answer = server.send("people", server.batch("people", server.ops("people", PERSON)))
    assert (answer.status_code, _code(answer)) == (409, "unknown_author")


def test_numbers_cannot_be_used_again_for_other_content(ana: Device) -> None:
    ana.write("people", PERSON)
    ana.chains["people"].last_seq, ana.chains["people"].last_hash = 0, NO_HASH
    again = ana.batch("people", ana.ops("people", PERSON))
    assert _code(ana.send("people", again)) == "fork"


# ---------------------------------------------------------------- requests (of no database)


@pytest.fixture(scope="module")
def eva(sqlite_world: World) -> Device:
    return sqlite_world.founder()


@pytest.mark.parametrize(
    ("ws", "stream"),
    [
        ("../../etc", "people"),
        ("", "people"),
        ("A" * 32, "people"),
        ("*", "people"),
        ("a" * 33, "people"),
        ("' or 1=1 --", "people"),
        ("a" * 32, "people/../u:x"),
        ("a" * 32, "u:"),
        ("a" * 32, "w:*"),
        ("a" * 32, "PEOPLE"),
        ("a" * 32, "people\n"),
        ("a" * 31 + "\n", "people"),
        ("a" * 32, "x" * 10_000),
    ],
)
def test_names_that_are_none(eva: Device, ws: str, stream: str) -> None:
    for path in ("/v1/pull", "/v1/snapshot"):
        answer = eva.get(path, ws=ws, stream=stream, epoch="e", since=0)
        assert (answer.status_code, _code(answer)) == (400, "bad_request")
    answer = eva.post("/v1/rows", {"ws": ws, "stream": stream, "bucket": 0})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/v1/blob/..%2f..%2fetc%2fpasswd",
        "/v1/blob/" + "G" * 64,
        "/v1/blob/" + "a" * 63,
        "/v1/blob/%00",
        "/v1/blob//etc/passwd",
        "/../settings.json",
        "/v1/nothing",
        "/",
    ],
)
def test_paths_that_are_none(eva: Device, path: str) -> None:
    answer = eva.http.get(path, params={"ws": eva.ws}, headers=eva.headers)
    assert answer.status_code in {400, 404}
    assert _code(answer) in {"bad_request", "not_found"}


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "99999999999999999999", "", "٣"])
def test_numbers_that_are_none(eva: Device, since: str) -> None:
    answer = eva.get("/v1/pull", stream="people", epoch="e", since=since)
    assert (answer.status_code, _code(answer)) == (400, "bad_request")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"ws":1}',
        b"\xff",
        b"[" * 60_000,
        b'{"ws":"' + b"a" * 40_000 + b'"}',
        json.dumps({"ws": "a" * 32, "schema": 2**70}).encode(),
        json.dumps({"ws": "a" * 32, "schema": 1, "streams": ["no stream"]}).encode(),
    ],
)
@pytest.mark.parametrize("path", ["/v1/hello", "/v1/session", "/v1/join", "/v1/succeed"])
def test_json_that_is_no_message(eva: Device, path: str, body: bytes) -> None:
    answer = eva.http.post(path, content=body, headers=eva.headers)
    assert (answer.status_code, _code(answer)) == (400, "bad_request")


def test_body_over_the_limit_is_refused_while_it_arrives(eva: Device) -> None:
    sent = [0]

    def endless():  # type: ignore[no-untyped-def]  # a generator of parts
        for _part in range(1_000):
            sent[0] += 1
            yield b"0" * 100_000

    url, query = "/v1/push", {"ws": eva.ws, "stream": "people"}
    try:
        answer = eva.http.post(url, params=query, content=endless(), headers=eva.headers)
        assert (answer.status_code, _code(answer)) == (413, "too_large")
    except httpx2.TransportError:
        pass  # the connection was closed under us: as good
    assert sent[0] < 1_000
    stated = eva.http.post("/v1/hello", content=b"0" * 70_000, headers=eva.headers)
    assert (stated.status_code, _code(stated)) == (413, "too_large")
    assert eva.hello().role == "admin"


def test_compressed_body_is_refused(eva: Device) -> None:
    headers = {**eva.headers, "Content-Encoding": "gzip"}
    answer = eva.http.post("/v1/hello", content=b"\x1f\x8b", headers=headers)
    assert (answer.status_code, _code(answer)) == (400, "bad_request")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_do_nothing(eva: Device, method: str) -> None:
    answer = eva.http.request(method, "/v1/push", headers=eva.headers)
    assert answer.status_code == 404
    assert "access-control-allow-origin" not in answer.headers


def test_answers_carry_headers_that_keep_browsers_out(eva: Device) -> None:
    for answer in (eva.http.get("/health"), eva.post("/v1/hello", {}), eva.http.get("/nothing")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "server" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers
