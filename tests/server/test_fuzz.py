"""Requests nobody thought of: whatever comes, the answer is one of the protocol, never a bug."""

import copy
from typing import Any

import httpx2
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentor_desktop.ids import new_id
from mentor_desktop.server.endpoints import ENDPOINTS
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.sessions import sign_session
from mentor_desktop.sync.merge.digest import Buckets
from mentor_desktop.sync.protocol.batches import frames
from mentor_desktop.sync.protocol.messages import STATUS, Refusal
from tests.server.world import Device, World

HASH = "a" * 64
GOOD = {200, 206}
EXAMPLES = settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
# What people paste, what breaks parsers, what means something elsewhere.
words = st.sampled_from(
    ["", "*", "..", "../..", "%00", "' or 1=1 --", "members", "people", "w:", "u:" + "0" * 32,
     "0" * 32, "F" * 32, "-1", "0", "9" * 30, "1e9", "٣", "null", "\ud7ff", "a" * 5_000]
) | st.text(max_size=60)  # fmt: skip


@pytest.fixture(scope="module")
def ana(sqlite_world: World) -> Device:
    return sqlite_world.founder()


def _bodies(ana: Device) -> dict[str, dict[str, Any]]:
    keys = DeviceKeys.make()
    at = 1_764_000_000_000
    return {
        "/v1/session": {
            "ws": ana.ws, "device": ana.device, "at": at,
            "signature": sign_session(ana.keys, ana.ws, ana.device, at),
        },
        "/v1/hello": {"ws": ana.ws, "schema": 2, "streams": ["people"]},
        "/v1/join": {
            "id": "AAAAAAAA", "secret": b"s" * 16, "device": new_id(), "name": "x",
            "sign_key": keys.sign_key, "seal_key": keys.seal_key, "ws": "", "founders": {},
        },
        "/v1/invitation": {"id": "AAAAAAAA", "secret": b"s" * 16},
        "/v1/invite": {
            "ws": ana.ws, "id": "BBBBBBBB", "hash": HASH, "role": "reader", "expires_at": at,
            "workshops": ["*"], "user": "",
        },
        "/v1/succeed": {
            "type": "device", "ws": ana.ws, "device": new_id(), "user": ana.user, "name": "x",
            "role": "admin", "tag": "", "sign_key": keys.sign_key, "seal_key": keys.seal_key,
            "made_at": at, "vouched_by": ana.device, "signature": b"s" * 64, "invitation": None,
        },
        "/v1/digest": {
            "ws": ana.ws, "stream": "people", "at_seq": 0, "sums": Buckets().to_bytes(),
        },
        "/v1/rows": {"ws": ana.ws, "stream": "people", "bucket": 1},
        f"/v1/blob/{HASH}/seal": {"chunks": 1},
    }  # fmt: skip


QUERIES = {
    "/v1/pull": {"stream": "people", "epoch": "e", "since": "0", "most": "10"},
    "/v1/snapshot": {"stream": "people"},
    "/v1/snapshot/part": {"stream": "people", "hash": HASH},
    f"/v1/blob/{HASH}/missing": {"stream": "people", "chunks": "1"},
    f"/v1/blob/{HASH}": {},
}


def _is_of_the_protocol(answer: httpx2.Response) -> None:
    assert answer.status_code in GOOD | set(STATUS.values()) - {500}, answer.text
    if answer.status_code not in GOOD:
        refusal = msgspec.json.decode(answer.content, type=Refusal)
        assert STATUS[refusal.code] == answer.status_code


def test_all_requests_are_fuzzed(ana: Device) -> None:
    paths = {*_bodies(ana), *QUERIES, "/v1/push", f"/v1/blob/{HASH}/chunk/0"}
    described = {
        one.path.replace("{address}", HASH).replace("{number}", "0")
        for one in ENDPOINTS
        if one.path.startswith("/v1")
    }
    assert paths == described


@EXAMPLES
@given(data=st.data())
def test_json_with_something_else_in_it(ana: Device, data: st.DataObject) -> None:
    path, body = data.draw(st.sampled_from(sorted(_bodies(ana).items(), key=lambda one: one[0])))
    body = copy.deepcopy(body)
    for _change in range(data.draw(st.integers(1, 3))):
        name = data.draw(st.sampled_from(sorted(body)) | st.text(max_size=8)) if body else "ws"
        if data.draw(st.integers(0, 4)) == 0:
            body.pop(name, None)
        else:
            body[name] = data.draw(words | anything)
    content = msgspec.json.encode(body)
    query = {"ws": ana.ws, "stream": "people"}
    _is_of_the_protocol(ana.http.post(path, params=query, content=content, headers=ana.headers))


@EXAMPLES
@given(data=st.data())
def test_address_with_something_else_in_it(ana: Device, data: st.DataObject) -> None:
    path, query = data.draw(st.sampled_from(sorted(QUERIES.items())))
    changed = {"ws": ana.ws, **query}
    for _change in range(data.draw(st.integers(1, 2))):
        name = data.draw(st.sampled_from(sorted(changed)) | st.text(max_size=8))
        changed[name] = data.draw(words)
    headers = dict(ana.headers)
    if data.draw(st.booleans()):
        headers["Range"] = "bytes=" + data.draw(st.from_regex(r"[-0-9,]{0,24}", fullmatch=True))
    _is_of_the_protocol(ana.http.get(path, params=changed, headers=headers))


@EXAMPLES
@given(data=st.data())
def test_frames_with_other_bytes_in_them(ana: Device, data: st.DataObject) -> None:
    writer = Device(ana.http, ana.keys, ana.ws, ana.device, token=ana.token)
    person = {"entity": "person", "kind": "create", "values": {"given_name": "Ana"}}
    whole = bytearray(frames([writer.batch("people", writer.ops("people", person))]))
    for _change in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, 10_000)) % len(whole)
        match data.draw(st.integers(0, 2)):
            case 0:
                whole[place] = data.draw(st.integers(0, 255))
            case 1:
                del whole[place : place + data.draw(st.integers(1, 8))]
            case _:
                whole[place:place] = data.draw(st.binary(max_size=8))
        if not whole:
            break
    query = {"ws": ana.ws, "stream": "people"}
    answer = ana.http.post("/v1/push", params=query, content=bytes(whole), headers=ana.headers)
    _is_of_the_protocol(answer)
    assert answer.status_code != 200 or ana.pull_all("people")


@EXAMPLES
@given(chunk=st.binary(max_size=64), number=words, digest=st.sampled_from([HASH, "", "x"]))
def test_chunks_of_nothing(ana: Device, chunk: bytes, number: str, digest: str) -> None:
    query = {"ws": ana.ws, "stream": "people", "sha256": digest}
    path = f"/v1/blob/{HASH}/chunk/" + "".join(one for one in number if one.isalnum())
    _is_of_the_protocol(ana.http.put(path, params=query, content=chunk, headers=ana.headers))
